// Knows: that a million pending events come in the order of their time, equals in the order of their scheduling.
// Must not know: how the queue keeps them. It is read before; record 0 then tells which event was taken.

import { describe, expect, it } from "vitest";
import { Region } from "../../../assembly/abi/layout.js";
import { QUEUE_WORDS } from "../../../assembly/abi/limits.js";
import { SimulationWord } from "../../../assembly/abi/run.js";
import { ActorKind, MetadataParameter, Parameter, SlabParameter } from "../../../assembly/abi/simulation.js";
import { Simulation } from "../../../bindings/scenario/simulation.js";
import { actor, S } from "../workload/support.js";

const MILLION = 1_000_000;

/** Blocks that are freed in the course of an hour, and buffers that are all let go at the same instant. */
function manyPending() {
  return Simulation.create({
    device: "phone-16g",
    seed: 3,
    capacity: { events: 1.1 * MILLION },
    // Pages that are read take no time: all of them are due at the same nanosecond.
    costs: { ALLOCATE: 0 },
    actors: [
      actor(ActorKind.METADATA, 0, {
        [MetadataParameter.PAGES]: 40_000,
        [MetadataParameter.MOST]: 40_000,
        [MetadataParameter.HOLD]: 600 * S,
      }),
      actor(ActorKind.SLAB, 0, {
        [Parameter.STOP]: S,
        [SlabParameter.INTERVAL]: 1000,
        [SlabParameter.LIFETIME]: 3600 * S,
        [SlabParameter.PAGES]: 2 * MILLION,
      }),
    ],
  });
}

/** Times and numbers of scheduling of the records of the queue; the first is the event taken last. */
function recordsOf(words: Uint32Array, count: number) {
  const times = new Float64Array(count);
  const numbers = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const at = i * QUEUE_WORDS;
    times[i] = (words[at] ?? 0) + (words[at + 1] ?? 0) * 2 ** 32;
    numbers[i] = words[at + 2] ?? 0;
  }
  return { times, numbers };
}

describe("the queue of events", () => {
  it("gives a million of them back in order", async () => {
    using simulation = await manyPending();
    simulation.run(2 * S);
    const { engine } = simulation.machine;
    const pending = engine.unsigned(Region.SIMULATION)[SimulationWord.PENDING] ?? 0;
    expect(pending).toBeGreaterThan(0.99 * MILLION);
    const queue = engine.unsigned(Region.QUEUE);
    const { times, numbers } = recordsOf(queue, pending + 1);
    const at = (list: Float64Array | Uint32Array, index: number) => list[index] ?? Number.NaN;
    const order = Uint32Array.from({ length: pending }, (_, i) => i + 1).sort(
      (a, b) => at(times, a) - at(times, b) || at(numbers, a) - at(numbers, b),
    );
    // What is scheduled meanwhile (kswapd, the vmstat worker) has a later number.
    const newest = numbers.subarray(1).reduce((most, number) => Math.max(most, number));
    let next = 0;
    let wrong = 0;
    while (next < pending) {
      engine.run(Number.MAX_SAFE_INTEGER, 1, 0);
      const number = queue[2] ?? 0;
      if (number <= newest && number !== at(numbers, order[next++] ?? 0)) wrong++;
    }
    expect(wrong).toBe(0);
    expect(pending - new Set(times.subarray(1)).size).toBeGreaterThan(39_000);
  });
});
