// Knows: moving movable pages from the rest of a zone into the free pages of CMA.
// Must not know: when and how many (policy/balance), who pays. Source: van der Linden, 20250915195153.462039-1 (MR_CMA_BALANCE).
// DEVIATION: the areas stay where they are; the series places those that take part at the top of the zone.

import { hasPageFlag, kindOf, mobilityOf, orderOf, pack, pinsOf, zoneOf } from "../abi/frame_word";
import { FRAME_SHIFT } from "../abi/layout";
import { PolicyWord } from "../abi/proposals";
import { FrameKind, Migratetype, Mobility, PageFlag } from "../abi/vocabulary";
import { ConfigWord, ScratchWord, StatWord, ZoneWord } from "../abi/words";
import { accountTaken } from "../buddy/pcp";
import { takeSmallest } from "../buddy/smallest";
import { linkOf, setWord, wordOf } from "../frames/frame";
import { isOnLru, removeFromLru } from "../frames/lru";
import { typeOf } from "../frames/pageblock";
import { freeCma, freePages, isPopulated, zoneAt } from "../frames/zone";
import { NONE } from "../memory/list";
import { policy } from "../memory/policies";
import { config, SCRATCH } from "../memory/regions";
import { addTotal } from "../memory/stats";
import { kswapdBalances, pagesToBalance, reclaimBalances } from "../policy/balance";
import { movePage } from "./move";

/** SWAP_CLUSTER_MAX: what one step of reclaim moves. */
const CLUSTER: i32 = 32;

/** A single page outside of CMA that can be moved at once. */
function isCandidate(zone: i32, link: u32, word: u32): bool {
  if (zoneOf(word) != zone || kindOf(word) != FrameKind.ALLOCATED || orderOf(word) != 0 || !isOnLru(word))
    return false;
  if (mobilityOf(word) != Mobility.LRU || pinsOf(word) != 0) return false;
  if (hasPageFlag(word, PageFlag.WRITEBACK)) return false;
  return typeOf(link) <= Migratetype.RECLAIMABLE;
}

/** False: CMA has no free page. */
function moveIn(cpu: i32, zone: i32, link: u32): bool {
  const target = takeSmallest(cpu, zone, 0, Migratetype.CMA);
  if (target == NONE) return false;
  accountTaken(cpu, zone, target, 0);
  setWord(target, pack(FrameKind.ALLOCATED, 0, zone));
  removeFromLru(link);
  setWord(link, wordOf(link) | PageFlag.ISOLATED);
  movePage(cpu, link, target);
  addTotal(StatWord.PAGES_COMPACTED, 1);
  return true;
}

/** Moves up to `most` pages into CMA: the scan goes on where the last one stopped, at most once around the zone. */
export function balanceZone(cpu: i32, zone: i32, most: i32): void {
  const at = zoneAt(zone);
  const spanned = load<u32>(at, ZoneWord.SPANNED << 2);
  const first = linkOf(load<u32>(at, ZoneWord.START_PFN << 2));
  let place = load<u32>(at, ZoneWord.BALANCE_SCAN << 2) % max(spanned, 1);
  let left = most;
  for (let seen: u32 = 0; seen < spanned && left > 0; ) {
    const link = first + (place << FRAME_SHIFT);
    const word = wordOf(link);
    const kind = kindOf(word);
    const pages = kind == FrameKind.BODY || kind == FrameKind.HOLE ? 1 : (<u32>1) << orderOf(word);
    if (isCandidate(zone, link, word)) {
      if (!moveIn(cpu, zone, link)) break;
      left -= 1;
    }
    seen += pages;
    place = place + pages < spanned ? place + pages : 0;
  }
  store<u32>(at, place, ZoneWord.BALANCE_SCAN << 2);
}

/** The worker: each zone, as far as the limit says. */
export function balanceAll(cpu: i32): void {
  const limit = policy(PolicyWord.CMA_LIMIT);
  for (let zone = 0; zone < config(ConfigWord.NR_ZONES); zone++) {
    if (!isPopulated(zone)) continue;
    const at = zoneAt(zone);
    const free = freePages(zone);
    const cma = load<i32>(at, ZoneWord.CMA_PAGES << 2);
    const outside = load<i32>(at, ZoneWord.MANAGED << 2) - cma - (free - freeCma(zone));
    const pages = pagesToBalance(limit, free, freeCma(zone), freeCma(zone), outside);
    if (pages > 0) balanceZone(cpu, zone, pages);
  }
}

function balanceCluster(cpu: i32, highestZone: i32): void {
  for (let zone = 0; zone <= highestZone; zone++) {
    if (isPopulated(zone) && freeCma(zone) > 0) balanceZone(cpu, zone, CLUSTER);
  }
}

/** Pages of CMA that reclaim has freed since beginReclaim(). */
function unsuitable(): i32 {
  return load<i32>(SCRATCH, ScratchWord.UNSUITABLE << 2);
}

export function beginReclaim(): void {
  store<i32>(SCRATCH, 0, ScratchWord.UNSUITABLE << 2);
}

/** Balance.KSWAPD, after a round of kswapd. */
export function balanceAfterRound(cpu: i32, highestZone: i32): void {
  if (kswapdBalances(unsuitable())) balanceCluster(cpu, highestZone);
}

/** Balance.KSWAPD, after direct reclaim for a request that cannot use CMA. */
export function balanceAfterReclaim(cpu: i32, highestZone: i32, freed: i32): void {
  if (reclaimBalances(unsuitable(), freed)) balanceCluster(cpu, highestZone);
}
