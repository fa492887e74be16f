// Knows: how printed lists and bitmaps become free runs in pages, and why a list does not add up.
// Must not know: requests, verdicts.
//
// A list's sizes are pages and its positions bits; before the fix of 2019 sizes were bits too, and the search went on
// behind the end of the bitmap (it took the area's pages for its bits).

import { type FreeRun, freeRunsOfBits } from "../analysis/runs.js";
import type { AreaFacts, PrintedRuns } from "./picture.js";

export interface Layout {
  readonly runs: readonly FreeRun[];
  readonly free: number;
  readonly orderPerBit: number;
  /** In words: why the list says something else than it adds up to; empty when it adds up. */
  readonly remark: string;
}

const MOST_ORDER_PER_BIT = 10;
/** Ranges of an area are kept apart by a multiple of every alignment. */
const GAP = 2 ** 20;

/** Fits the list into an area with this many pages to a bit, sizes in pages? */
function consistent(list: PrintedRuns, order: number): boolean {
  const bit = 2 ** order;
  return list.entries.every(({ size, at, range }, i) => {
    const next = list.entries[i + 1];
    const end = at + size / bit;
    if (size % bit !== 0) return false;
    if (next !== undefined && next.range === range && next.at >= at && end > next.at) return false;
    return list.total === null || list.hasRanges || end * bit <= Math.ceil(list.total / bit) * bit;
  });
}

/** Pages to a bit: what a file says, or the smallest that lets the list be free of overlaps. */
function inferOrderPerBit(list: PrintedRuns, known: number | null): number {
  if (known !== null) return known;
  for (let order = 0; order <= MOST_ORDER_PER_BIT; order++) if (consistent(list, order)) return order;
  return 0;
}

export function layoutOfList(list: PrintedRuns, knownOrder: number | null): Layout {
  if (list.unplaced) return layoutOfSizes(list);
  const orderPerBit = inferOrderPerBit(list, knownOrder);
  const bit = 2 ** orderPerBit;
  const inBits = orderPerBit > 0 && !consistent(list, orderPerBit);
  const bits = list.total === null ? Number.POSITIVE_INFINITY : Math.ceil(list.total / bit);
  const runs: FreeRun[] = [];
  let printed = 0;
  let beyond = 0;
  const offsets = rangeOffsets(list);
  for (const { size, at, range } of list.entries) {
    printed += size;
    if (inBits && at >= bits) {
      beyond += size;
      continue;
    }
    const length = inBits ? Math.min(size, bits - at) * bit : size;
    runs.push({ start: (offsets[range] ?? 0) + at * bit, length });
  }
  const free = runs.reduce((sum, { length }) => sum + length, 0);
  return { runs, free, orderPerBit, remark: remarkOf(list, { printed, beyond, free, bit, inBits }) };
}

/** Where the runs lie is not printed: each is put behind a gap, aligned, and may be shorter once it is where it is. */
function layoutOfSizes(list: PrintedRuns): Layout {
  const runs = list.entries.map(({ size }, i) => ({ start: i * GAP * 2, length: Math.min(size, GAP) }));
  const free = list.entries.reduce((sum, { size }) => sum + size, 0);
  const sums = { printed: free, beyond: 0, free, bit: 1, inBits: false };
  return { runs, free, orderPerBit: 0, remark: remarkOf(list, sums) };
}

/** Ranges lie behind each other in one numbering: no window may cross from one to the next. */
function rangeOffsets(list: PrintedRuns): number[] {
  if (!list.hasRanges) return [0];
  const ends: number[] = [];
  for (const { at, size, range } of list.entries)
    if (range < 64) ends[range] = Math.max(ends[range] ?? 0, at + size);
  const offsets: number[] = [];
  let sum = 0;
  for (let range = 0; range < ends.length; range++) {
    offsets.push(sum);
    sum += Math.ceil(((ends[range] ?? 0) + 1) / GAP) * GAP;
  }
  return offsets;
}

interface Sums {
  readonly printed: number;
  readonly beyond: number;
  readonly free: number;
  readonly bit: number;
  readonly inBits: boolean;
}

function remarkOf(list: PrintedRuns, { printed, beyond, free, bit, inBits }: Sums): string {
  if (inBits) {
    const tail = beyond === 0 ? "" : ` and ${beyond} of them lie behind the end of the area`;
    return `order_per_bit: a bit is ${bit} pages and this kernel (before the fix of 2019) printed sizes in bits${tail}: ${free} pages are free, not ${list.free ?? printed}`;
  }
  if (list.free === null || printed === list.free) return "";
  if (list.entries.length === 0)
    return `the list is empty, though ${list.free} pages are free: its runs were printed in other lines`;
  if (list.cut)
    return `the runs shown add up to ${printed} of ${list.free} free pages: the rest of the list is missing`;
  return `the runs add up to ${printed}, the kernel says ${list.free}: the list changed while it was printed, or lines are missing`;
}

export function bitmapBits(area: AreaFacts): number {
  const bit = 2 ** (area.orderPerBit ?? 0);
  const words = area.ranges.reduce((sum, { bitmap }) => sum + (bitmap?.length ?? 0) * 32, 0);
  return area.count === null ? words : Math.min(words, Math.ceil(area.count / bit));
}

const bitmapLayouts = new WeakMap<AreaFacts, Layout>();

/** Ranges lie behind each other with a gap, each as far from a multiple of 2^20 as in memory: alignments stay true. */
function rangeStarts(area: AreaFacts, lengths: readonly number[]): number[] {
  const first = area.ranges[0]?.basePfn ?? 0;
  let end = 0;
  return lengths.map((length, nth) => {
    const shift = (((area.ranges[nth]?.basePfn ?? first) - first) % GAP) + GAP;
    const start = nth === 0 ? 0 : Math.ceil((end + 1) / GAP) * GAP + (shift % GAP);
    end = start + length;
    return start;
  });
}

/** Free runs of an area's bitmaps; undefined without one. */
export function layoutOfBitmap(area: AreaFacts): Layout | undefined {
  const known = bitmapLayouts.get(area);
  if (known !== undefined) return known;
  if (area.ranges.every(({ bitmap }) => bitmap === null)) return undefined;
  const orderPerBit = area.orderPerBit ?? 0;
  const bitsOf = (bitmap: Uint32Array | null) =>
    area.ranges.length === 1 ? bitmapBits(area) : (bitmap?.length ?? 0) * 32;
  const starts = rangeStarts(
    area,
    area.ranges.map(({ bitmap }) => bitsOf(bitmap) * 2 ** orderPerBit),
  );
  const runs = area.ranges.flatMap(({ bitmap }, nth) => {
    if (bitmap === null) return [];
    const isSet = (bit: number): boolean => ((bitmap[bit >>> 5]! >>> (bit & 31)) & 1) !== 0;
    const own = freeRunsOfBits(Math.min(bitmap.length * 32, bitsOf(bitmap)), isSet, orderPerBit);
    return own.map(({ start, length }) => ({ start: starts[nth]! + start, length }));
  });
  const layout = { runs, free: runs.reduce((sum, { length }) => sum + length, 0), orderPerBit, remark: "" };
  bitmapLayouts.set(area, layout);
  return layout;
}

export function bitmapIsCut(area: AreaFacts): boolean {
  if (area.count === null || area.ranges.length !== 1 || area.ranges[0]?.bitmap === null) return false;
  const words = area.ranges[0]?.bitmap?.length ?? 0;
  return words * 32 < Math.ceil(area.count / 2 ** (area.orderPerBit ?? 0));
}
