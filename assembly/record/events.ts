// Knows: the running totals and a ring of the last events. All rooms above memory may write here.
// Must not know: what an event is good for. Recording never changes the machine.

import { EVENT_CAPACITY } from "../abi/limits";
import { ConfigWord, EventWord, StatWord } from "../abi/words";
import { CONFIG, EVENTS, STATS } from "../memory/regions";

export function count(stat: i32): void {
  const at = STATS + ((<usize>stat) << 2);
  store<u32>(at, load<u32>(at) + 1);
}

export function record(kind: i32, zone: i32, a: u32, b: u32, c: u32, d: u32): void {
  if (!(load<i32>(CONFIG, ConfigWord.RECORD << 2) & 1)) return;
  const nth = load<u32>(STATS, StatWord.EVENTS << 2);
  const at = EVENTS + <usize>((nth & (EVENT_CAPACITY - 1)) * (EventWord.COUNT << 2));
  store<u32>(at, kind, EventWord.KIND << 2);
  store<u32>(at, zone, EventWord.ZONE << 2);
  store<u32>(at, a, EventWord.A << 2);
  store<u32>(at, b, EventWord.B << 2);
  store<u32>(at, c, EventWord.C << 2);
  store<u32>(at, d, EventWord.D << 2);
  store<u32>(STATS, nth + 1, StatWord.EVENTS << 2);
}
