// Knows: how a request takes from another migratetype in Linux 6.12.y: claim a whole pageblock, else steal a block.
// Must not know: per-CPU lists, watermarks. Models find_suitable_fallback, __rmqueue_claim, try_to_steal_block,
// __rmqueue_steal (mm/page_alloc.c, 6.12.117; 6.12.0 still had the older single function).

import { EventKind, RecordGroup } from "../abi/events";
import { pack } from "../abi/frame_word";
import { AllocFlag, FrameKind, Migratetype } from "../abi/vocabulary";
import { ConfigWord, StatWord } from "../abi/words";
import { pfnOf, setWord } from "../frames/frame";
import { blockFrames, MAX_ORDER, PAGEBLOCK_ORDER, setTypes, typeOf } from "../frames/pageblock";
import { accountFree } from "../frames/zone";
import { NONE } from "../memory/list";
import { config } from "../memory/regions";
import { count } from "../memory/stats";
import { alikePages, donor, isClaimable, mayClaim } from "../policy/fallback";
import { tell } from "../record/events";
import { countFree, countMovable, isInsideZone, moveBlock } from "./block";
import { boostWatermark } from "./boost";
import { firstFree, hasFree, nrFree, removeFree } from "./freelist";
import { expand, takeBlock, takeSmallest } from "./smallest";

/** The first donor type with a free block of exactly this order, or -1. */
export function findDonor(zone: i32, order: i32, type: i32): i32 {
  if (nrFree(zone, order) == 0) return -1;
  let nth = 0;
  let from = donor(type, nth);
  while (from >= 0 && !hasFree(zone, order, from)) {
    nth += 1;
    from = donor(type, nth);
  }
  return from;
}

/** The lowest order that a search from the top looks at: whole pageblocks only while NOFRAGMENT is asked. */
export function lowestClaim(order: i32, allocFlags: i32): i32 {
  return order < PAGEBLOCK_ORDER && (allocFlags & AllocFlag.NOFRAGMENT) != 0 ? PAGEBLOCK_ORDER : order;
}

/** A free block of whole pageblocks: they all change type, the rest of the block goes to the requester's lists. */
function claimWholeBlocks(cpu: i32, zone: i32, link: u32, current: i32, order: i32, type: i32): u32 {
  removeFree(zone, link, current);
  accountFree(cpu, zone, -(1 << current), typeOf(link));
  setTypes(link, current, type);
  const back = expand(zone, link, order, current, type);
  accountFree(cpu, zone, back, type);
  setWord(link, pack(FrameKind.DETACHED, order, zone));
  return link;
}

/** try_to_steal_block(): the boost comes first and stays even if the claim then fails. */
function tryClaim(cpu: i32, zone: i32, link: u32, current: i32, order: i32, type: i32, allocFlags: i32): u32 {
  const blockType = typeOf(link);
  if (blockType == Migratetype.HIGHATOMIC) return NONE;
  if (current >= PAGEBLOCK_ORDER) return claimWholeBlocks(cpu, zone, link, current, order, type);
  boostWatermark(zone, allocFlags);
  if (!isInsideZone(zone, link)) return NONE;
  const pages = <i32>blockFrames();
  const free = countFree(link);
  const alike = alikePages(type, blockType, pages, free, countMovable(link));
  if (!isClaimable(free, alike, pages, config(ConfigWord.MOBILITY_DISABLED) != 0)) return NONE;
  moveBlock(cpu, zone, link, blockType, type);
  return takeSmallest(cpu, zone, order, type);
}

/** __rmqueue_claim(): from the largest order down; the first order that may not be claimed ends the search. */
export function claim(cpu: i32, zone: i32, order: i32, type: i32, allocFlags: i32): u32 {
  const lowest = lowestClaim(order, allocFlags);
  for (let current = MAX_ORDER; current >= lowest; current--) {
    const from = findDonor(zone, current, type);
    if (from < 0) continue;
    if (!mayClaim(current, PAGEBLOCK_ORDER, type, config(ConfigWord.MOBILITY_DISABLED) != 0)) return NONE;
    const link = firstFree(zone, current, from);
    const got = tryClaim(cpu, zone, link, current, order, type, allocFlags);
    if (got == NONE) continue;
    count(StatWord.CLAIMS);
    tell(RecordGroup.DECISIONS, EventKind.CLAIM, cpu, zone, pfnOf(got), current, type, from, order);
    return got;
  }
  return NONE;
}

/** __rmqueue_steal(): the smallest donor block, split with the donor's type; the pageblock keeps its type. */
export function steal(cpu: i32, zone: i32, order: i32, type: i32): u32 {
  for (let current = order; current <= MAX_ORDER; current++) {
    const from = findDonor(zone, current, type);
    if (from < 0) continue;
    const link = firstFree(zone, current, from);
    takeBlock(cpu, zone, link, order, current, from);
    count(StatWord.STEALS);
    tell(RecordGroup.DECISIONS, EventKind.STEAL, cpu, zone, pfnOf(link), current, type, from, order);
    return link;
  }
  return NONE;
}
