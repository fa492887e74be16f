// Knows: what queueing theory, counting and conservation say about a simulation, whatever its kernel rules are.
// Each closed form is also held against a machine that was given another number: it has to notice.

import { afterEach, describe, expect, it } from "vitest";
import { isOrphan, kindOf, lifeOf, pinsOf } from "../../../assembly/abi/frame_word.js";
import { Region } from "../../../assembly/abi/layout.js";
import { Spread } from "../../../assembly/abi/simulation.js";
import { NO_PAGE } from "../../../assembly/abi/slot.js";
import { FrameKind, PageLife } from "../../../assembly/abi/vocabulary.js";
import { LevelWord, StatWord } from "../../../assembly/abi/words.js";
import { surveyPageblocks } from "../../../bindings/machine/survey.js";
import type { Simulation } from "../../../bindings/scenario/simulation.js";
import { fieldOf } from "../../support/fields.js";
import { CAMERA_PAGES, crowded, FIRST, stream } from "./machines.js";
import { distance, freeWindows, mean, poisson, standardError } from "./queueing.js";

const MS = 1e6;
let running: Simulation | undefined;

afterEach(() => {
  running?.dispose();
  running = undefined;
});

function pinned(simulation: Simulation, actor = FIRST): number {
  return simulation.counters(actor)["pinned"] ?? 0;
}

describe("pinned pages of an open stream: a queue of Poisson arrivals and servers without number", () => {
  const SERVICE = MS;
  const LOAD = 10;
  const SAMPLES = 4_000;

  /** Numbers in flight, far enough apart to be independent of each other. */
  async function sample(spread: Spread, service: number): Promise<number[]> {
    const interval = SERVICE / LOAD;
    running = await stream({ interval, service, spread, depth: 1_000, buffers: 256, seed: 11 });
    running.run(30 * SERVICE);
    return Array.from({ length: SAMPLES }, (_, nth) => {
      running?.run((30 + (nth + 1) * 10) * SERVICE);
      return pinned(running as Simulation);
    });
  }

  it.each([Spread.FIXED, Spread.EXPONENTIAL, Spread.LOGNORMAL, Spread.UNIFORM])(
    "has the mean and the distribution of M/G/infinity, service times of kind %i",
    async (spread) => {
      const counts = await sample(spread, SERVICE);
      expect(Math.abs(mean(counts) - LOAD)).toBeLessThan(4 * Math.sqrt(LOAD / SAMPLES));
      expect(distance(counts, poisson(LOAD, 40))).toBeLessThan(1);
      expect(running?.counters(FIRST)["dropped"]).toBe(0);
      expect(running?.machine.validate().name).toBe("NONE");
    },
  );

  it("notices a service time that is wrong by a twentieth", async () => {
    const counts = await sample(Spread.EXPONENTIAL, SERVICE * 1.05);
    expect(Math.abs(mean(counts) - LOAD)).toBeGreaterThan(4 * Math.sqrt(LOAD / SAMPLES));
    expect(distance(counts, poisson(LOAD, 40))).toBeGreaterThan(1);
  });

  it("notices a queue that is not endless (Erlang's loss system)", async () => {
    running = await stream({
      interval: SERVICE / LOAD,
      service: SERVICE,
      spread: Spread.EXPONENTIAL,
      depth: 12,
      buffers: 256,
      seed: 11,
    });
    const counts = Array.from({ length: SAMPLES }, (_, nth) => {
      running?.run((30 + nth * 10) * SERVICE);
      return pinned(running as Simulation);
    });
    expect(distance(counts, poisson(LOAD, 40))).toBeGreaterThan(1);
    // What a full system of twelve servers does to a Poisson distribution is to cut it off.
    const cut = poisson(LOAD, 12);
    const whole = cut.reduce((sum, chance) => sum + chance, 0);
    const truncated = cut.map((chance) => chance / whole);
    expect(distance(counts, [...truncated.slice(0, 12), truncated[12] ?? 0])).toBeLessThan(1);
  });
});

describe("the chance that a window of pages is free of pins", () => {
  const PAGES = 1_024;
  const SERVICE = MS;

  /** For each width the mean share of windows that were free, and its standard error. */
  function shares(simulation: Simulation, samples: number, widths: readonly number[]): [number, number][] {
    simulation.run(3 * SERVICE);
    const places = new Map([...ownFrames(simulation)].map((pfn, place) => [pfn, place]));
    expect(places.size).toBe(PAGES);
    const found: number[][] = widths.map(() => []);
    for (let nth = 0; nth < samples; nth++) {
      // Service times are fixed: after one of them every pin is another one.
      simulation.run((4 + nth) * SERVICE);
      const taken = simulation.machine.pins().map(({ pfn }) => places.get(pfn) ?? Number.NaN);
      taken.sort((a, b) => a - b);
      for (const [index, width] of widths.entries())
        found[index]?.push(freeWindows(taken, PAGES, width) / (PAGES - width + 1));
    }
    return found.map((values) => [mean(values), standardError(values)]);
  }

  /** The frames behind the slots of the only actor that has any, ascending. */
  function ownFrames({ machine }: Simulation): Uint32Array {
    return machine.engine
      .unsigned(Region.SLOTS)
      .map((held) => held - 1)
      .sort();
  }

  /** Each share is what `chance` says within four standard errors, which are small enough to tell. */
  function compare(found: readonly [number, number][], chances: readonly number[]): void {
    for (const [index, [share, error]] of found.entries()) {
      const chance = chances[index] ?? 0;
      expect(error / chance, `error at ${chance}`).toBeLessThan(0.35);
      expect(Math.abs(share - chance), `${share} +- ${error} for ${chance}`).toBeLessThan(4 * error);
    }
  }

  it("is exp(-a w / M) for a Poisson number of them, over more than four orders of magnitude", async () => {
    const load = 16;
    const options = { interval: SERVICE / load, service: SERVICE, spread: Spread.FIXED };
    running = await stream({ ...options, depth: 1_000, buffers: PAGES, seed: 3 });
    const widths = [4, 32, 100, 200, 300, 400, 500, 595];
    const chances = widths.map((width) => Math.exp((-load * width) / PAGES));
    expect((chances[0] ?? 0) / (chances.at(-1) ?? 1)).toBeGreaterThan(1e4);
    const found = shares(running, 60_000, widths);
    compare(found, chances);
    // Another load is noticed.
    const wrong = widths.map((width) => Math.exp((-1.1 * load * width) / PAGES));
    expect(() => compare(found, wrong)).toThrow();
  });

  it("is (1 - w / M)^N for a fixed number of them", async () => {
    const depth = 24;
    const options = { interval: 0, service: SERVICE, spread: Spread.FIXED };
    running = await stream({ ...options, depth, buffers: PAGES, seed: 5 });
    const widths = [4, 32, 64, 128, 200, 256];
    compare(
      shares(running, 6_000, widths),
      widths.map((width) => (1 - width / PAGES) ** depth),
    );
  });
});

describe("what is counted twice must agree, at every sample", () => {
  it("Little's law: mean number in flight = rate x mean time, to the nanosecond, event by event", async () => {
    running = await crowded();
    let area = 0;
    let last = 0;
    let held = 0;
    for (let nth = 0; running.nowNs < 120 * MS; nth++) {
      running.run(120 * MS, { events: 1 });
      area += held * (running.nowNs - last);
      last = running.nowNs;
      held = pinned(running, FIRST + 1);
      const { pins = 0, pinTime = 0 } = running.counters(FIRST + 1);
      if (nth % 16 !== 0 || pins === 0) continue;
      const ages = running.machine.pins().reduce((sum, { since }) => sum + last - since, 0);
      const [rate, time] = [pins / last, (pinTime + ages) / pins];
      expect(rate * time * last).toBeCloseTo(area, 0);
    }
    expect(running.events).toBeGreaterThan(1_000);
    expect(area).toBeGreaterThan(100 * MS);
  });

  it("frames are conserved, and every counter is what a recount gives", async () => {
    running = await crowded({ core: "checked" });
    const { machine } = running;
    const zones = machine.views.populatedZones();
    const managed = zones.reduce((sum, zone) => sum + machine.views.zone(zone).managed, 0);
    for (let nth = 1; nth <= 60; nth++) {
      running.run(nth * 20 * MS);
      expect(machine.validate().name).toBe("NONE");
      const survey = surveyPageblocks(machine);
      const sum = (column: Uint32Array) => column.reduce((total, pages) => total + pages, 0);
      const [free, onLists] = [sum(survey.freePages), sum(survey.pcpPages)];
      const allocated = sum(survey.allocatedPages);
      expect(free + onLists + allocated).toBe(managed);
      expectOwned(running, allocated);
      expectUtilisation(running, bufferPages(running));
    }
    const { operations, dropped } = running.counters(FIRST + 2);
    expect(operations).toBeGreaterThan(dropped ?? 0);
    expect(machine.views.stat(StatWord.PAGES_MIGRATED)).toBeGreaterThan(100);
    expect(machine.views.stat(StatWord.PAGES_RECLAIMED)).toBeGreaterThan(100);
  });

  it("a machine that lost a frame is noticed", async () => {
    running = await crowded();
    running.run(30 * MS);
    const words = running.machine.engine.unsigned(Region.SLOTS);
    const filled = words.findIndex((held) => held !== 0 && held < NO_PAGE);
    words[filled] = 0;
    const allocated = surveyPageblocks(running.machine).allocatedPages.reduce((sum, n) => sum + n, 0);
    expect(() => expectOwned(running as Simulation, allocated)).toThrow();
  });

  /** Buffers that the camera holds, in pages. */
  function bufferPages(simulation: Simulation): number {
    const { allocated = 0, freed = 0 } = simulation.counters(FIRST + 2);
    return allocated - freed;
  }

  /** Allocated pages: in a slot, of zram, in a buffer of the camera, or freed and waiting for their last pin. */
  function expectOwned(simulation: Simulation, allocated: number): void {
    const { machine, actors } = simulation;
    const inSlots = machine.engine
      .unsigned(Region.SLOTS)
      .reduce((sum, held) => sum + (held !== 0 && held < NO_PAGE ? 1 : 0), 0);
    const zram = machine.views.level(LevelWord.ZRAM_FRAMES);
    const words = fieldOf(machine);
    const orphans = words.reduce((sum, word) => sum + (isOrphan(word) ? 1 : 0), 0);
    const pins = words.reduce((sum, word) => sum + pinsOf(word), 0);
    expect(inSlots + zram + orphans + bufferPages(simulation)).toBe(allocated);
    expect(pins).toBe(machine.pins().length);
    expect(actors.reduce((sum, _, index) => sum + pinned(simulation, index), 0)).toBe(pins);
  }

  /** What the area's bitmap says is out is what the camera holds or has claimed; so do the frames, all within the area. */
  function expectUtilisation({ machine }: Simulation, held: number): void {
    const [area] = machine.cma.areas;
    const [range] = area?.ranges ?? [];
    if (area === undefined || range === undefined) throw new Error("the device has no area");
    const out = area.pages - area.available;
    expect([held, held + CAMERA_PAGES]).toContain(out);
    const words = fieldOf(machine);
    const first = range.basePfn - machine.views.startPfn;
    const ofCma = (word: number) => kindOf(word) === FrameKind.ALLOCATED && lifeOf(word) === PageLife.CMA;
    expect(words.reduce((sum, word) => sum + (ofCma(word) ? 1 : 0), 0)).toBe(held);
    const inArea = words.subarray(first, first + area.pages);
    expect(inArea.reduce((sum, word) => sum + (ofCma(word) ? 1 : 0), 0)).toBe(held);
  }
});
