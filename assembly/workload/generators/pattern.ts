// Knows: the fixed loops that the benchmark times, each with a checksum over the frames handed out.
// Must not know: time. The blocks in hand are noted in the WINDOWS region, whose ring no pattern uses. bench/native holds the same loops in C; equal checksums mean equal work.

import { Pattern } from "../../abi/findings";
import { kindOf, orderOf, pack, zoneOf } from "../../abi/frame_word";
import { FRAME_SHIFT } from "../../abi/layout";
import { WorkloadWord } from "../../abi/run";
import { AllocFlag, FrameKind, Gfp, Migratetype } from "../../abi/vocabulary";
import { ConfigWord } from "../../abi/words";
import { allocatePages, takeFromBuddy } from "../../buddy/allocate";
import { freePages } from "../../buddy/free_pages";
import { freeDirect } from "../../buddy/release";
import { setWord, wordOf } from "../../frames/frame";
import { isPopulated } from "../../frames/zone";
import { NONE } from "../../memory/list";
import { randomBelow } from "../../memory/prng";
import { config, frames, WINDOWS, WORKLOAD } from "../../memory/regions";

const USER: i32 = Gfp.HIGHMEM | Gfp.MOVABLE | Gfp.IO | Gfp.FS | Gfp.HARDWALL | Gfp.KSWAPD_RECLAIM;

/** Sums begin here (FNV-1a over the frames handed out), so that 0 can mean that memory ran out. */
const FIRST_SUM: u32 = 0x811c_9dc5;

function mix(sum: u32, link: u32): u32 {
  return (sum ^ (link >> FRAME_SHIFT)) * 0x0100_0193;
}

function slot(index: u32): usize {
  return WINDOWS + <usize>(index << 2);
}

function highestPopulated(): i32 {
  let zone = config(ConfigWord.NR_ZONES) - 1;
  while (zone > 0 && !isPopulated(zone)) zone -= 1;
  return zone;
}

function take(order: i32): u32 {
  return allocatePages(0, order, USER, WORKLOAD + (WorkloadWord.SLOW << 2));
}

/** Past the per-CPU lists. */
function takeDirect(order: i32, zone: i32): u32 {
  const link = takeFromBuddy(0, zone, order, Migratetype.MOVABLE, AllocFlag.CMA);
  if (link != NONE) setWord(link, pack(FrameKind.ALLOCATED, order, zone));
  return link;
}

function giveDirect(link: u32, order: i32): void {
  const zone = zoneOf(wordOf(link));
  setWord(link, FrameKind.BODY);
  freeDirect(0, zone, link, order, false);
}

/** `count` times: one page out, one back. */
function pairs(count: i32): u32 {
  let sum = FIRST_SUM;
  for (let i = 0; i < count; i++) {
    const link = take(0);
    if (link == NONE) return 0;
    sum = mix(sum, link);
    freePages(0, link, 0);
  }
  return sum;
}

function directPairs(count: i32, order: i32): u32 {
  const zone = highestPopulated();
  let sum = FIRST_SUM;
  for (let i = 0; i < count; i++) {
    const link = inline.always(takeDirect(order, zone));
    if (link == NONE) return 0;
    sum = mix(sum, link);
    inline.always(giveDirect(link, order));
  }
  return sum;
}

/** `count` pages in rounds of 256: all out, then all back in the same order. */
function batches(count: i32): u32 {
  let sum = FIRST_SUM;
  for (let done = 0; done < count; done += 256) {
    for (let i: u32 = 0; i < 256; i++) {
      const link = take(0);
      if (link == NONE) return 0;
      sum = mix(sum, link);
      store<u32>(slot(i), link);
    }
    for (let i: u32 = 0; i < 256; i++) freePages(0, load<u32>(slot(i)), 0);
  }
  return sum;
}

function directBatches(count: i32, size: u32, order: i32): u32 {
  const zone = highestPopulated();
  let sum = FIRST_SUM;
  for (let done = 0; done < count; done += size) {
    for (let i: u32 = 0; i < size; i++) {
      const link = inline.always(takeDirect(order, zone));
      if (link == NONE) return 0;
      sum = mix(sum, link);
      store<u32>(slot(i), link);
    }
    for (let i: u32 = 0; i < size; i++) inline.always(giveDirect(load<u32>(slot(i)), order));
  }
  return sum;
}

/** Orders 0..3 into 65536 slots: a random slot is filled if empty, emptied if full. All are emptied at the end. */
function randomMix(count: i32): u32 {
  const size: u32 = 65536;
  let sum = FIRST_SUM;
  memory.fill(WINDOWS, 0xff, size << 2);
  for (let i = 0; i < count; i++) {
    const at = slot(inline.always(randomBelow(WORKLOAD, size)));
    const held = load<u32>(at);
    if (held != NONE) {
      freePages(0, held, orderOf(wordOf(held)));
      store<u32>(at, NONE);
      continue;
    }
    const draw = inline.always(randomBelow(WORKLOAD, 16));
    const link = take(draw < 12 ? 0 : draw < 14 ? 1 : draw < 15 ? 2 : 3);
    store<u32>(at, link);
    sum = mix(sum, link);
  }
  for (let i: u32 = 0; i < size; i++) {
    const held = load<u32>(slot(i));
    if (held != NONE) freePages(0, held, orderOf(wordOf(held)));
  }
  return sum;
}

function fill(count: i32): u32 {
  let sum = FIRST_SUM;
  for (let i = 0; i < count; i++) {
    const link = take(0);
    if (link == NONE) return 0;
    sum = mix(sum, link);
  }
  return sum;
}

/** Frees every allocated block, visiting frames in the order i * odd mod 2^k: scattered, without a table. */
function freeRandom(): u32 {
  const count = frames();
  let size: u32 = 1;
  while (size < count) size <<= 1;
  let sum = FIRST_SUM;
  for (let i: u32 = 0; i < size; i++) {
    const frame = (i * 0x9e37_79b1) & (size - 1);
    if (frame >= count) continue;
    const link = frame << FRAME_SHIFT;
    const word = wordOf(link);
    if (kindOf(word) != FrameKind.ALLOCATED) continue;
    sum = mix(sum, link);
    freePages(0, link, orderOf(word));
  }
  return sum;
}

/** Runs one row; `count` blocks (ignored by FREE_RANDOM). Answers the checksum, 0 when memory ran out. */
export function pattern(which: i32, count: i32): u32 {
  const thp = <i32>load<u32>(WORKLOAD, WorkloadWord.THP_ORDER << 2);
  switch (which) {
    case Pattern.PCP_PAIR:
      return pairs(count);
    case Pattern.PCP_BATCH:
      return batches(count);
    case Pattern.BUDDY_PAIR:
      return directPairs(count, 0);
    case Pattern.BUDDY_BATCH:
      return directBatches(count, 512, 0);
    case Pattern.THP_PAIR:
      return directPairs(count, thp);
    case Pattern.THP_BATCH:
      return directBatches(count, 4096, thp);
    case Pattern.RANDOM_MIX:
      return randomMix(count);
    case Pattern.FILL:
      return fill(count);
    case Pattern.FREE_RANDOM:
      return freeRandom();
    default:
      return 0;
  }
}
