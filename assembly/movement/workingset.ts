// Knows: how old the node's lists are, what an eviction leaves behind, and what a page that comes back is worth.
// Must not know: which pages are evicted, who reads them again.
// Models workingset_eviction, workingset_refault, workingset_activation, workingset_age_nonresident (mm/workingset.c),
// folio_mark_accessed, lru_note_cost (mm/swap.c), Linux 6.12, one node without memory cgroups.

import { hasPageFlag, isWorkingset, orderOf, REFERENCED, WORKINGSET } from "../abi/frame_word";
import { evictedContent, hasAge, refaultDistance, wasWorkingset } from "../abi/slot";
import { LruList, PageFlag } from "../abi/vocabulary";
import { ConfigWord, LevelWord, StatWord } from "../abi/words";
import { putPages } from "../buddy/traced";
import { setWord, wordOf } from "../frames/frame";
import { changeContent, lruPages } from "../frames/lru";
import { ownerOf } from "../frames/owner";
import { config, SLOTS } from "../memory/regions";
import { addLevel, addTotal, count, level, setLevel } from "../memory/stats";
import { AREAS_KEEP_PAGES } from "../rules";
import { keepFilePage } from "./guests";

/** An I/O costs as much as so many rotations: SWAP_CLUSTER_MAX. */
const COST_OF_IO: i32 = 32;

/** Pages of all zones on a list. */
export function nodePages(list: i32): i32 {
  let pages = 0;
  for (let zone = 0; zone < config(ConfigWord.NR_ZONES); zone++) pages += lruPages(zone, list);
  return pages;
}

/** The lists age by each page that leaves the inactive ones, evicted or activated. */
export function ageNonresident(pages: i32): void {
  addLevel(LevelWord.NONRESIDENT_AGE, pages);
}

/** Is what leaves a slot kept there? A machine without time has nobody who would read it again. */
function keepsAge(): bool {
  return config(ConfigWord.ACTORS) != 0;
}

/** What the slot of a page that is evicted now will hold; the lists age. `otherwise` on a machine without time. */
export function evict(word: u32, isSwapped: bool, otherwise: u32): u32 {
  const age = level(LevelWord.NONRESIDENT_AGE);
  ageNonresident(1 << orderOf(word));
  return keepsAge() ? evictedContent(isSwapped, isWorkingset(word), age) : otherwise;
}

/** Drops a clean page of a file; a copy may go into an area, where a machine has a reader who would look for it. */
export function dropFilePage(cpu: i32, link: u32): void {
  const word = wordOf(link);
  const owner = ownerOf(link);
  const shadow = evict(word, false, 0);
  putPages(cpu, link, orderOf(word));
  if (owner == 0) return;
  store<u32>(SLOTS + <usize>((owner - 1) << 2), shadow);
  if (AREAS_KEEP_PAGES && shadow) keepFilePage(owner - 1, word);
}

/** lru_note_cost(): what reclaim of this kind has cost; older costs fade. */
export function noteCost(isFile: bool, ios: i32, rotated: i32): void {
  const cost = ios * COST_OF_IO + rotated;
  if (cost == 0) return;
  addLevel(isFile ? LevelWord.FILE_COST : LevelWord.ANON_COST, cost);
  let size = 0;
  for (let list: i32 = LruList.INACTIVE_ANON; list <= LruList.ACTIVE_FILE; list++) size += nodePages(list);
  if (level(LevelWord.FILE_COST) + level(LevelWord.ANON_COST) <= size >> 2) return;
  setLevel(LevelWord.FILE_COST, level(LevelWord.FILE_COST) >> 1);
  setLevel(LevelWord.ANON_COST, level(LevelWord.ANON_COST) >> 1);
}

/** Pages that compete with one that was away: what it could have had instead. */
function workingsetSize(isFile: bool): i32 {
  let size = nodePages(LruList.ACTIVE_FILE);
  if (!isFile) size += nodePages(LruList.INACTIVE_FILE);
  if (level(LevelWord.SWAP_USED) >= config(ConfigWord.SWAP_PAGES)) return size;
  size += nodePages(LruList.ACTIVE_ANON);
  return isFile ? size + nodePages(LruList.INACTIVE_ANON) : size;
}

/** A page is back in memory whose slot held `content`: active at once if it was not away for longer than others stay. */
export function refault(link: u32, content: u32, isFile: bool): void {
  if (!hasAge(content)) return;
  count(isFile ? StatWord.REFAULTS_FILE : StatWord.REFAULTS_ANON);
  const distance = refaultDistance(content, level(LevelWord.NONRESIDENT_AGE));
  if (distance > <u32>workingsetSize(isFile)) return;
  const was = wasWorkingset(content);
  changeContent(link, wordOf(link) | PageFlag.ACTIVE | (was ? WORKINGSET : 0));
  ageNonresident(1);
  count(isFile ? StatWord.ACTIVATES_FILE : StatWord.ACTIVATES_ANON);
  if (was) noteCost(isFile, 1, 0);
}

/** folio_mark_accessed(): the first use marks the page, the second makes it active. */
export function markAccessed(link: u32): void {
  const word = wordOf(link);
  if ((word & REFERENCED) == 0) return setWord(link, word | REFERENCED);
  if (hasPageFlag(word, PageFlag.ACTIVE | PageFlag.UNEVICTABLE)) return;
  changeContent(link, (word | PageFlag.ACTIVE) & ~REFERENCED);
  ageNonresident(1 << orderOf(word));
  addTotal(StatWord.PAGES_ACTIVATED, 1 << orderOf(word));
}
