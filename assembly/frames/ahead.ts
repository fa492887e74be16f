// Knows: reading pages that are about to be used, many at once, so that their cache misses overlap.
// Must not know: what for. Nothing depends on it: those who use the pages read them again.
//
// A miss is waited for once the processor's window is full of what comes behind it. So there is nothing between the reads
// of a pass, and what a read needs to know its address was read in the pass before.

import { nextOf, prevOf } from "../memory/list";
import { FRAME_BYTES } from "../memory/regions";
import { wordOf } from "./frame";
import { isOnLru } from "./lru";
import { ownerOf, slotContent } from "./owner";

/** Pages noted at once, at most. */
export const MOST_NOTED: i32 = 64;

/** Links of the pages noted: the module's own, no part of a machine. */
const NOTES: usize = memory.data(MOST_NOTED << 2);

export function notePage(nth: i32, link: u32): void {
  store<u32>((<usize>nth) << 2, link, NOTES);
}

function noted(nth: i32): u32 {
  return load<u32>((<usize>nth) << 2, NOTES);
}

/** Reads what freeing the first `count` noted pages will need, in passes: their records, then those of their neighbours. */
export function readToFree(count: i32): void {
  for (let nth = 0; nth < count; nth++) wordOf(noted(nth));
  for (let nth = 0; nth < count; nth++) {
    const link = noted(nth);
    prevOf(nextOf(link));
    nextOf(prevOf(link));
  }
}

/** Reads what taking the pages of [from, end) off their LRU lists and moving them will need: neighbours and slots. */
export function readMovable(from: u32, end: u32): void {
  for (let link = from; link < end; link += FRAME_BYTES) {
    if (!inline.always(isOnLru(wordOf(link)))) continue;
    prevOf(nextOf(link));
    nextOf(prevOf(link));
    const owner = inline.always(ownerOf(link));
    if (owner) slotContent(owner - 1);
  }
}
