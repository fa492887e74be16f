// Knows: what a request may touch: the frames of its window and of the pageblocks around it, targets of migration, and
// nothing else; and what happens where two callers, or a large page, share a pageblock.
// Must not know: the steps of isolation.

import { describe, expect, it } from "vitest";
import { BlockReason, RequestState } from "../../assembly/abi/findings.js";
import {
  CmaLockRule,
  Errno,
  FrameKind,
  Migratetype,
  Op,
  PageFlag,
  PageLife,
} from "../../assembly/abi/vocabulary.js";
import { GFP_HIGHUSER_MOVABLE, GFP_KERNEL } from "../../bindings/engine/gfp.js";
import type { Machine } from "../../bindings/machine/machine.js";
import { fieldOf, liveField } from "../support/fields.js";
import {
  AREA,
  BASE,
  BLOCK,
  bitRuns,
  blockTypes,
  CONTENT,
  command,
  END,
  givenOut,
  isSound,
  KERNELS,
  pageAt,
  place,
  placeAll,
  START,
  settle,
  small,
  usedPages,
  ZONE,
} from "./small.js";

/** A machine with pages of all kinds everywhere, and the area BASE + 64 .. BASE + 192 in the middle of CMA pageblocks. */
async function mixed(kernel: "6.12" | "6.1"): Promise<Machine> {
  const machine = await small(kernel, { cpus: 2, areas: [{ basePfn: BASE + 64, count: 128 }] });
  const contents = ["anon", "kernel", "dirty", "balloon", "active"] as const;
  for (let pfn = START; pfn < END; pfn += 3) {
    const inArea = pfn >= BASE + 64 && pfn < BASE + 192;
    const content = contents[pfn % contents.length] ?? "anon";
    place(machine, pfn, inArea && content === "kernel" ? "anon" : content);
  }
  return machine;
}

describe.each(KERNELS)("a request, Linux %s", (kernel) => {
  it("changes no page in use outside of its window, and adds only the targets of what it moved", async () => {
    using machine = await mixed(kernel);
    const before = fieldOf(machine);
    const used = usedPages(machine);
    const types = blockTypes(machine);
    const window = { from: BASE + 70, to: BASE + 150 };
    expect(machine.cma.allocate({ area: AREA, pages: 6 }).pfn).toBe(BASE + 64);
    const result = machine.cma.allocate({ area: AREA, pages: 80 });
    expect(result.pfn).toBe(window.from);
    const after = fieldOf(machine);
    const isInside = (pfn: number) => pfn >= BASE + 64 && pfn < window.to;
    const kept = used.filter((pfn) => !isInside(pfn));
    expect(kept.filter((pfn) => after[pfn - START] !== before[pfn - START])).toEqual([]);
    const fresh = usedPages(machine).filter((pfn) => !isInside(pfn) && !used.includes(pfn));
    const moved = used.filter(isInside).length;
    expect(moved).toBeGreaterThan(20);
    expect(fresh.length).toBe(moved);
    expect(givenOut(machine)).toEqual(Array.from({ length: 86 }, (_, i) => BASE + 64 + i));
    expect(blockTypes(machine)).toEqual(types);
    expect(isSound(machine)).toBe("sound");
  });

  it("that fails leaves the same pages in use, and the same free memory", async () => {
    using machine = await mixed(kernel);
    place(machine, BASE + 64 + 101, "kernel");
    settle(machine);
    const free = machine.views.zone(ZONE).freePages;
    const contents = usedPages(machine).length;
    const result = machine.cma.allocate({ area: AREA, pages: 120, align: 3 });
    expect(result.errno).toBe(Errno.EBUSY);
    settle(machine);
    expect(machine.views.zone(ZONE).freePages).toBe(free);
    expect(usedPages(machine).length).toBe(contents);
    expect(givenOut(machine)).toEqual([]);
    expect(isSound(machine)).toBe("sound");
  });

  it("empties the per-CPU lists of every CPU, even for one page of an empty area", async () => {
    using machine = await small(kernel, { cpus: 2 });
    for (const cpu of [0, 1]) {
      const pages = Array.from({ length: 4 }, () => machine.allocate({ gfp: GFP_KERNEL, cpu }));
      for (const page of pages) if (page.ok) machine.release(page.pfn, 0, cpu);
      expect(machine.views.pcp(cpu, ZONE).count).toBeGreaterThan(0);
    }
    machine.cma.allocate({ area: AREA, pages: 1 });
    expect([0, 1].map((cpu) => machine.views.pcp(cpu, ZONE).count)).toEqual([0, 0]);
  });

  it("frees head and tail of the blocks around its window again", async () => {
    using machine = await small(kernel);
    expect(machine.cma.allocate({ area: AREA, pages: 5 }).pfn).toBe(BASE);
    expect(machine.cma.allocate({ area: AREA, pages: 3, align: 3 }).pfn).toBe(BASE + 8);
    settle(machine);
    const free = [5, 6, 11, 12].map((offset) => machine.views.frame(BASE + offset));
    expect(free.map(({ kind, order }) => [kind, order])).toEqual([
      [FrameKind.BUDDY, 0],
      [FrameKind.BUDDY, 1],
      [FrameKind.BUDDY, 0],
      [FrameKind.BUDDY, 2],
    ]);
    expect(isSound(machine)).toBe("sound");
  });

  it("gives every page back: allocate and release leave the memory as it was", async () => {
    using machine = await small(kernel);
    settle(machine);
    const blocks = machine.freeList(ZONE, 6, Migratetype.CMA).length;
    const { pfn } = machine.cma.allocate({ area: AREA, pages: 256 });
    expect(machine.freeList(ZONE, 6, Migratetype.CMA).length).toBe(0);
    machine.cma.release(AREA, pfn, 256);
    settle(machine);
    expect(machine.freeList(ZONE, 6, Migratetype.CMA).length).toBe(blocks);
    expect(machine.views.zone(ZONE).freeCma).toBe(256);
  });
});

/** As two callers of alloc_contig_range(), one of them not CMA, or both in kernels between cma_mutex and cma_mutex. */
const UNLOCKED = { rules: { cmaLock: CmaLockRule.NONE } };

describe.each(KERNELS)("two callers in one pageblock without cma_mutex, Linux %s", (kernel) => {
  const request = (machine: Machine, pages = 6) => machine.cma.begin({ area: AREA, pages });

  it.each([RequestState.SCAN, RequestState.MIGRATE_ONE, RequestState.TEST])(
    "the second is busy while the first is in state %i, and succeeds afterwards",
    async (state) => {
      using machine = await small(kernel, UNLOCKED);
      placeAll(machine, BASE, BASE + 4, "anon");
      place(machine, BASE + 5, "balloon");
      machine.pin(BASE + 5);
      const first = request(machine);
      expect(first.runUntil(state)).toBe(state);
      machine.unpin(BASE + 5);
      const second = machine.cma.allocate({ area: AREA, pages: 6 });
      expect(second.windows[0]).toEqual({
        start: BASE + 6,
        errno: Errno.EBUSY,
        blocker: BASE,
        reason: BlockReason.ISOLATED_BY_OTHER,
      });
      expect(second.ok).toBe(true);
      expect(second.pfn).toBe(BASE + BLOCK);
      expect(second.windows.length).toBe(11);
      expect(isSound(machine)).toBe("sound");
      first.run();
      expect(first.result?.windows.at(-1)?.errno).toBe(Errno.NONE);
      const third = machine.cma.allocate({ area: AREA, pages: 4 });
      expect(third.windowsTried).toBe(1);
      expect(third.pfn).toBeLessThan(BASE + BLOCK);
      expect(isSound(machine)).toBe("sound");
    },
  );

  it("before ISOLATE and after TEST they do not meet", async () => {
    using machine = await small(kernel, UNLOCKED);
    const first = request(machine);
    first.runUntil(RequestState.ISOLATE);
    expect(machine.cma.allocate({ area: AREA, pages: 6 })).toMatchObject({
      ok: true,
      pfn: BASE + 6,
      busyRetries: 0,
    });
    first.run();
    expect(first.result).toMatchObject({ ok: true, pfn: BASE, busyRetries: 0 });
  });

  it("the last pageblock of a window is looked at before the middle ones, and all are given back", async () => {
    using machine = await small(kernel, UNLOCKED);
    expect(machine.cma.allocate({ area: AREA, pages: 40 }).ok).toBe(true);
    const first = request(machine, 4);
    first.runUntil(RequestState.SCAN);
    machine.cma.release(AREA, BASE, 40);
    const types = blockTypes(machine);
    const over = machine.cma.begin({ area: AREA, pages: 40 });
    over.runUntil(RequestState.ISOLATE);
    over.step();
    expect(over.state).toBe(RequestState.SEARCH);
    expect(blockTypes(machine)).toEqual(types);
    over.runUntil(RequestState.ISOLATE);
    const windows = over.run().windows;
    expect(windows[0]).toMatchObject({
      start: BASE,
      blocker: BASE + 32,
      reason: BlockReason.ISOLATED_BY_OTHER,
    });
    expect(first.run()).toMatchObject({ ok: true, pfn: BASE + 40 });
    expect(isSound(machine)).toBe("sound");
  });

  it("64 requests may be under way, the 65th is refused", async () => {
    using machine = await small(kernel, {
      ...UNLOCKED,
      areas: Array.from({ length: 16 }, (_, i) => ({
        name: `area ${i}`,
        basePfn: BASE + i * BLOCK,
        count: BLOCK,
      })),
    });
    const requests = Array.from({ length: 64 }, (_, i) => machine.cma.begin({ area: i % 16, pages: 2 }));
    for (const each of requests.slice(0, 16))
      expect(each.runUntil(RequestState.SCAN)).toBe(RequestState.SCAN);
    const digest = machine.digest();
    expect(() => machine.cma.begin({ area: 0, pages: 1 })).toThrow("NO_REQUEST_FREE");
    expect(machine.digest()).toBe(digest);
    expect(isSound(machine)).toBe("sound");
    for (const each of requests) expect(each.run().errno).toBeLessThanOrEqual(0);
    expect(
      new Set(requests.map((each) => each.result?.pfn).filter((pfn) => pfn !== 0)).size,
    ).toBeGreaterThanOrEqual(16);
    expect(machine.cma.begin({ area: 0, pages: 1 }).state).toBe(RequestState.SEARCH);
    expect(isSound(machine)).toBe("sound");
  });
});

describe.each(KERNELS)("cma_mutex, Linux %s", (kernel) => {
  it("lets a second request wait with its window marked, unchanged, until the first has done its own", async () => {
    using machine = await small(kernel);
    placeAll(machine, BASE, BASE + 4, "anon");
    const first = machine.cma.begin({ area: AREA, pages: 6 });
    const second = machine.cma.begin({ area: AREA, pages: 6 });
    expect(first.runUntil(RequestState.SCAN)).toBe(RequestState.SCAN);
    expect(second.step()).toBe(RequestState.ISOLATE);
    expect(second.step()).toBe(RequestState.WAITING);
    expect(second.window).toEqual({ start: BASE + 6, end: BASE + 12 });
    expect(bitRuns(machine, AREA)).toEqual([[0, 12]]);
    const digest = machine.digest();
    expect([second.step(), second.runUntil(RequestState.TEST)]).toEqual([2, 2]);
    expect(() => second.run()).toThrow("LOCKED");
    expect(() => machine.cma.release(AREA, BASE + 6, 6)).toThrow("NOT_IN_AREA");
    expect(machine.digest()).toBe(digest);
    expect(isSound(machine)).toBe("sound");
    expect(first.run()).toMatchObject({ ok: true, pfn: BASE, busyRetries: 0 });
    expect(second.run()).toMatchObject({ ok: true, pfn: BASE + 6, busyRetries: 0, windowsTried: 1 });
    expect(isSound(machine)).toBe("sound");
  });

  it("is let go after each window: a request with many of them shares it", async () => {
    using machine = await small(kernel);
    place(machine, BASE, "kernel");
    const busy = machine.cma.begin({ area: AREA, pages: 100 });
    busy.runUntil(RequestState.SCAN);
    const other = machine.cma.begin({ area: AREA, pages: 16, align: 4 });
    expect(other.runUntil(RequestState.TEST)).toBe(RequestState.WAITING);
    expect(busy.runUntil(RequestState.SEARCH)).toBe(RequestState.SEARCH);
    expect(other.runUntil(RequestState.TEST)).toBe(RequestState.TEST);
    expect(busy.runUntil(RequestState.SCAN)).toBe(RequestState.WAITING);
    expect(other.run()).toMatchObject({ ok: true, pfn: BASE + 112 });
    expect(busy.run()).toMatchObject({ ok: true, pfn: BASE + 1, busyRetries: 1 });
    expect(isSound(machine)).toBe("sound");
  });

  it("refuses a cma_alloc at once, which could only sleep, and changes nothing", async () => {
    using machine = await small(kernel);
    const first = machine.cma.begin({ area: AREA, pages: 6 });
    first.runUntil(RequestState.SCAN);
    const digest = machine.digest();
    expect(() => machine.cma.allocate({ area: AREA, pages: 1 })).toThrow("LOCKED");
    expect(machine.digest()).toBe(digest);
    first.run();
    expect(machine.cma.allocate({ area: AREA, pages: 1 }).ok).toBe(true);
  });

  it("does not end for a signal: the one who waits notices it when he has the lock", async () => {
    using machine = await small(kernel);
    const first = machine.cma.begin({ area: AREA, pages: 6 });
    const second = machine.cma.begin({ area: AREA, pages: 6 });
    first.runUntil(RequestState.SCAN);
    expect(second.kill()).toBeUndefined();
    expect(second.state).toBe(RequestState.WAITING);
    first.run();
    expect(second.run()).toMatchObject({ ok: false, errno: Errno.EINTR, windowsTried: 1 });
    expect(bitRuns(machine, AREA)).toEqual([[0, 6]]);
    expect(isSound(machine)).toBe("sound");
  });

  it.each([
    ["one for all areas", CmaLockRule.GLOBAL, [4, 2, 2]],
    ["one for each area, as in 6.15", CmaLockRule.AREA, [4, 2, 4]],
    ["none", CmaLockRule.NONE, [4, 1, 4]],
  ])("%s", async (_, cmaLock, states) => {
    const areas = [{ count: 128 }, { name: "b", basePfn: BASE + 128, count: 128 }];
    using machine = await small(kernel, { areas, rules: { cmaLock } });
    const requests = [0, 0, 1].map((area) => machine.cma.begin({ area, pages: 6 }));
    for (const request of requests) {
      request.runUntil(RequestState.ISOLATE);
      request.step();
    }
    expect(requests.map(({ state }) => state)).toEqual(states);
    expect(isSound(machine)).toBe("sound");
    for (const request of requests) expect(request.run().ok).toBe(true);
  });
});

// 6.1 would first try to move such a page if it is movable: one of the deviations.
describe.each(KERNELS)("a large page across the border of the window's pageblocks, Linux %s", (kernel) => {
  /** A compound page of four pageblocks. */
  function compound(machine: Machine, pfn: number): void {
    command(machine, Op.TAKE_FREE, { a: pfn, order: 6 });
    machine.setContent(pfn, CONTENT.anon);
    liveField(machine)[pfn - START]! |= PageFlag.COMPOUND;
  }

  it.each([
    ["its end is cut off", BASE + 64, 32],
    ["its beginning is cut off", BASE + 96, 64],
    ["the window is one pageblock of it", BASE + 80, 16],
  ])("keeps the window from being isolated: %s", async (_, basePfn, count) => {
    using machine = await small(kernel, { areas: [{ basePfn, count }] });
    compound(machine, BASE + 64);
    const types = blockTypes(machine);
    const result = machine.cma.allocate({ area: AREA, pages: count });
    expect(result.errno).toBe(Errno.EBUSY);
    expect(result.windows).toEqual([
      { start: basePfn, errno: Errno.EBUSY, blocker: BASE + 64, reason: BlockReason.CROSSING },
    ]);
    expect(blockTypes(machine)).toEqual(types);
    expect(pageAt(machine, BASE + 64)?.order).toBe(6);
    expect(isSound(machine)).toBe("sound");
  });

  it("is freed by pageblocks when the window within it is isolated: nobody is given what is", async () => {
    const set = [{ start: 0, length: BLOCK }];
    using machine = await small(kernel, { areas: [{ basePfn: BASE + 64, count: 64, set }] });
    command(machine, Op.TAKE_FREE, { a: BASE + 64, order: 6 });
    const request = machine.cma.begin({ area: AREA, pages: BLOCK });
    request.runUntil(RequestState.SCAN);
    machine.release(BASE + 64, 6);
    const isolated = machine.views.frame(BASE + 64 + BLOCK);
    expect(isolated).toMatchObject({ kind: FrameKind.BUDDY, order: 4, type: Migratetype.ISOLATE });
    expect(machine.views.frame(BASE + 64)).toMatchObject({ kind: FrameKind.BUDDY, order: 4 });
    expect(isSound(machine)).toBe("sound");
    expect(request.run()).toMatchObject({ ok: true, pfn: BASE + 64 + BLOCK });
    expect(isSound(machine)).toBe("sound");
  });

  it("moves with the window when it lies inside", async () => {
    using machine = await small(kernel);
    compound(machine, BASE + 64);
    const result = machine.cma.allocate({ area: AREA, pages: 192 });
    expect(result).toMatchObject({ ok: true, pfn: BASE, pagesMigrated: 64 });
    const [target = 0] = usedPages(machine).filter((pfn) => pageAt(machine, pfn)?.life === PageLife.ANON);
    expect(pageAt(machine, target)).toMatchObject({ order: 6, flags: PageFlag.MAPPED | PageFlag.COMPOUND });
    expect(machine.allocate({ gfp: GFP_HIGHUSER_MOVABLE }).ok).toBe(true);
    expect(isSound(machine)).toBe("sound");
  });
});
