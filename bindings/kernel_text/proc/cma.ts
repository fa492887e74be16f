// Knows: the exact text of the CMA files in debugfs, and of what a failed cma_alloc writes to the kernel log.
// Must not know: where the numbers come from.
//
// Models: cma_debugfs_* of mm/cma_debug.c, debugfs_create_u32_array(), __cma_alloc() and cma_debug_show_areas() of
// mm/cma.c, Linux 6.12; 6.1 writes another function's name and, without CONFIG_CMA_DEBUG, no list of free pages.

import type { FreeRun } from "../../analysis/index.js";

/** A file that holds one number. */
export function renderAttribute(value: number | bigint): string {
  return `${value}\n`;
}

/** `bitmap`: decimal u32 words, least significant bit first, 1 = given out. */
export function renderCmaBitmap(words: ArrayLike<number>): string {
  return `${Array.from(words, (word) => word >>> 0).join(" ")}\n`;
}

/** A failed cma_alloc() as the kernel's log tells it. */
export interface FailedAllocLine {
  /** The function that prints: `__cma_alloc`, in 6.1 `cma_alloc`. */
  readonly caller: string;
  /** Name of the area. */
  readonly area: string;
  /** Pages asked for. */
  readonly pages: number;
  /** Negative errno. */
  readonly errno: number;
}

/** `cma: __cma_alloc: NAME: alloc failed, req-size: N pages, ret: E` */
export function renderAllocFailed({ caller, area, pages, errno }: FailedAllocLine): string {
  return `cma: ${caller}: ${area}: alloc failed, req-size: ${pages} pages, ret: ${errno}\n`;
}

function runTexts(free: readonly FreeRun[], orderPerBit: number): string {
  return free.map(({ start, length }) => `${length * 2 ** orderPerBit}@${start}`).join("+");
}

function sumOf(free: readonly FreeRun[], orderPerBit: number): number {
  return free.reduce((sum, { length }) => sum + length * 2 ** orderPerBit, 0);
}

/**
 * The second line of a failure: `3@125+20@172=> 23 free of 256 total pages`, size in pages at a position in bits.
 * @param free runs in bits, ascending
 */
export function renderAvailablePages(
  free: readonly FreeRun[],
  orderPerBit: number,
  totalPages: number,
): string {
  const pages = sumOf(free, orderPerBit);
  return `cma: number of available pages: ${runTexts(free, orderPerBit)}=> ${pages} free of ${totalPages} total pages\n`;
}

/** The same of an area of several ranges: a line for each, then the sum. */
export function renderAvailableRanges(
  ranges: readonly (readonly FreeRun[])[],
  orderPerBit: number,
  totalPages: number,
): string[] {
  const pages = ranges.reduce((sum, free) => sum + sumOf(free, orderPerBit), 0);
  return [
    "cma: number of available pages: \n",
    ...ranges.map((free, nth) => `cma: range ${nth}: ${runTexts(free, orderPerBit)}\n`),
    `=> ${pages} free of ${totalPages} total pages\n`,
  ];
}
