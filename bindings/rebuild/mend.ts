// Knows: bringing the free blocks of some migratetypes to the counts of the tables, when a few pages moved between the files.
// Must not know: which of the files was read first.
//
// From the largest order down. Blocks too many are split, and what is still too many as single frames counts as in use.
// Blocks too few are completed: an aligned block becomes free as a whole whose frames are free, show no flag (they were on
// their way to or from a per-CPU list) or are in use (taken since), the likelier the better. Every frame changed is counted.

import { Migratetype } from "../../assembly/abi/vocabulary.js";
import type { BlockMap, FreeBlock } from "./blocks.js";
import { type FrameMap, FrameUse } from "./frames.js";

export interface Mended {
  readonly blocks: FreeBlock[];
  /** Frames that became free or stopped being so. */
  readonly changed: number;
  /** Blocks by which the counts are still missed. */
  readonly missed: number;
}

/** How much less likely than one without a flag a page in use is to have been free a moment ago. */
const USER_COST = 4;
const USED_COST = 16;

/** Completions looked for in one zone and type: each looks at every pageblock of the type. */
const MOST_COMPLETIONS = 256;

export class Mender {
  private readonly lists: FreeBlock[][];
  private changed = 0;
  private completions = 0;

  constructor(
    private readonly frames: FrameMap,
    private readonly blocks: BlockMap,
    private readonly zone: { readonly start: number; readonly spanned: number },
    /** The migratetypes that are counted together. */
    private readonly types: readonly number[],
    free: readonly FreeBlock[],
    private readonly counts: readonly number[],
  ) {
    this.lists = counts.map((_, order) => free.filter((block) => block.order === order));
  }

  run(): Mended {
    let missed = 0;
    for (let order = this.counts.length - 1; order >= 0; order--) {
      const want = this.counts[order]!;
      while (this.lists[order]!.length > want) this.split(order);
      this.separate(order);
      while (this.lists[order]!.length < want && this.complete(order));
      missed += Math.abs(this.lists[order]!.length - want);
    }
    return { blocks: this.lists.flat(), changed: this.changed, missed };
  }

  /** The last block of the list: of two halves of one block, the upper goes first. */
  private split(order: number): void {
    const { pfn } = this.lists[order]!.pop()!;
    if (order === 0) {
      this.frames.fill(pfn, pfn + 1, FrameUse.PLAIN);
      this.changed += 1;
      return;
    }
    const half = 2 ** (order - 1);
    this.lists[order - 1]!.push({ pfn, order: order - 1 }, { pfn: pfn + half, order: order - 1 });
  }

  /** Two halves of a split block would be merged again: the upper one counts as in use. */
  private separate(order: number): void {
    if (order === this.counts.length - 1) return;
    const heads = new Set(this.lists[order]!.map(({ pfn }) => pfn));
    const size = 2 ** order;
    this.lists[order] = this.lists[order]!.filter(({ pfn }) => {
      if (pfn % (2 * size) === 0 || !heads.has(pfn - size)) return true;
      this.frames.fill(pfn, pfn + size, FrameUse.PLAIN);
      this.changed += size;
      return false;
    });
  }

  private complete(order: number): boolean {
    if (this.completions++ >= MOST_COMPLETIONS) return false;
    const pfn = this.cheapest(order);
    if (pfn === undefined) return false;
    const size = 2 ** order;
    for (let at = pfn; at < pfn + size; at++) {
      if (this.frames.kind(at) === FrameUse.FREE) continue;
      this.frames.fill(at, at + 1, FrameUse.FREE);
      this.changed += 1;
    }
    for (let lower = 0; lower < order; lower++)
      this.lists[lower] = this.lists[lower]!.filter((block) => block.pfn < pfn || block.pfn >= pfn + size);
    this.lists[order]!.push({ pfn, order });
    return true;
  }

  /** The aligned block that needs the fewest frames, and whose buddy would not merge with it. */
  private cheapest(order: number): number | undefined {
    const size = 2 ** order;
    const end = this.zone.start + this.zone.spanned;
    let best: number | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (let pfn = Math.ceil(this.zone.start / size) * size; pfn + size <= end; pfn += size) {
      if (!this.types.includes(this.blocks.typeOf(pfn))) continue;
      const needed = this.needed(pfn, size, least);
      if (needed > 0 && needed < least && !this.wouldMerge(pfn, order)) {
        best = pfn;
        least = needed;
      }
    }
    return best;
  }

  /** What it costs to free the rest of the block; Infinity when anything lies there that does not come and go. */
  private needed(pfn: number, size: number, limit: number): number {
    let needed = 0;
    for (let at = pfn; at < pfn + size; at++) {
      const kind = this.frames.kind(at);
      if (kind === FrameUse.PLAIN) needed += 1;
      else if (kind === FrameUse.USER) needed += USER_COST;
      // In CMA that is what the bitmap has given out.
      else if (kind === FrameUse.USED && !this.types.includes(Migratetype.CMA)) needed += USED_COST;
      else if (kind !== FrameUse.FREE) return Number.POSITIVE_INFINITY;
      if (needed >= limit) return Number.POSITIVE_INFINITY;
    }
    return needed;
  }

  private wouldMerge(pfn: number, order: number): boolean {
    if (order === this.counts.length - 1) return false;
    const buddy = pfn % 2 ** (order + 1) === 0 ? pfn + 2 ** order : pfn - 2 ** order;
    return this.lists[order]!.some((block) => block.pfn === buddy);
  }
}

/** Pairs of blocks that the kernel would have merged: the counts cannot be met by this zone's frames. */
export function unmergedPairs(blocks: readonly FreeBlock[], maxPageOrder: number): number {
  const heads = new Map(blocks.map(({ pfn, order }) => [pfn, order]));
  return blocks.filter(({ pfn, order }) => {
    return order < maxPageOrder && pfn % 2 ** (order + 1) === 0 && heads.get(pfn + 2 ** order) === order;
  }).length;
}
