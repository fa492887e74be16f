// Knows: what a picture of the page map is made from: plain arrays, one entry per pageblock.
// Must not know: machines, engines, devices; a capture and a simulation fill the same arrays.

export interface PageMapRange {
  readonly name: string;
  /** Frames [start, end). */
  readonly start: number;
  readonly end: number;
}

/** One entry per pageblock, ascending by pfn. Counts in pages. */
export interface PageMapBlocks {
  /** First frame of each pageblock, a multiple of its size. */
  readonly pfn: ArrayLike<number>;
  /** Migratetype; anything else (255) where there is no memory map. */
  readonly type: ArrayLike<number>;
  readonly freePages: ArrayLike<number>;
  readonly pcpPages: ArrayLike<number>;
  /** All allocated pages, movable or not. */
  readonly allocatedPages: ArrayLike<number>;
  /** Those of the allocated pages that could be migrated. */
  readonly movablePages: ArrayLike<number>;
  readonly reservedPages: ArrayLike<number>;
  readonly holePages: ArrayLike<number>;
}

export interface PageMapInput {
  readonly title: string;
  readonly subtitle?: string;
  readonly pageShift: number;
  readonly pageblockOrder: number;
  readonly zones: readonly PageMapRange[];
  readonly areas: readonly PageMapRange[];
  readonly blocks: PageMapBlocks;
  /** At most this many cells; above, a cell stands for 2, 4, 8 ... pageblocks. 8192 when absent. */
  readonly maxCells?: number;
}
