// Knows: a ring of the windows that cma_alloc requests have tried, and what blocked each.
// Must not know: how a request works.

import { WINDOW_CAPACITY } from "../abi/limits";
import { WindowWord } from "../abi/records";
import { StatWord } from "../abi/words";
import { STATS, WINDOWS } from "../memory/regions";

/** Answers the record, for its last words to be written. */
export function recordWindow(request: i32, start: u32, error: i32, blocker: u32, reason: i32): usize {
  const nth = load<u32>(STATS, StatWord.WINDOWS << 2);
  const at = WINDOWS + <usize>((nth & (WINDOW_CAPACITY - 1)) * (WindowWord.COUNT << 2));
  store<i32>(at, request, WindowWord.REQUEST << 2);
  store<u32>(at, start, WindowWord.START << 2);
  store<i32>(at, error, WindowWord.ERROR << 2);
  store<u32>(at, blocker, WindowWord.BLOCKER << 2);
  store<i32>(at, reason, WindowWord.REASON << 2);
  store<u32>(at, 0, WindowWord.OWNER << 2);
  store<u32>(at, 0, WindowWord.PIN_KIND << 2);
  store<u32>(at, 0, WindowWord.HELD << 2);
  store<u32>(STATS, nth + 1, StatWord.WINDOWS << 2);
  return at;
}
