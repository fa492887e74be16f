// Knows: which file answers for which SearchStrategy; refuses what no strategy could mean.
// Must not know: how any of them works.

import { IndexPart, SearchStrategy } from "../../abi/vocabulary";
import { NONE } from "../../memory/list";
import { bitParallel, isSmall } from "./bit_parallel";
import { composite, firstWindow } from "./composite";
import { kernelWalk } from "./kernel";
import { lastSetScan } from "./last_set";
import { hasParts, treeOf } from "./layout";
import { runTree } from "./run_tree";
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
  if (strategy == SearchStrategy.COMPOSITE) {
    const found = firstWindow(map, bits, start, count, mask, offset);
    if (found != NONE) return found;
    return findBy(strategy, map, index, bits, start, count, mask, offset);
  }
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
    case SearchStrategy.RUN_TREE:
      if (!hasParts(index, bits, IndexPart.RUN_TREE)) break;
      return runTree(map, treeOf(index), bits, start, count, mask, offset);
    case SearchStrategy.COMPOSITE:
      return composite(map, index, bits, start, count, mask, offset);
  }
  return kernelWalk(map, bits, start, count, mask, offset);
}
