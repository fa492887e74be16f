// Knows: what one request follows: what its client asked for, else what its area's policy says.
// Must not know: what comes of it.

import { askedEffort, askedRetries } from "../abi/command_word";
import { RequestState } from "../abi/findings";
import { PolicyWord } from "../abi/proposals";
import { RequestWord } from "../abi/words";
import { policyOfArea } from "../memory/policies";
import { set, word } from "../memory/record";
import { waitsForReferences } from "../policy/busy";

/** A word of the row of the request's area. */
export function areaRule(at: usize, rule: i32): i32 {
  return policyOfArea(word(at, RequestWord.AREA), rule);
}

export function retriesOf(at: usize): i32 {
  const asked = askedRetries(word(at, RequestWord.ASKED));
  return asked < 0 ? areaRule(at, PolicyWord.CMA_RETRIES) : asked;
}

export function effortOf(at: usize): i32 {
  const asked = askedEffort(word(at, RequestWord.ASKED));
  return asked < 0 ? areaRule(at, PolicyWord.EFFORT) : asked;
}

/**
 * The references of one page are waited for, then the window is scanned from there on: its pageblocks stay isolated, and
 * whoever else wants the lock waits too. A machine without time waits for nothing.
 */
export function waitsForPage(at: usize, page: u32): bool {
  if (word(at, RequestWord.CLIENT) == 0) return false;
  const again = <u32>word(at, RequestWord.WAITED) == page + 1;
  const time = areaRule(at, PolicyWord.WAIT_REFS_US);
  const perWindow = areaRule(at, PolicyWord.WAIT_WINDOW) != 0;
  const killed = word(at, RequestWord.KILLED) != 0;
  const over = word(at, RequestWord.WAIT_OVER) != 0;
  if (!waitsForReferences(time, effortOf(at), killed, again, perWindow, over)) return false;
  set(at, RequestWord.WAITS_FOR, <i32>page + 1);
  set(at, RequestWord.WAITED, <i32>page + 1);
  set(at, RequestWord.WAITS_REFS, 1);
  set(at, RequestWord.CURSOR, page);
  set(at, RequestWord.BATCH, 0);
  set(at, RequestWord.STATE, RequestState.SCAN);
  return true;
}
