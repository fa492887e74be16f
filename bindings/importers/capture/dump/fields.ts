// Knows: lines made of `key=value` tokens, and the lists of pfns, runs and digits that a state dump writes.
// Must not know: which keys a line has (the callers ask for them by name).

import { quote } from "../../errors.js";
import type { LineCursor } from "../lines.js";
import { parseInteger, scanInteger } from "../numbers.js";

const SPACE = 32;
const ZERO = 48;
const NINE = 57;
const MAX_PFN = 0xffff_ffff;

/** The `key=value` tokens of the current line. Ask for each, then finish(): what nobody asked for is reported. */
export class LineFields {
  private readonly values = new Map<string, string>();
  private readonly asked = new Set<string>();
  private readonly word: string;

  /** @param positional how many tokens stand before the first key */
  constructor(
    private readonly lines: LineCursor,
    private readonly tokens: readonly string[],
    private readonly positional: number,
  ) {
    this.word = lines.word();
    for (const token of tokens.slice(positional)) {
      const equals = token.indexOf("=");
      if (equals <= 0) {
        lines.info(`"${this.word}" line: ${quote(token)} is not understood and was left aside`);
      } else if (this.values.has(token.slice(0, equals))) {
        throw lines.error(`"${this.word}" line has two ${token.slice(0, equals)}=`, "one");
      } else {
        this.values.set(token.slice(0, equals), token.slice(equals + 1));
      }
    }
  }

  has(key: string): boolean {
    return this.values.has(key);
  }

  /** A number >= 0. */
  count(key: string): number {
    const value = this.number(key);
    if (value < 0) {
      throw this.lines.error(`"${this.word}" line: ${key}=${value} is negative`, `${key}=<number >= 0>`);
    }
    return value;
  }

  /** A number >= 0, or 0 where this kernel does not write the key. */
  countOrZero(key: string): number {
    return this.has(key) ? this.count(key) : 0;
  }

  number(key: string): number {
    const text = this.text(key);
    const value = parseInteger(text);
    if (Number.isNaN(value)) {
      throw this.lines.error(
        `"${this.word}" line: ${key}=${quote(text)} is not a number`,
        `${key}=<integer>`,
      );
    }
    return value;
  }

  flag(key: string): boolean {
    const value = this.number(key);
    if (value !== 0 && value !== 1) {
      throw this.lines.error(`"${this.word}" line: ${key}=${value} is not a flag`, `${key}=0 or ${key}=1`);
    }
    return value === 1;
  }

  text(key: string): string {
    const value = this.values.get(key);
    if (value === undefined) {
      throw this.lines.error(`"${this.word}" line has no ${key}=`, `"${this.word} ... ${key}=<value> ..."`);
    }
    this.asked.add(key);
    return value;
  }

  /** A positional token that must be a number >= 0. */
  position(index: number, meaning: string): number {
    const token = this.tokens[index];
    const value = token === undefined ? Number.NaN : parseInteger(token);
    if (index >= this.positional || Number.isNaN(value) || value < 0) {
      const got = token === undefined ? "nothing" : quote(token);
      throw this.lines.error(`"${this.word}" line: ${got} where the ${meaning} belongs`, "an integer >= 0");
    }
    return value;
  }

  /** Every numeric field, under its own name; `needed` ones must be there. */
  record(needed: readonly string[]): Record<string, number> {
    const all: Record<string, number> = {};
    for (const key of needed) {
      all[key] = this.number(key);
    }
    for (const [key, text] of this.values) {
      const value = parseInteger(text);
      if (Number.isNaN(value)) {
        this.lines.info(`"${this.word}" line: ${key}=${quote(text)} is not a number and was left aside`);
      } else {
        all[key] = value;
      }
      this.asked.add(key);
    }
    return all;
  }

  finish(): void {
    for (const key of this.values.keys()) {
      if (!this.asked.has(key)) {
        this.lines.info(`"${this.word}" line: unknown ${key}= was left aside`);
      }
    }
  }
}

/** Blank-separated pfns in the current line from `from` on. */
export function scanPfns(lines: LineCursor, from: number): Uint32Array {
  const { text, end } = lines;
  const pfns = new Uint32Array(countTokens(text, from, end));
  let filled = 0;
  let at = from;
  while (at < end) {
    if (text.charCodeAt(at) === SPACE) {
      at += 1;
      continue;
    }
    let value = 0;
    const start = at;
    for (; at < end && text.charCodeAt(at) !== SPACE; at++) {
      const digit = text.charCodeAt(at) - ZERO;
      value = digit >= 0 && digit <= 9 ? value * 10 + digit : Number.NaN;
    }
    if (!(value <= MAX_PFN)) {
      const got = quote(text.slice(start, at));
      throw lines.error(
        `"${lines.word()}" line, column ${start - lines.start + 1}: ${got} is not a pfn`,
        PFNS,
      );
    }
    pfns[filled++] = value;
  }
  return pfns;
}

const PFNS = `decimal pfns of at most 32 bits, separated by blanks`;

function countTokens(text: string, from: number, end: number): number {
  let count = 0;
  let inside = false;
  for (let at = from; at < end; at++) {
    const blank = text.charCodeAt(at) === SPACE;
    if (!blank && !inside) {
      count += 1;
    }
    inside = !blank;
  }
  return count;
}

export interface LabelledRun {
  label: string;
  start: number;
  length: number;
}

/** `4096+2554` or `R4096+2554`, from `from` to the end of the line. `labels`: the letters allowed, "" for none. */
export function scanRuns(lines: LineCursor, from: number, labels: string): LabelledRun[] {
  const runs: LabelledRun[] = [];
  const { text, end } = lines;
  let at = from;
  while (at < end) {
    if (text.charCodeAt(at) === SPACE) {
      at += 1;
      continue;
    }
    let stop = text.indexOf(" ", at);
    stop = stop < 0 || stop > end ? end : stop;
    runs.push(scanRun(lines, at, stop, labels));
    at = stop;
  }
  return runs;
}

function scanRun(lines: LineCursor, start: number, stop: number, labels: string): LabelledRun {
  const { text } = lines;
  const label = labels === "" ? "" : text.charAt(start);
  const plus = text.indexOf("+", start);
  const first = scanInteger(text, start + label.length, plus);
  const length = scanInteger(text, plus + 1, stop);
  const known = labels === "" || labels.includes(label);
  if (!known || plus < 0 || plus > stop || !(first >= 0 && first <= MAX_PFN && length > 0)) {
    throw lines.error(
      `"${lines.word()}" line, column ${start - lines.start + 1}: ${quote(text.slice(start, stop))} is not a run`,
      labels === "" ? "start+length" : `one of ${[...labels].join(", ")}, then start+length`,
    );
  }
  return { label, start: first, length };
}

/** One decimal digit per element, `-` as `hole`, from `from` to the end of the line. */
export function scanDigits(lines: LineCursor, from: number, hole?: number): Uint8Array {
  const { text } = lines;
  let start = from;
  while (start < lines.end && text.charCodeAt(start) === SPACE) {
    start += 1;
  }
  const digits = new Uint8Array(lines.end - start);
  for (let at = start; at < lines.end; at++) {
    const code = text.charCodeAt(at);
    if (code >= ZERO && code <= NINE) {
      digits[at - start] = code - ZERO;
    } else if (code === 45 && hole !== undefined) {
      digits[at - start] = hole;
    } else {
      throw lines.error(
        `"${lines.word()}" line, column ${at - lines.start + 1}: ${quote(text.charAt(at))} is not a digit`,
        hole === undefined ? "one digit per page" : `one digit per pageblock, "-" without a memory map`,
      );
    }
  }
  return digits;
}
