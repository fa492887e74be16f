// Knows: how log text is damaged on its way (escapes, entities, line ends) and how to find numbers in it, in linear time.
// Must not know: what any line means. No expression here can take more than linear time: every repeat is bounded.

import { IMPORT } from "../engine/limits.js";

/** Lines that are not lists or bitmaps are looked at up to here. */
export const SHORT_LINE = 4096;

const ENTITIES: readonly (readonly [string, string])[] = [
  ["&gt;", ">"],
  ["&lt;", "<"],
  ["&quot;", '"'],
  ["&nbsp;", " "],
  ["&amp;", "&"],
];

/** `&#64;` and `&#x3E;`: printable ASCII and the hard blank; others stay as they are. */
function decodeNumeric(line: string): string {
  return line.replace(/&#(\d{2,3}|[xX][0-9a-fA-F]{2});/g, (whole, digits: string) => {
    const code = /^x/i.test(digits) ? Number.parseInt(digits.slice(1), 16) : Number(digits);
    if (code === 160) return " ";
    return code >= 32 && code < 127 ? String.fromCharCode(code) : whole;
  });
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal escapes are what is removed
const ESCAPE = /\u001b\[[0-9;?]{0,16}[A-Za-z]/g;

/** One line as the kernel wrote it: no terminal escapes, entities of web pages decoded, odd blanks made plain. */
export function cleanLine(raw: string): string {
  let line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
  if (line.charCodeAt(0) === 0xfeff) line = line.slice(1);
  if (line.includes("\u001b")) line = line.replace(ESCAPE, "");
  if (line.includes("&#")) line = decodeNumeric(line);
  if (line.includes("&")) for (const [entity, plain] of ENTITIES) line = line.replaceAll(entity, plain);
  if (/[\u00a0\u2007\u202f]/.test(line)) line = line.replace(/[\u00a0\u2007\u202f]/g, " ");
  if (/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/.test(line))
    line = line.replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, "");
  return line;
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Decimal digits from `at`; -1 when there are none or too many to be exact. */
export function digitsAt(line: string, at: number): { value: number; end: number } {
  let end = at;
  let value = 0;
  while (end < line.length && isDigit(line.charCodeAt(end))) {
    value = value * 10 + line.charCodeAt(end) - 48;
    end += 1;
  }
  return { value: end === at || value > Number.MAX_SAFE_INTEGER ? -1 : value, end };
}

const NUMBER = /^[\s:=]{0,40}(-?)(0x[0-9a-fA-F]{1,16}|\d{1,16})/;

/** The number that follows `key`: decimal, negative, or hexadecimal with 0x; null when there is none. */
export function numberAfter(line: string, key: string, from = 0): number | null {
  const at = line.indexOf(key, from);
  if (at < 0) return null;
  const match = NUMBER.exec(line.slice(at + key.length, at + key.length + 64));
  if (match === null) return null;
  const value = Number(match[2]);
  if (!Number.isSafeInteger(value)) return null;
  return match[1] === "-" ? -value : value;
}

/** Orders beyond this name more pages than addresses reach; 2 ** order stays an exact number. */
const MOST_ORDER = 52;

/** A number as an order: of pages, of an alignment. @returns null when it cannot be one */
export function orderOf(value: number | null): number | null {
  return value !== null && Number.isInteger(value) && value >= 0 && value <= MOST_ORDER ? value : null;
}

/** The text that follows `key` up to a blank or one of `stops`. */
export function wordAfter(line: string, key: string, stops = " \t,)"): string | null {
  const at = line.indexOf(key);
  if (at < 0) return null;
  let end = at + key.length;
  while (end < line.length && !stops.includes(line[end]!)) end += 1;
  return end === at + key.length ? null : line.slice(at + key.length, end);
}

const STAMP = /\[\s{0,12}(\d{1,10}\.\d{1,9})\]/;

/** Seconds since boot of a kernel log line: the first `[ 123.456789]`. */
export function timeOf(line: string): number | null {
  const match = STAMP.exec(line.length > 200 ? line.slice(0, 200) : line);
  return match === null ? null : Number(match[1]);
}

/** Numbers between blanks from `at` to the end of the line; undefined when something else stands there. */
export function numbersFrom(line: string, at: number): number[] | undefined {
  const parts = line
    .slice(at, at + 4096)
    .trim()
    .split(/\s+/, 64);
  const numbers = parts.map((part) => Number(part.startsWith(">") ? part.slice(1) : part));
  if (
    parts.length === 0 ||
    parts.some((part, i) => part === "" || !Number.isSafeInteger(numbers[i]) || numbers[i]! < 0)
  )
    return undefined;
  return numbers;
}

/** Quoted-printable breaks lines of more than 76 characters: `=` at the end joins, `=3D` is `=`. */
const SOFT_BREAK = { least: 60, most: 78 };

/** Joins what a raw mail has broken; other lines pass as they are, each with the number of its first part. */
export class SoftBreaks {
  private held = "";
  private first = 0;
  private seen = false;

  constructor(private readonly give: (line: string, number: number) => void) {}

  take(raw: string, number: number): void {
    const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    const isSoft = line.endsWith("=") && line.length >= SOFT_BREAK.least && line.length <= SOFT_BREAK.most;
    if (!isSoft && this.held === "") {
      this.give(this.decoded(raw), number);
      return;
    }
    if (this.held === "") this.first = number;
    this.held += isSoft ? line.slice(0, -1) : line;
    this.seen = true;
    if (!isSoft || this.held.length > IMPORT.lineCharacters) this.finish();
  }

  finish(): void {
    const { held } = this;
    this.held = "";
    if (held !== "") this.give(this.decoded(held), this.first);
  }

  private decoded(line: string): string {
    if (!line.includes("=3D") && !(this.seen && line.includes("=20"))) return line;
    return line.replaceAll("=3D", "=").replaceAll("=20", " ");
  }
}

/** Cuts a text into lines, whatever the pieces; the last line needs no line end. */
export class LineSplitter {
  private parts: string[] = [];
  private held = 0;
  private dropped = false;
  line = 0;

  constructor(private readonly take: (line: string, number: number, cut: boolean) => void) {}

  push(piece: string): void {
    let from = 0;
    for (let at = piece.indexOf("\n"); at >= 0; at = piece.indexOf("\n", from)) {
      this.hold(piece.slice(from, at));
      this.emit();
      from = at + 1;
    }
    this.hold(from === 0 ? piece : piece.slice(from));
  }

  finish(): void {
    if (this.held > 0) this.emit();
  }

  private hold(part: string): void {
    const room = IMPORT.lineCharacters - this.held;
    if (part.length > room) this.dropped = true;
    const kept = part.length > room ? part.slice(0, room) : part;
    if (kept === "") return;
    this.parts.push(kept);
    this.held += kept.length;
  }

  private emit(): void {
    this.line += 1;
    const line = this.parts.length === 1 ? this.parts[0]! : this.parts.join("");
    this.take(line, this.line, this.dropped);
    this.parts = [];
    this.held = 0;
    this.dropped = false;
  }
}
