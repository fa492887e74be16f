// Knows: taking pages from the tails of the LRU lists until enough are free.
// Must not know: who asks and when it is enough (movement/pressure). Models shrink_node, shrink_inactive_list,
// shrink_active_list, shrink_folio_list (mm/vmscan.c, Linux 6.12, the classic LRU).
// DEVIATION: the accessed bit is not modelled: a page is young only while its owner says so (PageFlag.ACTIVE).
// DEVIATION: slab shrinkers are not modelled; reclaimable kernel pages stay until their owner frees them.
// DEVIATION: dirty file pages are left to their writer (PageFlag.DIRTY, WRITEBACK); reclaim never writes files.

import { EventKind } from "../abi/events";
import { hasPageFlag, lifeOf, orderOf, pinsOf, zoneOf } from "../abi/frame_word";
import { LruList, Migratetype, PageFlag, PageLife } from "../abi/vocabulary";
import { ConfigWord, LevelWord, ScratchWord, StatWord } from "../abi/words";
import { putPages } from "../buddy/traced";
import { setWord, wordOf } from "../frames/frame";
import { addToLru, lruHead, lruPages, removeFromLru } from "../frames/lru";
import { typeOf } from "../frames/pageblock";
import { prevOf } from "../memory/list";
import { config, SCRATCH } from "../memory/regions";
import { addTotal, setLevel } from "../memory/stats";
import { isInactiveLow, scanShare } from "../policy/scan";
import { record } from "../record/events";
import { hasSwapRoom, swapOut } from "./swap";

/** SWAP_CLUSTER_MAX: pages per batch, and what direct reclaim wants at once. */
export const SWAP_CLUSTER: i32 = 32;

function listPages(list: i32, highestZone: i32): i32 {
  let pages = 0;
  for (let zone = 0; zone <= highestZone; zone++) pages += lruPages(zone, list);
  return pages;
}

/** The oldest page of a list that lies in a zone that may be used; younger ones of other zones are turned to the head. */
function oldest(list: i32, highestZone: i32, budget: i32): u32 {
  const head = lruHead(list);
  for (let i = 0; i < budget; i++) {
    const link = prevOf(head);
    if (link == head) return head;
    if (zoneOf(wordOf(link)) <= highestZone) return link;
    removeFromLru(link);
    addToLru(link, false);
  }
  return head;
}

/** shrink_active_list(): up to `pages` from the tail go to the inactive list. */
function deactivate(list: i32, pages: i32, highestZone: i32): void {
  const head = lruHead(list);
  for (let done = 0; done < pages; ) {
    const link = oldest(list, highestZone, SWAP_CLUSTER);
    if (link == head) return;
    removeFromLru(link);
    const word = wordOf(link) & ~(<u32>PageFlag.ACTIVE);
    setWord(link, word);
    addToLru(link, false);
    done += 1 << orderOf(word);
  }
}

/** Frees or swaps out one page; false: it stays (pinned, dirty, under writeback, no room in swap). */
function evict(cpu: i32, link: u32, word: u32): bool {
  if (pinsOf(word) != 0 || hasPageFlag(word, PageFlag.WRITEBACK)) return false;
  if (lifeOf(word) != PageLife.FILE) {
    const inCma = typeOf(link) == Migratetype.CMA;
    if (!swapOut(cpu, link)) return false;
    if (inCma) addUnsuitable(1 << orderOf(word));
    return true;
  }
  if (hasPageFlag(word, PageFlag.DIRTY)) return false;
  if (typeOf(link) == Migratetype.CMA) addUnsuitable(1 << orderOf(word));
  putPages(cpu, link, orderOf(word));
  return true;
}

/** Pages of CMA: of no use to a request that may not take them. */
function addUnsuitable(pages: i32): void {
  const at = SCRATCH + (ScratchWord.UNSUITABLE << 2);
  store<i32>(at, load<i32>(at) + pages);
}

/** shrink_inactive_list(): looks at up to `pages` from the tail; what stays goes to the head. Answers pages freed. */
function shrinkInactive(cpu: i32, list: i32, pages: i32, highestZone: i32): i32 {
  const head = lruHead(list);
  let freed = 0;
  for (let done = 0; done < pages; ) {
    const link = oldest(list, highestZone, SWAP_CLUSTER);
    if (link == head) break;
    const word = wordOf(link);
    const size = 1 << orderOf(word);
    done += size;
    if (evict(cpu, link, word)) {
      freed += size;
    } else {
      removeFromLru(link);
      if (hasPageFlag(word, PageFlag.DIRTY)) setWord(link, word | PageFlag.ACTIVE);
      addToLru(link, false);
    }
  }
  addTotal(StatWord.PAGES_SCANNED, pages);
  return freed;
}

/** One kind of pages: deactivation where the inactive list is low, then the inactive list in batches of 32. */
function shrinkKind(cpu: i32, inactive: i32, priority: i32, highestZone: i32, wanted: i32): i32 {
  const active = inactive + 1;
  const anonymous = inactive == LruList.INACTIVE_ANON;
  const room = hasSwapRoom(1);
  const swappiness = config(ConfigWord.SWAPPINESS);
  let left = scanShare(listPages(inactive, highestZone), priority, anonymous, swappiness, room);
  let old = scanShare(listPages(active, highestZone), priority, anonymous, swappiness, room);
  let freed = 0;
  while ((left > 0 || old > 0) && freed < wanted) {
    const low = isInactiveLow(
      listPages(inactive, highestZone),
      listPages(active, highestZone),
      config(ConfigWord.PAGE_SHIFT),
    );
    if (old > 0 && low) deactivate(active, min(old, SWAP_CLUSTER), highestZone);
    old -= SWAP_CLUSTER;
    if (left > 0) freed += shrinkInactive(cpu, inactive, min(left, SWAP_CLUSTER), highestZone);
    left -= SWAP_CLUSTER;
  }
  return freed;
}

/** shrink_node(): one round over the zones up to `highestZone`; answers pages freed, at least `wanted` where possible. */
export function shrinkNode(cpu: i32, priority: i32, highestZone: i32, wanted: i32): i32 {
  let freed = shrinkKind(cpu, LruList.INACTIVE_FILE, priority, highestZone, wanted);
  if (freed < wanted) freed += shrinkKind(cpu, LruList.INACTIVE_ANON, priority, highestZone, wanted - freed);
  addTotal(StatWord.PAGES_RECLAIMED, freed);
  addTotal(StatWord.RECLAIM_ROUNDS, 1);
  if (freed > 0) setLevel(LevelWord.KSWAPD_FAILURES, 0);
  record(EventKind.RECLAIM, highestZone, freed, 0, priority, 0);
  return freed;
}

/** Proactive reclaim (MADV_PAGEOUT, memory.reclaim): up to `pages` of the oldest anonymous ones. Answers pages swapped out. */
export function swapOutOldest(cpu: i32, pages: i32): i32 {
  const zone = config(ConfigWord.NR_ZONES) - 1;
  if (listPages(LruList.INACTIVE_ANON, zone) < pages) deactivate(LruList.ACTIVE_ANON, pages, zone);
  const freed = shrinkInactive(cpu, LruList.INACTIVE_ANON, pages, zone);
  addTotal(StatWord.PAGES_RECLAIMED, freed);
  return freed;
}

/** Pages that reclaim could still take in a zone (zone_reclaimable_pages). */
export function reclaimablePages(zone: i32): i32 {
  let pages = lruPages(zone, LruList.INACTIVE_FILE) + lruPages(zone, LruList.ACTIVE_FILE);
  if (hasSwapRoom(1)) pages += lruPages(zone, LruList.INACTIVE_ANON) + lruPages(zone, LruList.ACTIVE_ANON);
  return pages;
}
