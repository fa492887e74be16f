// Knows: what reclaim, swap, zram, kswapd and the OOM result must do, seen from outside.
// Must not know: how they do it.

import { describe, expect, it } from "vitest";
import { contentOf } from "../../../assembly/abi/frame_word.js";
import { Region } from "../../../assembly/abi/layout.js";
import { FrameKind, LruList, Mobility, Op, PageLife, Status } from "../../../assembly/abi/vocabulary.js";
import { LevelWord, StatWord, ZoneWord } from "../../../assembly/abi/words.js";
import { GFP_HIGHUSER_MOVABLE } from "../../../bindings/engine/gfp.js";
import { fill, freeEverywhere, isSound, level, stat, tiny } from "./support.js";

const MANY = 30_000;

describe("without pressure", () => {
  it("a request stops where the kernel would reclaim", async () => {
    using machine = await tiny();
    expect(fill(machine, "anon", MANY).failure).toBe(Status.WOULD_RECLAIM);
    expect(stat(machine, StatWord.PAGES_RECLAIMED)).toBe(0);
    expect(isSound(machine)).toBe("sound");
  });
});

describe("file pages", () => {
  it("are dropped, oldest first, and kswapd keeps the zone above its high mark", async () => {
    using machine = await tiny({ pressure: {} });
    const { pfns, failure } = fill(machine, "file", MANY);
    expect(failure).toBeUndefined();
    expect(stat(machine, StatWord.KSWAPD_RUNS)).toBeGreaterThan(0);
    expect(stat(machine, StatWord.OOMS)).toBe(0);
    const live = (pfn: number | undefined) => machine.views.frame(pfn ?? -1).kind === FrameKind.ALLOCATED;
    expect(pfns.slice(-2000).every(live)).toBe(true);
    machine.runKswapd();
    for (const index of machine.views.populatedZones()) {
      expect(machine.views.zone(index).reclaimActive).toBe(false);
    }
    expect(isSound(machine)).toBe("sound");
  });

  it("that are dirty, under writeback or pinned stay", async () => {
    for (const kind of ["dirty", "writeback"] as const) {
      using machine = await tiny({ pressure: { swapPages: 0 } });
      const { pfns, failure } = fill(machine, kind, MANY);
      expect(failure).toBe(Status.OUT_OF_MEMORY);
      expect(stat(machine, StatWord.PAGES_RECLAIMED)).toBe(0);
      expect(pfns.every((pfn) => machine.views.frame(pfn).kind === FrameKind.ALLOCATED)).toBe(true);
    }
    using machine = await tiny({ pressure: {} });
    const first = fill(machine, "file", 500).pfns;
    for (const pfn of first) machine.pin(pfn);
    expect(fill(machine, "file", MANY).failure).toBeUndefined();
    expect(first.every((pfn) => machine.views.frame(pfn).kind === FrameKind.ALLOCATED)).toBe(true);
    expect(isSound(machine)).toBe("sound");
  });
});

describe("anonymous pages", () => {
  it("stay without swap: nothing helps, and the answer is OUT_OF_MEMORY", async () => {
    using machine = await tiny({ pressure: {} });
    expect(fill(machine, "anon", MANY).failure).toBe(Status.OUT_OF_MEMORY);
    expect(stat(machine, StatWord.OOMS)).toBe(1);
    expect(isSound(machine)).toBe("sound");
  });

  it("go to a disk while it has room", async () => {
    using machine = await tiny({ pressure: { swapPages: 5_000 } });
    const { pfns, failure } = fill(machine, "anon", MANY);
    expect(failure).toBe(Status.OUT_OF_MEMORY);
    expect(level(machine, LevelWord.SWAP_USED)).toBe(5_000);
    using plain = await tiny({ pressure: {} });
    const won = pfns.length - fill(plain, "anon", MANY).pfns.length;
    expect(Math.abs(won - 5_000)).toBeLessThan(64);
  });

  it("go to zram, which takes pages itself, so that less is won", async () => {
    using disk = await tiny({ pressure: { swapPages: MANY } });
    using zram = await tiny({ pressure: { swapPages: MANY, zramPercent: 50 } });
    expect(fill(disk, "anon", 26_000).failure).toBeUndefined();
    expect(fill(zram, "anon", 26_000).failure).toBeUndefined();
    const stored = level(zram, LevelWord.ZRAM_STORED);
    expect(level(zram, LevelWord.ZRAM_FRAMES)).toBe(Math.ceil(stored / 2));
    expect(stored).toBeGreaterThan(level(disk, LevelWord.SWAP_USED) * 1.5);
    expect(isSound(zram)).toBe("sound");
  });

  it("are found again by their slot, and give the room back", async () => {
    using machine = await tiny({ pressure: { swapPages: MANY, zramPercent: 50 }, slots: 1000 });
    const { commands } = machine;
    for (let slot = 0; slot < 1000; slot++) {
      commands.append(
        Op.ALLOCATE,
        0,
        0,
        0,
        GFP_HIGHUSER_MOVABLE,
        slot + 1,
        contentOf(Mobility.LRU, PageLife.ANON, 0),
      );
    }
    commands.flush("slots");
    fill(machine, "anon", 20_000);
    const used = level(machine, LevelWord.SWAP_USED);
    const frames = level(machine, LevelWord.ZRAM_FRAMES);
    for (let slot = 0; slot < 1000; slot++) commands.append(Op.RELEASE_SLOT, 0, 0, 0, slot, 0, 0);
    commands.flush("slots");
    expect(level(machine, LevelWord.SWAP_USED)).toBe(used - 1000);
    expect(level(machine, LevelWord.ZRAM_FRAMES)).toBe(frames - 500);
    expect(isSound(machine)).toBe("sound");
  });
});

describe("accounts", () => {
  it("no page is lost: what is free, in use and on lists adds up after reclaim", async () => {
    using machine = await tiny({ pressure: { swapPages: MANY } });
    const all = freeEverywhere(machine);
    const { pfns } = fill(machine, "anon", 26_000);
    const inUse = new Set(pfns.filter((pfn) => machine.views.frame(pfn).kind === FrameKind.ALLOCATED)).size;
    expect(freeEverywhere(machine) + inUse).toBe(all);
    const words = machine.engine.words(Region.ZONES);
    const anon = machine.views.populatedZones().reduce((sum, zone) => {
      const at = zone * ZoneWord.COUNT + ZoneWord.NR_LRU;
      return sum + (words[at + LruList.INACTIVE_ANON] ?? 0) + (words[at + LruList.ACTIVE_ANON] ?? 0);
    }, 0);
    expect(anon).toBe(inUse);
  });

  it("the same requests give the same machine in every build", async () => {
    const digests = await Promise.all(
      (["release", "checked", "debug"] as const).map(async (core) => {
        using machine = await tiny({ core, pressure: { swapPages: MANY, zramPercent: 35 } });
        fill(machine, "file", 9_000);
        fill(machine, "anon", 12_000);
        fill(machine, "kernel", 2_000);
        return machine.digest();
      }),
    );
    expect(new Set(digests).size).toBe(1);
  });
});

describe("kswapd", () => {
  it("waits for runKswapd() when it is not inline, and then takes the boost back", async () => {
    using machine = await tiny({ pressure: { kswapd: false, directReclaim: false } });
    fill(machine, "file", MANY);
    expect(stat(machine, StatWord.KSWAPD_RUNS)).toBe(0);
    expect(level(machine, LevelWord.KSWAPD_ORDER)).toBeGreaterThan(0);
    const words = machine.engine.words(Region.ZONES);
    const zone = machine.views.populatedZones().at(-1) ?? 0;
    words[zone * ZoneWord.COUNT + ZoneWord.WATERMARK_BOOST] = 100;
    machine.runKswapd();
    expect(stat(machine, StatWord.KSWAPD_RUNS)).toBe(1);
    expect(machine.views.zone(zone).boost).toBe(0);
    const { freePages, freeCma, watermark } = machine.views.zone(zone);
    expect(freePages - freeCma).toBeGreaterThan(watermark.high);
  });
});
