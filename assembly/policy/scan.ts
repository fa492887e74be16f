// Knows: how much of each LRU list one round of reclaim looks at. Pure numbers, in pages.
// Models get_scan_count, inactive_is_low, prepare_scan_control (mm/vmscan.c, Linux 6.12, the classic LRU).
// DEVIATION: the costs of refaults and of rotations (lru_note_cost) are not known; swappiness alone divides the work.

/** DEF_PRIORITY: the first round looks at 1/4096 of each list. */
export const DEF_PRIORITY: i32 = 12;

/** Pages of a list to scan at this priority; `anonymous` lists are left alone without swap. */
export function scanShare(size: i32, priority: i32, anonymous: bool, swappiness: i32, hasSwap: bool): i32 {
  if (!hasSwap || swappiness == 0) return anonymous ? 0 : size >> priority;
  const weight = anonymous ? swappiness : 200 - swappiness;
  return <i32>((<i64>(size >> priority) * weight) / 200);
}

/** Is the inactive list too short, so that active pages must be deactivated? The ratio grows with memory. */
export function isInactiveLow(inactive: i32, active: i32, pageShift: i32): bool {
  const gigabytes = <i32>(<i64>(inactive + active) >> (30 - pageShift));
  let ratio = 1;
  if (gigabytes > 0) {
    ratio = 1;
    while ((ratio + 1) * (ratio + 1) <= 10 * gigabytes) ratio += 1;
  }
  return <i64>inactive * ratio < <i64>active;
}
