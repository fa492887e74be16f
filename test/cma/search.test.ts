// Knows: where a window may begin: alignment, the area's own offset, pages per bit, the step behind a busy one; areas
// of several ranges.
// Must not know: how bits are searched.

import { describe, expect, it } from "vitest";
import { BlockReason } from "../../assembly/abi/findings.js";
import { Errno } from "../../assembly/abi/vocabulary.js";
import { getPreset } from "../../bindings/device/presets/index.js";
import { MiB } from "../../bindings/engine/units.js";
import { Machine } from "../../bindings/machine/machine.js";
import { AREA, BASE, bitRuns, givenOut, isSound, KERNELS, place, placeAll, small } from "./small.js";

describe.each(KERNELS)("a window, Linux %s", (kernel) => {
  it("is the first that fits, from the beginning each time", async () => {
    using machine = await small(kernel);
    const take = (pages: number, align = 0) => machine.cma.allocate({ area: AREA, pages, align }).pfn - BASE;
    expect([take(5), take(3), take(8, 3), take(1)]).toEqual([0, 5, 8, 16]);
    machine.cma.release(AREA, BASE + 5, 3);
    expect([take(4), take(2), take(1)]).toEqual([17, 5, 7]);
    expect(isSound(machine)).toBe("sound");
  });

  it.each([
    [0, 0],
    [4, 0],
    [5, 16],
    [6, 48],
    [7, 112],
  ])(
    "begins at a frame aligned to order %i, though the area does not: at offset %i",
    async (align, offset) => {
      using machine = await small(kernel, { areas: [{ basePfn: BASE + 16, count: 240 }] });
      const { pfn } = machine.cma.allocate({ area: AREA, pages: 10, align });
      expect(pfn - BASE - 16).toBe(offset);
      expect(pfn % 2 ** align).toBe(0);
      expect(bitRuns(machine, AREA)).toEqual([[offset, offset + 10]]);
    },
  );

  it.each([
    [0, 1],
    [1, 2],
    [3, 8],
    [4, 16],
  ])("behind a busy one begins mask + 1 further: align %i, step %i", async (align, step) => {
    using machine = await small(kernel);
    place(machine, BASE + 40, "kernel");
    const result = machine.cma.allocate({ area: AREA, pages: 50, align });
    const starts = Array.from({ length: Math.floor(40 / step) + 1 }, (_, i) => i * step);
    const next = starts.length * step;
    expect(result.windows.map(({ start }) => start - BASE)).toEqual([...starts, next]);
    expect(result.windows.slice(0, -1).every(({ blocker }) => blocker === BASE + 40)).toBe(true);
    expect(result).toMatchObject({ ok: true, pfn: BASE + next, busyRetries: starts.length });
  });

  it("is not retried for its length, so that one pinned page costs hundreds of tries at align 0", async () => {
    using machine = await small(kernel);
    place(machine, BASE + 199, "anon");
    machine.pin(BASE + 199);
    const { windowsTried, busyRetries, pfn } = machine.cma.allocate({ area: AREA, pages: 56 });
    expect({ windowsTried, busyRetries, pfn }).toEqual({ windowsTried: 1, busyRetries: 0, pfn: BASE });
    const second = machine.cma.allocate({ area: AREA, pages: 200 });
    expect(second).toMatchObject({ ok: false, errno: Errno.EBUSY, windowsTried: 1 });
    machine.cma.release(AREA, BASE, 56);
    const third = machine.cma.allocate({ area: AREA, pages: 60 });
    expect(third).toMatchObject({ pfn: BASE });
    const fourth = machine.cma.allocate({ area: AREA, pages: 140 });
    expect(fourth).toMatchObject({ ok: false, errno: Errno.EBUSY, windowsTried: 57, busyRetries: 57 });
  });
});

describe.each(KERNELS)("four pages per bit, Linux %s", (kernel) => {
  const areas = [{ orderPerBit: 2 }];

  it("rounds requests up to whole bits, and gives the pages that are too many back", async () => {
    using machine = await small(kernel, { areas });
    const take = (pages: number, align = 0) => machine.cma.allocate({ area: AREA, pages, align }).pfn - BASE;
    expect([take(3), take(5), take(4)]).toEqual([0, 4, 12]);
    expect(bitRuns(machine, AREA)).toEqual([[0, 4]]);
    expect(givenOut(machine).map((pfn) => pfn - BASE)).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 12, 13, 14, 15]);
    expect(machine.cma.area(AREA).available).toBe(256 - 12);
    expect(isSound(machine)).toBe("sound");
    machine.cma.release(AREA, BASE + 4, 5);
    expect(bitRuns(machine, AREA)).toEqual([
      [0, 1],
      [3, 4],
    ]);
    expect(take(8)).toBe(4);
  });

  it.each([
    [0, 4],
    [2, 4],
    [3, 8],
    [5, 32],
  ])("align %i steps by %i pages", async (align, step) => {
    using machine = await small(kernel, { areas });
    expect(machine.cma.allocate({ area: AREA, pages: 1 }).pfn).toBe(BASE);
    expect(machine.cma.allocate({ area: AREA, pages: 4, align }).pfn).toBe(BASE + step);
    place(machine, BASE + 100, "kernel");
    const result = machine.cma.allocate({ area: AREA, pages: 100, align });
    expect(
      new Set(result.windows.slice(1).map(({ start }, i) => start - (result.windows[i]?.start ?? 0))),
    ).toEqual(new Set([step]));
    expect(result.windowsTried).toBeGreaterThan(2);
    expect(result.ok).toBe(true);
  });
});

describe("an area of two ranges, 6.15", () => {
  const NAME = "reserved";

  async function ranged(): Promise<{ machine: Machine; area: string; bases: number[]; pages: number[] }> {
    const preset = getPreset("tiny-ranges");
    const machine = await Machine.create(preset, { core: "checked" });
    const area = machine.cma.names[0] ?? NAME;
    const ranges = machine.cma.area(area).ranges;
    expect(ranges.length).toBe(2);
    return {
      machine,
      area,
      bases: ranges.map(({ basePfn }) => basePfn),
      pages: ranges.map(({ pages }) => pages),
    };
  }

  it("lies in two zones and is searched in the order of its ranges", async () => {
    const { machine, area, bases, pages } = await ranged();
    const zones = bases.map((pfn) => machine.views.frame(pfn).zone);
    expect(new Set(zones).size).toBe(2);
    const [first = 0, second = 0] = pages;
    expect(machine.cma.allocate({ area, pages: first }).pfn).toBe(bases[0]);
    expect(machine.cma.allocate({ area, pages: second }).pfn).toBe(bases[1]);
    expect(machine.cma.area(area).available).toBe(0);
    expect(machine.cma.allocate({ area, pages: 1 })).toMatchObject({ errno: Errno.EBUSY, windowsTried: 0 });
    machine.cma.release(area, bases[1] ?? 0, second);
    expect(machine.cma.allocate({ area, pages: 1 }).pfn).toBe(bases[1]);
    expect(isSound(machine)).toBe("sound");
    machine.dispose();
  });

  it("goes on to the next range after busy windows", async () => {
    const { machine, area, bases, pages } = await ranged();
    const [first = 0] = pages;
    const [base = 0, other = 0] = bases;
    place(machine, base + first - 300, "kernel");
    const result = machine.cma.allocate({ area, pages: first - 20, align: 3 });
    expect(result.windows.map(({ start, errno, reason }) => [start, errno, reason])).toEqual([
      [base, Errno.EBUSY, BlockReason.UNMOVABLE],
      [base + 8, Errno.EBUSY, BlockReason.UNMOVABLE],
      [base + 16, Errno.EBUSY, BlockReason.UNMOVABLE],
      [other, Errno.NONE, BlockReason.NONE],
    ]);
    expect(result).toMatchObject({ ok: true, pfn: other, busyRetries: 3 });
    machine.dispose();
  });

  it("passes over a range that is too small", async () => {
    const { machine, area, bases, pages } = await ranged();
    const [first = 0, second = 0] = pages;
    expect(second).toBeGreaterThan(first);
    const result = machine.cma.allocate({ area, pages: first + 1 });
    expect(result.windows.map(({ start }) => start)).toEqual([bases[1]]);
    expect(result.pfn).toBe(bases[1]);
    machine.dispose();
  });

  it("answers -16 when no range fits, whether or not a window was tried", async () => {
    const { machine, area, pages } = await ranged();
    const [first = 0, second = 0] = pages;
    const all = machine.cma.allocate({ area, pages: first + second });
    expect(all).toMatchObject({ errno: Errno.EBUSY, windowsTried: 0 });
    expect(machine.cma.area(area).allocPagesFail).toBe(first + second);
    machine.dispose();
  });

  it("stops at -12 and does not try the other range", async () => {
    const { machine, area, bases, pages } = await ranged();
    const [first = 0] = pages;
    place(machine, (bases[0] ?? 0) + 5, "anon");
    for (const zone of machine.views.populatedZones()) {
      for (let order = 10; order >= 0; order--) {
        for (let type = 0; type < 5; type++) {
          for (const pfn of machine.freeList(zone, order, type)) {
            const inFirst = pfn >= (bases[0] ?? 0) && pfn < (bases[0] ?? 0) + first;
            if (!inFirst) place(machine, pfn, "kernel", order);
          }
        }
      }
    }
    machine.drainAll();
    const result = machine.cma.allocate({ area, pages: first });
    expect(result.errno).toBe(Errno.ENOMEM);
    expect(result.windows).toEqual([
      { start: bases[0], errno: Errno.ENOMEM, blocker: (bases[0] ?? 0) + 5, reason: BlockReason.NO_TARGET },
    ]);
    expect(isSound(machine)).toBe("sound");
    machine.dispose();
  });

  it("may have eight ranges, each with its own alignment offset", async () => {
    const preset = getPreset("tiny-ranges");
    const ranges = Array.from({ length: 8 }, (_, i) => ({ size: MiB(2), base: MiB(32 + 4 * i) }));
    using machine = await Machine.create(
      {
        ...preset,
        memory: [{ start: MiB(1), size: MiB(127) }],
        areas: [{ name: NAME, ranges }],
        reserved: [],
      },
      { core: "checked" },
    );
    const bases = machine.cma.area(NAME).ranges.map(({ basePfn }) => basePfn);
    expect(bases).toEqual(ranges.map(({ base }) => base / 4096));
    placeAll(machine, (bases[0] ?? 0) + 10, (bases[0] ?? 0) + 20, "anon");
    const got = bases.map(() => machine.cma.allocate({ area: NAME, pages: 300, align: 9 }).pfn);
    expect(got).toEqual(bases);
    expect(machine.cma.allocate({ area: NAME, pages: 300 })).toMatchObject({
      errno: Errno.EBUSY,
      windowsTried: 0,
    });
    for (const pfn of got) machine.cma.release(NAME, pfn, 300);
    expect(machine.cma.area(NAME)).toMatchObject({
      available: 8 * 512,
      allocPagesSuccess: 2400,
      releasePagesSuccess: 2400,
    });
    expect(isSound(machine)).toBe("sound");
  });
});
