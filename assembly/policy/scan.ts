// Knows: how much of each LRU list one round of reclaim looks at. Pure numbers, in pages.
// Models get_scan_count, inactive_is_low, prepare_scan_control (mm/vmscan.c, Linux 6.12, the classic LRU).

/** DEF_PRIORITY: the first round looks at 1/4096 of each list. */
export const DEF_PRIORITY: i32 = 12;
/** MAX_SWAPPINESS */
const MOST_SWAPPINESS: i32 = 200;

/** enum scan_balance */
export enum ScanBalance {
  /** By the size of the lists. */
  EQUAL,
  /** By size, swappiness and what reclaim of each kind has cost. */
  FRACTION,
  ANON,
  FILE,
}

/** `tiny`: files are nearly gone; `trims`: there are inactive file pages enough that are not read again. */
export function balanceOf(
  hasSwap: bool,
  swappiness: i32,
  priority: i32,
  tiny: bool,
  trims: bool,
): ScanBalance {
  if (!hasSwap) return ScanBalance.FILE;
  if (priority == 0 && swappiness > 0) return ScanBalance.EQUAL;
  if (tiny) return ScanBalance.ANON;
  return trims ? ScanBalance.FILE : ScanBalance.FRACTION;
}

/** Weight of one kind: the dearer its reclaim, the less of it; at least a third of what the other gets, before swappiness. */
export function weightOf(anonymous: bool, swappiness: i32, anonCost: i32, fileCost: i32): i64 {
  const both: i64 = <i64>anonCost + <i64>fileCost;
  const anon = both + anonCost;
  const file = both + fileCost;
  const sum = anon + file + 1;
  return anonymous
    ? (<i64>swappiness * sum) / (anon + 1)
    : (<i64>(MOST_SWAPPINESS - swappiness) * sum) / (file + 1);
}

/** Pages of a list to scan; `weight` of `all` where the balance is by fraction. */
export function scanTarget(
  size: i32,
  priority: i32,
  balance: ScanBalance,
  anonymous: bool,
  weight: i64,
  all: i64,
): i32 {
  const scan = size >> priority;
  if (balance == ScanBalance.EQUAL) return scan;
  if (balance == ScanBalance.FRACTION) return <i32>((<i64>scan * weight) / max(all, 1));
  return anonymous == (balance == ScanBalance.ANON) ? scan : 0;
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

/** The other kind is scanned in the same proportion that the one that has ended was: pages left of `target`. */
export function scanLeft(target: i32, left: i32, percent: i32): i32 {
  const wanted = <i32>((<i64>target * (100 - percent)) / 100);
  return wanted - min(wanted, target - left);
}
