// Knows: how totals, levels and scratch words are read and written by their names.
// Must not know: what they count. Hot loops load and store the words themselves.

import { ScratchWord } from "../abi/words";
import { LEVELS, SCRATCH, STATS } from "./regions";

/** Where allocations that the machine makes for itself tell whether they took the slow path. */
export const SLOW: usize = SCRATCH + ((<usize>ScratchWord.SLOW) << 2);

export function total(stat: i32): i32 {
  return load<i32>(STATS + ((<usize>stat) << 2));
}

export function addTotal(stat: i32, more: i32): void {
  const at = STATS + ((<usize>stat) << 2);
  store<i32>(at, load<i32>(at) + more);
}

export function count(stat: i32): void {
  addTotal(stat, 1);
}

export function level(word: i32): i32 {
  return load<i32>(LEVELS + ((<usize>word) << 2));
}

export function setLevel(word: i32, value: i32): void {
  store<i32>(LEVELS + ((<usize>word) << 2), value);
}

export function addLevel(word: i32, change: i32): void {
  setLevel(word, level(word) + change);
}
