// Knows: doubly linked circular lists through the two link arrays, as the kernel's list_head.
// Must not know: what a member is. A link is an element's index * 4; a head is a link behind the frames.

import { NEXT, PREV } from "./regions";

/** No link: answers of searches that found nothing. */
export const NONE: u32 = 0xffff_ffff;

export function nextOf(link: u32): u32 {
  return load<u32>(NEXT + <usize>link);
}

export function prevOf(link: u32): u32 {
  return load<u32>(PREV + <usize>link);
}

export function initHead(head: u32): void {
  store<u32>(NEXT + <usize>head, head);
  store<u32>(PREV + <usize>head, head);
}

export function isEmpty(head: u32): bool {
  return load<u32>(NEXT + <usize>head) == head;
}

export function addHead(head: u32, link: u32): void {
  const next = load<u32>(NEXT + <usize>head);
  store<u32>(NEXT + <usize>link, next);
  store<u32>(PREV + <usize>link, head);
  store<u32>(PREV + <usize>next, link);
  store<u32>(NEXT + <usize>head, link);
}

export function addTail(head: u32, link: u32): void {
  const prev = load<u32>(PREV + <usize>head);
  store<u32>(NEXT + <usize>link, head);
  store<u32>(PREV + <usize>link, prev);
  store<u32>(NEXT + <usize>prev, link);
  store<u32>(PREV + <usize>head, link);
}

export function unlink(link: u32): void {
  const next = load<u32>(NEXT + <usize>link);
  const prev = load<u32>(PREV + <usize>link);
  store<u32>(NEXT + <usize>prev, next);
  store<u32>(PREV + <usize>next, prev);
}
