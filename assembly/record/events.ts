// Knows: a ring of the last events. All rooms above memory may write here.
// Must not know: what an event is good for. Recording never changes the machine.
//
// Off, an event costs one test of a word. The reader keeps its own place: what it lost is LevelWord.RECORDED minus that
// place minus ConfigWord.EVENT_SLOTS.

import { RecordGroup } from "../abi/events";
import { ConfigWord, EventWord, LevelWord } from "../abi/words";
import { CONFIG, EVENTS, LEVELS } from "../memory/regions";

/** Are events of this RecordGroup wanted? */
export function records(group: i32): bool {
  return (load<i32>(CONFIG, ConfigWord.RECORD << 2) & group) != 0;
}

/** A decision of the allocator, at a place that does not know its CPU. */
export function record(kind: i32, zone: i32, a: u32, b: u32, c: u32, d: u32): void {
  if (records(RecordGroup.DECISIONS)) append(kind, -1, zone, a, b, c, d, 0);
}

/** An event of `group`. */
export function tell(
  group: i32,
  kind: i32,
  cpu: i32,
  zone: i32,
  a: u32,
  b: u32,
  c: u32,
  d: u32,
  e: u32,
): void {
  if (records(group)) append(kind, cpu, zone, a, b, c, d, e);
}

function append(kind: i32, cpu: i32, zone: i32, a: u32, b: u32, c: u32, d: u32, e: u32): void {
  const nth = load<u32>(LEVELS, LevelWord.RECORDED << 2);
  const mask = load<u32>(CONFIG, ConfigWord.EVENT_SLOTS << 2) - 1;
  const at = EVENTS + <usize>(nth & mask) * (EventWord.COUNT << 2);
  store<u32>(at, kind, EventWord.KIND << 2);
  store<u32>(at, zone, EventWord.ZONE << 2);
  store<u32>(at, a, EventWord.A << 2);
  store<u32>(at, b, EventWord.B << 2);
  store<u32>(at, c, EventWord.C << 2);
  store<u32>(at, d, EventWord.D << 2);
  store<u32>(at, e, EventWord.E << 2);
  store<i32>(at, cpu, EventWord.CPU << 2);
  store<u64>(at, load<u64>(LEVELS, LevelWord.CLOCK_LOW << 2), EventWord.TIME_LOW << 2);
  store<u32>(LEVELS, nth + 1, LevelWord.RECORDED << 2);
}
