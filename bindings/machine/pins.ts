// Knows: the pins of a machine as a caller sees them. Must not know: what holders do with the pages.

import { Region } from "../../assembly/abi/layout.js";
import { PinWord } from "../../assembly/abi/records.js";
import type { PinKind } from "../../assembly/abi/vocabulary.js";
import { LevelWord } from "../../assembly/abi/words.js";
import type { Engine } from "../engine/engine.js";
import type { Pfn } from "../engine/units.js";

/** Who takes a reference, and how. */
export interface PinOptions {
  /** Default SHORT. */
  readonly kind?: PinKind;
  /** A number of the caller's own for the holder. Default 0. */
  readonly owner?: number;
  /** CPU that pins; 0 when absent. */
  readonly cpu?: number;
}

/** A pin, to be given back to unpin(). */
export interface Pin {
  /** Number of its record. */
  readonly id: number;
  /** The frame that the page is in: a long pin may have moved it. */
  readonly pfn: Pfn;
}

/** A pin with who holds it, of what kind, since when. */
export interface PinView extends Pin {
  /** What it is for. */
  readonly kind: PinKind;
  /** The caller's own number for the holder. */
  readonly owner: number;
  /** Virtual time at which it was taken, in nanoseconds. */
  readonly since: number;
}

/** In the order of their records. */
export function readPins(engine: Engine, pfn?: number): PinView[] {
  const words = engine.unsigned(Region.PINS);
  const used = engine.unsigned(Region.LEVELS)[LevelWord.PINS_USED] ?? 0;
  const found: PinView[] = [];
  for (let id = 0; id < used; id++) {
    const word = (w: PinWord) => words[id * PinWord.COUNT + w] ?? 0;
    const held = word(PinWord.PFN);
    if (held === 0 || (pfn !== undefined && held !== pfn + 1)) continue;
    const since = word(PinWord.SINCE_HIGH) * 2 ** 32 + word(PinWord.SINCE_LOW);
    found.push({ id, pfn: (held - 1) as Pfn, kind: word(PinWord.KIND), owner: word(PinWord.OWNER), since });
  }
  return found;
}
