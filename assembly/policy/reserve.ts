// Knows: how large the HIGHATOMIC reserve may grow. Pure numbers, in pages.
// Models reserve_highatomic_pageblock(): Linux 6.12 (ROUNDED_UP) and 6.1 (ONE_MORE).

import { ReserveSizeRule } from "../abi/vocabulary";

/** 6.12: 1 % of the zone rounded up to pageblocks, nothing where 1 % is below one pageblock. 6.1: 1 % plus one. */
export function reserveLimit(rule: i32, managed: i32, blockPages: i32): i32 {
  const share = managed / 100;
  if (rule == ReserveSizeRule.ONE_MORE) return share + blockPages;
  if (share < blockPages) return 0;
  return (share + blockPages - 1) & ~(blockPages - 1);
}
