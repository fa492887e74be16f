// Knows: which parts an index has and where each begins, as a function of the map's length.
// Must not know: what the parts hold.
//
//   index | header (IndexWord) | RUN_TREE | SUMMARY | PYRAMID |      each part only if asked for, 64-byte aligned
//
// Offsets are relative to the index, so that an index may be copied or moved with its map.

import { IndexPart, SearchStrategy } from "../../abi/findings";
import { pyramidBytes } from "./pyramid_index";
import { summaryBytes } from "./summary_index";
import { treeBytes } from "./tree_index";

/** Words of the header. */
export enum IndexWord {
  BITS,
  /** IndexPart of what follows. */
  PARTS,
  /** Byte offsets from the index. */
  RUN_TREE,
  SUMMARY,
  PYRAMID,
  COUNT = 16,
}

const HEADER: u32 = IndexWord.COUNT << 2;

function up(bytes: u32): u32 {
  return (bytes + 63) & ~63;
}

/** What a strategy needs. */
export function partsOf(strategy: i32): i32 {
  switch (strategy) {
    case SearchStrategy.SUMMARY:
      return IndexPart.SUMMARY;
    case SearchStrategy.PYRAMID:
      return IndexPart.PYRAMID;
    case SearchStrategy.RUN_TREE:
    case SearchStrategy.COMPOSITE:
      return IndexPart.RUN_TREE;
    default:
      return 0;
  }
}

/** Words of an index with these parts for a map of `bits` bits. */
export function indexWords(bits: u32, parts: i32): u32 {
  let bytes = HEADER;
  if (parts & IndexPart.RUN_TREE) bytes += up(treeBytes(bits));
  if (parts & IndexPart.SUMMARY) bytes += up(summaryBytes(bits));
  if (parts & IndexPart.PYRAMID) bytes += up(pyramidBytes(bits));
  return bytes >> 2;
}

/** Writes the header: where each part will be. */
export function layIndex(index: usize, bits: u32, parts: i32): void {
  let at = HEADER;
  store<u32>(index, bits, IndexWord.BITS << 2);
  store<u32>(index, parts, IndexWord.PARTS << 2);
  store<u32>(index, at, IndexWord.RUN_TREE << 2);
  if (parts & IndexPart.RUN_TREE) at += up(treeBytes(bits));
  store<u32>(index, at, IndexWord.SUMMARY << 2);
  if (parts & IndexPart.SUMMARY) at += up(summaryBytes(bits));
  store<u32>(index, at, IndexWord.PYRAMID << 2);
}

/** IndexPart of an index for a map of this length; 0, the index of a map without one, has none. */
export function partsIn(index: usize, bits: u32): i32 {
  if (index == 0 || load<u32>(index, IndexWord.BITS << 2) != bits) return 0;
  return load<i32>(index, IndexWord.PARTS << 2);
}

export function treeOf(index: usize): usize {
  return index + <usize>load<u32>(index, IndexWord.RUN_TREE << 2);
}

export function summaryOf(index: usize): usize {
  return index + <usize>load<u32>(index, IndexWord.SUMMARY << 2);
}

export function pyramidOf(index: usize): usize {
  return index + <usize>load<u32>(index, IndexWord.PYRAMID << 2);
}
