// Knows: what a list of free runs is good for: its shape, and whether a request with an alignment fits.
// Must not know: bitmaps, areas, who frees or takes what.
//
// Models: bitmap_find_next_zero_area_off() as cma_alloc() calls it, lib/bitmap.c and mm/cma.c, all versions: the
// start of a window, with the area's own base added, is a multiple of 2^align pages. Everything in pages.

/** Free pages [start, start + length), counted from the start of the area. */
export interface FreeRun {
  /** First page, counted from the start of the area. */
  readonly start: number;
  /** Pages. */
  readonly length: number;
}

/** Shape of a list of free runs. */
export interface RunStatistics {
  /** How many. */
  readonly runs: number;
  /** Pages of all runs. */
  readonly pages: number;
  /** Pages of the longest; 0 without runs. */
  readonly longest: number;
  /** Half of the free pages lie in runs at least this long; 0 without runs. */
  readonly weightedMedian: number;
  /** Runs whose length is in [2^i, 2^(i+1)). */
  readonly histogram: readonly number[];
}

/** Shape of a list of runs; the order of the list does not matter. */
export function runStatistics(runs: readonly FreeRun[]): RunStatistics {
  const lengths = runs.map((run) => run.length).filter((length) => length > 0);
  lengths.sort((a, b) => b - a);
  const pages = lengths.reduce((sum, length) => sum + length, 0);
  const histogram: number[] = [];
  for (const length of lengths) {
    const bucket = Math.floor(Math.log2(length));
    while (histogram.length <= bucket) histogram.push(0);
    histogram[bucket] = (histogram[bucket] ?? 0) + 1;
  }
  let covered = 0;
  const middle = lengths.find((length) => {
    covered += length;
    return covered * 2 >= pages;
  });
  return { runs: lengths.length, pages, longest: lengths[0] ?? 0, weightedMedian: middle ?? 0, histogram };
}

/** Runs of clear bits, as pages. `isSet(bit)`; each bit stands for 2^orderPerBit pages. */
export function freeRunsOfBits(bits: number, isSet: (bit: number) => boolean, orderPerBit = 0): FreeRun[] {
  const scale = 2 ** orderPerBit;
  const runs: FreeRun[] = [];
  let start = -1;
  for (let bit = 0; bit <= bits; bit++) {
    const free = bit < bits && !isSet(bit);
    if (free && start < 0) start = bit;
    if (!free && start >= 0) {
      runs.push({ start: start * scale, length: (bit - start) * scale });
      start = -1;
    }
  }
  return runs;
}

/** A run this long holds an aligned window wherever it starts: count + 2^align - 1. */
export function guaranteedRun(count: number, align: number): number {
  return count + 2 ** align - 1;
}

/** Pages from the start of a run to its first aligned page. */
export function alignmentGap(run: FreeRun, align: number, basePfn: number): number {
  const unit = 2 ** align;
  const start = basePfn + run.start;
  return Math.ceil(start / unit) * unit - start;
}

/** A cma_alloc that looks for a window. */
export interface FitRequest {
  /** Pages wanted. */
  readonly count: number;
  /** Order of the alignment, as in cma_alloc(cma, count, align). */
  readonly align: number;
  /** First pfn of the area; alignment counts from pfn 0, not from the area. */
  readonly basePfn: number;
  /** Pages per bit of the area as a power of two; 0 when absent. Count and alignment are rounded up to a bit. */
  readonly orderPerBit?: number;
}

/** Whether a request fits, and if not, by how much it fails. */
export interface FitAnswer {
  /** Some window holds it. */
  readonly fits: boolean;
  /** Start of the first window, in pages from the area; -1 when none fits. */
  readonly first: number;
  /** Aligned starts at which the request fits, over all runs. */
  readonly windows: number;
  /** By how many pages the best run is too short once aligned; 0 when the request fits. */
  readonly pagesShort: number;
  /** The largest alignment order up to the one asked for at which it fits; -1 when no run is long enough. */
  readonly largestAlign: number;
  /** Some run is as long as the request: if it does not fit, the alignment alone is to blame. */
  readonly fitsUnaligned: boolean;
}

/** Aligned starts in one run from which `count` pages are free. */
function windowsIn(run: FreeRun, count: number, align: number, basePfn: number): number {
  const spare = run.length - alignmentGap(run, align, basePfn) - count;
  return spare < 0 ? 0 : Math.floor(spare / 2 ** align) + 1;
}

/** Would the area's search find a window, and if not, how far is it off? Runs ascending. */
export function fitRequest(runs: readonly FreeRun[], request: FitRequest): FitAnswer {
  const { basePfn, orderPerBit = 0 } = request;
  const bit = 2 ** orderPerBit;
  const count = Math.ceil(request.count / bit) * bit;
  const align = Math.max(request.align, orderPerBit);
  let first = -1;
  let windows = 0;
  let pagesShort = count;
  let largestAlign = -1;
  for (const run of runs) {
    const inRun = windowsIn(run, count, align, basePfn);
    if (inRun > 0 && first < 0) first = run.start + alignmentGap(run, align, basePfn);
    windows += inRun;
    const usable = Math.max(0, run.length - alignmentGap(run, align, basePfn));
    pagesShort = Math.min(pagesShort, Math.max(0, count - usable));
    while (largestAlign < align && windowsIn(run, count, largestAlign + 1, basePfn) > 0) largestAlign++;
  }
  return { fits: windows > 0, first, windows, pagesShort, largestAlign, fitsUnaligned: largestAlign >= 0 };
}
