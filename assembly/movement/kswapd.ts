// Knows: when kswapd is to run and until when. Must not know: how pages are found.
// Models wakeup_kswapd, balance_pgdat, pgdat_balanced (mm/vmscan.c, Linux 6.12).
// DEVIATION: a round of kswapd takes all its pages at once; other things happen between its rounds only.

import { AllocFlag, ReclaimMode, ZoneFlag } from "../abi/vocabulary";
import { ConfigWord, StatWord, ZoneWord } from "../abi/words";
import { isMet, markOf } from "../buddy/watermark";
import { clearFlag, isPopulated, setFlag, zoneAt } from "../frames/zone";
import { config, STATS } from "../memory/regions";
import { DEF_PRIORITY } from "../policy/scan";
import { SWAP_CLUSTER, shrinkNode } from "./reclaim";

/** MAX_RECLAIM_RETRIES: passes in a row that free nothing, after which kswapd sleeps until somebody reclaims a page. */
const MOST_FAILURES: i32 = 16;

function stat(word: i32): i32 {
  return load<i32>(STATS + ((<usize>word) << 2));
}

function setStat(word: i32, value: i32): void {
  store<i32>(STATS + ((<usize>word) << 2), value);
}

function boostOf(zone: i32): i32 {
  return load<i32>(zoneAt(zone), ZoneWord.WATERMARK_BOOST << 2);
}

/** pgdat_balanced(): one zone that meets its high mark (with boost) for this order is enough. */
export function isBalanced(order: i32, highestZone: i32): bool {
  for (let zone = 0; zone <= highestZone; zone++) {
    if (!isPopulated(zone)) continue;
    if (isMet(zone, order, markOf(zone, AllocFlag.WMARK_HIGH), highestZone, 0)) return true;
  }
  return false;
}

/** wakeup_kswapd(): remembers the largest order and zone; a balanced node without boost lets it sleep. */
export function wakeKswapd(order: i32, highestZone: i32): void {
  let boost = 0;
  for (let zone = 0; zone <= highestZone; zone++) {
    if (isPopulated(zone)) boost += boostOf(zone);
  }
  // A hopeless node is left to direct reclaim.
  if (stat(StatWord.KSWAPD_FAILURES) >= MOST_FAILURES) return;
  if (boost == 0 && isBalanced(order, highestZone)) return;
  setStat(StatWord.KSWAPD_ORDER, max(stat(StatWord.KSWAPD_ORDER), order + 1));
  setStat(StatWord.KSWAPD_ZONE, max(stat(StatWord.KSWAPD_ZONE), highestZone));
}

export function isKswapdWanted(): bool {
  return stat(StatWord.KSWAPD_ORDER) != 0;
}

function markActive(highestZone: i32, active: bool): void {
  for (let zone = 0; zone <= highestZone; zone++) {
    if (!isPopulated(zone)) continue;
    if (active) setFlag(zone, ZoneFlag.RECLAIM_ACTIVE);
    else clearFlag(zone, ZoneFlag.RECLAIM_ACTIVE);
  }
}

/** What one round wants: up to the high mark of each zone, at least a cluster (kswapd_shrink_node). */
function wantedPages(highestZone: i32): i32 {
  let pages = 0;
  for (let zone = 0; zone <= highestZone; zone++) {
    if (isPopulated(zone)) pages += max(markOf(zone, AllocFlag.WMARK_HIGH), SWAP_CLUSTER);
  }
  return pages;
}

/** Takes the wake-up that waits and begins. */
function wakeUp(): void {
  setStat(StatWord.KSWAPD_RUNS, stat(StatWord.KSWAPD_RUNS) + 1);
  beginPass(stat(StatWord.KSWAPD_ZONE));
}

/** A pass of balance_pgdat(), for what has been asked for meanwhile: first priority, the boost to work for, RECLAIM_ACTIVE. */
function beginPass(highestZone: i32): void {
  setStat(StatWord.BALANCE_ORDER, max(stat(StatWord.KSWAPD_ORDER) - 1, 0));
  setStat(StatWord.BALANCE_ZONE, highestZone);
  setStat(StatWord.KSWAPD_ORDER, 0);
  setStat(StatWord.KSWAPD_ZONE, 0);
  setStat(StatWord.BALANCE_FREED, 0);
  let boost = 0;
  for (let zone = 0; zone <= highestZone; zone++) if (isPopulated(zone)) boost += boostOf(zone);
  setStat(StatWord.BALANCE_BOOSTED, boost > 0 ? 1 : 0);
  setStat(StatWord.BALANCE_BOOST, boost);
  markActive(highestZone, true);
  setStat(StatWord.BALANCE_PRIORITY, DEF_PRIORITY);
}

/** Back to sleep; the boost that it worked for is taken back. */
function goToSleep(highestZone: i32): void {
  setStat(StatWord.BALANCE_PRIORITY, 0);
  markActive(highestZone, false);
  for (let zone = 0; zone <= highestZone; zone++) {
    if (isPopulated(zone)) store<i32>(zoneAt(zone), 0, ZoneWord.WATERMARK_BOOST << 2);
  }
}

/**
 * The end of a pass without balance. kswapd_try_to_sleep(): while the node is not balanced it goes on from the first
 * priority, however little comes of it, until so many passes in a row have freed nothing. False: it sleeps.
 */
function endPass(highestZone: i32): bool {
  if (stat(StatWord.BALANCE_FREED) == 0) {
    setStat(StatWord.KSWAPD_FAILURES, stat(StatWord.KSWAPD_FAILURES) + 1);
  }
  goToSleep(highestZone);
  if (stat(StatWord.KSWAPD_FAILURES) >= MOST_FAILURES || isBalanced(0, highestZone)) return false;
  beginPass(max(highestZone, stat(StatWord.KSWAPD_ZONE)));
  return true;
}

/**
 * balance_pgdat(), one round: rounds of falling priority until balanced. False when it sleeps, because it has
 * nothing to do or has just ended; between two rounds other things may happen.
 */
export function stepKswapd(cpu: i32): bool {
  if (stat(StatWord.BALANCE_PRIORITY) == 0) {
    if (!isKswapdWanted()) return false;
    wakeUp();
  }
  const order = stat(StatWord.BALANCE_ORDER);
  const highestZone = stat(StatWord.BALANCE_ZONE);
  const boosted = stat(StatWord.BALANCE_BOOSTED) != 0;
  if (isBalanced(order, highestZone) && (!boosted || stat(StatWord.BALANCE_BOOST) <= 0)) {
    goToSleep(highestZone);
    return false;
  }
  const freed = shrinkNode(cpu, stat(StatWord.BALANCE_PRIORITY), highestZone, wantedPages(highestZone));
  setStat(StatWord.BALANCE_FREED, stat(StatWord.BALANCE_FREED) + freed);
  if (boosted) setStat(StatWord.BALANCE_BOOST, stat(StatWord.BALANCE_BOOST) - freed);
  // A high order is compaction's work once enough single pages are free.
  if (order > 0 && freed >= 2 << order) setStat(StatWord.BALANCE_ORDER, 0);
  if (freed != 0 && !boosted) return true;
  if (stat(StatWord.BALANCE_PRIORITY) == 1) return endPass(highestZone);
  setStat(StatWord.BALANCE_PRIORITY, stat(StatWord.BALANCE_PRIORITY) - 1);
  return true;
}

/** All rounds, from the wake-up that waits to sleep. */
export function runKswapd(cpu: i32): void {
  while (stepKswapd(cpu)) {}
}

/** Runs kswapd where the machine's mode says that it follows its wake-up at once. */
export function runKswapdIfInline(cpu: i32): void {
  if (config(ConfigWord.RECLAIM) & ReclaimMode.KSWAPD) runKswapd(cpu);
}
