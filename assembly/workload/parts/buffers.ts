// Knows: buffers of a CMA area that an actor asks for, holds and gives back, several at a time.
// Must not know: why, for how long.
//
//   cell of a buffer: FIRST its first page, PAGES, A the request while it is under way, B and NEXT the actor's own

import { PolicyWord } from "../../abi/proposals";
import { CellWord } from "../../abi/run";
import { ActorWord, Cost, Counter } from "../../abi/simulation";
import { Errno } from "../../abi/vocabulary";
import { cmaRelease } from "../../command/cma";
import { NONE } from "../../memory/list";
import { policyOfArea } from "../../memory/policies";
import { actorWord, addCounter, charge, cost, cpuOf, isActive } from "./actor";
import { cellWord, giveCell, setCellWord, takeCell } from "./cells";
import { ask, carryOn, end, errorOf, firstPage, NO_REQUEST } from "./client";

/** What a step of its request made of a buffer. */
export enum BufferState {
  /** The request goes on. */
  ASKED,
  HELD,
  /** It could not be had, or came after the actor's stop: its cell is gone. */
  GONE,
}

/** Asks for a buffer; its cell is the payload of the Tag.REQUEST events. NONE: no request could be begun. */
export function askBuffer(actor: i32, pages: i32, align: i32): u32 {
  addCounter(actor, Counter.OPERATIONS, 1);
  const cell = takeCell(actor, 0, pages);
  if (cell == NONE) return NONE;
  const request = ask(actor, actorWord(actor, ActorWord.AREA), pages, align, cell);
  if (request == NO_REQUEST) {
    giveCell(cell);
    return NONE;
  }
  setCellWord(cell, CellWord.A, request);
  return cell;
}

/** One step of its request. */
export function stepBuffer(actor: i32, cell: u32): BufferState {
  const request = cellWord(cell, CellWord.A);
  if (!carryOn(actor, request, cell)) return BufferState.ASKED;
  const isHad = errorOf(request) == Errno.NONE;
  if (isHad) {
    setCellWord(cell, CellWord.FIRST, firstPage(request));
    addCounter(actor, Counter.ALLOCATED, <f64>cellWord(cell, CellWord.PAGES));
  }
  end(actor, request);
  if (isHad && isActive(actor)) return BufferState.HELD;
  if (isHad) returnBuffer(actor, cell);
  else giveCell(cell);
  return BufferState.GONE;
}

/** 16,384 pages took 402 us as a range where they took 1,406 us one by one (Anjum, v3 of March 2026). */
const RANGE_SHARE: f64 = 402.0 / 1406.0;

function costOfFreeing(area: i32): f64 {
  return cost(Cost.RELEASE) * (policyOfArea(area, PolicyWord.FREE_RANGE) ? RANGE_SHARE : 1);
}

/** Gives a buffer that is held back. */
export function returnBuffer(actor: i32, cell: u32): void {
  const pages = cellWord(cell, CellWord.PAGES);
  cmaRelease(cpuOf(actor), actorWord(actor, ActorWord.AREA), cellWord(cell, CellWord.FIRST), pages);
  addCounter(actor, Counter.FREED, <f64>pages);
  charge(actor, <f64>pages * costOfFreeing(actorWord(actor, ActorWord.AREA)));
  giveCell(cell);
}
