import { findRun, noteClear, noteSet } from "./cma/search/index";
import { clearRun, setRun } from "./memory/bits";

export { buildIndex, findRun, indexWords, noteClear, noteSet } from "./cma/search/index";
export { clearRun, countRun, lastSet, setRun } from "./memory/bits";
export function heap(): usize {
  return (__heap_base + 63) & ~63;
}
export function repeat(
  strategy: i32,
  map: usize,
  index: usize,
  bits: u32,
  start: u32,
  count: u32,
  mask: u32,
  offset: u32,
  times: u32,
): u32 {
  let sum: u32 = 0;
  for (let i: u32 = 0; i < times; i++)
    sum = ((sum << 5) | (sum >> 27)) ^ findRun(strategy, map, index, bits, start, count, mask, offset);
  return sum;
}
export function repeatUpdate(map: usize, index: usize, bits: u32, from: u32, count: u32, times: u32): void {
  for (let i: u32 = 0; i < times; i++) {
    setRun(map, from, count);
    noteSet(index, map, bits, from, count);
    clearRun(map, from, count);
    noteClear(index, map, bits, from, count);
  }
}
