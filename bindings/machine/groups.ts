// Knows: groups of pageblocks, 1 GiB each unless told otherwise: which of them hold memory that cannot be moved, which are free.
// Must not know: how a pageblock came to its type, who wants a group. The words of the superpageblocks of 2026 (van Riel, RFC):
// a group is tainted while a pageblock of it is unmovable, reclaimable or of the HIGHATOMIC reserve.

import { ClassFlag, PageClass } from "../../assembly/abi/classes.js";
import { Migratetype } from "../../assembly/abi/vocabulary.js";
import { ConfigWord } from "../../assembly/abi/words.js";
import { UnitError } from "../engine/errors.js";

/** What is read of a machine (MachineViews). */
interface Memory {
  readonly startPfn: number;
  readonly frameCount: number;
  readonly pageblocks: Uint8Array;
  config(word: ConfigWord): number;
  classCounts(startPfn: number, pages: number, perCell: number): Uint32Array;
}

/** What groups of pageblocks hold at this moment. */
export interface PageGroups {
  /** Pages of one group. */
  readonly pages: number;
  /** Groups with memory; those that the machine's first or last frame cuts are among them. */
  readonly groups: number;
  /** With a pageblock of unmovable, reclaimable or HIGHATOMIC type. */
  readonly tainted: number;
  /** The fewest groups that could hold as many such pageblocks. */
  readonly packed: number;
  /** With kernel memory in some page, whatever its pageblock's type: what keeps the group from being freed by moving. */
  readonly held: number;
  /** Whole groups of which every page is free: what a request for a huge page of this size could have at once. */
  readonly free: number;
  /** Pageblocks of those three types, all groups together. */
  readonly taintedBlocks: number;
}

const TAINTS: ReadonlySet<number> = new Set([
  Migratetype.UNMOVABLE,
  Migratetype.RECLAIMABLE,
  Migratetype.HIGHATOMIC,
]);

/** Pages by class, pins apart; bins of one cell. */
function pagesOf(bins: Uint32Array, of: PageClass): number {
  return (bins[of] ?? 0) + (bins[of | ClassFlag.PINNED] ?? 0);
}

/**
 * Counts groups of 2^order pages, aligned to their size.
 * @param order of a group's pages: 18 is 1 GiB with pages of 4 KiB; at least that of a pageblock
 * @throws UnitError when it is no such order
 */
export function pageGroups(views: Memory, order = 30 - views.config(ConfigWord.PAGE_SHIFT)): PageGroups {
  const blockOrder = views.config(ConfigWord.PAGEBLOCK_ORDER);
  if (!Number.isInteger(order) || order < blockOrder || order > 30)
    throw new UnitError(`groups are of an order from ${blockOrder} to 30, not ${order}`);
  const pages = 2 ** order;
  const { startPfn, frameCount, pageblocks } = views;
  const end = startPfn + frameCount;
  const counts = { groups: 0, tainted: 0, held: 0, free: 0, taintedBlocks: 0 };
  for (let group = Math.floor(startPfn / pages) * pages; group < end; group += pages) {
    const first = Math.max(group, startPfn);
    const length = Math.min(group + pages, end) - first;
    const bins = views.classCounts(first, length, length);
    const memory = length - pagesOf(bins, PageClass.HOLE) - pagesOf(bins, PageClass.RESERVED);
    if (memory === 0) continue;
    const from = (first - startPfn) >> blockOrder;
    const types = pageblocks.subarray(from, from + Math.ceil(length / 2 ** blockOrder));
    const tainted = types.reduce((sum, type) => sum + (TAINTS.has(type) ? 1 : 0), 0);
    counts.groups += 1;
    counts.tainted += tainted > 0 ? 1 : 0;
    counts.taintedBlocks += tainted;
    counts.held += pagesOf(bins, PageClass.KERNEL) > 0 ? 1 : 0;
    counts.free += pagesOf(bins, PageClass.FREE) === pages ? 1 : 0;
  }
  return { pages, ...counts, packed: Math.ceil(counts.taintedBlocks / 2 ** (order - blockOrder)) };
}
