// Knows: how far a set of free blocks falls short of one request, in the kernel's two measures.
// Must not know: zones, watermarks, where the counts come from.
//
// Models: fill_contig_page_info(), unusable_free_index() and __fragmentation_index() of mm/vmstat.c, Linux 6.12
// (debugfs extfrag/unusable_index and extfrag/extfrag_index). Both give thousandths, rounded as the kernel rounds.
// The first measure: Gorman and Whitcroft, `Measuring the Impact of the Linux Memory Manager`, 2005.

/** `struct contig_page_info`: what the free blocks offer to a request of one order. */
export interface ContigInfo {
  /** Free pages in all blocks. */
  readonly freePages: number;
  /** Free blocks of any order. */
  readonly blocks: number;
  /** Requests of that order that could be served at once. */
  readonly suitableBlocks: number;
}

/** @param freeBlocksByOrder blocks (not pages) free at each order, all migratetypes together */
export function contigInfo(freeBlocksByOrder: ArrayLike<number>, order: number): ContigInfo {
  let freePages = 0;
  let blocks = 0;
  let suitableBlocks = 0;
  for (let i = 0; i < freeBlocksByOrder.length; i++) {
    const count = freeBlocksByOrder[i] ?? 0;
    blocks += count;
    freePages += count * 2 ** i;
    if (i >= order) suitableBlocks += count * 2 ** (i - order);
  }
  return { freePages, blocks, suitableBlocks };
}

/**
 * Share of the free memory that a request of this order cannot use, in thousandths: 0 = all of it is usable,
 * 1000 = none, also when nothing is free.
 */
export function unusableFreeIndex(freeBlocksByOrder: ArrayLike<number>, order: number): number {
  const { freePages, suitableBlocks } = contigInfo(freeBlocksByOrder, order);
  if (freePages === 0) return 1000;
  return Math.floor(((freePages - suitableBlocks * 2 ** order) * 1000) / freePages);
}

/**
 * Why a request of this order would fail, in thousandths: towards 0 for lack of memory, towards 1000 because
 * of fragmentation. -1000 when it would not fail; 0 when nothing is free.
 */
export function fragmentationIndex(freeBlocksByOrder: ArrayLike<number>, order: number): number {
  const { freePages, blocks, suitableBlocks } = contigInfo(freeBlocksByOrder, order);
  if (blocks === 0) return 0;
  if (suitableBlocks > 0) return -1000;
  const requests = Math.floor((freePages * 1000) / 2 ** order);
  return 1000 - Math.floor((1000 + requests) / blocks);
}

/** One of the two indexes for every order that `freeBlocksByOrder` has. */
export function indexByOrder(
  index: (freeBlocksByOrder: ArrayLike<number>, order: number) => number,
  freeBlocksByOrder: ArrayLike<number>,
): number[] {
  return Array.from({ length: freeBlocksByOrder.length }, (_, order) => index(freeBlocksByOrder, order));
}
