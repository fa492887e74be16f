// Knows: files that are written: dirty pages, writeback once they are old enough, then clean cache.
// Must not know: what is in the files. Models wb_check_old_data_flush, folio_start_writeback, balance_dirty_pages
// (fs/fs-writeback.c, mm/page-writeback.c, Linux 6.12). It outlives the stop: what is dirty is still written.
//
//   slots: a ring:  clean or under writeback | dirty, from position B on, D pages
//   C: pages written before they were old enough; cells: a file being written (PAGES to come), a write (FIRST, PAGES)

import { hasPageFlag } from "../../abi/frame_word";
import { MoveOn } from "../../abi/proposals";
import { CellWord } from "../../abi/run";
import { ActorWord, Cost, Counter, FileWriteParameter } from "../../abi/simulation";
import { Gfp, PageFlag } from "../../abi/vocabulary";
import { wordOf } from "../../frames/frame";
import { NONE } from "../../memory/list";
import {
  actorWord,
  addCounter,
  arrive,
  charge,
  cost,
  cpuOf,
  drawExponential,
  drawPages,
  drawService,
  isActive,
  later,
  parameter,
  plan,
  setActorWord,
  whole,
} from "../parts/actor";
import { cellWord, giveCell, setCellWord, takeCell } from "../parts/cells";
import { wakeWaiting } from "../parts/folio_io";
import { become } from "../parts/holds";
import { acquire, FILE, GFP_FILE, mark, pageIn, slotOf, touch } from "../parts/pages";
import { along, dropOldest, oldestPosition, pushPage, ringLength } from "../parts/ring";

/** Its tags, behind those that every actor knows (Tag). */
enum Step {
  WRITE = 3,
  /** The next pages of a file. */
  GO_ON,
  /** So many more pages are old enough. */
  EXPIRE,
  /** The device has written. */
  CLEAN,
}

/** Pages dirtied, or written as one I/O, by one event. */
const BATCH: i32 = 64;

export function start(actor: i32): void {
  arrive(actor, Step.WRITE, drawExponential(actor, parameter(actor, FileWriteParameter.INTERVAL)));
}

function write(actor: i32): void {
  if (!isActive(actor)) return;
  start(actor);
  const spread = whole(actor, FileWriteParameter.PAGES_SPREAD);
  const cell = takeCell(actor, 0, drawPages(actor, parameter(actor, FileWriteParameter.PAGES), spread));
  plan(actor);
  addCounter(actor, Counter.OPERATIONS, 1);
  if (cell != NONE) goOn(actor, cell);
}

/** Room for one more page; false: the oldest is not written yet. */
function makeRoom(actor: i32, cpu: i32): bool {
  const most = min(whole(actor, FileWriteParameter.CACHE), actorWord(actor, ActorWord.SLOT_COUNT));
  if (ringLength(actor) < most) return true;
  const oldest = pageIn(slotOf(actor, oldestPosition(actor)));
  if (oldest != NONE && hasPageFlag(wordOf(oldest), PageFlag.DIRTY | PageFlag.WRITEBACK)) return false;
  dropOldest(actor, cpu);
  return true;
}

/** Dirties the next pages of a file; a writer that finds no room has the oldest ones written, and waits for them. */
function goOn(actor: i32, cell: u32): void {
  const cpu = cpuOf(actor);
  const pages = <i32>cellWord(cell, CellWord.PAGES);
  const wanted = min(pages, BATCH);
  let done = 0;
  let isFull = false;
  for (; done < wanted; done++) {
    isFull = !makeRoom(actor, cpu);
    let link = isFull ? NONE : acquire(actor, cpu, 0, GFP_FILE | Gfp.WRITE, FILE | PageFlag.DIRTY);
    if (link == NONE) break;
    link = become(actor, cpu, link, MoveOn.DIRTY);
    if (actorWord(actor, ActorWord.D) == 0) setActorWord(actor, ActorWord.B, actorWord(actor, ActorWord.A));
    pushPage(actor, link);
    touch(link);
    setActorWord(actor, ActorWord.D, actorWord(actor, ActorWord.D) + 1);
  }
  charge(actor, done * cost(Cost.ALLOCATE));
  if (done) later(actor, Step.EXPIRE, parameter(actor, FileWriteParameter.EXPIRE), done);
  if (isFull) setActorWord(actor, ActorWord.C, actorWord(actor, ActorWord.C) + writeBack(actor, BATCH));
  const isShort = done < wanted && !isFull;
  if (done == pages) return giveCell(cell);
  setCellWord(cell, CellWord.PAGES, pages - done);
  // A writer that got no page asks again: what it writes does not go away.
  const pause = isFull ? parameter(actor, FileWriteParameter.SERVICE) : isShort ? cost(Cost.KILL) : 0;
  later(actor, Step.GO_ON, pause, cell);
}

/** Begins to write the oldest `pages` that are dirty; answers how many there were. */
function writeBack(actor: i32, pages: i32): i32 {
  const dirty = actorWord(actor, ActorWord.D);
  const count = min(pages, dirty);
  const first = actorWord(actor, ActorWord.B);
  const cell = count > 0 ? takeCell(actor, first, count) : NONE;
  if (cell == NONE) return 0;
  markWritten(actor, cell, PageFlag.WRITEBACK, PageFlag.DIRTY);
  setActorWord(actor, ActorWord.B, along(actor, first, count));
  setActorWord(actor, ActorWord.D, dirty - count);
  const spread = whole(actor, FileWriteParameter.SERVICE_SPREAD);
  later(actor, Step.CLEAN, drawService(actor, parameter(actor, FileWriteParameter.SERVICE), spread), cell);
  return count;
}

function markWritten(actor: i32, cell: u32, set: u32, clear: u32): void {
  const first = cellWord(cell, CellWord.FIRST);
  const pages = <i32>cellWord(cell, CellWord.PAGES);
  for (let i = 0; i < pages; i++) {
    const link = pageIn(slotOf(actor, along(actor, first, i)));
    if (link == NONE) continue;
    if (set & PageFlag.WRITEBACK) mark(become(actor, cpuOf(actor), link, MoveOn.WRITEBACK), set, clear);
    else mark(link, set, clear);
  }
}

/** So many pages are old enough; those that were written before are no longer dirty. */
function expire(actor: i32, pages: i32): void {
  const early = min(actorWord(actor, ActorWord.C), pages);
  setActorWord(actor, ActorWord.C, actorWord(actor, ActorWord.C) - early);
  writeBack(actor, pages - early);
}

export function act(actor: i32, tag: i32, payload: u32): void {
  if (tag == Step.WRITE) write(actor);
  else if (tag == Step.GO_ON) goOn(actor, payload);
  else if (tag == Step.EXPIRE) expire(actor, payload);
  else {
    markWritten(actor, payload, 0, PageFlag.WRITEBACK);
    wakeWaiting();
    giveCell(payload);
  }
}
