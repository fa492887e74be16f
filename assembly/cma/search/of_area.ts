// Knows: the two searches that a machine needs: the kernel's walk, and the composite with its run tree.
// Must not know: areas. The other strategies answer the same and live in the bitmap module alone: a machine that
// carried them all would be a third larger.

import { IndexPart, SearchStrategy } from "../../abi/findings";
import { NONE } from "../../memory/list";
import { composite } from "./composite";
import { kernelWalk } from "./kernel";
import { indexWords, layIndex, treeOf } from "./layout";
import { buildTree, LEAF_BITS, noteTree } from "./tree_index";

/** The run that both strategies find; `index` 0: there is none, the kernel's walk answers. */
export function findWindow(
  map: usize,
  index: usize,
  bits: u32,
  start: u32,
  count: u32,
  mask: u32,
  offset: u32,
): u32 {
  if (count - 1 >= bits || start > bits - count || offset > mask || (mask & (mask + 1)) != 0) return NONE;
  if (index == 0) return kernelWalk(map, bits, start, count, mask, offset);
  return composite(map, index, bits, start, count, mask, offset);
}

/** Words of one range's index, up to the next 64 bytes; 0 for a strategy that keeps nothing. */
export function windowIndexWords(strategy: i32, bits: u32): u32 {
  return strategy == SearchStrategy.COMPOSITE ? (indexWords(bits, IndexPart.RUN_TREE) + 15) & ~15 : 0;
}

export function buildWindowIndex(index: usize, map: usize, bits: u32): void {
  layIndex(index, bits, IndexPart.RUN_TREE);
  buildTree(treeOf(index), map, bits);
}

/** Bits [from, from + count) have been set (given) or cleared. */
export function noteWindow(index: usize, map: usize, bits: u32, from: u32, count: u32, given: bool): void {
  if (count > 0) noteTree(treeOf(index), map, bits, from, count, given ? 0 : LEAF_BITS);
}
