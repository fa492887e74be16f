// Knows: pins of an actor: taken one by one, each remembered in a cell, chained to those of the same I/O.
// Must not know: what the I/O is. A cell: FIRST the pin's record, A the pfn at that time.

import { orderOf } from "../../abi/frame_word";
import { CellWord } from "../../abi/run";
import { Cost, Counter } from "../../abi/simulation";
import { Status } from "../../abi/vocabulary";
import { ScratchWord, StatWord } from "../../abi/words";
import { pfnOf, wordOf } from "../../frames/frame";
import { NONE } from "../../memory/list";
import { SCRATCH, STATS } from "../../memory/regions";
import { leaveFor } from "../../movement/leave";
import { pin, unpin } from "../../movement/pins";
import { addCounter, charge, cost, counter, setCounter } from "./actor";
import { ageOf, cellWord, giveCell, setCellWord, takeCell } from "./cells";
import { wakeWaiting } from "./folio_io";
import { beginWork, chargeWork, wakeKswapdActor } from "./pages";

/** Scratch for what pin() answers: two words that nothing else uses between two commands. */
const ANSWER: usize = SCRATCH + ((<usize>ScratchWord.ANSWER) << 2);

/**
 * Pins the page and puts its cell in front of `chain` (cell + 1, 0: none yet). Answers the new chain, or `chain` when
 * it could not be pinned; lastStatus() says why. The owner that windows name is the actor's number.
 */
export function hold(actor: i32, cpu: i32, link: u32, kind: i32, chain: u32): u32 {
  const before = beginWork();
  const moved = pagesMoved();
  const status = pin(cpu, pfnOf(link), kind, actor, ANSWER, SCRATCH + ((<usize>ScratchWord.ANSWER_PFN) << 2));
  chargeWork(actor, before);
  chargeMoves(actor, moved);
  wakeKswapdActor();
  store<i32>(SCRATCH, status, ScratchWord.ANSWER_STATUS << 2);
  if (status != Status.OK) return chain;
  const cell = takeCell(actor, load<u32>(ANSWER), 1);
  if (cell == NONE) {
    unpin(cpu, load<u32>(ANSWER));
    return chain;
  }
  setCellWord(cell, CellWord.A, load<u32>(SCRATCH, ScratchWord.ANSWER_PFN << 2));
  setCellWord(cell, CellWord.NEXT, chain);
  addCounter(actor, Counter.PINNED, 1);
  addCounter(actor, Counter.PINS, 1);
  return cell + 1;
}

/** Before the pins of one call of get_user_pages. */
export function beginPins(): void {
  store<i32>(SCRATCH, 0, ScratchWord.ANSWER_MOVED << 2);
}

/** Behind them: what was moved out of CMA has left in one call of migrate_pages(). */
export function endPins(actor: i32): void {
  if (load<i32>(SCRATCH, ScratchWord.ANSWER_MOVED << 2) > 0) charge(actor, cost(Cost.MIGRATE_BATCH));
}

/** Status of the last hold(). */
export function lastStatus(): i32 {
  return load<i32>(SCRATCH, ScratchWord.ANSWER_STATUS << 2);
}

function pagesMoved(): i32 {
  const all = load<i32>(STATS, StatWord.PAGES_MIGRATED << 2);
  return all - load<i32>(STATS, StatWord.PAGES_COMPACTED << 2);
}

/** Pages that the pin has moved out of the way are its actor's work. */
function chargeMoves(actor: i32, before: i32): void {
  const moved = pagesMoved() - before;
  if (moved == 0) return;
  charge(actor, <f64>moved * cost(Cost.MIGRATE_PAGE));
  addCounter(actor, Counter.MOVED, moved);
  store<i32>(
    SCRATCH,
    load<i32>(SCRATCH, ScratchWord.ANSWER_MOVED << 2) + moved,
    ScratchWord.ANSWER_MOVED << 2,
  );
}

/** A page is about to become dirty, or to be written (one MoveOn bit): where it is then. A move is the actor's work. */
export function become(actor: i32, cpu: i32, link: u32, event: i32): u32 {
  const before = beginWork();
  const at = leaveFor(cpu, link, event);
  if (at == link) return link;
  chargeWork(actor, before);
  charge(actor, cost(Cost.MIGRATE_BATCH) + cost(Cost.MIGRATE_PAGE) * <f64>(1 << orderOf(wordOf(at))));
  addCounter(actor, Counter.MOVED, <f64>(1 << orderOf(wordOf(at))));
  return at;
}

/** Lets go of every pin of a chain. */
export function letGo(actor: i32, cpu: i32, chain: u32): void {
  let next = chain;
  while (next) {
    const cell = next - 1;
    next = cellWord(cell, CellWord.NEXT);
    const age = ageOf(cell);
    unpin(cpu, cellWord(cell, CellWord.FIRST));
    addCounter(actor, Counter.PINNED, -1);
    addCounter(actor, Counter.PIN_TIME, age);
    if (age > counter(actor, Counter.LONGEST_PIN)) setCounter(actor, Counter.LONGEST_PIN, age);
    giveCell(cell);
  }
  wakeWaiting();
}
