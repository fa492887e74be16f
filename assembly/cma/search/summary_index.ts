// Knows: the two-level summary of a map: which words have a set bit, which still have a clear one.
// Must not know: requests.
//
//   | taken1 | room1 | taken2 | room2 |     bitmaps, each a whole number of u64
//
//   taken1, room1   a bit for each 64 bits of the map: any bit set, any bit clear
//   taken2, room2   a bit for each word of the level below: any bit set

import { clearRun, nextSet, pairOf, setRun } from "../../memory/bits";

const ALL: u64 = 0xffff_ffff_ffff_ffff;

function pairsOf(bits: u32): u32 {
  return bits == 0 ? 1 : ((bits - 1) >> 6) + 1;
}

/** Bytes of taken1 and of room1. */
function level1(bits: u32): u32 {
  return (((pairsOf(bits) - 1) >> 6) + 1) << 3;
}

/** Bytes of taken2 and of room2. */
function level2(bits: u32): u32 {
  return ((((level1(bits) >> 3) - 1) >> 6) + 1) << 3;
}

export function summaryBytes(bits: u32): u32 {
  return (level1(bits) + level2(bits)) << 1;
}

/** Marks one word of the map in both bitmaps; bits behind the end of the map count as neither. */
function readPair(summary: usize, map: usize, bits: u32, pair: u32): void {
  const word = pairOf(map, pair, bits);
  const left = bits - (pair << 6);
  const inside = left < 64 ? ~(ALL << left) : ALL;
  mark(summary, pair, (word & inside) != 0);
  mark(summary + level1(bits), pair, (~word & inside) != 0);
}

function mark(map: usize, bit: u32, on: bool): void {
  if (on) setRun(map, bit, 1);
  else clearRun(map, bit, 1);
}

/** Level 2 of the words [low, high] of level 1. */
function raise(below: usize, above: usize, low: u32, high: u32): void {
  for (let word = low; word <= high; word++) {
    mark(above, word, load<u64>(below + ((<usize>word) << 3)) != 0);
  }
}

function raiseBoth(summary: usize, bits: u32, low: u32, high: u32): void {
  const size1 = <usize>level1(bits);
  const above = summary + (size1 << 1);
  raise(summary, above, low >> 6, high >> 6);
  raise(summary + size1, above + level2(bits), low >> 6, high >> 6);
}

export function buildSummary(summary: usize, map: usize, bits: u32): void {
  memory.fill(summary, 0, summaryBytes(bits));
  if (bits == 0) return;
  const last = pairsOf(bits) - 1;
  for (let pair: u32 = 0; pair <= last; pair++) readPair(summary, map, bits, pair);
  raiseBoth(summary, bits, 0, last);
}

/** Bits [from, from + count) have become set or clear. */
export function noteSummary(summary: usize, map: usize, bits: u32, from: u32, count: u32, set: bool): void {
  const low = from >> 6;
  const high = (from + count - 1) >> 6;
  if (high > low + 1) {
    const full = set ? summary : summary + level1(bits);
    const none = set ? summary + level1(bits) : summary;
    setRun(full, low + 1, high - low - 1);
    clearRun(none, low + 1, high - low - 1);
  }
  readPair(summary, map, bits, low);
  if (high > low) readPair(summary, map, bits, high);
  raiseBoth(summary, bits, low, high);
}

/** The first marked word at or after `pair`, by both levels; the number of words when there is none. */
function nextMarked(below: usize, above: usize, pair: u32, bits: u32): u32 {
  const pairs = pairsOf(bits);
  if (pair >= pairs) return pairs;
  let word = pair >> 6;
  let marks = load<u64>(below + ((<usize>word) << 3)) & (ALL << (pair & 63));
  if (marks == 0) {
    const words = level1(bits) >> 3;
    word = nextSet(above, word + 1, words);
    if (word >= words) return pairs;
    marks = load<u64>(below + ((<usize>word) << 3));
  }
  return (word << 6) + <u32>ctz(marks);
}

/** The first word at or after `pair` that has a set bit. */
export function nextTaken(summary: usize, pair: u32, bits: u32): u32 {
  return nextMarked(summary, summary + ((<usize>level1(bits)) << 1), pair, bits);
}

/** The first word at or after `pair` that has a clear bit. */
export function nextRoom(summary: usize, pair: u32, bits: u32): u32 {
  const size1 = <usize>level1(bits);
  return nextMarked(summary + size1, summary + (size1 << 1) + level2(bits), pair, bits);
}
