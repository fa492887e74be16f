// Knows: CMA areas against their bitmaps, and the records of the requests that are under way.
// Must not know: how a request works.
//
//   AVAILABLE = PAGES - bits set << order_per_bit      (order_per_bit 0; else requests round up)
//   a request from WAITING to TEST owns the bits of its window; from SCAN on its pageblocks are ISOLATE, and the lock is its

import { Fault, RequestState } from "../abi/findings";
import { hasPageFlag, kindOf } from "../abi/frame_word";
import { FRAME_SHIFT } from "../abi/layout";
import { BATCH_CAPACITY, MAX_AREAS, MAX_REQUESTS } from "../abi/limits";
import { FrameKind, Migratetype, PageFlag } from "../abi/vocabulary";
import { AreaWord, RangeWord, RequestWord } from "../abi/words";
import { areaWord, bitmapOf, bitsOf, isArea, rangeWord } from "../cma/area";
import { isLocked, requestAt } from "../cma/request";
import { linkOf, wordOf } from "../frames/frame";
import { blockFrames, blockStart, typeOf } from "../frames/pageblock";
import { countRun } from "../memory/bits";
import { sourceOf } from "../movement/migrate";
import { fault } from "./fault";

function checkArea(area: i32): i32 {
  const shift = areaWord(area, AreaWord.ORDER_PER_BIT);
  let pages = 0;
  let given = 0;
  for (let nth = 0; nth < areaWord(area, AreaWord.NR_RANGES); nth++) {
    const bits = rangeWord(area, nth, RangeWord.BITS);
    pages += rangeWord(area, nth, RangeWord.PAGES);
    given += countRun(bitmapOf(area, nth), 0, bits) << shift;
    if ((bits & 31) == 0) continue;
    const last = load<u32>(bitmapOf(area, nth) + <usize>((bits >> 5) << 2));
    if (last >> (bits & 31) != 0) return fault(Fault.BITMAP_TAIL, area, bits, last);
  }
  if (pages != areaWord(area, AreaWord.PAGES)) {
    return fault(Fault.AREA_AVAILABLE, area, pages, areaWord(area, AreaWord.PAGES));
  }
  const available = areaWord(area, AreaWord.AVAILABLE);
  const sound = shift ? available >= 0 && available <= pages : available == pages - given;
  return sound ? 0 : fault(Fault.AREA_AVAILABLE, area, pages - given, available);
}

export function checkAreas(): i32 {
  for (let area = 0; area < MAX_AREAS; area++) {
    const broken = areaWord(area, AreaWord.NR_RANGES) ? checkArea(area) : 0;
    if (broken) return broken;
  }
  return 0;
}

function requestWord(request: i32, index: i32): u32 {
  return load<u32>(requestAt(request) + ((<usize>index) << 2));
}

function isWindowOpen(request: i32): bool {
  const state = requestWord(request, RequestWord.STATE);
  return state >= <u32>RequestState.WAITING && state <= <u32>RequestState.TEST;
}

/** The window lies where its bits are, its bits are set, and its pageblocks are isolated if they should be. */
function checkWindow(request: i32): i32 {
  const area = requestWord(request, RequestWord.AREA);
  const nth = requestWord(request, RequestWord.RANGE);
  if (nth >= <u32>areaWord(area, AreaWord.NR_RANGES)) return fault(Fault.REQUEST, request, 0, nth);
  const bit = requestWord(request, RequestWord.BIT);
  const pages = requestWord(request, RequestWord.PAGES);
  const start = rangeWord(area, nth, RangeWord.BASE_PFN) + (bit << areaWord(area, AreaWord.ORDER_PER_BIT));
  if (
    start != requestWord(request, RequestWord.START) ||
    start + pages != requestWord(request, RequestWord.END)
  ) {
    return fault(Fault.REQUEST, request, start, requestWord(request, RequestWord.START));
  }
  const bits = bitsOf(area, pages);
  if (bit + bits > rangeWord(area, nth, RangeWord.BITS)) return fault(Fault.REQUEST, request, bit, bits);
  const set = countRun(bitmapOf(area, nth), bit, bits);
  if (set != bits) return fault(Fault.REQUEST, request, bits, set);
  if (requestWord(request, RequestWord.STATE) < <u32>RequestState.SCAN) return 0;
  const end = linkOf(start) + (pages << FRAME_SHIFT);
  for (let at = blockStart(linkOf(start)); at < end; at += blockFrames() << FRAME_SHIFT) {
    if (typeOf(at) != Migratetype.ISOLATE)
      return fault(Fault.REQUEST, request, Migratetype.ISOLATE, typeOf(at));
  }
  return 0;
}

function checkRequest(request: i32): i32 {
  const state = requestWord(request, RequestWord.STATE);
  if (state == RequestState.FREE) return 0;
  const lasts = state <= <u32>RequestState.TEST || state == RequestState.SLEEPING;
  if (!lasts) return fault(Fault.REQUEST, request, RequestState.TEST, state);
  if (!isArea(requestWord(request, RequestWord.AREA))) return fault(Fault.REQUEST, request, MAX_AREAS, state);
  const batch = requestWord(request, RequestWord.BATCH);
  if (batch > <u32>BATCH_CAPACITY) return fault(Fault.REQUEST, request, BATCH_CAPACITY, batch);
  if (!isWindowOpen(request)) return 0;
  for (let other = 0; other < request; other++) {
    if (!isWindowOpen(other)) continue;
    const apart =
      requestWord(other, RequestWord.END) <= requestWord(request, RequestWord.START) ||
      requestWord(request, RequestWord.END) <= requestWord(other, RequestWord.START);
    if (!apart) return fault(Fault.REQUEST, request, other, requestWord(request, RequestWord.START));
  }
  return checkWindow(request);
}

export function checkRequests(): i32 {
  for (let request = 0; request < MAX_REQUESTS; request++) {
    const broken = checkRequest(request);
    if (broken) return broken;
  }
  for (let request = 0; request < MAX_REQUESTS; request++) {
    const area = requestWord(request, RequestWord.AREA);
    const inside = isWindowOpen(request) && requestWord(request, RequestWord.STATE) >= <u32>RequestState.SCAN;
    if (inside && isLocked(area, request)) return fault(Fault.REQUEST, request, 0, area);
  }
  return 0;
}

/** Members of all batches that are still what was collected. */
export function pagesInHand(): i32 {
  let pages = 0;
  for (let request = 0; request < MAX_REQUESTS; request++) {
    if (!isWindowOpen(request)) continue;
    for (let i = 0; i < <i32>requestWord(request, RequestWord.BATCH); i++) {
      const frame = wordOf(sourceOf(request, i));
      if (kindOf(frame) == FrameKind.ALLOCATED && hasPageFlag(frame, PageFlag.ISOLATED)) pages += 1;
    }
  }
  return pages;
}
