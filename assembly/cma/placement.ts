// Knows: the window that a request tries next in one range, by its WindowRule; a request remembers how far it has come.
// Must not know: what becomes of the window.
//
//   NEXT          SWEEP 0: not begun, 1: from HINT to the end, 2: from the beginning to HINT
//   BEST          HOLE, RUN: the hole that is tried; holes by length, then by place
//   PIN_AVOIDING  SWEEP 0: windows with a page that cannot be moved are passed over, 1: first fit

import { kindOf, mobilityOf, pinsOf } from "../abi/frame_word";
import { FRAME_SHIFT } from "../abi/layout";
import { WindowRule } from "../abi/proposals";
import { FrameKind, Mobility } from "../abi/vocabulary";
import { AreaWord, RangeWord, RequestWord } from "../abi/words";
import { wordOf } from "../frames/frame";
import { nextClear, nextSet } from "../memory/bits";
import { NONE } from "../memory/list";
import { set, word } from "../memory/record";
import { FRAME_BYTES } from "../memory/regions";
import { alignedFrom, isBeforeSweep, isBetterHole, keepsWindow, sweepFrom } from "../policy/holes";
import { areaWord, bitmapOf, bitsOf, indexOf, linkOfBit, rangeAt, rangeWord } from "./area";
import { findWindow } from "./search/of_area";
import { alignMask, alignOffset } from "./window";

/** A request begins with the first window of a range, or begins it again. */
export function beginSweep(at: usize): void {
  set(at, RequestWord.FROM_BIT, 0);
  set(at, RequestWord.SWEEP, 0);
  set(at, RequestWord.RUN, 0);
}

/** First fit from FROM_BIT on. */
function firstFit(at: usize, area: i32, nth: i32): u32 {
  const align = word(at, RequestWord.ALIGN);
  return findWindow(
    bitmapOf(area, nth),
    indexOf(area, nth),
    rangeWord(area, nth, RangeWord.BITS),
    <u32>word(at, RequestWord.FROM_BIT),
    bitsOf(area, word(at, RequestWord.PAGES)),
    alignMask(area, align),
    alignOffset(area, nth, align),
  );
}

function nextFit(at: usize, area: i32, nth: i32): u32 {
  if (word(at, RequestWord.SWEEP) == 0) {
    const hint = sweepFrom(rangeWord(area, nth, RangeWord.NEXT), rangeWord(area, nth, RangeWord.BITS));
    set(at, RequestWord.HINT, hint);
    set(at, RequestWord.FROM_BIT, hint);
    set(at, RequestWord.SWEEP, 1);
  }
  if (word(at, RequestWord.SWEEP) == 1) {
    const bit = firstFit(at, area, nth);
    if (bit != NONE) return bit;
    set(at, RequestWord.FROM_BIT, 0);
    set(at, RequestWord.SWEEP, 2);
  }
  const bit = firstFit(at, area, nth);
  return bit != NONE && isBeforeSweep(bit, word(at, RequestWord.HINT)) ? bit : NONE;
}

/** The next place in the hole that was tried last; NONE: it has no other. */
function inSameHole(at: usize, map: usize, bits: u32, mask: u32, offset: u32): u32 {
  const end = <u32>(word(at, RequestWord.HOLE) + word(at, RequestWord.RUN));
  const bit = alignedFrom(word(at, RequestWord.FROM_BIT), mask, offset);
  return bit + bits <= end && nextSet(map, bit, bit + bits) == bit + bits ? bit : NONE;
}

function bestFit(at: usize, area: i32, nth: i32): u32 {
  const align = word(at, RequestWord.ALIGN);
  const map = bitmapOf(area, nth);
  const total = rangeWord(area, nth, RangeWord.BITS);
  const bits = bitsOf(area, word(at, RequestWord.PAGES));
  const mask = alignMask(area, align);
  const offset = alignOffset(area, nth, align);
  const tried = <u32>word(at, RequestWord.RUN);
  const triedStart = <u32>word(at, RequestWord.HOLE);
  if (tried != 0) {
    const bit = inSameHole(at, map, bits, mask, offset);
    if (bit != NONE) return bit;
  }
  let best: u32 = 0;
  let found: u32 = NONE;
  for (let start = nextClear(map, 0, total); start < total; ) {
    const end = nextSet(map, start, total);
    const bit = alignedFrom(start, mask, offset);
    if (bit + bits <= end && isBetterHole(end - start, start, tried, triedStart, best)) {
      best = end - start;
      found = bit;
      set(at, RequestWord.HOLE, start);
    }
    start = nextClear(map, end, total);
  }
  if (found != NONE) set(at, RequestWord.RUN, best);
  return found;
}

/** The last frame of the window that cannot be moved now, or NONE; what was looked at is counted. */
function lastKeeper(at: usize, first: u32, end: u32): u32 {
  for (let link = end - FRAME_BYTES; link >= first && link < end; link -= FRAME_BYTES) {
    set(at, RequestWord.EXAMINED, word(at, RequestWord.EXAMINED) + 1);
    const frame = wordOf(link);
    if (kindOf(frame) != FrameKind.ALLOCATED) continue;
    if (keepsWindow(mobilityOf(frame) != Mobility.FIXED, pinsOf(frame))) return link;
  }
  return NONE;
}

function pinAvoiding(at: usize, area: i32, nth: i32): u32 {
  const shift = areaWord(area, AreaWord.ORDER_PER_BIT);
  while (word(at, RequestWord.SWEEP) == 0) {
    const bit = firstFit(at, area, nth);
    if (bit == NONE) {
      beginSweep(at);
      set(at, RequestWord.SWEEP, 1);
      break;
    }
    const first = linkOfBit(area, nth, bit);
    const keeper = lastKeeper(at, first, first + ((<u32>word(at, RequestWord.PAGES)) << FRAME_SHIFT));
    if (keeper == NONE) return bit;
    set(at, RequestWord.FROM_BIT, bit + ((keeper - first) >> (FRAME_SHIFT + shift)) + 1);
  }
  return firstFit(at, area, nth);
}

/** The bit of the next window in this range, or NONE. */
export function nextWindow(at: usize, area: i32, nth: i32): u32 {
  switch (word(at, RequestWord.WINDOW_RULE)) {
    case WindowRule.NEXT:
      return nextFit(at, area, nth);
    case WindowRule.BEST:
      return bestFit(at, area, nth);
    case WindowRule.PIN_AVOIDING:
      return pinAvoiding(at, area, nth);
    default:
      return firstFit(at, area, nth);
  }
}

/** A window was taken: where the next sweep of NEXT begins. */
export function noteTaken(at: usize, area: i32, nth: i32): void {
  if (word(at, RequestWord.WINDOW_RULE) != WindowRule.NEXT) return;
  const behind = word(at, RequestWord.BIT) + bitsOf(area, word(at, RequestWord.PAGES));
  store<u32>(rangeAt(area, nth), behind, RangeWord.NEXT << 2);
}
