// Knows: the free and movable pages of one pageblock, and moving its free blocks to another type's lists.
// Models prep_move_freepages_block, __move_freepages_block (mm/page_alloc.c, Linux 6.12), move_freepages of 6.1.

import { kindOf, mobilityOf, orderOf } from "../abi/frame_word";
import { FRAME_SHIFT } from "../abi/layout";
import { HINT_CAPACITY } from "../abi/limits";
import { FrameKind, Mobility } from "../abi/vocabulary";
import { LevelWord } from "../abi/words";
import { pfnOf, wordOf } from "../frames/frame";
import { blockFrames, blockStart, setType } from "../frames/pageblock";
import { accountFree, spans } from "../frames/zone";
import { FRAME_BYTES, HINTS, LEVELS } from "../memory/regions";
import { moveFree } from "./freelist";

/** Does the whole pageblock lie between the zone's ends? Blocks that straddle are never moved. */
export function isInsideZone(zone: i32, link: u32): bool {
  const start = pfnOf(blockStart(link));
  return spans(zone, start) && spans(zone, start + blockFrames() - 1);
}

/** Frames of free blocks whose head lies in the pageblock. */
export function countFree(link: u32): i32 {
  const start = blockStart(link);
  const end = start + (blockFrames() << FRAME_SHIFT);
  let free = 0;
  for (let at = start; at < end; ) {
    const word = wordOf(at);
    const frames = kindOf(word) == FrameKind.BUDDY ? 1 << orderOf(word) : 0;
    free += frames;
    at += frames ? (<u32>frames) << FRAME_SHIFT : FRAME_BYTES;
  }
  return free;
}

/**
 * Frames that PageLRU or __PageMovable would answer for. A replay of a trace knows this number only from the
 * trace itself: a pending hint (Op.HINT_MOVABLE) is used up instead of counting.
 */
export function countMovable(link: u32): i32 {
  return countMovableFrom(blockStart(link), link);
}

/** The same from `start` on, which 6.1 sets to the page itself where the pageblock begins before the zone. */
export function countMovableFrom(start: u32, link: u32): i32 {
  const head = load<u32>(LEVELS, LevelWord.HINT_HEAD << 2);
  if (head != load<u32>(LEVELS, LevelWord.HINT_TAIL << 2)) {
    store<u32>(LEVELS, head + 1, LevelWord.HINT_HEAD << 2);
    return load<i32>(HINTS + ((<usize>(head % HINT_CAPACITY)) << 2));
  }
  const end = blockStart(link) + (blockFrames() << FRAME_SHIFT);
  let movable = coveringMovable(start);
  for (let at = start; at < end; at += FRAME_BYTES) {
    const word = wordOf(at);
    if (mobilityOf(word) != Mobility.FIXED) movable += 1 << orderOf(word);
  }
  return min(movable, <i32>blockFrames());
}

/** A movable page larger than a pageblock covers this block from a head before it. */
function coveringMovable(start: u32): i32 {
  if (kindOf(wordOf(start)) != FrameKind.BODY) return 0;
  for (let order = 1; order < 16; order++) {
    const word = wordOf(start & ~((FRAME_BYTES << order) - 1));
    if (kindOf(word) == FrameKind.BODY) continue;
    return mobilityOf(word) != Mobility.FIXED ? 1 << orderOf(word) : 0;
  }
  return 0;
}

/**
 * Moves each free block of the pageblock to the tail of its new list, ascending, also those that are on it already.
 * `start` is where the pageblock begins. 6.12 accounts old out, new in, block by block (which shows in the per-CPU differentials); 6.1 not at all.
 */
export function moveFreeBlocks(
  cpu: i32,
  zone: i32,
  start: u32,
  oldType: i32,
  newType: i32,
  accounts: bool,
): i32 {
  const end = blockStart(start) + (blockFrames() << FRAME_SHIFT);
  let moved = 0;
  for (let at = start; at < end; ) {
    const word = wordOf(at);
    if (kindOf(word) != FrameKind.BUDDY) {
      at += FRAME_BYTES;
      continue;
    }
    const order = orderOf(word);
    const pages = 1 << order;
    moveFree(zone, at, order, newType);
    if (accounts) {
      accountFree(cpu, zone, -pages, oldType);
      accountFree(cpu, zone, pages, newType);
    }
    moved += pages;
    at += (<u32>pages) << FRAME_SHIFT;
  }
  return moved;
}

/**
 * move_freepages_block() of 6.1: no counter changes. A pageblock that begins before the zone is moved from the
 * given page on; one that ends behind the zone not at all.
 */
export function moveUnaccounted(cpu: i32, zone: i32, link: u32, type: i32): i32 {
  if (!spans(zone, pfnOf(blockStart(link)) + blockFrames() - 1)) return 0;
  return moveFreeBlocks(cpu, zone, firstInZone(zone, link), type, type, false);
}

/** Where moveUnaccounted() begins. */
export function firstInZone(zone: i32, link: u32): u32 {
  const start = blockStart(link);
  return spans(zone, pfnOf(start)) ? start : link;
}

/** __move_freepages_block(): the free blocks change lists, then the pageblock changes type. */
export function moveBlock(cpu: i32, zone: i32, link: u32, oldType: i32, newType: i32): i32 {
  const moved = moveFreeBlocks(cpu, zone, blockStart(link), oldType, newType, true);
  setType(link, newType);
  return moved;
}
