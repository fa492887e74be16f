// Knows: which file answers for which SearchStrategy; refuses what no strategy could mean.
// Must not know: how any of them works.

import { IndexPart, SearchStrategy } from "../../abi/findings";
import { NONE } from "../../memory/list";
import { bitParallel, isSmall } from "./bit_parallel";
import { composite } from "./composite";
import { kernelWalk } from "./kernel";
import { lastSetScan } from "./last_set";
import { partsIn, pyramidOf, summaryOf, treeOf } from "./layout";
import { pyramidWalk } from "./pyramid";
import { runTree } from "./run_tree";
import { isGrouped, simdGroup } from "./simd_group";
import { summaryWalk } from "./summary";
import { wordScan } from "./word_scan";

/**
 * The run that `strategy` finds; the same for all of them. A strategy whose part the index does not have leaves the
 * search to the kernel's walk.
 */
export function findRun(
  strategy: i32,
  map: usize,
  index: usize,
  bits: u32,
  start: u32,
  count: u32,
  mask: u32,
  offset: u32,
): u32 {
  if (count - 1 >= bits || start > bits - count || offset > mask || (mask & (mask + 1)) != 0) return NONE;
  if (strategy == SearchStrategy.COMPOSITE) return composite(map, index, bits, start, count, mask, offset);
  if (strategy == SearchStrategy.KERNEL) return kernelWalk(map, bits, start, count, mask, offset);
  return findBy(strategy, map, index, bits, start, count, mask, offset);
}

function findBy(
  strategy: i32,
  map: usize,
  index: usize,
  bits: u32,
  start: u32,
  count: u32,
  mask: u32,
  offset: u32,
): u32 {
  switch (strategy) {
    case SearchStrategy.WORD_SCAN:
      return wordScan(map, bits, start, count, mask, offset);
    case SearchStrategy.LAST_SET:
      return lastSetScan(map, bits, start, count, mask, offset);
    case SearchStrategy.BIT_PARALLEL:
      if (!isSmall(count, mask)) return lastSetScan(map, bits, start, count, mask, offset);
      return bitParallel(map, bits, start, count, mask, offset);
    case SearchStrategy.SIMD_GROUP:
      if (!isGrouped(count, mask, offset)) return lastSetScan(map, bits, start, count, mask, offset);
      return simdGroup(map, bits, start, count, mask, offset);
    case SearchStrategy.SUMMARY:
      if ((partsIn(index, bits) & IndexPart.SUMMARY) == 0) break;
      return summaryWalk(map, summaryOf(index), bits, start, count, mask, offset);
    case SearchStrategy.PYRAMID:
      if ((partsIn(index, bits) & IndexPart.PYRAMID) == 0) break;
      return pyramidWalk(map, pyramidOf(index), bits, start, count, mask, offset);
    case SearchStrategy.RUN_TREE:
      if ((partsIn(index, bits) & IndexPart.RUN_TREE) == 0) break;
      return runTree(map, treeOf(index), bits, start, count, mask, offset);
  }
  return kernelWalk(map, bits, start, count, mask, offset);
}
