// Knows: how a frame is packed into its word, and how pfns become links. The only file that does.
// Must not know: lists, zones' contents, policy.
//
//     31   30  25 24   18 17  14 13  12 11       9 8   7 6      3 2    0
//   +-----+------+-------+------+------+----------+-----+--------+------+
//   |orph.| pins | flags | life | mob. |   type   |zone | order  | kind |
//   +-----+------+-------+------+------+----------+-----+--------+------+
//
//   kind   FrameKind; order, zone, type and mobility are 0 in a BODY frame, so that a merged block is all zero
//          behind its head.
//   type   BUDDY: the migratetype of the list it is on. PCP: in 6.1 the cached migratetype, else 0. Otherwise 0.
//   mob., life, flags, pins: ALLOCATED only. Mobility, PageLife, PageFlag, and references beyond the mappings
//          (get_user_pages, O_DIRECT; a driver page whose migration callback refuses).
//
// Invariant: the frames are partitioned into HOLE, RESERVED and head ranges; a head of order o is followed by
// 2^o - 1 BODY frames, and no BODY frame lies outside of such a range.

import { FrameKind, Mobility, PageFlag, PageLife } from "../abi/vocabulary";
import { ConfigWord } from "../abi/words";
import { CONFIG, WORD } from "../memory/regions";

const ORDER_SHIFT: u32 = 3;
const ZONE_SHIFT: u32 = 7;
const TYPE_SHIFT: u32 = 9;
const MOBILITY_SHIFT: u32 = 12;
const LIFE_SHIFT: u32 = 14;
const PIN_SHIFT: u32 = 25;
/** mobility, life and flags: what a page takes along when it is migrated. */
const CONTENT: u32 = 0x01ff_f000;
/** Flags that callers set: all but ISOLATED and COMPOUND. */
const SETTABLE: u32 = 0x00f8_0000;
export const MAX_PINS: u32 = 63;
const ORPHAN: u32 = 0x8000_0000;
/** kind, order and zone: what decides whether a frame is the buddy of another. */
const IDENTITY: u32 = 0x1ff;

export function wordOf(link: u32): u32 {
  return load<u32>(WORD + <usize>link);
}

export function setWord(link: u32, word: u32): void {
  store<u32>(WORD + <usize>link, word);
}

export function pack(kind: i32, order: i32, zone: i32): u32 {
  return <u32>kind | ((<u32>zone) << ZONE_SHIFT) | ((<u32>order) << ORDER_SHIFT);
}

export function withType(word: u32, type: i32): u32 {
  return word | ((<u32>type) << TYPE_SHIFT);
}

export function withMobility(word: u32, mobility: i32): u32 {
  return (word & ~((<u32>3) << MOBILITY_SHIFT)) | ((<u32>mobility) << MOBILITY_SHIFT);
}

export function kindOf(word: u32): i32 {
  return word & 7;
}

export function orderOf(word: u32): i32 {
  return (word >> ORDER_SHIFT) & 15;
}

export function zoneOf(word: u32): i32 {
  return (word >> ZONE_SHIFT) & 3;
}

export function typeIn(word: u32): i32 {
  return (word >> TYPE_SHIFT) & 7;
}

export function mobilityOf(word: u32): i32 {
  return (word >> MOBILITY_SHIFT) & 3;
}

export function lifeOf(word: u32): i32 {
  return (word >> LIFE_SHIFT) & 15;
}

export function withLife(word: u32, life: i32): u32 {
  return (word & ~((<u32>15) << LIFE_SHIFT)) | ((<u32>life) << LIFE_SHIFT);
}

export function pinsOf(word: u32): u32 {
  return (word >> PIN_SHIFT) & MAX_PINS;
}

export function withPins(word: u32, pins: u32): u32 {
  return (word & ~(MAX_PINS << PIN_SHIFT)) | (pins << PIN_SHIFT);
}

/** No mobility, life, flag or pin: nothing but its list changes when it is freed. */
export function isBare(word: u32): bool {
  return word >> MOBILITY_SHIFT == 0;
}

export function hasPageFlag(word: u32, flag: u32): bool {
  return (word & flag) != 0;
}

/** Freed while pinned: the page goes with its last pin. */
export function isOrphan(word: u32): bool {
  return (word & ORPHAN) != 0;
}

export function orphaned(word: u32): u32 {
  return word | ORPHAN;
}

/** Mobility, PageLife << 8 and PageFlags as one number (a command's argument), put into a word; whoever isolated the page keeps it. */
export function withContent(word: u32, content: u32): u32 {
  const life = (content >> 8) & 15;
  const written = CONTENT & ~(<u32>PageFlag.COMPOUND | <u32>PageFlag.ISOLATED);
  return (word & ~written) | ((content & 3) << MOBILITY_SHIFT) | (life << LIFE_SHIFT) | (content & SETTABLE);
}

/** Does the number name a mobility, a life and flags that a caller may set? */
export function isContent(content: u32): bool {
  return (
    (content & 3) <= <u32>Mobility.DRIVER &&
    ((content >> 8) & 15) <= <u32>PageLife.CMA &&
    (content & ~(SETTABLE | 0xf03)) == 0
  );
}

/** The pieces of a split page keep what it was: all but its pins and that it was one. */
export function withContentOf(word: u32, whole: u32): u32 {
  return word | (whole & CONTENT & ~(<u32>PageFlag.COMPOUND | <u32>PageFlag.ISOLATED));
}

/** The word of the page that `target` becomes when the content of `source` moves into it. */
export function movedWord(target: u32, source: u32): u32 {
  return (target & ~CONTENT) | (source & CONTENT & ~(<u32>PageFlag.ISOLATED));
}

/** page_is_buddy(): is the frame the head of a free block of this order in this zone? */
export function isFreeBlock(link: u32, order: i32, zone: i32): bool {
  return (load<u32>(WORD + <usize>link) & IDENTITY) == pack(FrameKind.BUDDY, order, zone);
}

export function linkOf(pfn: u32): u32 {
  return (pfn - load<u32>(CONFIG, ConfigWord.START_PFN << 2)) << 2;
}

export function pfnOf(link: u32): u32 {
  return (link >> 2) + load<u32>(CONFIG, ConfigWord.START_PFN << 2);
}

export function isFrame(pfn: u32): bool {
  return (
    pfn >= load<u32>(CONFIG, ConfigWord.START_PFN << 2) && pfn < load<u32>(CONFIG, ConfigWord.END_PFN << 2)
  );
}
