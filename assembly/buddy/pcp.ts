// Knows: the per-CPU page lists: refill, take, give, bulk free, drain, decay.
// Must not know: watermarks, gfp flags; the limits come from policy/pcp_auto (6.12) or policy/pcp_fixed (6.1).
// Models rmqueue_pcplist, rmqueue_bulk, free_unref_page_commit, free_pcppages_bulk, drain_pages_zone
// (mm/page_alloc.c, Linux 6.12.117 and 6.1.192).

import { EventKind, FrameKind, ListTypeRule, Migratetype, PcpRule, ZoneFlag } from "../abi/vocabulary";
import { ConfigWord, PcpWord, StatWord, ZoneWord } from "../abi/words";
import { pack, setWord, typeIn, withType, wordOf } from "../frames/frame";
import { typeOf } from "../frames/pageblock";
import { accountFree, hasFlag, modFreeCma, modFreePages, pcpAt, zoneAt } from "../frames/zone";
import { addHead, addTail, isEmpty, NONE, nextOf, prevOf, unlink } from "../memory/list";
import { config, STATS } from "../memory/regions";
import * as auto from "../policy/pcp_auto";
import * as fixed from "../policy/pcp_fixed";
import { count, record } from "../record/events";
import { COSTLY_ORDER, NR_LISTS, orderOfPindex, pcpHead, pindexOf } from "./pcp_lists";
import { freeOne } from "./release";
import { Mode, takeBlockOf } from "./rmqueue";
import { clearBelowHighIfMet } from "./watermark";

/** Written by bindPcp only. */
let AUTO: bool = false;
let CACHES_TYPE: bool = false;
let SCALE_MAX: i32 = 0;

export function bindPcp(): void {
  AUTO = config(ConfigWord.RULE_PCP) == PcpRule.AUTO_TUNED;
  CACHES_TYPE = config(ConfigWord.RULE_LIST_TYPE) == ListTypeRule.CALLER;
  SCALE_MAX = config(ConfigWord.PCP_BATCH_SCALE_MAX);
}

function addCount(pcp: usize, pages: i32): i32 {
  const sum = load<i32>(pcp, PcpWord.COUNT_PAGES << 2) + pages;
  store<i32>(pcp, sum, PcpWord.COUNT_PAGES << 2);
  return sum;
}

/** The word of a page on a per-CPU list; only 6.1 remembers a type there. */
function pcpWord(order: i32, zone: i32, type: i32): u32 {
  const word = pack(FrameKind.PCP, order, zone);
  return CACHES_TYPE ? withType(word, type) : word;
}

/** Appends up to `wanted` blocks in the order obtained; stops at the first failure. Answers blocks obtained. */
function refill(cpu: i32, zone: i32, order: i32, type: i32, allocFlags: i32, wanted: i32, head: u32): i32 {
  const mode = STATS + ((<usize>StatWord.REFILL_MODE) << 2);
  store<i32>(mode, Mode.NORMAL);
  let got = 0;
  while (got < wanted) {
    const link = takeBlockOf(cpu, zone, order, type, allocFlags, mode);
    if (link == NONE) break;
    const from = typeIn(wordOf(link));
    setWord(link, pcpWord(order, zone, from));
    addTail(head, link);
    got += 1;
    if (!AUTO && from == Migratetype.CMA) modFreeCma(cpu, zone, -(1 << order));
  }
  if (!AUTO) modFreePages(cpu, zone, -(got << order));
  count(StatWord.PCP_REFILLS);
  record(EventKind.REFILL, zone, order, type, wanted, got);
  return got;
}

/** Takes the head of the list, refilling it first when empty. The caller has dealt with free_count. DETACHED, or NONE. */
export function takeFromPcp(cpu: i32, zone: i32, order: i32, type: i32, allocFlags: i32): u32 {
  const pcp = pcpAt(cpu, zone);
  const head = pcpHead(cpu, zone, pindexOf(type, order));
  if (isEmpty(head)) {
    const told = load<i32>(STATS, StatWord.REFILL_HINT << 2);
    let wanted = AUTO
      ? auto.refillCount(pcp, order, hasFlag(zone, ZoneFlag.BELOW_HIGH), SCALE_MAX)
      : fixed.refillCount(pcp, order);
    if (told) wanted = told;
    store<i32>(STATS, 0, StatWord.REFILL_HINT << 2);
    addCount(pcp, refill(cpu, zone, order, type, allocFlags, wanted, head) << order);
    if (isEmpty(head)) return NONE;
  }
  const link = nextOf(head);
  unlink(link);
  addCount(pcp, -(1 << order));
  return link;
}

/** An allocation reduces what later frees drain: free_count (6.12) or free_factor (6.1) is halved. */
export function noteAllocation(cpu: i32, zone: i32): void {
  const pcp = pcpAt(cpu, zone);
  if (AUTO) store<i32>(pcp, load<i32>(pcp, PcpWord.FREE_COUNT << 2) >> 1, PcpWord.FREE_COUNT << 2);
  else store<i32>(pcp, load<i32>(pcp, PcpWord.FREE_FACTOR << 2) >> 1, PcpWord.FREE_FACTOR << 2);
}

/** Puts a page that is on no list to the head of its list; answers pages held then. */
export function returnToPcp(cpu: i32, zone: i32, link: u32, order: i32, blockType: i32): i32 {
  const type = blockType > Migratetype.RECLAIMABLE ? Migratetype.MOVABLE : blockType;
  setWord(link, pcpWord(order, zone, blockType));
  addHead(pcpHead(cpu, zone, pindexOf(type, order)), link);
  return addCount(pcpAt(cpu, zone), 1 << order);
}

/** Puts a page that is on no list to the head of its list, then frees some if the set has become too long. */
export function giveToPcp(cpu: i32, zone: i32, link: u32, order: i32, blockType: i32): void {
  const type = blockType > Migratetype.RECLAIMABLE ? Migratetype.MOVABLE : blockType;
  const pcp = pcpAt(cpu, zone);
  const pindex = pindexOf(type, order);
  const held = returnToPcp(cpu, zone, link, order, blockType);
  const reclaim = hasFlag(zone, ZoneFlag.RECLAIM_ACTIVE);
  if (!AUTO) {
    const freeHigh = fixed.freesHigh(pcp, order, COSTLY_ORDER);
    const limit = fixed.keepLimit(pcp, freeHigh, reclaim);
    if (held >= limit) drainPcp(cpu, cpu, zone, fixed.drainCount(pcp, limit, freeHigh, SCALE_MAX), pindex);
    return;
  }
  store<i32>(pcp, load<i32>(pcp, PcpWord.ALLOC_FACTOR << 2) >> 1, PcpWord.ALLOC_FACTOR << 2);
  const freeHigh = auto.noteFree(pcp, order, COSTLY_ORDER, SCALE_MAX);
  const limit = auto.keepLimit(pcp, freeHigh, reclaim, hasFlag(zone, ZoneFlag.BELOW_HIGH), SCALE_MAX);
  if (held < limit) return;
  drainPcp(cpu, cpu, zone, auto.drainCount(pcp, limit, freeHigh, SCALE_MAX), pindex);
  clearBelowHighIfMet(zone);
}

/** 6.1 drains with the cached type, unless the zone has an isolated pageblock; 6.12 always reads the pageblock. */
function drainType(zone: i32, link: u32): i32 {
  if (!CACHES_TYPE) return typeOf(link);
  const isolated = load<i32>(zoneAt(zone), ZoneWord.NR_ISOLATE_PAGEBLOCK << 2) != 0;
  return isolated ? typeOf(link) : typeIn(wordOf(link));
}

/**
 * free_pcppages_bulk() on the lists of CPU `owner`: up to `wanted` pages, starting with list `pindex`, each list
 * emptied from its tail before the next non-empty one; a last block may overshoot `wanted`. The CPU that does it,
 * `cpu`, takes the change of the counters into its own differentials.
 */
export function drainPcp(cpu: i32, owner: i32, zone: i32, wanted: i32, pindex: i32): void {
  if (load<i32>(STATS, StatWord.NO_DRAIN << 2)) return;
  const pcp = pcpAt(owner, zone);
  const held = load<i32>(pcp, PcpWord.COUNT_PAGES << 2);
  let left = min(held, wanted);
  count(StatWord.PCP_DRAINS);
  record(EventKind.DRAIN, zone, owner, pindex, wanted, held);
  while (left > 0) {
    const head = pcpHead(owner, zone, pindex);
    const order = orderOfPindex(pindex);
    while (left > 0 && !isEmpty(head)) {
      const link = prevOf(head);
      unlink(link);
      left -= 1 << order;
      addCount(pcp, -(1 << order));
      freeOne(cpu, zone, link, order, drainType(zone, link), false);
    }
    pindex = pindex + 1 == NR_LISTS ? 0 : pindex + 1;
  }
}

/** drain_pages_zone(): everything that `owner` has, in chunks of batch << scale, each from list 0. */
export function drainZone(cpu: i32, owner: i32, zone: i32): void {
  const pcp = pcpAt(owner, zone);
  const chunk = load<i32>(pcp, PcpWord.BATCH << 2) << SCALE_MAX;
  while (true) {
    const held = load<i32>(pcp, PcpWord.COUNT_PAGES << 2);
    if (held <= 0) return;
    drainPcp(cpu, owner, zone, min(held, chunk), 0);
  }
}

/** decay_pcp_high() of the vmstat worker; nothing in 6.1. */
export function decayPcp(cpu: i32, zone: i32): void {
  if (!AUTO) return;
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
  if (!AUTO) accountFree(cpu, zone, -(1 << order), typeIn(wordOf(link)));
}
