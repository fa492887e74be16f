// Knows: which way to look for which request in which state: the default.
// Must not know: how the ways work.
//
// Most requests fit near the start: a short walk comes first, step by step as the kernel's. After two windows the root
// of the tree says whether there is a run at all. A small request is then tried at 64 places at once, a larger one goes
// on window by window, until that has cost a few times what the tree costs; the tree goes on from there. At worst the
// sum is a fraction above the plain walk, whatever the map.

import { IndexPart } from "../../abi/findings";
import { clearFrom, setFrom } from "../../memory/bits";
import { NONE } from "../../memory/list";
import { bitParallel, isSmall } from "./bit_parallel";
import { kernelWalk } from "./kernel";
import { partsIn, treeOf } from "./layout";
import { boundOf, runTree } from "./run_tree";
import { NODE_BYTES } from "./tree_index";

/** Longer requests are left to the tree. */
const REACH: u32 = 8192;
/** What a window costs the walk: WINDOW, and 1 for each 64 bits read. */
const WINDOW: u32 = 2;
/** From this cost on the root of the tree is asked whether there is a run at all. */
const ASK: u32 = 4;
/** From this cost on a small request is tried at 64 places at once. */
const TRIED: u32 = 10;
/** What the walk may cost before the tree goes on. */
const MOST: u32 = 24;
/** Pairs that are looked through before a function is called. */
const NEAR: u32 = 6;
/** Pairs that are looked through for a clear bit before the tree goes on. */
const FULL: u32 = 12;
/** Bits that are looked through for a small request before the tree goes on. */
const STRETCH: u32 = 2048;
const ALL: u64 = 0xffff_ffff_ffff_ffff;

/** The first place; `index` without a run tree, or 0, leaves everything to the kernel's walk. */
export function composite(
  map: usize,
  index: usize,
  bits: u32,
  start: u32,
  count: u32,
  mask: u32,
  offset: u32,
): u32 {
  const limit = bits - count;
  const pairs = (bits + 31) >> 6;
  let at = start;
  let cost: u32 = 0;
  if (count > REACH) return searchOn(map, index, bits, start, count, mask, offset, start);
  while (true) {
    let pair = at >> 6;
    let from = map + ((<usize>pair) << 3);
    let word = (pair < pairs ? ~load<u64>(from) : <u64>~load<u32>(from)) & (ALL << (at & 63));
    const near = min(pairs, pair + NEAR);
    while (word == 0) {
      pair += 1;
      if (pair >= near) break;
      word = ~load<u64>(map + ((<usize>pair) << 3));
    }
    if (word == 0) {
      const reach = min(bits, (pair + FULL) << 6);
      at = clearFrom(map, pair, reach);
      if (at == reach) break;
    } else {
      at = (pair << 6) + <u32>ctz(word);
    }
    at += (0 - at - offset) & mask;
    if (at > limit) return NONE;
    pair = at >> 6;
    from = map + ((<usize>pair) << 3);
    word = (pair < pairs ? load<u64>(from) : <u64>load<u32>(from)) & (ALL << (at & 63));
    const end = at + count;
    const close = min(end >> 6, pair + NEAR);
    while (word == 0) {
      pair += 1;
      if (pair >= close) break;
      word = load<u64>(map + ((<usize>pair) << 3));
    }
    const hit = word != 0 ? (pair << 6) + <u32>ctz(word) : setFrom(map, pair, end);
    if (hit >= end) return at;
    const before = cost;
    cost += WINDOW + ((hit - at) >> 6);
    at = hit + 1;
    if (at > limit) return NONE;
    if (cost < ASK) continue;
    if (before < ASK && isHopeless(index, bits, count, mask, offset)) return NONE;
    if (cost < TRIED) continue;
    if (isSmall(count, mask)) return smallSearch(map, index, bits, start, count, mask, offset, at);
    if (cost >= MOST) break;
  }
  return searchOn(map, index, bits, start, count, mask, offset, at);
}

/** Does the tree know that no run anywhere is long enough? */
function isHopeless(index: usize, bits: u32, count: u32, mask: u32, offset: u32): bool {
  if ((partsIn(index, bits) & IndexPart.RUN_TREE) == 0) return false;
  return load<u32>(treeOf(index) + boundOf(mask, offset), NODE_BYTES) < count;
}

/** Goes on from `from`: a stretch at 64 places at once, before the tree. */
function smallSearch(
  map: usize,
  index: usize,
  bits: u32,
  start: u32,
  count: u32,
  mask: u32,
  offset: u32,
  from: u32,
): u32 {
  const end = min(bits, from + STRETCH);
  const found = bitParallel(map, end, from, count, mask, offset);
  if (found != NONE || end == bits) return found;
  return searchOn(map, index, bits, start, count, mask, offset, end - count + 1);
}

/** Goes on from `from`, before which no window begins. */
function searchOn(
  map: usize,
  index: usize,
  bits: u32,
  start: u32,
  count: u32,
  mask: u32,
  offset: u32,
  from: u32,
): u32 {
  if (from > bits - count) return NONE;
  if ((partsIn(index, bits) & IndexPart.RUN_TREE) == 0)
    return kernelWalk(map, bits, from, count, mask, offset);
  // From the very beginning the tree need not be climbed first.
  return runTree(map, treeOf(index), bits, start == 0 ? 0 : from, count, mask, offset);
}
