// Knows: doubly linked circular lists through two fields of the frames' records, as the kernel's list_head.
// Must not know: what a member is. A link is where a record lies behind the first, in bytes; a head is a record behind the frames.

import { FrameField } from "../abi/layout";
import { FRAMES } from "./regions";

const NEXT: usize = FRAMES + FrameField.NEXT * 4;
const PREV: usize = FRAMES + FrameField.PREV * 4;

/** No link: answers of searches that found nothing. */
export const NONE: u32 = 0xffff_ffff;

export function nextOf(link: u32): u32 {
  return load<u32>(<usize>link, NEXT);
}

export function prevOf(link: u32): u32 {
  return load<u32>(<usize>link, PREV);
}

export function initHead(head: u32): void {
  store<u32>(<usize>head, head, NEXT);
  store<u32>(<usize>head, head, PREV);
}

export function isEmpty(head: u32): bool {
  return load<u32>(<usize>head, NEXT) == head;
}

/** Writes the links of one member whose neighbours name it already. */
export function linkBetween(prev: u32, link: u32, next: u32): void {
  store<u32>(<usize>link, next, NEXT);
  store<u32>(<usize>link, prev, PREV);
}

export function addHead(head: u32, link: u32): void {
  const next = load<u32>(<usize>head, NEXT);
  store<u32>(<usize>link, next, NEXT);
  store<u32>(<usize>link, head, PREV);
  store<u32>(<usize>next, link, PREV);
  store<u32>(<usize>head, link, NEXT);
}

export function addTail(head: u32, link: u32): void {
  const prev = load<u32>(<usize>head, PREV);
  store<u32>(<usize>link, head, NEXT);
  store<u32>(<usize>link, prev, PREV);
  store<u32>(<usize>prev, link, NEXT);
  store<u32>(<usize>head, link, PREV);
}

/** addTail() of `count` elements, each `step` behind the one before. */
export function addTailRun(head: u32, first: u32, step: u32, count: i32): void {
  let prev = load<u32>(<usize>head, PREV);
  let link = first;
  for (let i = 0; i < count; i++) {
    store<u32>(<usize>prev, link, NEXT);
    store<u32>(<usize>link, prev, PREV);
    prev = link;
    link += step;
  }
  store<u32>(<usize>prev, head, NEXT);
  store<u32>(<usize>head, prev, PREV);
}

/** Puts a run whose members are not written to the tail: its ends are named, and name nobody. */
export function addTailUnwritten(head: u32, first: u32, last: u32): void {
  const prev = load<u32>(<usize>head, PREV);
  store<u32>(<usize>prev, first, NEXT);
  store<u32>(<usize>head, last, PREV);
}

/** unlink() of the first member: its predecessor is known. */
export function unlinkFirst(head: u32, link: u32): void {
  const next = load<u32>(<usize>link, NEXT);
  store<u32>(<usize>head, next, NEXT);
  store<u32>(<usize>next, head, PREV);
}

/** unlink() of the last member: its successor is known. */
export function unlinkLast(head: u32, link: u32): void {
  const prev = load<u32>(<usize>link, PREV);
  store<u32>(<usize>prev, head, NEXT);
  store<u32>(<usize>head, prev, PREV);
}

export function unlink(link: u32): void {
  const next = load<u32>(<usize>link, NEXT);
  const prev = load<u32>(<usize>link, PREV);
  store<u32>(<usize>prev, next, NEXT);
  store<u32>(<usize>next, prev, PREV);
}
