// Knows: the public class: what it answers, what it refuses, and that its examples hold.

import { describe, expect, it } from "vitest";
import { Placement, SearchStrategy } from "../../../assembly/abi/findings.js";
import { NONE, STRATEGIES } from "../../../bindings/bitmap/core.js";
import {
  cmaRun,
  formatDebugfsBitmap,
  PageBitmap,
  parseDebugfsBitmap,
} from "../../../bindings/bitmap/index.js";
import { StateError, UnitError } from "../../../bindings/engine/errors.js";
import { bitmapOf } from "./cores.js";

describe("PageBitmap", () => {
  it("finds aligned places, and says when there are none", async () => {
    const bitmap = await PageBitmap.create(16_384);
    for (let page = 0; page < 16_384; page += 256) bitmap.set(page);
    expect(bitmap.findFirst({ count: 255 })).toBe(1);
    expect(bitmap.findFirst({ count: 255, align: 8 })).toBeUndefined();
    expect(bitmap.findFirst({ count: 456, align: 8 })).toBeUndefined();
    bitmap.clear(4096, 512);
    expect(bitmap.findFirst({ count: 456, align: 8 })).toBe(4096);
    expect(bitmap.findFirst({ count: 456, align: 8, offset: 128 })).toBe(3968);
    expect(bitmap.findFirst({ count: 456, align: 8, start: 4097 })).toBeUndefined();
    expect(bitmap.longestRun()).toBe(767);
    expect(bitmap.longestRun(8)).toBe(512);
    expect(bitmap.longestRun(8, 256)).toBe(0);
  });

  it("places by policy", async () => {
    const bitmap = await PageBitmap.create(1000, { avoid: true });
    bitmap.set(0, 1000).clear(100, 50).clear(300, 20).clear(500, 200);
    expect(bitmap.findFirst({ count: 20 })).toBe(100);
    expect(bitmap.findBest({ count: 20 })).toBe(300);
    expect(bitmap.findWorst({ count: 20 })).toBe(500);
    expect(bitmap.findNext({ count: 20, start: 310 })).toBe(500);
    expect(bitmap.findNext({ count: 20, start: 990 })).toBe(100);
    expect(bitmap.fitsAt({ count: 20, start: 120 })).toBe(true);
    expect(bitmap.fitsAt({ count: 20, start: 131 })).toBe(false);
    bitmap.setAvoided(110, 10).setAvoided(145);
    expect(bitmap.findAvoiding({ count: 20 })).toBe(120);
    expect(bitmap.findAvoiding({ count: 30, align: 0 })).toBe(500);
    expect(bitmap.findAvoiding({ count: 200 })).toBe(500);
    bitmap.setAvoided(500, 200).setAvoided(500, 3, false);
    expect(bitmap.findAvoiding({ count: 40 })).toBe(100);
    expect(
      bitmap.find({ count: 5 }, { placement: Placement.BEST_FIT, strategy: SearchStrategy.KERNEL }),
    ).toBe(300);
  });

  it("shows runs and statistics", async () => {
    const bitmap = await PageBitmap.create(100);
    bitmap.set(10, 20).set(50);
    expect(bitmap.runs()).toEqual([
      { start: 0, length: 10 },
      { start: 30, length: 20 },
      { start: 51, length: 49 },
    ]);
    const stats = bitmap.stats();
    expect(stats).toMatchObject({ bits: 100, set: 21, clear: 79, runs: 3, longest: 49, pages: 79 });
    expect(bitmap.countSet(25, 30)).toBe(6);
    expect(bitmap.isSet(50)).toBe(true);
    expect(bitmap.isSet(51)).toBe(false);
    expect(bitmap.indexBytes).toBeGreaterThan(0);
    expect(bitmap.toWords()).toHaveLength(4);
  });

  it("reads words and debugfs text", async () => {
    const text = "cma-reserved bitmap: 4294967295 16777215 0 1\n";
    const bitmap = await PageBitmap.fromDebugfs(text, 100);
    expect(bitmap.runs()).toEqual([
      { start: 56, length: 40 },
      { start: 97, length: 3 },
    ]);
    expect(bitmap.toDebugfs()).toBe("4294967295 16777215 0 1\n");
    const cut = await PageBitmap.fromWords(Uint32Array.of(0, 0xffff_ffff), 40);
    expect(cut.countSet()).toBe(8);
    expect(cut.toWords()).toEqual(Uint32Array.of(0, 0xff));
    expect(parseDebugfsBitmap(" 1 2\n3 ")).toEqual(Uint32Array.of(1, 2, 3));
    expect(formatDebugfsBitmap(Uint32Array.of(7, 0))).toBe("7 0\n");
    for (const bad of ["", "  \n", "1 x 2", "1 -2", "4294967296", "0x10", "1.5"]) {
      expect(() => parseDebugfsBitmap(bad), bad).toThrow(UnitError);
    }
    await expect(PageBitmap.fromWords(Uint32Array.of(0), 33)).rejects.toThrow(UnitError);
  });

  it("turns pages into bits as cma_alloc does", async () => {
    expect(cmaRun({ pages: 456, align: 8, basePfn: 235_520 })).toEqual({ count: 456, align: 8, offset: 0 });
    expect(cmaRun({ pages: 456, align: 8, basePfn: 0x1080 })).toEqual({ count: 456, align: 8, offset: 0x80 });
    expect(cmaRun({ pages: 5, align: 3, basePfn: 0x104, orderPerBit: 2 })).toEqual({
      count: 2,
      align: 1,
      offset: 1,
    });
    expect(cmaRun({ pages: 1, align: 1, orderPerBit: 9 })).toEqual({ count: 1, align: 0, offset: 0 });
    const bitmap = await PageBitmap.create(4096);
    expect(bitmap.findFirst(cmaRun({ pages: 456, align: 8, basePfn: 0x1080 }))).toBe(128);
  });
});

describe("what means nothing", () => {
  it("is answered by none where it is a number of bits", async () => {
    for (const index of ["none", "default", "all"] as const) {
      const bitmap = await PageBitmap.create(100, { index });
      for (const request of [
        { count: 0 },
        { count: 101 },
        { count: 1, start: 100 },
        { count: 1, start: 0xffff_ffff },
        { count: 0xffff_ffff },
        { count: 1, align: 2, offset: 4 },
        { count: 1, align: 2, offset: 0xffff_ffff },
        { count: 1, align: 7, start: 1 },
      ]) {
        expect(bitmap.findFirst(request), JSON.stringify(request)).toBeUndefined();
        expect(bitmap.findBest(request)).toBeUndefined();
        expect(bitmap.findWorst(request)).toBeUndefined();
        expect(bitmap.fitsAt(request)).toBe(false);
      }
      expect(bitmap.findFirst({ count: 1, align: 31 })).toBe(0);
      expect(bitmap.findFirst({ count: 1, align: 31, offset: 2 ** 31 - 99 })).toBe(99);
    }
  });

  it("is refused where it is none", async () => {
    const bitmap = await PageBitmap.create(100);
    for (const request of [
      { count: -1 },
      { count: 1.5 },
      { count: Number.NaN },
      { count: 2 ** 32 },
      { count: 1, align: 32 },
      { count: 1, align: -1 },
      { count: 1, align: 0.5 },
      { count: 1, offset: -1 },
      { count: 1, start: -1 },
      { count: 1, start: Number.POSITIVE_INFINITY },
    ]) {
      expect(() => bitmap.findFirst(request), JSON.stringify(request)).toThrow(UnitError);
    }
    for (const [from, count] of [
      [-1, 1],
      [100, 1],
      [99, 2],
      [0, 101],
      [0.5, 1],
      [0, -1],
      [Number.NaN, 1],
      [2 ** 32, 1],
    ] as const) {
      expect(() => bitmap.set(from, count), `${from} ${count}`).toThrow(UnitError);
      expect(() => bitmap.clear(from, count)).toThrow(UnitError);
      expect(() => bitmap.countSet(from, count)).toThrow(UnitError);
    }
    expect(() => bitmap.setAvoided(1)).toThrow(/avoid: true/);
    expect(() => bitmap.find({ count: 1 }, { strategy: SearchStrategy.PYRAMID })).toThrow(/index: "all"/);
    expect(bitmap.set(100, 0).countSet()).toBe(0);
    for (const bits of [0, -1, 1.5, 2 ** 31, Number.NaN]) {
      await expect(PageBitmap.create(bits), `${bits}`).rejects.toThrow(UnitError);
    }
  });

  it("a map without an index is searched by walking", async () => {
    const bitmap = await PageBitmap.create(1000, { index: "none" });
    bitmap.set(0, 500);
    expect(bitmap.findFirst({ count: 10 })).toBe(500);
    expect(() => bitmap.find({ count: 10 }, { strategy: SearchStrategy.COMPOSITE })).toThrow(UnitError);
    const core = await bitmapOf("checked", 1000, 0, false);
    core.set(0, 500);
    for (const strategy of STRATEGIES) {
      expect(core.place(Placement.FIRST_FIT, strategy, { start: 0, count: 10, mask: 7, offset: 0 })).toBe(
        504,
      );
    }
  });

  it("an unknown strategy or placement is the kernel's walk or first fit", async () => {
    const core = await bitmapOf("checked", 100);
    core.set(0, 10);
    const wanted = { start: 0, count: 10, mask: 0, offset: 0 };
    expect(core.place(Placement.FIRST_FIT, 99 as SearchStrategy, wanted)).toBe(10);
    expect(core.place(99 as Placement, SearchStrategy.KERNEL, wanted)).toBe(10);
    expect(core.place(Placement.FIRST_FIT, SearchStrategy.KERNEL, { ...wanted, mask: 5 })).toBe(NONE);
  });

  it("a fault of our own stops the bitmap", async () => {
    const core = await bitmapOf("checked", 100);
    expect(() => core.set(90, 20)).toThrow(StateError);
    expect(() => core.next(true, 0)).toThrow(/earlier fault/);
  });
});

describe("memory", () => {
  it("ends where the map ends: a read behind the map would trap, in every build", async () => {
    for (const bits of [1, 33, 64, 1000, 65_537]) {
      const { words } = await bitmapOf("release", bits);
      expect(words.byteOffset + words.byteLength).toBe(words.buffer.byteLength);
    }
  });
});

describe("large maps", () => {
  it("64 Mi bits: the end is found", async () => {
    const bits = 2 ** 26;
    const core = await bitmapOf("release", bits, undefined, false);
    core.set(0, bits - 1000);
    for (const strategy of [
      SearchStrategy.KERNEL,
      SearchStrategy.SUMMARY,
      SearchStrategy.PYRAMID,
      SearchStrategy.RUN_TREE,
      SearchStrategy.COMPOSITE,
    ]) {
      const wanted = { start: 0, count: 456, mask: 255, offset: 0 };
      expect(core.place(Placement.FIRST_FIT, strategy, wanted), SearchStrategy[strategy]).toBe(bits - 768);
    }
  });
});
