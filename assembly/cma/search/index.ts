// Knows: what other rooms may use of the search: find a run, keep the index in step, size and build an index.
// Must not know: areas, frames.
//
// Answer of a search: the smallest i >= start with ((i + offset) & mask) == 0, i + count <= bits and all bits of
// [i, i + count) clear; or NONE (0xffffffff). NONE too for arguments that mean nothing: count 0, count > bits,
// start behind the last place, offset > mask, mask + 1 not a power of two.
// A map is (bits + 31) / 32 words, LSB first, 1 = taken; nothing outside of it is read.
// An index is indexWords(bits, partsOf(strategy)) words, best 64-byte aligned; buildIndex() once, then noteSet() or
// noteClear() after each change of the map. It may lie anywhere and move with its map: it holds no address.

import { IndexPart } from "../../abi/findings";
import { layIndex, partsIn, pyramidOf, summaryOf, treeOf } from "./layout";
import { buildPyramid, noteClearPyramid, noteSetPyramid } from "./pyramid_index";
import { buildSummary, noteSummary } from "./summary_index";
import { buildTree, LEAF_BITS, noteTree } from "./tree_index";

export { findRun } from "./choose";
export { indexWords, partsOf } from "./layout";
export { placeRun } from "./placement";

/** Writes the whole index from the map. */
export function buildIndex(index: usize, map: usize, bits: u32, parts: i32): void {
  layIndex(index, bits, parts);
  if (parts & IndexPart.RUN_TREE) buildTree(treeOf(index), map, bits);
  if (parts & IndexPart.SUMMARY) buildSummary(summaryOf(index), map, bits);
  if (parts & IndexPart.PYRAMID) buildPyramid(pyramidOf(index), map, bits);
}

/** Bits [from, from + count) of the map have been set. */
export function noteSet(index: usize, map: usize, bits: u32, from: u32, count: u32): void {
  if (count == 0) return;
  const parts = partsIn(index, bits);
  if (parts & IndexPart.RUN_TREE) noteTree(treeOf(index), map, bits, from, count, 0);
  if (parts & IndexPart.SUMMARY) noteSummary(summaryOf(index), map, bits, from, count, true);
  if (parts & IndexPart.PYRAMID) noteSetPyramid(pyramidOf(index), bits, from, count);
}

/** Bits [from, from + count) of the map have been cleared. */
export function noteClear(index: usize, map: usize, bits: u32, from: u32, count: u32): void {
  if (count == 0) return;
  const parts = partsIn(index, bits);
  if (parts & IndexPart.RUN_TREE) noteTree(treeOf(index), map, bits, from, count, LEAF_BITS);
  if (parts & IndexPart.SUMMARY) noteSummary(summaryOf(index), map, bits, from, count, false);
  if (parts & IndexPart.PYRAMID) noteClearPyramid(pyramidOf(index), map, bits, from, count);
}
