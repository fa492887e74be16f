// Knows: the kernel's own walk, step by step: the reference for every other strategy.
// Must not know: indexes. Models bitmap_find_next_zero_area_off (lib/bitmap.c, Linux 6.12) from its rules in words.

import { nextClear, nextSet } from "../../memory/bits";
import { NONE } from "../../memory/list";

/**
 * Next clear bit, rounded up to the alignment; accepted if no set bit lies in the window, else on from behind the
 * set bit that was found. A window that would pass the end of the map means NONE.
 */
export function kernelWalk(map: usize, bits: u32, start: u32, count: u32, mask: u32, offset: u32): u32 {
  const limit = bits - count;
  let at = start;
  while (true) {
    at = nextClear(map, at, bits);
    at += (0 - at - offset) & mask;
    if (at > limit) return NONE;
    const end = at + count;
    const hit = nextSet(map, at, end);
    if (hit == end) return at;
    at = hit + 1;
  }
}
