// Knows: the slots of an actor as a ring: pages come in at one end, the oldest are dropped at the other.
// Must not know: what the pages are. ActorWord.A: where the next one goes; LIVE: how many slots behind it are in use.

import { ActorWord } from "../../abi/simulation";
import { actorWord, setActorWord } from "./actor";
import { emptySlot, putInSlot, slotOf } from "./pages";

export function ringLength(actor: i32): i32 {
  return actorWord(actor, ActorWord.LIVE);
}

/** `steps` from a position on, or back where they are negative; at most once around. */
export function along(actor: i32, position: i32, steps: i32): i32 {
  const size = actorWord(actor, ActorWord.SLOT_COUNT);
  const at = position + steps;
  return at >= size ? at - size : at < 0 ? at + size : at;
}

export function oldestPosition(actor: i32): i32 {
  return along(actor, actorWord(actor, ActorWord.A), -ringLength(actor));
}

/** Is the slot at this position in use? What was there may have been dropped meanwhile. */
export function isInRing(actor: i32, position: i32): bool {
  const behind = along(actor, position, -oldestPosition(actor));
  return behind < ringLength(actor);
}

/** The page is the newest; there must be room. */
export function pushPage(actor: i32, link: u32): void {
  const position = actorWord(actor, ActorWord.A);
  putInSlot(slotOf(actor, position), link);
  setActorWord(actor, ActorWord.A, along(actor, position, 1));
  setActorWord(actor, ActorWord.LIVE, ringLength(actor) + 1);
}

/** The oldest slot leaves, with its page if reclaim has not taken it. */
export function dropOldest(actor: i32, cpu: i32): void {
  emptySlot(actor, cpu, slotOf(actor, oldestPosition(actor)));
  setActorWord(actor, ActorWord.LIVE, ringLength(actor) - 1);
}
