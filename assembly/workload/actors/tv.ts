// Knows: a television: a set of equal buffers, all given back and asked for again when the channel changes.
// Must not know: how they are found. ActorWord.A: chain of the buffers that are held (cell + 1); B: requests under way.

import { TvParameter } from "../../abi/clients";
import { CellWord } from "../../abi/run";
import { ActorWord, Counter } from "../../abi/simulation";
import { NONE } from "../../memory/list";
import {
  actorWord,
  addCounter,
  arrive,
  drawSpread,
  isActive,
  parameter,
  plan,
  setActorWord,
  Tag,
  whole,
} from "../parts/actor";
import { askBuffer, BufferState, returnBuffer, stepBuffer } from "../parts/buffers";
import { cellWord, setCellWord } from "../parts/cells";

/** Its tag, behind those that every actor knows (Tag). */
enum Step {
  CHANGE = 3,
}

export function start(actor: i32): void {
  change(actor);
}

function giveAllBack(actor: i32): void {
  let held = <u32>actorWord(actor, ActorWord.A);
  while (held) {
    const next = cellWord(held - 1, CellWord.NEXT);
    returnBuffer(actor, held - 1);
    held = next;
  }
  setActorWord(actor, ActorWord.A, 0);
}

/** Another channel; one that comes while buffers are still asked for is skipped, and counted. */
function change(actor: i32): void {
  if (!isActive(actor)) return;
  const interval = parameter(actor, TvParameter.INTERVAL);
  arrive(actor, Step.CHANGE, drawSpread(actor, interval, whole(actor, TvParameter.INTERVAL_SPREAD)));
  plan(actor);
  if (actorWord(actor, ActorWord.B) != 0) return addCounter(actor, Counter.SKIPPED, 1);
  giveAllBack(actor);
  const buffers = whole(actor, TvParameter.BUFFERS);
  let asked = 0;
  for (let i = 0; i < buffers; i++)
    if (askBuffer(actor, whole(actor, TvParameter.PAGES), whole(actor, TvParameter.ALIGN)) != NONE)
      asked += 1;
  setActorWord(actor, ActorWord.B, asked);
}

function carry(actor: i32, cell: u32): void {
  const state = stepBuffer(actor, cell);
  if (state == BufferState.ASKED) return;
  setActorWord(actor, ActorWord.B, actorWord(actor, ActorWord.B) - 1);
  if (state == BufferState.GONE) return;
  setCellWord(cell, CellWord.NEXT, actorWord(actor, ActorWord.A));
  setActorWord(actor, ActorWord.A, cell + 1);
}

export function act(actor: i32, tag: i32, payload: u32): void {
  if (tag == Tag.REQUEST) carry(actor, payload);
  else change(actor);
}

export function stop(actor: i32): void {
  giveAllBack(actor);
}
