// Knows: how the virtual time of many courses, one after the other, becomes one share of the whole.
// Must not know: what a course does.

import type { Pace } from "./course.js";

/** Who wants to know how far it is, and who may end it. */
export interface Listener {
  readonly onProgress?: (doneNs: number, totalNs: number) => void;
  readonly signal?: AbortSignal;
}

/** Adds up the virtual time of one course after another. */
export class Progress {
  #passed = 0;
  #total = Number.POSITIVE_INFINITY;
  readonly #listener: Listener;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  /** About so much is to be run in all. */
  plan(totalNs: number): void {
    this.#total = totalNs;
  }

  /** For a course that begins at this moment. */
  pace(startNs: number): Pace {
    let at = startNs;
    const onTime = (nowNs: number) => {
      this.#passed += nowNs - at;
      at = nowNs;
      if (Number.isFinite(this.#total))
        this.#listener.onProgress?.(Math.min(this.#passed, this.#total), this.#total);
    };
    return { onTime, signal: this.#listener.signal };
  }
}
