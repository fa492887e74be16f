// Knows: for every k from 6 to 31 a bitmap with one bit per aligned 2^k bits of the map: any of them set.
// Must not know: requests.
//
//   | byte offset of level 6 | ... of level 31 | (32 words in all) | level 6 | level 7 | ... each a whole number of u64
//
// The highest level has one bit. Bits behind the end of the map count as clear: a window never reaches them.

import { clearRun, isSet, nextSet, pairOf, setRun } from "../../memory/bits";

export const LOWEST: u32 = 6;
const TABLE: u32 = 128;
const ALL: u64 = 0xffff_ffff_ffff_ffff;

/** Bits of one level: groups of 2^k bits. */
export function groupsOf(bits: u32, k: u32): u32 {
  return bits == 0 ? 1 : ((bits - 1) >> k) + 1;
}

function levelBytes(bits: u32, k: u32): u32 {
  return (((groupsOf(bits, k) - 1) >> 6) + 1) << 3;
}

/** The level of one bit. */
export function highest(bits: u32): u32 {
  return bits <= 64 ? LOWEST : 32 - <u32>clz(bits - 1);
}

export function pyramidBytes(bits: u32): u32 {
  let bytes = TABLE;
  for (let k = LOWEST; k <= highest(bits); k++) bytes += levelBytes(bits, k);
  return bytes;
}

export function levelOf(pyramid: usize, k: u32): usize {
  return pyramid + <usize>load<u32>(pyramid + ((<usize>(k - LOWEST)) << 2));
}

/** Is any bit of the 64 set? */
function readGroup(map: usize, bits: u32, pair: u32): bool {
  const left = bits - (pair << 6);
  return (pairOf(map, pair, bits) & (left < 64 ? ~(ALL << left) : ALL)) != 0;
}

function mark(level: usize, bit: u32, on: bool): void {
  if (on) setRun(level, bit, 1);
  else clearRun(level, bit, 1);
}

/** Group `group` of level k from the two below it. */
function mergeGroup(below: usize, above: usize, group: u32, groupsBelow: u32): void {
  const left = group << 1;
  mark(above, group, isSet(below, left) || (left + 1 < groupsBelow && isSet(below, left + 1)));
}

export function buildPyramid(pyramid: usize, map: usize, bits: u32): void {
  const top = highest(bits);
  let at = TABLE;
  memory.fill(pyramid, 0, pyramidBytes(bits));
  for (let k = LOWEST; k <= top; k++) {
    store<u32>(pyramid + ((<usize>(k - LOWEST)) << 2), at);
    at += levelBytes(bits, k);
  }
  if (bits == 0) return;
  const low = levelOf(pyramid, LOWEST);
  for (let pair: u32 = 0; pair < groupsOf(bits, LOWEST); pair++) mark(low, pair, readGroup(map, bits, pair));
  for (let k = LOWEST + 1; k <= top; k++) {
    const below = groupsOf(bits, k - 1);
    for (let group: u32 = 0; group < groupsOf(bits, k); group++) {
      mergeGroup(levelOf(pyramid, k - 1), levelOf(pyramid, k), group, below);
    }
  }
}

/** Bits [from, from + count) have become set: so has every group that they touch. */
export function noteSetPyramid(pyramid: usize, bits: u32, from: u32, count: u32): void {
  const top = highest(bits);
  const last = from + count - 1;
  for (let k = LOWEST; k <= top; k++) {
    const low = from >> k;
    setRun(levelOf(pyramid, k), low, (last >> k) - low + 1);
  }
}

/** Bits [from, from + count) have become clear: groups inside are clear, those at the edges are read again. */
export function noteClearPyramid(pyramid: usize, map: usize, bits: u32, from: u32, count: u32): void {
  const top = highest(bits);
  const last = from + count - 1;
  const first = from >> LOWEST;
  const final = last >> LOWEST;
  const lowest = levelOf(pyramid, LOWEST);
  if (final > first + 1) clearRun(lowest, first + 1, final - first - 1);
  mark(lowest, first, readGroup(map, bits, first));
  if (final > first) mark(lowest, final, readGroup(map, bits, final));
  for (let k = LOWEST + 1; k <= top; k++) {
    const below = levelOf(pyramid, k - 1);
    const level = levelOf(pyramid, k);
    const groups = groupsOf(bits, k - 1);
    const low = from >> k;
    const high = last >> k;
    if (high > low + 1) clearRun(level, low + 1, high - low - 1);
    mergeGroup(below, level, low, groups);
    if (high > low) mergeGroup(below, level, high, groups);
  }
}

/**
 * The first set bit of [from, end), or `end`: up the levels that are multiples of 6 while their word has nothing more,
 * and down again by words.
 */
export function nextSetBy(pyramid: usize, map: usize, bits: u32, from: u32, end: u32): u32 {
  if (from >= end) return end;
  let at = from >> 6;
  const word = pairOf(map, at, bits) & (ALL << (from & 63));
  if (word != 0) return min(end, (at << 6) + <u32>ctz(word));
  let k = LOWEST;
  at += 1;
  const top = highest(bits);
  while (true) {
    if (k > top || at >= groupsOf(bits, k)) return end;
    const stop = min(groupsOf(bits, k), (at | 63) + 1);
    const group = nextSet(levelOf(pyramid, k), at, stop);
    if (group < stop) {
      at = group;
      break;
    }
    at = (at >> 6) + 1;
    k += 6;
  }
  while (k > LOWEST) {
    k -= 6;
    at = nextSet(levelOf(pyramid, k), at << 6, min(groupsOf(bits, k), (at + 1) << 6));
  }
  return min(end, (at << 6) + <u32>ctz(pairOf(map, at, bits)));
}
