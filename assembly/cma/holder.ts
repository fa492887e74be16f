// Knows: who holds the page that kept a window from being taken, and since when.
// Must not know: how a request works.

import { PinWord, WindowWord } from "../abi/records";
import { LevelWord } from "../abi/words";
import { NONE } from "../memory/list";
import { LEVELS } from "../memory/regions";
import { findPin, pinAt } from "../movement/pins";

/** Writes owner, kind and age of the page's oldest pin into a window's record. */
export function nameHolder(row: usize, pfn: u32): void {
  const pin = findPin(pfn);
  if (pin == NONE) return;
  const at = pinAt(pin);
  const held = load<u64>(LEVELS, LevelWord.CLOCK_LOW << 2) - load<u64>(at, PinWord.SINCE_LOW << 2);
  store<u32>(row, load<u32>(at, PinWord.OWNER << 2), WindowWord.OWNER << 2);
  store<u32>(row, load<u32>(at, PinWord.KIND << 2), WindowWord.PIN_KIND << 2);
  store<u32>(row, <u32>min(held / 1000, 0xffff_ffff), WindowWord.HELD << 2);
}
