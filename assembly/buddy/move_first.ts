// Knows: how a request takes from another migratetype in Linux 6.1: blocks move to its lists first, then it
// allocates there. Must not know: per-CPU lists, watermarks.
// Models __rmqueue_fallback, steal_suitable_fallback (mm/page_alloc.c, 6.1.192). No counter changes here.

import { EventKind, RecordGroup } from "../abi/events";
import { Migratetype } from "../abi/vocabulary";
import { ConfigWord, StatWord } from "../abi/words";
import { pfnOf } from "../frames/frame";
import { blockFrames, MAX_ORDER, PAGEBLOCK_ORDER, setType, setTypes, typeOf } from "../frames/pageblock";
import { NONE } from "../memory/list";
import { config } from "../memory/regions";
import { count } from "../memory/stats";
import { alikePages, isClaimable, mayClaim } from "../policy/fallback";
import { tell } from "../record/events";
import { countMovableFrom, firstInZone, moveUnaccounted } from "./block";
import { boostWatermark } from "./boost";
import { findDonor, lowestClaim } from "./claim";
import { firstFree, moveFree } from "./freelist";

/** steal_suitable_fallback(): answers nothing; afterwards the requester's list of some order has a block. */
function take(cpu: i32, zone: i32, link: u32, current: i32, type: i32, allocFlags: i32, whole: bool): void {
  const blockType = typeOf(link);
  if (blockType != Migratetype.HIGHATOMIC) {
    if (current >= PAGEBLOCK_ORDER) {
      setTypes(link, current, type);
    } else {
      boostWatermark(zone, allocFlags);
      if (whole) {
        const free = moveUnaccounted(cpu, zone, link, type);
        if (free > 0) {
          const pages = <i32>blockFrames();
          const movable = countMovableFrom(firstInZone(zone, link), link);
          const alike = alikePages(type, blockType, pages, free, movable);
          if (isClaimable(free, alike, pages, config(ConfigWord.MOBILITY_DISABLED) != 0)) setType(link, type);
          return;
        }
      }
    }
  }
  moveFree(zone, link, current, type);
}

/** __rmqueue_fallback(): true when blocks were moved and the caller should look at its own lists again. */
export function moveFirst(cpu: i32, zone: i32, order: i32, type: i32, allocFlags: i32): bool {
  const disabled = config(ConfigWord.MOBILITY_DISABLED) != 0;
  const lowest = lowestClaim(order, allocFlags);
  let current = MAX_ORDER;
  let from = -1;
  for (; current >= lowest; current--) {
    from = findDonor(zone, current, type);
    if (from >= 0) break;
  }
  if (from < 0) return false;
  let whole = mayClaim(current, PAGEBLOCK_ORDER, type, disabled);
  if (!whole && type == Migratetype.MOVABLE && current > order) {
    for (current = order; current <= MAX_ORDER; current++) {
      from = findDonor(zone, current, type);
      if (from >= 0) break;
    }
    whole = mayClaim(current, PAGEBLOCK_ORDER, type, disabled);
  }
  const link = firstFree(zone, current, from);
  assert(link != NONE);
  take(cpu, zone, link, current, type, allocFlags, whole);
  count(whole ? StatWord.CLAIMS : StatWord.STEALS);
  const kind = whole ? EventKind.CLAIM : EventKind.STEAL;
  tell(RecordGroup.DECISIONS, kind, cpu, zone, pfnOf(link), current, type, from, order);
  return true;
}
