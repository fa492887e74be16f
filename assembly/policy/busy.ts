// Knows: what a cma_alloc does when windows are busy: the next one, another try, a sleep, a wait, the next range, no more.
// Must not know: requests. Pure numbers. Sources: cma_alloc (mm/cma.c, 6.12; 6.15 for several ranges); Goldsworthy, 2020, and
// r.android.com/3616623 (five sleeps of 100 ms); Kim, __GFP_NORETRY for CMA, 2021; Hubbard, "wait for folio refcount during
// longterm pin migration", RFC of April 2026, there for long pins.

import { Effort } from "../abi/proposals";
import { Errno } from "../abi/vocabulary";

/** Tries of one batch of pages before the window counts as busy (__alloc_contig_migrate_range). */
export function triesOf(effort: i32): i32 {
  if (effort == Effort.NORETRY) return 1;
  return 5;
}

/** Are pages that stayed busy tried one by one, with waits for writeback (MIGRATE_SYNC)? */
export function triesOneByOne(effort: i32): bool {
  return effort != Effort.NORETRY;
}

/** After the `busy`th busy window: is that enough? `most` 0: never. */
export function givesUp(most: i32, busy: i32): bool {
  if (most == 0) return false;
  return busy >= most;
}

/**
 * No window is left in a range: does the request sleep, and begin again? `error` is that of the last window, `range` the
 * number of the range: each has its own sleeps.
 */
export function sleepsAfterSweep(
  error: i32,
  slept: i32,
  retries: i32,
  range: i32,
  effort: i32,
  killed: bool,
): bool {
  if (error != Errno.EBUSY) return false;
  if (effort == Effort.NORETRY) return false;
  if (killed) return false;
  return slept < retries * (range + 1);
}

/** What stands for the error after a sleep, until a window is busy again. */
export function errorAfterSleep(): i32 {
  return Errno.ENOMEM;
}

/** No sleep: is the next range looked at? From 6.15 on only while the error is -EBUSY, with which a request begins there. */
export function triesNextRange(error: i32, startsBusy: bool): bool {
  if (!startsBusy) return true;
  return error == Errno.EBUSY;
}

/**
 * A window has failed for one page with references: does the request wait for them? `time` it may wait, `again`: it has
 * waited for this very page, `perWindow`: the time is for all pages of a window, `over`: it has passed.
 */
export function waitsForReferences(
  time: i32,
  effort: i32,
  killed: bool,
  again: bool,
  perWindow: bool,
  over: bool,
): bool {
  if (time == 0) return false;
  if (effort == Effort.NORETRY) return false;
  if (killed) return false;
  if (perWindow) return !over;
  return !again;
}
