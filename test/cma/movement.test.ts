// Knows: what becomes of each kind of page in a window: dropped, moved, waited for, left; what goes along with it.
// Must not know: how targets are found.

import { describe, expect, it } from "vitest";
import { CommandFlag } from "../../assembly/abi/command_word.js";
import { BlockReason, RequestState } from "../../assembly/abi/findings.js";
import { Region } from "../../assembly/abi/layout.js";
import { Errno, LruList, Mobility, Op, PageFlag, PageLife } from "../../assembly/abi/vocabulary.js";
import { ZoneWord } from "../../assembly/abi/words.js";
import { GFP_HIGHUSER_MOVABLE } from "../../bindings/engine/gfp.js";
import type { Machine } from "../../bindings/machine/machine.js";
import { setOwner } from "../support/owners.js";
import {
  AREA,
  BASE,
  CONTENT,
  type Content,
  command,
  END,
  isSound,
  KERNELS,
  type Kernel,
  pageAt,
  place,
  placeAll,
  small,
  usedPages,
  ZONE,
} from "./small.js";

const PAGES = END - BASE;

/** Allocates for a slot, and moves the slot's page to this frame, free so far. */
function placeInSlot(machine: Machine, slot: number, pfn: number, content: Content): void {
  place(machine, pfn, content);
  machine.engine.unsigned(Region.SLOTS)[slot] = pfn + 1;
  setOwner(machine, pfn, slot + 1);
}

/** The frame in a slot; 0 when it is empty. */
function slotPage(machine: Machine, slot: number): number {
  return Math.max(0, (machine.engine.unsigned(Region.SLOTS)[slot] ?? 0) - 1);
}

function lruPages(machine: Machine, list: LruList): number {
  return machine.engine.words(Region.ZONES)[ZONE * ZoneWord.COUNT + ZoneWord.NR_LRU + list] ?? 0;
}

const take = (machine: Machine) => machine.cma.allocate({ area: AREA, pages: PAGES });

describe.each(KERNELS)("one page in the window, Linux %s", (kernel) => {
  const moved: readonly [Content, LruList | undefined][] = [
    ["anon", LruList.INACTIVE_ANON],
    ["active", LruList.ACTIVE_ANON],
    ["dirty", LruList.INACTIVE_FILE],
    ["locked", LruList.UNEVICTABLE],
    ["balloon", undefined],
  ];

  it.each(moved)("%s: moved, with all that it is, and its slot follows", async (content, list) => {
    using machine = await small(kernel);
    placeInSlot(machine, 5, BASE + 33, content);
    const before = pageAt(machine, BASE + 33);
    const result = take(machine);
    expect(result).toMatchObject({ ok: true, pagesMigrated: 1, pagesReclaimed: 0 });
    const target = slotPage(machine, 5);
    expect(target).toBeGreaterThan(0);
    expect(target).toBeLessThan(BASE);
    expect(pageAt(machine, target)).toEqual(before);
    if (list !== undefined) expect(lruPages(machine, list)).toBe(1);
    expect(isSound(machine)).toBe("sound");
    command(machine, Op.RELEASE_SLOT, { a: 5 });
    expect(usedPages(machine, 0, BASE)).toEqual([]);
  });

  it.each(["file", "mapped"] as const)(
    "%s, clean: dropped, not moved; its slot is empty",
    async (content) => {
      using machine = await small(kernel);
      placeInSlot(machine, 5, BASE + 33, content);
      expect(take(machine)).toMatchObject({ ok: true, pagesMigrated: 0, pagesReclaimed: 1 });
      expect(slotPage(machine, 5)).toBe(0);
      expect(usedPages(machine, 0, BASE)).toEqual([]);
      expect(lruPages(machine, LruList.INACTIVE_FILE)).toBe(0);
      expect(isSound(machine)).toBe("sound");
    },
  );

  it("writeback: waited for, then moved", async () => {
    using machine = await small(kernel);
    placeInSlot(machine, 5, BASE + 33, "writeback");
    expect(take(machine)).toMatchObject({ ok: true, pagesMigrated: 1, pagesReclaimed: 0, busyRetries: 0 });
    expect(pageAt(machine, slotPage(machine, 5))).toMatchObject({
      life: PageLife.FILE,
      flags: PageFlag.ACTIVE,
    });
    expect(isSound(machine)).toBe("sound");
  });

  it("writeback that ends meanwhile: moved like any other", async () => {
    using machine = await small(kernel);
    place(machine, BASE + 33, "writeback");
    const request = machine.cma.begin({ area: AREA, pages: PAGES });
    request.runUntil(RequestState.SCAN);
    request.step();
    machine.setContent(BASE + 33, CONTENT.file);
    expect(isSound(machine)).toBe("sound");
    expect(request.run()).toMatchObject({ ok: true, pagesMigrated: 1, pagesReclaimed: 0 });
    expect(isSound(machine)).toBe("sound");
  });

  it("clean, but pinned: stays, unmapped and active", async () => {
    using machine = await small(kernel);
    machine.pin(place(machine, BASE + 33, "mapped"));
    expect(take(machine)).toMatchObject({ errno: Errno.EBUSY, pagesMigrated: 0, pagesReclaimed: 0 });
    expect(pageAt(machine, BASE + 33)).toMatchObject({
      flags: PageFlag.ACTIVE,
      pins: 1,
      life: PageLife.FILE,
    });
    expect(lruPages(machine, LruList.ACTIVE_FILE)).toBe(1);
    expect(isSound(machine)).toBe("sound");
  });

  it("large: moved in one piece, and counted in pages", async () => {
    using machine = await small(kernel);
    place(machine, BASE + 32, "anon", 3);
    expect(take(machine)).toMatchObject({ ok: true, pagesMigrated: 8 });
    expect(lruPages(machine, LruList.INACTIVE_ANON)).toBe(8);
    const [target = 0] = usedPages(machine, 0, BASE);
    expect(pageAt(machine, target)).toMatchObject({ order: 3, life: PageLife.ANON });
    expect(isSound(machine)).toBe("sound");
  });

  it("large, and no block of its size is free elsewhere: -12, it is named, nothing is lost", async () => {
    using machine = await small(kernel);
    for (let pfn = 1024; pfn < BASE; pfn += 8) place(machine, pfn, "kernel");
    place(machine, BASE + 32, "anon", 3);
    place(machine, BASE + 50, "anon");
    const result = take(machine);
    expect(result.errno).toBe(Errno.ENOMEM);
    expect(result.windows).toEqual([
      { start: BASE, errno: Errno.ENOMEM, blocker: BASE + 32, reason: BlockReason.NO_TARGET },
    ]);
    expect(pageAt(machine, BASE + 32)).toMatchObject({ order: 3, life: PageLife.ANON });
    expect(result.pagesMigrated).toBe(1);
    expect(isSound(machine)).toBe("sound");
  });
});

describe.each(KERNELS)("with a zone Movable above, Linux %s", (kernel) => {
  const ABOVE = 3;

  it("single pages of Normal do not go there, large ones do", async () => {
    using machine = await small(kernel, { movable: true });
    for (let pfn = 1024; pfn < BASE; pfn++) place(machine, pfn, "kernel");
    place(machine, BASE + 32, "anon");
    expect(take(machine).errno).toBe(Errno.ENOMEM);
    machine.release(BASE + 32);
    place(machine, BASE + 32, "anon", 3);
    expect(take(machine)).toMatchObject({ ok: true, pagesMigrated: 8 });
    const [target = 0] = usedPages(machine, END, END + 256);
    expect(machine.views.frame(target)).toMatchObject({ zone: ABOVE, order: 3 });
    expect(isSound(machine)).toBe("sound");
  });

  it("pages of an area in that zone stay in it", async () => {
    using machine = await small(kernel, { movable: true, areas: [{ basePfn: END + 128, count: 128 }] });
    for (let pfn = 1024; pfn < END; pfn++) place(machine, pfn, "kernel");
    place(machine, END + 140, "anon");
    expect(machine.cma.allocate({ area: AREA, pages: 128 })).toMatchObject({ ok: true, pagesMigrated: 1 });
    expect(usedPages(machine, END, END + 128).length).toBe(1);
    expect(isSound(machine)).toBe("sound");
  });
});

describe.each(KERNELS)("many pages in the window, Linux %s", (kernel) => {
  it("all leave it, kind by kind, and every slot knows where its page is", async () => {
    using machine = await small(kernel);
    const kinds: Content[] = ["anon", "dirty", "balloon", "file", "active", "mapped", "writeback"];
    for (let i = 0; i < 140; i++) placeInSlot(machine, i, BASE + 10 + i, kinds[i % kinds.length] ?? "anon");
    const result = take(machine);
    expect(result).toMatchObject({ ok: true, pagesReclaimed: 40, pagesMigrated: 100, busyRetries: 0 });
    const where = Array.from({ length: 140 }, (_, slot) => slotPage(machine, slot));
    expect(where.filter((pfn) => pfn === 0).length).toBe(40);
    const held = where.filter((pfn) => pfn !== 0);
    expect(new Set(held).size).toBe(100);
    expect(held.every((pfn) => pfn < BASE)).toBe(true);
    const lives: Partial<Record<Content, PageLife>> = {
      anon: PageLife.ANON,
      active: PageLife.ANON,
      balloon: PageLife.BALLOON,
    };
    for (const [slot, pfn] of where.entries()) {
      const life = lives[kinds[slot % kinds.length] ?? "anon"] ?? PageLife.FILE;
      if (pfn !== 0) expect(pageAt(machine, pfn)?.life).toBe(life);
    }
    expect(isSound(machine)).toBe("sound");
  });

  it("go to other pageblocks of the area as well, while those are not isolated", async () => {
    using machine = await small(kernel);
    for (let pfn = 1024; pfn < BASE; pfn += 2) place(machine, pfn, "kernel");
    placeAll(machine, BASE, BASE + 32, "anon");
    machine.drainAll();
    const result = machine.cma.allocate({ area: AREA, pages: 32 });
    expect(result).toMatchObject({ ok: true, pagesMigrated: 32 });
    expect(usedPages(machine, BASE + 32, END).length).toBeGreaterThan(0);
    expect(isSound(machine)).toBe("sound");
  });

  /** The frames that the next single movable allocations would get, asked of a copy. */
  function foreseen(machine: Machine, count: number): number[] {
    using copy = machine.fork();
    return Array.from({ length: count }, () => {
      const page = copy.allocate({ gfp: GFP_HIGHUSER_MOVABLE & ~0x2 });
      return page.ok ? page.pfn : 0;
    });
  }

  it("the last page of a batch gets the first target", async () => {
    using machine = await small(kernel);
    for (let i = 0; i < 40; i++) placeInSlot(machine, i, BASE + 100 + i, "anon");
    const request = machine.cma.begin({ area: AREA, pages: PAGES });
    request.runUntil(RequestState.SCAN);
    const first = foreseen(machine, 32);
    request.step();
    request.runUntil(RequestState.SCAN);
    expect(Array.from({ length: 32 }, (_, i) => slotPage(machine, 31 - i))).toEqual(first);
    const second = foreseen(machine, 8);
    request.run();
    expect(Array.from({ length: 8 }, (_, i) => slotPage(machine, 39 - i))).toEqual(second);
    expect(isSound(machine)).toBe("sound");
  });

  it("clean pages under writeback are tried before the others, and served behind them", async () => {
    using machine = await small(kernel);
    for (const [i, content] of (["anon", "writeback", "anon", "writeback", "writeback"] as const).entries()) {
      placeInSlot(machine, i, BASE + 100 + i, content);
    }
    // Front to back 4 3 2 1 0; what reclaim had in its hands comes to the front, turned round: 1 3 4 2 0. Those three
    // give their targets back at first, so that 2 and 0 are served before them.
    const order = [2, 0, 1, 3, 4];
    const request = machine.cma.begin({ area: AREA, pages: PAGES });
    request.runUntil(RequestState.SCAN);
    const targets = foreseen(machine, 5);
    expect(request.run()).toMatchObject({ ok: true, pagesMigrated: 5 });
    expect(order.map((slot) => slotPage(machine, slot))).toEqual(targets);
    expect(isSound(machine)).toBe("sound");
  });
});

describe.each(KERNELS)("between two steps, Linux %s", (kernel) => {
  async function underWay(
    kernel: Kernel,
  ): Promise<{ machine: Machine; request: ReturnType<Machine["cma"]["begin"]> }> {
    const machine = await small(kernel);
    for (let i = 0; i < 20; i++) placeInSlot(machine, i, BASE + 40 + i, "anon");
    const request = machine.cma.begin({ area: AREA, pages: PAGES });
    request.runUntil(RequestState.SCAN);
    request.step();
    expect(request.state).toBe(kernel === "6.12" ? RequestState.MIGRATE_BATCH : RequestState.MIGRATE_ONE);
    return { machine, request };
  }

  it("a page that its owner frees is gone, and needs no target", async () => {
    const { machine, request } = await underWay(kernel);
    command(machine, Op.RELEASE_SLOT, { a: 3 });
    machine.release(BASE + 47);
    expect(isSound(machine)).toBe("sound");
    expect(request.run()).toMatchObject({ ok: true, pagesMigrated: 18 });
    expect([3, 7].map((slot) => slotPage(machine, slot))).toEqual([0, 0]);
    expect(usedPages(machine, 0, BASE).length).toBe(18);
    expect(isSound(machine)).toBe("sound");
    machine.dispose();
  });

  it("all of them freed: nothing is moved", async () => {
    const { machine, request } = await underWay(kernel);
    for (let slot = 0; slot < 20; slot++) command(machine, Op.RELEASE_SLOT, { a: slot });
    expect(request.run()).toMatchObject({ ok: true, pagesMigrated: 0 });
    expect(isSound(machine)).toBe("sound");
    machine.dispose();
  });

  it("a page that becomes something else is moved as that", async () => {
    const { machine, request } = await underWay(kernel);
    machine.setContent(BASE + 45, {
      mobility: Mobility.LRU,
      life: PageLife.ANON,
      flags: PageFlag.ACTIVE | PageFlag.DIRTY,
    });
    expect(isSound(machine)).toBe("sound");
    request.run();
    expect(pageAt(machine, slotPage(machine, 5))?.flags).toBe(PageFlag.ACTIVE | PageFlag.DIRTY);
    expect(lruPages(machine, LruList.ACTIVE_ANON)).toBe(1);
    expect(isSound(machine)).toBe("sound");
    machine.dispose();
  });

  it("a large page that is split by its owner stays behind in pieces", async () => {
    using machine = await small(kernel);
    place(machine, BASE + 64, "anon", 2);
    const request = machine.cma.begin({ area: AREA, pages: PAGES });
    request.runUntil(RequestState.SCAN);
    request.step();
    command(machine, Op.RELEASE, { a: BASE + 65, flags: CommandFlag.LOOSE });
    expect(isSound(machine)).toBe("sound");
    const result = request.run();
    expect(result.windows[0]).toMatchObject({
      errno: Errno.EBUSY,
      blocker: BASE + 64,
      reason: BlockReason.NOT_REACHED,
    });
    expect(lruPages(machine, LruList.INACTIVE_ANON)).toBe(3);
    expect(isSound(machine)).toBe("sound");
  });

  it("allocations never land in the isolated pageblocks", async () => {
    const { machine, request } = await underWay(kernel);
    for (let i = 0; i < 300; i++) {
      const page = machine.allocate({ gfp: GFP_HIGHUSER_MOVABLE, ...CONTENT.anon });
      if (page.ok) expect(page.pfn).toBeLessThan(BASE);
    }
    expect(request.run().errno).toBe(Errno.ENOMEM);
    expect(isSound(machine)).toBe("sound");
    machine.dispose();
  });

  it("a copy of the machine has the same request under way, and neither sees the other", async () => {
    const { machine, request } = await underWay(kernel);
    using copy = machine.fork();
    const digest = machine.digest();
    const status = (target: Machine) => {
      target.commands.clear();
      target.commands.push(Op.CMA_STEP, { a: 0, b: RequestState.DONE });
      target.commands.execute();
      return target.commands.status(0);
    };
    expect(status(copy)).toBe(0);
    expect(isSound(copy)).toBe("sound");
    expect(machine.digest()).toBe(digest);
    expect(request.run().ok).toBe(true);
    expect(machine.digest()).toBe(copy.digest());
    machine.dispose();
  });

  it("step by step and at once come to the same", async () => {
    const { machine, request } = await underWay(kernel);
    while (request.step() !== RequestState.DONE) expect(isSound(machine)).toBe("sound");
    using other = await small(kernel);
    for (let i = 0; i < 20; i++) placeInSlot(other, i, BASE + 40 + i, "anon");
    expect(take(other)).toEqual(request.result);
    expect(other.digest()).toBe(machine.digest());
    machine.dispose();
  });
});
