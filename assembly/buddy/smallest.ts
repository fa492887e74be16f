// Knows: taking the smallest sufficient block of one migratetype and splitting it.
// Must not know: fallbacks, per-CPU lists. Models __rmqueue_smallest, expand, page_del_and_expand
// (mm/page_alloc.c, Linux 6.12); in 6.1 the callers account.

import { pack, withType } from "../abi/frame_word";
import { FrameKind } from "../abi/vocabulary";
import { setWord } from "../frames/frame";
import { MAX_ORDER } from "../frames/pageblock";
import { accountFree, modFreePages } from "../frames/zone";
import { isEmpty, NONE, nextOf } from "../memory/list";
import { FRAME_BYTES } from "../memory/regions";
import { ACCOUNTS_AT_TAKE } from "../rules";
import { freeHead, insertFirst, ORDER_STEP, removeFirst, removeFirstBelow } from "./freelist";

/** Keeps the low half, puts each upper half at the head of its list, the largest first. Answers pages put back. */
export function expand(zone: i32, link: u32, low: i32, high: i32, type: i32): i32 {
  const all = 1 << high;
  let half = FRAME_BYTES << high;
  let head = inline.always(freeHead(zone, high, type));
  while (high > low) {
    high -= 1;
    half >>= 1;
    head -= ORDER_STEP;
    inline.always(insertFirst(head, zone, link + half, high, type));
  }
  return all - (1 << low);
}

/** Takes this first block of its list and splits it to `order`; the frame is DETACHED and remembers the list's type. */
function splitFirst(zone: i32, link: u32, order: i32, current: i32, type: i32): void {
  const head = inline.always(freeHead(zone, current, type));
  inline.always(removeFirst(head, zone, link, current));
  if (current > order) inline.always(expand(zone, link, order, current, type));
  setWord(link, withType(pack(FrameKind.DETACHED, order, zone), type));
}

/** The same, accounted. */
export function takeBlock(cpu: i32, zone: i32, link: u32, order: i32, current: i32, type: i32): void {
  splitFirst(zone, link, order, current, type);
  if (ACCOUNTS_AT_TAKE) accountFree(cpu, zone, -(1 << order), type);
}

/** The first order from `order` up of which there is a free block of this type, or -1. */
export function smallestOrder(zone: i32, order: i32, type: i32): i32 {
  let head = inline.always(freeHead(zone, order, type));
  for (let current = order; current <= MAX_ORDER; current++) {
    if (!isEmpty(head)) return current;
    head += ORDER_STEP;
  }
  return -1;
}

/** The head of the first non-empty list of order >= `order`, split down; NONE when all are empty. */
export function takeSmallest(cpu: i32, zone: i32, order: i32, type: i32): u32 {
  const current = smallestOrder(zone, order, type);
  if (current < 0) return NONE;
  const link = nextOf(freeHead(zone, current, type));
  takeBlock(cpu, zone, link, order, current, type);
  return link;
}

/** A U, M or R block of exactly this order, below the largest one, accounted at once in every kernel; or NONE. */
export function takeExact(cpu: i32, zone: i32, order: i32, type: i32): u32 {
  const head = inline.always(freeHead(zone, order, type));
  const link = nextOf(head);
  if (link == head) return NONE;
  inline.always(removeFirstBelow(head, zone, link, order));
  setWord(link, withType(pack(FrameKind.DETACHED, order, zone), type));
  inline.always(modFreePages(cpu, zone, -(1 << order)));
  return link;
}

/** The same of this order out of a larger block, whose order is `current`, below the largest one. */
export function takeHalves(cpu: i32, zone: i32, order: i32, current: i32, type: i32): u32 {
  const head = inline.always(freeHead(zone, current, type));
  const link = nextOf(head);
  inline.always(removeFirstBelow(head, zone, link, current));
  inline.always(expand(zone, link, order, current, type));
  setWord(link, withType(pack(FrameKind.DETACHED, order, zone), type));
  inline.always(modFreePages(cpu, zone, -(1 << order)));
  return link;
}
