// Knows: one cma_alloc from the first search to the last error, step by step, so that other things may happen
// between two steps. Must not know: time, who asks, how pages are moved or isolated.
// Models cma_alloc (mm/cma.c), alloc_contig_range and __alloc_contig_migrate_range (mm/page_alloc.c), Linux 6.12.117
// and 6.1.192; the loop over ranges and its first error as in 6.15.
//
//   SEARCH -> ISOLATE -> SCAN -> MIGRATE_BATCH -> MIGRATE_ONE ... -> SCAN ... -> TEST -> DONE, or SEARCH again
//          -> WAITING where another request holds the lock; then as ISOLATE
//   SEARCH -> DONE where areas keep their pages (CmaOwnerRule.AREA)
//   SEARCH -> SLEEPING where all windows were busy and PolicyWord.CMA_RETRIES has one left -> SEARCH from the beginning
//
// From ISOLATE to TEST a request holds cma_mutex, or what CmaLockRule says: no word of its own, the states tell who has it.
// Whoever is stepped first after it was let go gets it, as the kernel's mutex makes no promise to those who sleep.
// -EBUSY of migration is not final: the window is tested all the same. -ENOMEM is. A fatal signal is noticed in SCAN only.

import { askedWindow } from "../abi/command_word";
import { BlockReason, RequestState } from "../abi/findings";
import { FRAME_SHIFT } from "../abi/layout";
import { MAX_REQUESTS } from "../abi/limits";
import { PolicyWord } from "../abi/proposals";
import { CmaLockRule, Errno } from "../abi/vocabulary";
import { AreaWord, RequestWord, StatWord } from "../abi/words";
import { drainAll } from "../buddy/drain_all";
import { linkOf, pfnOf } from "../frames/frame";
import { zoneOfPfn } from "../frames/zone";
import { NONE } from "../memory/list";
import { add, set, word } from "../memory/record";
import { REQUESTS } from "../memory/regions";
import { count } from "../memory/stats";
import { firstInUse, freeBlockAround, isolateRange, unisolateRange } from "../movement/isolate";
import {
  collectPages,
  dropCleanPages,
  dropFromBatch,
  isUnderIo,
  mappedPages,
  migrateBatch,
  migrateOne,
  putBack,
  sourceOf,
} from "../movement/migrate";
import { splitInHand } from "../movement/split";
import {
  errorAfterSleep,
  givesUp,
  sleepsAfterSweep,
  triesNextRange,
  triesOf,
  triesOneByOne,
} from "../policy/busy";
import { typeOfAreas } from "../policy/cma_zone";
import { recordWindow } from "../record/windows";
import { AREAS_KEEP_PAGES, CMA_LOCK, CMA_STARTS_EBUSY, CMA_ZONE, MIGRATES_IN_BATCHES } from "../rules";
import { addToArea, areaWord, bitsOf, linkOfBit, markWindow } from "./area";
import { areaRule, effortOf, retriesOf, waitsForPage } from "./effort";
import { nameHolder } from "./holder";
import { takeKeptWindow } from "./kept";
import { beginSweep, nextWindow, noteTaken } from "./placement";
import {
  noteBusy,
  noteFinish,
  noteMigrateEnd,
  noteMigrateStart,
  noteRange,
  noteStart,
  noteTest,
} from "./trace";
import { alignMask, reasonOf, takeWindow } from "./window";

/** Passes over a busy page within one try, and the first of them that waits for writeback: 6.1. */
const SINGLE_PASSES: i32 = 10;
const WAITING_PASS: i32 = 3;

export function requestAt(request: i32): usize {
  return REQUESTS + <usize>(request * (RequestWord.COUNT << 2));
}

/** A request that nobody has; -1 when all are under way. */
export function freeRequest(): i32 {
  for (let request = 0; request < MAX_REQUESTS; request++) {
    if (word(requestAt(request), RequestWord.STATE) == RequestState.FREE) return request;
  }
  return -1;
}

/** A free request, in state SEARCH; -1 when all are under way. The arguments have been checked. */
export function beginRequest(cpu: i32, area: i32, pages: u32, align: i32, asked: u32): i32 {
  const request = freeRequest();
  if (request < 0) return -1;
  const at = requestAt(request);
  memory.fill(at, 0, RequestWord.COUNT << 2);
  set(at, RequestWord.STATE, RequestState.SEARCH);
  set(at, RequestWord.CPU, cpu);
  set(at, RequestWord.AREA, area);
  set(at, RequestWord.PAGES, pages);
  set(at, RequestWord.ALIGN, align);
  set(at, RequestWord.ERROR, CMA_STARTS_EBUSY ? Errno.EBUSY : Errno.ENOMEM);
  set(at, RequestWord.ASKED, asked);
  const window = askedWindow(asked);
  set(at, RequestWord.WINDOW_RULE, window < 0 ? areaRule(at, PolicyWord.WINDOW) : window);
  noteStart(request, at);
  return request;
}

function finish(request: i32, at: usize, error: i32): void {
  const pages = word(at, RequestWord.PAGES);
  set(at, RequestWord.ERROR, error);
  set(at, RequestWord.STATE, RequestState.DONE);
  addToArea(
    word(at, RequestWord.AREA),
    error ? AreaWord.ALLOC_PAGES_FAIL : AreaWord.ALLOC_PAGES_SUCCESS,
    pages,
  );
  count(error ? StatWord.CMA_ALLOC_FAIL : StatWord.CMA_ALLOC_SUCCESS);
  noteFinish(request, at, error);
}

/** The first fitting window at or behind FROM_BIT of this range, else the next range, else the last error. */
function search(request: i32, at: usize): void {
  if (word(at, RequestWord.STATE) == RequestState.SLEEPING) set(at, RequestWord.STATE, RequestState.SEARCH);
  const area = word(at, RequestWord.AREA);
  const bits = bitsOf(area, word(at, RequestWord.PAGES));
  while (word(at, RequestWord.RANGE) < areaWord(area, AreaWord.NR_RANGES)) {
    const nth = word(at, RequestWord.RANGE);
    const bit = nextWindow(at, area, nth);
    if (bit != NONE) {
      claim(at, area, nth, bit, bits);
      if (!AREAS_KEEP_PAGES) return;
      takeKeptWindow(at);
      return succeed(request, at);
    }
    if (sleeps(at)) return;
    if (!triesNextRange(word(at, RequestWord.ERROR), CMA_STARTS_EBUSY)) break;
    add(at, RequestWord.RANGE, 1);
    beginSweep(at);
  }
  finish(request, at, word(at, RequestWord.ERROR));
}

/**
 * Goldsworthy's retry (2020; in Android and raspberrypi/linux): a sweep over a range that met busy windows sleeps and
 * begins again, with -ENOMEM as its error until a window is busy. From 6.15 on, where the first error is -EBUSY, a
 * request that fits nowhere sleeps once, and ends with -ENOMEM before the next range is tried.
 */
function sleeps(at: usize): bool {
  const slept = word(at, RequestWord.SLEEPS);
  const range = word(at, RequestWord.RANGE);
  const killed = word(at, RequestWord.KILLED) != 0;
  if (!sleepsAfterSweep(word(at, RequestWord.ERROR), slept, retriesOf(at), range, effortOf(at), killed))
    return false;
  set(at, RequestWord.SLEEPS, slept + 1);
  beginSweep(at);
  set(at, RequestWord.ERROR, errorAfterSleep());
  set(at, RequestWord.STATE, RequestState.SLEEPING);
  return true;
}

function claim(at: usize, area: i32, nth: i32, bit: u32, bits: u32): void {
  const start = pfnOf(linkOfBit(area, nth, bit));
  markWindow(area, nth, bit, bits, true);
  addToArea(area, AreaWord.AVAILABLE, -word(at, RequestWord.PAGES));
  set(at, RequestWord.BIT, bit);
  set(at, RequestWord.START, start);
  set(at, RequestWord.END, start + word(at, RequestWord.PAGES));
  add(at, RequestWord.WINDOWS, 1);
  set(at, RequestWord.WAITED, 0);
  set(at, RequestWord.WAIT_OVER, 0);
  store<u64>(at, 0, RequestWord.WAIT_END_LOW << 2);
  set(at, RequestWord.STATE, RequestState.ISOLATE);
}

/** The window is the request's. */
function succeed(request: i32, at: usize): void {
  noteTaken(at, word(at, RequestWord.AREA), word(at, RequestWord.RANGE));
  set(at, RequestWord.PFN, word(at, RequestWord.START));
  recordWindow(request, word(at, RequestWord.START), Errno.NONE, 0, BlockReason.NONE);
  finish(request, at, Errno.NONE);
}

/** The window failed: its bits are clear again; busy ones let the search go on behind its first bit. */
function giveUp(request: i32, at: usize, error: i32, blocker: u32, reason: i32): void {
  const area = word(at, RequestWord.AREA);
  const bit = word(at, RequestWord.BIT);
  const pages = word(at, RequestWord.PAGES);
  markWindow(area, word(at, RequestWord.RANGE), bit, bitsOf(area, pages), false);
  addToArea(area, AreaWord.AVAILABLE, pages);
  const pfn = blocker == NONE ? 0 : pfnOf(blocker);
  const row = recordWindow(request, word(at, RequestWord.START), error, pfn, reason);
  if (reason == BlockReason.PINNED) nameHolder(row, pfn);
  if (error != Errno.EBUSY) return finish(request, at, error);
  noteBusy(request, at);
  set(at, RequestWord.ERROR, error);
  add(at, RequestWord.BUSY_RETRIES, 1);
  if (givesUp(areaRule(at, PolicyWord.GIVE_UP), word(at, RequestWord.BUSY_RETRIES)))
    return finish(request, at, error);
  set(at, RequestWord.FROM_BIT, bit + alignMask(area, word(at, RequestWord.ALIGN)) + 1);
  set(at, RequestWord.STATE, RequestState.SEARCH);
}

function startOf(at: usize): u32 {
  return linkOf(word(at, RequestWord.START));
}

function endOf(at: usize): u32 {
  return startOf(at) + ((<u32>word(at, RequestWord.PAGES)) << FRAME_SHIFT);
}

/** Does another request hold the lock that this area's requests take? */
export function isLocked(area: i32, apartFrom: i32): bool {
  if (CMA_LOCK == CmaLockRule.NONE) return false;
  for (let other = 0; other < MAX_REQUESTS; other++) {
    const at = requestAt(other);
    const state = word(at, RequestWord.STATE);
    if (other == apartFrom || state < RequestState.SCAN || state > RequestState.TEST) continue;
    if (CMA_LOCK == CmaLockRule.GLOBAL || word(at, RequestWord.AREA) == area) return true;
  }
  return false;
}

/** Isolates the window's pageblocks and drains every CPU's lists of the zone, always. */
function isolate(request: i32, at: usize): void {
  if (isLocked(word(at, RequestWord.AREA), request)) return set(at, RequestWord.STATE, RequestState.WAITING);
  const cpu = word(at, RequestWord.CPU);
  const zone = zoneOfPfn(word(at, RequestWord.START));
  const stuck = at + ((<usize>RequestWord.STUCK) << 2);
  const reason = isolateRange(cpu, zone, startOf(at), endOf(at), typeOfAreas(CMA_ZONE), stuck);
  if (reason) return giveUp(request, at, Errno.EBUSY, word(at, RequestWord.STUCK), reason);
  drainAll(cpu, zone + 1);
  set(at, RequestWord.CURSOR, startOf(at));
  set(at, RequestWord.BATCH, 0);
  set(at, RequestWord.MIGRATED, Errno.NONE);
  set(at, RequestWord.WINDOW_MIGRATED, word(at, RequestWord.PAGES_MIGRATED));
  set(at, RequestWord.WINDOW_RECLAIMED, word(at, RequestWord.PAGES_RECLAIMED));
  set(at, RequestWord.MAPPED, 0);
  set(at, RequestWord.STATE, RequestState.SCAN);
}

/** The next batch of pages that can be moved; none left: the window is tested. A fatal signal ends it. */
function scan(request: i32, at: usize): void {
  const batch = at + (RequestWord.BATCH << 2);
  const isEmpty = word(at, RequestWord.BATCH) == 0;
  const from = <u32>word(at, RequestWord.CURSOR);
  if (isEmpty && from >= endOf(at)) return endMigration(request, at, Errno.NONE);
  if (word(at, RequestWord.KILLED)) return stopMigration(request, at, Errno.EINTR);
  if (isEmpty) {
    set(at, RequestWord.CURSOR, collectPages(request, from, endOf(at), batch));
    add(at, RequestWord.MAPPED, mappedPages(request, word(at, RequestWord.BATCH)));
    set(at, RequestWord.TRIES, 0);
  } else {
    add(at, RequestWord.TRIES, 1);
    if (word(at, RequestWord.TRIES) >= triesOf(effortOf(at))) return stopMigration(request, at, Errno.EBUSY);
  }
  add(at, RequestWord.PAGES_RECLAIMED, dropCleanPages(word(at, RequestWord.CPU), request, batch));
  set(at, RequestWord.NEXT, 0);
  set(at, RequestWord.CALL_MIGRATED, word(at, RequestWord.PAGES_MIGRATED));
  noteMigrateStart(request, at);
  if (word(at, RequestWord.BATCH) == 0) return noteMigrateEnd(request, at);
  set(at, RequestWord.STATE, MIGRATES_IN_BATCHES ? RequestState.MIGRATE_BATCH : RequestState.MIGRATE_ONE);
}

function stopMigration(request: i32, at: usize, error: i32): void {
  putBack(request, at + (RequestWord.BATCH << 2));
  endMigration(request, at, error);
}

function endMigration(request: i32, at: usize, error: i32): void {
  noteRange(request, at);
  set(at, RequestWord.MIGRATED, error);
  set(at, RequestWord.STATE, RequestState.TEST);
}

/** No target for the nth page of the batch: a large one is split where it lies and collected again; else the request stops. */
function stopsWithoutTarget(request: i32, at: usize, index: i32): bool {
  const page = sourceOf(request, index);
  if (splitInHand(page)) {
    set(at, RequestWord.CURSOR, min(<u32>word(at, RequestWord.CURSOR), page));
    dropFromBatch(request, index, at + (RequestWord.BATCH << 2));
    return false;
  }
  set(at, RequestWord.STUCK, page);
  noteMigrateEnd(request, at);
  stopMigration(request, at, Errno.ENOMEM);
  return true;
}

/** The asynchronous batch: all targets first. */
function moveBatch(request: i32, at: usize): void {
  const batch = at + (RequestWord.BATCH << 2);
  const moved = at + (RequestWord.PAGES_MIGRATED << 2);
  for (let stuck = 0; stuck >= 0; ) {
    stuck = migrateBatch(word(at, RequestWord.CPU), request, batch, moved);
    if (stuck >= 0 && stopsWithoutTarget(request, at, stuck)) return;
  }
  if (triesOneByOne(effortOf(at))) return set(at, RequestWord.STATE, RequestState.MIGRATE_ONE);
  noteMigrateEnd(request, at);
  set(at, RequestWord.STATE, RequestState.SCAN);
}

/** One page of what stayed busy (6.12), or one page of a pass (6.1: up to ten passes over the batch). */
function moveOne(request: i32, at: usize): void {
  const batch = at + (RequestWord.BATCH << 2);
  const index = word(at, RequestWord.NEXT) & 0xff;
  const pass = word(at, RequestWord.NEXT) >> 8;
  if (index >= word(at, RequestWord.BATCH)) {
    const passes = triesOneByOne(effortOf(at)) ? SINGLE_PASSES : WAITING_PASS;
    const done = MIGRATES_IN_BATCHES || word(at, RequestWord.BATCH) == 0 || pass + 1 >= passes;
    if (!done) return set(at, RequestWord.NEXT, (pass + 1) << 8);
    noteMigrateEnd(request, at);
    return set(at, RequestWord.STATE, RequestState.SCAN);
  }
  const waits = MIGRATES_IN_BATCHES || pass >= WAITING_PASS;
  // A client's step ends here; it is taken again once the I/O is over (workload/folio_io).
  if (waits && word(at, RequestWord.CLIENT) != 0 && isUnderIo(request, index))
    return set(at, RequestWord.WAITS_FOR, <i32>sourceOf(request, index) + 1);
  const moved = at + (RequestWord.PAGES_MIGRATED << 2);
  const error = migrateOne(word(at, RequestWord.CPU), request, index, waits, moved);
  if (error == Errno.ENOMEM) stopsWithoutTarget(request, at, index);
  else if (error == Errno.EAGAIN) add(at, RequestWord.NEXT, 1);
  else dropFromBatch(request, index, batch);
}

/** Tests the window, takes it, gives the pageblocks back. */
function test(request: i32, at: usize): void {
  const cpu = word(at, RequestWord.CPU);
  const zone = zoneOfPfn(word(at, RequestWord.START));
  const start = startOf(at);
  const end = endOf(at);
  let error = word(at, RequestWord.MIGRATED);
  let blocker: u32 = NONE;
  let reason: i32 = BlockReason.NONE;
  if (error == Errno.ENOMEM) {
    blocker = word(at, RequestWord.STUCK);
    reason = BlockReason.NO_TARGET;
  } else if (error != Errno.EINTR) {
    const first = freeBlockAround(start);
    blocker = firstInUse(first, end);
    error = blocker == NONE ? Errno.NONE : Errno.EBUSY;
    noteTest(request, at, first, end, blocker, error != Errno.NONE);
    if (blocker != NONE) reason = reasonOf(blocker);
    if (reason == BlockReason.PINNED && waitsForPage(at, blocker)) return;
  }
  if (error == Errno.NONE) takeWindow(cpu, zone, start, end);
  unisolateRange(cpu, zone, start, end, typeOfAreas(CMA_ZONE));
  if (error) return giveUp(request, at, error, blocker, reason);
  succeed(request, at);
}

/** One step. Answers the state after it. */
export function stepRequest(request: i32): i32 {
  const at = requestAt(request);
  switch (word(at, RequestWord.STATE)) {
    case RequestState.SEARCH:
    case RequestState.SLEEPING:
      search(request, at);
      break;
    case RequestState.WAITING:
    case RequestState.ISOLATE:
      isolate(request, at);
      break;
    case RequestState.SCAN:
      scan(request, at);
      break;
    case RequestState.MIGRATE_BATCH:
      moveBatch(request, at);
      break;
    case RequestState.MIGRATE_ONE:
      moveOne(request, at);
      break;
    case RequestState.TEST:
      test(request, at);
      break;
    default:
  }
  return word(at, RequestWord.STATE);
}

/**
 * A fatal signal. The kernel looks for one only before it collects or retries pages: the request goes on until there,
 * gives everything back and ends with -EINTR. One that has no pages left to move ends as if there were no signal.
 * One that sleeps on cma_mutex goes on sleeping: no signal wakes it.
 */
export function killRequest(request: i32): i32 {
  set(requestAt(request), RequestWord.KILLED, 1);
  return runRequest(request, RequestState.DONE);
}

/** Steps until a state is reached, the request ends, or it has to wait for the lock. Answers the state. */
export function runRequest(request: i32, until: i32): i32 {
  let state: i32;
  do state = stepRequest(request);
  while (state != until && state != RequestState.DONE && state != RequestState.WAITING);
  return state;
}

/** The slot of a finished request may be used again. */
export function endRequest(request: i32): void {
  set(requestAt(request), RequestWord.STATE, RequestState.FREE);
}
