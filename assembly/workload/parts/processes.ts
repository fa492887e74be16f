// Knows: the processes that a resident's anonymous memory belongs to: what each has, its end, its next start.
// Must not know: who chooses a victim, when events come. Equal parts of the anonymous slots, one a process.
// ActorWord.C: the process that ends + 1; D: the slot up to which it has ended.

import { ActorWord, Counter, ResidentParameter } from "../../abi/simulation";
import { NONE } from "../../memory/list";
import { actorWord, addCounter, cpuOf, plan, setActorWord, whole } from "./actor";
import {
  countFreed,
  dropSlot,
  endLacking,
  isGone,
  isLacking,
  isSwapped,
  lackPage,
  loseSlot,
  pageIn,
  slotOf,
} from "./pages";

/** Slots of one event while a process ends. */
const END_BATCH: i32 = 512;

function processes(actor: i32): i32 {
  return max(whole(actor, ResidentParameter.PROCESSES), 1);
}

/** The first slot of a process, or, of the one behind the last, where the anonymous slots end. */
function firstOf(actor: i32, process: i32): i32 {
  return <i32>((<i64>whole(actor, ResidentParameter.ANON) * process) / processes(actor));
}

/** Its pages, in memory and in swap: what oom_badness() counts. */
export function processPages(actor: i32, process: i32): i32 {
  let pages = 0;
  for (let nth = firstOf(actor, process); nth < firstOf(actor, process + 1); nth++) {
    const slot = slotOf(actor, nth);
    if (pageIn(slot) != NONE || isSwapped(slot)) pages += 1;
  }
  return pages;
}

/** The process that has most; -1: none has any. */
export function largestProcess(actor: i32): i32 {
  let largest = -1;
  let most = 0;
  for (let process = 0; process < processes(actor); process++) {
    const pages = processPages(actor, process);
    if (pages <= most) continue;
    largest = process;
    most = pages;
  }
  return largest;
}

/** From here on it ends: endSome() until that answers false. */
export function beginToEnd(actor: i32, process: i32): void {
  setActorWord(actor, ActorWord.C, process + 1);
  setActorWord(actor, ActorWord.D, firstOf(actor, process));
}

/** The process that ends. */
export function endingProcess(actor: i32): i32 {
  return actorWord(actor, ActorWord.C) - 1;
}

/** The next pages are freed; what it wanted in vain is wanted no longer, and was not done. True: there are more. */
export function endSome(actor: i32): bool {
  const cpu = cpuOf(actor);
  const end = firstOf(actor, actorWord(actor, ActorWord.C));
  const first = actorWord(actor, ActorWord.D);
  const last = min(first + END_BATCH, end);
  let freed = 0;
  for (let nth = first; nth < last; nth++) {
    const slot = slotOf(actor, nth);
    if (isLacking(slot)) {
      endLacking(actor, slot);
      addCounter(actor, Counter.DROPPED, 1);
    } else freed += dropSlot(cpu, slot);
    loseSlot(slot);
  }
  countFreed(actor, freed, freed);
  setActorWord(actor, ActorWord.D, last);
  return last < end;
}

/** It starts again: it wants all its pages. */
export function wantAgain(actor: i32, process: i32): void {
  for (let nth = firstOf(actor, process); nth < firstOf(actor, process + 1); nth++) {
    const slot = slotOf(actor, nth);
    if (!isGone(slot)) continue;
    plan(actor);
    lackPage(actor, slot);
  }
}
