// Knows: whether a request that may take CMA pages takes them before its own. Pure numbers, in pages.
// Sources: mainline 47118af0 (3.5), 16867664936e (5.7); raspberrypi/linux PR 4964; van der Linden, 20250915195153.462039-1;
// Huang, use_cma_first (2023, 2024); Kim, "aggressively allocate" (2014); Zhu, CMA_AGGRESSIVE (2014).

import { CmaUse } from "../abi/proposals";

/** Linux 5.7+: more than half of what is free is CMA. */
export function isAboveHalf(free: i32, freeCma: i32): bool {
  return freeCma > free >> 1;
}

/** vm.cma_first_limit. */
export function isAbovePercent(limit: i32, free: i32, freeCma: i32): bool {
  if (limit == 0) return true;
  if (limit >= 100) return false;
  return <f64>freeCma * 100 > <f64>free * <f64>limit;
}

/** alloc_in_cma_threshold: the division comes first, as there. */
export function isAboveSixteenths(limit: i32, free: i32, freeCma: i32): bool {
  return freeCma > (free >> 4) * limit;
}

/** use_cma_first, first version: what is free without CMA is held against the low mark. */
export function isForcedByMark(free: i32, freeCma: i32, low: i32): bool {
  if (free - freeCma <= low) return true;
  return isAboveHalf(free, freeCma);
}

/** use_cma_first, second version: CMA's share of the free memory against its share of the zone. */
export function isAboveShare(free: i32, freeCma: i32, managed: i32, managedCma: i32): bool {
  return <f64>freeCma * <f64>managed > <f64>free * <f64>managedCma;
}

/** CMA_AGGRESSIVE: as long as more than so many pages are free. */
export function isAbovePages(limit: i32, freeCma: i32): bool {
  return freeCma > limit;
}

/** With ALLOC_CMA: do CMA lists come before the request's own? CmaUse.RATIO decides by turns (policy/turns). */
export function takesCmaFirst(
  use: i32,
  limit: i32,
  free: i32,
  freeCma: i32,
  managed: i32,
  managedCma: i32,
  low: i32,
): bool {
  if (use == CmaUse.HALF) return isAboveHalf(free, freeCma);
  if (use == CmaUse.GFP_CMA) return true;
  if (use == CmaUse.FIRST) return true;
  if (use == CmaUse.PERCENT) return isAbovePercent(limit, free, freeCma);
  if (use == CmaUse.SIXTEENTHS) return isAboveSixteenths(limit, free, freeCma);
  if (use == CmaUse.WATERMARK) return isForcedByMark(free, freeCma, low);
  if (use == CmaUse.SHARE) return isAboveShare(free, freeCma, managed, managedCma);
  if (use == CmaUse.AGGRESSIVE) return isAbovePages(limit, freeCma);
  return false;
}
