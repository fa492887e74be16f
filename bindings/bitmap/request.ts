// Knows: what a caller may ask of a bitmap, and how cma_alloc() turns pages into such a request.
// Must not know: the core. Models cma_bitmap_aligned_mask, cma_bitmap_aligned_offset, cma_bitmap_pages_to_bits
// (mm/cma.c, Linux 6.12).

import { UnitError } from "../engine/errors.js";
import type { RawRequest } from "./core.js";

/** A run of clear bits that is wanted. */
export interface RunRequest {
  /** Bits. 0, or more than the map has, is answered by "none". */
  readonly count: number;
  /** The place plus `offset` is a multiple of 2^align; 0 when absent, at most 31. */
  readonly align?: number;
  /** Bits; 0 when absent. Not below 2^align is answered by "none". */
  readonly offset?: number;
  /** The lowest place allowed; 0 when absent. Behind the last bit is answered by "none". */
  readonly start?: number;
}

const MOST_ALIGN = 31;

function whole(value: number, what: string): number {
  if (Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff) return value;
  throw new UnitError(`${what} must be a whole number from 0 to 4294967295, not ${value}`);
}

/** @throws UnitError for what is no number of bits at all */
export function rawRequest({ count, align = 0, offset = 0, start = 0 }: RunRequest): RawRequest {
  if (!Number.isInteger(align) || align < 0 || align > MOST_ALIGN) {
    throw new UnitError(`align must be a whole number from 0 to ${MOST_ALIGN}, not ${align}`);
  }
  return {
    count: whole(count, "count"),
    mask: 2 ** align - 1,
    offset: whole(offset, "offset"),
    start: whole(start, "start"),
  };
}

/** A request to cma_alloc(): pages. */
export interface CmaRunRequest {
  /** Pages asked for. */
  readonly pages: number;
  /** Order of the alignment in pages, counted from pfn 0. */
  readonly align?: number;
  /** First pfn of the area; 0 when absent. */
  readonly basePfn?: number;
  /** Pages per bit of the area as a power of two; 0 when absent. */
  readonly orderPerBit?: number;
}

/**
 * The run of bits that cma_alloc() looks for: pages rounded up to whole bits; the alignment counts from pfn 0, so the
 * area's own base is the offset. An alignment below a bit is none.
 */
export function cmaRun({ pages, align = 0, basePfn = 0, orderPerBit = 0 }: CmaRunRequest): RunRequest {
  const bit = 2 ** orderPerBit;
  return {
    count: Math.ceil(pages / bit),
    align: Math.max(0, align - orderPerBit),
    offset: Math.floor((basePfn % 2 ** align) / bit),
  };
}
