// Knows: files that are read: the page cache fills by readahead, its oldest pages are dropped, some are read again.
// Must not know: what is in the files. Models page_cache_ra_unbounded, filemap_get_pages (mm/readahead.c,
// mm/filemap.c, Linux 6.12). The cache outlives the stop: reclaim has it then.
//
//   slots: a ring, the cached pages in the order of their first reading
//   cell of a read: PAGES that are to come, FIRST position + 1 of the next one where it reads again, else 0;
//   A, B: position and number of the pages that the device is reading; its time: how long the device takes for them

import { CellWord } from "../../abi/run";
import { ActorWord, Cost, Counter, FileReadParameter } from "../../abi/simulation";
import { PageFlag } from "../../abi/vocabulary";
import { NONE } from "../../memory/list";
import {
  actorWord,
  addCounter,
  arrive,
  charge,
  cost,
  cpuOf,
  drawChance,
  drawExponential,
  drawPages,
  drawSpread,
  drawUnit,
  isActive,
  later,
  parameter,
  plan,
  setActorWord,
  whole,
} from "../parts/actor";
import { cellTime, cellWord, giveCell, setCellTime, setCellWord, takeCell } from "../parts/cells";
import { clearIo, wakeWaiting } from "../parts/folio_io";
import {
  acquire,
  FILE,
  GFP_BLOCK_DEVICE,
  GFP_FILE,
  pageIn,
  putFilePage,
  READAHEAD,
  slotOf,
  touch,
} from "../parts/pages";
import { along, dropOldest, isInRing, oldestPosition, pushPage, ringLength } from "../parts/ring";

/** Its tags, behind those that every actor knows (Tag). */
enum Step {
  READ = 3,
  /** The next readahead of a read. */
  GO_ON,
}

export function start(actor: i32): void {
  // All of one file has its slots from the beginning: nothing is dropped to make room.
  if (whole(actor, FileReadParameter.FILE))
    setActorWord(actor, ActorWord.LIVE, actorWord(actor, ActorWord.SLOT_COUNT));
  scheduleRead(actor);
}

function scheduleRead(actor: i32): void {
  arrive(actor, Step.READ, drawExponential(actor, parameter(actor, FileReadParameter.INTERVAL)));
}

/** Where the next read of the one file begins. ActorWord.B: how far it has been read in order. */
function placeInFile(actor: i32, file: i32, pages: i32, share: f64): i32 {
  const next = actorWord(actor, ActorWord.B);
  const again = whole(actor, FileReadParameter.AGAIN);
  if (next >= file && again > 0) return <i32>(share * max(min(again, file) - pages, 0));
  const from = next >= file ? 0 : next;
  setActorWord(actor, ActorWord.B, from + pages);
  return from;
}

/** A file that is new, or pages of the cache, from one that is drawn on. */
function read(actor: i32): void {
  if (!isActive(actor)) return;
  scheduleRead(actor);
  const spread = whole(actor, FileReadParameter.PAGES_SPREAD);
  const pages = drawPages(actor, parameter(actor, FileReadParameter.PAGES), spread);
  const isAgain = drawChance(actor, parameter(actor, FileReadParameter.ACTIVE_SHARE));
  const share = drawUnit(actor);
  const mean = parameter(actor, FileReadParameter.SERVICE);
  const service = drawSpread(actor, mean, whole(actor, FileReadParameter.SERVICE_SPREAD));
  plan(actor);
  const cached = ringLength(actor);
  const steps = min(<i32>(share * cached), cached - 1);
  addCounter(actor, Counter.OPERATIONS, 1);
  const file = whole(actor, FileReadParameter.FILE);
  const place = file ? placeInFile(actor, file, pages, share) : 0;
  const from = file ? place + 1 : isAgain && cached > 0 ? along(actor, oldestPosition(actor), steps) + 1 : 0;
  const most = file ? file - place : from ? cached - steps : pages;
  const cell = takeCell(actor, from, min(pages, most));
  if (cell == NONE) return;
  setCellTime(cell, service);
  goOn(actor, cell);
}

/** Of files, or of a block device's own mapping: bdev_alloc gives it GFP_USER (block/bdev.c). */
function gfpOf(actor: i32): i32 {
  if (parameter(actor, FileReadParameter.BLOCK_DEVICE) != 0) return GFP_BLOCK_DEVICE;
  return GFP_FILE;
}

/** The first page of a readahead must be had; the others are wanted only. It is locked until the device has answered. */
function readPage(actor: i32, cpu: i32, isFirst: bool, content: u32): u32 {
  const gfp = isFirst ? gfpOf(actor) : gfpOf(actor) | READAHEAD;
  const link = acquire(actor, cpu, 0, gfp, content | PageFlag.WRITEBACK);
  if (link != NONE) charge(actor, cost(Cost.ALLOCATE));
  return link;
}

/** Where a page of a readahead has come from. */
enum Source {
  /** No page was to be had. */
  NONE,
  PRESENT,
  COPY,
  DEVICE,
}

/** A new page at the end of the ring, whose oldest make room. */
function readNew(actor: i32, cpu: i32, isFirst: bool): Source {
  const most = min(whole(actor, FileReadParameter.CACHE), actorWord(actor, ActorWord.SLOT_COUNT));
  if (ringLength(actor) >= most) dropOldest(actor, cpu);
  const link = readPage(actor, cpu, isFirst, FILE);
  if (link == NONE) return Source.NONE;
  pushPage(actor, link);
  touch(link);
  return Source.DEVICE;
}

/** A page of the cache: it becomes active; where reclaim has taken it, it is read from the file, or from its copy in an area. */
function readAgain(actor: i32, cpu: i32, isFirst: bool, position: i32): Source {
  const slot = slotOf(actor, position);
  const present = pageIn(slot);
  if (present != NONE) {
    touch(present);
    return Source.PRESENT;
  }
  const link = readPage(actor, cpu, isFirst, FILE);
  if (link == NONE) return Source.NONE;
  const isCopied = putFilePage(actor, slot, link);
  if (isCopied) clearIo(link);
  touch(link);
  return isCopied ? Source.COPY : Source.DEVICE;
}

/** The device has answered: what it has read is unlocked. */
function unlock(actor: i32, cell: u32): void {
  const first = cellWord(cell, CellWord.A);
  // A readahead longer than the ring has dropped its own first pages.
  const pages = min(<i32>cellWord(cell, CellWord.B), actorWord(actor, ActorWord.SLOT_COUNT));
  for (let i = 0; i < pages; i++) {
    const link = pageIn(slotOf(actor, along(actor, first, i)));
    if (link != NONE) clearIo(link);
  }
  wakeWaiting();
}

/** One readahead; the next one follows when the device has answered. A reader that got no page asks again. */
function goOn(actor: i32, cell: u32): void {
  unlock(actor, cell);
  const pages = <i32>cellWord(cell, CellWord.PAGES);
  if (pages == 0 || !isActive(actor)) return giveCell(cell);
  const cpu = cpuOf(actor);
  const window = min(pages, max(whole(actor, FileReadParameter.READAHEAD), 1));
  const from = <i32>cellWord(cell, CellWord.FIRST);
  let position = from ? from - 1 : actorWord(actor, ActorWord.A);
  setCellWord(cell, CellWord.A, position);
  let done = 0;
  let copied = 0;
  let fetched = 0;
  for (; done < window; done++) {
    // What was to be read again may have been dropped meanwhile: nothing is left of that read.
    if (from && !isInRing(actor, position)) return dropRead(actor, cell, done);
    const source = from ? readAgain(actor, cpu, done == 0, position) : readNew(actor, cpu, done == 0);
    if (source == Source.NONE) break;
    if (source == Source.COPY) copied += 1;
    if (source == Source.DEVICE) fetched += 1;
    position = along(actor, position, 1);
  }
  setCellWord(cell, CellWord.B, done);
  if (from) setCellWord(cell, CellWord.FIRST, position + 1);
  setCellWord(cell, CellWord.PAGES, pages - done);
  // What lay in an area needs no device.
  const service = copied > 0 && fetched == 0 ? 0 : cellTime(cell);
  later(actor, Step.GO_ON, done ? service : cost(Cost.KILL), cell);
}

/** The rest of a read is not to be had any more; what the device still reads of it is unlocked at its time. */
function dropRead(actor: i32, cell: u32, done: i32): void {
  setCellWord(cell, CellWord.B, done);
  setCellWord(cell, CellWord.PAGES, 0);
  later(actor, Step.GO_ON, cellTime(cell), cell);
}

export function act(actor: i32, tag: i32, payload: u32): void {
  if (tag == Step.GO_ON) goOn(actor, payload);
  else read(actor);
}
