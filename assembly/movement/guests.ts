// Knows: areas that keep their pages (CmaOwnerRule.AREA): which of them are spare, which hold copies of pages that left memory.
// Must not know: which pages reclaim chooses, who reads one again, how a window of an area is found.
// Models guaranteed CMA: cleancache_put_page and cleancache_get_page, frontswap_store and frontswap_load before an area (Park,
// 1424721263, 2015), gcma_alloc_range and gcma_free_range (2025, and as phones ship it).
// DEVIATION: a copy is made within one event: a cma_alloc never waits for one that is being read.
// DEVIATION: the worker that evicts runs right behind the page that found no room; whoever reclaims pays for it.
// DEVIATION: swapped-out pages are kept only where swap is a disk: behind zram no storage bounds what a cma_alloc waits for.
//
//   spare page       RESERVED, on the list SPARE
//   copy             ALLOCATED, mobility FIXED, life FILE or ANON, on the list FILE or SWAP, the newest first
//   given out        ALLOCATED, mobility FIXED, life CMA, its bit set, on no list
//   OWNER[frame] = s  <=>  COPIES[s - 1] = pfn + 1;   then SLOTS[s - 1] says that the page itself is not in memory
//   spare + copies = pages that the areas have not given out

import { isWorkingset, lifeOf, orderOf, pack, withLife, zoneOf } from "../abi/frame_word";
import { FRAME_SHIFT } from "../abi/layout";
import { LRU_LISTS } from "../abi/limits";
import { PolicyWord } from "../abi/proposals";
import { GuestWord } from "../abi/records";
import { FrameKind, Migratetype, PageLife } from "../abi/vocabulary";
import { ConfigWord } from "../abi/words";
import { linkOf, pfnOf, setWord, wordOf } from "../frames/frame";
import { lruHead } from "../frames/lru";
import { ownerOf, setOwner } from "../frames/owner";
import { blockFrames, typeOf } from "../frames/pageblock";
import { addHead, addTail, nextOf, prevOf, unlink } from "../memory/list";
import { policy } from "../memory/policies";
import { COPIES, config, FRAME_BYTES, GUESTS } from "../memory/regions";
import { entersBehind, hasShare, keepsFilePage, mustWrite, pagesToEvict } from "../policy/guests";
import { AREAS_KEEP_PAGES } from "../rules";

/** The head of a list: GuestWord.SPARE, FILE or SWAP, which count their members. */
export function guestHead(list: i32): u32 {
  return lruHead(LRU_LISTS + list - GuestWord.SPARE);
}

export function guestWord(word: i32): i32 {
  return AREAS_KEEP_PAGES ? load<i32>(GUESTS + ((<usize>word) << 2)) : 0;
}

function addGuest(word: i32, delta: i32): void {
  const at = GUESTS + ((<usize>word) << 2);
  store<i32>(at, load<i32>(at) + delta);
}

function copyAt(slot: u32): usize {
  return COPIES + ((<usize>slot) << 2);
}

/** Is any of the 2^order frames of an area that keeps its pages? No command but its area's may touch those. */
export function isKept(link: u32, order: i32): bool {
  if (!AREAS_KEEP_PAGES) return false;
  const end = link + (FRAME_BYTES << order);
  for (let at = link; at < end; at += blockFrames() << FRAME_SHIFT)
    if (typeOf(at) == Migratetype.CMA) return true;
  return false;
}

/** The list that an area's frame is on, or 0: it is given out. */
export function listOfGuest(word: u32): i32 {
  const life = lifeOf(word);
  if (life == PageLife.CMA) return 0;
  if (life == PageLife.FILE) return GuestWord.FILE;
  return life == PageLife.ANON ? <i32>GuestWord.SWAP : <i32>GuestWord.SPARE;
}

/** The frame is the area's and in nobody's use: at boot, and whenever a client gives it back. */
export function addSpare(link: u32): void {
  setWord(link, pack(FrameKind.RESERVED, 0, zoneOf(wordOf(link))));
  addTail(guestHead(GuestWord.SPARE), link);
  addGuest(GuestWord.SPARE, 1);
}

/** At boot: the reserved frames of a range. */
export function addKeptRange(first: u32, pages: u32): void {
  addGuest(GuestWord.PAGES, pages);
  for (let link = first; link < first + (pages << FRAME_SHIFT); link += FRAME_BYTES) addSpare(link);
}

/** Off its list; a copy is forgotten, its frame is nobody's for the moment. */
function takeOff(link: u32): void {
  const list = listOfGuest(wordOf(link));
  unlink(link);
  addGuest(list, -1);
  const owner = ownerOf(link);
  if (list == GuestWord.SPARE || owner == 0) return;
  store<u32>(copyAt(owner - 1), 0);
  setOwner(link, 0);
}

/** A copy of the slot's page in a spare frame; false: there is none. */
function copyIn(slot: u32, list: i32): bool {
  const link = nextOf(guestHead(GuestWord.SPARE));
  if (link == guestHead(GuestWord.SPARE)) return false;
  takeOff(link);
  const life: i32 = list == GuestWord.FILE ? PageLife.FILE : PageLife.ANON;
  setWord(link, withLife(pack(FrameKind.ALLOCATED, 0, zoneOf(wordOf(link))), life));
  setOwner(link, slot + 1);
  store<u32>(copyAt(slot), pfnOf(link) + 1);
  addHead(guestHead(list), link);
  addGuest(list, 1);
  return true;
}

function evict(most: i32): void {
  const head = guestHead(GuestWord.FILE);
  for (let i = 0; i < most && prevOf(head) != head; i++) {
    const link = prevOf(head);
    takeOff(link);
    addSpare(link);
    addGuest(GuestWord.EVICTED, 1);
  }
}

function hasRoom(list: i32): bool {
  if (guestWord(GuestWord.SPARE) == 0) return false;
  const share = policy(PolicyWord.FRONTSWAP_SHARE);
  return hasShare(share, list == GuestWord.SWAP, guestWord(list), guestWord(GuestWord.PAGES));
}

/** Reclaim has dropped the clean file page of this slot, whose word it was. */
export function keepFilePage(slot: u32, word: u32): void {
  if (orderOf(word) != 0 || !keepsFilePage(policy(PolicyWord.GUESTS), isWorkingset(word))) return;
  const batch = policy(PolicyWord.GUEST_EVICT);
  const isFull = !hasRoom(GuestWord.FILE);
  if (isFull) evict(pagesToEvict(batch));
  const enters = !isFull || (entersBehind(batch) && hasRoom(GuestWord.FILE));
  if (enters && copyIn(slot, GuestWord.FILE)) addGuest(GuestWord.FILE_KEPT, 1);
  else addGuest(GuestWord.REFUSED, 1);
}

/** The anonymous page of this slot is swapped out. True: an area has it, and storage need not have it yet. */
export function keepSwappedPage(slot: u32, order: i32): bool {
  if (order != 0 || policy(PolicyWord.FRONTSWAP_SHARE) == 0 || config(ConfigWord.ZRAM_PERCENT)) return false;
  if (!hasRoom(GuestWord.SWAP) || !copyIn(slot, GuestWord.SWAP)) return false;
  addGuest(GuestWord.SWAP_KEPT, 1);
  return policy(PolicyWord.WRITE_THROUGH) == 0;
}

/** Nobody wants the copy of this slot any more, if there is one. */
export function forgetCopy(slot: u32): void {
  if (!AREAS_KEEP_PAGES) return;
  const held = load<u32>(copyAt(slot));
  if (held == 0) return;
  const link = linkOf(held - 1);
  takeOff(link);
  addSpare(link);
}

/** The page of this slot is read back. True: from its copy, which is gone then; false: from storage. */
export function copyBack(slot: u32): bool {
  if (!AREAS_KEEP_PAGES) return false;
  const held = load<u32>(copyAt(slot));
  if (held == 0) return false;
  const isFile = listOfGuest(wordOf(linkOf(held - 1))) == GuestWord.FILE;
  forgetCopy(slot);
  addGuest(isFile ? <i32>GuestWord.FILE_BACK : <i32>GuestWord.SWAP_BACK, 1);
  return true;
}

/** What a client has found in a frame that it takes. */
export enum Kept {
  SPARE,
  COPY,
  /** A copy that storage does not have yet: it is written first. */
  UNWRITTEN,
}

/** A client takes the frame: a copy in it is dropped at once. */
export function takeKept(link: u32): Kept {
  const list = listOfGuest(wordOf(link));
  takeOff(link);
  setWord(link, withLife(pack(FrameKind.ALLOCATED, 0, zoneOf(wordOf(link))), PageLife.CMA));
  if (list == GuestWord.SPARE) return Kept.SPARE;
  addGuest(GuestWord.DISCARDED, 1);
  if (!mustWrite(list == GuestWord.SWAP, policy(PolicyWord.WRITE_THROUGH) != 0)) return Kept.COPY;
  addGuest(GuestWord.WRITTEN, 1);
  return Kept.UNWRITTEN;
}
