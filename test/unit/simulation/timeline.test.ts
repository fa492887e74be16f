// Knows: that going back and forth in a run shows the very states of the straight run.

import { describe, expect, it } from "vitest";
import { UnitError } from "../../../bindings/engine/errors.js";
import { CopyPool } from "../../../bindings/machine/pool.js";
import type { Simulation } from "../../../bindings/scenario/simulation.js";
import { Timeline } from "../../../bindings/timeline/timeline.js";
import { crowded } from "./machines.js";

/** Between keyframes, on one, a nanosecond before and behind it, far ahead, back at the beginning. */
const TIMES = [3e8, 1.5e7, 2e8, 2e8 - 1, 2e8 + 1, 123_456_789, 6e8, 0, 599_999_999, 20_000_003, 2e8];

async function straight(timeNs: number): Promise<string> {
  using simulation = await crowded();
  while (simulation.run(timeNs) !== 0) simulation.takeLog();
  return simulation.digest();
}

describe("a timeline", () => {
  it("stands where it is asked to, digest by digest, in any order", async () => {
    using timeline = new Timeline(await crowded(), { everyNs: 2e7 });
    for (const time of TIMES) {
      timeline.seek(time);
      expect(timeline.simulation.nowNs).toBe(time);
      expect(timeline.simulation.digest(), `at ${time} ns`).toBe(await straight(time));
    }
    expect(timeline.simulation.machine.validate().name).toBe("NONE");
  });

  it("is not led astray by what is done to the simulation in between", async () => {
    using timeline = new Timeline(await crowded(), { everyNs: 5e7 });
    timeline.seek(1e8);
    const digest = timeline.simulation.digest();
    timeline.simulation.run(1.2e8);
    timeline.seek(1e8);
    expect(timeline.simulation.digest()).toBe(digest);
  });

  it("remembers each request once, however often its time is run again", async () => {
    using timeline = new Timeline(await crowded(), { everyNs: 5e7 });
    timeline.seek(4e8);
    const { requests } = timeline;
    const before = [...requests];
    expect(before.length).toBeGreaterThan(2);
    for (const time of [1e8, 4e8, 0, 399_999_999]) timeline.seek(time);
    expect(requests).toEqual(before);
    expect(timeline.knownNs).toBe(4e8);
  });

  it("forks there, into memory that was used before, and stays what it was", async () => {
    using timeline = new Timeline(await crowded(), { everyNs: 5e7 });
    using pool = new CopyPool<Simulation>(1);
    const first = timeline.forkAt(2e8, pool);
    first.run(4e8);
    const later = first.digest();
    pool.give(first);
    const second = timeline.forkAt(2.5e8, pool);
    expect(second).toBe(first);
    second.run(4e8);
    expect(second.digest()).toBe(later);
    timeline.seek(4e8);
    expect(timeline.simulation.digest()).toBe(later);
    pool.give(second);
  });

  it("keeps nothing more for seeking more often", async () => {
    using timeline = new Timeline(await crowded(), { everyNs: 5e7 });
    timeline.seek(5e8);
    const { keptBytes } = timeline;
    for (let nth = 0; nth < 30; nth++) timeline.seek((nth * 37_000_001) % 5e8);
    expect(timeline.keptBytes).toBe(keptBytes);
  });

  it("refuses times that are none", async () => {
    using timeline = new Timeline(await crowded());
    for (const time of [-1, Number.NaN, 0.5, Number.POSITIVE_INFINITY])
      expect(() => timeline.seek(time)).toThrow(UnitError);
    expect(() => new Timeline(timeline.simulation, { everyNs: 0 })).toThrow(UnitError);
  });
});
