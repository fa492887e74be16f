// Knows: memory that is in use from the start, and its turnover: one page freed, another of the same kind allocated.
// Must not know: who it belongs to. Filling takes no time where it has been there since boot.
// A page that is not to be had is wanted still: it is asked for again, as callers in the kernel do, every Cost.KILL.
// A process that is killed gives its pages back while others act; its part of the plan is dropped until it starts again.
//
//   slots:  anonymous | file | unmovable | reclaimable     (ResidentParameter says how many of each)
//   ActorWord.A: where the search for lacking pages goes on; B: 1 while it is to go on; C, D: as parts/processes

import { MoveOn } from "../../abi/proposals";
import { ActorWord, Cost, Counter, ResidentParameter } from "../../abi/simulation";
import { Gfp, PageFlag } from "../../abi/vocabulary";
import { ConfigWord } from "../../abi/words";
import { MOST_NOTED, readToFree } from "../../frames/ahead";
import { slotContent } from "../../frames/owner";
import { freePages } from "../../frames/zone";
import { NONE } from "../../memory/list";
import { config } from "../../memory/regions";
import {
  actorWord,
  addCounter,
  arrive,
  charge,
  cost,
  counter,
  cpuOf,
  drawBelow,
  isActive,
  later,
  parameter,
  pickBelow,
  plan,
  setActorWord,
  takeNoTime,
  whole,
} from "../parts/actor";
import { endDying } from "../parts/dying";
import { become } from "../parts/holds";
import {
  ANON,
  countFreed,
  dropSlot,
  endLacking,
  FILE,
  GFP_ANON,
  GFP_FILE,
  GFP_KERNEL,
  isGone,
  isLacking,
  isOutOfMemory,
  isSwapped,
  KERNEL,
  lackPage,
  noteSlot,
  pageIn,
  putInSlot,
  SLAB,
  slotOf,
  swapIn,
  take,
  touch,
} from "../parts/pages";
import { beginToEnd, endingProcess, endSome, wantAgain } from "../parts/processes";

/** Its tags, behind those that every actor knows (Tag). */
enum Step {
  TURN_OVER = 3,
  /** What is lacking is asked for again. */
  AGAIN,
  /** The next part comes into use. */
  FILL,
  /** The next pages of a process that was killed are freed. */
  END,
  /** The process named by the payload starts again. */
  RESTART,
  /** Some pages of the working set are used. */
  TOUCH,
}

/** ANON, FILE, UNMOVABLE, RECLAIMABLE */
const KINDS: i32 = 4;
/** Slots looked at, and pages asked for, by one event that asks again. */
const LOOK: i32 = 65_536;
const ASK: i32 = 256;

/** Is the page of this slot dirty whenever it is there? So the plan says, not the machine. */
function isDirty(nth: i32, share: f64): bool {
  return <f64>(<u32>nth * 0x9e37_79b1) < share * 4294967296.0;
}

/** A page of the kind that this slot is for; the caller counts it. False: there is none. */
function fill(actor: i32, cpu: i32, nth: i32, kind: i32): bool {
  let gfp = GFP_ANON;
  let content = ANON;
  if (kind == 1) {
    gfp = GFP_FILE;
    content = FILE;
    if (isDirty(nth, parameter(actor, ResidentParameter.DIRTY_SHARE))) content |= PageFlag.DIRTY;
  } else if (kind > 1) {
    gfp = kind == 2 ? GFP_KERNEL : GFP_KERNEL | Gfp.RECLAIMABLE;
    content = kind == 2 ? KERNEL : SLAB;
  }
  let link = inline.always(take(actor, cpu, 0, gfp, content));
  if (link == NONE) return false;
  if (content & PageFlag.DIRTY) link = become(actor, cpu, link, MoveOn.DIRTY);
  putInSlot(slotOf(actor, nth), link);
  return true;
}

/** Where the slots of a kind end. */
function endOf(actor: i32, kind: i32): i32 {
  let end = 0;
  for (let i = 0; i <= kind; i++) end += whole(actor, ResidentParameter.ANON + i);
  return end;
}

/** Parts in which the memory comes into use. */
const RUNS: i32 = 64;

/**
 * One part of the filling. Kinds come in turns, as they did while the device started: one page of each in proportion to
 * its size. A kind that finds no page lacks the rest of its turn; the others go on.
 */
function fillRun(actor: i32, run: i32): void {
  const cpu = cpuOf(actor);
  let from = 0;
  for (let kind = 0; kind < KINDS; kind++) {
    const size = whole(actor, ResidentParameter.ANON + kind);
    const last = from + <i32>((<i64>size * (run + 1)) / RUNS);
    let isHad: bool = true;
    for (let nth = from + <i32>((<i64>size * run) / RUNS); nth < last; nth++) {
      // A process that was killed meanwhile has nothing; one that has started again has its page, or asks for it.
      const slot = slotOf(actor, nth);
      if (slotContent(slot) != 0) {
        if (isGone(slot)) addCounter(actor, Counter.DROPPED, 1);
        continue;
      }
      isHad = isHad && fill(actor, cpu, nth, kind);
      if (isHad) addCounter(actor, Counter.ALLOCATED, 1);
      else lackPage(actor, slot);
    }
    from += size;
  }
}

export function start(actor: i32): void {
  plan(actor, endOf(actor, KINDS - 1));
  const time = parameter(actor, ResidentParameter.FILL_TIME);
  if (time > 0) return later(actor, Step.FILL, 0, 0);
  for (let run = 0; run < RUNS; run++) fillRun(actor, run);
  takeRest(actor, cpuOf(actor));
  endFilling(actor);
}

/** Memory that comes into use while others act costs its time; the next part comes when the plan says so. */
function fillOn(actor: i32, run: i32): void {
  const before = counter(actor, Counter.ALLOCATED);
  fillRun(actor, run);
  charge(actor, (counter(actor, Counter.ALLOCATED) - before) * cost(Cost.ALLOCATE));
  if (run + 1 == RUNS) return endFilling(actor);
  arrive(actor, Step.FILL, parameter(actor, ResidentParameter.FILL_TIME) / RUNS, run + 1);
}

function endFilling(actor: i32): void {
  takeNoTime();
  scheduleBatch(actor);
  scheduleTouch(actor);
  askAgainLater(actor);
}

/** What is free beyond LEAVE_FREE has been the kernel's since boot; it has no slot, since it is never given back. */
function takeRest(actor: i32, cpu: i32): void {
  const wanted = whole(actor, ResidentParameter.LEAVE_FREE);
  if (wanted == 0) return;
  for (let left = freeEverywhere() - wanted; left > 0; left--) {
    if (take(actor, cpu, 0, GFP_KERNEL, KERNEL) == NONE) return;
    addCounter(actor, Counter.ALLOCATED, 1);
  }
}

/** Free pages of all zones, those of CMA areas among them; what lies on per-CPU lists is not. */
function freeEverywhere(): i32 {
  let pages = 0;
  for (let zone = 0; zone < config(ConfigWord.NR_ZONES); zone++) pages += freePages(zone);
  return pages;
}

function scheduleBatch(actor: i32): void {
  const interval = parameter(actor, ResidentParameter.INTERVAL);
  arrive(actor, Step.TURN_OVER, interval * parameter(actor, ResidentParameter.BATCH));
}

function askAgainLater(actor: i32): void {
  askAgainAfter(actor, cost(Cost.KILL));
}

function askAgainAfter(actor: i32, pause: f64): void {
  if (counter(actor, Counter.LACKING) == 0 || actorWord(actor, ActorWord.B) != 0) return;
  setActorWord(actor, ActorWord.B, 1);
  later(actor, Step.AGAIN, pause, 0);
}

/** Each kind asks until one page of it is not to be had. */
function askAgain(actor: i32): void {
  setActorWord(actor, ActorWord.B, 0);
  const total = endOf(actor, KINDS - 1);
  const cpu = cpuOf(actor);
  let nth = actorWord(actor, ActorWord.A);
  let asked = 0;
  let refused: u32 = 0;
  for (let looked = 0; looked < min(LOOK, total) && asked < ASK; looked++) {
    if (isLacking(slotOf(actor, nth))) {
      const kind = kindOf(actor, nth);
      if ((refused & (1 << kind)) == 0) {
        asked += 1;
        if (fill(actor, cpu, nth, kind)) gain(actor);
        else refused |= 1 << kind;
      }
    }
    nth = nth + 1 < total ? nth + 1 : 0;
  }
  setActorWord(actor, ActorWord.A, nth);
  askAgainAfter(actor, refused ? cost(Cost.KILL) : 0);
}

/** One page less is lacking: it is in its slot. */
function gain(actor: i32): void {
  addCounter(actor, Counter.LACKING, -1);
  addCounter(actor, Counter.ALLOCATED, 1);
  charge(actor, cost(Cost.ALLOCATE));
}

function kindOf(actor: i32, nth: i32): i32 {
  let kind = 0;
  while (nth >= endOf(actor, kind)) kind += 1;
  return kind;
}

export function act(actor: i32, tag: i32, payload: u32): void {
  if (tag == Step.END) return endMore(actor);
  if (!isActive(actor)) return;
  if (tag == Step.AGAIN) askAgain(actor);
  else if (tag == Step.FILL) fillOn(actor, payload);
  else if (tag == Step.RESTART) restart(actor, payload);
  else if (tag == Step.TOUCH) useSome(actor);
  else turnOver(actor);
}

/** Pages drawn from the working set are used: young, and read back from swap where they are there, until no page is to be had. */
function useSome(actor: i32): void {
  scheduleTouch(actor);
  const share = parameter(actor, ResidentParameter.TOUCH_SHARE);
  const pages = <i32>(share * parameter(actor, ResidentParameter.ANON));
  if (pages == 0) return;
  const cpu = cpuOf(actor);
  for (let i = whole(actor, ResidentParameter.TOUCH_PAGES); i > 0; i--) {
    const slot = slotOf(actor, <i32>pickBelow(actor, pages));
    const present = pageIn(slot);
    if (present != NONE) touch(present);
    else if (isSwapped(slot) && swapIn(actor, cpu, slot) == NONE) return;
  }
}

function scheduleTouch(actor: i32): void {
  arrive(actor, Step.TOUCH, parameter(actor, ResidentParameter.TOUCH_INTERVAL));
}

/** The process gets its signal; its memory goes bit by bit. */
export function kill(actor: i32, process: i32): void {
  addCounter(actor, Counter.KILLED, 1);
  beginToEnd(actor, process);
  later(actor, Step.END, 0, 0);
}

function endMore(actor: i32): void {
  if (endSome(actor)) return later(actor, Step.END, 0, 0);
  endDying();
  const pause = parameter(actor, ResidentParameter.RESTART);
  if (pause > 0) later(actor, Step.RESTART, pause, endingProcess(actor));
}

function restart(actor: i32, process: i32): void {
  wantAgain(actor, process);
  askAgainAfter(actor, 0);
}

function turnOver(actor: i32): void {
  scheduleBatch(actor);
  const batch = whole(actor, ResidentParameter.BATCH);
  const file = endOf(actor, 0);
  const unmovable = endOf(actor, 1);
  const reclaimable = endOf(actor, 2);
  const total = endOf(actor, 3);
  if (total == 0) return;
  plan(actor, batch);
  // One CPU frees, another allocates: through the lists of one alone each page would come back into its own frame.
  const freeing = cpuOf(actor);
  const cpu = cpuOf(actor);
  let freed = 0;
  let allocated = 0;
  let lost = 0;
  for (let i = 0; i < batch; i++) {
    if (i % MOST_NOTED == 0) drawSome(actor, total, min(batch - i, MOST_NOTED));
    const nth = drawn(i % MOST_NOTED);
    const slot = slotOf(actor, nth);
    if (isOutOfMemory(slot)) {
      if (isGone(slot)) {
        lost += 1;
        continue;
      }
      if (isLacking(slot)) endLacking(actor, slot);
    }
    freed += inline.always(dropSlot(freeing, slot));
    const kind = nth < file ? 0 : nth < unmovable ? 1 : nth < reclaimable ? 2 : 3;
    if (inline.always(fill(actor, cpu, nth, kind))) allocated += 1;
    else lackPage(actor, slot);
  }
  addCounter(actor, Counter.DROPPED, lost);
  countFreed(actor, freed, freed);
  charge(actor, <f64>allocated * cost(Cost.ALLOCATE));
  addCounter(actor, Counter.ALLOCATED, allocated);
  addCounter(actor, Counter.OPERATIONS, allocated);
  askAgainLater(actor);
}

/** What was drawn last: the module's own, no part of a machine. */
const DRAWN: usize = memory.data(MOST_NOTED << 2);

function drawn(nth: i32): i32 {
  return load<i32>((<usize>nth) << 2, DRAWN);
}

/** The next draws; the pages that they name are read before the first of them is freed: their cache misses overlap. */
function drawSome(actor: i32, total: i32, count: i32): void {
  const first = slotOf(actor, 0);
  let noted = 0;
  for (let i = 0; i < count; i++) {
    const nth = drawBelow(actor, total);
    store<u32>((<usize>i) << 2, nth, DRAWN);
    noted = inline.always(noteSlot(noted, first + nth));
  }
  readToFree(noted);
}
