// Knows: requests that wait for a page: for the end of its I/O (writeback, or a read that kept it locked), or for its last
// reference; and the event that carries a request on. Must not know: whose I/O it is, how a request goes on.
// Models folio_end_writeback, folio_unlock, folio_wait_bit (mm/filemap.c, Linux 6.12); the wait for references as in
// Hubbard, "wait for folio refcount during longterm pin migration", RFC of April 2026: woken when a reference is put.

import { hasPageFlag, kindOf, pinsOf } from "../../abi/frame_word";
import { MAX_REQUESTS } from "../../abi/limits";
import { PolicyWord } from "../../abi/proposals";
import { SimulationWord } from "../../abi/run";
import { Counter } from "../../abi/simulation";
import { FrameKind, PageFlag } from "../../abi/vocabulary";
import { RequestWord } from "../../abi/words";
import { areaRule } from "../../cma/effort";
import { requestAt } from "../../cma/request";
import { wordOf } from "../../frames/frame";
import { word } from "../../memory/record";
import { now, spent } from "../../time/clock";
import { addCounter, later, setSimulationWord, simulationWord, Tag } from "./actor";
import { mark } from "./pages";

/** The page is no longer under I/O; wakeWaiting() wakes who waits for it. */
export function clearIo(link: u32): void {
  mark(link, 0, PageFlag.WRITEBACK);
}

/** The event of the request's next step, `delay` from now. Where it may wait its time is kept: an earlier one is stale. */
export function nextStep(request: i32, delay: f64): void {
  const at = requestAt(request);
  if (areaRule(at, PolicyWord.WAIT_REFS_US) != 0 || load<u64>(at, RequestWord.DUE_LOW << 2) != 0)
    store<u64>(at, now() + <u64>max(delay + spent(), 0), RequestWord.DUE_LOW << 2);
  later(word(at, RequestWord.CLIENT) - 1, Tag.REQUEST, delay, word(at, RequestWord.PAYLOAD));
}

/** The request's next step comes when the page that it has met is no longer under I/O, or held by nobody, or time is over. */
export function waitForPage(request: i32): void {
  const at = requestAt(request);
  store<u64>(at, now(), RequestWord.WAITS_SINCE_LOW << 2);
  setSimulationWord(SimulationWord.WAITING, simulationWord(SimulationWord.WAITING) + 1);
  if (word(at, RequestWord.WAITS_REFS) == 0) return;
  let end = load<u64>(at, RequestWord.WAIT_END_LOW << 2);
  if (end == 0 || areaRule(at, PolicyWord.WAIT_WINDOW) == 0)
    end = now() + <u64>spent() + <u64>areaRule(at, PolicyWord.WAIT_REFS_US) * 1000;
  store<u64>(at, end, RequestWord.WAIT_END_LOW << 2);
  nextStep(request, <f64>(end - now()) - spent());
}

/** Nobody waits for the page any more; what the wait took is its client's. */
function endWait(at: usize): void {
  const client = word(at, RequestWord.CLIENT) - 1;
  store<i32>(at, 0, RequestWord.WAITS_FOR << 2);
  store<i32>(at, 0, RequestWord.WAITS_REFS << 2);
  setSimulationWord(SimulationWord.WAITING, simulationWord(SimulationWord.WAITING) - 1);
  addCounter(client, Counter.IO_WAIT_TIME, <f64>(now() - load<u64>(at, RequestWord.WAITS_SINCE_LOW << 2)));
}

/** Is this event of the request one that a later one has replaced? If it is the end of the time for a wait, that ends. */
export function isStale(request: i32): bool {
  const at = requestAt(request);
  const due = load<u64>(at, RequestWord.DUE_LOW << 2);
  if (due == 0) return false;
  if (due != now()) return true;
  if (word(at, RequestWord.WAITS_FOR) == 0) return false;
  if (word(at, RequestWord.WAITS_REFS) == 0) return true;
  endWait(at);
  store<i32>(at, 1, RequestWord.WAIT_OVER << 2);
  return false;
}

/** A page that was freed is not waited for either. */
function mustWait(at: usize, page: u32): bool {
  const frame = wordOf(page);
  if (kindOf(frame) != FrameKind.ALLOCATED) return false;
  return word(at, RequestWord.WAITS_REFS) != 0 ? pinsOf(frame) != 0 : hasPageFlag(frame, PageFlag.WRITEBACK);
}

/** Some I/O has ended, or references were put: who has waited for that goes on. */
export function wakeWaiting(): void {
  if (simulationWord(SimulationWord.WAITING) == 0) return;
  for (let request = 0; request < MAX_REQUESTS; request++) {
    const at = requestAt(request);
    const page = <u32>word(at, RequestWord.WAITS_FOR);
    if (page == 0 || mustWait(at, page - 1)) continue;
    endWait(at);
    nextStep(request, 0);
  }
}
