// Knows: the kernel's walk with both of its steps taken over the two-level summary.
// Must not know: how the summary is kept.
//
// Long stretches of equal words cost one step; a map of short runs costs as much as the plain walk and a little more.

import { pairOf } from "../../memory/bits";
import { NONE } from "../../memory/list";
import { nextRoom, nextTaken } from "./summary_index";

const ALL: u64 = 0xffff_ffff_ffff_ffff;

/** The first set bit at or after `from`; `bits` or more when there is none. */
function setFrom(map: usize, summary: usize, bits: u32, from: u32): u32 {
  if (from >= bits) return bits;
  const pair = from >> 6;
  const word = pairOf(map, pair, bits) & (ALL << (from & 63));
  if (word != 0) return (pair << 6) + <u32>ctz(word);
  const next = nextTaken(summary, pair + 1, bits);
  if (next << 6 >= bits) return bits;
  return (next << 6) + <u32>ctz(pairOf(map, next, bits));
}

/** The first clear bit at or after `from`; `bits` or more when there is none. */
function clearFrom(map: usize, summary: usize, bits: u32, from: u32): u32 {
  if (from >= bits) return bits;
  const pair = from >> 6;
  const word = ~pairOf(map, pair, bits) & (ALL << (from & 63));
  if (word != 0) return (pair << 6) + <u32>ctz(word);
  const next = nextRoom(summary, pair + 1, bits);
  if (next << 6 >= bits) return bits;
  return (next << 6) + <u32>ctz(~pairOf(map, next, bits));
}

export function summaryWalk(
  map: usize,
  summary: usize,
  bits: u32,
  start: u32,
  count: u32,
  mask: u32,
  offset: u32,
): u32 {
  const limit = bits - count;
  let at = start;
  while (at <= limit) {
    at = clearFrom(map, summary, bits, at);
    at += (0 - at - offset) & mask;
    if (at > limit) return NONE;
    const hit = setFrom(map, summary, bits, at);
    if (hit >= at + count) return at;
    at = hit + 1;
  }
  return NONE;
}
