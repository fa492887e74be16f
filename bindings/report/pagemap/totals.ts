// Knows: the sums that the legend prints.
// Must not know: cells, colours, pixels.

import { MIGRATE_TYPES } from "../../../assembly/abi/limits.js";
import type { PageMapBlocks, PageMapInput, PageMapRange } from "./input.js";

export interface TypeTotals {
  readonly blocks: number;
  readonly free: number;
  readonly pcp: number;
  readonly allocated: number;
  readonly movable: number;
}

export interface MapTotals {
  /** One per migratetype. */
  readonly types: readonly TypeTotals[];
  readonly reserved: number;
}

export function sumTypes(input: PageMapInput): MapTotals {
  const { blocks } = input;
  const types = Array.from({ length: MIGRATE_TYPES }, () => ({
    blocks: 0,
    free: 0,
    pcp: 0,
    allocated: 0,
    movable: 0,
  }));
  let reserved = 0;
  for (let i = 0; i < blocks.pfn.length; i++) {
    reserved += blocks.reservedPages[i] ?? 0;
    const total = types[blocks.type[i] ?? MIGRATE_TYPES];
    if (total === undefined) continue;
    total.blocks++;
    total.free += blocks.freePages[i] ?? 0;
    total.pcp += blocks.pcpPages[i] ?? 0;
    total.allocated += blocks.allocatedPages[i] ?? 0;
    total.movable += blocks.movablePages[i] ?? 0;
  }
  return { types, reserved };
}

/** Free pages (per-CPU lists included) and all pages of the pageblocks inside a range. */
export function sumRange(blocks: PageMapBlocks, range: PageMapRange): { free: number; usable: number } {
  let free = 0;
  let usable = 0;
  for (let i = 0; i < blocks.pfn.length; i++) {
    const pfn = blocks.pfn[i] ?? 0;
    if (pfn < range.start || pfn >= range.end) continue;
    const open = (blocks.freePages[i] ?? 0) + (blocks.pcpPages[i] ?? 0);
    free += open;
    usable += open + (blocks.allocatedPages[i] ?? 0);
  }
  return { free, usable };
}
