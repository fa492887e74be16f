// Knows: one map with its index in a memory without a machine: what PageBitmap is made of.
// Must not know: machines. An instance of the core holds a machine or a bitmap, never both.
//
//   __heap_base | index | second map | free | map |      the map ends where memory ends: a read behind it traps
//
// The globals are bound by bitmapInit() only; memory does not grow after it.

import { Placement } from "../../abi/findings";
import { InitStatus } from "../../abi/layout";
import { clearRun, countRun, nextClear, nextSet, setRun } from "../../memory/bits";
import { findRun } from "./choose";
import { buildIndex, noteClear, noteSet } from "./index";
import { indexWords, partsOf } from "./layout";
import { placeRun } from "./placement";

const WASM_PAGE: u64 = 65536;
/** 2^31 - 1 bits: places and alignments are added in 32 bits. */
const MOST_BITS: u32 = 0x7fff_ffff;

let BITS: u32 = 0;
let PARTS: i32 = 0;
let MAP: usize = 0;
let INDEX: usize = 0;
let SECOND: usize = 0;

/** Lays out an empty map of `bits` bits, an index with these IndexPart, and a second map if asked for. InitStatus. */
export function bitmapInit(bits: u32, parts: i32, second: i32): i32 {
  if (bits == 0 || bits > MOST_BITS) return InitStatus.BAD_GEOMETRY;
  const mapBytes = ((<u64>bits + 31) >> 5) << 2;
  const index = (<u64>__heap_base + 63) & ~(<u64>63);
  const other = index + ((<u64>indexWords(bits, parts)) << 2);
  const end = other + (second ? mapBytes : 0) + mapBytes;
  const pages = (end + WASM_PAGE - 1) / WASM_PAGE;
  if (pages > 65535) return InitStatus.NO_MEMORY;
  const missing = <i32>pages - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) return InitStatus.NO_MEMORY;
  BITS = bits;
  PARTS = parts;
  INDEX = <usize>index;
  SECOND = second ? <usize>other : 0;
  MAP = <usize>(<u64>memory.size() * WASM_PAGE - mapBytes);
  bitmapBuild();
  return InitStatus.OK;
}

/** Address of the map, or of the second one (0 without it): (bits + 31) / 32 words, LSB first, 1 = taken. */
export function bitmapMap(second: i32): usize {
  return second ? SECOND : MAP;
}

export function bitmapIndexWords(): u32 {
  return indexWords(BITS, PARTS);
}

/** Does the index have what this strategy needs? Without it the strategy is the kernel's walk. */
export function bitmapHas(strategy: i32): bool {
  const parts = partsOf(strategy);
  return (PARTS & parts) == parts;
}

/** Writes the index anew: after words of the map were written from outside. */
export function bitmapBuild(): void {
  buildIndex(INDEX, MAP, BITS, PARTS);
}

export function bitmapSet(from: u32, count: u32): void {
  assert(from <= BITS && count <= BITS - from);
  setRun(MAP, from, count);
  noteSet(INDEX, MAP, BITS, from, count);
}

export function bitmapClear(from: u32, count: u32): void {
  assert(from <= BITS && count <= BITS - from);
  clearRun(MAP, from, count);
  noteClear(INDEX, MAP, BITS, from, count);
}

/** Set bits of a stretch. */
export function bitmapCount(from: u32, count: u32): u32 {
  assert(from <= BITS && count <= BITS - from);
  return countRun(MAP, from, count);
}

/** The next set or clear bit at or after `from`, or the number of bits. */
export function bitmapNext(set: i32, from: u32): u32 {
  return set ? nextSet(MAP, from, BITS) : nextClear(MAP, from, BITS);
}

/** A place for the request (Placement, SearchStrategy), or NONE. */
export function bitmapPlace(
  placement: i32,
  strategy: i32,
  start: u32,
  count: u32,
  mask: u32,
  offset: u32,
): u32 {
  if (placement == Placement.FIRST_FIT)
    return findRun(strategy, MAP, INDEX, BITS, start, count, mask, offset);
  return placeRun(placement, strategy, MAP, INDEX, BITS, start, count, mask, offset, SECOND);
}

/** The longest stretch of clear bits that begins at an aligned place. */
export function bitmapLongest(mask: u32, offset: u32): u32 {
  let longest: u32 = 0;
  let at = nextClear(MAP, 0, BITS);
  while (at < BITS) {
    const end = nextSet(MAP, at, BITS);
    at += (0 - at - offset) & mask;
    if (at < end) longest = max(longest, end - at);
    at = nextClear(MAP, end, BITS);
  }
  return longest;
}

/** For the benchmark: the same search over and over; a checksum over the answers. */
export function bitmapRepeat(strategy: i32, start: u32, count: u32, mask: u32, offset: u32, times: u32): u32 {
  let sum: u32 = 0;
  for (let i: u32 = 0; i < times; i++) {
    sum = ((sum << 5) | (sum >> 27)) ^ findRun(strategy, MAP, INDEX, BITS, start, count, mask, offset);
  }
  return sum;
}

/** For the benchmark: sets and clears a stretch over and over, with the index. */
export function bitmapRepeatUpdate(from: u32, count: u32, times: u32): void {
  for (let i: u32 = 0; i < times; i++) {
    bitmapSet(from, count);
    bitmapClear(from, count);
  }
}
