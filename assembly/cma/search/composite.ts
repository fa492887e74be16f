// Knows: which way to look for which request in which state: the default.
// Must not know: how the ways work.
//
// Most requests fit near the start: a short walk comes first, step by step as the kernel's. A walk that goes on is
// stopped when it has cost a few times what the tree costs (the longest run in its root says at once that there is
// none), and the tree goes on from there: at worst the sum is a fraction above the plain walk, whatever the map.

import { IndexPart } from "../../abi/vocabulary";
import { clearFrom, setFrom } from "../../memory/bits";
import { NONE } from "../../memory/list";
import { kernelWalk } from "./kernel";
import { hasParts, treeOf } from "./layout";
import { boundOf, runTree } from "./run_tree";
import { NODE_BYTES } from "./tree_index";

/** Longer requests are left to the tree. */
export const REACH: u32 = 8192;
/** Windows that are tried before the root of the tree is asked whether there is a run at all. */
const ASK: u32 = 2;
/** What the walk may cost: 1 for a window, 1 for each 128 bits read. */
const WORK: u32 = 32;
const ALL: u64 = 0xffff_ffff_ffff_ffff;

/** Above an answer that is none yet: no window begins before the place below it. */
export const OPEN: u64 = 0x1_0000_0000;

/** The place, NONE, or OPEN | the place from which to go on. count <= REACH. */
export function shortWalk(map: usize, index: usize, bits: u32, start: u32, count: u32, mask: u32, offset: u32): u64 {
  const limit = bits - count;
  const pairs = (bits + 31) >> 6;
  let at = start;
  let work: u32 = 0;
  while (at <= limit) {
    let pair = at >> 6;
    let from = map + (<usize>pair << 3);
    let word = (pair < pairs ? ~load<u64>(from) : <u64>~load<u32>(from)) & (ALL << (at & 63));
    if (word == 0) {
      const reach = min(bits, ((pair + 64) << 6));
      at = clearFrom(map, pair + 1, reach);
      if (at == reach) return OPEN | at;
    } else {
      at = (pair << 6) + <u32>ctz(word);
    }
    at += (0 - at - offset) & mask;
    if (at > limit) return NONE;
    pair = at >> 6;
    from = map + (<usize>pair << 3);
    word = (pair < pairs ? load<u64>(from) : <u64>load<u32>(from)) & (ALL << (at & 63));
    const end = at + count;
    const hit = word != 0 ? (pair << 6) + <u32>ctz(word) : setFrom(map, pair + 1, end);
    if (hit >= end) return at;
    const before = work;
    work += 1 + ((hit - at) >> 7);
    at = hit + 1;
    if (work < ASK) continue;
    if (before < ASK && isHopeless(index, bits, count, mask, offset)) return NONE;
    if (work >= WORK) return OPEN | at;
  }
  return NONE;
}

/** Does the tree know that no run anywhere is long enough? */
function isHopeless(index: usize, bits: u32, count: u32, mask: u32, offset: u32): bool {
  if (!hasParts(index, bits, IndexPart.RUN_TREE)) return false;
  return load<u32>(treeOf(index) + boundOf(mask, offset), NODE_BYTES) < count;
}

/** Goes on from `from`, before which no window begins. */
export function longSearch(
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
  if (!hasParts(index, bits, IndexPart.RUN_TREE)) return kernelWalk(map, bits, from, count, mask, offset);
  // From the very beginning the tree need not be climbed first.
  return runTree(map, treeOf(index), bits, start == 0 ? 0 : from, count, mask, offset);
}
