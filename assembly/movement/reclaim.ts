// Knows: taking pages from the tails of the LRU lists until enough are free, sparing those that were used meanwhile.
// Must not know: who asks and when it is enough (movement/pressure). Models shrink_node, prepare_scan_control,
// shrink_lruvec, shrink_inactive_list, shrink_active_list, folio_check_references (mm/vmscan.c, Linux 6.12, the classic LRU).
// DEVIATION: slab shrinkers are not modelled; reclaimable kernel pages stay until their owner frees them.
// DEVIATION: dirty file pages are left to their writer (PageFlag.DIRTY, WRITEBACK); reclaim never writes files.
// DEVIATION: mapped file pages are never executable: shrink_active_list deactivates them as all others.

import { EventKind } from "../abi/events";
import {
  hasPageFlag,
  lifeOf,
  orderOf,
  pinsOf,
  REFERENCED,
  WORKINGSET,
  YOUNG,
  zoneOf,
} from "../abi/frame_word";
import { AllocFlag, LruList, Migratetype, PageFlag, PageLife } from "../abi/vocabulary";
import { ConfigWord, LevelWord, ScratchWord, StatWord } from "../abi/words";
import { markOf } from "../buddy/watermark";
import { setWord, wordOf } from "../frames/frame";
import { typeLent } from "../frames/lent";
import { addToLru, lruHead, lruPages, removeFromLru } from "../frames/lru";
import { freePages, isPopulated } from "../frames/zone";
import { prevOf } from "../memory/list";
import { config, SCRATCH } from "../memory/regions";
import { addTotal, level, setLevel, total } from "../memory/stats";
import { skipsMore } from "../policy/cma_zone";
import { balanceOf, isInactiveLow, scanLeft, scanTarget, weightOf } from "../policy/scan";
import { record } from "../record/events";
import { hasSwapRoom, swapOut } from "./swap";
import { ageNonresident, dropFilePage, nodePages, noteCost } from "./workingset";

/** SWAP_CLUSTER_MAX: pages per batch, and what direct reclaim wants at once. */
export const SWAP_CLUSTER: i32 = 32;

/** What a round of reclaim may do; bits. */
export enum Shrink {
  /** sc->may_deactivate */
  DEACTIVATES_ANON = 1,
  DEACTIVATES_FILE = 2,
  /** Whatever the lists are like (sc->force_deactivate). */
  FORCED = 3,
  /** It ends as soon as enough is free; direct reclaim at its first priority does not. */
  ENDS = 4,
}

function listPages(list: i32, highestZone: i32): i32 {
  let pages = 0;
  for (let zone = 0; zone <= highestZone; zone++) pages += lruPages(zone, list);
  return pages;
}

/**
 * The oldest page of a list that lies in a zone that may be used, and the list's head where it is empty. Older ones of
 * other zones are turned to the head, until this batch has turned over as many as one may: then zones count no more.
 */
function oldest(list: i32, highestZone: i32): u32 {
  const head = lruHead(list);
  while (true) {
    const link = prevOf(head);
    if (link == head) return head;
    const word = wordOf(link);
    if (zoneOf(word) <= highestZone || !skipsMore(load<i32>(SCRATCH, ScratchWord.TURNED << 2))) return link;
    turnOver(link, 1 << orderOf(word));
  }
}

function turnOver(link: u32, pages: i32): void {
  removeFromLru(link);
  addToLru(link, false);
  store<i32>(SCRATCH, load<i32>(SCRATCH, ScratchWord.TURNED << 2) + 1, ScratchWord.TURNED << 2);
  addTotal(StatWord.PAGES_SKIPPED, pages);
}

/** A batch begins: nothing is turned over yet. */
function beginBatch(): void {
  store<i32>(SCRATCH, 0, ScratchWord.TURNED << 2);
}

/** shrink_active_list(): up to `pages` from the tail go to the inactive list, young or not. */
function deactivate(list: i32, pages: i32, highestZone: i32): void {
  const head = lruHead(list);
  const most = min(pages, listPages(list, highestZone));
  let done = 0;
  beginBatch();
  while (done < most) {
    const link = oldest(list, highestZone);
    if (link == head) break;
    removeFromLru(link);
    const word = (wordOf(link) & ~(<u32>PageFlag.ACTIVE | YOUNG)) | WORKINGSET;
    setWord(link, word);
    addToLru(link, false);
    done += 1 << orderOf(word);
  }
  addTotal(StatWord.PAGES_DEACTIVATED, done);
}

/** No word of a page that stays. */
const FREED: u32 = 0;

/**
 * One page at the tail: FREED, or its word if it stays. Mapped and young: once more around the list, the second time
 * active. Under writeback, dirty, pinned, without room in swap: out of the way, active. zram without a frame: it stays.
 */
function evictOne(cpu: i32, link: u32, word: u32, sparesYoung: bool): u32 {
  const active = word | PageFlag.ACTIVE;
  if (hasPageFlag(word, PageFlag.WRITEBACK)) return active;
  if (sparesYoung && (word & YOUNG) != 0 && hasPageFlag(word, PageFlag.MAPPED)) {
    const kept = (word & ~YOUNG) | REFERENCED;
    return word & REFERENCED ? kept | PageFlag.ACTIVE : kept;
  }
  if (lifeOf(word) == PageLife.FILE) {
    if (pinsOf(word) != 0 || hasPageFlag(word, PageFlag.DIRTY)) return active & ~REFERENCED;
    noteUnsuitable(link, word);
    dropFilePage(cpu, link);
    return FREED;
  }
  if (pinsOf(word) != 0) return word & ~REFERENCED;
  if (!hasSwapRoom(1 << orderOf(word))) return active & ~REFERENCED;
  if (!swapOut(cpu, link)) return word & ~REFERENCED;
  noteUnsuitable(link, word);
  return FREED;
}

/** A page of CMA that was freed is of no use to a request that may not take it. */
function noteUnsuitable(link: u32, word: u32): void {
  if (typeLent(link) != Migratetype.CMA) return;
  const at = SCRATCH + (ScratchWord.UNSUITABLE << 2);
  store<i32>(at, load<i32>(at) + (1 << orderOf(word)));
}

/** shrink_inactive_list(): looks at up to `pages` from the tail; what stays goes to a head. Answers pages freed. */
function shrinkInactive(cpu: i32, list: i32, pages: i32, highestZone: i32, sparesYoung: bool): i32 {
  const head = lruHead(list);
  const most = min(pages, listPages(list, highestZone));
  const written = total(StatWord.PAGES_SWAPPED_OUT);
  let freed = 0;
  let done = 0;
  beginBatch();
  while (done < most) {
    const link = oldest(list, highestZone);
    if (link == head) break;
    const word = wordOf(link);
    const size = 1 << orderOf(word);
    done += size;
    const kept = evictOne(cpu, link, word, sparesYoung);
    if (kept == FREED) freed += size;
    else keep(link, kept, size);
  }
  addTotal(StatWord.PAGES_SCANNED, done);
  noteCost(list >= LruList.INACTIVE_FILE, total(StatWord.PAGES_SWAPPED_OUT) - written, done - freed);
  return freed;
}

/** The page stays, with this word; made active, it ages the lists as an eviction would. */
function keep(link: u32, word: u32, pages: i32): void {
  removeFromLru(link);
  setWord(link, word);
  addToLru(link, false);
  if (!hasPageFlag(word, PageFlag.ACTIVE)) return;
  addTotal(StatWord.PAGES_ACTIVATED, pages);
  ageNonresident(pages);
}

function isLow(inactive: i32): bool {
  return isInactiveLow(nodePages(inactive), nodePages(inactive + 1), config(ConfigWord.PAGE_SHIFT));
}

/** May active pages of this kind be made inactive? They may while evicted ones come back and are active at once. */
function deactivates(inactive: i32, activates: i32, seen: i32): bool {
  return total(activates) != level(seen) || isLow(inactive);
}

/** The bits of prepare_scan_control(), with those that are forced. */
function mayDeactivate(forced: i32): i32 {
  let mode = forced;
  if (deactivates(LruList.INACTIVE_ANON, StatWord.ACTIVATES_ANON, LevelWord.SEEN_ANON))
    mode |= Shrink.DEACTIVATES_ANON;
  if (deactivates(LruList.INACTIVE_FILE, StatWord.ACTIVATES_FILE, LevelWord.SEEN_FILE))
    mode |= Shrink.DEACTIVATES_FILE;
  return mode;
}

/** Are hardly any file pages left, and anonymous ones that are not used? (sc->file_is_tiny) */
function isFileTiny(priority: i32, mode: i32): bool {
  let free = nodePages(LruList.INACTIVE_FILE) + nodePages(LruList.ACTIVE_FILE);
  let high = 0;
  for (let zone = 0; zone < config(ConfigWord.NR_ZONES); zone++) {
    if (!isPopulated(zone)) continue;
    free += freePages(zone);
    high += markOf(zone, AllocFlag.WMARK_HIGH);
  }
  const anon = nodePages(LruList.INACTIVE_ANON) >> priority;
  return free <= high && (mode & Shrink.DEACTIVATES_ANON) == 0 && anon != 0;
}

function scanAt(row: i32, list: i32): usize {
  return SCRATCH + ((<usize>(row + list)) << 2);
}

function left(list: i32): i32 {
  return load<i32>(scanAt(ScratchWord.SCAN_LEFT, list));
}

function setLeft(list: i32, pages: i32): void {
  store<i32>(scanAt(ScratchWord.SCAN_LEFT, list), pages);
}

function target(list: i32): i32 {
  return load<i32>(scanAt(ScratchWord.SCAN_TARGET, list));
}

/** get_scan_count() */
function setTargets(priority: i32, highestZone: i32, mode: i32): void {
  const swappiness = config(ConfigWord.SWAPPINESS);
  const unused = (mode & Shrink.DEACTIVATES_FILE) == 0 && nodePages(LruList.INACTIVE_FILE) >> priority != 0;
  const balance = balanceOf(hasSwapRoom(1), swappiness, priority, isFileTiny(priority, mode), unused);
  const anon = weightOf(true, swappiness, level(LevelWord.ANON_COST), level(LevelWord.FILE_COST));
  const file = weightOf(false, swappiness, level(LevelWord.ANON_COST), level(LevelWord.FILE_COST));
  for (let list: i32 = LruList.INACTIVE_ANON; list <= LruList.ACTIVE_FILE; list++) {
    const anonymous = list <= LruList.ACTIVE_ANON;
    const weight = anonymous ? anon : file;
    const pages = scanTarget(listPages(list, highestZone), priority, balance, anonymous, weight, anon + file);
    setLeft(list, pages);
    store<i32>(scanAt(ScratchWord.SCAN_TARGET, list), pages);
  }
}

/** shrink_list(): one batch of one list. */
function shrinkList(cpu: i32, list: i32, pages: i32, highestZone: i32, mode: i32): i32 {
  if (list == LruList.INACTIVE_ANON || list == LruList.INACTIVE_FILE)
    return shrinkInactive(cpu, list, pages, highestZone, true);
  const bit: i32 = list == LruList.ACTIVE_ANON ? Shrink.DEACTIVATES_ANON : Shrink.DEACTIVATES_FILE;
  if (mode & bit) deactivate(list, pages, highestZone);
  else store<i32>(SCRATCH, 1, ScratchWord.SKIPPED << 2);
  return 0;
}

/** Enough is free: the kind with less left ends, the other goes on until it was scanned as far. False: both end. */
function evenOut(): bool {
  const anon = left(LruList.INACTIVE_ANON) + left(LruList.ACTIVE_ANON);
  const file = left(LruList.INACTIVE_FILE) + left(LruList.ACTIVE_FILE);
  if (anon == 0 || file == 0) return false;
  const ended: i32 = file > anon ? LruList.INACTIVE_ANON : LruList.INACTIVE_FILE;
  const other: i32 = file > anon ? LruList.INACTIVE_FILE : LruList.INACTIVE_ANON;
  const percent = <i32>((<i64>min(anon, file) * 100) / (target(ended) + target(ended + 1) + 1));
  setLeft(ended, 0);
  setLeft(ended + 1, 0);
  for (let list = other; list <= other + 1; list++)
    setLeft(list, scanLeft(target(list), left(list), percent));
  return true;
}

/** shrink_lruvec(): all lists in turns, a batch of each. */
function shrinkLists(cpu: i32, highestZone: i32, wanted: i32, mode: i32): i32 {
  let freed = 0;
  while (left(LruList.INACTIVE_ANON) || left(LruList.ACTIVE_FILE) || left(LruList.INACTIVE_FILE)) {
    for (let list: i32 = LruList.INACTIVE_ANON; list <= LruList.ACTIVE_FILE; list++) {
      const pages = min(left(list), SWAP_CLUSTER);
      if (pages == 0) continue;
      setLeft(list, left(list) - pages);
      freed += shrinkList(cpu, list, pages, highestZone, mode);
    }
    if (freed >= wanted && (mode & Shrink.ENDS) != 0 && !evenOut()) break;
  }
  if (config(ConfigWord.SWAP_PAGES) && isLow(LruList.INACTIVE_ANON))
    deactivate(LruList.ACTIVE_ANON, SWAP_CLUSTER, highestZone);
  return freed;
}

/** shrink_node(): one round over the zones up to `highestZone`; answers pages freed. `mode`: Shrink.FORCED, ENDS. */
export function shrinkNode(cpu: i32, priority: i32, highestZone: i32, wanted: i32, mode: i32): i32 {
  const all = mayDeactivate(mode);
  setTargets(priority, highestZone, all);
  const freed = shrinkLists(cpu, highestZone, wanted, all);
  addTotal(StatWord.PAGES_RECLAIMED, freed);
  addTotal(StatWord.RECLAIM_ROUNDS, 1);
  if (freed > 0) setLevel(LevelWord.KSWAPD_FAILURES, 0);
  record(EventKind.RECLAIM, highestZone, freed, 0, priority, 0);
  return freed;
}

/** snapshot_refaults(): the end of a reclaim. */
export function endReclaim(): void {
  setLevel(LevelWord.SEEN_ANON, total(StatWord.ACTIVATES_ANON));
  setLevel(LevelWord.SEEN_FILE, total(StatWord.ACTIVATES_FILE));
}

/** Have rounds since clearSkipped() left active pages alone? */
export function hasSkipped(): bool {
  return load<i32>(SCRATCH, ScratchWord.SKIPPED << 2) != 0;
}

export function clearSkipped(): void {
  store<i32>(SCRATCH, 0, ScratchWord.SKIPPED << 2);
}

/** Proactive reclaim (MADV_PAGEOUT): up to `pages` of the oldest anonymous ones, young or not. Answers pages swapped out. */
export function swapOutOldest(cpu: i32, pages: i32): i32 {
  const zone = config(ConfigWord.NR_ZONES) - 1;
  if (listPages(LruList.INACTIVE_ANON, zone) < pages) deactivate(LruList.ACTIVE_ANON, pages, zone);
  const freed = shrinkInactive(cpu, LruList.INACTIVE_ANON, pages, zone, false);
  addTotal(StatWord.PAGES_RECLAIMED, freed);
  return freed;
}

/** Pages that reclaim could still take in a zone (zone_reclaimable_pages). */
export function reclaimablePages(zone: i32): i32 {
  let pages = lruPages(zone, LruList.INACTIVE_FILE) + lruPages(zone, LruList.ACTIVE_FILE);
  if (hasSwapRoom(1)) pages += lruPages(zone, LruList.INACTIVE_ANON) + lruPages(zone, LruList.ACTIVE_ANON);
  return pages;
}
