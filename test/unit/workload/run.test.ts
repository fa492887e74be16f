// Knows: how run() ends, and that nothing is lost where it must be asked again.
// Must not know: what actors do.

import { describe, expect, it } from "vitest";
import { FragmenterParameter } from "../../../assembly/abi/clients.js";
import { RunStatus } from "../../../assembly/abi/run.js";
import { ActorKind, Counter, MetadataParameter, Parameter } from "../../../assembly/abi/simulation.js";
import { StateError } from "../../../bindings/engine/errors.js";
import { actor, counted, isSound, MS, S, tiny } from "./support.js";

const many = actor(
  ActorKind.FRAGMENTER,
  0,
  {
    [FragmenterParameter.PAGES_MIN]: 1,
    [FragmenterParameter.PAGES_MAX]: 2,
    [FragmenterParameter.INTERVAL]: 100_000,
    [FragmenterParameter.HOLD]: 10 * MS,
    [Parameter.STOP]: 0.4 * S,
  },
  { area: 0 },
);

const pinned = actor(ActorKind.METADATA, 0, { [MetadataParameter.PAGES]: 100 });

describe("run()", () => {
  it("stops before the log of finished requests is full, and goes on once it is taken", async () => {
    using simulation = await tiny([many]);
    const statuses: RunStatus[] = [];
    let logged = 0;
    do {
      statuses.push(simulation.run(S));
      logged += simulation.takeLog().length;
    } while (statuses.at(-1) !== RunStatus.REACHED);
    expect(statuses.slice(0, -1)).toEqual(statuses.slice(1).map(() => RunStatus.LOGGED));
    expect(statuses.length).toBeGreaterThan(3);
    expect(logged).toBe(counted(simulation, 0, Counter.OPERATIONS));
    expect(isSound(simulation)).toBe("sound");
  });

  it("stops behind each finished request if it is told to", async () => {
    using simulation = await tiny([many]);
    expect(simulation.run(S, { stopAtLog: true })).toBe(RunStatus.LOGGED);
    const [first, ...others] = simulation.takeLog();
    expect(others).toEqual([]);
    expect(first?.endNs).toBeGreaterThan(first?.beginNs ?? Number.POSITIVE_INFINITY);
  });

  it("performs as many events as it may", async () => {
    using simulation = await tiny([many]);
    expect(simulation.run(S, { events: 50 })).toBe(RunStatus.EVENTS);
    expect(simulation.events).toBe(50);
  });

  it("says so when more events, or more pins, are in flight than there is room for", async () => {
    using events = await tiny([many], { capacity: { events: 8 } });
    expect(() => events.run(S)).toThrow(StateError);
    using cells = await tiny([pinned], { capacity: { cells: 99 } });
    expect(() => cells.run(S)).toThrow(/more events, I\/O or buffers/);
    using enough = await tiny([pinned], { capacity: { cells: 100 } });
    expect(enough.run(S)).toBe(RunStatus.REACHED);
    expect(counted(enough, 0, Counter.PINNED)).toBe(100);
  });
});
