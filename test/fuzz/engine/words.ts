// Knows: a sequence of commands as numbers, four to a command, as the command buffer takes them and as a corpus keeps them.
// Must not know: which commands are worth it.

import { Op } from "../../../assembly/abi/vocabulary.js";

/** op | cpu << 8 | order << 16 | flags << 24, then a, b, c. */
export const WORDS = 4;

/** Commands one behind the other; grows. */
export class Script {
  #words = new Int32Array(4096 * WORDS);
  #length = 0;

  /** Commands. */
  get length(): number {
    return this.#length;
  }

  get words(): Int32Array {
    return this.#words.subarray(0, this.#length * WORDS);
  }

  push(op: Op, cpu = 0, order = 0, flags = 0, a = 0, b = 0, c = 0): number {
    const at = this.#length * WORDS;
    if (at === this.#words.length) {
      const larger = new Int32Array(this.#words.length * 2);
      larger.set(this.#words);
      this.#words = larger;
    }
    this.#words[at] = op | (cpu << 8) | (order << 16) | (flags << 24);
    this.#words[at + 1] = a;
    this.#words[at + 2] = b;
    this.#words[at + 3] = c;
    return this.#length++;
  }

  clear(): void {
    this.#length = 0;
  }
}

/** Rows of a script, for a corpus file. */
export function rowsOf(words: Int32Array): number[][] {
  return Array.from({ length: words.length / WORDS }, (_, i) => [
    ...words.subarray(i * WORDS, (i + 1) * WORDS),
  ]);
}

export function wordsOf(rows: readonly (readonly number[])[]): Int32Array {
  return Int32Array.from(rows.flat());
}

/** As a person reads it. */
export function printScript(words: Int32Array): string {
  return rowsOf(words)
    .map(([first = 0, a = 0, b = 0, c = 0]) => {
      const name = Op[first & 0xff] ?? String(first & 0xff);
      return `${name} cpu ${(first >> 8) & 0xff} order ${(first >> 16) & 0xff} flags ${first >>> 24}: ${a}, ${b}, ${c}`;
    })
    .join("\n");
}
