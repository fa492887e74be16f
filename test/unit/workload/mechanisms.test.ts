// Knows: what the mechanisms that block CMA on a phone do to memory: gathered exits, a thread's own buffer, bios of a request,
// buffers from fragmented memory, the cache of a block device. Must not know: how they do it.

import { describe, expect, it } from "vitest";
import { CameraParameter } from "../../../assembly/abi/clients.js";
import { CmaUse } from "../../../assembly/abi/proposals.js";
import {
  ActorKind,
  Counter,
  DirectIoParameter,
  ExitsParameter,
  FileReadParameter,
  MetadataParameter,
  Parameter,
  ResidentParameter,
  Spread,
} from "../../../assembly/abi/simulation.js";
import { PageLife } from "../../../assembly/abi/vocabulary.js";
import { parseScenario } from "../../../bindings/scenario/index.js";
import type { Simulation } from "../../../bindings/scenario/simulation.js";
import { resident } from "./loads.js";
import { actor, counted, framesInUse, isSound, MS, S, tiny } from "./support.js";

function pinned(simulation: Simulation) {
  return framesInUse(simulation).filter(({ pins }) => pins > 0);
}

describe("a task that exits", () => {
  const exits = (hold: number) =>
    actor(ActorKind.EXITS, 16_000, {
      [ExitsParameter.INTERVAL]: 100 * MS,
      [ExitsParameter.PAGES]: 1_500,
      [ExitsParameter.LIFETIME]: 20 * MS,
      [ExitsParameter.HOLD]: hold,
      [ExitsParameter.GATHER]: 600,
      [ExitsParameter.MOST]: 8,
    });

  it("holds its pages, at most so many at once, until they are freed", async () => {
    using simulation = await tiny([exits(30 * MS)]);
    let most = 0;
    let sum = 0;
    for (let time = 0; time < 4 * S; time += 10 * MS) {
      simulation.run(time);
      const held = pinned(simulation).length;
      most = Math.max(most, held);
      sum += held / 400;
    }
    expect(most).toBeGreaterThanOrEqual(600);
    // Little's law: 10 processes a second, each 600, 600 and 300 pages for 30 ms each.
    expect(sum).toBeGreaterThan(0.7 * 450);
    expect(sum).toBeLessThan(1.3 * 450);
    expect(isSound(simulation)).toBe("sound");
  });

  it("fails a request that meets it with -EBUSY, and names itself", async () => {
    const camera = actor(
      ActorKind.CAMERA,
      0,
      {
        [Parameter.START]: 300 * MS,
        [CameraParameter.PAGES]: 4_000,
        [CameraParameter.INTERVAL]: 37 * MS,
        [CameraParameter.HOLD]: 5 * MS,
      },
      { area: 0 },
    );
    using simulation = await tiny([resident({ [ResidentParameter.ANON]: 7_000 }), exits(50 * MS), camera], {
      policy: { cmaUse: CmaUse.GFP_CMA },
    });
    simulation.run(2 * S);
    const failed = simulation.takeLog().filter(({ errno }) => errno === -16);
    expect(failed.length).toBeGreaterThan(3);
    const windows = simulation.windowsOf(failed.at(-1)!).filter(({ errno }) => errno !== 0);
    expect(windows.map(({ holder, pinKind }) => [holder, pinKind])).toContainEqual(["exits", "GATHER"]);
  });
});

describe("direct I/O", () => {
  const stream = (more: Readonly<Record<number, number>>, slots = 4_096) =>
    actor(ActorKind.DIRECT_IO, slots, {
      [DirectIoParameter.QUEUE_DEPTH]: 4,
      [DirectIoParameter.PAGES]: 64,
      [DirectIoParameter.SERVICE]: 10 * MS,
      [DirectIoParameter.BUFFERS]: 256,
      [DirectIoParameter.OWN_BUFFERS]: 1,
      ...more,
    });

  it("of a thread with a buffer of its own pins the same frames again and again, nearly always", async () => {
    using simulation = await tiny([stream({ [DirectIoParameter.SERVICE_SPREAD]: Spread.LOGNORMAL_NARROW })]);
    simulation.run(50 * MS);
    const frames = new Set(pinned(simulation).map(({ pfn }) => pfn));
    expect(frames.size).toBe(256);
    for (let time = 60 * MS; time < S; time += 13 * MS) {
      simulation.run(time);
      const now = pinned(simulation).map(({ pfn }) => pfn);
      expect(now.length).toBeGreaterThan(250);
      expect(now.every((pfn) => frames.has(pfn))).toBe(true);
    }
  });

  it("of two bios unpins each half at its own end: less is pinned than with one", async () => {
    const pins: number[] = [];
    for (const bios of [1, 2]) {
      using simulation = await tiny([
        stream({ [DirectIoParameter.BIOS]: bios, [DirectIoParameter.SERVICE_SPREAD]: Spread.EXPONENTIAL }),
      ]);
      let sum = 0;
      for (let time = 50 * MS; time < 3 * S; time += 7 * MS) {
        simulation.run(time);
        sum += pinned(simulation).length;
      }
      pins.push(sum);
    }
    // The mean of two exponential times is two thirds of the larger one's mean.
    expect((pins[1] ?? 0) / (pins[0] ?? 1)).toBeGreaterThan(0.6);
    expect((pins[1] ?? 0) / (pins[0] ?? 1)).toBeLessThan(0.74);
  });

  it("of several device requests lasts as long as the slowest of them", async () => {
    const operations: number[] = [];
    for (const requests of [1, 4]) {
      using simulation = await tiny([
        stream({
          [DirectIoParameter.DEVICE_REQUESTS]: requests,
          [DirectIoParameter.SERVICE_SPREAD]: Spread.EXPONENTIAL,
        }),
      ]);
      simulation.run(10 * S);
      operations.push(counted(simulation, 0, Counter.OPERATIONS));
    }
    // The largest of four exponential times: 1 + 1/2 + 1/3 + 1/4 of the mean.
    expect((operations[0] ?? 0) / (operations[1] ?? 1)).toBeGreaterThan(1.95);
    expect((operations[0] ?? 0) / (operations[1] ?? 1)).toBeLessThan(2.25);
  });

  it("from scattered buffers lies in as many places as the chunks are, else together", async () => {
    const places = async (scatter: number) => {
      using simulation = await tiny([
        stream(
          { [DirectIoParameter.SCATTER]: scatter, [DirectIoParameter.SCATTER_CHUNK]: 32 },
          256 * scatter,
        ),
      ]);
      simulation.run(50 * MS);
      const pfns = pinned(simulation)
        .map(({ pfn }) => pfn)
        .sort((a, b) => a - b);
      expect(pfns.length).toBe(256);
      return 1 + pfns.filter((pfn, i) => i > 0 && pfn - (pfns[i - 1] ?? 0) > 64).length;
    };
    expect(await places(1)).toBeLessThan(4);
    expect(await places(8)).toBeGreaterThanOrEqual(6);
  });

  it("asks for no more behind a page that is not to be had: a scattering that is larger than memory ends at it", async () => {
    const scatter = 100;
    using simulation = await tiny(
      [stream({ [DirectIoParameter.SCATTER]: scatter, [DirectIoParameter.SCATTER_CHUNK]: 1 }, 256 * scatter)],
      { pressure: { swapPages: 100, zramPercent: 50 } },
    );
    simulation.run(0);
    expect(256 * scatter).toBeGreaterThan(simulation.machine.views.frameCount);
    expect(counted(simulation, 0, Counter.FAILED)).toBe(1);
    expect(isSound(simulation)).toBe("sound");
    simulation.run(50 * MS);
    expect(pinned(simulation).length).toBe(256);
  });

  it("pauses with a spread: places do not go in step", async () => {
    using simulation = await tiny([
      stream({ [DirectIoParameter.THINK]: 50 * MS, [DirectIoParameter.THINK_SPREAD]: Spread.UNIFORM }),
    ]);
    const seen = new Set<number>();
    for (let time = 3 * S; time < 4 * S; time += 5 * MS) {
      simulation.run(time);
      seen.add(pinned(simulation).length);
    }
    expect(seen.size).toBeGreaterThan(3);
  });
});

describe("the cache of a block device", () => {
  it("is never in CMA, though reclaim takes it; that of files is", async () => {
    for (const block of [0, 1]) {
      using simulation = await tiny([
        actor(ActorKind.FILE_READ, 13_000, {
          [FileReadParameter.INTERVAL]: MS,
          [FileReadParameter.PAGES]: 32,
          [FileReadParameter.READAHEAD]: 32,
          [FileReadParameter.SERVICE]: MS / 10,
          [FileReadParameter.CACHE]: 12_900,
          [FileReadParameter.BLOCK_DEVICE]: block,
        }),
        resident({ [Parameter.START]: 600 * MS, [ResidentParameter.ANON]: 6_000 }),
      ]);
      simulation.run(500 * MS);
      const files = () => framesInUse(simulation).filter(({ life }) => life === PageLife.FILE);
      const before = files().length;
      expect(before).toBeGreaterThan(8_000);
      expect(files().some(({ isInArea }) => isInArea)).toBe(block === 0);
      simulation.run(700 * MS);
      expect(counted(simulation, 1, Counter.LACKING)).toBe(0);
      expect(isSound(simulation)).toBe("sound");
    }
  });
});

describe("a readahead that is longer than the cache", () => {
  it("unlocks its own pages and nobody else's", async () => {
    using simulation = await tiny([
      actor(ActorKind.FILE_READ, 40, {
        [FileReadParameter.INTERVAL]: 20 * MS,
        [FileReadParameter.PAGES]: 4_000,
        [FileReadParameter.READAHEAD]: 4_000,
        [FileReadParameter.SERVICE]: MS,
        [FileReadParameter.CACHE]: 40,
      }),
    ]);
    simulation.run(S);
    expect(counted(simulation, 0, Counter.OPERATIONS)).toBeGreaterThan(20);
    expect(isSound(simulation)).toBe("sound");
  });
});

describe("the start of a run", () => {
  it("may state how much memory is free", async () => {
    for (const free of [7_000, 10_000]) {
      using simulation = await tiny([
        resident({ [ResidentParameter.ANON]: 2_000, [ResidentParameter.LEAVE_FREE]: free }),
      ]);
      simulation.run(MS);
      const { views } = simulation.machine;
      const zones = views.populatedZones().map((zone) => views.zone(zone).freePages);
      expect(Math.abs(zones.reduce((sum, pages) => sum + pages, 0) - free)).toBeLessThan(64);
    }
  });
});

describe("costs in a scenario", () => {
  const text = (costs: string) =>
    `name: c\ndevice: tiny\nduration: 1s\ncosts: ${costs}\nworkloads: [ { kind: noise } ]\n`;

  it("may be bare numbers of nanoseconds, as well as times", () => {
    const { costs } = parseScenario(text("{ fault: 2500, migrate-page: 3us }"), "c.yaml");
    expect(costs).toEqual({ fault: 2500, "migrate-page": 3000 });
    expect(() => parseScenario(text("{ fault: -1 }"), "c.yaml")).toThrow(/fault/);
  });

  it("may be a fitted set, from which single costs differ", () => {
    const { costs } = parseScenario(text("{ set: cubox-i4, migrate-page: 1us }"), "c.yaml");
    expect(costs).toMatchObject({ "isolate-block": 20_000, "migrate-page": 1000 });
    expect(() => parseScenario(text("{ set: cubox }"), "c.yaml")).toThrow(/cubox-i4/);
  });
});

describe("a read of a large buffer", () => {
  const reader = (more: Readonly<Record<number, number>>) =>
    actor(ActorKind.DIRECT_IO, 1_400, {
      [DirectIoParameter.QUEUE_DEPTH]: 1,
      [DirectIoParameter.PAGES]: 64,
      [DirectIoParameter.SERVICE]: 40 * MS,
      ...more,
    });
  /** Runs of neighbours among the pinned frames. */
  const runs = (simulation: Simulation) => {
    const pfns = pinned(simulation)
      .map(({ pfn }) => pfn)
      .sort((a, b) => a - b);
    return { pages: pfns.length, runs: pfns.filter((pfn, i) => pfn !== (pfns[i - 1] ?? -2) + 1).length };
  };

  it("with an iovec for each page takes pages from all over it, others the next time", async () => {
    const buffers = { [DirectIoParameter.BUFFERS]: 1_024 };
    using one = await tiny([reader(buffers)]);
    one.run(10 * MS);
    expect(runs(one)).toEqual({ pages: 64, runs: 1 });
    using many = await tiny([reader({ ...buffers, [DirectIoParameter.IOVECS]: 64 })]);
    many.run(10 * MS);
    const first = new Set(pinned(many).map(({ pfn }) => pfn));
    expect(runs(many).pages).toBe(64);
    expect(runs(many).runs).toBeGreaterThan(50);
    many.run(60 * MS);
    // One page in 16 of the buffer: of 64 about 4 are met again.
    const again = pinned(many).filter(({ pfn }) => first.has(pfn)).length;
    expect(again).toBeLessThan(16);
    expect(isSound(many)).toBe("sound");
  });

  it("that is mapped anew touches all of it and pins a part; all of it is given back", async () => {
    using simulation = await tiny([
      reader({
        [DirectIoParameter.FRESH_SHARE]: 1,
        [DirectIoParameter.FRESH_SIZE]: 512,
        [DirectIoParameter.THINK]: 40 * MS,
      }),
    ]);
    simulation.run(20 * MS);
    expect([runs(simulation).pages, counted(simulation, 0, Counter.ALLOCATED)]).toEqual([64, 512]);
    simulation.run(60 * MS);
    expect([runs(simulation).pages, counted(simulation, 0, Counter.FREED)]).toEqual([0, 512]);
  });

  it("touches a fresh buffer first: while its faults take time nothing of it is pinned", async () => {
    const fresh = reader({ [DirectIoParameter.FRESH_SHARE]: 1 });
    using simulation = await tiny([fresh], { costs: { FAULT: 100_000, ZERO_PAGE: 0 } });
    simulation.run(3 * MS);
    expect([runs(simulation).pages, counted(simulation, 0, Counter.ALLOCATED)]).toEqual([0, 64]);
    simulation.run(7 * MS);
    expect(runs(simulation).pages).toBe(64);
  });

  it("begins within the ramp evenly, or at times of its own", async () => {
    const started = async (isDrawn: number, seed: number) => {
      const many = { [DirectIoParameter.QUEUE_DEPTH]: 16, [DirectIoParameter.FRESH_SHARE]: 1 };
      const ramp = { [DirectIoParameter.RAMP]: 30 * MS, [DirectIoParameter.RAMP_DRAWN]: isDrawn };
      using simulation = await tiny([reader({ ...many, ...ramp })], { seed });
      return [5, 10, 15, 20, 25].map((ms) => {
        simulation.run(ms * MS);
        return counted(simulation, 0, Counter.OPERATIONS);
      });
    };
    expect(await started(0, 1)).toEqual(await started(0, 2));
    expect(await started(1, 1)).not.toEqual(await started(1, 2));
  });
});

describe("metadata", () => {
  it("asks for one page in vain where it is more than memory: it lacks the rest", async () => {
    const most = actor(ActorKind.METADATA, 0, { [MetadataParameter.PAGES]: 40_000 });
    using simulation = await tiny([most], { pressure: { swapPages: 100, zramPercent: 50 } });
    simulation.run(0);
    const had = counted(simulation, 0, Counter.OPERATIONS);
    expect(counted(simulation, 0, Counter.LACKING)).toBe(40_000 - had);
    expect([Counter.PLANNED, Counter.DROPPED, Counter.FAILED].map((c) => counted(simulation, 0, c))).toEqual([
      40_000, 1, 1,
    ]);
    expect(isSound(simulation)).toBe("sound");
  });
});

describe("a camera that thinks from the end of one use", () => {
  const ask = (more: Readonly<Record<number, number>>) =>
    actor(
      ActorKind.CAMERA,
      0,
      {
        [CameraParameter.PAGES]: 3_500,
        [CameraParameter.ALIGN]: 6,
        [CameraParameter.HOLD]: 20 * MS,
        ...more,
      },
      { area: 0 },
    );
  const mounted = actor(ActorKind.METADATA, 0, { [MetadataParameter.PAGES]: 600 });
  const used = resident({ [ResidentParameter.ANON]: 8_000 });

  it("skips no opening while a request retries; one that opens by interval does", async () => {
    const policy = { cmaRetries: 5 };
    const by = async (more: Readonly<Record<number, number>>) => {
      using simulation = await tiny([used, mounted, ask(more)], { policy });
      simulation.run(3 * S);
      const tries = simulation.takeLog();
      expect(tries.length).toBeGreaterThan(3);
      expect(tries.every(({ sleeps }) => sleeps === 5)).toBe(true);
      return {
        skipped: counted(simulation, 2, Counter.SKIPPED),
        ordinals: tries.map(({ ordinal }) => ordinal),
      };
    };
    const open = await by({ [CameraParameter.INTERVAL]: 150 * MS });
    const closed = await by({ [CameraParameter.THINK]: 150 * MS });
    expect(open.skipped).toBeGreaterThan(3);
    expect(closed.skipped).toBe(0);
    expect(closed.ordinals).toEqual(closed.ordinals.map((_, i) => i + 1));
  });

  it("opens so many times and no more, after successes and failures alike", async () => {
    for (const actors of [[], [used, mounted]]) {
      const think = { [CameraParameter.THINK]: 30 * MS, [CameraParameter.OPENINGS]: 4 };
      using simulation = await tiny([...actors, ask(think)]);
      simulation.run(3 * S);
      const tries = simulation.takeLog();
      expect(new Set(tries.map(({ errno }) => errno))).toEqual(new Set([actors.length > 0 ? -16 : 0]));
      expect(tries).toHaveLength(4);
      // 30 ms from the end of each, and 20 ms that it was held.
      const gaps = tries.slice(1).map(({ beginNs }, i) => beginNs - (tries[i]?.endNs ?? 0));
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual((actors.length > 0 ? 30 : 50) * MS);
    }
  });
});
