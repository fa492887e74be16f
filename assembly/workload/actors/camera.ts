// Knows: a camera: one large buffer at each opening, held while it is open, then given back.
// Must not know: how it is found. ActorWord.A: request + 1 while one is under way; B: pfn + 1 of the buffer that is held.

import { ActorWord, CameraParameter, Counter } from "../../abi/simulation";
import { Errno } from "../../abi/vocabulary";
import {
  actorWord,
  addCounter,
  cpuOf,
  drawSpread,
  isActive,
  later,
  parameter,
  setActorWord,
  Tag,
  whole,
} from "../actor";
import { ask, carryOn, end, errorOf, firstPage, NO_REQUEST } from "../client";
import { cmaRelease } from "../cma_commands";

/** Its tags, behind those that every actor knows (Tag). */
enum Step {
  OPEN = 3,
  CLOSE,
}

function scheduleOpening(actor: i32): void {
  const interval = parameter(actor, CameraParameter.INTERVAL);
  if (interval <= 0) return;
  later(actor, Step.OPEN, drawSpread(actor, interval, whole(actor, CameraParameter.INTERVAL_SPREAD)), 0);
}

/** It is opened at once; INTERVAL is the time from one opening to the next. */
export function start(actor: i32): void {
  open(actor);
}

function open(actor: i32): void {
  if (!isActive(actor)) return;
  scheduleOpening(actor);
  // Still open, or still waiting for its buffer: this opening is no new one.
  if (actorWord(actor, ActorWord.A) != 0 || actorWord(actor, ActorWord.B) != 0) return;
  addCounter(actor, Counter.OPERATIONS, 1);
  const pages = whole(actor, CameraParameter.PAGES);
  const request = ask(actor, actorWord(actor, ActorWord.AREA), pages, whole(actor, CameraParameter.ALIGN));
  if (request != NO_REQUEST) setActorWord(actor, ActorWord.A, request + 1);
}

function close(actor: i32): void {
  const held = <u32>actorWord(actor, ActorWord.B);
  if (held == 0) return;
  const pages = whole(actor, CameraParameter.PAGES);
  cmaRelease(cpuOf(actor), actorWord(actor, ActorWord.AREA), held - 1, pages);
  addCounter(actor, Counter.FREED, pages);
  setActorWord(actor, ActorWord.B, 0);
}

function carry(actor: i32, request: i32): void {
  if (!carryOn(actor, request)) return;
  if (errorOf(request) == Errno.NONE) {
    addCounter(actor, Counter.ALLOCATED, parameter(actor, CameraParameter.PAGES));
    setActorWord(actor, ActorWord.B, firstPage(request) + 1);
    const hold = parameter(actor, CameraParameter.HOLD);
    if (hold > 0)
      later(actor, Step.CLOSE, drawSpread(actor, hold, whole(actor, CameraParameter.HOLD_SPREAD)), 0);
  }
  setActorWord(actor, ActorWord.A, 0);
  end(actor, request);
}

export function act(actor: i32, tag: i32, payload: u32): void {
  if (tag == Tag.REQUEST) carry(actor, payload);
  else if (tag == Step.OPEN) open(actor);
  else close(actor);
}

export function stop(actor: i32): void {
  close(actor);
}
