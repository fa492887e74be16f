// Knows: how a frame is packed into its word. The only file that does: everybody else, on both sides, asks here.
// Must not know: lists, zones' contents, policy; what the values mean (vocabulary).
// A leaf: valid AssemblyScript and valid TypeScript, imports nothing. In TypeScript words are numbers as Uint32Array has them, and
// what is packed has to go back into one (pins of 32 and more, and orphans, make it negative until then).
//
//     31   30  25 24   18 17  14 13  12 11       9 8   7 6      3 2    0
//   +-----+------+-------+------+------+----------+-----+--------+------+
//   |orph.| pins | flags | life | mob. |   type   |zone | order  | kind |
//   +-----+------+-------+------+------+----------+-----+--------+------+
//
//   kind   FrameKind; order, zone, type and mobility are 0 in a BODY frame, so that a merged block is all zero
//          behind its head.
//   type   BUDDY: the migratetype of the list it is on. PCP: in 6.1 the cached migratetype, else 0. ALLOCATED: its age,
//          YOUNG, REFERENCED, WORKINGSET, of pages on LRU lists; otherwise 0.
//   mob., life, flags, pins: ALLOCATED only. Mobility, PageLife, PageFlag, and references beyond the mappings
//          (get_user_pages, O_DIRECT; a driver page whose migration callback refuses).
//   orph.  freed while pinned: the page goes with its last pin.
//
// Content, an argument of commands: Mobility | PageLife << 8 | the PageFlags that callers may set.

export const KIND_MASK: u32 = 7;
export const ORDER_SHIFT: u32 = 3;
export const ZONE_SHIFT: u32 = 7;
export const TYPE_SHIFT: u32 = 9;
export const MOBILITY_SHIFT: u32 = 12;
export const LIFE_SHIFT: u32 = 14;
export const PIN_SHIFT: u32 = 25;
export const MAX_PINS: u32 = 63;
const ORPHAN: u32 = 0x8000_0000;
/** All bits of PageFlag. */
const FLAGS: u32 = 0x01fc_0000;
/** Flags that callers set: all but ISOLATED and COMPOUND. */
const SETTABLE: u32 = 0x00f8_0000;
/** mobility, life, flags and age: what a page takes along when it is migrated. */
export const CONTENT: u32 = 0x01ff_fe00;
/** The accessed bit of its page table entry. */
export const YOUNG: u32 = 0x200;
/** PG_referenced: it was young when reclaim looked, or a read() has used it once. */
export const REFERENCED: u32 = 0x400;
/** PG_workingset: it has been active. */
export const WORKINGSET: u32 = 0x800;
const AGE: u32 = YOUNG | REFERENCED | WORKINGSET;
/** kind, order and zone: what decides whether a frame is the buddy of another. */
export const IDENTITY: u32 = 0x1ff;

const CONTENT_LIFE_SHIFT: u32 = 8;
/** Bits of a content that mean something. */
export const CONTENT_NUMBER: u32 = SETTABLE | 0xf03;

export function pack(kind: i32, order: i32, zone: i32): u32 {
  return <u32>kind | ((<u32>zone) << ZONE_SHIFT) | ((<u32>order) << ORDER_SHIFT);
}

export function kindOf(word: u32): i32 {
  return word & KIND_MASK;
}

export function withKind(word: u32, kind: i32): u32 {
  return (word & ~KIND_MASK) | <u32>kind;
}

export function orderOf(word: u32): i32 {
  return (word >> ORDER_SHIFT) & 15;
}

export function withOrder(word: u32, order: i32): u32 {
  return (word & ~((<u32>15) << ORDER_SHIFT)) | ((<u32>order) << ORDER_SHIFT);
}

export function zoneOf(word: u32): i32 {
  return (word >> ZONE_SHIFT) & 3;
}

export function withZone(word: u32, zone: i32): u32 {
  return (word & ~((<u32>3) << ZONE_SHIFT)) | ((<u32>zone) << ZONE_SHIFT);
}

/** The migratetype of a free block's list, or the cached one of a per-CPU page. */
export function typeIn(word: u32): i32 {
  return (word >> TYPE_SHIFT) & 7;
}

/** YOUNG, REFERENCED, WORKINGSET of a page in use. */
export function ageOf(word: u32): u32 {
  return word & AGE;
}

export function isWorkingset(word: u32): bool {
  return (word & WORKINGSET) != 0;
}

/** The word had no type. */
export function withType(word: u32, type: i32): u32 {
  return word | ((<u32>type) << TYPE_SHIFT);
}

/** Another type than it had. */
export function retyped(word: u32, type: i32): u32 {
  return (word & ~((<u32>7) << TYPE_SHIFT)) | ((<u32>type) << TYPE_SHIFT);
}

export function mobilityOf(word: u32): i32 {
  return (word >> MOBILITY_SHIFT) & 3;
}

export function withMobility(word: u32, mobility: i32): u32 {
  return (word & ~((<u32>3) << MOBILITY_SHIFT)) | ((<u32>mobility) << MOBILITY_SHIFT);
}

export function lifeOf(word: u32): i32 {
  return (word >> LIFE_SHIFT) & 15;
}

export function withLife(word: u32, life: i32): u32 {
  return (word & ~((<u32>15) << LIFE_SHIFT)) | ((<u32>life) << LIFE_SHIFT);
}

/** The PageFlag bits. */
export function flagsOf(word: u32): u32 {
  return word & FLAGS;
}

export function hasPageFlag(word: u32, flag: u32): bool {
  return (word & flag) != 0;
}

export function pinsOf(word: u32): u32 {
  return (word >> PIN_SHIFT) & MAX_PINS;
}

export function withPins(word: u32, pins: u32): u32 {
  return (word & ~(MAX_PINS << PIN_SHIFT)) | (pins << PIN_SHIFT);
}

/** Freed while pinned: the page goes with its last pin. */
export function isOrphan(word: u32): bool {
  return (word & ORPHAN) != 0;
}

export function orphaned(word: u32): u32 {
  return word | ORPHAN;
}

/** No mobility, life, flag or pin: nothing but its list changes when it is freed. */
export function isBare(word: u32): bool {
  return (word & (0xffff_ffff << MOBILITY_SHIFT)) == 0;
}

/** A content, as commands take it. */
export function contentOf(mobility: i32, life: i32, flags: u32): u32 {
  return <u32>mobility | ((<u32>life) << CONTENT_LIFE_SHIFT) | flags;
}

/** The content that a word has. */
export function contentIn(word: u32): u32 {
  return contentOf(mobilityOf(word), lifeOf(word), word & SETTABLE);
}

export function mobilityIn(content: u32): i32 {
  return content & 3;
}

export function lifeIn(content: u32): i32 {
  return (content >> CONTENT_LIFE_SHIFT) & 15;
}

/** A content where a word has it. */
export function contentBits(content: u32): u32 {
  return (
    ((<u32>mobilityIn(content)) << MOBILITY_SHIFT) |
    ((<u32>lifeIn(content)) << LIFE_SHIFT) |
    (content & SETTABLE)
  );
}
