// Knows: applications: launched, filled, used, ended; the oldest is killed for a new one, or when memory is short.
// Must not know: their memory (workload/parts/application). An application that ends gives its memory back while others act.
// DEVIATION: file pages that an application has mapped go with it; the kernel keeps them cached.
//
//   ActorWord.A, B: the oldest and the newest that is alive (cell + 1); D: how many are
//   cell: as workload/parts/application; A its number (VICTIM: it was killed), NEXT the next younger one (cell + 1)

import { CellWord } from "../../abi/run";
import { ActorWord, AppsParameter, Cost, Counter } from "../../abi/simulation";
import { NONE } from "../../memory/list";
import {
  actorWord,
  addCounter,
  arrive,
  cost,
  counter,
  drawBetween,
  drawExponential,
  isActive,
  later,
  parameter,
  pickBelow,
  plan,
  setActorWord,
  takeNoTime,
  whole,
} from "../parts/actor";
import { beginToEmpty, emptyMore, Filling, fillMore, useSome } from "../parts/application";
import { ageOf, cellWord, giveCell, setCellWord, takeCell } from "../parts/cells";
import { endDying } from "../parts/dying";
import { givePlace, takePlace } from "../parts/places";

/** Its tags, behind those that every actor knows (Tag). An application is named by its number: it may be gone. */
enum Step {
  LAUNCH = 3,
  FILL,
  USE,
  EXIT,
  /** The payload is the cell of an application that is no longer alive. */
  EMPTY,
}

/** In the place of its number, once it has been killed for want of memory. */
const VICTIM: u32 = 0xffff_ffff;

function most(actor: i32): i32 {
  return max(whole(actor, AppsParameter.PAGES_MAX), 1);
}

/** Those that are alive at the start have been there since boot: filling took no time. */
export function start(actor: i32): void {
  arrive(actor, Step.USE, parameter(actor, AppsParameter.TOUCH_INTERVAL));
  scheduleLaunch(actor);
  const initial = whole(actor, AppsParameter.INITIAL);
  for (let i = 0; i < initial; i++) {
    const cell = launch(actor);
    if (cell == NONE) continue;
    let state = Filling.GOES_ON;
    while (state == Filling.GOES_ON) state = fillMore(actor, cell);
    takeNoTime();
    if (state == Filling.SHORT) later(actor, Step.FILL, cost(Cost.KILL), cellWord(cell, CellWord.A));
  }
}

function scheduleLaunch(actor: i32): void {
  const interval = parameter(actor, AppsParameter.INTERVAL);
  if (interval > 0) arrive(actor, Step.LAUNCH, drawExponential(actor, interval));
}

/** A new application, without a page yet. NONE: those that are ending have not made room for it yet. */
function launch(actor: i32): u32 {
  const number = <u32>counter(actor, Counter.OPERATIONS);
  const pages = drawBetween(actor, whole(actor, AppsParameter.PAGES_MIN), most(actor));
  const lifetime = parameter(actor, AppsParameter.LIFETIME);
  const exit = lifetime > 0 ? drawExponential(actor, lifetime) : -1;
  plan(actor);
  addCounter(actor, Counter.OPERATIONS, 1);
  if (actorWord(actor, ActorWord.D) >= whole(actor, AppsParameter.MOST)) endOldest(actor);
  const place = takePlace(actor, most(actor));
  const cell = place == NONE ? NONE : takeCell(actor, place * most(actor), pages);
  if (cell == NONE) {
    addCounter(actor, Counter.DROPPED, 1);
    return NONE;
  }
  setCellWord(cell, CellWord.A, number);
  const newest = actorWord(actor, ActorWord.B);
  if (newest) setCellWord(newest - 1, CellWord.NEXT, cell + 1);
  else setActorWord(actor, ActorWord.A, cell + 1);
  setActorWord(actor, ActorWord.B, cell + 1);
  setActorWord(actor, ActorWord.D, actorWord(actor, ActorWord.D) + 1);
  if (exit >= 0) arrive(actor, Step.EXIT, exit, number);
  return cell;
}

/** The cell of the application with this number while it is alive, else NONE. */
function alive(actor: i32, number: u32): u32 {
  let next = <u32>actorWord(actor, ActorWord.A);
  while (next && cellWord(next - 1, CellWord.A) != number) next = cellWord(next - 1, CellWord.NEXT);
  return next ? next - 1 : NONE;
}

/** Takes it out of the chain, and its memory away bit by bit. */
function end(actor: i32, cell: u32): void {
  const next = cellWord(cell, CellWord.NEXT);
  let before = <u32>actorWord(actor, ActorWord.A);
  if (before == cell + 1) {
    setActorWord(actor, ActorWord.A, next);
    before = 0;
  } else {
    while (cellWord(before - 1, CellWord.NEXT) != cell + 1) before = cellWord(before - 1, CellWord.NEXT);
    setCellWord(before - 1, CellWord.NEXT, next);
  }
  if (next == 0) setActorWord(actor, ActorWord.B, before);
  setActorWord(actor, ActorWord.D, actorWord(actor, ActorWord.D) - 1);
  beginToEmpty(cell);
  later(actor, Step.EMPTY, 0, cell);
}

function endOldest(actor: i32): void {
  const oldest = actorWord(actor, ActorWord.A);
  if (oldest) end(actor, oldest - 1);
}

function fill(actor: i32, number: u32): void {
  const cell = alive(actor, number);
  if (cell == NONE) return;
  const state = fillMore(actor, cell);
  if (state == Filling.FULL) return;
  later(actor, Step.FILL, state == Filling.SHORT ? cost(Cost.KILL) : 0, number);
}

/** The application in use: the newest half of the time, the one before it a quarter, and so on. */
function use(actor: i32): void {
  if (!isActive(actor)) return;
  arrive(actor, Step.USE, parameter(actor, AppsParameter.TOUCH_INTERVAL));
  const count = actorWord(actor, ActorWord.D);
  if (count == 0) return;
  const back = min(<i32>clz(pickBelow(actor, 0xffff_ffff)), count - 1);
  let cell = actorWord(actor, ActorWord.A) - 1;
  for (let i = count - 1; i > back; i--) cell = cellWord(cell, CellWord.NEXT) - 1;
  useSome(actor, cell);
}

function empty(actor: i32, cell: u32): void {
  if (emptyMore(actor, cell)) return later(actor, Step.EMPTY, 0, cell);
  if (cellWord(cell, CellWord.A) == VICTIM) endDying();
  givePlace(actor, cellWord(cell, CellWord.FIRST) / most(actor));
  giveCell(cell);
}

export function act(actor: i32, tag: i32, payload: u32): void {
  if (tag == Step.FILL) fill(actor, payload);
  else if (tag == Step.USE) use(actor);
  else if (tag == Step.EMPTY) empty(actor, payload);
  else if (tag == Step.EXIT) {
    const cell = alive(actor, payload);
    if (cell != NONE) end(actor, cell);
  } else if (isActive(actor)) {
    scheduleLaunch(actor);
    const cell = launch(actor);
    if (cell != NONE) later(actor, Step.FILL, 0, cellWord(cell, CellWord.A));
  }
}

/** Nanoseconds since the oldest was launched; -1: none is alive. */
export function oldestAge(actor: i32): f64 {
  const oldest = actorWord(actor, ActorWord.A);
  return oldest ? ageOf(oldest - 1) : -1;
}

/** Pages of the application that would be killed; as far as it has been filled. */
export function oldestPages(actor: i32): i32 {
  return <i32>cellWord(actorWord(actor, ActorWord.A) - 1, CellWord.B);
}

export function killOldest(actor: i32): void {
  addCounter(actor, Counter.KILLED, 1);
  const cell = actorWord(actor, ActorWord.A) - 1;
  end(actor, cell);
  setCellWord(cell, CellWord.A, VICTIM);
}

export function stop(actor: i32): void {
  while (actorWord(actor, ActorWord.A)) endOldest(actor);
}
