// Knows: the pieces of a zone that must have one migratetype, what lies in them, and how little each type would suit them.
// Must not know: what the tables count.
//
// A unit is a pageblock, or the pageblocks under one larger free block. `vector` holds its free blocks by order.

import { lifeIn } from "../../assembly/abi/frame_word.js";
import { MIGRATE_TYPES, NO_MEMORY_MAP } from "../../assembly/abi/limits.js";
import { Migratetype, PageLife } from "../../assembly/abi/vocabulary.js";
import type { BlockMap, FreeBlock } from "./blocks.js";
import { type FrameMap, FrameUse } from "./frames.js";

export interface Unit {
  /** Index of the first pageblock in the zone. */
  readonly first: number;
  readonly blocks: number;
  readonly vector: number[];
  readonly isFree: boolean;
  /** By migratetype: frames that one would not expect there. */
  readonly cost: number[];
}

/** What a page without a flag says against MOVABLE, where one of a slab says 1. */
const PLAIN_IN_MOVABLE = 0.2;

/** No type yet. */
export const UNKNOWN = 254;

interface Content {
  user: number;
  slab: number;
  kernel: number;
  /** Without a flag: many are on per-CPU lists, of any type. */
  plain: number;
  reserved: number;
}

function contentOf(frames: FrameMap, slab: Uint8Array, from: number, to: number): Content {
  const content: Content = { user: 0, slab: 0, kernel: 0, plain: 0, reserved: 0 };
  for (let pfn = from; pfn < to; pfn++) {
    const kind = frames.kind(pfn);
    if (kind === FrameUse.USER) content.user += 1;
    else if (kind === FrameUse.RESERVED || kind === FrameUse.HOLE) content.reserved += 1;
    else if (kind === FrameUse.USED && slab[pfn - frames.start] === 1) content.slab += 1;
    else if (kind === FrameUse.PLAIN) content.plain += 1;
    else if (kind === FrameUse.USED) content.kernel += 1;
  }
  return content;
}

/** 1: a slab page. */
export function slabFrames(frames: FrameMap): Uint8Array {
  const slab = new Uint8Array(frames.end - frames.start);
  for (const { start, pages, content } of frames.contents)
    if (lifeIn(content) === PageLife.SLAB) slab.fill(1, start - frames.start, start - frames.start + pages);
  return slab;
}

/** Rare types take what the tables leave to them: their cost is flat. */
function costOf({ user, slab, kernel, plain, reserved }: Content): number[] {
  const cost = new Array<number>(MIGRATE_TYPES).fill(0);
  cost[Migratetype.MOVABLE] = slab + kernel + plain * PLAIN_IN_MOVABLE;
  // Memory that boot never gave to the allocator keeps the first type of every pageblock: MOVABLE.
  cost[Migratetype.UNMOVABLE] = user + reserved * 0.5 + 0.25;
  cost[Migratetype.RECLAIMABLE] = user + kernel + plain * PLAIN_IN_MOVABLE + reserved * 0.5 + 0.5;
  cost[Migratetype.HIGHATOMIC] = user + slab + kernel + plain + reserved + 1;
  cost[Migratetype.ISOLATE] = cost[Migratetype.HIGHATOMIC]! + 1;
  cost[Migratetype.CMA] = cost[Migratetype.HIGHATOMIC]! + 2;
  return cost;
}

/** Units of the pageblocks whose type is still unknown. */
export function unitsOf(
  frames: FrameMap,
  blocks: BlockMap,
  free: readonly FreeBlock[],
  zone: { readonly start: number; readonly spanned: number },
  orders: number,
): Unit[] {
  const slab = slabFrames(frames);
  const end = zone.start + zone.spanned;
  const vectors = new Map<number, number[]>();
  const spans = new Map<number, number>();
  for (const { pfn, order } of free) {
    const block = blocks.indexOf(pfn);
    const vector = vectors.get(block) ?? new Array<number>(orders).fill(0);
    vector[order] = (vector[order] ?? 0) + 1;
    vectors.set(block, vector);
    if (order > blocks.order) spans.set(block, 2 ** (order - blocks.order));
  }
  const units: Unit[] = [];
  for (let block = 0; block < blocks.types.length; ) {
    const width = spans.get(block) ?? 1;
    if (blocks.types[block] === UNKNOWN) {
      const from = Math.max(zone.start, blocks.start + block * blocks.size);
      const to = Math.min(end, blocks.start + (block + width) * blocks.size);
      const vector = vectors.get(block) ?? new Array<number>(orders).fill(0);
      const isFree = vector.some((count, order) => count > 0 && order >= blocks.order);
      const cost = costOf(contentOf(frames, slab, from, to));
      units.push({ first: block, blocks: width, vector, isFree, cost });
    }
    block += width;
  }
  leanOnNeighbours(units);
  return units;
}

/** Whole free pageblocks and those of boot show nothing themselves: kernel types are likelier near the kernel's pages. */
function leanOnNeighbours(units: readonly Unit[]): void {
  const isKernel = ({ cost }: Unit) => cost[Migratetype.MOVABLE]! > cost[Migratetype.UNMOVABLE]!;
  const distance = new Array<number>(units.length).fill(units.length);
  let since = units.length;
  for (let i = 0; i < units.length; i++) {
    since = isKernel(units[i]!) ? 0 : since + 1;
    distance[i] = since;
  }
  since = units.length;
  for (let i = units.length - 1; i >= 0; i--) {
    since = isKernel(units[i]!) ? 0 : since + 1;
    distance[i] = Math.min(distance[i]!, since);
  }
  for (const [i, { cost }] of units.entries()) {
    const lean = Math.min(distance[i]!, 10_000) / 100_000;
    cost[Migratetype.UNMOVABLE]! += lean;
    cost[Migratetype.RECLAIMABLE]! += lean;
  }
}

/** Pageblocks without any frame have no memory map. */
export function markHoles(frames: FrameMap, blocks: BlockMap, start: number, end: number): void {
  for (let block = 0; block < blocks.types.length; block++) {
    const from = Math.max(start, blocks.start + block * blocks.size);
    const to = Math.min(end, blocks.start + (block + 1) * blocks.size);
    let holes = 0;
    for (let pfn = from; pfn < to && frames.kind(pfn) === FrameUse.HOLE; pfn++) holes += 1;
    if (holes === to - from) blocks.types[block] = NO_MEMORY_MAP;
  }
}
