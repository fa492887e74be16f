// Knows: relations between runs that must hold whatever the right answer is.
// Must not know: the right answer; that is the reference model's and the captures' business.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Region } from "../../../assembly/abi/layout.js";
import { Migratetype, Op } from "../../../assembly/abi/vocabulary.js";
import { ConfigWord, LevelWord } from "../../../assembly/abi/words.js";
import { GFP_DMA, GFP_HIGHUSER_MOVABLE, GFP_KERNEL } from "../../../bindings/engine/gfp.js";
import { Machine } from "../../../bindings/machine/machine.js";
import { allocatedBlocks, step, Walker } from "./steps.js";

/** Small ones of both kernels and both page sizes. PAGEBLOCK_FUZZ_RUNS and _SEED: more random runs, and others. */
const DEVICES = ["tiny", "imx8-1g", "tablet-8g", "phone-16g-16k"] as const;
const TYPES = Object.values(Migratetype).filter((type): type is Migratetype => typeof type === "number");
const RUNS = Number(process.env["PAGEBLOCK_FUZZ_RUNS"] ?? 25);
const SEED = Number(process.env["PAGEBLOCK_FUZZ_SEED"] ?? 1);

function allocated(machine: Machine, gfp: number, order = 0, cpu = 0): number {
  const result = machine.allocate({ gfp, order, cpu });
  if (!result.ok) throw new Error(`no page of order ${order}`);
  return result.pfn;
}

/** Every free block by zone, order and type, whatever its place on the list. */
function freeBlocks({ views }: Machine): number[][] {
  const orders = Array.from({ length: views.config(ConfigWord.MAX_PAGE_ORDER) + 1 }, (_, order) => order);
  return views
    .populatedZones()
    .flatMap((zone) =>
      orders.flatMap((order) => TYPES.map((type) => [...views.freeList(zone, order, type).sort()])),
    );
}

describe.each(DEVICES)("%s", (device) => {
  it("a block that bypasses the per-CPU lists comes and goes without a trace", async () => {
    using machine = await Machine.create(device);
    const thp = machine.views.config(ConfigWord.PCP_THP_ORDER);
    const largest = machine.views.config(ConfigWord.MAX_PAGE_ORDER);
    for (let order = 4; order <= largest; order++) {
      if (order === thp) continue;
      const blocks = freeBlocks(machine);
      const digest = machine.digest();
      machine.release(allocated(machine, GFP_HIGHUSER_MOVABLE, order), order);
      machine.fold();
      expect(freeBlocks(machine), `order ${order}`).toEqual(blocks);
      // A smaller block may come back to the tail of its list (buddy_merge_likely).
      if (order === largest) expect(machine.digest()).toBe(digest);
    }
  });

  it("all that is given back and drained is free memory again, however it was taken", async () => {
    using machine = await Machine.create(device);
    const free = () => machine.views.populatedZones().map((zone) => machine.views.zone(zone).freePages);
    const before = free();
    const held = Array.from({ length: 3_000 }, (_, i): [number, number] => {
      const order = i % 11 < 8 ? 0 : i % 4;
      return [allocated(machine, i % 3 ? GFP_HIGHUSER_MOVABLE : GFP_KERNEL, order), order];
    });
    held.forEach(([pfn, order], i) => {
      if (i % 5) machine.release(pfn, order);
      else machine.splitRelease(pfn, order);
    });
    machine.drainAll();
    machine.fold();
    expect(free()).toEqual(before);
    expect(machine.validate().name).toBe("NONE");
  });

  it("draining twice is draining once, folding twice is folding once", async () => {
    using machine = await Machine.create(device);
    machine.churn({ steps: 20_000, seed: 5 });
    for (const twice of [() => machine.drainAll(), () => machine.fold()]) {
      twice();
      const once = machine.digest();
      twice();
      expect(machine.digest()).toBe(once);
    }
  });

  it("draining zone by zone is draining all", async () => {
    using machine = await Machine.create(device);
    machine.churn({ steps: 20_000, seed: 6 });
    using other = machine.fork();
    machine.drainAll();
    for (const zone of other.views.populatedZones().reverse()) other.drainAll(zone);
    expect(other.digest()).toBe(machine.digest());
  });

  it("any slicing of a churn is the same churn", async () => {
    using whole = await Machine.create(device);
    using sliced = await Machine.create(device);
    const totals = whole.churn({ steps: 30_000, seed: 77 });
    sliced.churn({ steps: 1, seed: 77 });
    for (const steps of [0, 2, 997, 9_000, 20_000]) sliced.continueChurn(steps);
    expect(sliced.digest()).toBe(whole.digest());
    expect(sliced.churnResult()).toEqual(totals);
  });

  it("a seed decides everything, another seed something else", async () => {
    const run = async (seed: number) => {
      using machine = await Machine.create(device);
      machine.churn({ steps: 10_000, seed });
      return machine.digest();
    };
    expect(await run(1)).toBe(await run(1));
    expect(await run(2)).not.toBe(await run(1));
    expect(await run(1 + 2 ** 32)).not.toBe(await run(1));
  });

  it("recording events does not change the machine", async () => {
    using silent = await Machine.create(device);
    using recorded = await Machine.create(device);
    recorded.engine.words(Region.CONFIG)[ConfigWord.RECORD] = 1;
    for (const machine of [silent, recorded]) machine.churn({ steps: 20_000, seed: 8 });
    expect(recorded.views.level(LevelWord.RECORDED)).toBeGreaterThan(0);
    expect(silent.views.level(LevelWord.RECORDED)).toBe(0);
    expect(recorded.digest()).toBe(silent.digest());
  });

  it.each([
    ["after boot", 0.5],
    ["short of memory", 0.02],
    ["out of memory", 0],
  ])(
    "random operations %s: all builds agree step by step, and every state is sound",
    async (_, freeShare) => {
      using base = await Machine.create(device, { core: "checked" });
      using fast = await Machine.create(device);
      const steps = freeShare < 0.5 ? base.views.zone(base.views.populatedZones().at(-1) ?? 0).managed : 0;
      for (const machine of [base, fast])
        machine.churn({ steps, seed: 31, freeShare, unmovable: 40, thp: 10 });
      const held = allocatedBlocks(base, 400);
      await fc.assert(
        fc.property(fc.array(step, { minLength: 100, maxLength: 400, size: "max" }), (sequence) => {
          using checked = base.fork();
          using release = fast.fork();
          const walkers = [new Walker(checked, held), new Walker(release, held)];
          for (const each of sequence) {
            const [expected, got] = walkers.map((walker) => walker.perform(each));
            expect(got).toBe(expected);
          }
          expect(checked.validate()).toMatchObject({ name: "NONE" });
          expect(release.digest()).toBe(checked.digest());
        }),
        { numRuns: RUNS, seed: SEED },
      );
    },
    120_000 + RUNS * 1_000,
  );
});

describe("operations in two zones commute", () => {
  type Work = (machine: Machine, pfn: number) => void;

  it.each<[string, Work]>([
    ["release", (machine, pfn) => machine.release(pfn, 5)],
    ["split release", (machine, pfn) => machine.splitRelease(pfn, 5)],
    ["drain of the zone", (machine, pfn) => machine.drainAll(pfn < 4096 ? 0 : 1)],
  ])("%s", async (_, work) => {
    using one = await Machine.create("tiny");
    const low = allocated(one, GFP_KERNEL | GFP_DMA, 5);
    const high = allocated(one, GFP_KERNEL, 5);
    for (let i = 0; i < 20; i++) allocated(one, i % 2 ? GFP_KERNEL | GFP_DMA : GFP_KERNEL);
    expect([low < 4096, high < 4096]).toEqual([true, false]);
    using other = one.fork();
    work(one, low);
    work(one, high);
    work(other, high);
    work(other, low);
    expect(other.digest()).toBe(one.digest());
  });

  it("allocations that each zone can serve alone", async () => {
    using one = await Machine.create("tiny");
    using other = await Machine.create("tiny");
    const low = () => allocated(one, GFP_KERNEL | GFP_DMA, 2);
    const first = [low(), allocated(one, GFP_KERNEL, 2)];
    const second = [allocated(other, GFP_KERNEL, 2), allocated(other, GFP_KERNEL | GFP_DMA, 2)].reverse();
    expect(second).toEqual(first);
    expect(other.digest()).toBe(one.digest());
  });
});

describe("CPUs", () => {
  it("are alike: the same work on another CPU gives the same frames", async () => {
    using first = await Machine.create("imx8-1g");
    using third = await Machine.create("imx8-1g");
    for (let i = 0; i < 500; i++) {
      const order = i % 4;
      expect(allocated(third, GFP_KERNEL, order, 2)).toBe(allocated(first, GFP_KERNEL, order, 0));
    }
    for (const machine of [first, third]) machine.drainAll();
    expect(third.freeList(0, 10, 1)).toEqual(first.freeList(0, 10, 1));
  });

  it("a command that does nothing does nothing", async () => {
    using machine = await Machine.create("tiny");
    const before = machine.digest();
    for (let i = 0; i < 100; i++) machine.commands.push(Op.NOP);
    machine.commands.flush("nothing");
    expect(machine.digest()).toBe(before);
  });
});
