// Knows: the seeded model that places what only sums tell: where zones, areas, typed pageblocks and free blocks lie.
// Must not know: any file but those sums.
//
// The model, stated: zones lie one behind the other; memory lies at the lower end of its zone; an area without base lies at
// the upper end. Free blocks are placed from the largest order down, each with equal chance at any aligned place that
// pageblocks of its type still have, never beside a free buddy of its order. Pageblock types are dealt at random. What is not
// free is in use: user memory in pageblocks of MOVABLE and CMA (six of ten clusters of 16 pages anonymous, the others file
// pages), slabs in those of RECLAIMABLE, kernel memory elsewhere. Per-CPU lists are empty.

import { contentOf } from "../../assembly/abi/frame_word.js";
import { MIGRATE_TYPES, NO_MEMORY_MAP } from "../../assembly/abi/limits.js";
import { Migratetype, Mobility, PageLife } from "../../assembly/abi/vocabulary.js";
import { smallest } from "../engine/extent.js";
import { KpageFlag } from "../importers/kpage/kpage.js";
import type { AreaPlan } from "./areas.js";
import type { DecidedZone, ListedBlock } from "./assemble.js";
import { BlockMap } from "./blocks.js";
import { FrameMap, FrameUse } from "./frames.js";
import type { StateGeometry } from "./geometry.js";
import { type Given, unusable, type ZoneTable } from "./given.js";
import type { Notes } from "./notes.js";
import type { Random } from "./random.js";
import { UNKNOWN } from "./units.js";
import type { ZonePlan, ZoneSpanPlan } from "./zones.js";

const ANON_SHARE = 0.6;
const CLUSTER = 16;
/** Random places tried for a free block before all are looked at. */
const TRIES = 64;

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

/** Pageblocks that have a memory map, ascending. */
function mappedBlocks(flags: Uint32Array, size: number): number[] {
  const found: number[] = [];
  for (let pfn = 0; pfn < flags.length; pfn += size) {
    const end = Math.min(flags.length, pfn + size);
    for (let at = pfn; at < end; at++) {
      if ((flags[at]! & (1 << KpageFlag.NOPAGE)) !== 0) continue;
      found.push(pfn);
      break;
    }
  }
  return found;
}

/** Where the first zone begins, so that areas with a base lie in a zone that has pageblocks of CMA. */
function firstPfn(given: Given, tables: readonly ZoneTable[], size: number, step: number): number {
  const bases = given.areas.flatMap(({ ranges }) =>
    ranges.flatMap(({ basePfn }) => (basePfn === null ? [] : [basePfn])),
  );
  if (bases.length === 0) return 0;
  const lowest = smallest(bases);
  const holds = (first: number) => {
    let at = first;
    let held = 0;
    for (const { blocks } of tables) {
      const end = at + sum(blocks ?? []) * size;
      if ((blocks?.[Migratetype.CMA] ?? 0) > 0)
        held += bases.filter((base) => base >= at && base < end).length;
      at = end;
    }
    return held === bases.length;
  };
  if (holds(0)) return 0;
  let before = 0;
  for (const { blocks } of tables) {
    if ((blocks?.[Migratetype.CMA] ?? 0) > 0) {
      // The roundest address at which the zone could begin.
      for (let round = 2 ** 20; round >= step; round /= 2) {
        const first = Math.floor(lowest / round) * round - before;
        if (first >= 0 && first % step === 0 && holds(first)) return first;
      }
    }
    before += sum(blocks ?? []) * size;
  }
  return 0;
}

/** Zones by their numbers of pageblocks. @throws CaptureError when no table counts them */
export function drawnSpans(
  given: Given,
  geometry: StateGeometry,
  notes: Notes,
  flags?: Uint32Array,
): ZoneSpanPlan[] {
  const tables = given.tables.filter(({ blocks }) => sum(blocks ?? []) > 0);
  if (tables.length === 0) {
    const expected = '/proc/zoneinfo, or /proc/pagetypeinfo with its last table, "Number of blocks type"';
    throw unusable(given, "no file says how large the zones are", expected);
  }
  notes.assume("zones one behind the other, as large as their pageblocks: there is no zoneinfo");
  const size = 2 ** geometry.pageblockOrder;
  const mapped = flags === undefined ? undefined : mappedBlocks(flags, size);
  const first = firstPfn(given, tables, size, Math.max(size, 2 ** geometry.maxPageOrder));
  let taken = 0;
  return tables.map(({ name, blocks }) => {
    const count = sum(blocks!);
    const start = mapped?.[taken] ?? first + taken * size;
    taken += count;
    const last = mapped?.[taken - 1] ?? first + (taken - 1) * size;
    const spanned = Math.min(last + size, flags?.length ?? Number.POSITIVE_INFINITY) - start;
    let reserved = 0;
    for (let pfn = start; flags !== undefined && pfn < start + spanned; pfn++)
      if ((flags[pfn]! & ((1 << KpageFlag.RESERVED) | (1 << KpageFlag.NOPAGE))) !== 0) reserved += 1;
    const present = Math.min(spanned, count * size);
    return { name, start, spanned, present, managed: Math.max(0, present - reserved) };
  });
}

/** Areas that no file places lie at the upper end of a zone that counts pageblocks of CMA. */
export function drawnAreas(
  given: Given,
  geometry: StateGeometry,
  spans: readonly ZoneSpanPlan[],
  notes: Notes,
): Given {
  const size = 2 ** geometry.pageblockOrder;
  const ends = new Map(spans.map(({ name, start, spanned }) => [name, start + spanned]));
  const areas = given.areas.map((area) => {
    const range = area.ranges[0];
    if (area.ranges.length !== 1 || range === undefined || range.basePfn !== null) return area;
    const pages = area.count ?? (range.bitmap?.length ?? 0) * 32 * 2 ** (area.orderPerBit ?? 0);
    const zone = spans.findLast(({ name, spanned }) => {
      const blocks = given.tables.find((table) => table.name === name)?.blocks;
      return spanned >= pages && (blocks?.[Migratetype.CMA] ?? 0) * size >= pages;
    });
    if (zone === undefined) return area;
    const basePfn = Math.floor((ends.get(zone.name)! - pages) / size) * size;
    ends.set(zone.name, basePfn);
    notes.assume(`area ${area.name || "without name"} at pfn ${basePfn}: no file says where it lies`);
    return { ...area, name: area.name || "cma", count: pages, ranges: [{ ...range, basePfn }] };
  });
  return { ...given, areas };
}

/** One zone while it is drawn. */
class ZoneDrawing {
  readonly blocks: BlockMap;
  readonly free: ListedBlock[] = [];
  private readonly heads = new Map<number, number>();
  /** Pageblocks of each type that are still to be dealt. */
  private readonly left: number[];
  private readonly byType: number[][] = Array.from({ length: MIGRATE_TYPES }, () => []);

  constructor(
    private readonly frames: FrameMap,
    readonly plan: ZonePlan,
    private readonly geometry: StateGeometry,
    private readonly random: Random,
    private readonly notes: Notes,
  ) {
    this.blocks = new BlockMap(plan.start, this.end, geometry.pageblockOrder);
    this.blocks.types.fill(UNKNOWN);
    this.left = [...(plan.table?.blocks ?? new Array<number>(MIGRATE_TYPES).fill(0))];
  }

  private get end(): number {
    return this.plan.start + this.plan.spanned;
  }

  run(areas: readonly AreaPlan[]): DecidedZone {
    this.frames.fill(this.plan.start, this.end, FrameUse.USED);
    const given = this.placeAreas(areas);
    this.placeHoles();
    for (let order = this.geometry.maxPageOrder; order >= this.blocks.order; order--)
      this.placeLarge(order, given);
    this.dealTypes();
    for (let order = this.blocks.order - 1; order >= 0; order--) this.placeSmall(order, given);
    this.reserve(given);
    this.nameContents(given);
    return { plan: this.plan, blocks: this.blocks, free: this.free, pcp: [] };
  }

  /** Pageblocks of areas, and the frames that they have given out. */
  private placeAreas(areas: readonly AreaPlan[]): Set<number> {
    const given = new Set<number>();
    for (const { orderPerBit, ranges } of areas) {
      for (const { basePfn, count, set } of ranges) {
        if (basePfn < this.plan.start || basePfn >= this.end) continue;
        const first = this.blocks.indexOf(basePfn);
        const last = this.blocks.indexOf(basePfn + count);
        for (let block = first; block < last; block++) this.setType(block, Migratetype.CMA);
        for (const run of set) {
          const from = basePfn + run.start * 2 ** orderPerBit;
          for (let pfn = from; pfn < from + run.length * 2 ** orderPerBit; pfn++) given.add(pfn);
        }
      }
    }
    return given;
  }

  private setType(block: number, type: number): void {
    this.blocks.types[block] = type;
    this.left[type] = Math.max(0, this.left[type]! - 1);
    this.byType[type]!.push(block);
  }

  /** A zone that spans more pageblocks than are counted has its holes at the upper end, below no area. */
  private placeHoles(): void {
    const counted =
      this.plan.table?.blocks === undefined ? Number.POSITIVE_INFINITY : sum(this.plan.table.blocks);
    let holes = this.blocks.types.length - counted;
    for (let block = this.blocks.types.length - 1; block >= 0 && holes > 0; block--) {
      if (this.blocks.types[block] !== UNKNOWN) continue;
      this.blocks.types[block] = NO_MEMORY_MAP;
      const from = Math.max(this.plan.start, this.blocks.start + block * this.blocks.size);
      this.frames.fill(from, Math.min(this.end, from + this.blocks.size), FrameUse.HOLE);
      holes -= 1;
    }
  }

  private isPlaceFor(pfn: number, order: number, given: ReadonlySet<number>): boolean {
    const size = 2 ** order;
    if (pfn < this.plan.start || pfn + size > this.end) return false;
    for (let at = pfn; at < pfn + size; at++)
      if (this.frames.kind(at) !== FrameUse.USED || given.has(at)) return false;
    if (order === this.geometry.maxPageOrder) return true;
    const buddy = pfn % (2 * size) === 0 ? pfn + size : pfn - size;
    return this.heads.get(buddy) !== order;
  }

  private place(pfn: number, order: number, type: number): void {
    this.frames.fill(pfn, pfn + 2 ** order, FrameUse.FREE);
    this.heads.set(pfn, order);
    this.free.push({ pfn, order, type });
  }

  private missed(order: number, type: number, blocks: number): void {
    const { name, table } = this.plan;
    const message = `zone ${name}: ${blocks} free blocks of order ${order}, type ${type} found no place in its pageblocks`;
    this.notes.add("warning", "tables-missed", message, table?.place);
  }

  /** Blocks of whole pageblocks: the pageblocks take the block's type. */
  private placeLarge(order: number, given: ReadonlySet<number>): void {
    const size = 2 ** order;
    const width = size / this.blocks.size;
    for (let type = 0; type < MIGRATE_TYPES; type++) {
      let wanted = this.plan.table?.free?.[type]?.[order] ?? 0;
      if (wanted === 0) continue;
      const places: number[] = [];
      for (let pfn = Math.ceil(this.plan.start / size) * size; pfn + size <= this.end; pfn += size)
        places.push(pfn);
      for (const pfn of this.random.shuffle(places)) {
        if (wanted === 0) break;
        const first = this.blocks.indexOf(pfn);
        const own = this.blocks.types.subarray(first, first + width);
        const untyped = own.reduce((count, held) => count + (held === UNKNOWN ? 1 : 0), 0);
        if (own.some((held) => held !== UNKNOWN && held !== type) || untyped > this.left[type]!) continue;
        if (!this.isPlaceFor(pfn, order, given)) continue;
        for (let block = first; block < first + width; block++)
          if (this.blocks.types[block] === UNKNOWN) this.setType(block, type);
        this.place(pfn, order, type);
        wanted -= 1;
      }
      if (wanted > 0) this.missed(order, type, wanted);
    }
  }

  /** The types that are left go to the pageblocks that are left. */
  private dealTypes(): void {
    const open: number[] = [];
    for (const [block, type] of this.blocks.types.entries()) if (type === UNKNOWN) open.push(block);
    this.random.shuffle(open);
    for (const [type, count] of this.left.entries()) {
      for (let i = 0; i < count && open.length > 0; i++) this.setType(open.pop()!, type);
    }
    for (const block of open) this.setType(block, Migratetype.MOVABLE);
  }

  private placeSmall(order: number, given: ReadonlySet<number>): void {
    const slots = this.blocks.size / 2 ** order;
    for (let type = 0; type < MIGRATE_TYPES; type++) {
      const own = this.byType[type]!;
      let wanted = this.plan.table?.free?.[type]?.[order] ?? 0;
      const pfnOf = (block: number, slot: number) =>
        this.blocks.start + block * this.blocks.size + slot * 2 ** order;
      for (let tries = wanted * TRIES; wanted > 0 && tries > 0 && own.length > 0; tries--) {
        const pfn = pfnOf(own[this.random.below(own.length)]!, this.random.below(slots));
        if (!this.isPlaceFor(pfn, order, given)) continue;
        this.place(pfn, order, type);
        wanted -= 1;
      }
      for (let i = 0; i < own.length * slots && wanted > 0; i++) {
        const pfn = pfnOf(own[Math.floor(i / slots)]!, i % slots);
        if (!this.isPlaceFor(pfn, order, given)) continue;
        this.place(pfn, order, type);
        wanted -= 1;
      }
      if (wanted > 0) this.missed(order, type, wanted);
    }
  }

  /** Present memory that boot never gave away: the lowest pageblocks in which nothing is free. */
  private reserve(given: ReadonlySet<number>): void {
    let wanted = this.plan.present - this.plan.managed;
    for (let pfn = this.plan.start; pfn < this.end && wanted > 0; pfn++) {
      if (
        this.frames.kind(pfn) !== FrameUse.USED ||
        given.has(pfn) ||
        this.blocks.typeOf(pfn) === Migratetype.CMA
      )
        continue;
      this.frames.fill(pfn, pfn + 1, FrameUse.RESERVED);
      wanted -= 1;
    }
  }

  private nameContents(given: ReadonlySet<number>): void {
    let life = PageLife.ANON;
    for (let pfn = this.plan.start; pfn < this.end; pfn++) {
      if (pfn % CLUSTER === 0) life = this.random.next() < ANON_SHARE ? PageLife.ANON : PageLife.FILE;
      if (this.frames.kind(pfn) !== FrameUse.USED) continue;
      const type = this.blocks.typeOf(pfn);
      if (given.has(pfn)) this.frames.content(pfn, 1, 0, contentOf(Mobility.FIXED, PageLife.CMA, 0));
      else if (type === Migratetype.MOVABLE || type === Migratetype.CMA) {
        this.frames.fill(pfn, pfn + 1, FrameUse.USER);
        this.frames.content(pfn, 1, 0, contentOf(Mobility.LRU, life, 0));
      } else if (type === Migratetype.RECLAIMABLE)
        this.frames.content(pfn, 1, 0, contentOf(Mobility.FIXED, PageLife.SLAB, 0));
    }
  }
}

/** Every zone by the model. */
export function drawZones(
  plans: readonly ZonePlan[],
  areas: readonly AreaPlan[],
  geometry: StateGeometry,
  { start, end }: { readonly start: number; readonly end: number },
  random: Random,
  notes: Notes,
): { readonly frames: FrameMap; readonly zones: readonly DecidedZone[] } {
  const frames = new FrameMap(start, end);
  const zones = plans.map((plan) => new ZoneDrawing(frames, plan, geometry, random, notes).run(areas));
  notes.assume("where free blocks and pageblock types lie, and what the other pages are: the seeded model");
  if (plans.some(({ pcps }) => pcps.some(({ count }) => count > 0))) notes.assume("empty per-CPU lists");
  return { frames, zones };
}
