// Knows: the path of one allocation: gfp to flags, zonelist, watermarks, per-CPU list or buddy, slow attempts.
// Must not know: slots, commands, reclaim (a request that would enter it says so).
// Models __alloc_pages, get_page_from_freelist, rmqueue, gfp_to_alloc_flags, alloc_flags_nofragment
// (mm/page_alloc.c, Linux 6.12.117 and 6.1.192), one node.
// A request stops where the kernel would enter direct reclaim or compaction; movement/pressure goes on from there.
// DEVIATION: task context (PF_MEMALLOC, cpusets, dirty limits, OOM victims) is not known and not modelled.

import { refusalWord } from "../abi/command_word";
import { EventKind } from "../abi/events";
import { pack } from "../abi/frame_word";
import { CmaUse, PolicyWord, ThpCma } from "../abi/proposals";
import {
  AllocFlag,
  FrameKind,
  Gfp,
  Migratetype,
  PageFlag,
  Refusal,
  Status,
  ZoneFlag,
} from "../abi/vocabulary";
import { ConfigWord, LevelWord, StatWord } from "../abi/words";
import { setWord } from "../frames/frame";
import { MAX_ORDER } from "../frames/pageblock";
import { clearFlag, hasFlag, isPopulated } from "../frames/zone";
import { NONE } from "../memory/list";
import { policy } from "../memory/policies";
import { CONFIG, config, FREE_HEADS } from "../memory/regions";
import { addLevel, count, level } from "../memory/stats";
import { isMissed, isQuarantined, mayUseCma, mixesLists } from "../policy/cma_use";
import { record } from "../record/events";
import { ANYONE_WAKES_KSWAPD, ATOMIC_IGNORES_BOOST, AUTO_TUNES_PCP, PCP_NEEDS_CMA } from "../rules";
import { firstFree } from "./freelist";
import { reserveHighatomic } from "./highatomic";
import { accountTaken, firstListed, noteAllocation, takeFirstListed, takeFromPcp } from "./pcp";
import { COSTLY_ORDER, HAS_CMA_LISTS, hasCmaList, isPcpOrder, pindexOf, THP_ORDER } from "./pcp_lists";
import { isOwnFirst, resetMode, takeBlockOf } from "./rmqueue";
import { smallestOrder, takeBlock, takeExact, takeHalves, takeSmallest } from "./smallest";
import { hasBlock, hasPages, isAboveHigh, isMetFast, isPlenty, markOf } from "./watermark";

/** Written by bindAllocate only. */
let NORMAL_ZONE: i32 = 0;
let HAS_DMA32: bool = false;
/** The policy of CMA pages; PLAIN: every movable request may use them, and finds them on the movable lists. */
let CMA_USE: i32 = 0;
let QUARANTINE: i32 = 0;
let QUARANTINE_MISS: i32 = 0;
let THP_CMA: i32 = 0;
let PLAIN_CMA: bool = false;
let MIXED_LISTS: bool = false;
/** The gfp bits that name a migratetype; none where mobility grouping is off, and all is UNMOVABLE. */
let TYPE_BITS: i32 = 0;

export function bindAllocate(): void {
  NORMAL_ZONE = config(ConfigWord.NORMAL_ZONE);
  HAS_DMA32 = config(ConfigWord.HAS_DMA32) != 0;
  CMA_USE = policy(PolicyWord.CMA_USE);
  QUARANTINE = policy(PolicyWord.QUARANTINE);
  QUARANTINE_MISS = policy(PolicyWord.QUARANTINE_MISS);
  THP_CMA = policy(PolicyWord.THP_CMA);
  MIXED_LISTS = mixesLists(CMA_USE, QUARANTINE, THP_CMA);
  PLAIN_CMA =
    CMA_USE != CmaUse.GFP_CMA &&
    CMA_USE != CmaUse.STRICT &&
    QUARANTINE == 0 &&
    THP_CMA == ThpCma.MAY &&
    !HAS_CMA_LISTS;
  TYPE_BITS = config(ConfigWord.MOBILITY_DISABLED) ? 0 : Gfp.MOVABLE | Gfp.RECLAIMABLE;
}

/** gfp_migratetype(); MOVABLE and RECLAIMABLE together are refused by the caller. */
export function typeOfGfp(gfp: i32): i32 {
  return (gfp & TYPE_BITS) >> 3;
}

/** gfp_zone(): the highest zone index that the request may use. */
export function highestZoneOf(gfp: i32): i32 {
  const bits = gfp & (Gfp.DMA | Gfp.HIGHMEM | Gfp.DMA32 | Gfp.MOVABLE);
  return load<i32>((<usize>bits) << 2, CONFIG + (ConfigWord.GFP_ZONE << 2));
}

/** The first zone of the zonelist: -1 when no zone from the highest down has memory. */
function preferredZone(highestZone: i32): i32 {
  for (let zone = highestZone; zone >= 0; zone--) {
    if (isPopulated(zone)) return zone;
  }
  return -1;
}

export function fastFlags(gfp: i32, order: i32, preferred: i32, type: i32): i32 {
  let flags = AllocFlag.WMARK_LOW | (gfp & Gfp.KSWAPD_RECLAIM);
  if (HAS_DMA32 && preferred == NORMAL_ZONE) flags |= AllocFlag.NOFRAGMENT;
  return flags | cmaFlag(gfp, order, type);
}

/** gfp_to_alloc_flags_cma() */
function cmaFlag(gfp: i32, order: i32, type: i32): i32 {
  if (type != Migratetype.MOVABLE) return 0;
  return PLAIN_CMA || mayUse(gfp, order) ? <i32>AllocFlag.CMA : 0;
}

function mayUse(gfp: i32, order: i32): bool {
  const thp = order != 0 && order == THP_ORDER ? THP_CMA : 0;
  const missed = QUARANTINE_MISS != 0 && isMissed(level(LevelWord.QUARANTINE_NTH), QUARANTINE_MISS);
  return mayUseCma(CMA_USE, QUARANTINE, missed, thp, gfp);
}

/** gfp_to_alloc_flags(): the min mark, with the reserves that __GFP_HIGH and non-blocking requests may use. */
export function slowFlags(gfp: i32, order: i32, type: i32): i32 {
  let flags = AllocFlag.WMARK_MIN | AllocFlag.CPUSET | (gfp & Gfp.KSWAPD_RECLAIM);
  if (gfp & Gfp.HIGH) flags |= AllocFlag.MIN_RESERVE;
  if (!(gfp & Gfp.DIRECT_RECLAIM) && !(gfp & Gfp.NOMEMALLOC)) {
    flags |= AllocFlag.NON_BLOCK;
    if (order > 0 && (gfp & Gfp.HIGH) != 0) flags |= AllocFlag.HIGHATOMIC;
  }
  return flags | cmaFlag(gfp, order, type);
}

/** rmqueue_buddy() in full: the HIGHATOMIC reserve before or after the request's own sequence of lists. */
function takeFromLists(cpu: i32, zone: i32, order: i32, type: i32, allocFlags: i32): u32 {
  let link: u32 = NONE;
  if (allocFlags & AllocFlag.HIGHATOMIC) link = takeSmallest(cpu, zone, order, Migratetype.HIGHATOMIC);
  if (link == NONE) {
    resetMode();
    link = takeBlockOf(cpu, zone, order, type, allocFlags);
  }
  if (link == NONE && (allocFlags & (AllocFlag.OOM | AllocFlag.NON_BLOCK)) != 0) {
    link = takeSmallest(cpu, zone, order, Migratetype.HIGHATOMIC);
  }
  if (link != NONE) accountTaken(cpu, zone, link, order);
  return link;
}

/** rmqueue_buddy(): straight from the free lists. */
export function takeFromBuddy(cpu: i32, zone: i32, order: i32, type: i32, allocFlags: i32): u32 {
  const isPlain = order != MAX_ORDER && (allocFlags & AllocFlag.HIGHATOMIC) == 0;
  if (!isPlain || !inline.always(isOwnFirst(zone, allocFlags))) {
    return takeFromLists(cpu, zone, order, type, allocFlags);
  }
  const link = inline.always(takeExact(cpu, zone, order, type));
  return link == NONE ? takeLarger(cpu, zone, order, type, allocFlags) : link;
}

function takeLargest(cpu: i32, zone: i32, order: i32, type: i32): u32 {
  const link = firstFree(zone, MAX_ORDER, type);
  takeBlock(cpu, zone, link, order, MAX_ORDER, type);
  accountTaken(cpu, zone, link, order);
  return link;
}

function takeLarger(cpu: i32, zone: i32, order: i32, type: i32, allocFlags: i32): u32 {
  const current = inline.always(smallestOrder(zone, order, type));
  if (current < 0) return takeFromLists(cpu, zone, order, type, allocFlags);
  if (current == MAX_ORDER) return takeLargest(cpu, zone, order, type);
  return inline.always(takeHalves(cpu, zone, order, current, type));
}

/** A set BOOSTED flag makes the next allocation wake kswapd; in 6.12 only one that may wake it. */
function wakeIfBoosted(zone: i32, order: i32, allocFlags: i32): void {
  if (!hasFlag(zone, ZoneFlag.BOOSTED)) return;
  if (!ANYONE_WAKES_KSWAPD && !(allocFlags & AllocFlag.KSWAPD)) return;
  clearFlag(zone, ZoneFlag.BOOSTED);
  record(EventKind.WAKE_KSWAPD, zone, order, 0, 0, 0);
}

/** The request's per-CPU lists: those of Android's CMA pages before its own. */
function takeListed(cpu: i32, zone: i32, order: i32, type: i32, allocFlags: i32): u32 {
  if (!HAS_CMA_LISTS) return inline.always(takeFromPcp(cpu, zone, order, type, allocFlags));
  if ((allocFlags & AllocFlag.CMA) != 0 && hasCmaList(order)) {
    const link = takeFromPcp(cpu, zone, order, Migratetype.CMA, 0);
    if (link != NONE) return link;
  }
  return takeFromPcp(cpu, zone, order, type, allocFlags & ~AllocFlag.CMA);
}

/** rmqueue_pcplist() */
function takeFromPcpLists(cpu: i32, zone: i32, order: i32, type: i32, allocFlags: i32): u32 {
  const withoutCma = type == Migratetype.MOVABLE && (allocFlags & AllocFlag.CMA) == 0;
  if ((PCP_NEEDS_CMA || MIXED_LISTS) && withoutCma) return NONE;
  noteAllocation(cpu, zone);
  return inline.always(takeListed(cpu, zone, order, type, allocFlags));
}

function rmqueue(cpu: i32, zone: i32, order: i32, type: i32, allocFlags: i32): u32 {
  let link: u32 = NONE;
  if (isPcpOrder(order)) link = inline.always(takeFromPcpLists(cpu, zone, order, type, allocFlags));
  if (link == NONE) link = takeFromBuddy(cpu, zone, order, type, allocFlags);
  wakeIfBoosted(zone, order, allocFlags);
  return link;
}

function mayTakeFrom(zone: i32, order: i32, highestZone: i32, allocFlags: i32, gfp: i32): bool {
  if (AUTO_TUNES_PCP && inline.always(isAboveHigh(zone, order, highestZone, allocFlags, gfp))) return true;
  const mark = markOf(zone, allocFlags & AllocFlag.WMARK_MASK);
  if (isMetFast(zone, order, mark, highestZone, allocFlags, gfp)) return true;
  return (allocFlags & AllocFlag.NO_WATERMARKS) != 0;
}

/**
 * get_page_from_freelist(): zones from high to low; NOFRAGMENT is dropped once all have failed with it.
 *
 * The whole ladder of tries, from the caller down; each goes on to the next where it finds nothing:
 *
 *   takeQuickly        the per-CPU list of the preferred zone, where nothing needs a look: to the same effect as below
 *   takeFromZones      with the flags of the fast path (mark LOW): for each zone that mayTakeFrom() ...
 *     rmqueue            per-CPU list (refilled from the buddy lists), else the buddy lists:
 *       takeFromBuddy      HIGHATOMIC reserve, CMA first where the balance says so, own type, CMA, fallback (buddy/rmqueue)
 *   takeSlowly         takeFromZones with mark MIN and the reserves that gfp opens; with MEMALLOC without any mark
 *   movement/pressure  direct reclaim and compaction, takeFromZones after each
 */
export function takeFromZones(cpu: i32, order: i32, gfp: i32, type: i32, highestZone: i32, flags: i32): u32 {
  let allocFlags = flags;
  while (true) {
    for (let zone = highestZone; zone >= 0; zone--) {
      if (!isPopulated(zone) || !inline.always(mayTakeFrom(zone, order, highestZone, allocFlags, gfp)))
        continue;
      const link = inline.always(rmqueue(cpu, zone, order, type, allocFlags));
      if (link == NONE) continue;
      const compound = order > 0 && (gfp & Gfp.COMP) != 0 ? <u32>PageFlag.COMPOUND : 0;
      setWord(link, pack(FrameKind.ALLOCATED, order, zone) | compound);
      if (allocFlags & AllocFlag.HIGHATOMIC) reserveHighatomic(cpu, zone, link, order);
      return link;
    }
    if (!(allocFlags & AllocFlag.NOFRAGMENT)) return NONE;
    allocFlags &= ~AllocFlag.NOFRAGMENT;
  }
}

/** Costly or non-movable high-order requests that may do I/O enter direct compaction after one slow attempt. */
function compactsFirst(gfp: i32, order: i32, type: i32): bool {
  if (!(gfp & Gfp.DIRECT_RECLAIM) || !(gfp & Gfp.IO)) return false;
  if ((gfp & Gfp.MEMALLOC) != 0 && (gfp & Gfp.NOMEMALLOC) == 0) return false;
  return order > COSTLY_ORDER || (order > 0 && type != Migratetype.MOVABLE);
}

/** __alloc_pages_slowpath() up to the point where it would reclaim. */
function takeSlowly(cpu: i32, order: i32, gfp: i32, type: i32, highestZone: i32): u32 {
  count(StatWord.SLOW_PATHS);
  if (ATOMIC_IGNORES_BOOST && (gfp & Gfp.DIRECT_RECLAIM) != 0) gfp &= ~Gfp.ATOMIC;
  let flags = slowFlags(gfp, order, type);
  const link = takeFromZones(cpu, order, gfp, type, highestZone, flags);
  if (link != NONE || compactsFirst(gfp, order, type)) return link;
  if ((gfp & Gfp.MEMALLOC) != 0 && (gfp & Gfp.NOMEMALLOC) == 0) {
    flags = AllocFlag.NO_WATERMARKS | (flags & (AllocFlag.KSWAPD | AllocFlag.CMA));
  }
  return takeFromZones(cpu, order, gfp, type, highestZone, flags);
}

/**
 * The common case of takeFromZones(), to the same effect: a block that is on the per-CPU list, in the preferred
 * zone, which is above the mark that is tried first and has no flag to be looked after. Else the way in full.
 */
function takeQuickly(cpu: i32, order: i32, gfp: i32, slow: usize, zone: i32, highestZone: i32): u32 {
  if (hasFlag(zone, ZoneFlag.BOOSTED | ZoneFlag.BELOW_HIGH)) return allocateFully(cpu, order, gfp, slow);
  const type = typeOfGfp(gfp);
  const movable = type == Migratetype.MOVABLE;
  if (movable && !PLAIN_CMA) return allocateFully(cpu, order, gfp, slow);
  if (!inline.always(isPlenty(zone, order, highestZone, movable)))
    return allocateFully(cpu, order, gfp, slow);
  if (order != 0 && !hasBlock(zone, order, movable ? <i32>AllocFlag.CMA : 0))
    return allocateFully(cpu, order, gfp, slow);
  const pindex = inline.always(pindexOf(type, order));
  const link = inline.always(firstListed(cpu, zone, pindex));
  if (link >= FREE_HEADS) return allocateFully(cpu, order, gfp, slow);
  inline.always(takeFirstListed(cpu, zone, pindex, link, order));
  inline.always(noteAllocation(cpu, zone));
  setWord(link, pack(FrameKind.ALLOCATED, order, zone));
  count(StatWord.ALLOCATIONS);
  return link;
}

function takeFromPreferred(cpu: i32, order: i32, gfp: i32, slow: usize): u32 {
  const highestZone = highestZoneOf(gfp);
  for (let zone = highestZone; zone >= 0; zone--) {
    if (isPopulated(zone)) return inline.always(takeQuickly(cpu, order, gfp, slow, zone, highestZone));
  }
  return allocateFully(cpu, order, gfp, slow);
}

/** __alloc_pages(): the link of an ALLOCATED head, or NONE; `slow` gets 1 when the fast try failed. */
export function allocatePages(cpu: i32, order: i32, gfp: i32, slow: usize): u32 {
  store<i32>(slow, 0);
  if (order == 0) return inline.always(takeFromPreferred(cpu, 0, gfp, slow));
  return isPcpOrder(order) ? takeFromPreferred(cpu, order, gfp, slow) : allocateFully(cpu, order, gfp, slow);
}

function allocateFully(cpu: i32, order: i32, gfp: i32, slow: usize): u32 {
  if (QUARANTINE_MISS != 0 && isQuarantined(gfp)) addLevel(LevelWord.QUARANTINE_NTH, 1);
  const type = typeOfGfp(gfp);
  const highestZone = highestZoneOf(gfp);
  let link = takeFromZones(
    cpu,
    order,
    gfp,
    type,
    highestZone,
    fastFlags(gfp, order, preferredZone(highestZone), type),
  );
  if (link == NONE) {
    store<i32>(slow, 1);
    link = takeSlowly(cpu, order, gfp, type, highestZone);
  }
  count(link == NONE ? StatWord.ALLOCATION_FAILURES : StatWord.ALLOCATIONS);
  return link;
}

/** What a failed request means to its caller. */
export function failureStatus(gfp: i32): i32 {
  return gfp & Gfp.DIRECT_RECLAIM ? Status.WOULD_RECLAIM : Status.NO_PAGE;
}

/** Why the preferred zone refused, judged by the min mark of the slow path: Refusal | zone << 8. */
export function refusalOf(order: i32, gfp: i32): i32 {
  const highestZone = highestZoneOf(gfp);
  const zone = preferredZone(highestZone);
  if (zone < 0) return Refusal.NO_ZONE;
  const flags = slowFlags(gfp, order, typeOfGfp(gfp));
  const mark = markOf(zone, AllocFlag.WMARK_MIN);
  if (!hasPages(zone, order, mark, highestZone, flags)) return refusalWord(Refusal.WATERMARK, zone);
  if (!isMetFast(zone, order, mark, highestZone, flags, gfp)) return refusalWord(Refusal.NO_BLOCK, zone);
  return refusalWord(Refusal.LISTS_EMPTY, zone);
}

/**
 * One page of alloc_pages_bulk(): the zone is chosen by the caller's watermark test, the page comes from the
 * order-0 per-CPU list, and neither free_count nor BOOSTED nor BELOW_HIGH is touched.
 */
export function takeBulkPage(cpu: i32, zone: i32, gfp: i32): u32 {
  const type = typeOfGfp(gfp);
  const flags = AllocFlag.WMARK_LOW | cmaFlag(gfp, 0, type);
  const link = takeListed(cpu, zone, 0, type, flags);
  if (link != NONE) {
    setWord(link, pack(FrameKind.ALLOCATED, 0, zone));
    count(StatWord.ALLOCATIONS);
  }
  return link;
}
