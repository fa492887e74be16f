// Knows: how bytes are damaged: flips, holes, repeats, numbers at their limits, lines moved, pieces of other inputs.
// Must not know: what the bytes mean.

import type { Random } from "../support/random.js";

const NUMBERS = [
  "0",
  "-1",
  "1e99",
  "4294967295",
  "4294967296",
  "9007199254740993",
  "0x",
  "99999999999999999999",
];
const TOKENS = [
  "\n",
  "\r\n",
  "\0",
  "\u001b]0;x\u0007",
  "\u009b",
  "[[[[[[[[",
  "{",
  "&a *a",
  "!!js",
  "- ",
  ": ",
  "<script>",
  "../../x",
  "\ufeff",
  "=",
  "=",
];
const MOST_BYTES = 65_536;
const encoder = new TextEncoder();

function splice(bytes: Uint8Array, at: number, remove: number, insert: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length - Math.min(remove, bytes.length - at) + insert.length);
  out.set(bytes.subarray(0, at));
  out.set(insert, at);
  out.set(bytes.subarray(at + remove), at + insert.length);
  return out;
}

/** The range of the line that contains a byte, its end included. */
function lineAt(bytes: Uint8Array, at: number): [number, number] {
  const from = bytes.lastIndexOf(10, Math.max(0, at - 1)) + 1;
  const end = bytes.indexOf(10, at);
  return [from, end < 0 ? bytes.length : end + 1];
}

function once(bytes: Uint8Array, random: Random, others: readonly Uint8Array[]): Uint8Array {
  const at = random.below(bytes.length + 1);
  const some = 1 + random.below(random.pick([1, 4, 40, 400]));
  const way = random.weighted({
    bit: 3,
    byte: 2,
    cut: 2,
    repeat: 2,
    number: 4,
    token: 3,
    line: 3,
    move: 2,
    other: 3,
    end: 1,
  });
  switch (way) {
    case "bit": {
      const out = bytes.slice();
      if (at < out.length) out[at] = (out[at] as number) ^ (1 << random.below(8));
      return out;
    }
    case "byte":
      return splice(bytes, at, 1, Uint8Array.of(random.below(256)));
    case "cut":
      return splice(bytes, at, some, new Uint8Array(0));
    case "repeat":
      return splice(bytes, at, 0, bytes.slice(at, at + some));
    case "number":
      return number(bytes, at, random);
    case "token":
      return splice(bytes, at, 0, encoder.encode(random.pick(TOKENS)));
    case "line": {
      const [from, end] = lineAt(bytes, at);
      return random.oneIn(2)
        ? splice(bytes, from, end - from, new Uint8Array(0))
        : splice(bytes, end, 0, bytes.slice(from, end));
    }
    case "move": {
      const [from, end] = lineAt(bytes, at);
      const line = bytes.slice(from, end);
      const rest = splice(bytes, from, end - from, new Uint8Array(0));
      return splice(rest, lineAt(rest, random.below(rest.length + 1))[0], 0, line);
    }
    case "other": {
      const other = random.pick(others);
      const from = random.below(other.length);
      return splice(bytes, at, random.oneIn(2) ? some : 0, other.slice(from, from + some * 4));
    }
    case "end":
      return bytes.slice(0, at);
  }
}

/** The next run of digits becomes another number. */
function number(bytes: Uint8Array, at: number, random: Random): Uint8Array {
  const isDigit = (byte: number | undefined) => byte !== undefined && byte >= 48 && byte <= 57;
  let from = at;
  while (from < bytes.length && !isDigit(bytes[from])) from += 1;
  let end = from;
  while (isDigit(bytes[end])) end += 1;
  return splice(bytes, from, end - from, encoder.encode(random.pick(NUMBERS)));
}

/** A damaged copy. */
export function mutate(bytes: Uint8Array, random: Random, others: readonly Uint8Array[]): Uint8Array {
  let out = bytes;
  for (let i = 1 + random.below(random.pick([1, 3, 12])); i > 0; i--) out = once(out, random, others);
  return out.length > MOST_BYTES ? out.slice(0, MOST_BYTES) : out;
}
