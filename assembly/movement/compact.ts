// Knows: moving movable pages from the start of a zone to free frames at its end, until a large block is free.
// Must not know: who asks. Models compact_zone, isolate_migratepages, isolate_freepages (mm/compaction.c, Linux 6.12).
// DEVIATION: compaction has no skip hints, fast scanners or deferral; a run begins where the last one stopped.

import { EventKind } from "../abi/events";
import { hasPageFlag, kindOf, mobilityOf, orderOf, pack, pinsOf, typeIn, zoneOf } from "../abi/frame_word";
import { FRAME_SHIFT } from "../abi/layout";
import { FrameKind, Migratetype, Mobility, PageFlag } from "../abi/vocabulary";
import { StatWord, ZoneWord } from "../abi/words";
import { hasFree, removeFree } from "../buddy/freelist";
import { settle } from "../buddy/frontier";
import { freeOne } from "../buddy/release";
import { putPages } from "../buddy/traced";
import { linkOf, movedWord, pfnOf, setWord, wordOf } from "../frames/frame";
import { addToLru, isOnLru, removeFromLru } from "../frames/lru";
import { moveOwner } from "../frames/owner";
import { blockFrames, MAX_ORDER, PAGEBLOCK_ORDER, typeOf } from "../frames/pageblock";
import { accountFree, zoneAt } from "../frames/zone";
import { NONE } from "../memory/list";
import { FRAME_BYTES } from "../memory/regions";
import { count } from "../memory/stats";
import { record } from "../record/events";

/** Pages moved at most in one run: a bound, not a rule of the kernel. */
const MOST_PAGES: i32 = 65_536;

function cursor(zone: i32, word: i32): u32 {
  return load<u32>(zoneAt(zone) + ((<usize>word) << 2));
}

function setCursor(zone: i32, word: i32, pfn: u32): void {
  store<u32>(zoneAt(zone) + ((<usize>word) << 2), pfn);
}

function zoneStart(zone: i32): u32 {
  return load<u32>(zoneAt(zone), ZoneWord.START_PFN << 2);
}

function zoneEnd(zone: i32): u32 {
  return zoneStart(zone) + load<u32>(zoneAt(zone), ZoneWord.SPANNED << 2);
}

/** compact_finished(): a block of the order is free on the requester's lists, or may be claimed whole. */
function isDone(zone: i32, order: i32, type: i32): bool {
  for (let o = order; o <= MAX_ORDER; o++) {
    if (hasFree(zone, o, type)) return true;
    if (type == Migratetype.MOVABLE && hasFree(zone, o, Migratetype.CMA)) return true;
    if (o >= PAGEBLOCK_ORDER && (hasFree(zone, o, 0) || hasFree(zone, o, 1) || hasFree(zone, o, 2)))
      return true;
  }
  return false;
}

/** suitable_migration_source/target: movable memory only. */
function isSuitable(link: u32): bool {
  const type = typeOf(link);
  return type == Migratetype.MOVABLE || type == Migratetype.CMA;
}

/** A single page of this zone that may be moved now. */
function isMovable(zone: i32, word: u32): bool {
  if (zoneOf(word) != zone) return false;
  if (kindOf(word) != FrameKind.ALLOCATED || orderOf(word) != 0 || pinsOf(word) != 0) return false;
  if (mobilityOf(word) == Mobility.FIXED) return false;
  return !hasPageFlag(word, PageFlag.ISOLATED | PageFlag.WRITEBACK | PageFlag.UNEVICTABLE);
}

/** The next free frame from the end of the zone downward, taken off its list and split; NONE when the scanners have met. */
function takeTarget(cpu: i32, zone: i32, floor: u32): u32 {
  let block = cursor(zone, ZoneWord.COMPACT_FREE) & ~(blockFrames() - 1);
  while (block > floor) {
    const start = linkOf(block);
    const end = start + (blockFrames() << FRAME_SHIFT);
    if (isSuitable(start)) {
      for (let at = start; at < end; ) {
        const word = wordOf(at);
        if (kindOf(word) == FrameKind.BUDDY && orderOf(word) < PAGEBLOCK_ORDER && zoneOf(word) == zone) {
          setCursor(zone, ZoneWord.COMPACT_FREE, block);
          return detachOne(cpu, zone, at);
        }
        at +=
          kindOf(word) == FrameKind.BODY || kindOf(word) == FrameKind.HOLE
            ? FRAME_BYTES
            : FRAME_BYTES << orderOf(word);
      }
    }
    if (block < blockFrames()) break;
    block -= blockFrames();
  }
  return NONE;
}

/** One frame of a free block; the rest goes back as single pieces of falling size. */
function detachOne(cpu: i32, zone: i32, head: u32): u32 {
  const word = wordOf(head);
  const order = orderOf(word);
  removeFree(zone, head, order);
  accountFree(cpu, zone, -(1 << order), typeIn(word));
  setWord(head, pack(FrameKind.ALLOCATED, order, zone));
  for (let o = order; o > 0; o--) {
    const half = head + (FRAME_BYTES << (o - 1));
    setWord(half, pack(FrameKind.ALLOCATED, o - 1, zone));
    setWord(head, pack(FrameKind.ALLOCATED, o - 1, zone));
    freeHalf(cpu, zone, half, o - 1);
  }
  return head;
}

function freeHalf(cpu: i32, zone: i32, half: u32, order: i32): void {
  const type = typeOf(half);
  setWord(half, FrameKind.BODY);
  freeOne(cpu, zone, half, order, type, true);
}

function move(cpu: i32, zone: i32, source: u32, target: u32): void {
  const from = wordOf(source);
  if (isOnLru(from)) removeFromLru(source);
  setWord(target, movedWord(pack(FrameKind.ALLOCATED, 0, zone), from));
  moveOwner(source, target);
  setWord(source, from | PageFlag.ISOLATED);
  putPages(cpu, source, 0);
  if (isOnLru(wordOf(target))) addToLru(target, false);
  count(StatWord.PAGES_MIGRATED);
  count(StatWord.PAGES_COMPACTED);
}

/** Compacts one zone for a block of this order and type. True: there is one now. */
export function compactZone(cpu: i32, zone: i32, order: i32, type: i32): bool {
  settle();
  count(StatWord.COMPACTIONS);
  if (isDone(zone, order, type)) return true;
  let from = cursor(zone, ZoneWord.COMPACT_MIGRATE);
  const behind = cursor(zone, ZoneWord.COMPACT_FREE);
  if (from < zoneStart(zone) || behind <= from || behind > zoneEnd(zone)) {
    from = zoneStart(zone);
    setCursor(zone, ZoneWord.COMPACT_FREE, zoneEnd(zone) - 1);
  }
  let moved = 0;
  let done: bool = false;
  while (!done && moved < MOST_PAGES && from < cursor(zone, ZoneWord.COMPACT_FREE)) {
    const link = linkOf(from);
    const word = wordOf(link);
    const kind = kindOf(word);
    const step = kind == FrameKind.BODY || kind == FrameKind.HOLE ? 1 : (<u32>1) << orderOf(word);
    if (isSuitable(link) && isMovable(zone, word)) {
      const target = takeTarget(cpu, zone, from);
      if (target == NONE) break;
      move(cpu, zone, link, target);
      moved += 1;
      if ((moved & 31) == 0) done = isDone(zone, order, type);
    }
    from += step;
  }
  const met = !done && moved < MOST_PAGES;
  setCursor(zone, ZoneWord.COMPACT_MIGRATE, met ? 0 : from);
  done = done || isDone(zone, order, type);
  record(EventKind.COMPACT, zone, order, done ? 1 : 0, moved, pfnOf(linkOf(from)));
  return done;
}
