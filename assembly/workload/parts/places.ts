// Knows: numbered places of an actor, of equal size, in its slots: taken for a buffer or an application, given back.
// Must not know: what is in them. ActorWord.C: chain of those given back (cell + 1); LIVE: how many were ever taken.

import { CellWord } from "../../abi/run";
import { ActorWord } from "../../abi/simulation";
import { NONE } from "../../memory/list";
import { actorWord, setActorWord } from "./actor";
import { cellWord, giveCell, setCellWord, takeCell } from "./cells";

/** A place of `size` slots that nothing is in, or NONE when all of them are taken. */
export function takePlace(actor: i32, size: i32): u32 {
  return takePlaceOf(actor, actorWord(actor, ActorWord.SLOT_COUNT) / size);
}

/** One of so many places, however large each is. */
export function takePlaceOf(actor: i32, places: i32): u32 {
  const free = <u32>actorWord(actor, ActorWord.C);
  if (free) {
    const nth = cellWord(free - 1, CellWord.FIRST);
    setActorWord(actor, ActorWord.C, cellWord(free - 1, CellWord.NEXT));
    giveCell(free - 1);
    return nth;
  }
  const nth = actorWord(actor, ActorWord.LIVE);
  if (nth >= places) return NONE;
  setActorWord(actor, ActorWord.LIVE, nth + 1);
  return nth;
}

export function givePlace(actor: i32, nth: u32): void {
  const cell = takeCell(actor, nth, 0);
  if (cell == NONE) return;
  setCellWord(cell, CellWord.NEXT, actorWord(actor, ActorWord.C));
  setActorWord(actor, ActorWord.C, cell + 1);
}
