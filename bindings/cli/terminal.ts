// Knows: the one door to the terminal: what foreign text may not do there, and lines that fit its width.
// Must not know: what is said.

import { printable } from "../engine/quoted.js";
import { displayWidth } from "../report/table.js";

/** Our own bold and colours: `ESC [ digits m`. Foreign text has lost its ESC before it is coloured. */
// biome-ignore lint/complexity/useRegexLiterals: a literal would hold the control character itself
const STYLE = new RegExp("(\\u001b\\[[0-9;]{0,30}m)");
/** Narrower terminals are taken for this. */
const LEAST_COLUMNS = 40;

interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

function clean(text: string, styled: boolean): string {
  if (!styled) return printable(text);
  return text
    .split(STYLE)
    .map((part) => (STYLE.test(part) ? part : printable(part)))
    .join("");
}

/** Breaks one line at blanks; what follows stands two columns further in. A word that is too long is cut. */
function broken(line: string, columns: number): string {
  const indent = " ".repeat(Math.min((/^ */.exec(line)?.[0].length ?? 0) + 2, columns - 20));
  const lines: string[] = [];
  let rest = line;
  while (displayWidth(rest) > columns) {
    // Wide characters take two columns: the part is made shorter until it fits.
    let at = Math.min(rest.length - 1, columns);
    while (at > 1 && displayWidth(rest.slice(0, at)) > columns) at -= 1;
    const blank = rest.lastIndexOf(" ", at);
    const cut = blank > indent.length ? blank : at;
    lines.push(rest.slice(0, cut).trimEnd());
    rest = indent + rest.slice(cut).trimStart();
  }
  return [...lines, rest].join("\n");
}

/** Lines that a terminal of this width shows whole. Coloured lines are left: they are maps with a width of their own. */
export function fitted(text: string, columns: number): string {
  const width = Math.max(LEAST_COLUMNS, columns);
  return text
    .split("\n")
    .map((line) => (line.length <= width || line.includes("\u001b") ? line : broken(line, width)))
    .join("\n");
}

function write(stream: Stream, text: string, styled: boolean): void {
  const safe = clean(text, styled);
  const columns = stream.isTTY === true ? stream.columns : undefined;
  // A terminal that does not know its width says 0.
  stream.write(columns ? fitted(safe, columns) : safe);
}

/** To standard output. @param styled the text has bold and colours of our own */
export function out(text: string, styled = false): void {
  write(process.stdout, text, styled);
}

/** To standard output, as it is but for what a terminal would obey: files to redirect. */
export function outWhole(text: string): void {
  process.stdout.write(printable(text));
}

/** A value as JSON: characters that a terminal would obey are escaped, so that nothing of them is lost. */
export function outJson(value: unknown): void {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  const text = JSON.stringify(value, null, 2);
  process.stdout.write(
    `${text.replace(/[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, escaped)}\n`,
  );
}

/** To standard error. */
export function err(text: string): void {
  write(process.stderr, text, false);
}
