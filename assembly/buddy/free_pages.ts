// Knows: where a freed page goes: per-CPU list, or straight to the buddy lists.
// Models free_unref_page, __free_pages, split_page (mm/page_alloc.c, Linux 6.12 and 6.1).

import { isBare, kindOf, orderOf, pack, zoneOf } from "../abi/frame_word";
import { FRAME_SHIFT } from "../abi/layout";
import { PolicyWord } from "../abi/proposals";
import { FrameKind } from "../abi/vocabulary";
import { StatWord } from "../abi/words";
import { setWord, withContentOf, wordOf } from "../frames/frame";
import { addToLru, isOnLru, removeFromLru } from "../frames/lru";
import { ownerOf, vacate } from "../frames/owner";
import { isMergeable, MAX_ORDER, typeOf } from "../frames/pageblock";
import { NONE } from "../memory/list";
import { policy } from "../memory/policies";
import { FRAME_BYTES } from "../memory/regions";
import { count } from "../memory/stats";
import { goesToBuddy } from "../policy/free_target";
import { giveSingle, giveToPcp, PLAIN } from "./pcp";
import { isPcpOrder } from "./pcp_lists";
import { freeDirect, isHeld } from "./release";

/** ISOLATE blocks, by one policy CMA blocks too, and orders without a list bypass the per-CPU lists. */
function bypassesLists(type: i32, order: i32): bool {
  return !inline.always(isPcpOrder(order)) || inline.always(goesToBuddy(policy(PolicyWord.CMA_FREE), type));
}

/** The page's content is gone: off its LRU list, out of its slot. Answers its zone. */
export function dropContent(link: u32): i32 {
  const word = wordOf(link);
  if (inline.always(isOnLru(word))) inline.always(removeFromLru(link));
  if (inline.always(ownerOf(link)) != 0) vacate(link);
  setWord(link, FrameKind.BODY);
  count(StatWord.RELEASES);
  return zoneOf(word);
}

/** Frees an ALLOCATED head of this order. Nothing but its list changes for a single page without content. */
export function freePages(cpu: i32, link: u32, order: i32): void {
  if (order != 0) return freeFully(cpu, link, order);
  const word = wordOf(link);
  if (!PLAIN || !isBare(word) || inline.always(ownerOf(link)) != 0) return freeFully(cpu, link, 0);
  const type = typeOf(link);
  if (!isMergeable(type)) return freeFully(cpu, link, 0);
  count(StatWord.RELEASES);
  inline.always(giveSingle(cpu, zoneOf(word), link, type));
}

function freeFully(cpu: i32, link: u32, order: i32): void {
  const zone = inline.always(dropContent(link));
  const type = typeOf(link);
  if (inline.always(bypassesLists(type, order))) freeDirect(cpu, zone, link, order, false);
  else inline.always(giveToPcp(cpu, zone, link, order, type));
}

/** Frees without looking at the per-CPU lists: their lock was taken (pcp trylock failed in an interrupt). */
export function freePagesDirect(cpu: i32, link: u32, order: i32): void {
  const zone = dropContent(link);
  freeDirect(cpu, zone, link, order, false);
}

/** split_page(): one block becomes 2^order single pages of the same mobility. */
export function splitPages(link: u32, order: i32): void {
  const word = wordOf(link);
  if (isOnLru(word)) removeFromLru(link);
  vacate(link);
  const single = withContentOf(pack(FrameKind.ALLOCATED, 0, zoneOf(word)), word);
  for (let i: u32 = 0; i < (<u32>1) << order; i++) {
    setWord(link + (i << FRAME_SHIFT), single);
    if (isOnLru(single)) addToLru(link + (i << FRAME_SHIFT), false);
  }
}

/** The head, whatever its kind, whose frames this one is among, or NONE. */
export function coveringHead(link: u32): u32 {
  for (let order = 0; order <= MAX_ORDER; order++) {
    const head = link & ~((FRAME_BYTES << order) - 1);
    const word = wordOf(head);
    if (kindOf(word) == FrameKind.BODY) continue;
    return link - head < FRAME_BYTES << orderOf(word) ? head : NONE;
  }
  return NONE;
}

/** The ALLOCATED (or DETACHED) head whose block covers this frame, or NONE. */
export function headOf(link: u32): u32 {
  const head = coveringHead(link);
  return head != NONE && isHeld(head) ? head : NONE;
}

/** Are these 2^order frames exactly a row of allocated blocks? Loaded states know pages only one by one. */
function isAllocatedRange(link: u32, order: i32): bool {
  const end = link + (FRAME_BYTES << order);
  for (let at = link; at < end; ) {
    const word = wordOf(at);
    if (!isHeld(at)) return false;
    at += FRAME_BYTES << orderOf(word);
    if (at > end) return false;
  }
  return true;
}

/**
 * Makes the range one ALLOCATED block of this order if its frames allow it: it is one already, or (with `loose`) it
 * is a row of smaller ones or part of a larger one, which is split. Its content is about to be freed and does not
 * survive the joining. False: not allocated.
 */
export function gather(link: u32, order: i32, loose: bool): bool {
  let word = wordOf(link);
  if (kindOf(word) == FrameKind.ALLOCATED && orderOf(word) == order) return true;
  if (!loose) return false;
  const head = headOf(link);
  if (head == NONE) return false;
  if (orderOf(wordOf(head)) > order) splitPages(head, orderOf(wordOf(head)));
  word = wordOf(link);
  if (orderOf(word) == order && kindOf(word) == FrameKind.ALLOCATED) return true;
  if (!isAllocatedRange(link, order)) return false;
  const zone = zoneOf(word);
  const end = link + (FRAME_BYTES << order);
  for (let at = link; at < end; at += FRAME_BYTES) {
    if (isOnLru(wordOf(at))) removeFromLru(at);
    vacate(at);
    setWord(at, FrameKind.BODY);
  }
  setWord(link, pack(FrameKind.ALLOCATED, order, zone));
  return true;
}
