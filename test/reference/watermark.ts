// Knows: whether a zone has enough free pages for a request, and how a fallback raises the marks.
// Must not know: which block would be taken.
// Kernel: __zone_watermark_unusable_free, __zone_watermark_ok, zone_watermark_fast, boost_watermark; 6.12 and 6.1.

import { AllocFlag, Gfp, Migratetype, ReserveRule } from "../../assembly/abi/vocabulary.js";
import type { Machine } from "./machine.js";
import type { Zone } from "./zone.js";

/** ALLOC_WMARK_MASK: the kernel's value (two bits); NO_WATERMARKS is not part of it. */
const MARK_BITS = 0x3;

export function markOf(zone: Zone, flags: number): number {
  const mark = flags & MARK_BITS;
  if (mark === AllocFlag.WMARK_HIGH) return zone.watermark.high + zone.boost;
  if (mark === AllocFlag.WMARK_LOW) return zone.watermark.low + zone.boost;
  return zone.watermark.min + zone.boost;
}

/** Free pages that this request cannot have. */
function unusablePages(machine: Machine, zone: Zone, order: number, flags: number): number {
  let pages = 2 ** order - 1;
  if ((flags & AllocFlag.RESERVES) === 0) {
    const wholeReserve = machine.rules.reserve === ReserveRule.WHOLE_RESERVE;
    pages += wholeReserve ? zone.nrReservedHighatomic : zone.nrFreeHighatomic;
  }
  if ((flags & AllocFlag.CMA) === 0) pages += zone.visibleCma;
  return pages;
}

/** The mark as this request sees it: reserves lower it in steps, each rounded the kernel's way. */
function loweredMark(mark: number, flags: number): number {
  let min = mark;
  if (flags & AllocFlag.MIN_RESERVE) {
    min -= Math.trunc(min / 2);
    if (flags & AllocFlag.NON_BLOCK) min -= Math.trunc(min / 4);
  }
  if (flags & AllocFlag.OOM) min -= Math.trunc(min / 2);
  return min;
}

/** Is there a free block of at least the order on any list that the check counts? */
function hasBlock(zone: Zone, order: number, flags: number): boolean {
  const types = [Migratetype.UNMOVABLE, Migratetype.MOVABLE, Migratetype.RECLAIMABLE];
  if (flags & AllocFlag.CMA) types.push(Migratetype.CMA);
  if (flags & (AllocFlag.HIGHATOMIC | AllocFlag.OOM)) types.push(Migratetype.HIGHATOMIC);
  return zone.lists.slice(order).some((lists) => types.some((type) => !lists[type]!.isEmpty));
}

/** The full check against one mark. Sees zone-global counters only, which lag behind the truth. */
export function watermarkOk(
  machine: Machine,
  zone: Zone,
  order: number,
  mark: number,
  highestZone: number,
  flags: number,
): boolean {
  const usable = zone.visibleFree - unusablePages(machine, zone, order, flags);
  const needed = loweredMark(mark, flags) + (zone.lowmemReserve[highestZone] ?? 0);
  if (usable <= needed) return false;
  return order === 0 || hasBlock(zone, order, flags);
}

/** The check of the allocation path: a shortcut for order 0, and a second chance that ignores the boost. */
export function watermarkFast(
  machine: Machine,
  zone: Zone,
  order: number,
  mark: number,
  highestZone: number,
  flags: number,
  gfp: number,
): boolean {
  if (order === 0) {
    const usable = zone.visibleFree - unusablePages(machine, zone, 0, flags);
    if (Math.max(usable, 0) > mark + (zone.lowmemReserve[highestZone] ?? 0)) return true;
  }
  if (watermarkOk(machine, zone, order, mark, highestZone, flags)) return true;
  const byGfp = machine.rules.reserve === ReserveRule.WHOLE_RESERVE;
  const mayIgnoreBoost = byGfp ? (gfp & Gfp.ATOMIC) !== 0 : (flags & AllocFlag.MIN_RESERVE) !== 0;
  const atMinMark = (flags & MARK_BITS) === AllocFlag.WMARK_MIN;
  if (order !== 0 || !mayIgnoreBoost || zone.boost === 0 || !atMinMark) return false;
  return watermarkOk(machine, zone, order, zone.watermark.min, highestZone, flags);
}

/** A fallback into a foreign pageblock raises the marks by a pageblock, up to a share of the high mark. */
export function boostWatermark(machine: Machine, zone: Zone, flags: number): void {
  const { pageblockPages } = machine.geometry;
  const factor = machine.settings.watermarkBoostFactor;
  if (factor === 0 || pageblockPages * 4 > zone.managed) return;
  const limit = Math.floor((zone.watermark.high * factor) / 10000);
  if (limit === 0) return;
  zone.boost = Math.min(zone.boost + pageblockPages, Math.max(pageblockPages, limit));
  if (flags & AllocFlag.KSWAPD) zone.boosted = true;
}
