// Knows: how a block joins the free lists: merging, head or tail, pieces of one pageblock.
// Must not know: per-CPU lists, who frees. Models __free_one_page, split_large_buddy, buddy_merge_likely
// (mm/page_alloc.c, Linux 6.12) and __free_pages_ok of 6.1.

import { kindOf } from "../abi/frame_word";
import { FrameKind, Migratetype } from "../abi/vocabulary";
import { isFreeBlock, setWord, wordOf } from "../frames/frame";
import { isMergeable, MAX_ORDER, PAGEBLOCK_ORDER, setTypes, typeOf } from "../frames/pageblock";
import { accountFree, hasIsolatedBlock, modFreePages } from "../frames/zone";
import { FRAME_BYTES } from "../memory/regions";
import { LISTS_FOLLOW_PAGEBLOCK } from "../rules";
import { insertFree, insertRun, removeBelow } from "./freelist";

/** From pageblock order up a free buddy of another type stops the merge, unless both are U, M or R. */
function mergesAcrossTypes(buddy: u32, order: i32, type: i32): bool {
  const buddyType = typeOf(buddy);
  if (buddyType == type) return true;
  if (!isMergeable(type) || !isMergeable(buddyType)) return false;
  if (LISTS_FOLLOW_PAGEBLOCK) setTypes(buddy, order, type);
  return true;
}

/**
 * buddy_merge_likely(): the would-be parent's buddy is free, so this block is kept for a later merge.
 * `size` is the block's, pre-scaled as links are.
 */
function mergeLikely(zone: i32, link: u32, order: i32, size: u32): bool {
  return order < MAX_ORDER - 1 && inline.always(isFreeBlock((link & ~size) ^ (size << 1), order + 1, zone));
}

/** Puts a merged block on its list. */
function insertMerged(zone: i32, link: u32, order: i32, size: u32, type: i32, toTail: bool): void {
  const kept = toTail || inline.always(mergeLikely(zone, link, order, size));
  inline.always(insertFree(zone, link, order, type, kept));
}

/**
 * Merges a block that is on no list and already counted with its buddies, and inserts what comes out. Below pageblock
 * order types do not matter: nothing is called in the loop, so that it need not save what it has in hand.
 */
function join(zone: i32, link: u32, order: i32, type: i32, toTail: bool): void {
  const large = min(PAGEBLOCK_ORDER, MAX_ORDER);
  let size = FRAME_BYTES << order;
  while (order < large) {
    const buddy = link ^ size;
    if (!inline.always(isFreeBlock(buddy, order, zone)))
      return inline.always(insertMerged(zone, link, order, size, type, toTail));
    inline.always(removeBelow(zone, buddy, order));
    setWord(link | buddy, FrameKind.BODY);
    link &= buddy;
    order += 1;
    size <<= 1;
  }
  joinLarge(zone, link, order, type, toTail);
}

/** The same from pageblock order up. */
function joinLarge(zone: i32, link: u32, order: i32, type: i32, toTail: bool): void {
  let size = FRAME_BYTES << order;
  while (order < MAX_ORDER) {
    const buddy = link ^ size;
    if (!inline.always(isFreeBlock(buddy, order, zone))) break;
    if (!mergesAcrossTypes(buddy, order, type)) break;
    inline.always(removeBelow(zone, buddy, order));
    setWord(link | buddy, FrameKind.BODY);
    link &= buddy;
    order += 1;
    size <<= 1;
  }
  inline.always(insertMerged(zone, link, order, size, type, toTail));
}

/**
 * Frees one naturally aligned block that is on no list into the lists of `type`.
 * The frame's word is overwritten; the range behind it must be BODY.
 */
export function freeOne(cpu: i32, zone: i32, link: u32, order: i32, type: i32, toTail: bool): void {
  accountFree(cpu, zone, 1 << order, type);
  if (order >= PAGEBLOCK_ORDER) joinLarge(zone, link, order, type, toTail);
  else join(zone, link, order, type, toTail);
}

/** freeOne() for the hot paths: most blocks are U, M or R, and the buddy of many is in use. */
export function freeBlock(cpu: i32, zone: i32, link: u32, order: i32, type: i32, toTail: bool): void {
  if (!isMergeable(type)) return freeOne(cpu, zone, link, order, type, toTail);
  inline.always(modFreePages(cpu, zone, 1 << order));
  const size = FRAME_BYTES << order;
  if (order < MAX_ORDER && inline.always(isFreeBlock(link ^ size, order, zone)))
    return join(zone, link, order, type, toTail);
  inline.always(insertMerged(zone, link, order, size, type, toTail));
}

/** Frees a block straight to the buddy lists, bypassing the per-CPU lists. */
export function freeDirect(cpu: i32, zone: i32, link: u32, order: i32, toTail: bool): void {
  if (order > PAGEBLOCK_ORDER) return freePieces(cpu, zone, link, order, toTail);
  inline.always(freeBlock(cpu, zone, link, order, typeOf(link), toTail));
}

/** Has this block of several pageblocks one that is isolated? */
function hasIsolated(zone: i32, link: u32, order: i32): bool {
  if (!hasIsolatedBlock(zone)) return false;
  const end = link + (FRAME_BYTES << order);
  for (let at = link; at < end; at += FRAME_BYTES << PAGEBLOCK_ORDER)
    if (typeOf(at) == Migratetype.ISOLATE) return true;
  return false;
}

/**
 * 6.12 frees a block of several pageblocks piece by piece, ascending, each with its own type; 6.1 as a whole.
 * DEVIATION: a block of several pageblocks is freed by pageblocks in 6.1 too while one of them is isolated; 6.1 would put it
 * on the list of its first one, where a fallback can steal it and end the isolation.
 */
function freePieces(cpu: i32, zone: i32, link: u32, order: i32, toTail: bool): void {
  if (!LISTS_FOLLOW_PAGEBLOCK && !hasIsolated(zone, link, order))
    return freeOne(cpu, zone, link, order, typeOf(link), toTail);
  freeByPiece(cpu, zone, link, order, PAGEBLOCK_ORDER, toTail);
}

/** Frees a block in pieces of order `piece`, ascending, each with its own pageblock's type (split_large_buddy). */
export function freeByPiece(cpu: i32, zone: i32, link: u32, order: i32, piece: i32, toTail: bool): void {
  const end = link + (FRAME_BYTES << order);
  for (let at = link; at < end; at += FRAME_BYTES << piece) {
    setWord(at, FrameKind.BODY);
    freeOne(cpu, zone, at, piece, typeOf(at), toTail);
  }
}

/** freeDirect() of many blocks of the largest order to the tail, ascending, all of `type`: [first, last], links of heads. */
export function freeRun(cpu: i32, zone: i32, first: u32, last: u32, type: i32): void {
  const order = LISTS_FOLLOW_PAGEBLOCK ? min(MAX_ORDER, PAGEBLOCK_ORDER) : MAX_ORDER;
  const behind = last + (FRAME_BYTES << MAX_ORDER);
  for (let at = first; at < behind; at += FRAME_BYTES << order) accountFree(cpu, zone, 1 << order, type);
  insertRun(zone, first, last, type);
}

/** True while a frame is the head of something that is on no free or per-CPU list. */
export function isHeld(link: u32): bool {
  const kind = kindOf(wordOf(link));
  return kind == FrameKind.ALLOCATED || kind == FrameKind.DETACHED;
}
