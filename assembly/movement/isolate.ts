// Knows: taking pageblocks out of circulation for one caller, and giving them back.
// Must not know: who asks, migration. Models start_isolate_page_range, set_migratetype_isolate,
// unset_migratetype_isolate, undo_isolate_page_range (mm/page_isolation.c), move_freepages_block_isolate and
// split_free_page (mm/page_alloc.c), Linux 6.12.117 and 6.1.192.
// DEVIATION: a compound page in use that crosses the border of the range fails the isolation in both kernels; 6.1
// would first try to migrate it.

import { BlockReason } from "../abi/findings";
import { hasPageFlag, kindOf, orderOf, typeIn } from "../abi/frame_word";
import { FRAME_SHIFT } from "../abi/layout";
import { FrameKind, Migratetype, PageFlag } from "../abi/vocabulary";
import { ZoneWord } from "../abi/words";
import { isInsideZone, moveBlock, moveFreeBlocks } from "../buddy/block";
import { removeFree } from "../buddy/freelist";
import { freeByPiece, freeOne } from "../buddy/release";
import { isFreeBlock, setWord, wordOf } from "../frames/frame";
import { blockFrames, blockStart, MAX_ORDER, PAGEBLOCK_ORDER, setType, typeOf } from "../frames/pageblock";
import { accountFree, zoneAt } from "../frames/zone";
import { NONE } from "../memory/list";
import { FRAME_BYTES } from "../memory/regions";
import { ISOLATES_BY_PAGEBLOCK } from "../rules";

function countIsolated(zone: i32, delta: i32): void {
  const at = zoneAt(zone);
  const sum = load<i32>(at, ZoneWord.NR_ISOLATE_PAGEBLOCK << 2) + delta;
  store<i32>(at, sum, ZoneWord.NR_ISOLATE_PAGEBLOCK << 2);
}

/** find_large_buddy(): the free block that contains the frame, or the frame itself. */
export function freeBlockAround(link: u32): u32 {
  let head = link;
  for (let order = 0; order <= MAX_ORDER; order++) {
    head = link & ~((FRAME_BYTES << order) - 1);
    const word = wordOf(head);
    if (kindOf(word) != FrameKind.BUDDY) continue;
    return head + (FRAME_BYTES << orderOf(word)) > link ? head : link;
  }
  return link;
}

/**
 * 6.12: the pageblock changes type with its free blocks; a block larger than it is taken off, and freed again in
 * pieces of a pageblock each. False where the pageblock leaves the zone.
 */
function retypeBlock(cpu: i32, zone: i32, start: u32, type: i32): bool {
  if (!isInsideZone(zone, start)) return false;
  if (PAGEBLOCK_ORDER < MAX_ORDER) {
    const head = freeBlockAround(start);
    const word = wordOf(head);
    if (kindOf(word) == FrameKind.BUDDY && (head != start || orderOf(word) > PAGEBLOCK_ORDER)) {
      removeFree(zone, head, orderOf(word));
      accountFree(cpu, zone, -(1 << orderOf(word)), typeIn(word));
      setType(start, type);
      freeByPiece(cpu, zone, head, orderOf(word), min(orderOf(word), PAGEBLOCK_ORDER), false);
      return true;
    }
  }
  moveBlock(cpu, zone, start, typeOf(start), type);
  return true;
}

/** 6.1: the type first, then the blocks that begin in the pageblock, whole; counters by the pages moved. */
function isolateWhole(cpu: i32, zone: i32, start: u32): bool {
  const old = typeOf(start);
  setType(start, Migratetype.ISOLATE);
  const moved = moveFreeBlocks(cpu, zone, start, old, Migratetype.ISOLATE, false);
  accountFree(cpu, zone, -moved, old);
  return true;
}

/** set_migratetype_isolate(): false when somebody else has it, or it is not wholly in the zone. */
function isolateOne(cpu: i32, zone: i32, start: u32): bool {
  if (typeOf(start) == Migratetype.ISOLATE) return false;
  const done = ISOLATES_BY_PAGEBLOCK
    ? retypeBlock(cpu, zone, start, Migratetype.ISOLATE)
    : isolateWhole(cpu, zone, start);
  if (done) countIsolated(zone, 1);
  return done;
}

/** A free block of an isolated pageblock whose buddy could merge with it: it is taken off and freed again, to the tail. */
function freedAgain(zone: i32, start: u32): bool {
  const word = wordOf(start);
  if (kindOf(word) != FrameKind.BUDDY) return false;
  const order = orderOf(word);
  if (order < PAGEBLOCK_ORDER || order >= MAX_ORDER) return false;
  const buddy = start ^ (FRAME_BYTES << order);
  return isFreeBlock(buddy, order, zone) && typeOf(buddy) != Migratetype.ISOLATE;
}

/** unset_migratetype_isolate() */
function unisolateOne(cpu: i32, zone: i32, start: u32, type: i32): void {
  if (typeOf(start) != Migratetype.ISOLATE) return;
  if (freedAgain(zone, start)) {
    const order = orderOf(wordOf(start));
    removeFree(zone, start, order);
    setWord(start, FrameKind.BODY);
    setType(start, type);
    freeOne(cpu, zone, start, order, type, true);
  } else if (ISOLATES_BY_PAGEBLOCK) {
    retypeBlock(cpu, zone, start, type);
  } else {
    const moved = moveFreeBlocks(cpu, zone, start, Migratetype.ISOLATE, type, false);
    accountFree(cpu, zone, moved, type);
    setType(start, type);
  }
  countIsolated(zone, -1);
}

/** The page in use that crosses `boundary` from before it, or NONE; the search begins at the largest block's border. */
function crossingPage(boundary: u32): u32 {
  let at = boundary & ~((FRAME_BYTES << MAX_ORDER) - 1);
  while (at < boundary) {
    const word = wordOf(at);
    const size = FRAME_BYTES << orderOf(word);
    if (hasPageFlag(word, PageFlag.COMPOUND) && at + size > boundary) return at;
    at += kindOf(word) == FrameKind.BODY || kindOf(word) == FrameKind.HOLE ? FRAME_BYTES : size;
  }
  return NONE;
}

/** 6.1 split_free_page(): a free block across `boundary` becomes pieces, ascending, each in its pageblock's list. */
function splitAt(cpu: i32, zone: i32, boundary: u32): void {
  const head = freeBlockAround(boundary);
  const word = wordOf(head);
  if (head == boundary || kindOf(word) != FrameKind.BUDDY) return;
  const order = orderOf(word);
  const end = head + (FRAME_BYTES << order);
  accountFree(cpu, zone, -(1 << order), typeOf(head));
  removeFree(zone, head, order);
  let left = (boundary - head) >> FRAME_SHIFT;
  for (let at = head; at < end; ) {
    const aligned = at == 0 ? order : <i32>ctz(at >> FRAME_SHIFT);
    const piece = min(aligned, 31 - <i32>clz(left));
    setWord(at, FrameKind.BODY);
    freeOne(cpu, zone, at, piece, typeOf(at), false);
    at += FRAME_BYTES << piece;
    left -= (<u32>1) << piece;
    if (left == 0) left = (end - at) >> FRAME_SHIFT;
  }
}

/** The pageblock at `link` belongs to another caller, whose it stays. */
function refuse(link: u32, blocker: usize): i32 {
  store<u32>(blocker, link);
  return BlockReason.ISOLATED_BY_OTHER;
}

/** isolate_single_pageblock(): the outer pageblocks, whose borders other blocks may cross. BlockReason. */
function isolateBorder(
  cpu: i32,
  zone: i32,
  start: u32,
  boundary: u32,
  isolated: bool,
  type: i32,
  blocker: usize,
): i32 {
  if (!isolated && !isolateOne(cpu, zone, start)) return refuse(start, blocker);
  const crossing = crossingPage(boundary);
  if (crossing != NONE) {
    if (!isolated) unisolateOne(cpu, zone, start, type);
    store<u32>(blocker, crossing);
    return BlockReason.CROSSING;
  }
  if (!ISOLATES_BY_PAGEBLOCK) splitAt(cpu, zone, boundary);
  return BlockReason.NONE;
}

/**
 * Isolates every pageblock of [start, end) (links): first, last, then the middle ones ascending. Answers NONE, or
 * why not (BlockReason); then nothing is isolated, and `blocker` has the link of the first frame of another's
 * pageblock, or of the page across the border.
 */
export function isolateRange(cpu: i32, zone: i32, start: u32, end: u32, type: i32, blocker: usize): i32 {
  const block = blockFrames() << FRAME_SHIFT;
  const first = blockStart(start);
  const behind = (end + block - 1) & ~(block - 1);
  const last = behind - block;
  let reason = isolateBorder(cpu, zone, first, first, false, type, blocker);
  if (reason) return reason;
  reason = isolateBorder(cpu, zone, last, behind, first == last, type, blocker);
  if (reason) {
    unisolateOne(cpu, zone, first, type);
    return reason;
  }
  for (let at = first + block; at < last; at += block) {
    if (isolateOne(cpu, zone, at)) continue;
    unisolateRange(cpu, zone, first, at, type);
    unisolateOne(cpu, zone, last, type);
    return refuse(at, blocker);
  }
  return BlockReason.NONE;
}

/** undo_isolate_page_range(): ascending. */
export function unisolateRange(cpu: i32, zone: i32, start: u32, end: u32, type: i32): void {
  const block = blockFrames() << FRAME_SHIFT;
  const behind = (end + block - 1) & ~(block - 1);
  for (let at = blockStart(start); at < behind; at += block) unisolateOne(cpu, zone, at, type);
}

/**
 * test_pages_isolated(): the first frame of [start, end) that is not free in an isolated pageblock, or NONE. The
 * pageblocks first: a free block of 6.1 may begin in an isolated one and reach over others into this range.
 */
export function firstInUse(start: u32, end: u32): u32 {
  for (let at = start; at < end; at += blockFrames() << FRAME_SHIFT) {
    if (typeOf(at) != Migratetype.ISOLATE) return at;
  }
  for (let at = start; at < end; ) {
    const word = wordOf(at);
    if (kindOf(word) != FrameKind.BUDDY) return at;
    at += FRAME_BYTES << orderOf(word);
  }
  return NONE;
}
