// Knows: the per-CPU page lists: refill, take, give, bulk free, drain, decay.
// Must not know: watermarks, gfp flags; the limits come from policy/pcp_auto (6.12) or policy/pcp_fixed (6.1).
// Models rmqueue_pcplist, rmqueue_bulk, free_unref_page_commit, free_pcppages_bulk, drain_pages_zone
// (mm/page_alloc.c, Linux 6.12.117 and 6.1.192).

import { EventKind, RecordGroup } from "../abi/events";
import { pack, typeIn, withType } from "../abi/frame_word";
import { FrameKind, Migratetype, ZoneFlag } from "../abi/vocabulary";
import { ConfigWord, LevelWord, PcpWord, ScratchWord, StatWord } from "../abi/words";
import { pfnOf, setWord, wordOf } from "../frames/frame";
import { typeOf } from "../frames/pageblock";
import {
  accountFree,
  freePagesAtLeast,
  hasFlag,
  hasIsolatedBlock,
  modFreeCma,
  modFreePages,
  pcpAt,
  takeFreePages,
} from "../frames/zone";
import {
  addHead,
  addTail,
  addTailRun,
  isEmpty,
  NONE,
  nextOf,
  prevOf,
  unlinkFirst,
  unlinkLast,
} from "../memory/list";
import { config, FRAME_BYTES, FREE_HEADS, LEVELS, SCRATCH } from "../memory/regions";
import { count } from "../memory/stats";
import * as auto from "../policy/pcp_auto";
import * as fixed from "../policy/pcp_fixed";
import { record, records, tell } from "../record/events";
import { ACCOUNTS_AT_TAKE, AUTO_TUNES_PCP, LISTS_FOLLOW_PAGEBLOCK } from "../rules";
import { firstFree, freeHead, removeFirst } from "./freelist";
import { hasNotes, READ_FREED, readAhead, readFreed, readNoted } from "./noted";
import { COSTLY_ORDER, listBehind, orderOfPindex, pcpHead, pindexOfBlock } from "./pcp_lists";
import { freeBlock } from "./release";
import { isCmaFirst, isCmaFirstOf, resetMode, takeBlockOf } from "./rmqueue";
import { smallestOrder, takeBlock } from "./smallest";
import { clearBelowHighIfMet } from "./watermark";

/** Written by bindPcp only. */
/** Both as in 6.12: giveSingle() will do. */
export let PLAIN: bool = false;
let SCALE_MAX: i32 = 0;
/** Byte offset in a PcpWord record: what an allocation halves. */
let HALVED_WORD: usize = 0;

export function bindPcp(): void {
  PLAIN = AUTO_TUNES_PCP && LISTS_FOLLOW_PAGEBLOCK;
  SCALE_MAX = config(ConfigWord.PCP_BATCH_SCALE_MAX);
  HALVED_WORD = (AUTO_TUNES_PCP ? PcpWord.FREE_COUNT : PcpWord.FREE_FACTOR) << 2;
}

function addCount(pcp: usize, pages: i32): i32 {
  const sum = load<i32>(pcp, PcpWord.COUNT_PAGES << 2) + pages;
  store<i32>(pcp, sum, PcpWord.COUNT_PAGES << 2);
  return sum;
}

/** The word of a page on a per-CPU list; only 6.1 remembers a type there. */
function pcpWord(order: i32, zone: i32, type: i32): u32 {
  const word = pack(FrameKind.PCP, order, zone);
  return LISTS_FOLLOW_PAGEBLOCK ? word : withType(word, type);
}

/**
 * A free block of 2^current pages, all of which a refill wants. Taken one by one they come ascending, and each half
 * that goes back to the lists is the next to be split: so the whole block goes over at once, and is accounted so.
 */
function refillRun(cpu: i32, zone: i32, order: i32, type: i32, current: i32, head: u32): void {
  const link = inline.always(firstFree(zone, current, type));
  const word = pcpWord(order, zone, type);
  const step = FRAME_BYTES << order;
  const end = link + (FRAME_BYTES << current);
  removeFirst(freeHead(zone, current, type), zone, link, current);
  for (let at = link; at < end; at += step) setWord(at, word);
  addTailRun(head, link, step, 1 << (current - order));
  if (ACCOUNTS_AT_TAKE) takeFreePages(cpu, zone, 1 << order, 1 << (current - order));
}

/** Would the CMA lists not come first even after this many pages? */
function staysOwn(cpu: i32, zone: i32, allocFlags: i32, pages: i32): bool {
  return !isCmaFirstOf(zone, allocFlags, freePagesAtLeast(cpu, zone, pages));
}

/** Appends up to `wanted` blocks of the lists of `type` alone, as long as they come first. Answers blocks obtained. */
function refillOwn(cpu: i32, zone: i32, order: i32, type: i32, allocFlags: i32, wanted: i32, head: u32): i32 {
  const word = pcpWord(order, zone, type);
  let got = 0;
  const readsAhead = order == 0 && hasNotes();
  while (got < wanted && !inline.always(isCmaFirst(zone, allocFlags))) {
    if (readsAhead && (got & (READ_FREED - 1)) == 0) readFreed(firstFree(zone, 0, type));
    const current = inline.always(smallestOrder(zone, order, type));
    if (current < 0) break;
    const run = 1 << (current - order);
    if (
      run > 1 &&
      type != Migratetype.CMA &&
      run <= wanted - got &&
      staysOwn(cpu, zone, allocFlags, 1 << current)
    ) {
      refillRun(cpu, zone, order, type, current, head);
      got += run;
      continue;
    }
    const link = inline.always(firstFree(zone, current, type));
    inline.always(takeBlock(cpu, zone, link, order, current, type));
    setWord(link, word);
    inline.always(addTail(head, link));
    got += 1;
  }
  return got;
}

/** Appends up to `wanted` blocks in the order obtained; stops at the first failure. Answers blocks obtained. */
function refill(cpu: i32, zone: i32, order: i32, type: i32, allocFlags: i32, wanted: i32, head: u32): i32 {
  resetMode();
  let got = refillOwn(cpu, zone, order, type, allocFlags, wanted, head);
  while (got < wanted && type != Migratetype.CMA) {
    const link = takeBlockOf(cpu, zone, order, type, allocFlags);
    if (link == NONE) break;
    const from = typeIn(wordOf(link));
    setWord(link, pcpWord(order, zone, from));
    addTail(head, link);
    got += 1;
    if (!ACCOUNTS_AT_TAKE && from == Migratetype.CMA) modFreeCma(cpu, zone, -(1 << order));
  }
  if (!ACCOUNTS_AT_TAKE) modFreePages(cpu, zone, -(got << order));
  if (!ACCOUNTS_AT_TAKE && type == Migratetype.CMA) modFreeCma(cpu, zone, -(got << order));
  count(StatWord.PCP_REFILLS);
  record(EventKind.REFILL, zone, order, type, wanted, got);
  if (records(RecordGroup.PCP)) noteRefill(cpu, zone, order, head, got);
  return got;
}

function notePage(kind: i32, cpu: i32, zone: i32, link: u32, order: i32, type: i32): void {
  tell(RecordGroup.PCP, kind, cpu, zone, pfnOf(link), order, type, 0, 0);
}

/** The last `got` blocks of the list, in the order in which they came. */
function noteRefill(cpu: i32, zone: i32, order: i32, head: u32, got: i32): void {
  let link = head;
  for (let i = 0; i < got; i++) link = prevOf(link);
  for (; link != head; link = nextOf(link)) {
    notePage(EventKind.PCP_REFILL_PAGE, cpu, zone, link, order, typeOf(link));
  }
}

/** Refills an empty list by what the limits allow; a replay may have told the size of this one refill. */
function refillList(cpu: i32, zone: i32, order: i32, type: i32, allocFlags: i32): void {
  const pcp = pcpAt(cpu, zone);
  const told = load<i32>(LEVELS, LevelWord.REFILL_HINT << 2);
  let wanted = AUTO_TUNES_PCP
    ? auto.refillCount(pcp, order, hasFlag(zone, ZoneFlag.BELOW_HIGH), SCALE_MAX)
    : fixed.refillCount(pcp, order);
  if (told) wanted = told;
  store<i32>(LEVELS, 0, LevelWord.REFILL_HINT << 2);
  const head = pcpHead(cpu, zone, pindexOfBlock(type, order));
  addCount(pcp, refill(cpu, zone, order, type, allocFlags, wanted, head) << order);
}

/** The page or block that is the next to be taken, or the list's head when the list is empty. */
export function firstListed(cpu: i32, zone: i32, pindex: i32): u32 {
  return nextOf(inline.always(pcpHead(cpu, zone, pindex)));
}

/** Takes the first of the list. The caller has dealt with free_count, and writes the frame's word. */
export function takeFirstListed(cpu: i32, zone: i32, pindex: i32, link: u32, order: i32): void {
  inline.always(unlinkFirst(inline.always(pcpHead(cpu, zone, pindex)), link));
  addCount(pcpAt(cpu, zone), -(1 << order));
}

function takeListed(cpu: i32, zone: i32, order: i32, type: i32): u32 {
  const pindex = pindexOfBlock(type, order);
  const link = firstListed(cpu, zone, pindex);
  if (link >= FREE_HEADS) return NONE;
  takeFirstListed(cpu, zone, pindex, link, order);
  return link;
}

/** The first of the list, which is refilled first when it is empty; or NONE. Of type CMA: nothing but CMA pages. */
export function takeFromPcp(cpu: i32, zone: i32, order: i32, type: i32, allocFlags: i32): u32 {
  const link = takeListed(cpu, zone, order, type);
  if (link != NONE) return link;
  refillList(cpu, zone, order, type, allocFlags);
  return takeListed(cpu, zone, order, type);
}

/** An allocation reduces what later frees drain: free_count (6.12) or free_factor (6.1) is halved. */
export function noteAllocation(cpu: i32, zone: i32): void {
  const at = pcpAt(cpu, zone) + HALVED_WORD;
  store<i32>(at, load<i32>(at) >> 1);
}

/** Puts a page that is on no list to the head of this list; answers pages held then. */
function listPage(cpu: i32, zone: i32, link: u32, order: i32, pindex: i32, word: u32): i32 {
  setWord(link, word);
  inline.always(addHead(inline.always(pcpHead(cpu, zone, pindex)), link));
  return addCount(pcpAt(cpu, zone), 1 << order);
}

/** Puts a page that is on no list to the head of its list; answers pages held then. */
export function returnToPcp(cpu: i32, zone: i32, link: u32, order: i32, blockType: i32): i32 {
  const pindex = inline.always(pindexOfBlock(blockType, order));
  const word = inline.always(pcpWord(order, zone, blockType));
  return inline.always(listPage(cpu, zone, link, order, pindex, word));
}

/** Puts a page that is on no list to the head of its list, then frees some if the set has become too long. */
export function giveToPcp(cpu: i32, zone: i32, link: u32, order: i32, blockType: i32): void {
  const pindex = inline.always(pindexOfBlock(blockType, order));
  const word = inline.always(pcpWord(order, zone, blockType));
  const held = inline.always(listPage(cpu, zone, link, order, pindex, word));
  if (AUTO_TUNES_PCP) inline.always(keepShort(cpu, zone, order, held, pindex));
  else keepShortFixed(cpu, zone, order, held, pindex);
}

/** The same for a single page of a U, M or R block, where PLAIN: nearly every free. */
export function giveSingle(cpu: i32, zone: i32, link: u32, type: i32): void {
  const held = inline.always(listPage(cpu, zone, link, 0, type, pack(FrameKind.PCP, 0, zone)));
  inline.always(keepShort(cpu, zone, 0, held, type));
}

/** 6.12: the limit adjusts itself. */
function keepShort(cpu: i32, zone: i32, order: i32, held: i32, pindex: i32): void {
  const pcp = pcpAt(cpu, zone);
  store<i32>(pcp, load<i32>(pcp, PcpWord.ALLOC_FACTOR << 2) >> 1, PcpWord.ALLOC_FACTOR << 2);
  const freeHigh = inline.always(auto.noteFree(pcp, order, COSTLY_ORDER, SCALE_MAX));
  const high = inline.always(auto.currentHigh(pcp));
  if (freeHigh || held >= high || hasFlag(zone, ZoneFlag.RECLAIM_ACTIVE | ZoneFlag.BELOW_HIGH)) {
    shorten(cpu, zone, high, freeHigh, pindex);
  }
}

function shorten(cpu: i32, zone: i32, high: i32, freeHigh: bool, pindex: i32): void {
  const pcp = pcpAt(cpu, zone);
  const reclaim = hasFlag(zone, ZoneFlag.RECLAIM_ACTIVE);
  const limit = auto.keepLimit(pcp, high, freeHigh, reclaim, hasFlag(zone, ZoneFlag.BELOW_HIGH), SCALE_MAX);
  if (load<i32>(pcp, PcpWord.COUNT_PAGES << 2) < limit) return;
  drainPcp(cpu, cpu, zone, auto.drainCount(pcp, limit, freeHigh, SCALE_MAX), pindex);
  clearBelowHighIfMet(zone);
}

/** 6.1: the limit is fixed. */
function keepShortFixed(cpu: i32, zone: i32, order: i32, held: i32, pindex: i32): void {
  const pcp = pcpAt(cpu, zone);
  const freeHigh = fixed.freesHigh(pcp, order, COSTLY_ORDER);
  const limit = fixed.keepLimit(pcp, freeHigh, hasFlag(zone, ZoneFlag.RECLAIM_ACTIVE));
  if (held >= limit) drainPcp(cpu, cpu, zone, fixed.drainCount(pcp, limit, freeHigh, SCALE_MAX), pindex);
}

/** 6.1 drains with the cached type, unless the zone has an isolated pageblock; 6.12 always reads the pageblock. */
function drainType(zone: i32, link: u32): i32 {
  if (LISTS_FOLLOW_PAGEBLOCK) return typeOf(link);
  return hasIsolatedBlock(zone) ? typeOf(link) : typeIn(wordOf(link));
}

/**
 * free_pcppages_bulk() on the lists of CPU `owner`: up to `wanted` pages, starting with list `pindex`, each list
 * emptied from its tail before the next non-empty one; a last block may overshoot `wanted`. The CPU that does it,
 * `cpu`, takes the change of the counters into its own differentials. With `noted`, where drainZone() is in its notes,
 * it reads on there as it goes, and answers how far it has come.
 */
export function drainPcp(cpu: i32, owner: i32, zone: i32, wanted: i32, pindex: i32, noted: usize = 0): usize {
  if (load<i32>(SCRATCH, ScratchWord.NO_DRAIN << 2)) return noted;
  let ahead = noted;
  const pcp = pcpAt(owner, zone);
  const held = load<i32>(pcp, PcpWord.COUNT_PAGES << 2);
  let left = min(held, wanted);
  count(StatWord.PCP_DRAINS);
  record(EventKind.DRAIN, zone, owner, pindex, wanted, held);
  const told = records(RecordGroup.PCP);
  while (left > 0) {
    const head = pcpHead(owner, zone, pindex);
    const order = orderOfPindex(pindex);
    while (left > 0 && !isEmpty(head)) {
      if (ahead) ahead = inline.always(readAhead(ahead));
      const link = prevOf(head);
      unlinkLast(head, link);
      left -= 1 << order;
      addCount(pcp, -(1 << order));
      const type = drainType(zone, link);
      if (told) notePage(EventKind.PCP_DRAIN_PAGE, cpu, zone, link, order, type);
      inline.always(freeBlock(cpu, zone, link, order, type, false));
    }
    pindex = inline.always(listBehind(pindex));
  }
  return ahead;
}

/**
 * drain_pages_zone(): everything that `owner` has, in chunks of batch << scale, each from list 0. `noted`: the pages in the order
 * in which they will go, up to NONE; or 0.
 */
export function drainZone(cpu: i32, owner: i32, zone: i32, noted: usize): void {
  let ahead = noted;
  if (ahead) readNoted(ahead);
  const pcp = pcpAt(owner, zone);
  const chunk = load<i32>(pcp, PcpWord.BATCH << 2) << SCALE_MAX;
  while (true) {
    const held = load<i32>(pcp, PcpWord.COUNT_PAGES << 2);
    if (held <= 0) return;
    ahead = drainPcp(cpu, owner, zone, min(held, chunk), 0, ahead);
  }
}

/** decay_pcp_high() of the vmstat worker; nothing in 6.1. */
export function decayPcp(cpu: i32, zone: i32): void {
  if (!AUTO_TUNES_PCP) return;
  const pcp = pcpAt(cpu, zone);
  const batch = max(load<i32>(pcp, PcpWord.BATCH << 2), 1);
  let left = auto.decayHigh(pcp, SCALE_MAX);
  record(EventKind.DECAY, zone, cpu, load<u32>(pcp, PcpWord.HIGH << 2), 0, 0);
  while (left > 0) {
    drainPcp(cpu, cpu, zone, min(left, batch), 0);
    left -= batch;
  }
}

/** A single block straight from the buddy lists: the account that 6.1 makes at this place. */
export function accountTaken(cpu: i32, zone: i32, link: u32, order: i32): void {
  if (!ACCOUNTS_AT_TAKE) accountFree(cpu, zone, -(1 << order), typeIn(wordOf(link)));
}
