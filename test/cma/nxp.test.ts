// Knows: the failure of an i.MX board that a slide of 2022 explains: half of the area is free, in holes of 255 and 511
// pages, and 456 pages with alignment 8 find no place, though one hole is longer. (NXP, CMA ALLOCATION FAILURE ANALYSIS)
// Must not know: how the search works.
//
//   511@58881:  58881 .. 59392 (the slide says 59396).  Aligned to 256: 59136 + 456 = 59592, 200 pages too far.

import { describe, expect, it } from "vitest";
import { Errno, Migratetype } from "../../assembly/abi/vocabulary.js";
import { tiny as TINY } from "../../bindings/device/presets/x86.js";
import { MiB } from "../../bindings/engine/units.js";
import { Machine } from "../../bindings/machine/machine.js";
import { smallState } from "../support/small_state.js";
import { bitRuns, isSound, KERNELS, type Kernel, withFree } from "./small.js";

const AREA_PAGES = 65_536;
const BASE = 65_536;
/** The "available pages" of the log that lie in the first 256 MiB of that area: pages@offset. */
const HOLES = "1@10415+2@10422+168@51544+255@58369+511@58881+255@59649";
const RUNS = HOLES.split("+").map((hole) => {
  const [pages = 0, offset = 0] = hole.split("@").map(Number);
  return { pages, offset };
});
const HOLE = 58_881;
const HOLE_END = 59_392;

/** Given out as a whole, then the holes are given back. */
async function byReleases(kernel: Kernel): Promise<Machine> {
  const machine = await Machine.create({
    ...TINY,
    name: "512 MiB, half of it CMA",
    kernel,
    memory: [{ start: MiB(1), size: MiB(511) }],
    areas: [{ name: "cma", size: MiB(256), base: MiB(256) }],
    reserved: [{ name: "kernel image", base: MiB(16), size: MiB(6) }],
  });
  expect(machine.cma.allocate({ area: "cma", pages: AREA_PAGES }).pfn).toBe(BASE);
  for (const { pages, offset } of RUNS) machine.cma.release("cma", BASE + offset, pages);
  return machine;
}

/** The bitmap and the frames as a capture of such a machine would have them. */
async function fromBitmap(kernel: Kernel): Promise<Machine> {
  const state = smallState({
    name: "512 MiB, half of it CMA",
    kernel,
    pageShift: 12,
    maxOrder: 10,
    pageblockOrder: 9,
    costlyOrder: 3,
    thp: true,
    cpus: 1,
    maxZones: 4,
    boostFactor: 0,
    zones: [
      {
        index: 1,
        name: "DMA32",
        start: BASE - 4096,
        pages: AREA_PAGES + 4096,
        marks: [40, 60, 90],
        batch: 7,
        highMin: 30,
        highMax: 120,
        threshold: 8,
        types: [...new Array<Migratetype>(8).fill(Migratetype.MOVABLE), Migratetype.CMA],
        reserved: true,
      },
    ],
  });
  const holes = RUNS.map(({ pages, offset }) => [offset, offset + pages] as const);
  const free = holes.map(([first, end]) => [BASE + first, BASE + end] as const);
  const set = [...holes, [AREA_PAGES, AREA_PAGES] as const].map(([first], i) => {
    const start = holes[i - 1]?.[1] ?? 0;
    return { start, length: first - start };
  });
  const area = {
    index: 0,
    name: "cma",
    basePfn: BASE,
    count: AREA_PAGES,
    orderPerBit: 0,
    bitmapBits: AREA_PAGES,
    set,
  };
  return Machine.fromState({ ...withFree(state, [[BASE - 4096, BASE], ...free]), areas: [area] });
}

const WAYS = [
  ["given back hole by hole", byReleases],
  ["loaded from a bitmap", fromBitmap],
] as const;

describe.each(KERNELS)("456 pages among holes of 255 and 511, Linux %s", (kernel) => {
  describe.each(WAYS)("%s", (_, create) => {
    it("has exactly these holes, and as many pages available", async () => {
      using machine = await create(kernel);
      const ends = RUNS.flatMap(({ pages, offset }) => [offset, offset + pages]);
      expect(bitRuns(machine, "cma").flat()).toEqual([0, ...ends, AREA_PAGES]);
      expect(machine.cma.area("cma").available).toBe(1 + 2 + 168 + 255 + 511 + 255);
      expect(isSound(machine)).toBe("sound");
    });

    it("fails with -12 at align 8, without a window, and changes nothing", async () => {
      using machine = await create(kernel);
      const before = bitRuns(machine, "cma");
      const result = machine.cma.allocate({ area: "cma", pages: 456, align: 8 });
      expect(result).toMatchObject({ ok: false, errno: Errno.ENOMEM, pfn: 0, windowsTried: 0, windows: [] });
      expect(bitRuns(machine, "cma")).toEqual(before);
      expect(machine.cma.area("cma").allocPagesFail).toBe(456);
    });

    it("fits at align 0 at 58881, and the run goes to 59392", async () => {
      using machine = await create(kernel);
      expect(bitRuns(machine, "cma").find(([first]) => first === HOLE_END)).toEqual([HOLE_END, 59_649]);
      const result = machine.cma.allocate({ area: "cma", pages: 456, align: 0 });
      expect(result).toMatchObject({ ok: true, pfn: BASE + HOLE, windowsTried: 1 });
      expect(machine.cma.allocate({ area: "cma", pages: HOLE_END - HOLE - 456 }).pfn).toBe(BASE + 51_544);
      expect(machine.cma.allocate({ area: "cma", pages: 56 }).pfn).toBe(BASE + 51_544 + 55);
      expect(isSound(machine)).toBe("sound");
    });

    it.each([0, 1, 2, 3, 4, 5])("fits at align %i", async (align) => {
      using machine = await create(kernel);
      const first = Math.ceil(HOLE / 2 ** align) * 2 ** align;
      expect(machine.cma.allocate({ area: "cma", pages: 456, align }).pfn).toBe(BASE + first);
    });

    it.each([
      [6, 8],
      [7, 72],
      [8, 200],
    ])("is, at align %i, %i pages short", async (align, short) => {
      using machine = await create(kernel);
      const first = Math.ceil(HOLE / 2 ** align) * 2 ** align;
      expect(first + 456 - HOLE_END).toBe(short);
      machine.cma.release("cma", BASE + HOLE_END, short - 1);
      expect(machine.cma.allocate({ area: "cma", pages: 456, align }).errno).toBe(Errno.ENOMEM);
      machine.cma.release("cma", BASE + HOLE_END + short - 1, 1);
      expect(machine.cma.allocate({ area: "cma", pages: 456, align }).pfn).toBe(BASE + first);
    });
  });
});
