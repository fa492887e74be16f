// Knows: a cma_alloc of an actor in virtual time: each step of the request is an event, whose length is what the step did.
// Must not know: why it is asked for. What ends is logged; the actor sees that from carryOn().
//
// A request holds nothing of the clock between two steps: pins come and go, pages are freed, others ask.

import { askedOf } from "../../abi/command_word";
import { RequestState } from "../../abi/findings";
import { FRAME_SHIFT } from "../../abi/layout";
import { LOG_CAPACITY, MAX_REQUESTS, MAX_ZONES } from "../../abi/limits";
import { PolicyWord } from "../../abi/proposals";
import { LogWord, SimulationWord } from "../../abi/run";
import { Cost, Counter, Parameter } from "../../abi/simulation";
import { Errno } from "../../abi/vocabulary";
import { AreaWord, ConfigWord, PcpWord, RequestWord, StatWord } from "../../abi/words";
import { areaWord, isArea } from "../../cma/area";
import { beginRequest, endRequest, requestAt, stepRequest } from "../../cma/request";
import { blockFrames } from "../../frames/pageblock";
import { zoneOfPfn } from "../../frames/zone";
import { policyOfArea } from "../../memory/policies";
import { set, word } from "../../memory/record";
import { config, LOG, PCPS } from "../../memory/regions";
import { total } from "../../memory/stats";
import { AREAS_KEEP_PAGES } from "../../rules";
import { now, spent } from "../../time/clock";
import {
  addCounter,
  charge,
  chargeDisk,
  cost,
  counter,
  cpuOf,
  setSimulationWord,
  simulationWord,
  whole,
} from "./actor";
import { isStale, nextStep, waitForPage } from "./folio_io";
import { beginWork, chargeWork, wakeKswapdActor } from "./pages";

/** No request could be begun: 64 are under way, or the area has never had so many pages. */
export const NO_REQUEST: i32 = -1;

function requestWord(request: i32, index: i32): i32 {
  return word(requestAt(request), index);
}

function logAt(nth: i32): usize {
  return LOG + <usize>(nth * (LogWord.COUNT << 2));
}

/**
 * Begins a request of `pages` from the area; Tag.REQUEST events with this payload carry it on. A request for more than
 * the area has ends at once, as the kernel's does. Answers its number, or NO_REQUEST.
 */
export function ask(actor: i32, area: i32, pages: i32, align: i32, payload: u32): i32 {
  if (!isArea(area) || pages < 1 || pages > areaWord(area, AreaWord.PAGES)) {
    addCounter(actor, Counter.DROPPED, 1);
    return NO_REQUEST;
  }
  const asked = askedOf(
    whole(actor, Parameter.RETRIES) - 1,
    whole(actor, Parameter.EFFORT) - 1,
    whole(actor, Parameter.WINDOW) - 1,
  );
  const request = beginRequest(cpuOf(actor), area, pages, align, asked);
  if (request < 0) {
    addCounter(actor, Counter.DROPPED, 1);
    return NO_REQUEST;
  }
  const at = requestAt(request);
  store<u64>(at, now() + <u64>spent(), RequestWord.BEGUN_LOW << 2);
  store<i32>(at, total(StatWord.WINDOWS), RequestWord.FIRST_WINDOW << 2);
  store<i32>(at, <i32>counter(actor, Counter.PLANNED), RequestWord.ORDINAL << 2);
  store<i32>(at, actor + 1, RequestWord.CLIENT << 2);
  store<u32>(at, payload, RequestWord.PAYLOAD << 2);
  setSimulationWord(SimulationWord.BEGUN, simulationWord(SimulationWord.BEGUN) + 1);
  nextStep(request, cost(Cost.CMA_SEARCH));
  return request;
}

function windowBlocks(request: i32): f64 {
  const block = blockFrames();
  const first = <u32>requestWord(request, RequestWord.START) / block;
  const last = (<u32>requestWord(request, RequestWord.END) - 1) / block;
  return <f64>(last - first + 1);
}

/** Pages on the per-CPU lists of a request's zone: isolation drains them all. */
function listedPages(request: i32): i32 {
  const zone = zoneOfPfn(requestWord(request, RequestWord.START));
  let pages = 0;
  for (let cpu = 0; cpu < config(ConfigWord.NR_CPUS); cpu++) {
    const row = PCPS + <usize>((cpu * MAX_ZONES + zone) * (PcpWord.COUNT << 2));
    pages += load<i32>(row, PcpWord.COUNT_PAGES << 2);
  }
  return pages;
}

/** What the step from `before` has cost, apart from reclaim; nanoseconds. `listed` pages were on per-CPU lists. */
function costOfStep(
  request: i32,
  before: i32,
  cursor: i32,
  migrated: i32,
  next: i32,
  listed: i32,
  examined: i32,
): f64 {
  const pages = <f64>requestWord(request, RequestWord.PAGES);
  switch (before) {
    case RequestState.WAITING:
    case RequestState.ISOLATE: {
      if (requestWord(request, RequestWord.STATE) == RequestState.WAITING) return 0;
      const cpus = <f64>config(ConfigWord.NR_CPUS) * cost(Cost.DRAIN_CPU);
      const pages = <f64>max(listed - listedPages(request), 0) * cost(Cost.DRAIN_PAGE);
      return windowBlocks(request) * cost(Cost.ISOLATE_BLOCK) + cpus + pages;
    }
    case RequestState.SCAN:
      return (
        <f64>(max(requestWord(request, RequestWord.CURSOR) - cursor, 0) >> FRAME_SHIFT) * cost(Cost.SCAN_PAGE)
      );
    case RequestState.MIGRATE_BATCH:
      return cost(Cost.MIGRATE_BATCH) + <f64>migrated * cost(Cost.MIGRATE_PAGE);
    case RequestState.MIGRATE_ONE: {
      const tried = requestWord(request, RequestWord.NEXT) != next && migrated == 0;
      return <f64>migrated * cost(Cost.MIGRATE_PAGE) + (tried ? cost(Cost.MIGRATE_FAILED) : 0);
    }
    case RequestState.TEST: {
      const done = requestWord(request, RequestWord.STATE) == RequestState.DONE;
      return (
        pages * (cost(Cost.TEST_PAGE) + (done ? cost(Cost.TAKE_PAGE) : 0)) +
        windowBlocks(request) * cost(Cost.ISOLATE_BLOCK)
      );
    }
    default:
      return cost(Cost.CMA_SEARCH) + <f64>examined * cost(Cost.SCAN_PAGE);
  }
}

/** An area's own pages: what no step of costOfStep() is, and what storage takes for those that it does not have yet. */
function chargeTaking(actor: i32, request: i32): void {
  if (requestWord(request, RequestWord.STATE) != RequestState.DONE || errorOf(request) != Errno.NONE) return;
  charge(actor, <f64>requestWord(request, RequestWord.PAGES) * cost(Cost.TAKE_PAGE));
  chargeDisk(actor, <f64>requestWord(request, RequestWord.PAGES_WRITTEN) * cost(Cost.SWAP_OUT));
}

/** A request that sleeps, or waits for cma_mutex, does nothing for a while. */
function pauseAfter(request: i32, state: i32): f64 {
  if (state == RequestState.SLEEPING) {
    const sleep = policyOfArea(requestWord(request, RequestWord.AREA), PolicyWord.CMA_SLEEP_US);
    return sleep ? <f64>sleep * 1000 : cost(Cost.CMA_SLEEP);
  }
  return state == RequestState.WAITING ? cost(Cost.LOCK_POLL) : 0;
}

/** Does this event belong to a request under way? It may be the end of a wait of one that is over. */
function isAskedBy(actor: i32, request: i32, payload: u32): bool {
  if (<u32>request >= <u32>MAX_REQUESTS) return false;
  if (requestWord(request, RequestWord.STATE) == RequestState.FREE) return false;
  return (
    requestWord(request, RequestWord.CLIENT) == actor + 1 &&
    <u32>requestWord(request, RequestWord.PAYLOAD) == payload
  );
}

/** One step. True when the request is done: the caller reads it, then calls end(). `payload` as for ask(). */
export function carryOn(actor: i32, request: i32, payload: u32): bool {
  if (!isAskedBy(actor, request, payload) || isStale(request)) return false;
  const before = requestWord(request, RequestWord.STATE);
  const cursor = requestWord(request, RequestWord.CURSOR);
  const next = requestWord(request, RequestWord.NEXT);
  const migrated = requestWord(request, RequestWord.PAGES_MIGRATED);
  const dropped = requestWord(request, RequestWord.PAGES_RECLAIMED);
  const examined = requestWord(request, RequestWord.EXAMINED);
  const isolates = before == RequestState.ISOLATE || before == RequestState.WAITING;
  const listed = isolates ? listedPages(request) : 0;
  const work = beginWork();
  const state = stepRequest(request);
  chargeWork(actor, work);
  wakeKswapdActor();
  const moved = requestWord(request, RequestWord.PAGES_MIGRATED) - migrated;
  const looked = requestWord(request, RequestWord.EXAMINED) - examined;
  charge(actor, costOfStep(request, before, cursor, moved, next, listed, looked));
  const gone = requestWord(request, RequestWord.PAGES_RECLAIMED) - dropped;
  if (gone > 0)
    charge(actor, <f64>gone * cost(AREAS_KEEP_PAGES ? <i32>Cost.DISCARD_PAGE : <i32>Cost.RECLAIM_PAGE));
  if (AREAS_KEEP_PAGES) chargeTaking(actor, request);
  if (state == RequestState.DONE) return true;
  if (requestWord(request, RequestWord.WAITS_FOR) != 0) waitForPage(request);
  else nextStep(request, pauseAfter(request, state));
  return false;
}

/** Errno of a finished request; 0: firstPage() is its first page. */
export function errorOf(request: i32): i32 {
  return requestWord(request, RequestWord.ERROR);
}

export function firstPage(request: i32): u32 {
  return requestWord(request, RequestWord.PFN);
}

/** Nanoseconds since it was begun. */
export function waited(request: i32): f64 {
  return <f64>(now() - load<u64>(requestAt(request), RequestWord.BEGUN_LOW << 2)) + spent();
}

/** Logs a finished request and lets go of its record. */
export function end(actor: i32, request: i32): void {
  const nth = simulationWord(SimulationWord.LOGGED);
  assert(nth < LOG_CAPACITY);
  const at = logAt(nth);
  set(at, LogWord.ACTOR, actor);
  set(at, LogWord.AREA, requestWord(request, RequestWord.AREA));
  set(at, LogWord.PAGES, requestWord(request, RequestWord.PAGES));
  set(at, LogWord.ALIGN, requestWord(request, RequestWord.ALIGN));
  set(at, LogWord.ERROR, errorOf(request));
  set(at, LogWord.PFN, requestWord(request, RequestWord.PFN));
  store<u64>(at, load<u64>(requestAt(request), RequestWord.BEGUN_LOW << 2), LogWord.BEGIN_LOW << 2);
  store<u64>(at, now() + <u64>spent(), LogWord.END_LOW << 2);
  set(at, LogWord.WINDOWS, requestWord(request, RequestWord.WINDOWS));
  set(at, LogWord.BUSY_RETRIES, requestWord(request, RequestWord.BUSY_RETRIES));
  set(at, LogWord.PAGES_MIGRATED, requestWord(request, RequestWord.PAGES_MIGRATED));
  set(at, LogWord.PAGES_RECLAIMED, requestWord(request, RequestWord.PAGES_RECLAIMED));
  set(at, LogWord.SLEEPS, requestWord(request, RequestWord.SLEEPS));
  set(at, LogWord.REQUEST, request);
  set(at, LogWord.FIRST_WINDOW, requestWord(request, RequestWord.FIRST_WINDOW));
  set(at, LogWord.PAGES_WRITTEN, requestWord(request, RequestWord.PAGES_WRITTEN));
  set(at, LogWord.ORDINAL, requestWord(request, RequestWord.ORDINAL));
  setSimulationWord(SimulationWord.LOGGED, nth + 1);
  endRequest(request);
  if (errorOf(request) != Errno.NONE) addCounter(actor, Counter.DROPPED, 1);
}
