// Knows: the frames of a machine: their words (packed as abi/frame_word says), their content, and how pfns become links.
// Must not know: lists, zones' contents, policy.
//
// Invariant: the frames are partitioned into HOLE, RESERVED and head ranges; a head of order o is followed by
// 2^o - 1 BODY frames, and no BODY frame lies outside of such a range.

import {
  CONTENT,
  CONTENT_NUMBER,
  contentBits,
  IDENTITY,
  kindOf,
  lifeIn,
  lifeOf,
  mobilityIn,
  pack,
} from "../abi/frame_word";
import { FRAME_SHIFT, FrameField } from "../abi/layout";
import { FrameKind, Mobility, PageFlag, PageLife } from "../abi/vocabulary";
import { ConfigWord } from "../abi/words";
import { CONFIG, FRAMES } from "../memory/regions";

const WORD: usize = FRAMES + FrameField.WORD * 4;

/** What belongs to the page itself, whatever it holds: its content may change, these stay. */
const OWN: u32 = <u32>PageFlag.COMPOUND | <u32>PageFlag.ISOLATED;

export function wordOf(link: u32): u32 {
  return load<u32>(<usize>link, WORD);
}

export function setWord(link: u32, word: u32): void {
  store<u32>(<usize>link, word, WORD);
}

/** A page in use that holds what was swapped out: it comes and goes with that, and no caller may free or change it. */
export function isZram(word: u32): bool {
  return kindOf(word) == FrameKind.ALLOCATED && lifeOf(word) == PageLife.ZRAM;
}

/** A content (a command's argument) put into a word; whoever isolated the page keeps it. */
export function withContent(word: u32, content: u32): u32 {
  return (word & ~(CONTENT & ~OWN)) | contentBits(content);
}

/** Does the number name a mobility, a life and flags that a caller may set? Pages of zram are the machine's own. */
export function isContent(content: u32): bool {
  return (
    lifeIn(content) != PageLife.ZRAM &&
    mobilityIn(content) <= Mobility.DRIVER &&
    lifeIn(content) <= PageLife.CMA &&
    (content & ~CONTENT_NUMBER) == 0
  );
}

/** The pieces of a split page keep what it was: all but its pins and that it was one. */
export function withContentOf(word: u32, whole: u32): u32 {
  return word | (whole & CONTENT & ~OWN);
}

/** The word of the page that `target` becomes when the content of `source` moves into it. */
export function movedWord(target: u32, source: u32): u32 {
  return (target & ~CONTENT) | (source & CONTENT & ~(<u32>PageFlag.ISOLATED));
}

/** page_is_buddy(): is the frame the head of a free block of this order in this zone? */
export function isFreeBlock(link: u32, order: i32, zone: i32): bool {
  return (load<u32>(<usize>link, WORD) & IDENTITY) == pack(FrameKind.BUDDY, order, zone);
}

export function linkOf(pfn: u32): u32 {
  return (pfn - load<u32>(CONFIG, ConfigWord.START_PFN << 2)) << FRAME_SHIFT;
}

export function pfnOf(link: u32): u32 {
  return (link >> FRAME_SHIFT) + load<u32>(CONFIG, ConfigWord.START_PFN << 2);
}

export function isFrame(pfn: u32): bool {
  return (
    pfn >= load<u32>(CONFIG, ConfigWord.START_PFN << 2) && pfn < load<u32>(CONFIG, ConfigWord.END_PFN << 2)
  );
}
