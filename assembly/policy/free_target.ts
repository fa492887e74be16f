// Knows: where a freed page goes that might wait on a per-CPU list. Pure numbers.
// Sources: mainline (free_unref_page); Abbott, "free cma page to buddy", 2013; Android's CMA lists; Yescas and Tyagi, 2025.

import { CmaFree, ThpLists } from "../abi/proposals";
import { Migratetype } from "../abi/vocabulary";

/** Does it go to the buddy lists at once? Pages of isolated blocks always do. */
export function goesToBuddy(free: i32, type: i32): bool {
  if (type == Migratetype.ISOLATE) return true;
  return free == CmaFree.BUDDY && type == Migratetype.CMA;
}

/** Have CMA pages per-CPU lists of their own? */
export function hasOwnLists(free: i32): bool {
  return free == CmaFree.OWN_LIST;
}

/** Have CMA blocks of THP size one too? */
export function hasOwnThpList(free: i32, thp: i32): bool {
  if (!hasOwnLists(free)) return false;
  return thp == ThpLists.OWN_LIST;
}

/** Is the THP list of movable requests another one than that of all others? */
export function splitsThpLists(thp: i32): bool {
  return thp != ThpLists.SHARED;
}

/** A freed range: the order of the largest aligned block that begins at `pfn` and has at most `pages`. */
export function rangeOrder(pfn: u32, pages: u32, most: i32): i32 {
  const aligned = pfn == 0 ? most : min(<i32>ctz(pfn), most);
  return min(aligned, 31 - <i32>clz(pages));
}
