// Knows: first fit on from behind the LAST set bit of a window that fails.
// Must not know: indexes.
//
// Everything behind that bit is known to be clear: `clear` is how far, and only what lies behind it is read for the
// next window. Each word is read about once; for windows much larger than the runs, most words never.

import { lastSet } from "../../memory/bits";
import { NONE } from "../../memory/list";

/** The first window of [start, end). */
export function lastSetScan(map: usize, end: u32, start: u32, count: u32, mask: u32, offset: u32): u32 {
  let at = start + ((0 - start - offset) & mask);
  let clear = at;
  while (at <= end && end - at >= count) {
    const behind = at + count;
    const hit = lastSet(map, max(at, clear), behind);
    if (hit == NONE) return at;
    at = hit + 1;
    at += (0 - at - offset) & mask;
    clear = behind;
  }
  return NONE;
}
