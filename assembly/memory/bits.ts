// Knows: runs of bits in a map of u32 words, LSB first: find, set, clear, count.
// Must not know: what a bit stands for. Models find_next_bit, find_next_zero_bit, find_last_bit, bitmap_set,
// bitmap_clear and bitmap_weight (lib/find_bit.c, lib/bitmap.c, Linux 6.12) in their results, not in their code.
//
// A map of `bits` bits is (bits + 31) / 32 words, 4-byte aligned, and no function reads or writes outside of it:
// words are taken in pairs (u64), and the last pair as one u32 where `end` does not reach into its upper half.
//
//   bit     0 . . . . . . 31 32 . . . . . 63 64 . . . . . 95
//          |     u32 0      |     u32 1     |     u32 2     |        u64 0 = u32 0 | u32 1 << 32

import { NONE } from "./list";

const ALL: u64 = 0xffff_ffff_ffff_ffff;
/** From this many words on, memory.fill is faster than a loop. */
const FILL_WORDS: u32 = 64;

/** The 64 bits from `pair` * 64 on, or the lower 32 of them when no bit from `end` on may be touched. */
export function pairOf(map: usize, pair: u32, end: u32): u64 {
  assert(pair << 6 < end, "a word behind the end of the map");
  if (end - (pair << 6) > 32) return load<u64>(map + ((<usize>pair) << 3));
  return <u64>load<u32>(map + ((<usize>pair) << 3));
}

/** Pairs that anySet() and anyClear() read at once: 512 bits. */
const BLOCK: u32 = 8;
/** Pairs that are read one by one before that. */
const NEAR: u32 = 3;

function anySet(at: usize): bool {
  const low = v128.or(v128.load(at), v128.load(at, 16));
  return v128.any_true(v128.or(low, v128.or(v128.load(at, 32), v128.load(at, 48))));
}

function anyClear(at: usize): bool {
  const low = v128.and(v128.load(at), v128.load(at, 16));
  return !i64x2.all_true(
    i64x2.eq(v128.and(low, v128.and(v128.load(at, 32), v128.load(at, 48))), i64x2.splat(-1)),
  );
}

export function isSet(map: usize, bit: u32): bool {
  return ((load<u32>(map + <usize>((bit >> 5) << 2)) >> (bit & 31)) & 1) != 0;
}

/** The first set bit of [from, end), or `end`. */
export function nextSet(map: usize, from: u32, end: u32): u32 {
  if (from >= end) return end;
  const pair = from >> 6;
  const word = pairOf(map, pair, end) & (ALL << (from & 63));
  if (word == 0) return setFrom(map, pair + 1, end);
  return min(end, (pair << 6) + <u32>ctz(word));
}

/** The first clear bit of [from, end), or `end`. */
export function nextClear(map: usize, from: u32, end: u32): u32 {
  if (from >= end) return end;
  const pair = from >> 6;
  const word = ~pairOf(map, pair, end) & (ALL << (from & 63));
  if (word == 0) return clearFrom(map, pair + 1, end);
  return min(end, (pair << 6) + <u32>ctz(word));
}

/** The first set bit from pair `from` on and before `end`, or `end`. */
export function setFrom(map: usize, from: u32, end: u32): u32 {
  const whole = end >> 6;
  const near = min(whole, from + NEAR);
  let pair = from;
  for (; pair < near; pair++) {
    const word = load<u64>(map + ((<usize>pair) << 3));
    if (word != 0) return (pair << 6) + <u32>ctz(word);
  }
  while (pair + BLOCK <= whole && !anySet(map + ((<usize>pair) << 3))) pair += BLOCK;
  for (; pair < whole; pair++) {
    const word = load<u64>(map + ((<usize>pair) << 3));
    if (word != 0) return (pair << 6) + <u32>ctz(word);
  }
  if (pair << 6 >= end) return end;
  const word = pairOf(map, pair, end);
  return word == 0 ? end : min(end, (pair << 6) + <u32>ctz(word));
}

/** The first clear bit from pair `from` on and before `end`, or `end`. */
export function clearFrom(map: usize, from: u32, end: u32): u32 {
  const whole = end >> 6;
  const near = min(whole, from + NEAR);
  let pair = from;
  for (; pair < near; pair++) {
    const word = ~load<u64>(map + ((<usize>pair) << 3));
    if (word != 0) return (pair << 6) + <u32>ctz(word);
  }
  while (pair + BLOCK <= whole && !anyClear(map + ((<usize>pair) << 3))) pair += BLOCK;
  for (; pair < whole; pair++) {
    const word = ~load<u64>(map + ((<usize>pair) << 3));
    if (word != 0) return (pair << 6) + <u32>ctz(word);
  }
  if (pair << 6 >= end) return end;
  const word = ~pairOf(map, pair, end);
  return word == 0 ? end : min(end, (pair << 6) + <u32>ctz(word));
}

/** The last set bit of [from, end), or NONE. */
export function lastSet(map: usize, from: u32, end: u32): u32 {
  if (from >= end) return NONE;
  const first = from >> 6;
  let pair = (end - 1) >> 6;
  let word = pairOf(map, pair, end) & (ALL >> ((64 - end) & 63));
  while (pair > first) {
    if (word != 0) return (pair << 6) + 63 - <u32>clz(word);
    pair -= 1;
    word = pairOf(map, pair, end);
  }
  word &= ALL << (from & 63);
  return word == 0 ? NONE : (pair << 6) + 63 - <u32>clz(word);
}

/** Bits [low, high) of one u32; high is 1..32. */
function span(low: u32, high: u32): u32 {
  return ((<u32>0xffff_ffff) << low) & (<u32>0xffff_ffff >> (32 - high));
}

/** Sets every bit of [from, from + count). */
export function setRun(map: usize, from: u32, count: u32): void {
  if (count == 0) return;
  const end = from + count;
  const first = map + <usize>((from >> 5) << 2);
  const last = map + <usize>(((end - 1) >> 5) << 2);
  const tail = ((end - 1) & 31) + 1;
  if (first == last) return store<u32>(first, load<u32>(first) | span(from & 31, tail));
  store<u32>(first, load<u32>(first) | span(from & 31, 32));
  fillWords(first + 4, last, 0xff);
  store<u32>(last, load<u32>(last) | span(0, tail));
}

/** Clears every bit of [from, from + count). */
export function clearRun(map: usize, from: u32, count: u32): void {
  if (count == 0) return;
  const end = from + count;
  const first = map + <usize>((from >> 5) << 2);
  const last = map + <usize>(((end - 1) >> 5) << 2);
  const tail = ((end - 1) & 31) + 1;
  if (first == last) return store<u32>(first, load<u32>(first) & ~span(from & 31, tail));
  store<u32>(first, load<u32>(first) & ~span(from & 31, 32));
  fillWords(first + 4, last, 0);
  store<u32>(last, load<u32>(last) & ~span(0, tail));
}

/** Whole words of [at, end): all bits of each byte from `byte`, 0 or 0xff. */
function fillWords(at: usize, end: usize, byte: u8): void {
  if (at >= end) return;
  if (<u32>(end - at) >> 2 >= FILL_WORDS) return memory.fill(at, byte, end - at);
  const word: u64 = byte ? ALL : 0;
  for (; at + 8 <= end; at += 8) store<u64>(at, word);
  if (at < end) store<u32>(at, <u32>word);
}

/** How many bits of [from, from + count) are set. */
export function countRun(map: usize, from: u32, count: u32): u32 {
  if (count == 0) return 0;
  const end = from + count;
  const last = (end - 1) >> 6;
  let pair = from >> 6;
  let word = pairOf(map, pair, end) & (ALL << (from & 63));
  let sum: u64 = 0;
  while (pair < last) {
    sum += popcnt(word);
    pair += 1;
    word = pairOf(map, pair, end);
  }
  return <u32>(sum + popcnt(word & (ALL >> ((64 - end) & 63))));
}
