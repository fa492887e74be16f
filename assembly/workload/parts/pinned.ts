// Knows: pages that an actor allocates, pins and gives back in the same order, one by one or all at once.
// Must not know: what they are for. A pinned page is neither moved nor reclaimed: it needs no slot.
// ActorWord.A, B: the oldest and the newest pin (cell + 1); the cell is that of workload/parts/holds.

import { CellWord } from "../../abi/run";
import { ActorWord, Cost, Counter } from "../../abi/simulation";
import { linkOf } from "../../frames/frame";
import { NONE } from "../../memory/list";
import { actorWord, addCounter, charge, cost, counter, cpuOf, setActorWord } from "./actor";
import { cellWord, setCellWord } from "./cells";
import { beginPins, endPins, hold, letGo } from "./holds";
import { acquire, giveBack } from "./pages";

/** One more page, pinned (PinKind). False: no page, or none outside of CMA for a long pin. */
export function pinOne(actor: i32, gfp: i32, content: u32, kind: i32): bool {
  const cpu = cpuOf(actor);
  const link = acquire(actor, cpu, 0, gfp, content);
  beginPins();
  const held = link == NONE ? 0 : hold(actor, cpu, link, kind, 0);
  endPins(actor);
  if (held == 0) {
    addCounter(actor, Counter.DROPPED, 1);
    if (link != NONE) giveBack(actor, cpu, link);
    return false;
  }
  charge(actor, cost(Cost.ALLOCATE));
  addCounter(actor, Counter.OPERATIONS, 1);
  const newest = <u32>actorWord(actor, ActorWord.B);
  if (newest) setCellWord(newest - 1, CellWord.NEXT, held);
  else setActorWord(actor, ActorWord.A, held);
  setActorWord(actor, ActorWord.B, held);
  return true;
}

export function pinnedPages(actor: i32): i32 {
  return <i32>counter(actor, Counter.PINNED);
}

/** The oldest page is let go and freed, if there is one. */
export function releaseOldest(actor: i32): void {
  const cpu = cpuOf(actor);
  const oldest = <u32>actorWord(actor, ActorWord.A);
  if (oldest == 0) return;
  const next = cellWord(oldest - 1, CellWord.NEXT);
  const link = linkOf(cellWord(oldest - 1, CellWord.A));
  setCellWord(oldest - 1, CellWord.NEXT, 0);
  letGo(actor, cpu, oldest);
  giveBack(actor, cpu, link);
  setActorWord(actor, ActorWord.A, next);
  if (next == 0) setActorWord(actor, ActorWord.B, 0);
}
