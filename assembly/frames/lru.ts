// Knows: the LRU lists of each zone and which pages are on them. Must not know: when pages are reclaimed.
// Models lru_add, lru_del (mm/swap.c, include/linux/mm_inline.h), Linux 6.12, the classic LRU.
// DEVIATION: per-CPU folio batches in front of the LRU lists are not modelled: a page is on its list at once.
// DEVIATION: the classic LRU, not MGLRU.
//
// The lists are those of the node: one set for all zones, as since Linux 4.8; the counts are per zone.
//
//   on a list  <=>  ALLOCATED, not ISOLATED, mobility LRU or life ZRAM
//   ZoneWord.NR_LRU[list] = pages (not blocks) of the zone on it

import { hasPageFlag, kindOf, lifeOf, mobilityOf, orderOf, zoneOf } from "../abi/frame_word";
import { FRAME_SHIFT } from "../abi/layout";
import { FrameKind, LruList, Mobility, PageFlag, PageLife } from "../abi/vocabulary";
import { ZoneWord } from "../abi/words";
import { addHead, addTail, unlink } from "../memory/list";
import { LRU_HEADS } from "../memory/regions";
import { setWord, wordOf } from "./frame";
import { zoneAt } from "./zone";

export function lruHead(list: i32): u32 {
  return LRU_HEADS + ((<u32>list) << FRAME_SHIFT);
}

/** The list that a page's life and flags name. */
export function lruListOf(word: u32): i32 {
  if (lifeOf(word) == PageLife.ZRAM) return LruList.ZRAM;
  if (hasPageFlag(word, PageFlag.UNEVICTABLE)) return LruList.UNEVICTABLE;
  const active = hasPageFlag(word, PageFlag.ACTIVE) ? 1 : 0;
  return (lifeOf(word) == PageLife.FILE ? <i32>LruList.INACTIVE_FILE : <i32>LruList.INACTIVE_ANON) + active;
}

export function isOnLru(word: u32): bool {
  if (kindOf(word) != FrameKind.ALLOCATED || hasPageFlag(word, PageFlag.ISOLATED)) return false;
  return mobilityOf(word) == Mobility.LRU || lifeOf(word) == PageLife.ZRAM;
}

function countAt(zone: i32, list: i32): usize {
  return zoneAt(zone) + ((<usize>(ZoneWord.NR_LRU + list)) << 2);
}

/** Pages, not blocks. */
export function lruPages(zone: i32, list: i32): i32 {
  return load<i32>(countAt(zone, list));
}

function counted(word: u32, sign: i32): i32 {
  const list = lruListOf(word);
  const at = countAt(zoneOf(word), list);
  store<i32>(at, load<i32>(at) + (sign << orderOf(word)));
  return list;
}

/** To the head of its list, or to the tail (rotation, loading). */
export function addToLru(link: u32, toTail: bool): void {
  const word = wordOf(link);
  const head = lruHead(counted(word, 1));
  if (toTail) addTail(head, link);
  else addHead(head, link);
}

/** Off its list; the word is unchanged. */
export function removeFromLru(link: u32): void {
  counted(wordOf(link), -1);
  unlink(link);
}

/** Changes mobility, life and flags of an allocated page, moving it between lists as they say. */
export function changeContent(link: u32, word: u32): void {
  const before = wordOf(link);
  if (isOnLru(before)) removeFromLru(link);
  setWord(link, word);
  if (isOnLru(word)) addToLru(link, false);
}
