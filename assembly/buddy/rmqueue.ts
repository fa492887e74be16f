// Knows: the sequence of lists that one request of a migratetype tries: balance, own type, CMA, fallback.
// Must not know: per-CPU lists, watermarks. Models __rmqueue, mm/page_alloc.c, Linux 6.12 and 6.1.

import { PolicyWord } from "../abi/proposals";
import { AllocFlag, Migratetype } from "../abi/vocabulary";
import { ScratchWord } from "../abi/words";
import { freeCma, freePages } from "../frames/zone";
import { NONE } from "../memory/list";
import { policy } from "../memory/policies";
import { SCRATCH } from "../memory/regions";
import { takesCmaFirst } from "../policy/cma_use";
import { CLAIMS_OR_STEALS } from "../rules";
import { claim, steal } from "./claim";
import { moveFirst } from "./move_first";
import { takeSmallest } from "./smallest";

/** Where the next page of the same refill starts to look (enum rmqueue_mode, 6.12). */
export enum Mode {
  NORMAL,
  CMA,
  CLAIM,
  STEAL,
}

/** Written by bindRmqueue only. */
let CMA_USE: i32 = 0;

export function bindRmqueue(): void {
  CMA_USE = policy(PolicyWord.CMA_USE);
}

/** A new request or refill begins with its own lists. */
export function resetMode(): void {
  store<i32>(SCRATCH, Mode.NORMAL, ScratchWord.REFILL_MODE << 2);
}

function setMode(mode: i32): void {
  store<i32>(SCRATCH, mode, ScratchWord.REFILL_MODE << 2);
}

/** The balance of CMA pages: are CMA lists looked at first? */
export function isCmaFirst(zone: i32, allocFlags: i32): bool {
  if (!(allocFlags & AllocFlag.CMA)) return false;
  return inline.always(takesCmaFirst(CMA_USE, freeCma(zone), freePages(zone)));
}

/** The same where no more than so many pages are free. */
export function isCmaFirstOf(zone: i32, allocFlags: i32, free: i32): bool {
  return (allocFlags & AllocFlag.CMA) != 0 && takesCmaFirst(CMA_USE, freeCma(zone), free);
}

/**
 * One block of `order`, DETACHED, or NONE. The mode says where to start (see resetMode), and afterwards where the
 * next page of the same refill starts.
 */
export function takeBlockOf(cpu: i32, zone: i32, order: i32, type: i32, allocFlags: i32): u32 {
  if (isCmaFirst(zone, allocFlags)) {
    const link = takeSmallest(cpu, zone, order, Migratetype.CMA);
    if (link != NONE) return link;
  }
  return CLAIMS_OR_STEALS
    ? claimSteal(cpu, zone, order, type, allocFlags)
    : moveAndRetry(cpu, zone, order, type, allocFlags);
}

function claimSteal(cpu: i32, zone: i32, order: i32, type: i32, allocFlags: i32): u32 {
  const start = load<i32>(SCRATCH, ScratchWord.REFILL_MODE << 2);
  let link: u32 = NONE;
  if (start == Mode.NORMAL) {
    link = takeSmallest(cpu, zone, order, type);
    if (link != NONE) return link;
  }
  if (start <= Mode.CMA && (allocFlags & AllocFlag.CMA) != 0) {
    link = takeSmallest(cpu, zone, order, Migratetype.CMA);
    if (link != NONE) {
      setMode(Mode.CMA);
      return link;
    }
  }
  if (start <= Mode.CLAIM) {
    link = claim(cpu, zone, order, type, allocFlags);
    if (link != NONE) {
      setMode(Mode.NORMAL);
      return link;
    }
  }
  if (allocFlags & AllocFlag.NOFRAGMENT) return NONE;
  link = steal(cpu, zone, order, type);
  if (link != NONE) setMode(Mode.STEAL);
  return link;
}

function moveAndRetry(cpu: i32, zone: i32, order: i32, type: i32, allocFlags: i32): u32 {
  while (true) {
    let link = takeSmallest(cpu, zone, order, type);
    if (link != NONE) return link;
    if (allocFlags & AllocFlag.CMA) {
      link = takeSmallest(cpu, zone, order, Migratetype.CMA);
      if (link != NONE) return link;
    }
    if (!moveFirst(cpu, zone, order, type, allocFlags)) return NONE;
  }
}
