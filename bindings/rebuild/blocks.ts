// Knows: how free frames make free blocks: the largest aligned ones that merging allows.
// Must not know: tables, migratetypes beyond which of them never merge with others.
//
// Models: __free_one_page() of mm/page_alloc.c: two free buddies are always merged, up to the largest order, but a pageblock
// of CMA, HIGHATOMIC or ISOLATE never with one of another type (migratetype_is_mergeable).

import { NO_MEMORY_MAP } from "../../assembly/abi/limits.js";
import { Migratetype } from "../../assembly/abi/vocabulary.js";
import { type FrameMap, FrameUse } from "./frames.js";

export interface FreeBlock {
  readonly pfn: number;
  readonly order: number;
}

/** The pageblocks of one zone. */
export class BlockMap {
  readonly types: Uint8Array;
  /** First pfn of the first pageblock. */
  readonly start: number;
  readonly size: number;

  constructor(
    zoneStart: number,
    zoneEnd: number,
    readonly order: number,
  ) {
    this.size = 2 ** order;
    this.start = Math.floor(zoneStart / this.size) * this.size;
    this.types = new Uint8Array(Math.ceil((zoneEnd - this.start) / this.size));
  }

  indexOf(pfn: number): number {
    return Math.floor((pfn - this.start) / this.size);
  }

  typeOf(pfn: number): number {
    return this.types[this.indexOf(pfn)] ?? NO_MEMORY_MAP;
  }
}

/** Types that merge with each other are one. */
export function mergeClass(type: number): number {
  return type < Migratetype.HIGHATOMIC ? 0 : type;
}

/** The free blocks of [start, end), ascending. */
export function freeBlocksOf(
  frames: FrameMap,
  blocks: BlockMap,
  start: number,
  end: number,
  maxPageOrder: number,
): FreeBlock[] {
  const found: FreeBlock[] = [];
  for (let pfn = start; pfn < end; ) {
    if (frames.kind(pfn) !== FrameUse.FREE) {
      pfn += 1;
      continue;
    }
    const barrier = mergeClass(blocks.typeOf(pfn));
    const isFree = (from: number, to: number) => {
      for (let at = from; at < to; at++) if (frames.kind(at) !== FrameUse.FREE) return false;
      for (let at = from; at < to; at += blocks.size)
        if (mergeClass(blocks.typeOf(at)) !== barrier) return false;
      return true;
    };
    let order = 0;
    while (order < maxPageOrder && pfn % 2 ** (order + 1) === 0) {
      const half = 2 ** order;
      if (pfn + 2 * half > end || !isFree(pfn + half, pfn + 2 * half)) break;
      order++;
    }
    found.push({ pfn, order });
    pfn += 2 ** order;
  }
  return found;
}

/** Blocks of each order, as buddyinfo counts them. */
export function countByOrder(blocks: readonly FreeBlock[], orders: number): number[] {
  const counts = new Array<number>(orders).fill(0);
  for (const { order } of blocks) counts[order] = (counts[order] ?? 0) + 1;
  return counts;
}
