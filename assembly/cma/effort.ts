// Knows: what one request follows: what its client asked for, else what its area's policy says.
// Must not know: what comes of it.

import { askedEffort, askedRetries } from "../abi/command_word";
import { PolicyWord } from "../abi/proposals";
import { RequestWord } from "../abi/words";
import { policyOfArea } from "../memory/policies";
import { word } from "../memory/record";

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
