// Knows: whether a zone has enough free pages for a request. Must not know: lists' contents beyond emptiness.
// Models __zone_watermark_ok, zone_watermark_fast, wmark_pages (mm/page_alloc.c, Linux 6.12.117 and 6.1.192).

import { EventKind } from "../abi/events";
import { FRAME_SHIFT } from "../abi/layout";
import { AllocFlag, Gfp, Migratetype, ZoneFlag } from "../abi/vocabulary";
import { ConfigWord, ZoneWord } from "../abi/words";
import { MAX_ORDER } from "../frames/pageblock";
import { clearFlag, freeCma, freePages, hasFlag, setFlag, zoneAt } from "../frames/zone";
import { isEmpty } from "../memory/list";
import { config } from "../memory/regions";
import { record } from "../record/events";
import { ATOMIC_IGNORES_BOOST, AUTO_TUNES_PCP, KEEPS_WHOLE_RESERVE } from "../rules";
import { freeHead, nrFree, ORDER_STEP } from "./freelist";

/** Written by bindWatermark only. */
let MOVABLE_ZONE: i32 = 0;
/** Byte offsets in a zone's record: of the reserve that is not usable, of the mark that is tested first. */
let RESERVED_WORD: usize = 0;
let FIRST_MARK: usize = 0;

export function bindWatermark(): void {
  MOVABLE_ZONE = config(ConfigWord.MOVABLE_ZONE);
  RESERVED_WORD = (KEEPS_WHOLE_RESERVE ? ZoneWord.NR_RESERVED_HIGHATOMIC : ZoneWord.NR_FREE_HIGHATOMIC) << 2;
  FIRST_MARK = (AUTO_TUNES_PCP ? ZoneWord.WMARK_HIGH : ZoneWord.WMARK_LOW) << 2;
}

/** wmark_pages(): the mark of this index (0 MIN, 1 LOW, 2 HIGH) including the boost. */
export function markOf(zone: i32, index: i32): i32 {
  const at = zoneAt(zone);
  return (
    load<i32>(at + ((<usize>(ZoneWord.WMARK_MIN + index)) << 2)) +
    load<i32>(at, ZoneWord.WATERMARK_BOOST << 2)
  );
}

function lowmemReserve(zone: i32, highestZone: i32): i32 {
  return load<i32>(zoneAt(zone) + ((<usize>(ZoneWord.LOWMEM_RESERVE + highestZone)) << 2));
}

/** Pages that only requests with a right to the HIGHATOMIC reserve may use. */
function reservedPages(zone: i32): i32 {
  return load<i32>(zoneAt(zone) + RESERVED_WORD);
}

/** Free pages that this request cannot use: the reserve without a right to it, CMA without ALLOC_CMA, all but one frame of its block. */
function unusable(zone: i32, order: i32, allocFlags: i32): i32 {
  let pages = (1 << order) - 1;
  if (!(allocFlags & AllocFlag.RESERVES)) pages += reservedPages(zone);
  if (!(allocFlags & AllocFlag.CMA)) pages += freeCma(zone);
  return pages;
}

/** The part of the mark that a request with access to reserves must leave. */
function reducedMark(mark: i32, allocFlags: i32): i32 {
  let least = mark;
  if (allocFlags & AllocFlag.MIN_RESERVE) {
    least -= least / 2;
    if (allocFlags & AllocFlag.NON_BLOCK) least -= least / 4;
  }
  if (allocFlags & AllocFlag.OOM) least -= least / 2;
  return least;
}

/** A free block of at least this order on any list that the watermark check counts; the request may still fail. */
export function hasBlock(zone: i32, order: i32, allocFlags: i32): bool {
  let head = inline.always(freeHead(zone, order, 0)) - ORDER_STEP;
  for (let o = order; o <= MAX_ORDER; o++) {
    head += ORDER_STEP;
    if (nrFree(zone, o) == 0) continue;
    for (let type = 0; type <= Migratetype.RECLAIMABLE; type++) {
      if (!isEmpty(head + ((<u32>type) << FRAME_SHIFT))) return true;
    }
    if ((allocFlags & AllocFlag.CMA) != 0 && !isEmpty(head + (Migratetype.CMA << FRAME_SHIFT))) return true;
    if (
      (allocFlags & (AllocFlag.HIGHATOMIC | AllocFlag.OOM)) != 0 &&
      !isEmpty(head + (Migratetype.HIGHATOMIC << FRAME_SHIFT))
    ) {
      return true;
    }
  }
  return false;
}

/** Only the page count of __zone_watermark_ok(). */
export function hasPages(zone: i32, order: i32, mark: i32, highestZone: i32, allocFlags: i32): bool {
  const usable = freePages(zone) - unusable(zone, order, allocFlags);
  return usable > reducedMark(mark, allocFlags) + lowmemReserve(zone, highestZone);
}

/** isMet() with so many more free pages. */
export function wouldMeet(
  zone: i32,
  order: i32,
  mark: i32,
  highestZone: i32,
  allocFlags: i32,
  more: i32,
): bool {
  const usable = freePages(zone) + more - unusable(zone, order, allocFlags);
  if (usable <= reducedMark(mark, allocFlags) + lowmemReserve(zone, highestZone)) return false;
  return order == 0 || hasBlock(zone, order, allocFlags);
}

export function isMet(zone: i32, order: i32, mark: i32, highestZone: i32, allocFlags: i32): bool {
  if (!hasPages(zone, order, mark, highestZone, allocFlags)) return false;
  return order == 0 || hasBlock(zone, order, allocFlags);
}

/** Who may ignore a boost at the min mark: __GFP_HIGH in 6.12, __GFP_ATOMIC in 6.1; order 0 only. */
function ignoresBoost(zone: i32, order: i32, allocFlags: i32, gfp: i32): bool {
  if (order != 0 || (allocFlags & AllocFlag.WMARK_MASK) != AllocFlag.WMARK_MIN) return false;
  if (load<i32>(zoneAt(zone), ZoneWord.WATERMARK_BOOST << 2) == 0) return false;
  return ATOMIC_IGNORES_BOOST ? (gfp & Gfp.ATOMIC) != 0 : (allocFlags & AllocFlag.MIN_RESERVE) != 0;
}

/**
 * Are there pages enough for the mark that a plain request is tested against first (high in 6.12, low in 6.1)? Says
 * what isMetFast() would; there min() and freePages() keep sums from getting negative, which no mark ever is.
 */
export function isPlenty(zone: i32, order: i32, highestZone: i32, mayUseCma: bool): bool {
  const at = zoneAt(zone);
  const free =
    load<i32>(at, ZoneWord.FREE_PAGES << 2) - reservedPages(zone) - (mayUseCma ? 0 : freeCma(zone));
  const mark = load<i32>(at + FIRST_MARK) + load<i32>(at, ZoneWord.WATERMARK_BOOST << 2);
  return free - ((1 << order) - 1) > mark + lowmemReserve(zone, highestZone);
}

/** zone_watermark_fast(): for order 0 a shortcut that ignores the reduced marks, which are never stricter. */
export function isMetFast(
  zone: i32,
  order: i32,
  mark: i32,
  highestZone: i32,
  allocFlags: i32,
  gfp: i32,
): bool {
  if (order == 0) {
    const free = freePages(zone);
    const usable = free - min(free, unusable(zone, 0, allocFlags));
    if (usable > mark + lowmemReserve(zone, highestZone)) return true;
  }
  if (isMet(zone, order, mark, highestZone, allocFlags)) return true;
  if (!ignoresBoost(zone, order, allocFlags, gfp)) return false;
  return isMet(zone, order, load<i32>(zoneAt(zone), ZoneWord.WMARK_MIN << 2), highestZone, allocFlags);
}

/** The test against the high mark that keeps ZONE_BELOW_HIGH (6.12); true when the zone may be used at once. */
export function isAboveHigh(zone: i32, order: i32, highestZone: i32, allocFlags: i32, gfp: i32): bool {
  if (hasFlag(zone, ZoneFlag.BELOW_HIGH)) return false;
  if (inline.always(isMetFast(zone, order, markOf(zone, AllocFlag.WMARK_HIGH), highestZone, allocFlags, gfp)))
    return true;
  setFlag(zone, ZoneFlag.BELOW_HIGH);
  record(EventKind.BELOW_HIGH, zone, 1, 0, 0, 0);
  return false;
}

/** After a bulk free: the zone is above its high mark again (order 0, no CMA pages, index of ZONE_MOVABLE). */
export function clearBelowHighIfMet(zone: i32): void {
  if (!hasFlag(zone, ZoneFlag.BELOW_HIGH)) return;
  if (!isMet(zone, 0, markOf(zone, AllocFlag.WMARK_HIGH), MOVABLE_ZONE, 0)) return;
  clearFlag(zone, ZoneFlag.BELOW_HIGH);
  record(EventKind.BELOW_HIGH, zone, 0, 0, 0, 0);
}
