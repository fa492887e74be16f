// Knows: how long pins were held, as a histogram of each holder, and a ring of those that were held for too long.
// Must not know: what a pin is for, when one is too long.

import { EXCESS_CAPACITY, LENGTH_BUCKETS, PIN_HOLDERS } from "../abi/limits";
import { ExcessWord } from "../abi/records";
import { LevelWord } from "../abi/words";
import { LEVELS, PIN_EXCESSES, PIN_LENGTHS } from "../memory/regions";

/** The last row is that of all holders with larger numbers. */
export function countLength(owner: u32, bucket: i32): void {
  const row = min(owner, <u32>PIN_HOLDERS - 1);
  const at = PIN_LENGTHS + <usize>((row * LENGTH_BUCKETS + bucket) << 2);
  store<u32>(at, load<u32>(at) + 1);
}

export function recordExcess(owner: u32, kind: u32, pfn: u32, inArea: bool, since: u64, us: u32): void {
  const nth = load<u32>(LEVELS, LevelWord.EXCESSES << 2);
  const at = PIN_EXCESSES + <usize>((nth & (EXCESS_CAPACITY - 1)) * (ExcessWord.COUNT << 2));
  store<u32>(at, owner, ExcessWord.OWNER << 2);
  store<u32>(at, kind, ExcessWord.KIND << 2);
  store<u32>(at, pfn, ExcessWord.PFN << 2);
  store<u32>(at, inArea ? 1 : 0, ExcessWord.IN_AREA << 2);
  store<u64>(at, since, ExcessWord.SINCE_LOW << 2);
  store<u32>(at, us, ExcessWord.HELD_US << 2);
  store<u32>(LEVELS, nth + 1, LevelWord.EXCESSES << 2);
}
