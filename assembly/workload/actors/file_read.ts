// Knows: files that are read: the page cache fills by readahead, its oldest pages are dropped, some are read again.
// Must not know: what is in the files. Models page_cache_ra_unbounded, filemap_get_pages (mm/readahead.c,
// mm/filemap.c, Linux 6.12). The cache outlives the stop: reclaim has it then.
//
//   slots: a ring, the cached pages in the order of their first reading
//   cell of a read: PAGES that are to come, FIRST position + 1 of the next one where it reads again, else 0

import { CellWord } from "../../abi/run";
import { ActorWord, Cost, Counter, FileReadParameter } from "../../abi/simulation";
import { PageFlag } from "../../abi/vocabulary";
import { NONE } from "../../memory/list";
import {
  actorWord,
  addCounter,
  charge,
  cost,
  cpuOf,
  drawChance,
  drawExponential,
  drawPages,
  drawUnit,
  isActive,
  later,
  parameter,
  whole,
} from "../parts/actor";
import { cellWord, giveCell, setCellWord, takeCell } from "../parts/cells";
import { acquire, FILE, GFP_FILE, GFP_READAHEAD, pageIn, putInSlot, slotOf, touch } from "../parts/pages";
import { along, dropOldest, isInRing, oldestPosition, pushPage, ringLength } from "../parts/ring";

/** Its tags, behind those that every actor knows (Tag). */
enum Step {
  READ = 3,
  /** The next readahead of a read. */
  GO_ON,
}

export function start(actor: i32): void {
  later(actor, Step.READ, drawExponential(actor, parameter(actor, FileReadParameter.INTERVAL)), 0);
}

/** A file that is new, or pages of the cache, from one that is drawn on. */
function read(actor: i32): void {
  if (!isActive(actor)) return;
  start(actor);
  const spread = whole(actor, FileReadParameter.PAGES_SPREAD);
  const pages = drawPages(actor, parameter(actor, FileReadParameter.PAGES), spread);
  const isAgain = drawChance(actor, parameter(actor, FileReadParameter.ACTIVE_SHARE));
  const cached = ringLength(actor);
  const steps = min(<i32>(drawUnit(actor) * cached), cached - 1);
  addCounter(actor, Counter.OPERATIONS, 1);
  const from = isAgain && cached > 0 ? along(actor, oldestPosition(actor), steps) + 1 : 0;
  const cell = takeCell(actor, from, from ? min(pages, cached - steps) : pages);
  if (cell != NONE) goOn(actor, cell);
}

/** The first page of a readahead must be had; the others are wanted only. */
function readPage(actor: i32, cpu: i32, isFirst: bool, content: u32): u32 {
  const link = acquire(actor, cpu, 0, isFirst ? GFP_FILE : GFP_READAHEAD, content);
  if (link != NONE) charge(actor, cost(Cost.ALLOCATE));
  return link;
}

/** A new page at the end of the ring, whose oldest make room. */
function readNew(actor: i32, cpu: i32, isFirst: bool): bool {
  const most = min(whole(actor, FileReadParameter.CACHE), actorWord(actor, ActorWord.SLOT_COUNT));
  if (ringLength(actor) >= most) dropOldest(actor, cpu);
  const link = readPage(actor, cpu, isFirst, FILE);
  if (link == NONE) return false;
  pushPage(actor, link);
  return true;
}

/** A page of the cache: it becomes active; where reclaim has taken it, it is read from the file. */
function readAgain(actor: i32, cpu: i32, isFirst: bool, position: i32): bool {
  if (!isInRing(actor, position)) return false;
  const slot = slotOf(actor, position);
  const present = pageIn(slot);
  if (present != NONE) {
    touch(present);
    return true;
  }
  const link = readPage(actor, cpu, isFirst, FILE | PageFlag.ACTIVE);
  if (link == NONE) return false;
  addCounter(actor, Counter.REFAULTS, 1);
  putInSlot(slot, link);
  return true;
}

/** One readahead; the next one follows when the device has answered. */
function goOn(actor: i32, cell: u32): void {
  if (!isActive(actor)) return giveCell(cell);
  const cpu = cpuOf(actor);
  const pages = <i32>cellWord(cell, CellWord.PAGES);
  const window = min(pages, max(whole(actor, FileReadParameter.READAHEAD), 1));
  let position = cellWord(cell, CellWord.FIRST);
  let done = 0;
  for (; done < window; done++) {
    const isRead = position ? readAgain(actor, cpu, done == 0, position - 1) : readNew(actor, cpu, done == 0);
    if (!isRead) break;
    if (position) position = along(actor, position - 1, 1) + 1;
  }
  if (done == 0) addCounter(actor, Counter.DROPPED, 1);
  if (done == 0 || done == pages) return giveCell(cell);
  setCellWord(cell, CellWord.FIRST, position);
  setCellWord(cell, CellWord.PAGES, pages - done);
  later(actor, Step.GO_ON, parameter(actor, FileReadParameter.SERVICE), cell);
}

export function act(actor: i32, tag: i32, payload: u32): void {
  if (tag == Step.GO_ON) goOn(actor, payload);
  else read(actor);
}
