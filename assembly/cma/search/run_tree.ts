// Knows: first fit by the tree of clear runs.
// Must not know: how the tree is kept.
//
// The subtrees to the right of `start` are visited from left to right, the largest first; one is entered only if
// its longest run (begun at a multiple of the largest tracked unit that divides all places asked for) is long enough.
// `open` is the first place from which everything up to the subtree is clear: a run may end inside of the subtree.

import { NONE } from "../../memory/list";
import { findInside } from "./inside";
import {
  firstLeaf,
  LEAF_BITS,
  LEAF_ORDER,
  LONGEST,
  laneOf,
  NODE_BYTES,
  NODE_SHIFT,
  PREFIX,
  SUFFIX,
} from "./tree_index";

/** Offset of the longest run that bounds this request, from the tree on: add a node's. */
export function boundOf(mask: u32, offset: u32): usize {
  const places = offset | (mask + 1);
  return LONGEST + ((<usize>laneOf(places & (0 - places))) << 2);
}

export function runTree(
  map: usize,
  tree: usize,
  bits: u32,
  start: u32,
  count: u32,
  mask: u32,
  offset: u32,
): u32 {
  const first = firstLeaf(bits);
  const bound = tree + boundOf(mask, offset);
  let k = first + (start >> LEAF_ORDER);
  let at = start & ~(LEAF_BITS - 1);
  let open: u32 = NONE;
  if (at != start) {
    const node = (<usize>k) << NODE_SHIFT;
    at += LEAF_BITS;
    if (load<u32>(bound + node) >= count) {
      const found = findInside(map, start, min(at, bits), count, mask, offset);
      if (found != NONE) return found;
    }
    open = max(start, at - load<u32>(tree + node, SUFFIX));
    open += (0 - open - offset) & mask;
    k += 1;
    if ((k & (k - 1)) == 0) return NONE;
  }
  while (true) {
    k >>= <u32>ctz(k);
    let size = LEAF_BITS << (<u32>clz(k) - <u32>clz(first));
    if (open < at && at - open + load<u32>(tree + ((<usize>k) << NODE_SHIFT), PREFIX) >= count) return open;
    let enter = load<u32>(bound + ((<usize>k) << NODE_SHIFT)) >= count;
    while (enter && k < first) {
      k <<= 1;
      size >>= 1;
      const left = (<usize>k) << NODE_SHIFT;
      if (load<u32>(bound + left) >= count) continue;
      at += size;
      const suffix = load<u32>(tree + left, SUFFIX);
      if (suffix < size || open >= at) {
        open = at - suffix;
        open += (0 - open - offset) & mask;
      }
      if (open < at && at - open + load<u32>(tree + left, PREFIX + NODE_BYTES) >= count) return open;
      k += 1;
      enter = load<u32>(bound + left, NODE_BYTES) >= count;
    }
    if (enter) {
      const found = findInside(map, at, min(at + size, bits), count, mask, offset);
      if (found != NONE) return found;
    }
    at += size;
    const suffix = load<u32>(tree + ((<usize>k) << NODE_SHIFT), SUFFIX);
    if (suffix < size || open >= at) {
      open = at - suffix;
      open += (0 - open - offset) & mask;
    }
    k += 1;
    if ((k & (k - 1)) == 0) return NONE;
  }
}
