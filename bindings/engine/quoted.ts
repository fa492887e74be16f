// Knows: how a piece of foreign text stands in a message: short, on one line, nothing in it that a terminal obeys.
// Must not know: whose text it is, where the message goes.

import { SCENARIO } from "./limits.js";

/** C0 and C1 controls, line and paragraph separators, marks that turn the direction of writing, and what has no width. */
const UNPRINTABLE = /(?!\n)\p{Cc}|[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/** Text for a terminal, whoever wrote it: line breaks stay, all else that moves a cursor or hides text becomes `?`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, "?");
}

/** The beginning of a long text. */
export function clipped(text: string, length: number = SCENARIO.quoted): string {
  return text.length > length ? `${text.slice(0, length)}...` : text;
}

/** A value as a message shows it. */
export function quoted(value: unknown): string {
  const text =
    typeof value === "string" ? JSON.stringify(clipped(value)) : (JSON.stringify(value) ?? String(value));
  return clipped(text, SCENARIO.quoted + 8);
}
