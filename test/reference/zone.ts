// Knows: one zone: its free lists in order, pageblock types, counters with per-CPU differentials, per-CPU
//   pages, and what each page is when nobody's list holds it.
// Must not know: when blocks merge, split or change type.
// Kernel: struct zone, __mod_zone_page_state (mm/vmstat.c), account_freepages (6.12),
//   __mod_zone_freepage_state (6.1).

import { Migratetype, Mobility, ReserveRule } from "../../assembly/abi/vocabulary.js";
import type { Geometry, Machine } from "./machine.js";
import type { Pcp } from "./pcp.js";
import { PfnList } from "./pfn-list.js";
import type { ReferenceZoneState } from "./types.js";

export const NO_MEMORY_MAP = 255;
const MIGRATETYPES = 6;

/** Why a page that the model did not hand out itself is not on a list. */
export enum Origin {
  /** On a list, or inside a block that the model handed out. */
  TRACKED = 0,
  /** In use when the state was captured; the block it belongs to is not known. */
  LOOSE = 1,
  RESERVED = 2,
  HOLE = 3,
}

export interface FreeBlock {
  readonly order: number;
  /** The LIST it is on; in 6.1 not always the type of its pageblock. */
  readonly type: number;
}

export class Zone {
  readonly index: number;
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly present: number;
  managed: number;
  readonly watermark: { min: number; low: number; high: number };
  boost: number;
  readonly lowmemReserve: readonly number[];
  boosted: boolean;
  reclaimActive: boolean;
  belowHigh: boolean;
  nrReservedHighatomic: number;
  nrFreeHighatomic: number;
  nrIsolatePageblock: number;
  /** Zone-global counters, without the differentials that live in each Pcp. */
  freePages: number;
  freeCma: number;

  /** lists[order][migratetype] */
  readonly lists: PfnList[][];
  readonly nrFree: number[];
  /** Every free block by its first page. */
  readonly blocks = new Map<number, FreeBlock>();
  /** Every block handed out by the model, by its first page: its order. */
  readonly allocated = new Map<number, number>();
  readonly pcps = new Map<number, Pcp>();
  readonly origin: Uint8Array;
  readonly mobility: Uint8Array;
  readonly blockTypes: Uint8Array;
  readonly blockTypesStart: number;

  constructor(
    state: ReferenceZoneState,
    private readonly geometry: Geometry,
  ) {
    this.index = state.index;
    this.name = state.name;
    this.start = state.start;
    this.end = state.start + state.spanned;
    this.present = state.present;
    this.managed = state.managed;
    const { min, low, high, boost } = state.watermark;
    this.watermark = { min, low, high };
    this.boost = boost;
    this.lowmemReserve = [...state.lowmemReserve];
    this.boosted = state.flags.boosted;
    this.reclaimActive = state.flags.reclaimActive;
    this.belowHigh = state.flags.belowHigh ?? false;
    this.nrReservedHighatomic = state.counters.nrReservedHighatomic;
    this.nrFreeHighatomic = state.counters.nrFreeHighatomic ?? 0;
    this.nrIsolatePageblock = state.counters.nrIsolatePageblock;
    this.freePages = state.counters.freePages;
    this.freeCma = state.counters.freeCma;
    const orders = Array.from({ length: geometry.maxOrder + 1 });
    this.lists = orders.map(() => Array.from({ length: MIGRATETYPES }, () => new PfnList()));
    this.nrFree = orders.map(() => 0);
    this.origin = new Uint8Array(state.spanned);
    this.mobility = new Uint8Array(state.spanned);
    this.blockTypes = Uint8Array.from(state.pageblocks.types);
    this.blockTypesStart = state.pageblocks.start;
  }

  /** zone_page_state(): a counter that is below nothing while CPUs keep the rest reads as nothing. */
  get visibleFree(): number {
    return Math.max(this.freePages, 0);
  }

  get visibleCma(): number {
    return Math.max(this.freeCma, 0);
  }

  spans(pfn: number): boolean {
    return pfn >= this.start && pfn < this.end;
  }

  /** The type of the pageblock that contains a page. */
  typeAt(pfn: number): number {
    return this.blockTypes[(pfn - this.blockTypesStart) >> this.geometry.pageblockOrder] ?? NO_MEMORY_MAP;
  }

  setTypeAt(pfn: number, type: number): void {
    this.blockTypes[(pfn - this.blockTypesStart) >> this.geometry.pageblockOrder] = type;
  }

  hasFreeBlock(pfn: number, order: number): boolean {
    return this.blocks.get(pfn)?.order === order;
  }

  putFree(pfn: number, order: number, type: number, toTail: boolean): void {
    const list = this.lists[order]![type]!;
    if (toTail) list.pushTail(pfn);
    else list.pushHead(pfn);
    this.blocks.set(pfn, { order, type });
    this.nrFree[order] = this.nrFree[order]! + 1;
  }

  /** Takes a block from whatever list it is on. */
  takeFree(pfn: number): FreeBlock {
    const block = this.blocks.get(pfn);
    if (block === undefined) throw new Error(`pfn ${pfn} is not the head of a free block`);
    this.lists[block.order]![block.type]!.remove(pfn);
    this.blocks.delete(pfn);
    this.nrFree[block.order] = this.nrFree[block.order]! - 1;
    return block;
  }

  moveToTail(pfn: number, type: number): void {
    const { order } = this.takeFree(pfn);
    this.putFree(pfn, order, type, true);
  }

  pcpOf(cpu: number): Pcp {
    return this.pcps.get(cpu)!;
  }

  /** Do all pages of a range come from the same origin? */
  rangeIs(origin: Origin, pfn: number, pages: number): boolean {
    if (!this.spans(pfn) || !this.spans(pfn + pages - 1)) return false;
    return this.origin.subarray(pfn - this.start, pfn - this.start + pages).every((each) => each === origin);
  }

  setOrigin(origin: Origin, pfn: number, pages: number): void {
    this.origin.fill(origin, pfn - this.start, pfn - this.start + pages);
  }

  setMobility(mobility: Mobility, pfn: number, pages: number): void {
    this.mobility.fill(mobility, pfn - this.start, pfn - this.start + pages);
  }

  /** PageLRU or __PageMovable: what a claim counts as movable. */
  isMovable(pfn: number): boolean {
    return this.mobility[pfn - this.start] !== Mobility.FIXED;
  }
}

/** Adds to a counter the way the kernel does: the CPU keeps the change until it exceeds the threshold. */
function addWithThreshold(total: number, kept: number, delta: number, threshold: number): [number, number] {
  const next = kept + delta;
  return Math.abs(next) > threshold ? [total + next, 0] : [total, next];
}

export function addFreePages(machine: Machine, zone: Zone, delta: number): void {
  const pcp = zone.pcpOf(machine.cpu);
  [zone.freePages, pcp.diffFree] = addWithThreshold(zone.freePages, pcp.diffFree, delta, pcp.statThreshold);
}

export function addFreeCma(machine: Machine, zone: Zone, delta: number): void {
  const pcp = zone.pcpOf(machine.cpu);
  [zone.freeCma, pcp.diffCma] = addWithThreshold(zone.freeCma, pcp.diffCma, delta, pcp.statThreshold);
}

/** Free pages of a type appear (delta > 0) or go. ISOLATE pages are not free pages. */
export function account(machine: Machine, zone: Zone, delta: number, type: number): void {
  if (type === Migratetype.ISOLATE) return;
  addFreePages(machine, zone, delta);
  if (type === Migratetype.CMA) addFreeCma(machine, zone, delta);
  const countsHighatomic = machine.rules.reserve === ReserveRule.FREE_PAGES;
  if (countsHighatomic && type === Migratetype.HIGHATOMIC) zone.nrFreeHighatomic += delta;
}

/** refresh_cpu_vm_stats for one zone: what the CPU kept becomes visible. */
export function foldCounters(zone: Zone, pcp: Pcp): void {
  zone.freePages += pcp.diffFree;
  zone.freeCma += pcp.diffCma;
  pcp.diffFree = 0;
  pcp.diffCma = 0;
}

/** Stores a pageblock's type; with grouping by mobility off, U, M and R all become UNMOVABLE. */
export function setPageblockType(machine: Machine, zone: Zone, pfn: number, type: number): void {
  const collapses = machine.settings.mobilityDisabled && type <= Migratetype.RECLAIMABLE;
  zone.setTypeAt(pfn, collapses ? Migratetype.UNMOVABLE : type);
}

/** Stores the type of every pageblock that a block of at least that size covers. */
export function setBlockTypes(machine: Machine, zone: Zone, pfn: number, order: number, type: number): void {
  const { pageblockPages } = machine.geometry;
  for (let each = pfn; each < pfn + 2 ** order; each += pageblockPages) {
    setPageblockType(machine, zone, each, type);
  }
}
