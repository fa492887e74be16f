// Knows: the migratetype of each pageblock (2^pageblock_order frames), one byte each; NO_MEMORY_MAP where none is.
// Must not know: lists. Models pageblock_flags of mm/page_alloc.c, Linux 6.12 (types only).

import { FRAME_SHIFT } from "../abi/layout";
import { Migratetype } from "../abi/vocabulary";
import { ConfigWord } from "../abi/words";
import { config, FRAME_BYTES, PAGEBLOCKS } from "../memory/regions";

/** pageblock_order and MAX_PAGE_ORDER of the device; written by bindGeometry only. */
export let PAGEBLOCK_ORDER: i32 = 0;
export let MAX_ORDER: i32 = 0;
/** page_group_by_mobility_disabled: every block that would be U, M or R is UNMOVABLE. */
let UNGROUPED: bool = false;
/** A link shifted so far is the number of its pageblock. */
let LINK_SHIFT: i32 = 0;

export function bindGeometry(): void {
  UNGROUPED = config(ConfigWord.MOBILITY_DISABLED) != 0;
  PAGEBLOCK_ORDER = config(ConfigWord.PAGEBLOCK_ORDER);
  LINK_SHIFT = PAGEBLOCK_ORDER + FRAME_SHIFT;
  MAX_ORDER = config(ConfigWord.MAX_PAGE_ORDER);
}

export function blockFrames(): u32 {
  return (<u32>1) << PAGEBLOCK_ORDER;
}

/** The link of the first frame of the pageblock that holds this one. */
export function blockStart(link: u32): u32 {
  return link & ~((FRAME_BYTES << PAGEBLOCK_ORDER) - 1);
}

export function typeOf(link: u32): i32 {
  return load<u8>(PAGEBLOCKS + <usize>(link >> LINK_SHIFT));
}

function stored(type: i32): u8 {
  return <u8>(UNGROUPED && isMergeable(type) ? Migratetype.UNMOVABLE : type);
}

export function setType(link: u32, type: i32): void {
  store<u8>(PAGEBLOCKS + <usize>(link >> LINK_SHIFT), stored(type));
}

/** change_pageblock_range(): every pageblock of a block of order >= pageblock_order; one for smaller blocks. */
export function setTypes(link: u32, order: i32, type: i32): void {
  const blocks = order > PAGEBLOCK_ORDER ? 1 << (order - PAGEBLOCK_ORDER) : 1;
  memory.fill(PAGEBLOCKS + <usize>(link >> LINK_SHIFT), stored(type), blocks);
}

/** migratetype_is_mergeable(): UNMOVABLE, MOVABLE and RECLAIMABLE blocks may merge with each other. */
export function isMergeable(type: i32): bool {
  return type < Migratetype.HIGHATOMIC;
}
