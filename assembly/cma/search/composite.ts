// Knows: which way to look for which request in which state: the default.
// Must not know: how the ways work.
//
// A short walk first, since most requests fit near the start; then the tree, from where the walk stopped.

import { IndexPart } from "../../abi/vocabulary";
import { nextClear, nextSet } from "../../memory/bits";
import { NONE } from "../../memory/list";
import { kernelWalk } from "./kernel";
import { hasParts, treeOf } from "./layout";
import { boundOf, runTree } from "./run_tree";
import { NODE_BYTES } from "./tree_index";

/** Windows that are tried before the tree is asked. */
const WINDOWS: u32 = 12;
/** Bits that are read before the tree is asked. */
const REACH: u32 = 2048;
const ALL: u64 = 0xffff_ffff_ffff_ffff;

/** The first window if it fits and begins in the first 64 bits; else NONE, which says nothing. */
export function firstWindow(map: usize, bits: u32, start: u32, count: u32, mask: u32, offset: u32): u32 {
  const pairs = (bits + 31) >> 6;
  let pair = start >> 6;
  let from = map + (<usize>pair << 3);
  let word = (pair < pairs ? ~load<u64>(from) : <u64>~load<u32>(from)) & (ALL << (start & 63));
  if (word == 0) return NONE;
  let at = (pair << 6) + <u32>ctz(word);
  at += (0 - at - offset) & mask;
  if (at > bits - count) return NONE;
  pair = at >> 6;
  from = map + (<usize>pair << 3);
  word = (pair < pairs ? load<u64>(from) : <u64>load<u32>(from)) & (ALL << (at & 63));
  const end = at + count;
  const hit = word != 0 ? (pair << 6) + <u32>ctz(word) : nextSet(map, (pair + 1) << 6, end);
  return hit >= end ? at : NONE;
}

export function composite(map: usize, index: usize, bits: u32, start: u32, count: u32, mask: u32, offset: u32): u32 {
  if (!hasParts(index, bits, IndexPart.RUN_TREE)) return kernelWalk(map, bits, start, count, mask, offset);
  const tree = treeOf(index);
  if (load<u32>(tree + boundOf(mask, offset), NODE_BYTES) < count) return NONE;
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
      at = hit + 1;
    }
    if (at > limit) return NONE;
  }
  return runTree(map, tree, bits, start == 0 ? 0 : at, count, mask, offset);
}
