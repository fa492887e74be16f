// Knows: the sequence of lists that one request of a migratetype tries: balance, own type, CMA, fallback.
// Must not know: per-CPU lists, watermarks. Models __rmqueue, mm/page_alloc.c, Linux 6.12 and 6.1.

import { CmaUse, PolicyWord } from "../abi/proposals";
import { AllocFlag, Migratetype } from "../abi/vocabulary";
import { ScratchWord, ZoneWord } from "../abi/words";
import { blockFrames } from "../frames/pageblock";
import { freeCma, freePages, zoneAt } from "../frames/zone";
import { NONE } from "../memory/list";
import { policy } from "../memory/policies";
import { SCRATCH } from "../memory/regions";
import { isAboveHalf, takesCmaFirst } from "../policy/cma_first";
import { givesUpTurn, takesTurn, usesTurn } from "../policy/turns";
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
let CMA_LIMIT: i32 = 0;
/** Requests by turns must all come to takeBlockOf(): those that may use CMA, or (ALL) every one. */
let BY_TURNS: bool = false;
let ALL_BY_TURNS: bool = false;

export function bindRmqueue(): void {
  CMA_USE = policy(PolicyWord.CMA_USE);
  CMA_LIMIT = policy(PolicyWord.CMA_LIMIT);
  BY_TURNS = CMA_USE == CmaUse.RATIO;
  ALL_BY_TURNS = BY_TURNS && CMA_LIMIT != 0;
}

/** A new request or refill begins with its own lists. */
export function resetMode(): void {
  store<i32>(SCRATCH, Mode.NORMAL, ScratchWord.REFILL_MODE << 2);
}

function setMode(mode: i32): void {
  store<i32>(SCRATCH, mode, ScratchWord.REFILL_MODE << 2);
}

/** The balance of CMA pages: are CMA lists looked at first? Where turns decide: does takeBlockOf() have to be asked? */
export function isCmaFirst(zone: i32, allocFlags: i32): bool {
  if (!(allocFlags & AllocFlag.CMA)) return ALL_BY_TURNS;
  if (CMA_USE == CmaUse.HALF) return inline.always(isAboveHalf(freePages(zone), freeCma(zone)));
  return isCmaFirstOf(zone, allocFlags, freePages(zone));
}

/** Is it plain that the CMA lists are not looked at first? If not, takeBlockOf() finds out. */
export function isOwnFirst(zone: i32, allocFlags: i32): bool {
  if (!(allocFlags & AllocFlag.CMA)) return !ALL_BY_TURNS;
  return CMA_USE == CmaUse.HALF && !inline.always(isAboveHalf(freePages(zone), freeCma(zone)));
}

/** The same where no more than so many pages are free. */
export function isCmaFirstOf(zone: i32, allocFlags: i32, free: i32): bool {
  if (!(allocFlags & AllocFlag.CMA)) return ALL_BY_TURNS;
  const at = zoneAt(zone);
  return (
    BY_TURNS ||
    takesCmaFirst(
      CMA_USE,
      CMA_LIMIT,
      free,
      freeCma(zone),
      load<i32>(at, ZoneWord.MANAGED << 2),
      load<i32>(at, ZoneWord.CMA_PAGES << 2),
      load<i32>(at, ZoneWord.WMARK_LOW << 2),
    )
  );
}

/** CmaUse.RATIO: whose turn it is. */
function isCmaTurn(zone: i32, order: i32, allocFlags: i32): bool {
  const at = zoneAt(zone);
  const cma = load<i32>(at, ZoneWord.CMA_PAGES << 2);
  if (allocFlags & AllocFlag.CMA) {
    return takesTurn(at, load<i32>(at, ZoneWord.MANAGED << 2) - cma, cma, blockFrames(), 1 << order);
  }
  usesTurn(at, 1 << order);
  return false;
}

/**
 * One block of `order`, DETACHED, or NONE. The mode says where to start (see resetMode), and afterwards where the
 * next page of the same refill starts.
 */
export function takeBlockOf(cpu: i32, zone: i32, order: i32, type: i32, allocFlags: i32): u32 {
  if (BY_TURNS ? isCmaTurn(zone, order, allocFlags) : isCmaFirst(zone, allocFlags)) {
    const link = takeSmallest(cpu, zone, order, Migratetype.CMA);
    if (link != NONE) return link;
    if (BY_TURNS) givesUpTurn(zoneAt(zone));
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
