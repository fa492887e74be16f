// Knows: first fit by words, window after window, on from behind the FIRST set bit of a window that fails.
// Must not know: indexes.
//
// As the kernel's walk, but the pointer runs through the words, and where the alignment lands on a set bit the walk to
// the next clear one is not repeated by a second function.

import { nextClear, nextSet } from "../../memory/bits";
import { NONE } from "../../memory/list";

export function wordScan(map: usize, bits: u32, start: u32, count: u32, mask: u32, offset: u32): u32 {
  let at = start;
  const limit = bits - count;
  while (true) {
    at += (0 - at - offset) & mask;
    if (at > limit) return NONE;
    const hit = nextSet(map, at, at + count);
    if (hit == at + count) return at;
    at = nextClear(map, hit + 1, bits);
  }
}
