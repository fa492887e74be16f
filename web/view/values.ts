// Knows: a byte for each frame of a machine, by mode: whose it is, the order of its block, how long ago it changed.
// Must not know: which colour a byte has, the page.

import { kindOf, orderOf } from "../../assembly/abi/frame_word.js";
import { FrameKind } from "../../assembly/abi/vocabulary.js";
import type { FrameRecords } from "../../bindings/engine/frames.js";
import type { ActorSpec, Simulation } from "../../bindings/scenario/simulation.js";
import type { Timeline } from "../../bindings/timeline/timeline.js";
import { AGES, IN_USE, type ModeName, ORDERS } from "./palette.js";

/** Calls `visit` with each block's first frame, how many it has, and its word. */
function eachBlock(
  records: FrameRecords,
  visit: (frame: number, frames: number, word: number) => void,
): void {
  for (let frame = 0; frame < records.length; ) {
    const word = records.word(frame) as number;
    const kind = kindOf(word);
    const isHead = kind === FrameKind.BUDDY || kind === FrameKind.PCP || kind >= FrameKind.ALLOCATED;
    const frames = isHead ? 2 ** orderOf(word) : 1;
    visit(frame, frames, word);
    frame += frames;
  }
}

/** Index + 1 of the actor that each slot belongs to, by slot + 1; 0: nobody's. */
export function ownersOfSlots(actors: readonly ActorSpec[]): Uint8Array {
  const owners = new Uint8Array(1 + actors.reduce((sum, { slots }) => sum + slots, 0));
  let first = 1;
  for (const [actor, { slots }] of actors.entries()) {
    owners.fill(actor + 1, first, first + slots);
    first += slots;
  }
  return owners;
}

function owners({ machine, actors }: Simulation): Uint8Array {
  const records = machine.engine.frames;
  const bySlot = ownersOfSlots(actors);
  const values = new Uint8Array(records.length);
  eachBlock(records, (frame, frames, word) => {
    if (kindOf(word) !== FrameKind.ALLOCATED) return;
    const owner = bySlot[records.owner(frame)] ?? 0;
    if (owner !== 0) values.fill(owner, frame, frame + frames);
  });
  return values;
}

function orders({ machine }: Simulation): Uint8Array {
  const records = machine.engine.frames;
  const values = new Uint8Array(records.length);
  eachBlock(records, (frame, frames, word) => {
    const kind = kindOf(word);
    if (kind === FrameKind.HOLE) values[frame] = ORDERS;
    else
      values.fill(
        orderOf(word) + (kind === FrameKind.BUDDY || kind === FrameKind.DETACHED ? 0 : IN_USE),
        frame,
        frame + frames,
      );
  });
  return values;
}

/** A block has changed when any of its frames' words has. */
function ages(timeline: Timeline): Uint8Array {
  const records = timeline.simulation.machine.engine.frames;
  const changed = timeline.changesOfWords(2 ** (AGES - 1));
  const values = new Uint8Array(records.length);
  eachBlock(records, (frame, frames) => {
    let least = 0;
    for (let i = frame; i < frame + frames; i++) {
      const back = changed[i] as number;
      if (back !== 0 && (least === 0 || back < least)) least = back;
    }
    if (least !== 0) values.fill(1 + Math.ceil(Math.log2(least)), frame, frame + frames);
  });
  return values;
}

/** undefined: the class map itself is what is shown. */
export function valuesOf(timeline: Timeline, mode: ModeName): Uint8Array | undefined {
  if (mode === "owner") return owners(timeline.simulation);
  if (mode === "order") return orders(timeline.simulation);
  return mode === "age" ? ages(timeline) : undefined;
}
