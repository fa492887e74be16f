// Knows: what must be true of every kind of actor: the same again, in slices, sound, nothing lost, the same arrivals.
// Must not know: what a kind is for.

import { describe, expect, it } from "vitest";
import { Region } from "../../../assembly/abi/layout.js";
import { ActorKind, ActorWord, Counter, ResidentParameter } from "../../../assembly/abi/simulation.js";
import { LevelWord, StatWord } from "../../../assembly/abi/words.js";
import type { Simulation } from "../../../bindings/scenario/simulation.js";
import { type Load, loads, resident, STOP, TIME } from "./loads.js";
import { counted, droppedByRequests, FIRST, inUse, isSound, MS, owned, tiny } from "./support.js";

function start({ actors, options }: Load) {
  return tiny(actors, options);
}

/** Pages that all actors have allocated and not freed, less what reclaim took and requests dropped. */
function expectedInUse(simulation: Simulation, before: number, dropped: number): number {
  const { views } = simulation.machine;
  const sum = simulation.actors.slice(FIRST).reduce((pages, _, nth) => {
    return pages + counted(simulation, nth, Counter.ALLOCATED) - counted(simulation, nth, Counter.FREED);
  }, before);
  return sum - views.stat(StatWord.PAGES_RECLAIMED) + views.level(LevelWord.ZRAM_FRAMES) - dropped;
}

/** What decides about arrivals: the state of the actor's first random stream. */
function arrivals(simulation: Simulation, nth = 0): string {
  const words = simulation.machine.engine.unsigned(Region.ACTORS);
  const at = (FIRST + nth) * ActorWord.COUNT;
  return `${words[at + ActorWord.SEED_HIGH]}:${words[at + ActorWord.SEED_LOW]}`;
}

describe.each(loads)("$name", (load) => {
  it("does the same again, in one run or in slices", async () => {
    using whole = await start(load);
    using sliced = await start(load);
    whole.run(TIME);
    for (let time = 0; time < TIME; time += 77 * MS) {
      while (sliced.run(time, { events: 1000 }) !== 0) sliced.takeLog();
    }
    sliced.run(TIME);
    whole.takeLog();
    sliced.takeLog();
    expect(sliced.digest()).toBe(whole.digest());
    expect(counted(whole, 0, Counter.OPERATIONS)).toBeGreaterThan(5);
  });

  it("loses no page, at no time", async () => {
    using simulation = await start(load);
    const before = inUse(simulation);
    let dropped = 0;
    for (let time = 0; time <= TIME; time += 250 * MS) {
      simulation.run(time);
      dropped += simulation.takeLog().reduce((sum, { pagesReclaimed }) => sum + pagesReclaimed, 0);
      expect(isSound(simulation), `at ${time / MS} ms`).toBe("sound");
      const lost = dropped + droppedByRequests(simulation);
      expect(inUse(simulation), `at ${time / MS} ms`).toBe(expectedInUse(simulation, before, lost));
    }
    const [watched] = simulation.actors.slice(FIRST);
    if (load.leavesNothing) {
      expect(owned(simulation, 0)).toEqual({ pages: 0, swapped: 0 });
      const lost = counted(simulation, 0, Counter.ALLOCATED) - counted(simulation, 0, Counter.FREED);
      expect(watched?.kind === ActorKind.APPS ? 0 : lost).toBe(0);
    }
    expect(counted(simulation, 0, Counter.PINNED)).toBe(0);
  });

  it("has the same arrivals beside another load", async () => {
    using alone = await start(load);
    const anon = { [ResidentParameter.ANON]: 5000, [ResidentParameter.INTERVAL]: 30_000 };
    const other = resident({ ...anon, [ResidentParameter.BATCH]: 8 }, "other");
    using beside = await start({ ...load, actors: [...load.actors, other] });
    for (const simulation of [alone, beside]) simulation.run(STOP / 2);
    expect(alone.digest()).not.toBe(beside.digest());
    expect(arrivals(beside)).toBe(arrivals(alone));
  });
});
