// Knows: that frames of zram are the machine's own, that a pin keeps one, and that a handle finds a page that was swapped out.
// Must not know: how zram chooses its frames.

import { describe, expect, it } from "vitest";
import { RequestState } from "../../../assembly/abi/findings.js";
import { contentOf } from "../../../assembly/abi/frame_word.js";
import { FrameKind, Mobility, Op, PageLife, Status } from "../../../assembly/abi/vocabulary.js";
import { LevelWord } from "../../../assembly/abi/words.js";
import { GFP_HIGHUSER_MOVABLE, GFP_KERNEL } from "../../../bindings/engine/gfp.js";
import type { PageHandle } from "../../../bindings/machine/handles.js";
import { Machine } from "../../../bindings/machine/machine.js";
import { policies } from "../../../bindings/policy/index.js";

const ZRAM = { swapPages: 100_000, zramPercent: 35, swappiness: 100 };
const ANON = { gfp: GFP_HIGHUSER_MOVABLE, mobility: Mobility.LRU, life: PageLife.ANON };

/** Fills slots from 0 on with anonymous pages until there is no more memory; answers how many. */
function fillSlots(machine: Machine): number {
  const { commands } = machine;
  const content = contentOf(Mobility.LRU, PageLife.ANON, 0);
  for (let slot = 0; slot < 30_000; slot++) {
    commands.clear();
    commands.append(Op.ALLOCATE, 0, 0, 0, GFP_HIGHUSER_MOVABLE, slot + 1, content);
    commands.execute();
    if (commands.status(0) !== Status.OK) return slot;
  }
  return 30_000;
}

function emptySlots(machine: Machine, count: number): void {
  for (let slot = 0; slot < count; slot++) {
    machine.commands.clear();
    machine.commands.append(Op.RELEASE_SLOT, 0, 0, 0, slot, 0, 0);
    machine.commands.flush("giving back");
  }
}

function framesOfZram({ views }: Machine): number[] {
  const all = Array.from({ length: views.frameCount }, (_, i) => views.frame(views.startPfn + i));
  return all
    .filter(({ kind, life }) => kind === FrameKind.ALLOCATED && life === PageLife.ZRAM)
    .map(({ pfn }) => pfn);
}

describe.each(["release", "checked"] as const)("%s: frames of zram", (core) => {
  it.each([0, 2])("are none that a caller may ask for, order %i", async (order) => {
    using machine = await Machine.create("tiny", { core, pressure: ZRAM });
    const wrong = { order, gfp: GFP_KERNEL, life: PageLife.ZRAM, mobility: Mobility.DRIVER };
    expect(() => machine.allocate(wrong)).toThrow("BAD_TYPE");
    const page = machine.allocate({ order, gfp: GFP_KERNEL });
    if (!page.ok) throw new Error("no page");
    expect(() => machine.setContent(page.pfn, { life: PageLife.ZRAM })).toThrow("BAD_TYPE");
  });

  it("are none that a caller may free or change; a pin keeps one", async () => {
    using machine = await Machine.create("tiny", { core, pressure: ZRAM });
    const count = fillSlots(machine);
    const frames = framesOfZram(machine);
    expect(frames.length).toBeGreaterThan(100);
    expect(() => machine.release(frames[0] ?? 0)).toThrow("NOT_ALLOCATED");
    expect(() => machine.setContent(frames[0] ?? 0, { life: PageLife.ANON })).toThrow("NOT_ALLOCATED");
    const pinned = frames.slice(0, 40);
    for (const pfn of pinned) machine.pin(pfn);
    emptySlots(machine, count);
    expect(machine.validate().name).toBe("NONE");
    expect(framesOfZram(machine).sort((a, b) => a - b)).toEqual(pinned);
    for (const pfn of pinned) machine.unpin(pfn);
    expect(framesOfZram(machine)).toEqual([]);
    expect(machine.validate().name).toBe("NONE");
  });
});

describe("under Android's rule", () => {
  it("zram asks with __GFP_CMA: its frames lie in CMA areas, too", async () => {
    using machine = await Machine.create("tiny", { pressure: ZRAM, policy: policies.get("android")! });
    fillSlots(machine);
    const { ranges } = machine.cma.area(0);
    const inCma = framesOfZram(machine).filter((pfn) =>
      ranges.some(({ basePfn, pages }) => pfn >= basePfn && pfn < basePfn + pages),
    );
    expect(inCma.length).toBeGreaterThan(0);
  });
});

describe("a handle", () => {
  it.each([
    [0, 0],
    [0, 35],
    [2, 0],
    [2, 35],
  ])("releases every block of order %i, in memory or swapped out, zram %i %%", async (order, zramPercent) => {
    const pressure = { swapPages: 100_000, swappiness: 100, zramPercent };
    using machine = await Machine.create("tiny", { pressure });
    const before = machine.views.zone(1).freePages;
    const handles: PageHandle[] = [];
    for (let i = 0; i < 25_000 >> order; i++) {
      const page = machine.allocate({ ...ANON, order });
      if (!page.ok) break;
      if (page.handle === undefined) throw new Error("no handle");
      handles.push(page.handle);
    }
    expect(machine.views.level(LevelWord.SWAP_USED)).toBeGreaterThan(1_000);
    expect(handles.some((handle) => machine.pageOf(handle) === undefined)).toBe(true);
    expect(machine.validate().name).toBe("NONE");
    for (const handle of handles) machine.releaseHandle(handle);
    machine.drainAll();
    machine.fold();
    expect(machine.views.level(LevelWord.SWAP_USED)).toBe(0);
    expect(machine.views.zone(1).freePages).toBeGreaterThanOrEqual(before);
    expect(machine.validate().name).toBe("NONE");
    expect(() => machine.releaseHandle(handles[0]!)).toThrow("BAD_SLOT");
    expect(() => machine.pageOf(handles[0]!)).toThrow("BAD_SLOT");
  });

  it("is given to what reclaim can swap out alone", async () => {
    using swapless = await Machine.create("tiny");
    expect(swapless.allocate(ANON)).not.toHaveProperty("handle");
    using machine = await Machine.create("tiny", { pressure: ZRAM });
    expect(machine.allocate({ ...ANON, life: PageLife.FILE })).not.toHaveProperty("handle");
    expect(machine.allocate({ gfp: GFP_KERNEL })).not.toHaveProperty("handle");
  });
});

describe("validate()", () => {
  it("knows a request that sleeps", async () => {
    using machine = await Machine.create("tiny", { policy: { cmaRetries: 5 }, core: "checked" });
    for (let i = 0; i < 16_000; i++) {
      const page = machine.allocate(ANON);
      if (!page.ok) break;
      machine.pin(page.pfn);
    }
    const request = machine.cma.begin({ area: 0, pages: 256 });
    for (let i = 0; i < 100_000 && request.state !== RequestState.SLEEPING; i++) request.step();
    expect(request.state).toBe(RequestState.SLEEPING);
    expect(machine.validate().name).toBe("NONE");
  });
});
