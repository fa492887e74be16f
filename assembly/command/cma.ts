// Knows: the commands on CMA areas, and checks each before it acts.
// Must not know: how a request works. Arguments: the table in command/execute.

import { askedEffort, askedRetries, askedWindow } from "../abi/command_word";
import { RequestState } from "../abi/findings";
import { kindOf, mobilityOf, orderOf, pinsOf } from "../abi/frame_word";
import { FRAME_SHIFT } from "../abi/layout";
import { MAX_REQUESTS } from "../abi/limits";
import { mostOfPolicy, PolicyWord } from "../abi/proposals";
import { FrameKind, Mobility, Status } from "../abi/vocabulary";
import { AreaWord, CommandWord, RangeWord, RequestWord } from "../abi/words";
import { dropContent, freePagesDirect } from "../buddy/free_pages";
import { noteFree } from "../buddy/traced";
import { addToArea, areaWord, bitsOf, isArea, isGivenOut, markWindow, rangeOf, rangeWord } from "../cma/area";
import {
  beginRequest,
  endRequest,
  isLocked,
  killRequest,
  requestAt,
  runRequest,
  stepRequest,
} from "../cma/request";
import { noteRelease } from "../cma/trace";
import { linkOf, pfnOf, wordOf } from "../frames/frame";
import { MAX_ORDER } from "../frames/pageblock";
import { policyOfArea } from "../memory/policies";
import { FRAME_BYTES } from "../memory/regions";
import { addSpare } from "../movement/guests";
import { freeOrOrphan } from "../movement/pins";
import { rangeOrder } from "../policy/free_target";
import { AREAS_KEEP_PAGES } from "../rules";

/** More than the area has could never fit: the kernel answers NULL at once. */
function checkRequest(area: u32, pages: u32, align: u32, asked: u32): i32 {
  if (!isArea(area)) return Status.BAD_AREA;
  if (pages == 0 || pages > <u32>areaWord(area, AreaWord.PAGES)) return Status.BAD_COUNT;
  if (askedRetries(asked) > mostOfPolicy(PolicyWord.CMA_RETRIES)) return Status.BAD_POLICY;
  if (askedEffort(asked) > mostOfPolicy(PolicyWord.EFFORT)) return Status.BAD_POLICY;
  if (asked >> 17 != 0 || askedWindow(asked) > mostOfPolicy(PolicyWord.WINDOW)) return Status.BAD_POLICY;
  return align > 30 ? Status.BAD_ALIGN : Status.OK;
}

/** Writes what a finished request answered into the command: Errno in DETAIL, the first page in PFN. */
function answer(at: usize, request: i32): void {
  const record = requestAt(request);
  store<u32>(at, load<u32>(record, RequestWord.ERROR << 2), CommandWord.DETAIL << 2);
  store<u32>(at, load<u32>(record, RequestWord.PFN << 2), CommandWord.PFN << 2);
  store<u32>(at, request, CommandWord.SLOW << 2);
}

/** cma_alloc() from begin to end, nothing in between. NO_PAGE when it failed; the errno is in DETAIL. Refused if it would sleep. */
export function cmaAllocate(at: usize, cpu: i32, area: u32, pages: u32, align: u32, asked: u32): i32 {
  const refused = checkRequest(area, pages, align, asked);
  if (refused) return refused;
  if (isLocked(area, -1)) return Status.LOCKED;
  const request = beginRequest(cpu, area, pages, align, asked);
  if (request < 0) return Status.NO_REQUEST_FREE;
  runRequest(request, RequestState.DONE);
  answer(at, request);
  endRequest(request);
  return load<i32>(at, CommandWord.DETAIL << 2) ? Status.NO_PAGE : Status.OK;
}

/** A request that cmaStep() drives; its number is in PFN. */
export function cmaBegin(at: usize, cpu: i32, area: u32, pages: u32, align: u32, asked: u32): i32 {
  const refused = checkRequest(area, pages, align, asked);
  if (refused) return refused;
  const request = beginRequest(cpu, area, pages, align, asked);
  if (request < 0) return Status.NO_REQUEST_FREE;
  store<u32>(at, request, CommandWord.PFN << 2);
  return Status.OK;
}

/** One step, or steps until the state is `until` (0: one step) or WAITING; DETAIL: the state; a kill ends it with -EINTR. */
export function cmaStep(at: usize, request: u32, until: i32, kill: bool): i32 {
  if (request >= <u32>MAX_REQUESTS) return Status.BAD_REQUEST;
  const record = requestAt(request);
  if (load<i32>(record, RequestWord.STATE << 2) == RequestState.FREE) return Status.BAD_REQUEST;
  const state = kill ? killRequest(request) : until ? runRequest(request, until) : stepRequest(request);
  store<u32>(at, state, CommandWord.DETAIL << 2);
  if (state != RequestState.DONE) return Status.OK;
  answer(at, request);
  endRequest(request);
  return load<i32>(at, CommandWord.DETAIL << 2) ? Status.NO_PAGE : Status.OK;
}

/** Has a request that is not done yet marked some of these pages? They are not given out. */
function isUnderWay(pfn: u32, pages: u32): bool {
  for (let request = 0; request < MAX_REQUESTS; request++) {
    const record = requestAt(request);
    const state = load<i32>(record, RequestWord.STATE << 2);
    if (state < RequestState.WAITING || state > RequestState.TEST) continue;
    const start = load<u32>(record, RequestWord.START << 2);
    if (pfn < load<u32>(record, RequestWord.END << 2) && start < pfn + pages) return true;
  }
  return false;
}

/** Pages without a pin from `link` on, up to `end` and to one block of the largest order. */
function unpinnedPages(link: u32, end: u32): u32 {
  const last = min(end, link + (FRAME_BYTES << MAX_ORDER));
  let at = link;
  while (at < last && pinsOf(wordOf(at)) == 0) at += FRAME_BYTES;
  return (at - link) >> FRAME_SHIFT;
}

/** The range in the largest aligned blocks, straight to the buddy lists (Anjum, v3 of March 2026). */
function freeRange(cpu: i32, first: u32, end: u32): void {
  for (let link = first; link < end; ) {
    const order = rangeOrder(pfnOf(link), max(unpinnedPages(link, end), 1), MAX_ORDER);
    if (order == 0) {
      freeOrOrphan(cpu, link);
    } else {
      for (let at = link + FRAME_BYTES; at < link + (FRAME_BYTES << order); at += FRAME_BYTES)
        dropContent(at);
      noteFree(cpu, link, order);
      freePagesDirect(cpu, link, order);
    }
    link += FRAME_BYTES << order;
  }
}

/** cma_release(): page by page, ascending, through the per-CPU lists; then the bits. Refused unless all is given out. */
export function cmaRelease(cpu: i32, area: u32, pfn: u32, pages: u32): i32 {
  if (!isArea(area)) return Status.BAD_AREA;
  if (pages == 0) return Status.BAD_COUNT;
  const nth = rangeOf(area, pfn, pages);
  if (nth < 0 || !isGivenOut(area, nth, pfn, pages) || isUnderWay(pfn, pages)) return Status.NOT_IN_AREA;
  const first = linkOf(pfn);
  for (let i: u32 = 0; i < pages; i++) {
    const word = wordOf(first + (i << FRAME_SHIFT));
    if (kindOf(word) != FrameKind.ALLOCATED || orderOf(word) != 0 || mobilityOf(word) != Mobility.FIXED) {
      return Status.NOT_ALLOCATED;
    }
  }
  if (AREAS_KEEP_PAGES) for (let i: u32 = 0; i < pages; i++) addSpare(first + (i << FRAME_SHIFT));
  else if (policyOfArea(area, PolicyWord.FREE_RANGE)) freeRange(cpu, first, first + (pages << FRAME_SHIFT));
  else for (let i: u32 = 0; i < pages; i++) freeOrOrphan(cpu, first + (i << FRAME_SHIFT));
  noteRelease(cpu, area, pfn, pages);
  return clear(area, pfn, pages);
}

/** The last part of cma_release() alone, as a trace tells it; the pages of an area that keeps its own do not go elsewhere. */
export function cmaClear(area: u32, pfn: u32, pages: u32): i32 {
  if (!isArea(area)) return Status.BAD_AREA;
  return AREAS_KEEP_PAGES ? Status.NOT_IN_AREA : clear(area, pfn, pages);
}

/** The last part of cma_release(): the bits, and the counters. */
function clear(area: u32, pfn: u32, pages: u32): i32 {
  const nth = pages == 0 ? -1 : rangeOf(area, pfn, pages);
  if (nth < 0 || !isGivenOut(area, nth, pfn, pages)) return Status.NOT_IN_AREA;
  const bit = (pfn - rangeWord(area, nth, RangeWord.BASE_PFN)) >> areaWord(area, AreaWord.ORDER_PER_BIT);
  markWindow(area, nth, bit, bitsOf(area, pages), false);
  addToArea(area, AreaWord.AVAILABLE, pages);
  addToArea(area, AreaWord.RELEASE_PAGES_SUCCESS, pages);
  return Status.OK;
}
