// Knows: the kernel's own walk, step by step: the reference for every other strategy.
// Must not know: indexes. Models bitmap_find_next_zero_area_off (lib/bitmap.c, Linux 6.12) from its rules in words.

import { clearFrom, setFrom } from "../../memory/bits";
import { NONE } from "../../memory/list";

/** Pairs that are looked through here before a function is called. */
const NEAR: u32 = 6;
const ALL: u64 = 0xffff_ffff_ffff_ffff;

/**
 * Next clear bit, rounded up to the alignment; accepted if no set bit lies in the window, else on from behind the
 * set bit that was found. A window that would pass the end of the map means NONE.
 */
export function kernelWalk(map: usize, bits: u32, start: u32, count: u32, mask: u32, offset: u32): u32 {
  const limit = bits - count;
  const pairs = (bits + 31) >> 6;
  let at = start;
  while (at <= limit) {
    let pair = at >> 6;
    let from = map + ((<usize>pair) << 3);
    let word = (pair < pairs ? ~load<u64>(from) : <u64>~load<u32>(from)) & (ALL << (at & 63));
    const near = min(pairs, pair + NEAR);
    while (word == 0) {
      pair += 1;
      if (pair >= near) break;
      word = ~load<u64>(map + ((<usize>pair) << 3));
    }
    at = word != 0 ? (pair << 6) + <u32>ctz(word) : clearFrom(map, pair, bits);
    at += (0 - at - offset) & mask;
    if (at > limit) return NONE;
    pair = at >> 6;
    from = map + ((<usize>pair) << 3);
    word = (pair < pairs ? load<u64>(from) : <u64>load<u32>(from)) & (ALL << (at & 63));
    const end = at + count;
    const close = min(end >> 6, pair + NEAR);
    while (word == 0) {
      pair += 1;
      if (pair >= close) break;
      word = load<u64>(map + ((<usize>pair) << 3));
    }
    const hit = word != 0 ? (pair << 6) + <u32>ctz(word) : setFrom(map, pair, end);
    if (hit >= end) return at;
    at = hit + 1;
  }
  return NONE;
}
