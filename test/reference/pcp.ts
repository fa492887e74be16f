// Knows: the per-CPU page lists of a zone: what fills them, what empties them, and how their limit adapts.
// Must not know: watermarks except the one test that ends BELOW_HIGH; the allocation path.
// Kernel: order_to_pindex, nr_pcp_alloc, nr_pcp_high, nr_pcp_free, free_unref_page_commit, free_pcppages_bulk,
//   rmqueue_bulk, rmqueue_pcplist, drain_pages_zone, decay_pcp_high; 6.12 and 6.1.

import { AllocFlag, ListTypeRule, Migratetype, PcpFlag, PcpRule } from "../../assembly/abi/vocabulary.js";
import { freeBlock } from "./buddy.js";
import { clamp, type Geometry, type Machine } from "./machine.js";
import { PfnList } from "./pfn-list.js";
import { type Search, StartAt, takeAny } from "./rmqueue.js";
import type { ReferencePcpState } from "./types.js";
import { watermarkOk } from "./watermark.js";
import { addFreeCma, addFreePages, type Zone } from "./zone.js";

const TYPES_ON_LISTS = 3;

export class Pcp {
  readonly cpu: number;
  count: number;
  high: number;
  highMin: number;
  highMax: number;
  batch: number;
  flags: number;
  allocFactor: number;
  freeCount: number;
  freeFactor: number;
  readonly statThreshold: number;
  diffFree: number;
  diffCma: number;
  readonly lists: PfnList[];
  /** 6.1: the type that each page on the lists carries. */
  readonly cachedTypes = new Map<number, number>();

  constructor(state: ReferencePcpState, geometry: Geometry) {
    this.cpu = state.cpu;
    this.count = state.count;
    this.high = state.high;
    this.highMin = state.highMin ?? 0;
    this.highMax = state.highMax ?? 0;
    this.batch = state.batch;
    this.flags = state.flags ?? 0;
    this.allocFactor = state.allocFactor ?? 0;
    this.freeCount = state.freeCount ?? 0;
    this.freeFactor = state.freeFactor ?? 0;
    this.statThreshold = state.statThreshold;
    this.diffFree = state.diffFree;
    this.diffCma = state.diffCma;
    this.lists = Array.from({ length: geometry.pcpLists }, () => new PfnList());
  }
}

export function servesOrder(geometry: Geometry, order: number): boolean {
  return order <= geometry.costlyOrder || order === geometry.thpOrder;
}

export function listIndex(geometry: Geometry, order: number, type: number): number {
  const lowLists = (geometry.costlyOrder + 1) * TYPES_ON_LISTS;
  if (order <= geometry.costlyOrder) return order * TYPES_ON_LISTS + type;
  return type === Migratetype.MOVABLE ? lowLists + 1 : lowLists;
}

export function orderOfList(geometry: Geometry, index: number): number {
  const lowLists = (geometry.costlyOrder + 1) * TYPES_ON_LISTS;
  return index < lowLists ? Math.floor(index / TYPES_ON_LISTS) : geometry.thpOrder;
}

// ---- allocation --------------------------------------------------------------------------------------------

/** How many blocks a refill asks for, in 6.12 with the adaptation that goes with asking. */
function refillSize(machine: Machine, zone: Zone, pcp: Pcp, order: number): number {
  let pages = pcp.batch;
  if (machine.rules.pcp === PcpRule.AUTO_TUNED) {
    pcp.high = clamp(pcp.high, pcp.highMin, pcp.highMax);
    let high = pcp.high;
    if (high < pcp.batch) return 1;
    if (order === 0) pages = pcp.batch * 2 ** pcp.allocFactor;
    if (pcp.highMin !== pcp.highMax && !zone.belowHigh) {
      high = Math.min(high + pages, pcp.highMax);
      pcp.high = high;
    }
    if (order === 0) {
      const most = Math.max(high - pcp.count - pcp.batch, pcp.batch);
      if (pages <= most && pcp.allocFactor < machine.geometry.batchScaleMax) pcp.allocFactor += 1;
      pages = Math.min(pages, most);
    }
  }
  return pages > 1 ? Math.max(Math.floor(pages / 2 ** order), 2) : pages;
}

function refill(machine: Machine, zone: Zone, pcp: Pcp, order: number, type: number, flags: number): void {
  const wanted = refillSize(machine, zone, pcp, order);
  const list = pcp.lists[listIndex(machine.geometry, order, type)]!;
  const fixedHigh = machine.rules.pcp === PcpRule.FIXED_HIGH;
  const search: Search = { startAt: StartAt.OWN_TYPE };
  let obtained = 0;
  while (obtained < wanted) {
    const taken = takeAny(machine, zone, order, type, flags, search);
    if (taken === undefined) break;
    list.pushTail(taken.pfn);
    obtained += 1;
    if (fixedHigh) {
      pcp.cachedTypes.set(taken.pfn, taken.type);
      if (taken.type === Migratetype.CMA) addFreeCma(machine, zone, -(2 ** order));
    }
  }
  if (fixedHigh) addFreePages(machine, zone, -obtained * 2 ** order);
  pcp.count += obtained * 2 ** order;
}

/** The head of a list, refilled if it is empty. Does not touch the signs of recent freeing. */
export function takeFromPcp(
  machine: Machine,
  zone: Zone,
  order: number,
  type: number,
  flags: number,
): number | undefined {
  const pcp = zone.pcpOf(machine.cpu);
  const list = pcp.lists[listIndex(machine.geometry, order, type)]!;
  if (list.isEmpty) refill(machine, zone, pcp, order, type, flags);
  if (list.isEmpty) return undefined;
  const pfn = list.takeHead();
  pcp.cachedTypes.delete(pfn);
  pcp.count -= 2 ** order;
  return pfn;
}

/** An ordinary allocation: it halves what the CPU remembers of recent freeing. */
export function allocateFromPcp(
  machine: Machine,
  zone: Zone,
  order: number,
  type: number,
  flags: number,
): number | undefined {
  const pcp = zone.pcpOf(machine.cpu);
  if (machine.rules.pcp === PcpRule.AUTO_TUNED) pcp.freeCount >>= 1;
  else pcp.freeFactor >>= 1;
  return takeFromPcp(machine, zone, order, type, flags);
}

// ---- freeing -----------------------------------------------------------------------------------------------

/**
 * Returns pages to the buddy lists: the given list first, from its tail until it is empty, then the next ones
 * round and round. Blocks larger than a page may take the count below what was asked.
 */
export function drainPages(machine: Machine, zone: Zone, pcp: Pcp, pages: number, index: number): void {
  let left = Math.min(pages, pcp.count);
  let current = index;
  while (left > 0) {
    const list = pcp.lists[current]!;
    const order = orderOfList(machine.geometry, current);
    while (left > 0 && !list.isEmpty) {
      const pfn = list.takeTail();
      left -= 2 ** order;
      pcp.count -= 2 ** order;
      freeBlock(machine, zone, pfn, order, typeWhenDrained(machine, zone, pcp, pfn));
    }
    current = (current + 1) % pcp.lists.length;
  }
}

/** 6.12 reads the pageblock; 6.1 believes the page, unless some pageblock of the zone is isolated right now. */
function typeWhenDrained(machine: Machine, zone: Zone, pcp: Pcp, pfn: number): number {
  if (machine.rules.listType === ListTypeRule.PAGEBLOCK) return zone.typeAt(pfn);
  const cached = pcp.cachedTypes.get(pfn);
  pcp.cachedTypes.delete(pfn);
  if (cached === undefined || zone.nrIsolatePageblock > 0) return zone.typeAt(pfn);
  return cached;
}

/** Frees a block onto a list of this CPU, and returns pages to the buddy when the limit is reached. */
export function releaseToPcp(machine: Machine, zone: Zone, pfn: number, order: number, type: number): void {
  const pcp = zone.pcpOf(machine.cpu);
  const listType = type > Migratetype.RECLAIMABLE ? Migratetype.MOVABLE : type;
  const index = listIndex(machine.geometry, order, listType);
  if (machine.rules.pcp === PcpRule.AUTO_TUNED) pcp.allocFactor >>= 1;
  else pcp.cachedTypes.set(pfn, type);
  pcp.lists[index]!.pushHead(pfn);
  pcp.count += 2 ** order;
  if (machine.rules.pcp === PcpRule.AUTO_TUNED) commitAutoTuned(machine, zone, pcp, order, index);
  else commitFixedHigh(machine, zone, pcp, order, index);
}

function commitFixedHigh(machine: Machine, zone: Zone, pcp: Pcp, order: number, index: number): void {
  const freeAll = pcp.freeFactor > 0 && order > 0 && order <= machine.geometry.costlyOrder;
  let high = pcp.high;
  if (freeAll) high = 0;
  else if (zone.reclaimActive) high = Math.min(pcp.batch * 4, high);
  if (pcp.count < high) return;
  let pages = pcp.count;
  if (!freeAll && high < pcp.batch) pages = 1;
  else if (!freeAll) {
    const most = high - pcp.batch;
    const scaled = pcp.batch * 2 ** pcp.freeFactor;
    if (scaled < most && pcp.freeFactor < machine.geometry.batchScaleMax) pcp.freeFactor += 1;
    pages = clamp(scaled, pcp.batch, most);
  }
  drainPages(machine, zone, pcp, pages, index);
}

function commitAutoTuned(machine: Machine, zone: Zone, pcp: Pcp, order: number, index: number): void {
  const scaledBatch = pcp.batch * 2 ** machine.geometry.batchScaleMax;
  const freeHighOrder = noteOrder(machine, pcp, order);
  if (pcp.freeCount < scaledBatch) pcp.freeCount += 2 ** order;
  const high = adaptHigh(zone, pcp, scaledBatch, freeHighOrder);
  if (pcp.count < high) return;
  let pages: number;
  if (freeHighOrder) pages = Math.min(pcp.count, scaledBatch);
  else if (high < pcp.batch) pages = 1;
  else pages = clamp(pcp.freeCount, pcp.batch, high - pcp.batch);
  drainPages(machine, zone, pcp, pages, index);
  if (zone.belowHigh && aboveHighMark(machine, zone)) zone.belowHigh = false;
}

/** Repeated frees of order 1 to 3 are passed on to the buddy. Reads and updates the sign of the previous one. */
function noteOrder(machine: Machine, pcp: Pcp, order: number): boolean {
  const previous = (pcp.flags & PcpFlag.PREV_FREE_HIGH_ORDER) !== 0;
  if (order === 0 || order > machine.geometry.costlyOrder) {
    pcp.flags &= ~PcpFlag.PREV_FREE_HIGH_ORDER;
    return false;
  }
  pcp.flags |= PcpFlag.PREV_FREE_HIGH_ORDER;
  const enoughPages = (pcp.flags & PcpFlag.FREE_HIGH_BATCH) === 0 || pcp.count >= pcp.batch;
  return pcp.freeCount >= pcp.batch && previous && enoughPages;
}

/** Adapts the stored limit, and returns the one that counts for this free. */
function adaptHigh(zone: Zone, pcp: Pcp, scaledBatch: number, freeHighOrder: boolean): number {
  pcp.high = clamp(pcp.high, pcp.highMin, pcp.highMax);
  const high = pcp.high;
  if (high === 0) return 0;
  if (freeHighOrder) {
    pcp.high = Math.max(high - scaledBatch, pcp.highMin);
    return 0;
  }
  const lowered = Math.max(high - Math.max(pcp.freeCount, pcp.batch), pcp.highMin);
  if (zone.reclaimActive) {
    pcp.high = lowered;
    return Math.min(pcp.batch * 4, pcp.high);
  }
  if (pcp.highMin === pcp.highMax) return high;
  if (zone.belowHigh) {
    pcp.high = lowered;
    return Math.max(pcp.count, pcp.highMin);
  }
  const needed = pcp.freeCount + pcp.batch;
  if (pcp.count >= high && high < needed) pcp.high = clamp(needed, pcp.highMin, pcp.highMax);
  return high;
}

function aboveHighMark(machine: Machine, zone: Zone): boolean {
  const mark = zone.watermark.high + zone.boost;
  return watermarkOk(machine, zone, 0, mark, machine.geometry.movableZone, AllocFlag.WMARK_MIN);
}

// ---- draining ----------------------------------------------------------------------------------------------

/** Empties one CPU's lists of a zone, in chunks that each start at the first list. */
export function drainAllOf(machine: Machine, zone: Zone, pcp: Pcp): void {
  const chunk = pcp.batch * 2 ** machine.geometry.batchScaleMax;
  while (pcp.count > 0) {
    const before = pcp.count;
    const asked = Math.min(before, chunk);
    drainPages(machine, zone, pcp, asked, 0);
    if (before === asked) return;
  }
}

/** The periodic worker: the limit sinks by an eighth towards its minimum, and what exceeds it is drained. */
export function decay(machine: Machine, zone: Zone, pcp: Pcp): void {
  if (machine.rules.pcp !== PcpRule.AUTO_TUNED) return;
  const scaledBatch = pcp.batch * 2 ** machine.geometry.batchScaleMax;
  if (pcp.high > pcp.highMin) {
    pcp.high = Math.max(pcp.count - scaledBatch, pcp.high - (pcp.high >> 3), pcp.highMin);
  }
  for (let left = pcp.count - pcp.high; left > 0; left -= pcp.batch) {
    drainPages(machine, zone, pcp, Math.min(left, pcp.batch), 0);
  }
}
