// Knows: a stream of O_DIRECT requests: buffers pinned from submission to completion, fresh ones or the same again.
// Must not know: what the device does beyond its service time. Pins are PinKind.SHORT (bio_iov_iter_get_pages, Linux 6.12).
//
//   slots:  buffers that are used again (BUFFERS) | fresh buffers: QUEUE_DEPTH places of MOST_PAGES each
//   cell of a request: FIRST its place, A the chain of its pins, B the first page of its buffer (slot, relative)
//   ActorWord.B: where the next buffer that is used again begins

import { CellWord } from "../../abi/run";
import { ActorWord, Cost, Counter, DirectIoParameter } from "../../abi/simulation";
import { Gfp, PinKind, Status } from "../../abi/vocabulary";
import { NONE } from "../../memory/list";
import {
  actorWord,
  addCounter,
  charge,
  cost,
  cpuOf,
  drawBelow,
  drawChance,
  drawExponential,
  drawPages,
  drawSpread,
  isActive,
  later,
  parameter,
  setActorWord,
  whole,
} from "../parts/actor";
import { cellWord, giveCell, setCellWord, takeCell } from "../parts/cells";
import { hold, lastStatus, letGo } from "../parts/holds";
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

/** Slots that one fresh buffer has room for. */
function place(actor: i32): i32 {
  const fresh = actorWord(actor, ActorWord.SLOT_COUNT) - whole(actor, DirectIoParameter.BUFFERS);
  return fresh / max(whole(actor, DirectIoParameter.QUEUE_DEPTH), 1);
}

export function start(actor: i32): void {
  const buffers = whole(actor, DirectIoParameter.BUFFERS);
  const cpu = cpuOf(actor);
  for (let i = 0; i < buffers; i++) if (present(actor, cpu, slotOf(actor, i)) == NONE) break;
  const interval = parameter(actor, DirectIoParameter.INTERVAL);
  if (interval > 0) {
    later(actor, Step.SUBMIT, drawExponential(actor, interval), 0);
    return;
  }
  const depth = whole(actor, DirectIoParameter.QUEUE_DEPTH);
  const service = parameter(actor, DirectIoParameter.SERVICE);
  for (let i = 0; i < depth; i++) later(actor, Step.SUBMIT, (service * i) / depth, i);
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

/** Where the buffer of a request begins, relative to the actor's slots. */
function bufferOf(actor: i32, nth: i32, pages: i32): i32 {
  const buffers = whole(actor, DirectIoParameter.BUFFERS);
  const share = parameter(actor, DirectIoParameter.FRESH_SHARE);
  const isFresh = buffers < pages || (pages <= place(actor) && drawChance(actor, share));
  if (isFresh) return buffers + nth * place(actor);
  if (parameter(actor, DirectIoParameter.RANDOM) != 0) return <i32>drawBelow(actor, buffers - pages + 1);
  const next = actorWord(actor, ActorWord.B);
  const first = next + pages > buffers ? 0 : next;
  setActorWord(actor, ActorWord.B, first + pages);
  return first;
}

function submit(actor: i32, nth: u32): void {
  const mean = parameter(actor, DirectIoParameter.PAGES);
  const most = max(place(actor), whole(actor, DirectIoParameter.BUFFERS));
  const pages = min(drawPages(actor, mean, whole(actor, DirectIoParameter.PAGES_SPREAD)), most);
  const cell = takeCell(actor, nth, pages);
  if (cell == NONE) return;
  setCellWord(cell, CellWord.B, bufferOf(actor, nth, pages));
  addCounter(actor, Counter.OPERATIONS, 1);
  pinAll(actor, cell);
}

/** Pins what is not pinned yet (NEXT: how many are); then the I/O is under way. A pin that must wait is tried again. */
function pinAll(actor: i32, cell: u32): void {
  const cpu = cpuOf(actor);
  const pages = cellWord(cell, CellWord.PAGES);
  const first = cellWord(cell, CellWord.B);
  for (let i = cellWord(cell, CellWord.NEXT); i < pages; i++) {
    const link = present(actor, cpu, slotOf(actor, first + i));
    if (link == NONE) return fail(actor, cell);
    const chain = hold(actor, cpu, link, PinKind.SHORT, cellWord(cell, CellWord.A));
    if (lastStatus() == Status.MUST_WAIT) {
      addCounter(actor, Counter.PIN_WAIT_TIME, cost(Cost.PIN_POLL));
      return later(actor, Step.AGAIN, cost(Cost.PIN_POLL), cell);
    }
    if (lastStatus() != Status.OK) return fail(actor, cell);
    setCellWord(cell, CellWord.A, chain);
    setCellWord(cell, CellWord.NEXT, i + 1);
  }
  charge(actor, <f64>pages * cost(Cost.ALLOCATE));
  const service = parameter(actor, DirectIoParameter.SERVICE);
  later(
    actor,
    Step.COMPLETE,
    drawSpread(actor, service, whole(actor, DirectIoParameter.SERVICE_SPREAD)),
    cell,
  );
}

/** No memory for the buffer, or it could not be pinned: the I/O fails. */
function fail(actor: i32, cell: u32): void {
  addCounter(actor, Counter.DROPPED, 1);
  finish(actor, cell);
}

function finish(actor: i32, cell: u32): void {
  const cpu = cpuOf(actor);
  letGo(actor, cpu, cellWord(cell, CellWord.A));
  const first = <i32>cellWord(cell, CellWord.B);
  if (first >= whole(actor, DirectIoParameter.BUFFERS)) {
    const pages = <i32>cellWord(cell, CellWord.PAGES);
    for (let i = 0; i < pages; i++) emptySlot(actor, cpu, slotOf(actor, first + i));
  }
  const nth = cellWord(cell, CellWord.FIRST);
  giveCell(cell);
  if (parameter(actor, DirectIoParameter.INTERVAL) > 0) givePlace(actor, nth);
  else if (isActive(actor)) later(actor, Step.SUBMIT, parameter(actor, DirectIoParameter.THINK), nth);
}

/** A request of the open loop arrives; the next one is drawn. */
function arrive(actor: i32): void {
  if (!isActive(actor)) return;
  later(actor, Step.SUBMIT, drawExponential(actor, parameter(actor, DirectIoParameter.INTERVAL)), 0);
  const nth = takePlaceOf(actor, whole(actor, DirectIoParameter.QUEUE_DEPTH));
  if (nth == NONE) addCounter(actor, Counter.DROPPED, 1);
  else submit(actor, nth);
}

export function act(actor: i32, tag: i32, payload: u32): void {
  if (tag == Step.COMPLETE) finish(actor, payload);
  else if (tag == Step.AGAIN) isActive(actor) ? pinAll(actor, payload) : fail(actor, payload);
  else if (parameter(actor, DirectIoParameter.INTERVAL) > 0) arrive(actor);
  else if (isActive(actor)) submit(actor, payload);
}

/** Nothing new is submitted; the buffers that are used again go once their I/O has completed. */
export function stop(actor: i32): void {
  const cpu = cpuOf(actor);
  const buffers = whole(actor, DirectIoParameter.BUFFERS);
  for (let i = 0; i < buffers; i++) emptySlot(actor, cpu, slotOf(actor, i));
}
