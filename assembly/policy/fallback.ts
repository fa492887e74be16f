// Knows: from which migratetypes a request may take, and when a whole pageblock changes hands. Pure numbers.
// Models the decisions of mm/page_alloc.c, Linux 6.12.y (find_suitable_fallback, __rmqueue_claim) and 6.1.

import { Migratetype } from "../abi/vocabulary";

/** Donors in order of preference, -1 behind the last: U: R, M; M: R, U; R: U, M. Nobody takes from the others. */
export function donor(type: i32, nth: i32): i32 {
  if (nth > 1 || type > Migratetype.RECLAIMABLE) return -1;
  if (type == Migratetype.RECLAIMABLE) return nth == 0 ? Migratetype.UNMOVABLE : Migratetype.MOVABLE;
  if (nth == 0) return Migratetype.RECLAIMABLE;
  return type == Migratetype.UNMOVABLE ? Migratetype.MOVABLE : Migratetype.UNMOVABLE;
}

/** May a block of this order make the requester own its whole pageblock? (can_steal_fallback) */
export function mayClaim(order: i32, pageblockOrder: i32, type: i32, mobilityDisabled: bool): bool {
  if (order >= pageblockOrder / 2) return true;
  return type == Migratetype.UNMOVABLE || type == Migratetype.RECLAIMABLE || mobilityDisabled;
}

/** Pages in a pageblock that suit the requester: movable ones for MOVABLE, the non-movable used ones of a MOVABLE block otherwise. */
export function alikePages(type: i32, blockType: i32, blockPages: i32, free: i32, movable: i32): i32 {
  if (type == Migratetype.MOVABLE) return movable;
  return blockType == Migratetype.MOVABLE ? blockPages - (free + movable) : 0;
}

/** Enough free or alike pages to hand over the pageblock: at least half of it. */
export function isClaimable(free: i32, alike: i32, blockPages: i32, mobilityDisabled: bool): bool {
  return free + alike >= blockPages >> 1 || mobilityDisabled;
}
