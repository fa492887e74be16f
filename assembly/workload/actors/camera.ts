// Knows: a camera: one large buffer at each opening, held while it is open, then given back.
// Must not know: how it is found. ActorWord.A: cell + 1 of its buffer, asked for or held; B: 1 while it is held.
// The time in a buffer's cell: how long it will be held.
//
// An open loop opens by INTERVAL; one that is pending then skips the opening. A closed loop (THINK) opens again a while
// after its buffer was given back or refused: what is pending skips nothing, and its n-th opening draws the same.

import { CameraParameter } from "../../abi/clients";
import { ActorWord, Counter } from "../../abi/simulation";
import { NONE } from "../../memory/list";
import {
  actorWord,
  addCounter,
  arrive,
  counter,
  drawSpread,
  isActive,
  later,
  parameter,
  plan,
  setActorWord,
  Tag,
  whole,
} from "../parts/actor";
import { askBuffer, BufferState, returnBuffer, stepBuffer } from "../parts/buffers";
import { cellTime, setCellTime } from "../parts/cells";

/** Its tags, behind those that every actor knows (Tag). */
enum Step {
  OPEN = 3,
  CLOSE,
}

/** It is opened at once; INTERVAL is the time from one opening to the next, THINK that from the end of one use. */
export function start(actor: i32): void {
  open(actor);
}

/** Behind the end of a use. */
function openAgain(actor: i32): void {
  const think = parameter(actor, CameraParameter.THINK);
  if (think == 0) return;
  later(actor, Step.OPEN, drawSpread(actor, think, whole(actor, CameraParameter.THINK_SPREAD)), 0);
}

function open(actor: i32): void {
  if (!isActive(actor)) return;
  const most = parameter(actor, CameraParameter.OPENINGS);
  if (most > 0 && counter(actor, Counter.PLANNED) >= most) return;
  if (parameter(actor, CameraParameter.THINK) == 0) {
    const interval = parameter(actor, CameraParameter.INTERVAL);
    arrive(actor, Step.OPEN, drawSpread(actor, interval, whole(actor, CameraParameter.INTERVAL_SPREAD)));
  }
  const hold = parameter(actor, CameraParameter.HOLD);
  const time = drawSpread(actor, hold, whole(actor, CameraParameter.HOLD_SPREAD));
  plan(actor);
  // Still open, or still waiting for its buffer: its user is told no.
  if (actorWord(actor, ActorWord.A) != 0) return addCounter(actor, Counter.SKIPPED, 1);
  const cell = askBuffer(actor, whole(actor, CameraParameter.PAGES), whole(actor, CameraParameter.ALIGN));
  if (cell == NONE) return openAgain(actor);
  setCellTime(cell, time);
  setActorWord(actor, ActorWord.A, cell + 1);
}

function close(actor: i32): void {
  if (actorWord(actor, ActorWord.B) == 0) return;
  returnBuffer(actor, actorWord(actor, ActorWord.A) - 1);
  setActorWord(actor, ActorWord.A, 0);
  setActorWord(actor, ActorWord.B, 0);
  openAgain(actor);
}

function carry(actor: i32, cell: u32): void {
  const state = stepBuffer(actor, cell);
  if (state == BufferState.GONE) {
    setActorWord(actor, ActorWord.A, 0);
    openAgain(actor);
  }
  if (state != BufferState.HELD) return;
  setActorWord(actor, ActorWord.B, 1);
  if (parameter(actor, CameraParameter.HOLD) > 0) later(actor, Step.CLOSE, cellTime(cell), 0);
}

export function act(actor: i32, tag: i32, payload: u32): void {
  if (tag == Tag.REQUEST) carry(actor, payload);
  else if (tag == Step.OPEN) open(actor);
  else close(actor);
}

export function stop(actor: i32): void {
  close(actor);
}
