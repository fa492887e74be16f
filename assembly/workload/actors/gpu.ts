// Knows: dma-buf clients with buffers of very different sizes, from an area, or without one from the system heap.
// Must not know: how pages are found. What is held at the stop goes at its time.
// The time in a buffer's cell: how long it is held.

import { GpuParameter } from "../../abi/clients";
import { ActorWord } from "../../abi/simulation";
import { NONE } from "../../memory/list";
import {
  actorWord,
  arrive,
  drawExponential,
  drawSpread,
  drawUnit,
  isActive,
  later,
  parameter,
  plan,
  Tag,
  whole,
} from "../parts/actor";
import { askBuffer, BufferState, returnBuffer, stepBuffer } from "../parts/buffers";
import { cellTime, setCellTime } from "../parts/cells";
import { drainHeapBuffer, fillHeapBuffer, takeHeapBuffer } from "../parts/system_heap";

/** Its tags, behind those that every actor knows (Tag). */
enum Step {
  ASK = 3,
  RETURN,
  /** The next pages of a buffer of the system heap. */
  FILL,
  DRAIN,
}

export function start(actor: i32): void {
  arrive(actor, Step.ASK, drawExponential(actor, parameter(actor, GpuParameter.INTERVAL)));
}

/** The logarithm of the size is uniform: small buffers are as many in each octave as large ones. */
function drawSize(actor: i32): i32 {
  const least = parameter(actor, GpuParameter.PAGES_MIN);
  const most = max(parameter(actor, GpuParameter.PAGES_MAX), least);
  return <i32>Math.round(least * Math.exp(drawUnit(actor) * Math.log(most / least)));
}

function isOfArea(actor: i32): bool {
  return actorWord(actor, ActorWord.AREA) >= 0;
}

/** All draws are made here, whatever becomes of the buffer: arrivals are the same under every policy. */
function askOne(actor: i32): void {
  if (!isActive(actor)) return;
  start(actor);
  const pages = drawSize(actor);
  const hold = parameter(actor, GpuParameter.HOLD);
  const time = drawSpread(actor, hold, whole(actor, GpuParameter.HOLD_SPREAD));
  plan(actor);
  const most = whole(actor, GpuParameter.PAGES_MAX);
  const cell = isOfArea(actor)
    ? askBuffer(actor, pages, whole(actor, GpuParameter.ALIGN))
    : takeHeapBuffer(actor, pages, most);
  if (cell == NONE) return;
  setCellTime(cell, time);
  if (!isOfArea(actor)) later(actor, Step.FILL, 0, cell);
}

function isHeld(actor: i32, tag: i32, cell: u32): bool {
  if (tag == Tag.REQUEST) return stepBuffer(actor, cell) == BufferState.HELD;
  const state = fillHeapBuffer(actor, cell);
  if (state == BufferState.ASKED) later(actor, Step.FILL, 0, cell);
  if (state == BufferState.GONE) later(actor, Step.DRAIN, 0, cell);
  return state == BufferState.HELD;
}

function giveUp(actor: i32, cell: u32): void {
  if (isOfArea(actor)) return returnBuffer(actor, cell);
  if (drainHeapBuffer(actor, cell, whole(actor, GpuParameter.PAGES_MAX))) later(actor, Step.DRAIN, 0, cell);
}

export function act(actor: i32, tag: i32, payload: u32): void {
  if (tag == Step.ASK) askOne(actor);
  else if (tag == Step.RETURN || tag == Step.DRAIN) giveUp(actor, payload);
  else if (isHeld(actor, tag, payload)) later(actor, Step.RETURN, cellTime(payload), payload);
}
