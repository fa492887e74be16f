// Knows: which frame is named for a window that was not to be had, and why; pins that come and go while a request is
// under way, up to a small rolling blockade.
// Must not know: how pages are moved.

import { describe, expect, it } from "vitest";
import { BlockReason, RequestState } from "../../assembly/abi/findings.js";
import { Errno, Op, PinKind } from "../../assembly/abi/vocabulary.js";
import { GFP_HIGHUSER_MOVABLE, GFP_KERNEL } from "../../bindings/engine/gfp.js";
import type { WindowTried } from "../../bindings/machine/cma.js";
import type { Machine } from "../../bindings/machine/machine.js";
import {
  AREA,
  BASE,
  CONTENT,
  command,
  END,
  isSound,
  KERNELS,
  pageAt,
  place,
  placeAll,
  small,
  usedPages,
  ZONE,
} from "./small.js";

/** The only window of a request for the whole area. */
function whole(machine: Machine): WindowTried {
  const { windows } = machine.cma.allocate({ area: AREA, pages: END - BASE });
  expect(windows.length).toBe(1);
  expect(isSound(machine)).toBe("sound");
  return windows[0] as WindowTried;
}

describe.each(KERNELS)("the frame in the way, Linux %s", (kernel) => {
  const cases = [
    ["a pinned anonymous page", "anon", BlockReason.PINNED],
    ["a pinned page of a file", "file", BlockReason.PINNED],
    ["a pinned balloon page", "balloon", BlockReason.PINNED],
    ["a kernel page", "kernel", BlockReason.UNMOVABLE],
  ] as const;

  it.each(cases)("%s", async (_, content, reason) => {
    using machine = await small(kernel);
    placeAll(machine, BASE + 10, BASE + 90, "anon");
    place(machine, BASE + 101, content);
    if (reason === BlockReason.PINNED) machine.pin(BASE + 101);
    expect(whole(machine)).toEqual({ start: BASE, errno: Errno.EBUSY, blocker: BASE + 101, reason });
  });

  it("a kernel page is unmovable, pinned or not", async () => {
    using machine = await small(kernel);
    machine.pin(place(machine, BASE + 50, "kernel"));
    expect(whole(machine)).toMatchObject({ blocker: BASE + 50, reason: BlockReason.UNMOVABLE });
  });

  it("the first of several", async () => {
    using machine = await small(kernel);
    place(machine, BASE + 200, "kernel");
    machine.pin(place(machine, BASE + 77, "anon"));
    place(machine, BASE + 100, "kernel");
    expect(whole(machine)).toMatchObject({ blocker: BASE + 77, reason: BlockReason.PINNED });
  });

  it("a page that the search for a busy one did not reach", async () => {
    using machine = await small(kernel);
    machine.pin(place(machine, BASE + 3, "balloon"));
    placeAll(machine, BASE + 100, BASE + 140, "anon");
    const request = machine.cma.begin({ area: AREA, pages: END - BASE });
    request.runUntil(RequestState.TEST);
    machine.unpin(BASE + 3);
    expect(request.run().windows).toEqual([
      { start: BASE, errno: Errno.EBUSY, blocker: BASE + 3, reason: BlockReason.NOT_REACHED },
    ]);
    expect(usedPages(machine, BASE, END).length).toBeGreaterThan(0);
    expect(isSound(machine)).toBe("sound");
  });

  it("a free block that somebody else has taken off its list", async () => {
    using machine = await small(kernel);
    const request = machine.cma.begin({ area: AREA, pages: 20 });
    request.runUntil(RequestState.TEST);
    const head = machine.freeList(ZONE, 6, 5).includes(BASE) ? 6 : machine.views.frame(BASE).order;
    command(machine, Op.ISOLATE_FREE, { a: BASE, order: head });
    request.step();
    command(machine, Op.PUTBACK_FREE, { a: BASE, order: head, b: 4 });
    expect(request.run().windows[0]).toEqual({
      start: BASE,
      errno: Errno.EBUSY,
      blocker: BASE,
      reason: BlockReason.IN_TRANSIT,
    });
    expect(isSound(machine)).toBe("sound");
  });

  it("a page for which there was no target", async () => {
    using machine = await small(kernel);
    while (machine.allocate({ gfp: GFP_KERNEL & ~0x400 }).ok);
    machine.drainAll();
    for (let pfn = 1024; pfn < BASE; pfn++) {
      const { kind, order } = machine.views.frame(pfn);
      if (kind === 3) place(machine, pfn, "kernel", order);
    }
    place(machine, BASE + 30, "anon");
    place(machine, BASE + 60, "anon");
    expect(whole(machine)).toEqual({
      start: BASE,
      errno: Errno.ENOMEM,
      blocker: BASE + 60,
      reason: BlockReason.NO_TARGET,
    });
  });

  it("nobody, where the window was had", async () => {
    using machine = await small(kernel);
    expect(whole(machine)).toEqual({ start: BASE, errno: Errno.NONE, blocker: 0, reason: BlockReason.NONE });
  });
});

describe.each(KERNELS)("a pin, Linux %s", (kernel) => {
  const request = (machine: Machine) => machine.cma.begin({ area: AREA, pages: END - BASE });

  it("that comes before the pages are collected keeps an anonymous page where it is, and lets the others go", async () => {
    using machine = await small(kernel);
    placeAll(machine, BASE + 20, BASE + 100, "anon");
    const under = request(machine);
    under.runUntil(RequestState.SCAN);
    machine.pin(BASE + 40);
    const result = under.run();
    expect(result).toMatchObject({ errno: Errno.EBUSY, pagesMigrated: 79 });
    expect(usedPages(machine, BASE, END)).toEqual([BASE + 40]);
    expect(isSound(machine)).toBe("sound");
  });

  it("that comes after they were collected is met in each try; the pages behind its batch stay", async () => {
    using machine = await small(kernel);
    placeAll(machine, BASE + 20, BASE + 100, "anon");
    const under = request(machine);
    under.runUntil(RequestState.SCAN);
    under.step();
    machine.pin(BASE + 40);
    const result = under.run();
    expect(result).toMatchObject({ errno: Errno.EBUSY, pagesMigrated: 31 });
    expect(result.windows[0]).toMatchObject({ blocker: BASE + 40, reason: BlockReason.PINNED });
    expect(usedPages(machine, BASE, END)).toEqual([
      BASE + 40,
      ...Array.from({ length: 48 }, (_, i) => BASE + 52 + i),
    ]);
    expect(isSound(machine)).toBe("sound");
  });

  it("of a file system (superblock, journal, buffers in use) is met in each try, and is all that keeps the page", async () => {
    using machine = await small(kernel);
    const pin = machine.pin(place(machine, BASE + 40, "file"), { kind: PinKind.PAGE_CACHE, owner: 9 });
    place(machine, BASE + 41, "file");
    placeAll(machine, BASE + 50, BASE + 100, "anon");
    const busy = machine.cma.allocate({ area: AREA, pages: END - BASE });
    expect(busy).toMatchObject({ errno: Errno.EBUSY, pagesMigrated: 30, pagesReclaimed: 1 });
    expect(busy.windows[0]).toMatchObject({ blocker: BASE + 40, reason: BlockReason.PINNED });
    expect(machine.pins(BASE + 40)).toMatchObject([{ kind: PinKind.PAGE_CACHE, owner: 9 }]);
    expect(usedPages(machine, BASE, END)).toEqual([
      BASE + 40,
      ...Array.from({ length: 20 }, (_, i) => BASE + 80 + i),
    ]);
    machine.unpin(pin ?? 0);
    const result = machine.cma.allocate({ area: AREA, pages: END - BASE });
    expect(result).toMatchObject({ ok: true, pagesMigrated: 20, pagesReclaimed: 1 });
    expect(isSound(machine)).toBe("sound");
  });

  it("that goes between two tries costs nothing but them", async () => {
    using machine = await small(kernel);
    machine.pin(place(machine, BASE + 9, "balloon"));
    const under = request(machine);
    let steps = 0;
    while (under.step() !== RequestState.MIGRATE_ONE) steps += 1;
    for (let i = 0; i < 3; i++) under.step();
    expect(under.state).not.toBe(RequestState.DONE);
    machine.unpin(BASE + 9);
    expect(under.run()).toMatchObject({ ok: true, pfn: BASE, busyRetries: 0, pagesMigrated: 1 });
    expect(steps).toBeGreaterThan(0);
  });

  it("for long moves the page out of the area first; then nothing is in the way", async () => {
    using machine = await small(kernel);
    const pin = machine.pin(place(machine, BASE + 9, "anon"), { kind: PinKind.LONGTERM });
    expect(pin?.pfn).toBeLessThan(BASE);
    expect(isSound(machine)).toBe("sound");
    expect(machine.cma.allocate({ area: AREA, pages: END - BASE })).toMatchObject({
      ok: true,
      pagesMigrated: 0,
    });
    expect(isSound(machine)).toBe("sound");
  });

  it.each([false, true])(
    "for long without a place to go to is not taken; the page stays: under pressure %s",
    async (pressure) => {
      using machine = await small(kernel, pressure ? { pressure: { kswapd: false } } : {});
      for (let pfn = 1024; pfn < BASE; pfn++) place(machine, pfn, "kernel");
      place(machine, BASE + 9, "mapped");
      const before = pageAt(machine, BASE + 9);
      expect(machine.pin(BASE + 9, { kind: PinKind.LONGTERM })).toBeUndefined();
      expect(pageAt(machine, BASE + 9)).toEqual(before);
      expect(machine.pins()).toEqual([]);
      expect(isSound(machine)).toBe("sound");
    },
  );

  it("for long of a page that is just being moved takes it away", async () => {
    using machine = await small(kernel);
    placeAll(machine, BASE + 20, BASE + 60, "anon");
    const under = request(machine);
    under.runUntil(RequestState.SCAN);
    under.step();
    const pin = machine.pin(BASE + 25, { kind: PinKind.LONGTERM });
    expect(pin?.pfn).toBeLessThan(BASE);
    expect(isSound(machine)).toBe("sound");
    expect(under.run()).toMatchObject({ ok: true, pagesMigrated: 39 });
    expect(pageAt(machine, pin?.pfn ?? 0)).toMatchObject({ pins: 1 });
    expect(isSound(machine)).toBe("sound");
  });

  it("keeps a freed page until it is gone, and the window busy so long", async () => {
    using machine = await small(kernel);
    machine.pin(place(machine, BASE + 9, "anon"));
    machine.release(BASE + 9);
    expect(whole(machine)).toMatchObject({ blocker: BASE + 9, reason: BlockReason.PINNED });
    machine.unpin(BASE + 9);
    expect(whole(machine).errno).toBe(Errno.NONE);
  });
});

describe.each(KERNELS)("a rolling blockade, Linux %s", (kernel) => {
  const PAGES = END - BASE - 7;
  const GFP = GFP_HIGHUSER_MOVABLE;

  /** Two buffers that take turns: the I/O of one begins before that of the other ends. Each is faulted in anew. */
  class Buffers {
    readonly pages: [number, number] = [0, 0];
    turns = 0;

    constructor(readonly machine: Machine) {}

    turn(): number {
      const { machine, pages } = this;
      const next = this.turns % 2;
      machine.drainAll(); // What migration left on the per-CPU lists lies outside of the area.
      const page = machine.allocate({ gfp: GFP, ...CONTENT.anon });
      if (!page.ok) throw new Error("no page for the buffer");
      machine.pin(page.pfn, { owner: next });
      const other = pages[1 - next] ?? 0;
      if (other !== 0) machine.unpin(other);
      pages[next] = page.pfn;
      this.turns += 1;
      return page.pfn;
    }
  }

  /** Outside of the area all is in use, so that movable pages land in it. */
  async function crowded(): Promise<Machine> {
    const machine = await small(kernel);
    for (let i = 0; i < 200; i++) machine.allocate({ gfp: GFP_KERNEL });
    return machine;
  }

  it("two pins that alternate make every window fail, though none lasts longer than one", async () => {
    using machine = await crowded();
    const buffers = new Buffers(machine);
    const request = machine.cma.begin({ area: AREA, pages: PAGES });
    const ages: number[] = [];
    while (request.result === undefined) {
      expect(buffers.turn()).toBeGreaterThanOrEqual(BASE);
      request.runUntil(RequestState.TEST);
      ages.push(machine.pins().length);
      request.step();
      expect(isSound(machine)).toBe("sound");
    }
    const { errno, windows } = request.result;
    expect(errno).toBe(Errno.EBUSY);
    expect(windows.length).toBe(8);
    expect(windows.every(({ reason }) => reason === BlockReason.PINNED)).toBe(true);
    expect(windows.some(({ blocker }, i) => blocker === windows[i - 1]?.blocker)).toBe(false);
    expect(Math.max(...ages)).toBe(1);
  });

  it("the same pins outside of the area hinder nobody", async () => {
    using machine = await small(kernel);
    const buffers = new Buffers(machine);
    const pfns: number[] = [];
    const request = machine.cma.begin({ area: AREA, pages: PAGES });
    request.runUntil(RequestState.SCAN);
    for (let i = 0; i < 4; i++) pfns.push(buffers.turn());
    expect(pfns.every((pfn) => pfn < BASE)).toBe(true);
    expect(request.run()).toMatchObject({ ok: true, windowsTried: 1 });
  });

  it("ends with the first turn that is left out", async () => {
    using machine = await crowded();
    const buffers = new Buffers(machine);
    const request = machine.cma.begin({ area: AREA, pages: PAGES });
    for (let i = 0; i < 3; i++) {
      buffers.turn();
      request.runUntil(RequestState.SEARCH);
    }
    machine.unpin(buffers.pages[(buffers.turns + 1) % 2] ?? 0);
    expect(request.run()).toMatchObject({ ok: true, busyRetries: 3, windowsTried: 4 });
    expect(isSound(machine)).toBe("sound");
  });
});
