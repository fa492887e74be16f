// Knows: taking the smallest sufficient block of one migratetype and splitting it.
// Must not know: fallbacks, per-CPU lists. Models __rmqueue_smallest, expand, page_del_and_expand
// (mm/page_alloc.c, Linux 6.12); in 6.1 the callers account.

import { FrameKind, PcpRule } from "../abi/vocabulary";
import { ConfigWord } from "../abi/words";
import { pack, setWord, withType } from "../frames/frame";
import { MAX_ORDER } from "../frames/pageblock";
import { accountFree } from "../frames/zone";
import { NONE } from "../memory/list";
import { config } from "../memory/regions";
import { firstFree, insertFree, removeFree } from "./freelist";

/** Written by bindSmallest only: 6.12 accounts where the block leaves its list, 6.1 in the caller. */
export let ACCOUNTS_AT_TAKE: bool = false;

export function bindSmallest(): void {
  ACCOUNTS_AT_TAKE = config(ConfigWord.RULE_PCP) == PcpRule.AUTO_TUNED;
}

/** Keeps the low half, puts each upper half at the head of its list, the largest first. Answers pages put back. */
export function expand(zone: i32, link: u32, low: i32, high: i32, type: i32): i32 {
  const all = 1 << high;
  while (high > low) {
    high -= 1;
    insertFree(zone, link + ((<u32>4) << high), high, type, false);
  }
  return all - (1 << low);
}

/** Takes this free block and splits it to `order`; the frame is DETACHED and remembers the list's type. */
export function takeBlock(cpu: i32, zone: i32, link: u32, order: i32, current: i32, type: i32): void {
  removeFree(zone, link, current);
  expand(zone, link, order, current, type);
  setWord(link, withType(pack(FrameKind.DETACHED, order, zone), type));
  if (ACCOUNTS_AT_TAKE) accountFree(cpu, zone, -(1 << order), type);
}

/** The head of the first non-empty list of order >= `order`, split down; NONE when all are empty. */
export function takeSmallest(cpu: i32, zone: i32, order: i32, type: i32): u32 {
  for (let current = order; current <= MAX_ORDER; current++) {
    const link = firstFree(zone, current, type);
    if (link == NONE) continue;
    takeBlock(cpu, zone, link, order, current, type);
    return link;
  }
  return NONE;
}
