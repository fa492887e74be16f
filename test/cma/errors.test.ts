// Knows: what -12, -16 and -4 mean in each kernel profile, and what a failed request leaves behind: nothing.
// Must not know: how a window is emptied.

import { describe, expect, it } from "vitest";
import { BlockReason, RequestState } from "../../assembly/abi/findings.js";
import { Errno, Migratetype } from "../../assembly/abi/vocabulary.js";
import { StatWord } from "../../assembly/abi/words.js";
import { tiny as TINY } from "../../bindings/device/presets/x86.js";
import { GFP_KERNEL } from "../../bindings/engine/gfp.js";
import { MiB } from "../../bindings/engine/units.js";
import type { CmaResult } from "../../bindings/machine/cma.js";
import { Machine } from "../../bindings/machine/machine.js";
import {
  AREA,
  BASE,
  BLOCK,
  bitRuns,
  blockTypes,
  END,
  isSound,
  KERNELS,
  type Kernel,
  pageAt,
  place,
  placeAll,
  START,
  small,
  usedPages,
} from "./small.js";

const PAGES = END - BASE;

/** Everything that a failed request must give back. */
function expectNothingHeld(machine: Machine, area: number | string = AREA): void {
  const { pages, available } = machine.cma.area(area);
  expect(available).toBe(pages);
  expect(bitRuns(machine, area)).toEqual([]);
  expect(machine.views.pageblocks.includes(Migratetype.ISOLATE)).toBe(false);
  expect(isSound(machine)).toBe("sound");
}

/** Fills all memory outside of the area with pages that cannot be moved. */
function exhaust(machine: Machine): void {
  while (machine.allocate({ gfp: GFP_KERNEL & ~0x400 }).ok);
  for (let pfn = START; pfn < BASE; pfn++) {
    const view = machine.views.frame(pfn);
    if (pageAt(machine, pfn) === undefined && view.kind !== 0) place(machine, pfn, "kernel", view.order);
  }
}

describe.each(KERNELS)("Linux %s", (kernel) => {
  it("-12: nothing fits, no window was tried", async () => {
    using machine = await small(kernel);
    const first = machine.cma.allocate({ area: AREA, pages: PAGES - 4 });
    expect(first.ok).toBe(true);
    const { errno, windowsTried, busyRetries } = machine.cma.allocate({ area: AREA, pages: 5 });
    expect({ errno, windowsTried, busyRetries }).toEqual({
      errno: Errno.ENOMEM,
      windowsTried: 0,
      busyRetries: 0,
    });
    expect(machine.cma.allocate({ area: AREA, pages: 4 }).ok).toBe(true);
  });

  it("-16: every window was busy", async () => {
    using machine = await small(kernel);
    for (let pfn = BASE; pfn < END; pfn += BLOCK) place(machine, pfn + 3, "kernel");
    const result = machine.cma.allocate({ area: AREA, pages: BLOCK, align: 4 });
    expect(result).toMatchObject({
      ok: false,
      errno: Errno.EBUSY,
      pfn: 0,
      windowsTried: 16,
      busyRetries: 16,
    });
    expect(result.windows.map(({ start }) => start)).toEqual(
      Array.from({ length: 16 }, (_, i) => BASE + i * BLOCK),
    );
    expectNothingHeld(machine);
  });

  it("-16 also when the last windows no longer fit: the last error counts", async () => {
    using machine = await small(kernel);
    place(machine, END - 40, "kernel");
    const { errno, windowsTried } = machine.cma.allocate({ area: AREA, pages: PAGES - 30, align: 4 });
    expect({ errno, windowsTried }).toEqual({ errno: Errno.EBUSY, windowsTried: 2 });
    expectNothingHeld(machine);
  });

  it("-12: a page has no place to go to, and no other window is tried", async () => {
    using machine = await small(kernel);
    exhaust(machine);
    place(machine, BASE + 21, "anon");
    const used = usedPages(machine);
    const result = machine.cma.allocate({ area: AREA, pages: PAGES - 8, align: 0 });
    expect(result).toMatchObject({
      ok: false,
      errno: Errno.ENOMEM,
      windowsTried: 1,
      busyRetries: 0,
      pagesMigrated: 0,
    });
    expect(result.windows).toEqual([
      { start: BASE, errno: Errno.ENOMEM, blocker: BASE + 21, reason: BlockReason.NO_TARGET },
    ]);
    expect(usedPages(machine)).toEqual(used);
    expectNothingHeld(machine);
  });

  it("-12 ends a request that was busy before", async () => {
    using machine = await small(kernel);
    exhaust(machine);
    placeAll(machine, BASE + 64, END, "kernel");
    placeAll(machine, BASE, BASE + BLOCK, "kernel");
    place(machine, BASE + 50, "anon");
    const result = machine.cma.allocate({ area: AREA, pages: 48, align: 4 });
    expect(result.windows.map(({ start, errno, reason }) => [start - BASE, errno, reason])).toEqual([
      [0, Errno.EBUSY, BlockReason.UNMOVABLE],
      [16, Errno.ENOMEM, BlockReason.NO_TARGET],
    ]);
    expect(result.errno).toBe(Errno.ENOMEM);
    expectNothingHeld(machine);
  });

  describe("-4: a fatal signal", () => {
    const LAST = RequestState.TEST;
    const states = [
      RequestState.SEARCH,
      RequestState.ISOLATE,
      RequestState.SCAN,
      ...(kernel === "6.12" ? [RequestState.MIGRATE_BATCH] : []),
      RequestState.MIGRATE_ONE,
    ];

    async function crowded(): Promise<Machine> {
      const machine = await small(kernel);
      placeAll(machine, BASE + 8, BASE + 80, "anon");
      place(machine, BASE + 81, "balloon");
      machine.pin(BASE + 81);
      return machine;
    }

    it.each(states.map((state) => [RequestState[state], state] as const))("in %s", async (_, state) => {
      using machine = await crowded();
      const used = usedPages(machine).length;
      const request = machine.cma.begin({ area: AREA, pages: 100 });
      if (state !== RequestState.SEARCH) request.runUntil(state);
      expect(request.state).toBe(state);
      expect(isSound(machine)).toBe("sound");
      const result = request.kill();
      expect(result).toMatchObject({ ok: false, errno: Errno.EINTR, pfn: 0, busyRetries: 0 });
      expect(result?.windows).toEqual([
        { start: BASE, errno: Errno.EINTR, blocker: 0, reason: BlockReason.NONE },
      ]);
      expect(usedPages(machine).length).toBe(used);
      expect(pageAt(machine, BASE + 81)?.pins).toBe(1);
      expectNothingHeld(machine);
      expect(machine.cma.area(AREA).allocPagesFail).toBe(100);
    });

    it("in TEST comes too late: the pages are there", async () => {
      using machine = await small(kernel);
      placeAll(machine, BASE + 8, BASE + 80, "anon");
      const request = machine.cma.begin({ area: AREA, pages: 100 });
      expect(request.runUntil(LAST)).toBe(LAST);
      expect(request.kill()).toMatchObject({ ok: true, errno: Errno.NONE, pfn: BASE });
      expect(isSound(machine)).toBe("sound");
    });

    it("in TEST of a busy window ends the request in the next one", async () => {
      using machine = await crowded();
      const request = machine.cma.begin({ area: AREA, pages: 100, align: 4 });
      request.runUntil(LAST);
      const result = request.kill();
      expect(result?.errno).toBe(Errno.EINTR);
      expect(result?.windows.map((window) => [window.start - BASE, window.errno])).toEqual([
        [0, Errno.EBUSY],
        [16, Errno.EINTR],
      ]);
      expectNothingHeld(machine);
    });
  });

  it("counts as sysfs and vmstat do: pages by area, requests by machine", async () => {
    using machine = await small(kernel, {
      areas: [{ count: 128 }, { name: "display", basePfn: BASE + 128, count: 128 }],
    });
    const got = machine.cma.allocate({ area: AREA, pages: 30 });
    machine.cma.allocate({ area: "display", pages: 7 });
    machine.cma.allocate({ area: AREA, pages: 99 });
    machine.cma.allocate({ area: AREA, pages: 100 });
    machine.cma.release(AREA, got.pfn, 10);
    machine.cma.release(AREA, got.pfn + 20, 10);
    expect(machine.cma.area(AREA)).toMatchObject({
      pages: 128,
      available: 128 - 30 + 20,
      allocPagesSuccess: 30,
      allocPagesFail: 199,
      releasePagesSuccess: 20,
    });
    expect(machine.cma.area("display")).toMatchObject({
      allocPagesSuccess: 7,
      allocPagesFail: 0,
      releasePagesSuccess: 0,
    });
    expect(machine.views.stat(StatWord.CMA_ALLOC_SUCCESS)).toBe(2);
    expect(machine.views.stat(StatWord.CMA_ALLOC_FAIL)).toBe(2);
  });
});

describe("the profile 6.15 starts with -16", () => {
  async function device(kernel: Kernel | "6.15"): Promise<Machine> {
    return Machine.create({ ...TINY, kernel, areas: [{ name: AREA, size: MiB(8) }] });
  }
  const ask = (machine: Machine): CmaResult => {
    expect(machine.cma.allocate({ area: AREA, pages: 2000 }).ok).toBe(true);
    return machine.cma.allocate({ area: AREA, pages: 100 });
  };

  it.each([
    ["6.15", Errno.EBUSY],
    ["6.12", Errno.ENOMEM],
    ["6.1", Errno.ENOMEM],
  ] as const)("Linux %s: what fits nowhere is %i", async (kernel, errno) => {
    using machine = await device(kernel);
    expect(ask(machine)).toMatchObject({ ok: false, errno, windowsTried: 0, windows: [] });
    expect(machine.cma.area(AREA).allocPagesFail).toBe(100);
  });

  it("and still has -12 for a page without a place to go to", async () => {
    using machine = await device("6.15");
    const area = machine.cma.area(AREA);
    const base = area.ranges[0]?.basePfn ?? 0;
    while (machine.allocate({ gfp: GFP_KERNEL & ~0x400 }).ok);
    machine.drainAll();
    for (let order = 10; order >= 0; order--) {
      for (const zone of machine.views.populatedZones()) {
        for (const type of [
          Migratetype.UNMOVABLE,
          Migratetype.MOVABLE,
          Migratetype.RECLAIMABLE,
          Migratetype.HIGHATOMIC,
        ]) {
          for (const pfn of machine.freeList(zone, order, type)) place(machine, pfn, "kernel", order);
        }
      }
    }
    place(machine, base + 700, "anon");
    const result = machine.cma.allocate({ area: AREA, pages: area.pages });
    expect(result.errno).toBe(Errno.ENOMEM);
    expect(result.windows.map(({ blocker, reason }) => [blocker, reason])).toEqual([
      [base + 700, BlockReason.NO_TARGET],
    ]);
    expectNothingHeld(machine);
  });
});

describe("pageblock types", () => {
  it("are what they were after each kind of failure", async () => {
    using machine = await small("6.12");
    const before = blockTypes(machine);
    place(machine, BASE + 100, "kernel");
    machine.cma.allocate({ area: AREA, pages: 200, align: 4 });
    const request = machine.cma.begin({ area: AREA, pages: 200, align: 4 });
    request.runUntil(RequestState.SCAN);
    expect(blockTypes(machine)).not.toEqual(before);
    request.kill();
    expect(blockTypes(machine)).toEqual(before);
  });
});
