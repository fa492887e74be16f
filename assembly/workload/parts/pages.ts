// Knows: how an actor gets, finds again and gives back pages, what that costs, and its slots.
// Must not know: why it wants them. A slot follows its page through migration and swap.
//
//   slots of an actor: FIRST_SLOT ... + SLOT_COUNT; the first LIVE of them have been used and are told apart by content:
//   pfn + 1: a page of its own.  SWAPPED: swapped out.  LACKING: asked for in vain, wanted still.  GONE: its process was killed.
//   0: taken by reclaim (a clean file page), or never filled.

import { hasPageFlag, orderOf, YOUNG } from "../../abi/frame_word";
import { GuestWord } from "../../abi/records";
import { SimulationWord } from "../../abi/run";
import { ActorWord, Cost, Counter } from "../../abi/simulation";
import { GONE, isShadow, isSwappedOut, LACKING, NO_PAGE } from "../../abi/slot";
import { Gfp, Mobility, PageFlag, PageLife, Status } from "../../abi/vocabulary";
import { ConfigWord, StatWord } from "../../abi/words";
import { notePage } from "../../frames/ahead";
import { linkOf, setWord, withContent, wordOf } from "../../frames/frame";
import { addToLru, isOnLru } from "../../frames/lru";
import { occupySlot, slotContent } from "../../frames/owner";
import { NONE } from "../../memory/list";
import { config, SIMULATION, SLOTS } from "../../memory/regions";
import { SLOW, total } from "../../memory/stats";
import { copyBack, forgetCopy, guestWord } from "../../movement/guests";
import { isKswapdWanted } from "../../movement/kswapd";
import { freeOrOrphan } from "../../movement/pins";
import { allocateUnderPressure, failureUnderPressure } from "../../movement/pressure";
import { releaseSwap } from "../../movement/swap";
import { markAccessed, refault } from "../../movement/workingset";
import { AREAS_KEEP_PAGES } from "../../rules";
import {
  actorWord,
  addCounter,
  charge,
  chargeDisk,
  cost,
  costOfSwap,
  later,
  setActorWord,
  setSimulationWord,
  simulationWord,
  Tag,
} from "./actor";

/** GFP_HIGHUSER_MOVABLE of a fault, with Android's __GFP_CMA (alloc_zeroed_user_highpage_movable). */
export const GFP_ANON: i32 =
  Gfp.HIGHMEM |
  Gfp.MOVABLE |
  Gfp.IO |
  Gfp.FS |
  Gfp.HARDWALL |
  Gfp.DIRECT_RECLAIM |
  Gfp.KSWAPD_RECLAIM |
  Gfp.CMA;
/** GFP_TRANSHUGE_LIGHT of a fault: no reclaim. */
export const GFP_THP: i32 =
  Gfp.HIGHMEM |
  Gfp.MOVABLE |
  Gfp.IO |
  Gfp.FS |
  Gfp.HARDWALL |
  Gfp.COMP |
  Gfp.NOMEMALLOC |
  Gfp.NOWARN |
  Gfp.CMA;
/** mapping_gfp_mask() of a file, with readahead's or without. */
export const GFP_FILE: i32 =
  Gfp.HIGHMEM | Gfp.MOVABLE | Gfp.IO | Gfp.FS | Gfp.HARDWALL | Gfp.DIRECT_RECLAIM | Gfp.KSWAPD_RECLAIM;
export const READAHEAD: i32 = Gfp.NORETRY | Gfp.NOWARN;
/** mapping_gfp_mask() of a block device's own inode: GFP_USER, so of unmovable type (bdev_alloc, block/bdev.c). */
export const GFP_BLOCK_DEVICE: i32 = GFP_FILE & ~(Gfp.MOVABLE | Gfp.HIGHMEM);
export const GFP_KERNEL: i32 = Gfp.IO | Gfp.FS | Gfp.DIRECT_RECLAIM | Gfp.KSWAPD_RECLAIM;
export const GFP_ATOMIC: i32 = Gfp.HIGH | Gfp.KSWAPD_RECLAIM | Gfp.NOWARN;

export const ANON: u32 = Mobility.LRU | (PageLife.ANON << 8) | PageFlag.MAPPED;
export const FILE: u32 = Mobility.LRU | (PageLife.FILE << 8);
export const KERNEL: u32 = 0;
export const SLAB: u32 = PageLife.SLAB << 8;

/** Copies into areas that keep their pages, and those that made room: who reclaims pays. */
function copiesDone(): f64 {
  const kept = guestWord(GuestWord.FILE_KEPT) + guestWord(GuestWord.SWAP_KEPT);
  return kept * cost(Cost.COPY_PAGE) + guestWord(GuestWord.EVICTED) * cost(Cost.DISCARD_PAGE);
}

/** Sum of all that takes time: it changes only when something was reclaimed, swapped or compacted. */
function workDone(): f64 {
  return (
    total(StatWord.PAGES_SCANNED) * cost(Cost.RECLAIM_SCAN) +
    total(StatWord.PAGES_SKIPPED) * cost(Cost.RECLAIM_SKIP) +
    total(StatWord.PAGES_RECLAIMED) * cost(Cost.RECLAIM_PAGE) +
    total(StatWord.RECLAIM_ROUNDS) * cost(Cost.RECLAIM_ROUND) +
    costOfSwap(total(StatWord.PAGES_SWAPPED_OUT), false) +
    total(StatWord.COMPACTIONS) * cost(Cost.COMPACTION) +
    total(StatWord.PAGES_COMPACTED) * cost(Cost.MIGRATE_PAGE) +
    (AREAS_KEEP_PAGES ? copiesDone() : 0)
  );
}

/** Before something that may reclaim: pass it to chargeWork(). Whoever caused the work before has paid for it. */
export function beginWork(): f64 {
  return load<f64>(SIMULATION, SimulationWord.PAID_LOW << 2);
}

/** The actor pays for what reclaim, swap and compaction did since. */
export function chargeWork(actor: i32, before: f64): void {
  const done = workDone();
  if (done == before) return;
  store<f64>(SIMULATION, done, SimulationWord.PAID_LOW << 2);
  // The counters of the machine have 32 bits.
  if (done < before) return;
  // Swap on a disk is not a CPU's work, and the sum does not tell its part.
  if (config(ConfigWord.SWAP_PAGES) && !config(ConfigWord.ZRAM_PERCENT)) chargeDisk(actor, done - before);
  else charge(actor, done - before);
  addCounter(actor, Counter.RECLAIM_TIME, done - before);
}

/** An allocation may have woken kswapd: its actor's next round comes soon. */
export function wakeKswapdActor(): void {
  const kswapd = simulationWord(SimulationWord.KSWAPD);
  if (kswapd == 0 || !isKswapdWanted() || actorWord(kswapd - 1, ActorWord.A) != 0) return;
  setActorWord(kswapd - 1, ActorWord.A, 1);
  later(kswapd - 1, Tag.FIRST, cost(Cost.KSWAPD_WAKE), 0);
}

/** What an allocation that was not served at once has cost; `link`: what it got. */
function afterSlowPath(actor: i32, link: u32, order: i32, gfp: i32): void {
  charge(actor, cost(Cost.SLOW_PATH));
  chargeWork(actor, beginWork());
  if (link != NONE) return;
  addCounter(actor, Counter.FAILED, 1);
  const isFinal = failureUnderPressure(order, gfp) == Status.OUT_OF_MEMORY;
  if (!isFinal) return;
  setSimulationWord(SimulationWord.SHORT_OF_MEMORY, 1);
  setSimulationWord(SimulationWord.SHORT_ACTOR, actor);
  setSimulationWord(SimulationWord.SHORT_ORDER, order);
  setSimulationWord(SimulationWord.SHORT_GFP, gfp);
}

/** From the flag of a mapped page to the accessed bit. */
const MAPPED_TO_YOUNG: u32 = <u32>PageFlag.MAPPED / YOUNG;

/** A block for the actor, with its content; NONE when there is none, which is counted. What is had the caller counts. */
export function take(actor: i32, cpu: i32, order: i32, gfp: i32, content: u32): u32 {
  const link = inline.always(allocateUnderPressure(cpu, order, gfp, SLOW));
  if (load<i32>(SLOW) || link == NONE) afterSlowPath(actor, link, order, gfp);
  if (isKswapdWanted()) wakeKswapdActor();
  if (content && link != NONE) {
    // What is mapped has been used by the instruction that asked for it.
    setWord(link, withContent(wordOf(link), content) | ((content & PageFlag.MAPPED) / MAPPED_TO_YOUNG));
    if (inline.always(isOnLru(wordOf(link)))) inline.always(addToLru(link, false));
  }
  return link;
}

/** The same, counted. */
export function acquire(actor: i32, cpu: i32, order: i32, gfp: i32, content: u32): u32 {
  const link = take(actor, cpu, order, gfp, content);
  if (link != NONE) addCounter(actor, Counter.ALLOCATED, <f64>(1 << order));
  return link;
}

/** A page fault: the page is zeroed. */
export function fault(actor: i32, cpu: i32, order: i32, gfp: i32, content: u32): u32 {
  const link = acquire(actor, cpu, order, gfp, content);
  if (link != NONE) charge(actor, cost(Cost.FAULT) + <f64>(1 << order) * cost(Cost.ZERO_PAGE));
  return link;
}

/** Gives a block back; a pinned one goes with its last pin. */
export function giveBack(actor: i32, cpu: i32, link: u32): void {
  countFreed(actor, 1 << orderOf(wordOf(link)), 1);
  freeOrOrphan(cpu, link);
}

/** The nth slot of an actor; behind its last one an end. */
export function slotOf(actor: i32, nth: i32): u32 {
  assert(<u32>nth <= <u32>actorWord(actor, ActorWord.SLOT_COUNT), "a slot behind those of the actor");
  return actorWord(actor, ActorWord.FIRST_SLOT) + nth;
}

export function isSwapped(slot: u32): bool {
  return isSwappedOut(slotContent(slot));
}

/** The page in a slot, or NONE when it is empty or swapped out. */
export function pageIn(slot: u32): u32 {
  const held = slotContent(slot);
  return held == 0 || held >= NO_PAGE ? NONE : linkOf(held - 1);
}

/** The slot's page could not be had; its actor goes on wanting it, and counts it (Counter.LACKING). */
export function lackPage(actor: i32, slot: u32): void {
  store<u32>(SLOTS + <usize>(slot << 2), <u32>LACKING);
  addCounter(actor, Counter.LACKING, 1);
}

export function isLacking(slot: u32): bool {
  return slotContent(slot) == <u32>LACKING;
}

/** It is no longer wanted, or has just been had. */
export function endLacking(actor: i32, slot: u32): void {
  store<u32>(SLOTS + <usize>(slot << 2), 0);
  addCounter(actor, Counter.LACKING, -1);
}

/** Its process was killed; the slot is empty. */
export function loseSlot(slot: u32): void {
  store<u32>(SLOTS + <usize>(slot << 2), <u32>GONE);
}

/** Is there something else in it than a page, or nothing: swapped out, lacking, gone? */
export function isOutOfMemory(slot: u32): bool {
  return slotContent(slot) >= NO_PAGE;
}

export function isGone(slot: u32): bool {
  return slotContent(slot) == <u32>GONE;
}

export function putInSlot(slot: u32, link: u32): void {
  occupySlot(slot, link);
}

/** The slot is empty afterwards, wherever its page was. Answers the pages of the block that is freed: the caller counts. */
export function dropSlot(cpu: i32, slot: u32): i32 {
  const held = slotContent(slot);
  if (held == 0) return 0;
  if (isSwappedOut(held)) {
    releaseSwap(cpu, slot, false);
    return 0;
  }
  if (held >= NO_PAGE) {
    forgetCopy(slot);
    store<u32>(SLOTS + <usize>(slot << 2), 0);
    return 0;
  }
  const link = linkOf(held - 1);
  const pages = 1 << orderOf(wordOf(link));
  inline.always(freeOrOrphan(cpu, link));
  return pages;
}

/** The same, counted. */
export function emptySlot(actor: i32, cpu: i32, slot: u32): void {
  const pages = dropSlot(cpu, slot);
  if (pages) countFreed(actor, pages, 1);
}

/** Blocks that have been given back: pages, and time. */
export function countFreed(actor: i32, pages: i32, blocks: i32): void {
  addCounter(actor, Counter.FREED, pages);
  charge(actor, <f64>blocks * cost(Cost.RELEASE));
}

/** A page that was swapped out is read back into a fresh one. NONE: no page. */
export function swapIn(actor: i32, cpu: i32, slot: u32): u32 {
  const link = fault(actor, cpu, 0, GFP_ANON, ANON);
  if (link == NONE) return NONE;
  const isCopied = copyBack(slot);
  charge(actor, isCopied ? cost(Cost.COPY_PAGE) : costOfSwap(1, true));
  addCounter(actor, Counter.REFAULTS, 1);
  refault(link, slotContent(slot), false);
  releaseSwap(cpu, slot, !isCopied);
  occupySlot(slot, link);
  return link;
}

/** The page of a file comes into its slot, again where reclaim had taken it. True: from a copy; false: from the disk. */
export function putFilePage(actor: i32, slot: u32, link: u32): bool {
  const held = slotContent(slot);
  const isCopied = copyBack(slot);
  if (isCopied) charge(actor, cost(Cost.COPY_PAGE));
  putInSlot(slot, link);
  if (!isShadow(held)) return isCopied;
  addCounter(actor, Counter.REFAULTS, 1);
  refault(link, held, true);
  return isCopied;
}

/** The page is used: through a page table, or by read() and write(). Reclaim spares it for a while. */
export function touch(link: u32): void {
  const word = wordOf(link);
  if (hasPageFlag(word, PageFlag.MAPPED)) setWord(link, word | YOUNG);
  else markAccessed(link);
}

/** Marks a page, or takes marks from it; only PageFlag bits that decide no list (DIRTY, WRITEBACK, MAPPED). */
export function mark(link: u32, set: u32, clear: u32): void {
  setWord(link, (wordOf(link) | set) & ~clear);
}

/** The page of this slot, if it has one, becomes the nth that is noted (frames/ahead). Answers how many are noted then. */
export function noteSlot(nth: i32, slot: u32): i32 {
  const held = slotContent(slot);
  notePage(nth, linkOf(held - 1));
  return held == 0 || held >= NO_PAGE ? nth : nth + 1;
}
