// Knows: every invariant of the allocator state; recomputes counters and lists from the frames.
// Must not know: how a state came about. Reports the first broken frame or counter in the AUDIT region.

import { Fault, FrameKind, ListTypeRule, Migratetype, ReserveRule } from "../abi/vocabulary";
import { AuditWord, ConfigWord, PcpWord, ZoneWord } from "../abi/words";
import { freeHead, nrFree } from "../buddy/freelist";
import { NR_LISTS, orderOfPindex, pcpHead } from "../buddy/pcp_lists";
import { isFreeBlock, kindOf, orderOf, pfnOf, typeIn, wordOf, zoneOf } from "../frames/frame";
import {
  blockFrames,
  isMergeable,
  MAX_ORDER,
  NO_MEMORY_MAP,
  PAGEBLOCK_ORDER,
  typeOf,
} from "../frames/pageblock";
import { pcpAt, spans, zoneAt } from "../frames/zone";
import { nextOf, prevOf } from "../memory/list";
import { AUDIT, config, FREE_HEADS, frames } from "../memory/regions";

function fault(kind: i32, pfn: u32, expected: u32, got: u32): i32 {
  store<u32>(AUDIT, kind, AuditWord.FAULT << 2);
  store<u32>(AUDIT, pfn, AuditWord.FAULT_PFN << 2);
  store<u32>(AUDIT, expected, AuditWord.FAULT_EXPECTED << 2);
  store<u32>(AUDIT, got, AuditWord.FAULT_GOT << 2);
  return kind;
}

/**
 * 6.12: a free block's list type is that of its first pageblock (a drained THP may span blocks of other types).
 * With page_group_by_mobility_disabled a pageblock stores UNMOVABLE for whatever list it was moved to.
 */
function checkFreeType(link: u32): i32 {
  if (config(ConfigWord.RULE_LIST_TYPE) != ListTypeRule.PAGEBLOCK) return 0;
  if (config(ConfigWord.MOBILITY_DISABLED) != 0 && isMergeable(typeIn(wordOf(link)))) return 0;
  const type = typeIn(wordOf(link));
  return typeOf(link) == type ? 0 : fault(Fault.LIST_TYPE, pfnOf(link), typeOf(link), type);
}

/**
 * Two free buddies below a pageblock must have merged. Larger ones need not: their types may have forbidden it, and
 * a type that changes later (a reserve given back) merges nothing.
 */
function checkMerged(link: u32, order: i32, zone: i32): i32 {
  if (order >= PAGEBLOCK_ORDER) return 0;
  const buddy = link ^ ((<u32>4) << order);
  if (!isFreeBlock(buddy, order, zone)) return 0;
  return fault(Fault.UNMERGED_BUDDIES, pfnOf(link), order, pfnOf(buddy));
}

function checkHead(link: u32, word: u32): i32 {
  const order = orderOf(word);
  const pfn = pfnOf(link);
  const zone = zoneOf(word);
  const kind = kindOf(word);
  if (kind == FrameKind.RESERVED && order != 0) return fault(Fault.FRAME_KIND, pfn, 0, order);
  if (kind > FrameKind.DETACHED || order > MAX_ORDER) return fault(Fault.FRAME_KIND, pfn, MAX_ORDER, word);
  if (pfn & ((1 << order) - 1)) return fault(Fault.HEAD_MISALIGNED, pfn, order, pfn & ((1 << order) - 1));
  if (!spans(zone, pfn))
    return fault(Fault.ZONE_OF_FRAME, pfn, load<u32>(zoneAt(zone), ZoneWord.START_PFN << 2), zone);
  if (!spans(zone, pfn + (1 << order) - 1)) return fault(Fault.CROSSES_ZONE, pfn, zone, order);
  if (kind != FrameKind.BUDDY) return 0;
  const broken = checkFreeType(link);
  return broken ? broken : checkMerged(link, order, zone);
}

/** The frames are an exact partition into holes, reserved frames and head ranges. */
function checkFrames(): i32 {
  const end = frames() << 2;
  for (let link: u32 = 0; link < end; ) {
    const word = wordOf(link);
    const kind = kindOf(word);
    if (kind == FrameKind.BODY) return fault(Fault.BODY_WITHOUT_HEAD, pfnOf(link), FrameKind.BODY, word);
    if (kind == FrameKind.HOLE) {
      if (word != FrameKind.HOLE) return fault(Fault.FRAME_KIND, pfnOf(link), FrameKind.HOLE, word);
      link += 4;
      continue;
    }
    const broken = checkHead(link, word);
    if (broken) return broken;
    const behind = link + ((<u32>4) << orderOf(word));
    for (let at = link + 4; at < behind; at += 4) {
      if (wordOf(at) != FrameKind.BODY) return fault(Fault.BODY_EXPECTED, pfnOf(at), pfnOf(link), wordOf(at));
    }
    link = behind;
  }
  return 0;
}

/** Walks one list both ways; answers its length, or -1 with the fault reported. */
function walk(head: u32, kind: i32, order: i32, zone: i32): i32 {
  let length = 0;
  const most = <i32>frames();
  for (let link = nextOf(head); link != head; link = nextOf(link)) {
    if (link >= FREE_HEADS) return -fault(Fault.LIST_LINK, 0, head, link);
    const word = wordOf(link);
    if (prevOf(nextOf(link)) != link) return -fault(Fault.LIST_LINK, pfnOf(link), link, prevOf(nextOf(link)));
    if (kindOf(word) != kind || orderOf(word) != order || zoneOf(word) != zone) {
      return -fault(kind == FrameKind.PCP ? Fault.PCP_MEMBER : Fault.LIST_MEMBER, pfnOf(link), order, word);
    }
    length += 1;
    if (length > most) return -fault(Fault.LIST_LENGTH, pfnOf(link), most, length);
  }
  return length;
}

function checkFreeLists(zone: i32): i32 {
  for (let order = 0; order <= MAX_ORDER; order++) {
    let sum = 0;
    for (let type = 0; type <= Migratetype.ISOLATE; type++) {
      const head = freeHead(zone, order, type);
      const length = walk(head, FrameKind.BUDDY, order, zone);
      if (length < 0) return -length;
      for (let link = nextOf(head); link != head; link = nextOf(link)) {
        if (typeIn(wordOf(link)) != type)
          return fault(Fault.LIST_TYPE, pfnOf(link), type, typeIn(wordOf(link)));
      }
      sum += length;
    }
    if (sum != nrFree(zone, order)) return fault(Fault.NR_FREE, zone, sum, nrFree(zone, order));
  }
  return 0;
}

function checkPcps(zone: i32): i32 {
  for (let cpu = 0; cpu < config(ConfigWord.NR_CPUS); cpu++) {
    let pages = 0;
    for (let pindex = 0; pindex < NR_LISTS; pindex++) {
      const order = orderOfPindex(pindex);
      const length = walk(pcpHead(cpu, zone, pindex), FrameKind.PCP, order, zone);
      if (length < 0) return -length;
      pages += length << order;
    }
    const counted = load<i32>(pcpAt(cpu, zone), PcpWord.COUNT_PAGES << 2);
    if (pages != counted) return fault(Fault.PCP_COUNT, cpu, pages, counted);
  }
  return 0;
}

/** Members of lists, counted from the frames, must be as many as the lists hold. */
function checkListed(zone: i32): i32 {
  const end = frames() << 2;
  let free = 0;
  let pcp = 0;
  for (let link: u32 = 0; link < end; link += 4) {
    const word = wordOf(link);
    if (zoneOf(word) != zone) continue;
    if (kindOf(word) == FrameKind.BUDDY) free += 1;
    if (kindOf(word) == FrameKind.PCP) pcp += 1 << orderOf(word);
  }
  let listed = 0;
  for (let order = 0; order <= MAX_ORDER; order++) listed += nrFree(zone, order);
  if (free != listed) return fault(Fault.NOT_ON_A_LIST, zone, listed, free);
  for (let cpu = 0; cpu < config(ConfigWord.NR_CPUS); cpu++)
    pcp -= load<i32>(pcpAt(cpu, zone), PcpWord.COUNT_PAGES << 2);
  return pcp ? fault(Fault.NOT_ON_A_LIST, zone, 0, pcp) : 0;
}

function pagesOf(zone: i32, type: i32): i32 {
  let pages = 0;
  for (let order = 0; order <= MAX_ORDER; order++) {
    const head = freeHead(zone, order, type);
    for (let link = nextOf(head); link != head; link = nextOf(link)) pages += 1 << order;
  }
  return pages;
}

/** FREE_PAGES, FREE_CMA and NR_FREE_HIGHATOMIC with the per-CPU differentials equal the lists. */
function checkCounters(zone: i32): i32 {
  const at = zoneAt(zone);
  let free = load<i32>(at, ZoneWord.FREE_PAGES << 2);
  let cma = load<i32>(at, ZoneWord.FREE_CMA << 2);
  for (let cpu = 0; cpu < config(ConfigWord.NR_CPUS); cpu++) {
    free += load<i32>(pcpAt(cpu, zone), PcpWord.DIFF_FREE << 2);
    cma += load<i32>(pcpAt(cpu, zone), PcpWord.DIFF_CMA << 2);
  }
  let listed = 0;
  for (let type = 0; type < Migratetype.ISOLATE; type++) listed += pagesOf(zone, type);
  if (free != listed) return fault(Fault.FREE_PAGES, zone, listed, free);
  if (cma != pagesOf(zone, Migratetype.CMA))
    return fault(Fault.FREE_CMA, zone, pagesOf(zone, Migratetype.CMA), cma);
  if (config(ConfigWord.RULE_RESERVE) == ReserveRule.WHOLE_RESERVE) return 0;
  const atomic = load<i32>(at, ZoneWord.NR_FREE_HIGHATOMIC << 2);
  const reserve = pagesOf(zone, Migratetype.HIGHATOMIC);
  return atomic == reserve ? 0 : fault(Fault.FREE_HIGHATOMIC, zone, reserve, atomic);
}

/** Types are one of six, or "no memory map"; isolated blocks are as many as the zones count. */
function checkPageblocks(): i32 {
  const step = blockFrames();
  let isolated = 0;
  for (let frame: u32 = 0; frame < frames(); frame += step) {
    const type = typeOf(frame << 2);
    if (type > Migratetype.ISOLATE && type != NO_MEMORY_MAP) {
      return fault(Fault.PAGEBLOCK_TYPE, pfnOf(frame << 2), Migratetype.ISOLATE, type);
    }
    if (type == Migratetype.ISOLATE) isolated += 1;
  }
  let counted = 0;
  for (let zone = 0; zone < config(ConfigWord.NR_ZONES); zone++) {
    counted += load<i32>(zoneAt(zone), ZoneWord.NR_ISOLATE_PAGEBLOCK << 2);
  }
  return isolated == counted ? 0 : fault(Fault.ISOLATED_BLOCKS, 0, isolated, counted);
}

/** 0 when sound, else the Fault; details in the AUDIT region. Linear in frames. */
export function validate(): i32 {
  fault(Fault.NONE, 0, 0, 0);
  let broken = checkFrames();
  for (let zone = 0; zone < config(ConfigWord.NR_ZONES) && !broken; zone++) {
    broken = checkFreeLists(zone);
    if (!broken) broken = checkPcps(zone);
    if (!broken) broken = checkListed(zone);
    if (!broken) broken = checkCounters(zone);
  }
  return broken ? broken : checkPageblocks();
}
