// Knows: the class of every frame as one byte (abi/classes), and how many of each there are in cells of equal size.
// Must not know: what is drawn or counted from it. Writes nothing but CLASSES and CLASS_COUNTS.
//
// Sixteen frames at a time where all of them are single: records are read once, as vectors. `at` always stands at the first
// frame of a block, so a group without any order has no body of a block in it: a BODY frame there belongs to none.

import { CLASS_BINS, CLASS_CELLS, CLASS_CHUNK, ClassFlag, PageClass } from "../abi/classes";
import {
  hasPageFlag,
  KIND_MASK,
  kindOf,
  LIFE_SHIFT,
  lifeOf,
  MAX_PINS,
  orderOf,
  PIN_SHIFT,
  pinsOf,
} from "../abi/frame_word";
import { FRAME_SHIFT, FrameField } from "../abi/layout";
import { CmaZoneRule } from "../abi/proposals";
import { FrameKind, Migratetype, PageFlag, PageLife } from "../abi/vocabulary";
import { coveringHead } from "../buddy/free_pages";
import { isLeftOut, settle } from "../buddy/frontier";
import { areaOfPfn } from "../frames/area_of";
import { pfnOf, wordOf } from "../frames/frame";
import { blockFrames, typeOf } from "../frames/pageblock";
import { NONE } from "../memory/list";
import { CLASS_COUNTS, CLASSES, FRAME_BYTES, FRAMES, frames } from "../memory/regions";
import { AREAS_KEEP_PAGES, CMA_ZONE } from "../rules";

const GROUP: u32 = 16;
/** Vectors that fill the byte lanes of a counter before it must be read. */
const LANE_LIMIT: u32 = 255;
/** Bit that marks a dirty page until its class is known. */
const DIRTY_MARK: i32 = 0x80;
const ANY_PIN: i32 = MAX_PINS << PIN_SHIFT;

function classOf(word: u32): u32 {
  const kind = kindOf(word);
  if (kind == FrameKind.BUDDY || kind == FrameKind.DETACHED) return PageClass.FREE;
  if (kind == FrameKind.PCP) return PageClass.PCP;
  if (kind == FrameKind.RESERVED) return PageClass.RESERVED;
  if (kind != FrameKind.ALLOCATED) return PageClass.HOLE;
  const flags =
    (pinsOf(word) ? <u32>ClassFlag.PINNED : 0) |
    (hasPageFlag(word, PageFlag.ISOLATED) ? <u32>ClassFlag.ISOLATED : 0);
  const life = lifeOf(word);
  if (life == PageLife.ANON) return flags | PageClass.ANON;
  if (life == PageLife.ZRAM) return flags | PageClass.ZRAM;
  if (life == PageLife.CMA) return flags | PageClass.CMA;
  if (life != PageLife.FILE) return flags | PageClass.KERNEL;
  const isDirty = hasPageFlag(word, PageFlag.DIRTY | PageFlag.WRITEBACK);
  return flags | (isDirty ? <u32>PageClass.DIRTY : <u32>PageClass.FILE);
}

/** Four words: in each lane the kind, or 8 + life of an allocated page, and the flags of the class byte. */
function lanes(words: v128): v128 {
  const kind = v128.and(words, i32x4.splat(KIND_MASK));
  const life = v128.or(v128.and(i32x4.shr_u(words, LIFE_SHIFT), i32x4.splat(7)), i32x4.splat(8));
  const isUsed = i32x4.eq(kind, i32x4.splat(FrameKind.ALLOCATED));
  const index = v128.bitselect(life, kind, isUsed);
  const pinned = i32x4.ne(v128.and(words, i32x4.splat(ANY_PIN)), i32x4.splat(0));
  const dirty = i32x4.ne(v128.and(words, i32x4.splat(PageFlag.DIRTY | PageFlag.WRITEBACK)), i32x4.splat(0));
  const isolated = v128.and(i32x4.shr_u(words, 13), i32x4.splat(ClassFlag.ISOLATED));
  return v128.or(
    v128.or(index, isolated),
    v128.or(v128.and(pinned, i32x4.splat(ClassFlag.PINNED)), v128.and(dirty, i32x4.splat(DIRTY_MARK))),
  );
}

/** Class by FrameKind (0 to 7), and by PageLife behind it. */
function table(): v128 {
  return i8x16(
    <i8>PageClass.HOLE,
    <i8>PageClass.HOLE,
    <i8>PageClass.RESERVED,
    <i8>PageClass.FREE,
    <i8>PageClass.PCP,
    <i8>PageClass.HOLE,
    <i8>PageClass.FREE,
    <i8>PageClass.HOLE,
    <i8>PageClass.KERNEL,
    <i8>PageClass.ANON,
    <i8>PageClass.FILE,
    <i8>PageClass.KERNEL,
    <i8>PageClass.KERNEL,
    <i8>PageClass.ZRAM,
    <i8>PageClass.KERNEL,
    <i8>PageClass.CMA,
  );
}

/** The words of four records. */
function fourWords(records: usize): v128 {
  const first = v128.load(records);
  const second = v128.load(records, FRAME_BYTES);
  const third = v128.load(records, 2 * FRAME_BYTES);
  const fourth = v128.load(records, 3 * FRAME_BYTES);
  const low = v128.shuffle<u32>(first, second, <u8>FrameField.WORD, <u8>(4 + FrameField.WORD), 0, 0);
  const high = v128.shuffle<u32>(third, fourth, <u8>FrameField.WORD, <u8>(4 + FrameField.WORD), 0, 0);
  return v128.shuffle<u64>(low, high, 0, 2);
}

/** The bytes of sixteen single frames. False, and nothing written, when one of them heads a block. */
function classifyGroup(records: usize, out: usize): bool {
  const a = fourWords(records);
  const b = fourWords(records + 4 * FRAME_BYTES);
  const c = fourWords(records + 8 * FRAME_BYTES);
  const d = fourWords(records + 12 * FRAME_BYTES);
  const orders = v128.and(v128.or(v128.or(a, b), v128.or(c, d)), i32x4.splat(0x78));
  if (v128.any_true(orders)) return false;
  const marks = i8x16.narrow_i16x8_u(
    i16x8.narrow_i32x4_u(lanes(a), lanes(b)),
    i16x8.narrow_i32x4_u(lanes(c), lanes(d)),
  );
  const classes = i8x16.swizzle(table(), v128.and(marks, i8x16.splat(15)));
  const isDirty = v128.and(
    i8x16.lt_s(marks, i8x16.splat(0)),
    i8x16.eq(classes, i8x16.splat(<i8>PageClass.FILE)),
  );
  const known = v128.bitselect(i8x16.splat(<i8>PageClass.DIRTY), classes, isDirty);
  const flags = v128.and(marks, i8x16.splat(<i8>(ClassFlag.PINNED | ClassFlag.ISOLATED)));
  v128.store(out, v128.or(known, flags));
  return true;
}

/** One block, or the part of it before `end`; answers the frame behind it. */
function classifyBlock(first: u32, at: u32, end: u32): u32 {
  const word = wordOf(at << FRAME_SHIFT);
  const behind = min(end, at + ((<u32>1) << orderOf(word)));
  memory.fill(CLASSES + <usize>(at - first), <u8>classOf(word), behind - at);
  return behind;
}

/** The frames that a block which began before `first` reaches into. */
function classifyRest(first: u32, end: u32): u32 {
  const link = first << FRAME_SHIFT;
  if (kindOf(wordOf(link)) != FrameKind.BODY) return first;
  const head = coveringHead(link);
  if (head == NONE) return first;
  const word = wordOf(head);
  const behind = min(end, (head >> FRAME_SHIFT) + ((<u32>1) << orderOf(word)));
  memory.fill(CLASSES, <u8>classOf(word), behind - first);
  return behind;
}

/** The flags that all frames of a pageblock share. */
function blockFlags(link: u32): u32 {
  const type = typeOf(link);
  if (type == Migratetype.CMA) return ClassFlag.IN_AREA;
  const isolated = type == Migratetype.ISOLATE ? <u32>ClassFlag.ISOLATED : 0;
  if (isolated == 0 && (CMA_ZONE == CmaZoneRule.IN_PLACE || type != Migratetype.MOVABLE)) return 0;
  return isolated | (areaOfPfn(pfnOf(link)) >= 0 ? <u32>ClassFlag.IN_AREA : 0);
}

function addFlags(from: usize, count: u32, flags: u32): void {
  const all = i8x16.splat(<u8>flags);
  let i: u32 = 0;
  for (; i + GROUP <= count; i += GROUP) v128.store(from + i, v128.or(v128.load(from + i), all));
  for (; i < count; i++) store<u8>(from + i, load<u8>(from + i) | <u8>flags);
}

/** Pages of an area that keeps its own are free where nobody uses them, though no allocator knows them. */
function freeSpare(from: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    if (load<u8>(from + i) == <u8>PageClass.RESERVED) store<u8>(from + i, <u8>PageClass.FREE);
  }
}

function addBlockFlags(first: u32, end: u32): void {
  const each = blockFrames();
  for (let at = first; at < end; ) {
    const behind = min(end, (at | (each - 1)) + 1);
    const flags = blockFlags(at << FRAME_SHIFT);
    if (AREAS_KEEP_PAGES && flags != 0) freeSpare(CLASSES + <usize>(at - first), behind - at);
    if (flags) addFlags(CLASSES + <usize>(at - first), behind - at, flags);
    at = behind;
  }
}

/** Bytes of one class and no pin in [from, from + count); count is a multiple of GROUP. */
function countBytes(from: usize, count: u32, bin: u32): u32 {
  const mask = i8x16.splat(<i8>(CLASS_BINS - 1));
  const wanted = i8x16.splat(<u8>bin);
  let sum: u32 = 0;
  for (let at: u32 = 0; at < count; ) {
    const stop = min(count, at + LANE_LIMIT * GROUP);
    let found = i8x16.splat(0);
    for (; at < stop; at += GROUP)
      found = i8x16.sub(found, i8x16.eq(v128.and(v128.load(from + at), mask), wanted));
    const pairs = i16x8.extadd_pairwise_i8x16_u(found);
    const quads = i32x4.extadd_pairwise_i16x8_u(pairs);
    sum += i32x4.extract_lane(quads, 0) + i32x4.extract_lane(quads, 1);
    sum += i32x4.extract_lane(quads, 2) + i32x4.extract_lane(quads, 3);
  }
  return sum;
}

function countSingly(from: usize, count: u32, counts: usize): void {
  for (let i: u32 = 0; i < count; i++) {
    const at = counts + <usize>((<u32>load<u8>(from + i) & (CLASS_BINS - 1)) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
}

/** The class bytes of one cell, counted by class and pin. Cells of one class alone, and cells without pins, are quick. */
function countCell(from: usize, count: u32, counts: usize): void {
  memory.fill(counts, 0, CLASS_BINS << 2);
  const whole = count & ~(GROUP - 1);
  countSingly(from + whole, count - whole, counts);
  if (whole == 0) return;
  const first = i8x16.splat(load<u8>(from));
  let differ = i8x16.splat(0);
  let seen = i8x16.splat(0);
  for (let at: u32 = 0; at < whole; at += GROUP) {
    const bytes = v128.load(from + at);
    differ = v128.or(differ, v128.xor(bytes, first));
    seen = v128.or(seen, bytes);
  }
  if (!v128.any_true(v128.and(differ, i8x16.splat(<i8>(CLASS_BINS - 1))))) {
    const at = counts + <usize>((<u32>load<u8>(from) & (CLASS_BINS - 1)) << 2);
    store<u32>(at, load<u32>(at) + whole);
  } else if (v128.any_true(v128.and(seen, i8x16.splat(<i8>ClassFlag.PINNED)))) {
    countSingly(from, whole, counts);
  } else {
    for (let bin: u32 = 0; bin < <u32>PageClass.COUNT; bin++) {
      const at = counts + <usize>(bin << 2);
      store<u32>(at, load<u32>(at) + countBytes(from, whole, bin));
    }
  }
}

/**
 * Writes the class byte of each of `count` frames (at most CLASS_CHUNK) from frame `first` of the array into CLASSES, and
 * with perCell > 0 the counts of each cell (at most CLASS_CELLS) into CLASS_COUNTS. 1: done; 0: no such frames or cells.
 */
export function classify(first: u32, count: u32, perCell: u32): i32 {
  if (count > <u32>CLASS_CHUNK || first > frames() || count > frames() - first) return 0;
  if (perCell && (count + perCell - 1) / perCell > <u32>CLASS_CELLS) return 0;
  const end = first + count;
  if (isLeftOut(first << FRAME_SHIFT, end << FRAME_SHIFT)) settle();
  let at = count ? classifyRest(first, end) : end;
  while (at < end) {
    if (
      at + GROUP <= end &&
      classifyGroup(FRAMES + ((<usize>at) << FRAME_SHIFT), CLASSES + <usize>(at - first))
    ) {
      at += GROUP;
      continue;
    }
    const stop = min(end, at + GROUP);
    while (at < stop) at = classifyBlock(first, at, end);
  }
  addBlockFlags(first, end);
  if (perCell == 0) return 1;
  for (let cell: u32 = 0; cell * perCell < count; cell++) {
    const from = cell * perCell;
    const counts = CLASS_COUNTS + <usize>(cell * (CLASS_BINS << 2));
    countCell(CLASSES + <usize>from, min(perCell, count - from), counts);
  }
  return 1;
}
