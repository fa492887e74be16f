// Knows: the free lists of each zone, order and migratetype, and nr_free.
// Must not know: why a block moves; page counters are the callers' business.
// Models __add_to_free_list, __del_page_from_free_list, mm/page_alloc.c, Linux 6.12.

import { pack, withType } from "../abi/frame_word";
import { FRAME_SHIFT } from "../abi/layout";
import { MAX_ORDERS, MIGRATE_TYPES } from "../abi/limits";
import { FrameKind } from "../abi/vocabulary";
import { ZoneWord } from "../abi/words";
import { setWord } from "../frames/frame";
import { MAX_ORDER } from "../frames/pageblock";
import { zoneAt } from "../frames/zone";
import {
  addHead,
  addTail,
  addTailUnwritten,
  isEmpty,
  NONE,
  nextOf,
  unlink,
  unlinkFirst,
} from "../memory/list";
import { FRAME_BYTES, FREE_HEADS } from "../memory/regions";
import { leaveOut, reach } from "./frontier";

/** From the head of a list to that of the same type one order up. */
export const ORDER_STEP: u32 = MIGRATE_TYPES << FRAME_SHIFT;

export function freeHead(zone: i32, order: i32, type: i32): u32 {
  const first = FREE_HEADS + <u32>zone * (MAX_ORDERS * ORDER_STEP) + ((<u32>type) << FRAME_SHIFT);
  return first + <u32>order * ORDER_STEP;
}

export function hasFree(zone: i32, order: i32, type: i32): bool {
  return !isEmpty(freeHead(zone, order, type));
}

/** get_page_from_free_area(): the head of the list, or NONE. */
export function firstFree(zone: i32, order: i32, type: i32): u32 {
  const head = inline.always(freeHead(zone, order, type));
  const link = nextOf(head);
  return link == head ? NONE : link;
}

function nrFreeAt(zone: i32, order: i32): usize {
  return zoneAt(zone) + ((<usize>(ZoneWord.NR_FREE + order)) << 2);
}

export function nrFree(zone: i32, order: i32): i32 {
  return load<i32>(nrFreeAt(zone, order));
}

export function insertFree(zone: i32, link: u32, order: i32, type: i32, toTail: bool): void {
  setWord(link, withType(pack(FrameKind.BUDDY, order, zone), type));
  const head = inline.always(freeHead(zone, order, type));
  if (toTail) inline.always(addTail(head, link));
  else inline.always(addHead(head, link));
  const at = nrFreeAt(zone, order);
  store<i32>(at, load<i32>(at) + 1);
}

/** insertFree() of a run of blocks of the largest order to the tail of `type`'s list, all but the last unwritten. */
export function insertRun(zone: i32, first: u32, last: u32, type: i32): void {
  const size = FRAME_BYTES << MAX_ORDER;
  const word = withType(pack(FrameKind.BUDDY, MAX_ORDER, zone), type);
  addTailUnwritten(freeHead(zone, MAX_ORDER, type), first, last - size);
  leaveOut(first, last, word);
  insertFree(zone, last, MAX_ORDER, type, true);
  const at = nrFreeAt(zone, MAX_ORDER);
  store<i32>(at, load<i32>(at) + <i32>((last - first) >> (MAX_ORDER + FRAME_SHIFT)));
}

/** insertFree() to the head of a list whose head the caller knows. */
export function insertFirst(head: u32, zone: i32, link: u32, order: i32, type: i32): void {
  setWord(link, withType(pack(FrameKind.BUDDY, order, zone), type));
  inline.always(addHead(head, link));
  const at = nrFreeAt(zone, order);
  store<i32>(at, load<i32>(at) + 1);
}

/** Takes the first block off this list. The word still says BUDDY. */
export function removeFirst(head: u32, zone: i32, link: u32, order: i32): void {
  if (order == MAX_ORDER) reach(link);
  inline.always(removeFirstBelow(head, zone, link, order));
}

/** The same of a block below the largest order: no call, so that hot loops need not save what they have in hand. */
export function removeFirstBelow(head: u32, zone: i32, link: u32, order: i32): void {
  unlinkFirst(head, link);
  const at = nrFreeAt(zone, order);
  store<i32>(at, load<i32>(at) - 1);
}

/** Takes a block off its list, whichever it is. The word still says BUDDY: the caller writes what it becomes. */
export function removeFree(zone: i32, link: u32, order: i32): void {
  if (order == MAX_ORDER) reach(link);
  inline.always(removeBelow(zone, link, order));
}

/** The same of a block below the largest order. */
export function removeBelow(zone: i32, link: u32, order: i32): void {
  inline.always(unlink(link));
  const at = nrFreeAt(zone, order);
  store<i32>(at, load<i32>(at) - 1);
}

/** Puts a free block to the tail of another migratetype's list of the same order. */
export function moveFree(zone: i32, link: u32, order: i32, type: i32): void {
  if (order == MAX_ORDER) reach(link);
  unlink(link);
  setWord(link, withType(pack(FrameKind.BUDDY, order, zone), type));
  addTail(freeHead(zone, order, type), link);
}
