// Knows: short-lived processes (dexopt, shell commands, crashes): memory filled, used, and at the exit gathered and freed.
// Must not know: how pages are gathered (parts/gather).
//
//   slots: MOST places of as many slots as the largest process has pages
//   cell of a process: FIRST its first slot (relative), PAGES, B pages so far, then pages left; A the chain of what is gathered
//   its time: how long the pages of each gathering are held

import { CellWord } from "../../abi/run";
import { ActorWord, Cost, Counter, ExitsParameter } from "../../abi/simulation";
import { NONE } from "../../memory/list";
import {
  actorWord,
  addCounter,
  arrive,
  cost,
  cpuOf,
  drawExponential,
  drawPages,
  drawSpread,
  isActive,
  later,
  parameter,
  plan,
  whole,
} from "../parts/actor";
import { cellTime, cellWord, giveCell, setCellTime, setCellWord, takeCell } from "../parts/cells";
import { flush, gather } from "../parts/gather";
import { ANON, fault, GFP_ANON, putInSlot, slotOf } from "../parts/pages";
import { givePlace, takePlaceOf } from "../parts/places";

/** Its tags, behind those that every actor knows (Tag). */
enum Step {
  BEGIN = 3,
  FILL,
  EXIT,
  FLUSH,
}

/** Pages of one event while it is filled. */
const FILL_BATCH: i32 = 64;

export function start(actor: i32): void {
  arrive(actor, Step.BEGIN, drawExponential(actor, parameter(actor, ExitsParameter.INTERVAL)));
}

function most(actor: i32): i32 {
  return max(whole(actor, ExitsParameter.MOST), 1);
}

function place(actor: i32): i32 {
  return actorWord(actor, ActorWord.SLOT_COUNT) / most(actor);
}

/** All draws are made here, whatever becomes of the process. */
function begin(actor: i32): void {
  if (!isActive(actor)) return;
  start(actor);
  const mean = parameter(actor, ExitsParameter.PAGES);
  const pages = min(drawPages(actor, mean, whole(actor, ExitsParameter.PAGES_SPREAD)), place(actor));
  const lifetime = parameter(actor, ExitsParameter.LIFETIME);
  const life = drawSpread(actor, lifetime, whole(actor, ExitsParameter.LIFETIME_SPREAD));
  const hold = drawSpread(
    actor,
    parameter(actor, ExitsParameter.HOLD),
    whole(actor, ExitsParameter.HOLD_SPREAD),
  );
  plan(actor);
  const nth = takePlaceOf(actor, most(actor));
  if (nth == NONE) return addCounter(actor, Counter.DROPPED, 1);
  const cell = takeCell(actor, nth * place(actor), pages);
  if (cell == NONE) return;
  addCounter(actor, Counter.OPERATIONS, 1);
  setCellTime(cell, hold);
  arrive(actor, Step.EXIT, max(life, 1), cell);
  fill(actor, cell);
}

/** A process that finds no page asks again; it ends once it has had all of them. */
function fill(actor: i32, cell: u32): void {
  const pages = <i32>cellWord(cell, CellWord.PAGES);
  const before = <i32>cellWord(cell, CellWord.B);
  const cpu = cpuOf(actor);
  const slots = slotOf(actor, cellWord(cell, CellWord.FIRST));
  let nth = before;
  while (nth < pages && nth - before < FILL_BATCH) {
    const link = fault(actor, cpu, 0, GFP_ANON, ANON);
    if (link == NONE) break;
    putInSlot(slots + nth, link);
    nth += 1;
  }
  setCellWord(cell, CellWord.B, nth);
  const isShort = nth < pages && nth - before < FILL_BATCH;
  if (nth < pages) later(actor, Step.FILL, isShort ? cost(Cost.KILL) : 0, cell);
  else endFilling(actor, cell);
}

/** Filled, and its time has come: NEXT is 1 once one of both is so. */
function endFilling(actor: i32, cell: u32): void {
  if (cellWord(cell, CellWord.NEXT) != 0) exitMore(actor, cell);
  else setCellWord(cell, CellWord.NEXT, 1);
}

/** The last pages that fit into one gathering are unmapped; they are freed after the time that it takes. */
function exitMore(actor: i32, cell: u32): void {
  const left = <i32>cellWord(cell, CellWord.B);
  const size = min(left, max(whole(actor, ExitsParameter.GATHER), 1));
  const end = slotOf(actor, cellWord(cell, CellWord.FIRST) + left);
  setCellWord(cell, CellWord.A, gather(actor, cpuOf(actor), end - size, end));
  later(actor, Step.FLUSH, cellTime(cell), cell);
}

function flushOne(actor: i32, cell: u32): void {
  const left = <i32>cellWord(cell, CellWord.B);
  const size = min(left, max(whole(actor, ExitsParameter.GATHER), 1));
  const first = cellWord(cell, CellWord.FIRST);
  const end = slotOf(actor, first + left);
  flush(actor, cpuOf(actor), end - size, end, cellWord(cell, CellWord.A));
  setCellWord(cell, CellWord.A, 0);
  setCellWord(cell, CellWord.B, left - size);
  if (left > size) return exitMore(actor, cell);
  givePlace(actor, first / place(actor));
  giveCell(cell);
}

export function act(actor: i32, tag: i32, payload: u32): void {
  if (tag == Step.BEGIN) begin(actor);
  else if (tag == Step.FILL) fill(actor, payload);
  else if (tag == Step.EXIT) endFilling(actor, payload);
  else flushOne(actor, payload);
}
