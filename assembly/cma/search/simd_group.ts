// Knows: first fit by 128 bits at a time, for places that begin at bytes and requests of 128 bits and more.
// Must not know: indexes.
//
// The beginning of every window, up to the next place, is or-ed together first: a busy one costs little more than the
// reading of it. What remains of the others is checked by words.

import { nextSet } from "../../memory/bits";
import { NONE } from "../../memory/list";

/** Can this request be answered in blocks of 128 bits? */
export function isGrouped(count: u32, mask: u32, offset: u32): bool {
  return mask >= 127 && count >= 128 && (offset & 7) == 0;
}

/** Is any bit of the `blocks` blocks of 128 bits from `at` on set? */
function isBusy(at: usize, blocks: u32): bool {
  let any = v128.load(at);
  for (let i: u32 = 1; i < blocks; i++) any = v128.or(any, v128.load(at + ((<usize>i) << 4)));
  return v128.any_true(any);
}

/** isGrouped() holds. */
export function simdGroup(map: usize, bits: u32, start: u32, count: u32, mask: u32, offset: u32): u32 {
  const limit = bits - count;
  const step = mask + 1;
  const blocks = min(min(step, count) >> 7, 8);
  let at = start + ((0 - start - offset) & mask);
  while (at <= limit) {
    if (blocks == 2) {
      while (
        at <= limit &&
        v128.any_true(v128.or(v128.load(map + (at >> 3)), v128.load(map + (at >> 3), 16)))
      ) {
        at += step;
      }
    } else {
      while (at <= limit && isBusy(map + (at >> 3), blocks)) at += step;
    }
    if (at > limit) return NONE;
    const end = at + count;
    const hit = nextSet(map, at + (blocks << 7), end);
    if (hit == end) return at;
    at = hit + 1;
    at += (0 - at - offset) & mask;
  }
  return NONE;
}
