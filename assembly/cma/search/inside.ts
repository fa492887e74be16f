// Knows: first fit inside a short stretch of the map: what a tree does in its leaves.
// Must not know: indexes.

import { bitParallel, isSmall } from "./bit_parallel";
import { lastSetScan } from "./last_set";

/** The first window of [start, end). */
export function findInside(map: usize, start: u32, end: u32, count: u32, mask: u32, offset: u32): u32 {
  if (isSmall(count, mask)) return bitParallel(map, end, start, count, mask, offset);
  return lastSetScan(map, end, start, count, mask, offset);
}
