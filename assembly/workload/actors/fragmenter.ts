// Knows: many small users of one area, whose buffers have very different lifetimes and leave it full of holes.
// Must not know: how they are found. What is held at the stop goes at its time; what is kept stays.
// The time in a buffer's cell: how long it is held, -1 for ever.

import { FragmenterParameter } from "../../abi/clients";
import { NONE } from "../../memory/list";
import {
  arrive,
  drawBetween,
  drawChance,
  drawExponential,
  drawSpread,
  isActive,
  later,
  parameter,
  plan,
  Tag,
  whole,
} from "../parts/actor";
import { askBuffer, BufferState, returnBuffer, stepBuffer } from "../parts/buffers";
import { cellTime, setCellTime } from "../parts/cells";

/** Its tags, behind those that every actor knows (Tag). */
enum Step {
  ASK = 3,
  RETURN,
}

/** CONFIG_CMA_ALIGNMENT */
const DMA_ALIGN: i32 = 8;

export function start(actor: i32): void {
  arrive(actor, Step.ASK, drawExponential(actor, parameter(actor, FragmenterParameter.INTERVAL)));
}

/** What the DMA layer asks for: min(get_order(size), CONFIG_CMA_ALIGNMENT). */
function alignOf(actor: i32, pages: i32): i32 {
  const align = whole(actor, FragmenterParameter.ALIGN);
  return align >= 0 ? align : min(32 - clz(pages - 1), DMA_ALIGN);
}

/** All draws are made here, whatever becomes of the request: arrivals are the same under every policy. */
function askOne(actor: i32): void {
  if (!isActive(actor)) return;
  start(actor);
  const pages = drawBetween(
    actor,
    whole(actor, FragmenterParameter.PAGES_MIN),
    whole(actor, FragmenterParameter.PAGES_MAX),
  );
  const hold = parameter(actor, FragmenterParameter.HOLD);
  const time = drawSpread(actor, hold, whole(actor, FragmenterParameter.HOLD_SPREAD));
  const isKept = drawChance(actor, parameter(actor, FragmenterParameter.KEEP_SHARE));
  plan(actor);
  const cell = askBuffer(actor, pages, alignOf(actor, pages));
  if (cell != NONE) setCellTime(cell, isKept ? -1 : time);
}

function carry(actor: i32, cell: u32): void {
  if (stepBuffer(actor, cell) != BufferState.HELD || cellTime(cell) < 0) return;
  later(actor, Step.RETURN, cellTime(cell), cell);
}

export function act(actor: i32, tag: i32, payload: u32): void {
  if (tag == Tag.REQUEST) carry(actor, payload);
  else if (tag == Step.RETURN) returnBuffer(actor, payload);
  else askOne(actor);
}
