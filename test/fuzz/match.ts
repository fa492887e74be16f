// Knows: how an input is changed so that a comparison that failed holds: what was found in it becomes what was wanted, in
// whichever form it lies there (text, decimal, hexadecimal, a byte, two, four). Must not know: who compares.

import type { Random } from "../support/random.js";
import type { Pair } from "./coverage.js";

const encoder = new TextEncoder();

function little(value: number, bytes: number): Uint8Array | undefined {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** (8 * bytes)) return undefined;
  return Uint8Array.from({ length: bytes }, (_, i) => Math.floor(value / 2 ** (8 * i)) % 256);
}

/** Ways in which a value may lie in an input, each the same for every value. */
const FORMS: readonly ((value: string | number) => Uint8Array | undefined)[] = [
  (value) => (value === "" ? undefined : encoder.encode(String(value))),
  (value) => (typeof value === "number" && value >= 0 ? encoder.encode(value.toString(16)) : undefined),
  (value) => (typeof value === "number" ? little(value, 1) : undefined),
  (value) => (typeof value === "number" ? little(value, 2) : undefined),
  (value) => (typeof value === "number" ? little(value, 4) : undefined),
  (value) => (typeof value === "number" ? little(value, 4)?.reverse() : undefined),
];

function placesOf(bytes: Uint8Array, piece: Uint8Array): number[] {
  const places: number[] = [];
  const [first] = piece;
  if (first === undefined) return places;
  for (let at = bytes.indexOf(first); at >= 0 && places.length < 64; at = bytes.indexOf(first, at + 1)) {
    let length = 1;
    while (length < piece.length && bytes[at + length] === piece[length]) length += 1;
    if (length === piece.length) places.push(at);
  }
  return places;
}

export function replaced(bytes: Uint8Array, at: number, remove: number, insert: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length - remove + insert.length);
  out.set(bytes.subarray(0, at));
  out.set(insert, at);
  out.set(bytes.subarray(at + remove), at + insert.length);
  return out;
}

/** An input in which what one comparison found is what it wanted, or one beside it; undefined: it lies in no form that is known. */
export function matched(bytes: Uint8Array, { a, b }: Pair, random: Random): Uint8Array | undefined {
  const [from, to] = random.oneIn(8) ? [b, a] : [a, b];
  const wanted = typeof to === "number" ? to + random.pick([0, 0, 0, 0, 0, 0, -1, 1]) : to;
  const ways = (typeof from === "string" ? FORMS.slice(0, 1) : FORMS).flatMap((form) => {
    const [found, instead] = [form(from), form(wanted)];
    if (found === undefined || instead === undefined) return [];
    const places = placesOf(bytes, found);
    return places.length === 0 ? [] : [{ places, length: found.length, instead }];
  });
  if (ways.length === 0) return undefined;
  const { places, length, instead } = random.pick(ways);
  const at = !random.oneIn(4) ? (places[0] as number) : random.pick(places);
  return replaced(bytes, at, length, instead);
}
