// Knows: first fit of up to 64 bits, tried at 64 places at once.
// Must not know: indexes.
//
// `starts` has a bit for each place of a word from which `length` bits are clear; and-ing it with itself shifted by s
// makes that length + s: 64 is reached in six steps. `above` does the same for the next word, whose bits move in.

import { clearFrom, pairOf } from "../../memory/bits";
import { NONE } from "../../memory/list";

const ALL: u64 = 0xffff_ffff_ffff_ffff;

/** Can this request be tried 64 places at a time? */
export function isSmall(count: u32, mask: u32): bool {
  return count <= 64 && mask < 64;
}

/** Bits of a word that are multiples of mask + 1, shifted down by `offset`; mask < 64. */
function placesOf(mask: u32, offset: u32): u64 {
  if (mask == 0) return ALL;
  let places: u64 = 1;
  for (let step = mask + 1; step < 64; step <<= 1) places |= places << step;
  return places << ((0 - offset) & mask);
}

/** Clear bits of one pair as ones; none from `end` on. */
function clearOf(map: usize, pair: u32, end: u32): u64 {
  const first = pair << 6;
  if (first >= end) return 0;
  const clear = ~pairOf(map, pair, end);
  return end - first < 64 ? clear & ~(ALL << (end - first)) : clear;
}

/** The first window of [start, end); count <= 64, mask < 64. */
export function bitParallel(map: usize, end: u32, start: u32, count: u32, mask: u32, offset: u32): u32 {
  if (start >= end || count > end - start) return NONE;
  const places = placesOf(mask, offset);
  const last = (end - count) >> 6;
  let pair = start >> 6;
  let here = clearOf(map, pair, end) & (ALL << (start & 63));
  while (true) {
    if (here == 0) {
      const clear = clearFrom(map, pair + 1, end);
      if (clear > end - count) return NONE;
      pair = clear >> 6;
      here = clearOf(map, pair, end);
    }
    const next = clearOf(map, pair + 1, end);
    let starts = here;
    let above = next;
    let length: u32 = 1;
    while (length < count && (starts & places) != 0) {
      const step = min(length, count - length);
      starts &= (starts >> step) | (above << (64 - step));
      above &= above >> step;
      length += step;
    }
    starts &= places;
    if (starts != 0) return (pair << 6) + <u32>ctz(starts);
    if (pair >= last) return NONE;
    pair += 1;
    here = next;
  }
}
