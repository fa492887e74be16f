// Knows: what the reference model promises whatever it is asked: soundness, refusals, return to the start.
// Must not know: the real kernel (replay.test.ts), the WASM core.
// Kernel: none; small invented machines of several geometries, with the rules of 6.12 and 6.1.

import { describe, expect, it } from "vitest";
import { Gfp, Migratetype, Mobility, Status, ZoneFlag } from "../../assembly/abi/vocabulary.js";
import { ReferenceCmaMachine } from "./cma.js";
import { clamp } from "./machine.js";
import { type TinyMachine, type TinyZone, tinyState } from "./tiny.js";
import { rulesOfRelease } from "./types.js";

const USER = Gfp.IO | Gfp.FS | Gfp.KSWAPD_RECLAIM;
const CLASSES = [
  USER | Gfp.MOVABLE | Gfp.HIGHMEM,
  USER | Gfp.MOVABLE | Gfp.HIGHMEM | Gfp.DIRECT_RECLAIM,
  USER | Gfp.RECLAIMABLE,
  USER | Gfp.DIRECT_RECLAIM,
  Gfp.KSWAPD_RECLAIM,
  Gfp.KSWAPD_RECLAIM | Gfp.HIGH | Gfp.ATOMIC,
  Gfp.HIGH | Gfp.RECLAIMABLE,
  Gfp.KSWAPD_RECLAIM | Gfp.MEMALLOC,
  USER | Gfp.DMA,
  USER | Gfp.DMA32,
];

const NORMAL: TinyZone = {
  index: 2,
  name: "Normal",
  start: 8192,
  pages: 4096,
  min: 60,
  low: 90,
  high: 120,
  lowmemReserve: [0, 0, 0, 0],
  batch: 7,
  highMin: 40,
  highMax: 160,
  statThreshold: 8,
  cmaPageblocks: 2,
};
const DMA32: TinyZone = {
  ...NORMAL,
  index: 1,
  name: "DMA32",
  start: 4096,
  pages: 2048,
  lowmemReserve: [0, 0, 30, 30],
  cmaPageblocks: 0,
};
/** Starts inside a pageblock, like pfn 1 on x86. */
const DMA: TinyZone = {
  ...DMA32,
  index: 0,
  name: "DMA",
  start: 1,
  pages: 1023,
  batch: 1,
  highMin: 9,
  highMax: 9,
};

const BASE: TinyMachine = {
  release: "6.12.0",
  pageShift: 12,
  maxOrder: 10,
  pageblockOrder: 9,
  cpus: 2,
  maxZones: 4,
  boostFactor: 15000,
  zones: [DMA, DMA32, NORMAL],
};
const ARM: TinyZone = { ...NORMAL, index: 0, name: "DMA32", lowmemReserve: [0, 0, 0] };

const MACHINES: Readonly<Record<string, TinyMachine>> = {
  "6.12 x86": BASE,
  "6.12 small pageblocks": { ...BASE, pageblockOrder: 6, cpus: 1 },
  "6.12 tiny pageblocks": { ...BASE, pageblockOrder: 4, zones: [DMA, { ...NORMAL, cmaPageblocks: 40 }] },
  "6.12 pageblock = max": {
    ...BASE,
    pageShift: 14,
    maxOrder: 11,
    pageblockOrder: 11,
    maxZones: 3,
    zones: [ARM],
  },
  "6.12 crossed pcp limits": { ...BASE, zones: [DMA, { ...DMA32, highMin: 200, highMax: 100 }, NORMAL] },
  "6.1 pageblock 10": { ...BASE, release: "6.1.0", pageblockOrder: 10 },
  "6.1 pageblock 9": { ...BASE, release: "6.1.0" },
};

/** mulberry32: the seed is all there is to a run. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

function boot(tiny: TinyMachine): ReferenceCmaMachine {
  const machine = ReferenceCmaMachine.fromState(tinyState(tiny), rulesOfRelease(tiny.release));
  for (const { start, pages } of tiny.zones) expect(machine.freeBoot(start, pages)).toBe(Status.OK);
  return machine;
}

interface Held {
  readonly pfn: number;
  readonly order: number;
  readonly pages: number;
}

/** One random step; keeps the list of what is held up to date. */
function step(
  machine: ReferenceCmaMachine,
  tiny: TinyMachine,
  held: Held[],
  pick: (below: number) => number,
): void {
  const cpu = pick(tiny.cpus);
  const zone = tiny.zones[pick(tiny.zones.length)]!.index;
  const kind = pick(100);
  if (kind < 47) {
    const order = pick(4) > 0 ? pick(3) : pick(tiny.maxOrder + 1);
    const mobility = pick(3) as Mobility;
    const { pfn } = machine.allocate(
      { gfp: CLASSES[pick(CLASSES.length)]!, order, cpu, mobility },
      pick(30) === 0,
    );
    if (pfn > 0) held.push({ pfn, order, pages: 0 });
  } else if (kind < 84 && held.length > 0) {
    const [{ pfn, order, pages }] = held.splice(pick(held.length), 1) as [Held];
    if (pages > 0) expect(machine.cmaRelease(0, pfn, pages, cpu)).toBe(Status.OK);
    else if (pick(8) === 0) expect(machine.splitRelease(pfn, order, cpu)).toBe(Status.OK);
    else expect(machine.release(pfn, order, cpu, pick(30) === 0)).toBe(Status.OK);
  } else if (kind < 86) {
    const { pfns } = machine.bulkAllocate(CLASSES[pick(5)]!, pick(20), cpu);
    held.push(...pfns.map((pfn) => ({ pfn, order: 0, pages: 0 })));
  } else if (kind < 90) allocateContiguous(machine, held, pick, cpu);
  else if (kind < 92) changePages(machine, held, pick);
  else if (kind === 92) machine.drainAll(pick(2) === 0 ? zone : undefined, cpu);
  else if (kind === 93) machine.fold(pick(2) === 0 ? cpu : undefined);
  else if (kind === 94) machine.tick(cpu);
  else if (kind === 95) machine.setBoost(zone, 0);
  else if (kind === 96) machine.setZoneFlag(zone, ZoneFlag.RECLAIM_ACTIVE, pick(2) === 0);
  else if (kind === 97) machine.unreserveHighatomic(CLASSES[pick(5)]!, pick(2) === 0, cpu);
  else detachAndReturn(machine, zone, pick);
}

function allocateContiguous(
  machine: ReferenceCmaMachine,
  held: Held[],
  pick: (below: number) => number,
  cpu: number,
): void {
  const pages = 1 + pick(pick(2) === 0 ? 20 : 600);
  const { pfn, moves } = machine.cmaAllocate(0, pages, pick(10), cpu);
  for (const { from, to } of moves) {
    const index = held.findIndex((each) => each.pfn === from);
    held[index] = { ...held[index]!, pfn: to };
  }
  if (pfn > 0) held.push({ pfn, order: 0, pages });
}

/** What compaction does to a free block: off the list, back to the tail, or to the other end of its list. */
function detachAndReturn(machine: ReferenceCmaMachine, index: number, pick: (below: number) => number): void {
  const zone = machine.machine.zones.find((each) => each.index === index)!;
  const order = pick(zone.lists.length);
  const type = pick(3);
  const pfns = zone.lists[order]![type]!.toArray();
  const pfn = pfns[pick(pfns.length)];
  if (pfn === undefined) return;
  expect(machine.rotateFree(pfn, pick(2) === 0 ? "head" : "tail")).toBe(Status.OK);
  if (machine.isolateFree(pfn, order) !== Status.OK) return;
  expect(machine.putbackFree(pfn, order, zone.typeAt(pfn))).toBe(Status.OK);
}

/** Pins, unpins, and changes of what pages are. */
function changePages(
  machine: ReferenceCmaMachine,
  held: readonly Held[],
  pick: (below: number) => number,
): void {
  for (const { pfn, order, pages } of held.filter(() => pick(8) === 0)) {
    if (pages > 0) continue;
    if (pick(4) === 0) expect(machine.setMobility(pfn, order, pick(3) as Mobility)).toBe(Status.OK);
    else if (pick(3) === 0) expect(machine.pin(pfn)).toBe(Status.OK);
    else machine.unpin(pfn);
  }
  if (pick(4) === 0) machine.hintMovable(pick(512));
}

describe.each(Object.entries(MACHINES))("a small machine: %s", (_, tiny) => {
  it.each([1, 2, 3, 4])("stays sound over 4,000 random steps, seed %i", (seed) => {
    const pick = random(seed);
    const machine = boot(tiny);
    const held: Held[] = [];
    for (let count = 0; count < 4000; count++) {
      step(machine, tiny, held, pick);
      if (count % 200 === 0) expect(machine.audit(), `seed ${seed}, step ${count}`).toEqual([]);
    }
    const copy = ReferenceCmaMachine.fromState(machine.toState(), rulesOfRelease(tiny.release));
    expect(ReferenceCmaMachine.compare(copy.dump(), machine.dump())).toEqual([]);
    for (const { pfn, order, pages } of held) {
      if (pages > 0) machine.cmaRelease(0, pfn, pages);
      else machine.release(pfn, order);
    }
    machine.drainAll();
    machine.fold();
    expect(machine.audit()).toEqual([]);
    const free = machine.dump().zones.map((zone) => zone.freePages);
    expect(free).toEqual(tiny.zones.map((zone) => zone.pages));
  });
});

describe("refusals", () => {
  it("leave the machine as it was", () => {
    const machine = boot(BASE);
    const gfp = USER | Gfp.MOVABLE | Gfp.HIGHMEM;
    const { pfn } = machine.allocate({ gfp, order: 2 });
    const before = machine.dump();
    expect(machine.allocate({ gfp, order: 11 }).status).toBe(Status.BAD_ORDER);
    expect(machine.allocate({ gfp, order: 0, cpu: 2 }).status).toBe(Status.BAD_CPU);
    expect(machine.allocate({ gfp: Gfp.DMA | Gfp.DMA32, order: 0 }).status).toBe(Status.BAD_ZONE);
    expect(machine.allocate({ gfp: Gfp.MOVABLE | Gfp.RECLAIMABLE, order: 0 }).status).toBe(Status.BAD_TYPE);
    expect(machine.release(pfn, 1)).toBe(Status.NOT_ALLOCATED);
    expect(machine.release(pfn + 1, 2)).toBe(Status.MISALIGNED);
    expect(machine.release(pfn + 4, 2)).toBe(Status.NOT_ALLOCATED);
    expect(machine.release(99_999_999, 0)).toBe(Status.BAD_PFN);
    expect(machine.drainAll(3)).toBe(Status.BAD_ZONE);
    expect(machine.freeBoot(DMA32.start, 8)).toBe(Status.ALREADY_USED);
    expect(machine.cmaRelease(0, NORMAL.start, 1)).toBe(Status.BAD_PFN);
    expect(ReferenceCmaMachine.compare(machine.dump(), before)).toEqual([]);
  });
});

describe("details that captures seldom reach", () => {
  it("clamp tests the upper bound first", () => {
    expect([0, 100, 150, 200, 300].map((value) => clamp(value, 200, 100))).toEqual([200, 100, 100, 100, 100]);
    expect([0, 150, 300].map((value) => clamp(value, 100, 200))).toEqual([100, 150, 200]);
  });

  it("6.12: a claim needs half a pageblock of free and alike pages, otherwise one block is stolen", () => {
    const machine = boot({ ...BASE, zones: [{ ...NORMAL, min: 0, low: 0, high: 1, cmaPageblocks: 0 }] });
    const movable = USER | Gfp.MOVABLE | Gfp.HIGHMEM;
    const pages: number[] = [];
    for (let result = machine.allocate({ gfp: movable, order: 0, mobility: Mobility.LRU }); ; ) {
      if (result.status !== Status.OK) break;
      pages.push(result.pfn);
      result = machine.allocate({ gfp: movable, order: 0, mobility: Mobility.LRU });
    }
    const block = pages.filter((pfn) => pfn >= NORMAL.start + 512 && pfn < NORMAL.start + 1024);
    expect(block).toHaveLength(512);
    for (const pfn of block.slice(0, 200)) machine.release(pfn, 0);
    machine.drainAll();
    const { pfn, status } = machine.allocate({ gfp: USER, order: 4 });
    expect(status).toBe(Status.OK);
    const zone = machine.dump().zones[0]!;
    expect(zone.pageblocks[Math.floor((pfn - NORMAL.start) / 512)]).toBe(Migratetype.MOVABLE);
    expect(zone.boost).toBeGreaterThan(0);
    expect(zone.free.every((types) => types[Migratetype.UNMOVABLE]!.length === 0)).toBe(true);
  });
});
