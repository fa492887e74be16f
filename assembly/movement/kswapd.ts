// Knows: when kswapd is to run and until when. Must not know: how pages are found.
// Models wakeup_kswapd, balance_pgdat, pgdat_balanced (mm/vmscan.c, Linux 6.12).
// DEVIATION: kswapd runs to its end in one go when it is called; between its rounds nothing else happens.

import { AllocFlag, ReclaimMode, ZoneFlag } from "../abi/vocabulary";
import { ConfigWord, StatWord, ZoneWord } from "../abi/words";
import { isMet, markOf } from "../buddy/watermark";
import { clearFlag, isPopulated, setFlag, zoneAt } from "../frames/zone";
import { config, STATS } from "../memory/regions";
import { DEF_PRIORITY } from "../policy/scan";
import { SWAP_CLUSTER, shrinkNode } from "./reclaim";

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

/** balance_pgdat(): rounds of falling priority until balanced; then the boost that it worked for is taken back. */
export function runKswapd(cpu: i32): void {
  const wanted = stat(StatWord.KSWAPD_ORDER);
  if (wanted == 0) return;
  let order = wanted - 1;
  const highestZone = stat(StatWord.KSWAPD_ZONE);
  setStat(StatWord.KSWAPD_ORDER, 0);
  setStat(StatWord.KSWAPD_ZONE, 0);
  setStat(StatWord.KSWAPD_RUNS, stat(StatWord.KSWAPD_RUNS) + 1);
  let boost = 0;
  for (let zone = 0; zone <= highestZone; zone++) if (isPopulated(zone)) boost += boostOf(zone);
  const boosted = boost > 0;
  markActive(highestZone, true);
  let priority = DEF_PRIORITY;
  while (priority >= 1) {
    if (isBalanced(order, highestZone) && (!boosted || boost <= 0)) break;
    const freed = shrinkNode(cpu, priority, highestZone, wantedPages(highestZone));
    if (boosted) boost -= freed;
    if (freed == 0 || boosted) priority -= 1;
    // A high order is compaction's work once enough single pages are free.
    if (order > 0 && freed >= 2 << order) order = 0;
  }
  markActive(highestZone, false);
  for (let zone = 0; zone <= highestZone; zone++) {
    if (isPopulated(zone)) store<i32>(zoneAt(zone), 0, ZoneWord.WATERMARK_BOOST << 2);
  }
}

/** Runs kswapd where the machine's mode says that it follows its wake-up at once. */
export function runKswapdIfInline(cpu: i32): void {
  if (config(ConfigWord.RECLAIM) & ReclaimMode.KSWAPD) runKswapd(cpu);
}
