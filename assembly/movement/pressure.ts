// Knows: what a request does when the lists have nothing: reclaim, drain, compact, try again, give up.
// Must not know: how any of that works. Models __alloc_pages_slowpath from direct reclaim on,
// should_reclaim_retry, unreserve_highatomic_pageblock (mm/page_alloc.c, Linux 6.12).
// DEVIATION: reclaim happens only where ConfigWord.RECLAIM allows it; without, a request stops with WOULD_RECLAIM.

import { Balance, PolicyWord } from "../abi/proposals";
import { Gfp, Migratetype, ReclaimMode, Status } from "../abi/vocabulary";
import { ConfigWord, StatWord, ZoneWord } from "../abi/words";
import { allocatePages, highestZoneOf, slowFlags, typeOfGfp } from "../buddy/allocate";
import { drainAll } from "../buddy/drain_all";
import { firstFree } from "../buddy/freelist";
import { reserved, unreserveHighatomic } from "../buddy/highatomic";
import { COSTLY_ORDER } from "../buddy/pcp_lists";
import { allocated } from "../buddy/traced";
import { wouldMeet } from "../buddy/watermark";
import { blockFrames, MAX_ORDER } from "../frames/pageblock";
import { isPopulated, zoneAt } from "../frames/zone";
import { NONE } from "../memory/list";
import { policy } from "../memory/policies";
import { config } from "../memory/regions";
import { count, SLOW } from "../memory/stats";
import { DEF_PRIORITY } from "../policy/scan";
import { balanceAfterReclaim, beginReclaim } from "./balance";
import { compactZone } from "./compact";
import { isKswapdWanted, runKswapdIfInline, wakeKswapd } from "./kswapd";
import {
  clearSkipped,
  endReclaim,
  hasSkipped,
  reclaimablePages,
  Shrink,
  SWAP_CLUSTER,
  shrinkNode,
} from "./reclaim";

/** MAX_RECLAIM_RETRIES */
const MOST_RETRIES: i32 = 16;

/** The first free block of the reserve goes to the requester; one pageblock per zone stays unless `force`. */
function unreserve(cpu: i32, highestZone: i32, type: i32, force: bool): bool {
  for (let zone = highestZone; zone >= 0; zone--) {
    if (!isPopulated(zone) || (!force && reserved(zone) <= <i32>blockFrames())) continue;
    for (let order = 0; order <= MAX_ORDER; order++) {
      const link = firstFree(zone, order, Migratetype.HIGHATOMIC);
      if (link == NONE) continue;
      unreserveHighatomic(cpu, zone, link, order, type);
      return true;
    }
  }
  return false;
}

/** try_to_free_pages(): rounds of falling priority until a cluster is free. */
function reclaimDirectly(cpu: i32, highestZone: i32): i32 {
  count(StatWord.DIRECT_RECLAIMS);
  clearSkipped();
  let freed = reclaimRounds(cpu, highestZone, 0);
  // Nothing, and active pages were left alone: not this time.
  if (freed == 0 && hasSkipped()) freed = reclaimRounds(cpu, highestZone, Shrink.FORCED);
  return freed;
}

function reclaimRounds(cpu: i32, highestZone: i32, mode: i32): i32 {
  let freed = 0;
  for (let priority = DEF_PRIORITY; priority >= 0 && freed < SWAP_CLUSTER; priority--) {
    const ends: i32 = priority == DEF_PRIORITY ? 0 : Shrink.ENDS;
    freed += shrinkNode(cpu, priority, highestZone, SWAP_CLUSTER, mode | ends);
  }
  endReclaim();
  return freed;
}

/** Would the min mark be met, as this request sees it, if everything reclaimable were free? (should_reclaim_retry) */
function isWorthRetrying(order: i32, gfp: i32, highestZone: i32): bool {
  const flags = slowFlags(gfp, order, typeOfGfp(gfp));
  for (let zone = 0; zone <= highestZone; zone++) {
    if (!isPopulated(zone)) continue;
    const mark = load<i32>(zoneAt(zone), ZoneWord.WMARK_MIN << 2);
    if (wouldMeet(zone, order, mark, highestZone, flags, reclaimablePages(zone))) return true;
  }
  return false;
}

function compactAll(cpu: i32, highestZone: i32, order: i32, type: i32): bool {
  for (let zone = highestZone; zone >= 0; zone--) {
    if (isPopulated(zone) && compactZone(cpu, zone, order, type)) return true;
  }
  return false;
}

/** Reclaim, then the lists again; the first failure drains all CPUs and gives back reserved blocks. */
function tryAfterReclaim(cpu: i32, order: i32, gfp: i32, highestZone: i32): u32 {
  let link = allocatePages(cpu, order, gfp, SLOW);
  if (link != NONE) return link;
  unreserve(cpu, highestZone, typeOfGfp(gfp), false);
  drainAll(cpu, 0);
  return allocatePages(cpu, order, gfp, SLOW);
}

function reclaimAndRetry(cpu: i32, order: i32, gfp: i32): u32 {
  const highestZone = highestZoneOf(gfp);
  const type = typeOfGfp(gfp);
  const costly = order > COSTLY_ORDER;
  let idle = 0;
  while (true) {
    beginReclaim();
    const freed = reclaimDirectly(cpu, highestZone);
    if (policy(PolicyWord.BALANCE) == Balance.KSWAPD && type != Migratetype.MOVABLE)
      balanceAfterReclaim(cpu, highestZone, freed);
    let link = freed > 0 ? tryAfterReclaim(cpu, order, gfp, highestZone) : NONE;
    if (link == NONE && order > 0 && (gfp & Gfp.IO) != 0 && compactAll(cpu, highestZone, order, type)) {
      link = allocatePages(cpu, order, gfp, SLOW);
    }
    if (link != NONE || (gfp & Gfp.NORETRY) != 0) return link;
    if (costly && (gfp & Gfp.RETRY_MAYFAIL) == 0) return NONE;
    idle = freed > 0 && !costly ? 0 : idle + 1;
    if (idle < MOST_RETRIES && isWorthRetrying(order, gfp, highestZone)) continue;
    if (!unreserve(cpu, highestZone, type, true)) return NONE;
    link = allocatePages(cpu, order, gfp, SLOW);
    if (link != NONE) return link;
  }
}

/** The whole of __alloc_pages(), told: the lists, then, where machine and request allow it, everything else. */
export function allocateUnderPressure(cpu: i32, order: i32, gfp: i32, slow: usize): u32 {
  let link = allocatePages(cpu, order, gfp, slow);
  if (link == NONE || load<i32>(slow) || isKswapdWanted()) link = afterLists(cpu, link, order, gfp, slow);
  return inline.always(allocated(cpu, link, order, gfp));
}

/** What follows a fast path that gave nothing, or left the zones low; `link`: what it gave. */
function afterLists(cpu: i32, had: u32, order: i32, gfp: i32, slow: usize): u32 {
  let link = had;
  const mode = config(ConfigWord.RECLAIM);
  if (mode == 0) return link;
  if ((link == NONE || load<i32>(slow)) && (gfp & Gfp.KSWAPD_RECLAIM) != 0)
    wakeKswapd(order, highestZoneOf(gfp));
  if (isKswapdWanted()) runKswapdIfInline(cpu);
  if (link != NONE || (gfp & Gfp.DIRECT_RECLAIM) == 0 || (mode & ReclaimMode.DIRECT) == 0) return link;
  link = reclaimAndRetry(cpu, order, gfp);
  return link;
}

/** What a failure under pressure means: the OOM killer only for small orders that may use file systems and must not fail. */
export function failureUnderPressure(order: i32, gfp: i32): i32 {
  if ((gfp & Gfp.DIRECT_RECLAIM) == 0) return Status.NO_PAGE;
  if ((config(ConfigWord.RECLAIM) & ReclaimMode.DIRECT) == 0) return Status.WOULD_RECLAIM;
  const gentle = (gfp & (Gfp.NORETRY | Gfp.RETRY_MAYFAIL)) != 0 || (gfp & Gfp.FS) == 0;
  if (gentle || order > COSTLY_ORDER) return Status.NO_PAGE;
  count(StatWord.OOMS);
  return Status.OUT_OF_MEMORY;
}
