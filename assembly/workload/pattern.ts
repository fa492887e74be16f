// Knows: the fixed loops that the benchmark times, each with a checksum over the frames handed out.
// Must not know: time. The blocks in hand are noted in the WINDOWS region, whose ring no pattern uses. bench/native holds the same loops in C; equal checksums mean equal work.

import { AllocFlag, FrameKind, Gfp, Migratetype, Pattern } from "../abi/vocabulary";
import { ConfigWord, WorkloadWord } from "../abi/words";
import { allocatePages, takeFromBuddy } from "../buddy/allocate";
import { freePages } from "../buddy/free_pages";
import { freeDirect } from "../buddy/release";
import { kindOf, orderOf, pack, setWord, wordOf, zoneOf } from "../frames/frame";
import { isPopulated } from "../frames/zone";
import { NONE } from "../memory/list";
import { randomBelow } from "../memory/prng";
import { config, frames, WINDOWS, WORKLOAD } from "../memory/regions";

const USER: i32 = Gfp.HIGHMEM | Gfp.MOVABLE | Gfp.IO | Gfp.FS | Gfp.HARDWALL | Gfp.KSWAPD_RECLAIM;

function mix(sum: u32, link: u32): u32 {
  return ((sum << 5) | (sum >> 27)) ^ (link >> 2);
}

function slot(index: u32): usize {
  return WINDOWS + <usize>(index << 2);
}

function highestPopulated(): i32 {
  let zone = config(ConfigWord.NR_ZONES) - 1;
  while (zone > 0 && !isPopulated(zone)) zone -= 1;
  return zone;
}

function take(order: i32, direct: bool, zone: i32): u32 {
  if (!direct) return allocatePages(0, order, USER, WORKLOAD + (WorkloadWord.SLOW << 2));
  const link = takeFromBuddy(0, zone, order, Migratetype.MOVABLE, AllocFlag.CMA);
  if (link != NONE) setWord(link, pack(FrameKind.ALLOCATED, order, zone));
  return link;
}

function give(link: u32, order: i32, direct: bool): void {
  if (!direct) return freePages(0, link, order);
  const zone = zoneOf(wordOf(link));
  setWord(link, FrameKind.BODY);
  freeDirect(0, zone, link, order, false);
}

/** `count` times: one out, one back. */
function pairs(count: i32, order: i32, direct: bool): u32 {
  const zone = highestPopulated();
  let sum: u32 = 0;
  for (let i = 0; i < count; i++) {
    const link = take(order, direct, zone);
    if (link == NONE) return 0;
    sum = mix(sum, link);
    give(link, order, direct);
  }
  return sum;
}

/** `count` blocks in rounds of `size`: all out, then all back in the same order. */
function batches(count: i32, size: i32, order: i32, direct: bool): u32 {
  const zone = highestPopulated();
  let sum: u32 = 0;
  for (let done = 0; done < count; done += size) {
    for (let i = 0; i < size; i++) {
      const link = take(order, direct, zone);
      if (link == NONE) return 0;
      sum = mix(sum, link);
      store<u32>(slot(i), link);
    }
    for (let i = 0; i < size; i++) give(load<u32>(slot(i)), order, direct);
  }
  return sum;
}

/** Orders 0..3 into 65536 slots: a random slot is filled if empty, emptied if full. All are emptied at the end. */
function randomMix(count: i32): u32 {
  const size: u32 = 65536;
  let sum: u32 = 0;
  memory.fill(WINDOWS, 0xff, size << 2);
  for (let i = 0; i < count; i++) {
    const at = slot(randomBelow(WORKLOAD, size));
    const held = load<u32>(at);
    if (held != NONE) {
      freePages(0, held, orderOf(wordOf(held)));
      store<u32>(at, NONE);
      continue;
    }
    const draw = randomBelow(WORKLOAD, 16);
    const link = take(draw < 12 ? 0 : draw < 14 ? 1 : draw < 15 ? 2 : 3, false, 0);
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
  let sum: u32 = 0;
  for (let i = 0; i < count; i++) {
    const link = take(0, false, 0);
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
  let sum: u32 = 0;
  for (let i: u32 = 0; i < size; i++) {
    const frame = (i * 0x9e37_79b1) & (size - 1);
    if (frame >= count) continue;
    const link = frame << 2;
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
      return pairs(count, 0, false);
    case Pattern.PCP_BATCH:
      return batches(count, 256, 0, false);
    case Pattern.BUDDY_PAIR:
      return pairs(count, 0, true);
    case Pattern.BUDDY_BATCH:
      return batches(count, 512, 0, true);
    case Pattern.THP_PAIR:
      return pairs(count, thp, true);
    case Pattern.THP_BATCH:
      return batches(count, 4096, thp, true);
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
