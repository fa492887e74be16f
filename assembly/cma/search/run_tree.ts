// Knows: first fit by the tree of clear runs.
// Must not know: how the tree is kept.
//
// The subtrees to the right of `start` are visited from left to right, the largest first; one is entered only if
// its longest run (begun at a multiple of the largest tracked unit that divides all places asked for) is long enough.
// `open` is the first place from which everything up to the subtree is clear: a run may end inside of the subtree.

import { NONE } from "../../memory/list";
import { findInside } from "./inside";
import { firstLeaf, LEAF_BITS, LEAF_ORDER, laneOf, LONGEST, nodeOf, PREFIX, SUFFIX } from "./tree_index";

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
  const unit = offset | (mask + 1);
  const lane = LONGEST + (<usize>laneOf(unit & (0 - unit)) << 2);
  let k = first + (start >> LEAF_ORDER);
  let at = start & ~(LEAF_BITS - 1);
  let size = LEAF_BITS;
  let open: u32 = NONE;
  if (at == start) {
    const levels = <u32>ctz(k);
    k >>= levels;
    size <<= levels;
  } else {
    const node = nodeOf(tree, k);
    const end = at + LEAF_BITS;
    if (load<u32>(node + lane) >= count) {
      const found = findInside(map, start, min(end, bits), count, mask, offset);
      if (found != NONE) return found;
    }
    open = max(start, end - load<u32>(node, SUFFIX));
    open += (0 - open - offset) & mask;
    at = end;
    k += 1;
    const levels = <u32>ctz(k);
    k >>= levels;
    size <<= levels;
    if (k == 1) return NONE;
  }
  while (true) {
    const node = nodeOf(tree, k);
    const prefix = load<u32>(node, PREFIX);
    if (open < at && at - open + prefix >= count) return open;
    if (load<u32>(node + lane) >= count) {
      if (k < first) {
        k <<= 1;
        size >>= 1;
        continue;
      }
      const found = findInside(map, at, min(at + size, bits), count, mask, offset);
      if (found != NONE) return found;
    }
    at += size;
    if (prefix < size || open >= at) {
      open = at - load<u32>(node, SUFFIX);
      open += (0 - open - offset) & mask;
    }
    k += 1;
    const levels = <u32>ctz(k);
    k >>= levels;
    size <<= levels;
    if (k == 1) return NONE;
  }
}
