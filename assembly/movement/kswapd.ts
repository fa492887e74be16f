// Knows: when kswapd is to run and until when. Must not know: how pages are found.
// Models wakeup_kswapd, balance_pgdat, pgdat_balanced (mm/vmscan.c, Linux 6.12).
// DEVIATION: a round of kswapd takes all its pages at once; other things happen between its rounds only.

import { Balance, PolicyWord } from "../abi/proposals";
import { AllocFlag, ReclaimMode, ZoneFlag } from "../abi/vocabulary";
import { ConfigWord, LevelWord, StatWord, ZoneWord } from "../abi/words";
import { isMet, markOf } from "../buddy/watermark";
import { clearFlag, isPopulated, setFlag, zoneAt } from "../frames/zone";
import { policy } from "../memory/policies";
import { config } from "../memory/regions";
import { count, level, setLevel, total } from "../memory/stats";
import { DEF_PRIORITY } from "../policy/scan";
import { balanceAfterRound, beginReclaim } from "./balance";
import { endReclaim, Shrink, SWAP_CLUSTER, shrinkNode } from "./reclaim";

/** MAX_RECLAIM_RETRIES: passes in a row that free nothing, after which kswapd sleeps until somebody reclaims a page. */
const MOST_FAILURES: i32 = 16;

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
  if (level(LevelWord.KSWAPD_FAILURES) >= MOST_FAILURES) return;
  if (boost == 0 && isBalanced(order, highestZone)) return;
  setLevel(LevelWord.KSWAPD_ORDER, max(level(LevelWord.KSWAPD_ORDER), order + 1));
  setLevel(LevelWord.KSWAPD_ZONE, max(level(LevelWord.KSWAPD_ZONE), highestZone));
}

export function isKswapdWanted(): bool {
  return level(LevelWord.KSWAPD_ORDER) != 0;
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

/** Pages that reclaim has looked at so far, those of zones that it was not for among them (sc->nr_scanned). */
function looked(): i32 {
  return total(StatWord.PAGES_SCANNED) + total(StatWord.PAGES_SKIPPED);
}

/** Takes the wake-up that waits and begins. */
function wakeUp(): void {
  count(StatWord.KSWAPD_RUNS);
  beginPass(level(LevelWord.KSWAPD_ZONE));
}

/** A pass of balance_pgdat(), for what has been asked for meanwhile: first priority, the boost to work for, RECLAIM_ACTIVE. */
function beginPass(highestZone: i32): void {
  setLevel(LevelWord.BALANCE_ORDER, max(level(LevelWord.KSWAPD_ORDER) - 1, 0));
  setLevel(LevelWord.BALANCE_ZONE, highestZone);
  setLevel(LevelWord.KSWAPD_ORDER, 0);
  setLevel(LevelWord.KSWAPD_ZONE, 0);
  setLevel(LevelWord.BALANCE_FREED, 0);
  let boost = 0;
  for (let zone = 0; zone <= highestZone; zone++) if (isPopulated(zone)) boost += boostOf(zone);
  setLevel(LevelWord.BALANCE_BOOSTED, boost > 0 ? 1 : 0);
  setLevel(LevelWord.BALANCE_BOOST, boost);
  markActive(highestZone, true);
  setLevel(LevelWord.BALANCE_PRIORITY, DEF_PRIORITY);
}

/** Back to sleep; the boost that it worked for is taken back. */
function goToSleep(highestZone: i32): void {
  setLevel(LevelWord.BALANCE_PRIORITY, 0);
  endReclaim();
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
  if (level(LevelWord.BALANCE_FREED) == 0) {
    setLevel(LevelWord.KSWAPD_FAILURES, level(LevelWord.KSWAPD_FAILURES) + 1);
  }
  goToSleep(highestZone);
  if (level(LevelWord.KSWAPD_FAILURES) >= MOST_FAILURES || isBalanced(0, highestZone)) return false;
  beginPass(max(highestZone, level(LevelWord.KSWAPD_ZONE)));
  return true;
}

/**
 * balance_pgdat(), one round: rounds of falling priority until balanced. False when it sleeps, because it has
 * nothing to do or has just ended; between two rounds other things may happen.
 */
export function stepKswapd(cpu: i32): bool {
  if (level(LevelWord.BALANCE_PRIORITY) == 0) {
    if (!isKswapdWanted()) return false;
    wakeUp();
  }
  const order = level(LevelWord.BALANCE_ORDER);
  const highestZone = level(LevelWord.BALANCE_ZONE);
  const boosted = level(LevelWord.BALANCE_BOOSTED) != 0;
  if (isBalanced(order, highestZone) && (!boosted || level(LevelWord.BALANCE_BOOST) <= 0)) {
    goToSleep(highestZone);
    return false;
  }
  beginReclaim();
  const priority = level(LevelWord.BALANCE_PRIORITY);
  const wanted = wantedPages(highestZone);
  const before = looked();
  const freed = shrinkNode(cpu, priority, highestZone, wanted, Shrink.ENDS);
  if (policy(PolicyWord.BALANCE) == Balance.KSWAPD) balanceAfterRound(cpu, highestZone);
  setLevel(LevelWord.BALANCE_FREED, level(LevelWord.BALANCE_FREED) + freed);
  if (boosted) setLevel(LevelWord.BALANCE_BOOST, level(LevelWord.BALANCE_BOOST) - freed);
  // A high order is compaction's work once enough single pages are free.
  if (order > 0 && freed >= 2 << order) setLevel(LevelWord.BALANCE_ORDER, 0);
  // A round that has looked at too few pages, or freed none, is followed by a harder one; not for a boost alone.
  const enough = looked() - before >= wanted;
  if (freed != 0 && (enough || (boosted && priority == DEF_PRIORITY - 2))) return true;
  if (priority == 1) return endPass(highestZone);
  setLevel(LevelWord.BALANCE_PRIORITY, priority - 1);
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
