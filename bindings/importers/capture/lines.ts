// Knows: how to walk a text line by line without copying it, and where in the file it is.
// Must not know: what the lines say.

import { CaptureError, type CaptureIssue, IssueSink, quote } from "../errors.js";

const NEWLINE = 10;
const RETURN = 13;
const BYTE_ORDER_MARK = 0xfeff;

/** A cursor over the lines of one file, with the place at hand for errors and issues. */
export class LineCursor {
  /** 1-based number of the current line; 0 before the first next(). */
  line = 0;
  /** The current line is text[start, end), without its line end. */
  start = 0;
  end = 0;
  private following: number;
  private readonly sink: IssueSink;

  constructor(
    readonly text: string,
    readonly file: string,
    issues: CaptureIssue[],
  ) {
    this.following = text.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0;
    this.sink = new IssueSink(issues, 1);
  }

  /** Steps to the next line; false at the end of the text. */
  next(): boolean {
    if (this.following >= this.text.length) {
      return false;
    }
    this.start = this.following;
    const stop = this.text.indexOf("\n", this.start);
    this.end = stop < 0 ? this.text.length : stop;
    this.following = stop < 0 ? this.text.length : stop + 1;
    if (this.end > this.start && this.text.charCodeAt(this.end - 1) === RETURN) {
      this.end -= 1;
    }
    this.line += 1;
    return true;
  }

  isLast(): boolean {
    return this.following >= this.text.length;
  }

  /** The line after this one, when it begins with `prefix`, becomes part of this one. */
  joinNext(prefix: string): boolean {
    if (!this.text.startsWith(prefix, this.following)) {
      return false;
    }
    const { start } = this;
    this.next();
    this.start = start;
    return true;
  }

  isBlank(): boolean {
    for (let at = this.start; at < this.end; at++) {
      if (this.text.charCodeAt(at) !== 32) {
        return false;
      }
    }
    return true;
  }

  /** The leading run of letters and underscores: what kind of line this is. */
  word(): string {
    let at = this.start;
    while (at < this.end && isWordCharacter(this.text.charCodeAt(at))) {
      at += 1;
    }
    return this.text.slice(this.start, at);
  }

  current(): string {
    return this.text.slice(this.start, this.end);
  }

  /** The parts of the line between blanks (a joined line's line end is a blank). */
  tokens(): string[] {
    return splitBlanks(this.text, this.start, this.end);
  }

  /** Where the first `:` of the line is; the error says which line wanted it. */
  colon(): number {
    const at = this.text.indexOf(":", this.start);
    if (at < 0 || at >= this.end) {
      throw this.error(`no ":" in ${quote(this.current())}`, `"${this.word()} ...: values"`);
    }
    return at;
  }

  error(problem: string, expected?: string): CaptureError {
    return new CaptureError({ file: this.file, line: this.line, problem, expected });
  }

  /** Something unknown that can be left aside; of each kind only the first is reported. */
  info(message: string): void {
    this.sink.add(message, { severity: "info", file: this.file, line: this.line, message });
  }
}

function isWordCharacter(code: number): boolean {
  const lower = code | 32;
  return (lower >= 97 && lower <= 122) || code === 95;
}

function splitBlanks(text: string, start: number, end: number): string[] {
  const parts: string[] = [];
  let from = -1;
  for (let at = start; at <= end; at++) {
    const code = at < end ? text.charCodeAt(at) : 32;
    const blank = code === 32 || code === 9 || code === NEWLINE || code === RETURN;
    if (!blank && from < 0) {
      from = at;
    } else if (blank && from >= 0) {
      parts.push(text.slice(from, at));
      from = -1;
    }
  }
  return parts;
}
