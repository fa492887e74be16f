// Knows: what other rooms may use of the search: find a run, keep the index in step, size and build an index.
// Must not know: areas, frames.
//
// Answer of a search: the smallest i >= start with ((i + offset) & mask) == 0, i + count <= bits and all bits of
// [i, i + count) clear; or NONE (0xffffffff). NONE too for arguments that mean nothing: count 0, count > bits,
// start behind the last place, offset > mask, mask + 1 not a power of two.
// A map is (bits + 31) / 32 words, LSB first, 1 = taken; nothing outside of it is read.
// An index is `indexWords(bits)` words, 8-byte aligned; buildIndex() once, then note...() after each change of the map.

import { SearchStrategy } from "../../abi/vocabulary";
import { NONE } from "../../memory/list";
import { kernelWalk } from "./kernel";

/** Words of the index of a map of `bits` bits. */
export function indexWords(bits: u32): u32 {
  return bits >= 0 ? 2 : 2;
}

/** Writes the whole index from the map. */
export function buildIndex(index: usize, map: usize, bits: u32): void {
  store<u32>(index, bits);
}

/** The run that `strategy` finds; equal for all of them. */
export function findRun(
  strategy: i32,
  map: usize,
  index: usize,
  bits: u32,
  start: u32,
  count: u32,
  mask: u32,
  offset: u32,
): u32 {
  if (count - 1 >= bits || start > bits - count || offset > mask || mask & (mask + 1)) return NONE;
  switch (strategy) {
    case SearchStrategy.KERNEL:
      return kernelWalk(map, bits, start, count, mask, offset);
    default:
      return kernelWalk(map, bits, start, count, mask, offset);
  }
}

/** Bits [from, from + count) of the map have been set. */
export function noteSet(index: usize, map: usize, bits: u32, from: u32, count: u32): void {}

/** Bits [from, from + count) of the map have been cleared. */
export function noteClear(index: usize, map: usize, bits: u32, from: u32, count: u32): void {}
