// Knows: a camera: one large buffer at each opening, held while it is open, then given back.
// Must not know: how it is found. ActorWord.A: cell + 1 of its buffer, asked for or held; B: 1 while it is held.

import { ActorWord, CameraParameter } from "../../abi/simulation";
import { NONE } from "../../memory/list";
import { actorWord, drawSpread, isActive, later, parameter, setActorWord, Tag, whole } from "../parts/actor";
import { askBuffer, BufferState, returnBuffer, stepBuffer } from "../parts/buffers";

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
  if (interval > 0)
    later(actor, Step.OPEN, drawSpread(actor, interval, whole(actor, CameraParameter.INTERVAL_SPREAD)), 0);
  // Still open, or still waiting for its buffer: this opening is no new one.
  if (actorWord(actor, ActorWord.A) != 0) return;
  const cell = askBuffer(actor, whole(actor, CameraParameter.PAGES), whole(actor, CameraParameter.ALIGN));
  if (cell != NONE) setActorWord(actor, ActorWord.A, cell + 1);
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
  const hold = parameter(actor, CameraParameter.HOLD);
  if (hold > 0)
    later(actor, Step.CLOSE, drawSpread(actor, hold, whole(actor, CameraParameter.HOLD_SPREAD)), 0);
}

export function act(actor: i32, tag: i32, payload: u32): void {
  if (tag == Tag.REQUEST) carry(actor, payload);
  else if (tag == Step.OPEN) open(actor);
  else close(actor);
}

export function stop(actor: i32): void {
  close(actor);
}
