// Knows: taking a given range of frames out of whatever free structure holds it.
// Must not know: why. Used to correct a replay that knows only which frames the kernel handed out.

import { kindOf, orderOf, pack, pinsOf, typeIn, zoneOf } from "../abi/frame_word";
import { FRAME_SHIFT } from "../abi/layout";
import { MAX_PCP_LISTS, MAX_ZONES } from "../abi/limits";
import { FrameKind, Migratetype, Status } from "../abi/vocabulary";
import { PcpWord } from "../abi/words";
import { isInsideZone, moveBlock } from "../buddy/block";
import { coveringHead, dropContent, freePagesDirect, splitPages } from "../buddy/free_pages";
import { insertFree, removeFree } from "../buddy/freelist";
import { settle } from "../buddy/frontier";
import { addReserved, reserved } from "../buddy/highatomic";
import { returnToPcp } from "../buddy/pcp";
import { isPcpOrder } from "../buddy/pcp_lists";
import { freeOne, isHeld } from "../buddy/release";
import { isFrame, linkOf, setWord, wordOf } from "../frames/frame";
import { blockFrames, MAX_ORDER, typeOf } from "../frames/pageblock";
import { accountFree, pcpAt, zoneOfPfn } from "../frames/zone";
import { NONE, nextOf, unlink } from "../memory/list";
import { FRAME_BYTES, PCP_HEADS } from "../memory/regions";
import { isKept } from "../movement/guests";
import { AREAS_KEEP_PAGES } from "../rules";

/** The CPU whose list holds this page: walks to the list head. */
function cpuOfPcp(link: u32): i32 {
  let at = nextOf(link);
  while (at < PCP_HEADS) at = nextOf(at);
  return ((at - PCP_HEADS) >> FRAME_SHIFT) / (MAX_ZONES * MAX_PCP_LISTS);
}

/** Splits the block at `head` until `link` is a block of `order`; the other halves go to the heads of `type`'s lists. */
function carve(zone: i32, head: u32, from: i32, link: u32, order: i32, type: i32): void {
  let high = from;
  while (high > order) {
    high -= 1;
    const half = head + (FRAME_BYTES << high);
    if (link >= half) {
      insertFree(zone, head, high, type, false);
      head = half;
    } else {
      insertFree(zone, half, high, type, false);
    }
  }
}

function takeFromBuddy(cpu: i32, head: u32, link: u32, order: i32): void {
  const word = wordOf(head);
  const zone = zoneOf(word);
  removeFree(zone, head, orderOf(word));
  setWord(head, FrameKind.BODY);
  carve(zone, head, orderOf(word), link, order, typeIn(word));
  accountFree(cpu, zone, -(1 << order), typeIn(word));
  setWord(link, pack(FrameKind.ALLOCATED, order, zone));
}

/** A per-CPU page of a larger order than asked for is allocated as single frames. */
function takeFromPcp(head: u32, order: i32): void {
  const word = wordOf(head);
  const zone = zoneOf(word);
  const pcp = pcpAt(cpuOfPcp(head), zone);
  unlink(head);
  const held = load<i32>(pcp, PcpWord.COUNT_PAGES << 2);
  store<i32>(pcp, held - (1 << orderOf(word)), PcpWord.COUNT_PAGES << 2);
  setWord(head, pack(FrameKind.ALLOCATED, order, zone));
}

/**
 * Makes the 2^order frames at `pfn` an ALLOCATED block: every part that is free is taken from where it is. With
 * `force` parts that are allocated already are absorbed; without it they refuse the whole.
 */
export function takeFree(cpu: i32, pfn: u32, order: i32, force: bool): i32 {
  if (order > MAX_ORDER) return Status.BAD_ORDER;
  if (!isFrame(pfn)) return Status.BAD_PFN;
  if (pfn & ((1 << order) - 1)) return Status.MISALIGNED;
  settle();
  const link = linkOf(pfn);
  if (isKept(link, order)) return Status.NOT_FREE;
  const head = coveringHead(link);
  if (head == NONE) return Status.NOT_FREE;
  const word = wordOf(head);
  if (kindOf(word) == FrameKind.BUDDY && orderOf(word) >= order) {
    takeFromBuddy(cpu, head, link, order);
    return Status.OK;
  }
  if (kindOf(word) == FrameKind.PCP && orderOf(word) == order) {
    takeFromPcp(head, order);
    return Status.OK;
  }
  if (force && isHeld(head) && orderOf(word) > order) {
    if (pinsOf(word) != 0) return Status.BAD_PIN;
    splitPages(head, orderOf(word));
  }
  return takeInParts(cpu, link, order, force);
}

/** The reverse of an allocation from a per-CPU list: no limit is looked at. Orders without a list go to the buddy. */
export function untake(cpu: i32, pfn: u32, order: i32): i32 {
  if (order > MAX_ORDER) return Status.BAD_ORDER;
  if (!isFrame(pfn)) return Status.BAD_PFN;
  const link = linkOf(pfn);
  const word = wordOf(link);
  if (kindOf(word) != FrameKind.ALLOCATED || orderOf(word) != order) return Status.NOT_ALLOCATED;
  if (isKept(link, order)) return Status.NOT_ALLOCATED;
  if (pinsOf(word) != 0) return Status.BAD_PIN;
  const type = typeOf(link);
  if (!isPcpOrder(order) || type == Migratetype.ISOLATE) freePagesDirect(cpu, link, order);
  else returnToPcp(cpu, dropContent(link), link, order, type);
  return Status.OK;
}

/** The pageblock of this frame is known to have another type: its free blocks follow, and the reserve is adjusted. */
export function retype(cpu: i32, pfn: u32, type: i32): i32 {
  if (!isFrame(pfn)) return Status.BAD_PFN;
  if (type > Migratetype.CMA) return Status.BAD_TYPE;
  const link = linkOf(pfn);
  const old = typeOf(link);
  if (AREAS_KEEP_PAGES && (old == Migratetype.CMA || type == Migratetype.CMA)) return Status.BAD_TYPE;
  if (old > Migratetype.CMA) return Status.BAD_TYPE;
  const zone = zoneOfPfn(pfn);
  if (zone < 0 || !isInsideZone(zone, link)) return Status.CROSSES_ZONE;
  if (old == type) return Status.OK;
  settle();
  const pages = <i32>blockFrames();
  if (old == Migratetype.HIGHATOMIC) addReserved(zone, -min(pages, reserved(zone)));
  if (type == Migratetype.HIGHATOMIC) addReserved(zone, pages);
  moveBlock(cpu, zone, link, old, type);
  return Status.OK;
}

/** One page that is known to have been drained. */
export function drainPage(cpu: i32, pfn: u32): i32 {
  if (!isFrame(pfn)) return Status.BAD_PFN;
  const link = linkOf(pfn);
  const word = wordOf(link);
  if (kindOf(word) != FrameKind.PCP) return Status.NOT_FREE;
  takeFromPcp(link, orderOf(word));
  setWord(link, FrameKind.BODY);
  freeOne(cpu, zoneOf(word), link, orderOf(word), typeOf(link), false);
  return Status.OK;
}

/** The frames are on several lists: each list member inside the range is taken, then they become one block. */
function takeInParts(cpu: i32, link: u32, order: i32, force: bool): i32 {
  const end = link + (FRAME_BYTES << order);
  for (let at = link; at < end; ) {
    const word = wordOf(at);
    const kind = kindOf(word);
    if (kind != FrameKind.BUDDY && kind != FrameKind.PCP && !(force && isHeld(at))) return Status.NOT_FREE;
    if (isHeld(at) && pinsOf(word) != 0) return Status.BAD_PIN;
    at += FRAME_BYTES << orderOf(word);
    if (at > end) return Status.NOT_FREE;
  }
  const zone = zoneOf(wordOf(link));
  for (let at = link; at < end; ) {
    const word = wordOf(at);
    const step = FRAME_BYTES << orderOf(word);
    if (kindOf(word) == FrameKind.BUDDY) takeFromBuddy(cpu, at, at, orderOf(word));
    else if (kindOf(word) == FrameKind.PCP) takeFromPcp(at, orderOf(word));
    else dropContent(at);
    setWord(at, FrameKind.BODY);
    at += step;
  }
  setWord(link, pack(FrameKind.ALLOCATED, order, zone));
  return Status.OK;
}
