// Knows: the free lists and per-CPU lists of a zone, and the counters that follow from them.
// Must not know: the partition of memory (audit/frames), content.

import { Fault } from "../abi/findings";
import { kindOf, orderOf, typeIn, zoneOf } from "../abi/frame_word";
import { FRAME_SHIFT } from "../abi/layout";
import { FrameKind, Migratetype } from "../abi/vocabulary";
import { ConfigWord, PcpWord, ZoneWord } from "../abi/words";
import { freeHead, nrFree } from "../buddy/freelist";
import { ALL_LISTS, isList, orderOfPindex, pcpHead } from "../buddy/pcp_lists";
import { pfnOf, wordOf } from "../frames/frame";
import { MAX_ORDER } from "../frames/pageblock";
import { pcpAt, zoneAt } from "../frames/zone";
import { nextOf, prevOf } from "../memory/list";
import { config, FRAME_BYTES, FREE_HEADS, frames } from "../memory/regions";
import { KEEPS_WHOLE_RESERVE } from "../rules";
import { fault } from "./fault";

/** A member is a frame of this memory, and names the one before it. */
export function checkLink(before: u32, link: u32): i32 {
  const place = before < FREE_HEADS ? before : link;
  if (link >= FREE_HEADS || (link & (FRAME_BYTES - 1)) != 0)
    return fault(Fault.LIST_LINK, pfnOf(place), before, link);
  return prevOf(link) == before ? 0 : fault(Fault.LIST_LINK, pfnOf(place), before, prevOf(link));
}

/** The list's head names the last member. */
export function checkEnd(head: u32, last: u32): i32 {
  if (prevOf(head) == last) return 0;
  return fault(Fault.LIST_LINK, last < FREE_HEADS ? pfnOf(last) : 0, last, prevOf(head));
}

/** Walks one list both ways; answers its length, or -1 with the fault reported. */
function walk(head: u32, kind: i32, order: i32, zone: i32): i32 {
  let length = 0;
  const most = <i32>frames();
  let before = head;
  for (let link = nextOf(head); link != head; link = nextOf(link)) {
    const broken = checkLink(before, link);
    if (broken) return -broken;
    const word = wordOf(link);
    before = link;
    if (kindOf(word) != kind || orderOf(word) != order || zoneOf(word) != zone) {
      return -fault(kind == FrameKind.PCP ? Fault.PCP_MEMBER : Fault.LIST_MEMBER, pfnOf(link), order, word);
    }
    length += 1;
    if (length > most) return -fault(Fault.LIST_LENGTH, pfnOf(link), most, length);
  }
  const broken = checkEnd(head, before);
  return broken ? -broken : length;
}

export function checkFreeLists(zone: i32): i32 {
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

export function checkPcps(zone: i32): i32 {
  for (let cpu = 0; cpu < config(ConfigWord.NR_CPUS); cpu++) {
    let pages = 0;
    for (let pindex = 0; pindex < ALL_LISTS; pindex++) {
      const order = orderOfPindex(pindex);
      const length = walk(pcpHead(cpu, zone, pindex), FrameKind.PCP, order, zone);
      if (length < 0) return -length;
      if (length > 0 && !isList(pindex)) return fault(Fault.PCP_MEMBER, cpu, 0, length);
      pages += length << order;
    }
    const counted = load<i32>(pcpAt(cpu, zone), PcpWord.COUNT_PAGES << 2);
    if (pages != counted) return fault(Fault.PCP_COUNT, cpu, pages, counted);
  }
  return 0;
}

/** Members of lists, counted from the frames, must be as many as the lists hold. */
export function checkListed(zone: i32): i32 {
  const end = frames() << FRAME_SHIFT;
  let free = 0;
  let pcp = 0;
  for (let link: u32 = 0; link < end; link += FRAME_BYTES) {
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
export function checkCounters(zone: i32): i32 {
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
  if (KEEPS_WHOLE_RESERVE) return 0;
  const atomic = load<i32>(at, ZoneWord.NR_FREE_HIGHATOMIC << 2);
  const reserve = pagesOf(zone, Migratetype.HIGHATOMIC);
  return atomic == reserve ? 0 : fault(Fault.FREE_HIGHATOMIC, zone, reserve, atomic);
}
