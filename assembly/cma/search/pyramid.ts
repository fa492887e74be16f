// Knows: first fit by the pyramid of "any bit set".
// Must not know: how the pyramid is kept.
//
// A window that begins at a multiple of 2^k and is at least as long has a clear group of level k as its beginning: the
// next one is found 64 groups at a time; the rest of the window is checked over the levels. Places that are multiples
// of less than 64 are looked for in the map.

import { nextClear } from "../../memory/bits";
import { NONE } from "../../memory/list";
import { groupsOf, highest, LOWEST, levelOf, nextSetBy } from "./pyramid_index";

export function pyramidWalk(
  map: usize,
  pyramid: usize,
  bits: u32,
  start: u32,
  count: u32,
  mask: u32,
  offset: u32,
): u32 {
  const limit = bits - count;
  const places = offset | (mask + 1);
  const k = min(min(<u32>ctz(places), 31 - <u32>clz(count)), highest(bits));
  const grouped = k >= LOWEST;
  const level = grouped ? levelOf(pyramid, k) : map;
  const groups = grouped ? groupsOf(bits, k) : bits;
  const shift = grouped ? k : 0;
  let at = start + ((0 - start - offset) & mask);
  while (at <= limit) {
    const free = nextClear(level, at >> shift, groups) << shift;
    if (free > at) {
      at = free + ((0 - free - offset) & mask);
      if (at != free) continue;
      if (at > limit) return NONE;
    }
    const hit = nextSetBy(pyramid, map, bits, at, at + count);
    if (hit == at + count) return at;
    at = hit + 1;
    at += (0 - at - offset) & mask;
  }
  return NONE;
}
