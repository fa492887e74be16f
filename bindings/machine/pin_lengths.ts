// Knows: reading how long pins were held: a histogram of each holder, and those that were held for too long.
// Must not know: when one is too long (the policy), what a holder does.

import { Region } from "../../assembly/abi/layout.js";
import { EXCESS_CAPACITY, LENGTH_BUCKETS, PIN_HOLDERS } from "../../assembly/abi/limits.js";
import { ExcessWord } from "../../assembly/abi/records.js";
import type { PinKind } from "../../assembly/abi/vocabulary.js";
import { LevelWord } from "../../assembly/abi/words.js";
import type { Engine } from "../engine/engine.js";

/** How long the pins of one holder were held. */
export interface PinLengths {
  /** Its number; PIN_HOLDERS - 1 stands for all with larger ones. */
  readonly owner: number;
  /** Pins by length: [0] below 1 us, [n] from 2^(n - 1) us up to 2^n us, the last one all that are longer. */
  readonly counts: readonly number[];
}

/** One pin that was held for longer than the policy's pinWarnNs. */
export interface PinExcess {
  /** Number of its holder. */
  readonly owner: number;
  /** What it was for. */
  readonly kind: PinKind;
  /** Where its page was at the end. */
  readonly pfn: number;
  /** In a CMA area? */
  readonly inArea: boolean;
  /** When it was taken, virtual nanoseconds. */
  readonly sinceNs: number;
  /** How long it was held, nanoseconds; whole microseconds. */
  readonly heldNs: number;
}

/** Holders that have put a pin since somebody measures. */
export function readPinLengths(engine: Engine): PinLengths[] {
  const words = engine.unsigned(Region.PIN_LENGTHS);
  return Array.from({ length: PIN_HOLDERS }, (_, owner) => ({
    owner,
    counts: [...words.subarray(owner * LENGTH_BUCKETS, (owner + 1) * LENGTH_BUCKETS)],
  })).filter(({ counts }) => counts.some((count) => count > 0));
}

/** All so far, and the last EXCESS_CAPACITY of them, in the order in which they ended. */
export function readPinExcesses(engine: Engine): { readonly total: number; readonly last: PinExcess[] } {
  const total = engine.unsigned(Region.LEVELS)[LevelWord.EXCESSES] ?? 0;
  const words = engine.unsigned(Region.PIN_EXCESSES);
  const kept = Math.min(total, EXCESS_CAPACITY);
  const last = Array.from({ length: kept }, (_, i): PinExcess => {
    const at = ((total - kept + i) % EXCESS_CAPACITY) * ExcessWord.COUNT;
    const word = (index: ExcessWord) => words[at + index] ?? 0;
    return {
      owner: word(ExcessWord.OWNER),
      kind: word(ExcessWord.KIND),
      pfn: word(ExcessWord.PFN),
      inArea: word(ExcessWord.IN_AREA) === 1,
      sinceNs: word(ExcessWord.SINCE_LOW) + word(ExcessWord.SINCE_HIGH) * 2 ** 32,
      heldNs: word(ExcessWord.HELD_US) * 1000,
    };
  });
  return { total, last };
}
