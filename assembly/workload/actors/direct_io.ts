// Knows: a stream of O_DIRECT requests: buffers pinned from submission to completion, fresh ones or the same again.
// Must not know: what the device does beyond its service time. Pins are PinKind.SHORT (bio_iov_iter_get_pages, Linux 6.12).
//
//   slots:  buffers that are used again (BUFFERS) | fresh buffers: QUEUE_DEPTH places | what is given up again (SCATTER)
//   cell of a request: FIRST its place, and above PLACE_BITS the bios that are not over; A the next bio to submit,
//     B the first page of its buffer (slot, relative), NEXT pages pinned so far, its time: the pause that follows it
//   cell of a bio: FIRST its request + 1, PAGES, A the chain of its pins, B where its iovecs lie (drawn), NEXT the bio
//     behind it, its time: the service
//
// A fresh buffer is touched, then pinned: faults take time, in which its pages lie unpinned and can be moved.
//   ActorWord.B: where the next buffer that is used again begins

import { CellWord } from "../../abi/run";
import { ActorWord, Cost, Counter, DirectIoParameter } from "../../abi/simulation";
import { Gfp, PinKind, Status } from "../../abi/vocabulary";
import { NONE } from "../../memory/list";
import { spent } from "../../time/clock";
import {
  actorWord,
  addCounter,
  arrive,
  charge,
  cost,
  cpuOf,
  drawBelow,
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
import { beginPins, endPins, hold, lastStatus, letGo } from "../parts/holds";
import {
  ANON,
  emptySlot,
  fault,
  GFP_ANON,
  isSwapped,
  pageIn,
  putInSlot,
  slotOf,
  swapIn,
} from "../parts/pages";
import { givePlace, takePlaceOf } from "../parts/places";

/** Its tags, behind those that every actor knows (Tag). */
enum Step {
  /** A request arrives (open loop), or a place of the closed loop submits again. */
  SUBMIT = 3,
  /** Pins that had to wait are tried again. */
  AGAIN,
  COMPLETE,
}

const GFP_BUFFER: i32 = GFP_ANON | Gfp.USE_DIRECT_IO;

/** Where a request's place ends and the number of its bios begins; queue-depth is at most 65,536. */
const PLACE_BITS: u32 = 17;

/** Slots of the buffers that are used again, with what is given up again while they are scattered. */
function keptSlots(actor: i32): i32 {
  return whole(actor, DirectIoParameter.BUFFERS) * max(whole(actor, DirectIoParameter.SCATTER), 1);
}

/** Slots that one fresh buffer has room for. */
function place(actor: i32): i32 {
  const fresh = actorWord(actor, ActorWord.SLOT_COUNT) - keptSlots(actor);
  return fresh / max(whole(actor, DirectIoParameter.QUEUE_DEPTH), 1);
}

export function start(actor: i32): void {
  const ramp = parameter(actor, DirectIoParameter.RAMP);
  if (ramp == 0) fillBuffers(actor);
  const interval = parameter(actor, DirectIoParameter.INTERVAL);
  if (interval > 0) return arrive(actor, Step.SUBMIT, drawExponential(actor, interval));
  const depth = whole(actor, DirectIoParameter.QUEUE_DEPTH);
  const within = ramp > 0 ? ramp : parameter(actor, DirectIoParameter.SERVICE);
  const isDrawn = parameter(actor, DirectIoParameter.RAMP_DRAWN) != 0;
  for (let i = 0; i < depth; i++)
    later(actor, Step.SUBMIT, isDrawn ? ramp * drawUnit(actor) : (within * i) / depth, i);
}

/** What cannot be had now is asked for when it is used: behind one page that is not to be had no other is asked for. */
function fillBuffers(actor: i32): void {
  const buffers = whole(actor, DirectIoParameter.BUFFERS);
  const most = keptSlots(actor);
  const chunk = max(whole(actor, DirectIoParameter.SCATTER_CHUNK), 1);
  const cpu = cpuOf(actor);
  let given = actorWord(actor, ActorWord.SLOT_COUNT) - (most - buffers);
  const first = given;
  let isHad: bool = true;
  for (let i = 0; isHad && i < buffers; i += chunk) {
    const end = min(i + chunk, buffers);
    for (let nth = i; isHad && nth < end; nth++) isHad = present(actor, cpu, slotOf(actor, nth)) != NONE;
    // Between two chunks as much goes to others as makes them lie apart: it is free again at the end.
    const behind = given + (end - i) * (most / max(buffers, 1) - 1);
    for (; isHad && given < behind; given++) isHad = present(actor, cpu, slotOf(actor, given)) != NONE;
  }
  for (let nth = first; nth < given; nth++) emptySlot(actor, cpu, slotOf(actor, nth));
}

/** The page of a slot, faulted in where it has none. NONE: no page. */
function present(actor: i32, cpu: i32, slot: u32): u32 {
  if (isSwapped(slot)) return swapIn(actor, cpu, slot);
  let link = pageIn(slot);
  if (link != NONE) return link;
  link = fault(actor, cpu, 0, GFP_BUFFER, ANON);
  if (link != NONE) putInSlot(slot, link);
  return link;
}

/** Where the buffer of a request begins, relative to the actor's slots; `nth` its place. */
function bufferOf(actor: i32, nth: i32, pages: i32, isFresh: bool, draw: f64): i32 {
  const buffers = whole(actor, DirectIoParameter.BUFFERS);
  if (isFresh) return buffers + nth * place(actor);
  if (whole(actor, DirectIoParameter.IOVECS) > 1) return 0;
  if (parameter(actor, DirectIoParameter.OWN_BUFFERS) != 0) return ownBuffer(actor, nth, pages);
  if (parameter(actor, DirectIoParameter.RANDOM) != 0) return <i32>draw;
  const next = actorWord(actor, ActorWord.B);
  const first = next + pages > buffers ? 0 : next;
  setActorWord(actor, ActorWord.B, first + pages);
  return first;
}

/** Of the buffers' equal parts the one of this place; a request that is larger than a part reaches into the next. */
function ownBuffer(actor: i32, nth: i32, pages: i32): i32 {
  const buffers = whole(actor, DirectIoParameter.BUFFERS);
  const part = buffers / max(whole(actor, DirectIoParameter.QUEUE_DEPTH), 1);
  return min(nth * part, buffers - pages);
}

/** Pages of the buffer that a request reads into, from its first one on. */
function extentOf(actor: i32, cell: u32): i32 {
  const isFresh = <i32>cellWord(cell, CellWord.B) >= whole(actor, DirectIoParameter.BUFFERS);
  if (!isFresh) return whole(actor, DirectIoParameter.BUFFERS);
  return max(whole(actor, DirectIoParameter.FRESH_SIZE), requestPages(cell));
}

function requestPages(cell: u32): i32 {
  return <i32>(cellWord(cell, CellWord.PAGES) & ~LACKS);
}

/**
 * Where the nth page of a request lies in its buffer. Of a preadv() each iovec has an equal part of the buffer to itself
 * and lies anywhere in it; `draw` is the bio's.
 */
function placeOf(actor: i32, cell: u32, nth: i32, draw: u32): i32 {
  const pages = requestPages(cell);
  const iovecs = min(whole(actor, DirectIoParameter.IOVECS), pages);
  if (iovecs <= 1) return nth;
  const size = (pages + iovecs - 1) / iovecs;
  const piece = nth / size;
  const part = extentOf(actor, cell) / iovecs;
  if (part <= size) return nth;
  // Knuth's multiplicative hash of the piece: no draw of the stream for each.
  const hash = (draw ^ (<u32>piece * 0x9e37_79b1)) * 0x85eb_ca6b;
  return piece * part + <i32>((hash >> 8) % <u32>(part - size + 1)) + (nth % size);
}

/** The slowest of a bio's device requests. */
function drawBio(actor: i32): f64 {
  const service = parameter(actor, DirectIoParameter.SERVICE);
  const spread = whole(actor, DirectIoParameter.SERVICE_SPREAD);
  let longest = drawSpread(actor, service, spread);
  for (let i = 1; i < whole(actor, DirectIoParameter.DEVICE_REQUESTS); i++)
    longest = max(longest, drawSpread(actor, service, spread));
  return longest;
}

/** All draws are made here, whatever becomes of the request. `nth`: its place; NONE: the queue is full. */
function submit(actor: i32, nth: u32): void {
  plan(actor);
  const buffers = whole(actor, DirectIoParameter.BUFFERS);
  const most = max(place(actor), buffers);
  const mean = parameter(actor, DirectIoParameter.PAGES);
  const pages = min(drawPages(actor, mean, whole(actor, DirectIoParameter.PAGES_SPREAD)), most);
  const share = parameter(actor, DirectIoParameter.FRESH_SHARE);
  const isFresh = buffers < pages || (pages <= place(actor) && drawChance(actor, share));
  const isOwn = parameter(actor, DirectIoParameter.OWN_BUFFERS) != 0;
  const isDrawn = !isFresh && !isOwn && parameter(actor, DirectIoParameter.RANDOM) != 0;
  const draw = isDrawn ? <f64>drawBelow(actor, buffers - pages + 1) : 0;
  const think = parameter(actor, DirectIoParameter.THINK);
  const pause = drawSpread(actor, think, whole(actor, DirectIoParameter.THINK_SPREAD));
  const bios = min(max(whole(actor, DirectIoParameter.BIOS), 1), pages);
  const isScattered = whole(actor, DirectIoParameter.IOVECS) > 1;
  const cell = nth == NONE ? NONE : takeCell(actor, nth | ((<u32>bios) << PLACE_BITS), pages);
  // The kernel submits the first part first: the chain is made from its end.
  let next: u32 = 0;
  for (let i = bios - 1; i >= 0; i--) {
    const service = drawBio(actor);
    const places = isScattered ? drawBelow(actor, 0x7fff_ffff) : 0;
    const first = (pages * i) / bios;
    const bio = cell == NONE ? NONE : takeCell(actor, cell + 1, (pages * (i + 1)) / bios - first);
    if (bio == NONE) continue;
    setCellWord(bio, CellWord.NEXT, next);
    setCellWord(bio, CellWord.B, places);
    setCellTime(bio, service);
    next = bio + 1;
  }
  if (cell == NONE) return addCounter(actor, Counter.DROPPED, 1);
  setCellWord(cell, CellWord.A, next);
  setCellWord(cell, CellWord.B, bufferOf(actor, nth, pages, isFresh, draw));
  setCellTime(cell, pause);
  addCounter(actor, Counter.OPERATIONS, 1);
  if (isFresh && touchAll(actor, cell)) later(actor, Step.AGAIN, 0, cell);
  else pinAll(actor, cell);
}

/** The pages of a fresh buffer, one after the other. True where that took time: pins come behind it. */
function touchAll(actor: i32, cell: u32): bool {
  const cpu = cpuOf(actor);
  const slots = slotOf(actor, cellWord(cell, CellWord.B));
  const pages = extentOf(actor, cell);
  for (let i = 0; i < pages; i++) if (present(actor, cpu, slots + i) == NONE) break;
  return spent() > 0;
}

/** Pins what is not pinned yet and submits bio after bio. A pin that must wait, or a page that is not to be had, is tried again. */
function pinAll(actor: i32, cell: u32): void {
  const cpu = cpuOf(actor);
  const slots = slotOf(actor, cellWord(cell, CellWord.B));
  let bio = cellWord(cell, CellWord.A);
  while (bio) {
    const before = cellWord(cell, CellWord.NEXT);
    beginPins();
    const error = pinBio(actor, cpu, cell, bio - 1, slots);
    endPins(actor);
    const pinned = cellWord(cell, CellWord.NEXT) - before;
    charge(actor, <f64>pinned * cost(Cost.ALLOCATE));
    if (error == Status.MUST_WAIT) return wait(actor, cell);
    if (error != Status.OK) return lack(actor, cell, bio - 1);
    const behind = cellWord(bio - 1, CellWord.NEXT);
    setCellWord(cell, CellWord.A, behind);
    later(actor, Step.COMPLETE, cellTime(bio - 1), bio - 1);
    bio = behind;
  }
}

/** The pages of one bio, behind those that are pinned already. Status.NO_PAGE: one is not to be had, or cannot be pinned. */
function pinBio(actor: i32, cpu: i32, cell: u32, bio: u32, slots: u32): i32 {
  let left = <i32>cellWord(bio, CellWord.PAGES) - pinsIn(cellWord(bio, CellWord.A));
  for (; left > 0; left--) {
    const nth = cellWord(cell, CellWord.NEXT);
    const at = placeOf(actor, cell, nth, cellWord(bio, CellWord.B));
    const link = present(actor, cpu, slots + at);
    if (link == NONE) return Status.NO_PAGE;
    const chain = hold(actor, cpu, link, PinKind.SHORT, cellWord(bio, CellWord.A));
    if (lastStatus() != Status.OK)
      return lastStatus() == Status.MUST_WAIT ? Status.MUST_WAIT : Status.NO_PAGE;
    setCellWord(bio, CellWord.A, chain);
    setCellWord(cell, CellWord.NEXT, nth + 1);
  }
  return Status.OK;
}

function pinsIn(chain: u32): i32 {
  let pins = 0;
  for (let next = chain; next; next = cellWord(next - 1, CellWord.NEXT)) pins += 1;
  return pins;
}

function wait(actor: i32, cell: u32): void {
  addCounter(actor, Counter.PIN_WAIT_TIME, cost(Cost.PIN_POLL));
  later(actor, Step.AGAIN, cost(Cost.PIN_POLL), cell);
}

/** No memory for the buffer, or it could not be pinned: get_user_pages gives the bio's pins up, and its caller tries again. */
function lack(actor: i32, cell: u32, bio: u32): void {
  const chain = cellWord(bio, CellWord.A);
  setCellWord(cell, CellWord.NEXT, cellWord(cell, CellWord.NEXT) - pinsIn(chain));
  letGo(actor, cpuOf(actor), chain);
  setCellWord(bio, CellWord.A, 0);
  addCounter(actor, Counter.LACKING, lackingOf(cell));
  setCellWord(cell, CellWord.PAGES, cellWord(cell, CellWord.PAGES) | LACKS);
  later(actor, Step.AGAIN, cost(Cost.KILL), cell);
}

/** In CellWord.PAGES of a request: its pages are counted as lacking. */
const LACKS: u32 = 0x8000_0000;

function lackingOf(cell: u32): f64 {
  return <f64>((cellWord(cell, CellWord.PAGES) & ~LACKS) - cellWord(cell, CellWord.NEXT));
}

function again(actor: i32, cell: u32): void {
  const pages = cellWord(cell, CellWord.PAGES);
  if (pages & LACKS) {
    addCounter(actor, Counter.LACKING, -lackingOf(cell));
    setCellWord(cell, CellWord.PAGES, pages & ~LACKS);
  }
  if (isActive(actor)) return pinAll(actor, cell);
  let bio = cellWord(cell, CellWord.A);
  addCounter(actor, Counter.DROPPED, 1);
  while (bio) {
    const behind = cellWord(bio - 1, CellWord.NEXT);
    complete(actor, bio - 1);
    bio = behind;
  }
}

/** A bio has come to its end: its pages are unpinned; with the last one the request is over. */
function complete(actor: i32, bio: u32): void {
  const cell = cellWord(bio, CellWord.FIRST) - 1;
  letGo(actor, cpuOf(actor), cellWord(bio, CellWord.A));
  giveCell(bio);
  const left = cellWord(cell, CellWord.FIRST) - (1 << PLACE_BITS);
  setCellWord(cell, CellWord.FIRST, left);
  if (left >> PLACE_BITS == 0) finish(actor, cell);
}

function finish(actor: i32, cell: u32): void {
  const cpu = cpuOf(actor);
  const first = <i32>cellWord(cell, CellWord.B);
  if (first >= whole(actor, DirectIoParameter.BUFFERS)) {
    const pages = extentOf(actor, cell);
    for (let i = 0; i < pages; i++) emptySlot(actor, cpu, slotOf(actor, first + i));
  }
  const nth = cellWord(cell, CellWord.FIRST);
  const pause = cellTime(cell);
  giveCell(cell);
  if (parameter(actor, DirectIoParameter.INTERVAL) > 0) givePlace(actor, nth);
  else if (isActive(actor)) later(actor, Step.SUBMIT, pause, nth);
}

/** A request of the open loop; the next one is drawn. One that finds the queue full is dropped, and counted. */
function submitOpen(actor: i32): void {
  if (!isActive(actor)) return;
  arrive(actor, Step.SUBMIT, drawExponential(actor, parameter(actor, DirectIoParameter.INTERVAL)));
  submit(actor, takePlaceOf(actor, whole(actor, DirectIoParameter.QUEUE_DEPTH)));
}

export function act(actor: i32, tag: i32, payload: u32): void {
  if (tag == Step.COMPLETE) complete(actor, payload);
  else if (tag == Step.AGAIN) again(actor, payload);
  else if (parameter(actor, DirectIoParameter.INTERVAL) > 0) submitOpen(actor);
  else if (isActive(actor)) submit(actor, payload);
}

/** Nothing new is submitted; the buffers that are used again go once their I/O has completed. */
export function stop(actor: i32): void {
  const cpu = cpuOf(actor);
  const buffers = whole(actor, DirectIoParameter.BUFFERS);
  for (let i = 0; i < buffers; i++) emptySlot(actor, cpu, slotOf(actor, i));
}
