// Knows: how many pages a background balance moves into CMA, and when. Pure numbers, in pages.
// Sources: van der Linden, 20250915195153.462039-1 (CMA balancing); van Riel, 20250925181109.11dd36e5 (kswapd).

/** Down to `limit` per cent of the free memory; no more than CMA has room for, or than lies outside of it. */
export function pagesToBalance(limit: i32, free: i32, freeCma: i32, room: i32, outside: i32): i32 {
  const target = <i32>Math.floor((<f64>free * <f64>limit) / 100);
  if (freeCma <= target) return 0;
  return min(min(freeCma - target, room), outside);
}

/** After a round of kswapd: one page of CMA, which the request that woke it cannot use, is enough. */
export function kswapdBalances(unsuitable: i32): bool {
  return unsuitable > 0;
}

/** After direct reclaim for a request that cannot use CMA: nearly all that was freed was CMA. */
export function reclaimBalances(unsuitable: i32, freed: i32): bool {
  if (unsuitable == 0) return false;
  return unsuitable >= freed - 2;
}
