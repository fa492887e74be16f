// Knows: which way to look for which request in which state: the default.
// Must not know: how the ways work.
//
// A short walk first, since most requests fit near the start; then the tree, from where the walk stopped.

import { nextClear, nextSet } from "../../memory/bits";
import { NONE } from "../../memory/list";
import { runTree } from "./run_tree";
import { laneOf, LONGEST, nodeOf } from "./tree_index";

/** Windows that are tried before the tree is asked. */
const WINDOWS: u32 = 16;
/** Bits that are read before the tree is asked. */
const REACH: u32 = 4096;

export function composite(
  map: usize,
  tree: usize,
  bits: u32,
  start: u32,
  count: u32,
  mask: u32,
  offset: u32,
): u32 {
  let at = start;
  if (count <= REACH) {
    const reach = bits - start > REACH ? start + REACH : bits;
    const limit = bits - count;
    for (let i: u32 = 0; i < WINDOWS; i++) {
      at = nextClear(map, at, reach);
      if (at == reach) break;
      const place = at + ((0 - at - offset) & mask);
      if (place > limit) return NONE;
      const end = place + count;
      if (end > reach) break;
      const hit = nextSet(map, place, end);
      if (hit == end) return place;
      if (i == 0) {
        const unit = offset | (mask + 1);
        if (load<u32>(nodeOf(tree, 1) + LONGEST + (<usize>laneOf(unit & (0 - unit)) << 2)) < count) return NONE;
      }
      at = hit + 1;
    }
    if (at > limit) return NONE;
  }
  return runTree(map, tree, bits, at, count, mask, offset);
}
