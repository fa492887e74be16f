// Knows: what each kind does to memory that the common tests of all kinds do not see.
// Must not know: how it does it.

import { describe, expect, it } from "vitest";
import { GpuParameter } from "../../../assembly/abi/clients.js";
import {
  ActorKind,
  AppsParameter,
  Counter,
  FileReadParameter,
  FileWriteParameter,
  LongPinParameter,
  ResidentParameter,
  SlabParameter,
  ZramParameter,
} from "../../../assembly/abi/simulation.js";
import { PageFlag, PageLife } from "../../../assembly/abi/vocabulary.js";
import { LevelWord, StatWord } from "../../../assembly/abi/words.js";
import type { FrameView } from "../../../bindings/machine/views.js";
import type { Simulation } from "../../../bindings/scenario/simulation.js";
import { loads, resident } from "./loads.js";
import { actor, counted, framesInUse, isSound, MS, owned, S, tiny } from "./support.js";

function pagesOf(simulation: Simulation, is: (frame: FrameView) => boolean): number {
  return framesInUse(simulation).reduce((sum, frame) => sum + (is(frame) ? 2 ** frame.order : 0), 0);
}

function named(name: string) {
  const load = loads.find((one) => one.name === name);
  if (load === undefined) throw new Error(`no load ${name}`);
  return tiny(load.actors, load.options);
}

const big = {
  [AppsParameter.INITIAL]: 1,
  [AppsParameter.MOST]: 20,
  [AppsParameter.INTERVAL]: 50 * MS,
  [AppsParameter.PAGES_MIN]: 3000,
  [AppsParameter.PAGES_MAX]: 4000,
  [AppsParameter.TOUCH_PAGES]: 100,
  [AppsParameter.TOUCH_INTERVAL]: 5 * MS,
};

describe("applications", () => {
  it("are killed, the oldest first, when memory is short, and the others live on", async () => {
    using simulation = await tiny([actor(ActorKind.APPS, 21 * 4000, big)]);
    for (let time = 0; time <= 3 * S; time += S / 2) {
      simulation.run(time);
      expect(isSound(simulation)).toBe("sound");
    }
    const launched = counted(simulation, 0, Counter.OPERATIONS);
    const killed = counted(simulation, 0, Counter.KILLED);
    expect(simulation.machine.views.stat(StatWord.OOMS)).toBeGreaterThan(0);
    expect(killed).toBeGreaterThan(10);
    // Three to five of them fit into memory.
    expect(launched - counted(simulation, 0, Counter.DROPPED) - killed).toBeGreaterThan(1);
    expect(owned(simulation, 0).pages).toBeGreaterThan(5000);
  });

  it("have large pages, which are swapped out whole and come back page by page", async () => {
    using simulation = await named("apps with THP, zram and proactive swap-out");
    simulation.run(0);
    expect(pagesOf(simulation, ({ order }) => order === 9)).toBeGreaterThan(0);
    simulation.run(1.9 * S);
    const { views } = simulation.machine;
    expect(views.stat(StatWord.PAGES_SWAPPED_OUT)).toBeGreaterThan(1000);
    expect(views.stat(StatWord.PAGES_SWAPPED_IN)).toBeGreaterThan(100);
    expect(counted(simulation, 0, Counter.REFAULTS)).toBe(views.stat(StatWord.PAGES_SWAPPED_IN));
    expect(owned(simulation, 0).swapped).toBe(views.level(LevelWord.SWAP_USED));
    simulation.run(4 * S);
    expect(views.level(LevelWord.SWAP_USED)).toBe(0);
    expect(views.level(LevelWord.ZRAM_FRAMES)).toBe(0);
  });
});

describe("memory that nobody gives back", () => {
  it("does not stop time", async () => {
    const full = resident({
      [ResidentParameter.ANON]: 12_000,
      [ResidentParameter.INTERVAL]: 50_000,
      [ResidentParameter.BATCH]: 16,
    });
    const slab = actor(ActorKind.SLAB, 0, {
      [SlabParameter.INTERVAL]: MS / 20,
      [SlabParameter.PAGES]: 10_000,
      [SlabParameter.ORDER_MAX]: 1,
    });
    using simulation = await tiny([full, slab]);
    simulation.run(S);
    expect(simulation.nowNs).toBe(S);
    expect(counted(simulation, 1, Counter.FAILED)).toBeGreaterThan(0);
    expect(isSound(simulation)).toBe("sound");
  });
});

describe("files that are read", () => {
  it("fill their cache and no more; some pages are active, those that reclaim took are read again", async () => {
    using simulation = await named("file read");
    simulation.run(1.9 * S);
    expect(owned(simulation, 0).pages).toBeGreaterThan(1000);
    expect(owned(simulation, 0).pages).toBeLessThanOrEqual(8000);
    expect(
      pagesOf(simulation, ({ life, flags }) => life === PageLife.FILE && (flags & PageFlag.ACTIVE) !== 0),
    ).toBeGreaterThan(100);
    expect(counted(simulation, 0, Counter.REFAULTS)).toBeGreaterThan(10);
  });

  it("drop the oldest pages beyond the cache", async () => {
    using simulation = await tiny([
      actor(ActorKind.FILE_READ, 700, {
        [FileReadParameter.INTERVAL]: MS,
        [FileReadParameter.PAGES]: 10,
        [FileReadParameter.READAHEAD]: 4,
        [FileReadParameter.CACHE]: 500,
      }),
    ]);
    simulation.run(S);
    expect(owned(simulation, 0).pages).toBe(500);
    expect(counted(simulation, 0, Counter.ALLOCATED)).toBeGreaterThan(5000);
  });
});

describe("files that are written", () => {
  const written = {
    [FileWriteParameter.INTERVAL]: 5 * MS,
    [FileWriteParameter.PAGES]: 20,
    [FileWriteParameter.EXPIRE]: 100 * MS,
    [FileWriteParameter.SERVICE]: 20 * MS,
    [FileWriteParameter.CACHE]: 2500,
  };
  const isDirty = ({ flags }: FrameView) => (flags & PageFlag.DIRTY) !== 0;
  const isWritten = ({ flags }: FrameView) => (flags & PageFlag.WRITEBACK) !== 0;

  it("are dirty until they expire, then under writeback for the time of the device", async () => {
    using simulation = await tiny([actor(ActorKind.FILE_WRITE, 3000, written)]);
    let [dirty, underWriteback] = [0, 0];
    const samples = 60;
    for (let i = 0; i < samples; i++) {
      simulation.run(S + i * 60 * MS);
      dirty += pagesOf(simulation, isDirty) / samples;
      underWriteback += pagesOf(simulation, isWritten) / samples;
    }
    // Little's law: 4000 pages a second, 100 ms and 20 ms.
    expect(dirty).toBeGreaterThan(360);
    expect(dirty).toBeLessThan(440);
    expect(underWriteback).toBeGreaterThan(68);
    expect(underWriteback).toBeLessThan(92);
  });

  it("wait for writeback when the cache is full of what is not written", async () => {
    const small = { ...written, [FileWriteParameter.EXPIRE]: 10 * S, [FileWriteParameter.CACHE]: 300 };
    using simulation = await tiny([actor(ActorKind.FILE_WRITE, 300, small)]);
    simulation.run(2 * S);
    expect(counted(simulation, 0, Counter.ALLOCATED)).toBeGreaterThan(2000);
    expect(counted(simulation, 0, Counter.DROPPED)).toBe(0);
    expect(owned(simulation, 0).pages).toBe(300);
    expect(isSound(simulation)).toBe("sound");
  });
});

describe("kernel memory", () => {
  it("has each order half as often as the one below, and no more pages than it may", async () => {
    using simulation = await tiny([
      actor(ActorKind.SLAB, 0, {
        [SlabParameter.INTERVAL]: 100_000,
        [SlabParameter.PAGES]: 4000,
        [SlabParameter.ORDER_MAX]: 3,
        [SlabParameter.RECLAIMABLE_SHARE]: 0.5,
      }),
    ]);
    simulation.run(S);
    const blocks = [0, 1, 2, 3].map((wanted) => {
      const is = ({ life, order }: FrameView) => life === PageLife.SLAB && order === wanted;
      return pagesOf(simulation, is) / 2 ** wanted;
    });
    const all = blocks.reduce((sum, count) => sum + count, 0);
    for (const [order, count] of blocks.entries()) {
      const expected = (all * 2 ** -(order + 1)) / (1 - 2 ** -4);
      expect(Math.abs(count - expected), `order ${order}`).toBeLessThan(4 * Math.sqrt(expected));
    }
    const held = counted(simulation, 0, Counter.ALLOCATED);
    expect(held).toBeGreaterThan(3990);
    expect(held).toBeLessThanOrEqual(4000);
  });
});

describe("the system heap", () => {
  it("takes blocks of orders 8, 4 and 0, none of which can be moved", async () => {
    using simulation = await tiny([
      actor(ActorKind.GPU, 4 * 3000, {
        [GpuParameter.INTERVAL]: 20 * MS,
        [GpuParameter.PAGES_MIN]: 600,
        [GpuParameter.PAGES_MAX]: 3000,
        [GpuParameter.HOLD]: 10 * S,
      }),
    ]);
    simulation.run(S);
    const frames = framesInUse(simulation).filter(({ life, order }) => life === PageLife.KERNEL && order > 0);
    expect(new Set(frames.map(({ order }) => order))).toEqual(new Set([4, 8]));
    expect(frames.every(({ mobility }) => mobility === 0)).toBe(true);
    expect(owned(simulation, 0).pages).toBeGreaterThan(2000);
  });
});

describe("long pins", () => {
  it("are outside of the area, as many as they may be", async () => {
    using simulation = await tiny([
      resident({ [ResidentParameter.ANON]: 8000 }),
      actor(ActorKind.LONG_PIN, 0, {
        [LongPinParameter.PAGES]: 200,
        [LongPinParameter.INTERVAL]: MS,
        [LongPinParameter.HOLD]: 10 * S,
      }),
    ]);
    simulation.run(S);
    const pinned = framesInUse(simulation).filter(({ pins }) => pins > 0);
    expect(pinned.length).toBe(200);
    expect(pinned.filter(({ isInArea }) => isInArea)).toEqual([]);
    // Most of them were allocated in the area, since more than half of the free memory is there.
    expect(simulation.machine.views.stat(StatWord.PAGES_MIGRATED)).toBeGreaterThan(100);
  });
});

describe("proactive swap-out", () => {
  it("takes its pages from the oldest anonymous memory, at its pace", async () => {
    using simulation = await tiny(
      [
        resident({ [ResidentParameter.ANON]: 3000, [ResidentParameter.FILE]: 1000 }),
        actor(ActorKind.ZRAM, 0, { [ZramParameter.INTERVAL]: 10 * MS, [ZramParameter.BATCH]: 8 }),
      ],
      { pressure: { swapPages: 4000, zramPercent: 35 } },
    );
    simulation.run(S);
    expect(counted(simulation, 1, Counter.OPERATIONS)).toBe(800);
    expect(owned(simulation, 0)).toEqual({ pages: 3200, swapped: 800 });
    expect(simulation.machine.views.level(LevelWord.ZRAM_FRAMES)).toBe(280);
  });
});
