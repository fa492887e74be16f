// Knows: what one allocation answers, and what its failure says.

import { describe, expect, it } from "vitest";
import {
  FrameKind,
  Gfp,
  Migratetype,
  Mobility,
  Op,
  PageLife,
  PinKind,
  Refusal,
  Status,
} from "../../../assembly/abi/vocabulary.js";
import {
  GFP_ATOMIC,
  GFP_DMA,
  GFP_DMA32,
  GFP_HIGHUSER_MOVABLE,
  GFP_KERNEL,
  GFP_NOWAIT,
} from "../../../bindings/engine/gfp.js";
import type { AllocateRequest } from "../../../bindings/machine/allocation.js";
import { Machine } from "../../../bindings/machine/machine.js";

/** Allocates until the first failure; answers the frames, and the failure. */
function exhaust(machine: Machine, request: AllocateRequest) {
  const pfns: number[] = [];
  for (;;) {
    const result = machine.allocate(request);
    if (!result.ok) return { pfns, failure: result };
    pfns.push(result.pfn);
  }
}

describe("allocate", () => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])("order %i: an aligned block of its own", async (order) => {
    using machine = await Machine.create("tiny");
    const result = machine.allocate({ order, gfp: GFP_KERNEL, mobility: Mobility.DRIVER });
    if (!result.ok) throw new Error("no page");
    expect(result.pfn % 2 ** order).toBe(0);
    const mobility = Mobility.DRIVER;
    expect(machine.views.frame(result.pfn)).toMatchObject({
      kind: FrameKind.ALLOCATED,
      order,
      zone: 1,
      mobility,
    });
    for (let i = 1; i < 2 ** order; i++)
      expect(machine.views.frame(result.pfn + i).kind).toBe(FrameKind.BODY);
    expect(machine.validate().name).toBe("NONE");
  });

  it("gfp decides the zone", async () => {
    using machine = await Machine.create("tiny");
    const zoneOf = (gfp: number) => {
      const result = machine.allocate({ gfp });
      return result.ok ? result.zone : -1;
    };
    expect([GFP_KERNEL, GFP_KERNEL | GFP_DMA32, GFP_HIGHUSER_MOVABLE].map(zoneOf)).toEqual([1, 1, 1]);
    expect(zoneOf(GFP_KERNEL | GFP_DMA)).toBe(0);
  });

  it("the first page refills the CPU's list, the last one released is the next one handed out", async () => {
    using machine = await Machine.create("imx8-1g");
    const first = machine.allocate({ gfp: GFP_HIGHUSER_MOVABLE, cpu: 2 });
    if (!first.ok) throw new Error("no page");
    expect(machine.views.pcp(2, 0).count).toBeGreaterThan(0);
    expect(machine.views.pcp(1, 0).count).toBe(0);
    machine.release(first.pfn, 0, 2);
    expect(machine.allocate({ gfp: GFP_HIGHUSER_MOVABLE, cpu: 2 })).toEqual(first);
    machine.drainAll();
    expect(machine.views.pcp(2, 0).count).toBe(0);
  });

  it("direct: past the per-CPU lists", async () => {
    using machine = await Machine.create("tiny");
    expect(machine.allocate({ gfp: GFP_KERNEL, direct: true }).ok).toBe(true);
    expect(machine.views.pcp(0, 1).count).toBe(0);
  });

  it("a movable request may take CMA pages, another may not", async () => {
    using movable = await Machine.create("tiny");
    using kernel = await Machine.create("tiny");
    const isCma = (machine: Machine, pfn: number) =>
      machine.views.pageblocks[Math.floor(pfn / 512)] === Migratetype.CMA;
    expect(exhaust(movable, { gfp: GFP_HIGHUSER_MOVABLE }).pfns.some((pfn) => isCma(movable, pfn))).toBe(
      true,
    );
    expect(exhaust(kernel, { gfp: GFP_KERNEL }).pfns.some((pfn) => isCma(kernel, pfn))).toBe(false);
  });
});

describe("a failed allocation is a measurement", () => {
  it("WATERMARK: memory is short; who may reclaim would, others get nothing", async () => {
    using machine = await Machine.create("tiny");
    const { failure } = exhaust(machine, { gfp: GFP_KERNEL });
    expect(failure).toEqual({ ok: false, status: Status.WOULD_RECLAIM, refusal: Refusal.WATERMARK, zone: 1 });
    const { failure: atomic, pfns } = exhaust(machine, { gfp: GFP_ATOMIC });
    expect(atomic).toMatchObject({ status: Status.NO_PAGE, refusal: Refusal.WATERMARK });
    expect(pfns.length).toBeGreaterThan(100);
    expect(machine.allocate({ gfp: GFP_NOWAIT })).toMatchObject({ ok: false, status: Status.NO_PAGE });
    expect(machine.validate().name).toBe("NONE");
  });

  it("NO_BLOCK: enough pages, none of them together", async () => {
    using machine = await Machine.create("tiny");
    const { pfns } = exhaust(machine, { gfp: GFP_HIGHUSER_MOVABLE | Gfp.MEMALLOC });
    for (const pfn of pfns) if (pfn % 2 === 1) machine.release(pfn);
    machine.drainAll();
    machine.fold();
    const failure = { ok: false, refusal: Refusal.NO_BLOCK, zone: 1 };
    expect(machine.allocate({ gfp: GFP_KERNEL, order: 3 })).toMatchObject(failure);
    expect(machine.allocate({ gfp: GFP_KERNEL }).ok).toBe(true);
  });

  it("NO_ZONE: nothing populated at or below the zone asked for", async () => {
    using machine = await Machine.create("imx8-1g");
    expect(machine.allocate({ gfp: GFP_KERNEL | GFP_DMA }).ok).toBe(true);
    using phone = await Machine.create("phone-16g-16k");
    const failure = { ok: false, status: Status.WOULD_RECLAIM, refusal: Refusal.NO_ZONE };
    expect(phone.allocate({ gfp: GFP_KERNEL | GFP_DMA32 })).toMatchObject(failure);
  });

  it("leaves everything but the flags and limits as it was", async () => {
    using machine = await Machine.create("tiny");
    exhaust(machine, { gfp: GFP_KERNEL });
    const before = machine.digest();
    for (const order of [4, 7, 10]) expect(machine.allocate({ gfp: GFP_KERNEL, order }).ok).toBe(false);
    expect(machine.digest()).toBe(before);
  });

  it("is no exception; misuse is", async () => {
    using machine = await Machine.create("tiny");
    expect(() => machine.allocate({ gfp: GFP_KERNEL, order: 11 })).toThrow("BAD_ORDER");
    expect(() => machine.allocate({ gfp: GFP_KERNEL, cpu: 1 })).toThrow("BAD_CPU");
    expect(() => machine.allocate({ gfp: Gfp.MOVABLE | Gfp.RECLAIMABLE })).toThrow("BAD_TYPE");
  });
});

describe("a page in use", () => {
  it("a long pin moves an LRU page out of CMA, and the LRU lists count on", async () => {
    using machine = await Machine.create("tiny");
    const isCma = (pfn: number) => machine.views.pageblocks[pfn >> 9] === Migratetype.CMA;
    const pages = Array.from({ length: 4_000 }, () =>
      machine.allocate({ gfp: GFP_HIGHUSER_MOVABLE, mobility: Mobility.LRU, life: PageLife.ANON }),
    );
    const inCma = pages.flatMap((result) =>
      result.ok && isCma(result.pfn) ? [result.pfn as number] : [],
    )[0];
    expect(inCma).toBeDefined();
    const { commands } = machine;
    commands.push(Op.PIN, { a: inCma ?? 0, b: PinKind.LONGTERM });
    commands.execute();
    expect(commands.status(0)).toBe(Status.OK);
    expect(isCma(commands.pfn(0))).toBe(false);
    expect(machine.validate()).toMatchObject({ name: "NONE" });
  });

  it("goes from its LRU list back to its per-CPU list, as if it had never been taken", async () => {
    using machine = await Machine.create("tiny");
    const page = machine.allocate({ gfp: GFP_HIGHUSER_MOVABLE, mobility: Mobility.LRU, life: PageLife.ANON });
    if (!page.ok) throw new Error("no page");
    machine.commands.push(Op.UNTAKE, { a: page.pfn });
    machine.commands.flush("untake");
    expect(machine.validate().name).toBe("NONE");
    expect(machine.allocate({ gfp: GFP_HIGHUSER_MOVABLE })).toMatchObject({ ok: true, pfn: page.pfn });
  });
});
