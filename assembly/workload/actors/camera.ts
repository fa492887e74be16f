// Knows: a camera: one large buffer at each opening, held while it is open, then given back.
// Must not know: how it is found. ActorWord.A: cell + 1 of its buffer, asked for or held; B: 1 while it is held.
// The time in a buffer's cell: how long it will be held.

import { ActorWord, CameraParameter, Counter } from "../../abi/simulation";
import { NONE } from "../../memory/list";
import {
  actorWord,
  addCounter,
  arrive,
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

/** It is opened at once; INTERVAL is the time from one opening to the next. */
export function start(actor: i32): void {
  open(actor);
}

function open(actor: i32): void {
  if (!isActive(actor)) return;
  const interval = parameter(actor, CameraParameter.INTERVAL);
  arrive(actor, Step.OPEN, drawSpread(actor, interval, whole(actor, CameraParameter.INTERVAL_SPREAD)));
  const hold = parameter(actor, CameraParameter.HOLD);
  const time = drawSpread(actor, hold, whole(actor, CameraParameter.HOLD_SPREAD));
  plan(actor);
  // Still open, or still waiting for its buffer: its user is told no.
  if (actorWord(actor, ActorWord.A) != 0) return addCounter(actor, Counter.SKIPPED, 1);
  const cell = askBuffer(actor, whole(actor, CameraParameter.PAGES), whole(actor, CameraParameter.ALIGN));
  if (cell == NONE) return;
  setCellTime(cell, time);
  setActorWord(actor, ActorWord.A, cell + 1);
}

function close(actor: i32): void {
  if (actorWord(actor, ActorWord.B) == 0) return;
  returnBuffer(actor, actorWord(actor, ActorWord.A) - 1);
  setActorWord(actor, ActorWord.A, 0);
  setActorWord(actor, ActorWord.B, 0);
}

function carry(actor: i32, cell: u32): void {
  const state = stepBuffer(actor, cell);
  if (state == BufferState.GONE) setActorWord(actor, ActorWord.A, 0);
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
