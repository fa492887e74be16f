// Knows: the states of a map that the benchmark searches, each made from its length and a seed alone.
// Must not know: strategies, time.

import { Placement, SearchStrategy } from "../../../assembly/abi/findings.js";
import type { BitmapCore } from "../core.js";
import { NONE } from "../core.js";
import { CAPTURED_BITS, CAPTURED_RUNS } from "./captured.js";

/** splitmix32: 32 bits of state, the same stream on every machine. */
export class Stream {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  next(): number {
    this.#state = (this.#state + 0x9e37_79b9) | 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0_aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a_2d97);
    return (z ^ (z >>> 15)) >>> 0;
  }

  below(bound: number): number {
    return Math.floor((this.next() / 2 ** 32) * bound);
  }
}

export interface BitPattern {
  readonly name: string;
  readonly doc: string;
  /** Fills a map whose bits are all clear. */
  fill(core: BitmapCore, seed: number): void;
}

/** A taken bit every `period` bits, at `phase`; nothing from `room` bits before the end on. */
function every(period: number, phase: number, room = 0): BitPattern["fill"] {
  return (core) => {
    for (let bit = phase; bit < core.bits - room; bit += period) {
      core.words[bit >>> 5] = (core.words[bit >>> 5] ?? 0) | (1 << (bit & 31));
    }
    core.build();
  };
}

function random(percent: number): BitPattern["fill"] {
  return (core, seed) => {
    const stream = new Stream(seed);
    const limit = (percent / 100) * 2 ** 32;
    for (let word = 0; word < core.words.length; word++) {
      let value = 0;
      for (let bit = 0; bit < 32; bit++) value |= stream.next() < limit ? 1 << bit : 0;
      core.words[word] = value;
    }
    const left = core.bits % 32;
    const last = core.words.length - 1;
    if (left > 0) core.words[last] = (core.words[last] ?? 0) & (2 ** left - 1);
    core.build();
  };
}

function fullWithRoom(room: number): BitPattern["fill"] {
  return (core) => core.set(0, Math.max(0, core.bits - room));
}

/** Sizes and alignments that drivers ask for, by turns: camera frames, codec buffers, single pages. */
const MIX = [
  { count: 456, align: 8 },
  { count: 63, align: 6 },
  { count: 8, align: 3 },
  { count: 1, align: 0 },
  { count: 266, align: 8 },
  { count: 30, align: 5 },
] as const;

/** Requests and releases at random until the map has been filled about three times over; some 85 % stay taken. */
function aged(core: BitmapCore, seed: number): void {
  const stream = new Stream(seed);
  const held: { place: number; count: number }[] = [];
  let taken = 0;
  let passed = 0;
  while (passed < 3 * core.bits) {
    const wanted = MIX[stream.below(MIX.length)] ?? MIX[0];
    const request = { start: 0, count: wanted.count, mask: 2 ** wanted.align - 1, offset: 0 };
    const place =
      taken > 0.85 * core.bits ? NONE : core.place(Placement.FIRST_FIT, SearchStrategy.COMPOSITE, request);
    passed += wanted.count;
    if (place !== NONE) {
      core.set(place, wanted.count);
      held.push({ place, count: wanted.count });
      taken += wanted.count;
      continue;
    }
    for (let i = 0; i < 4 && held.length > 0; i++) {
      const at = stream.below(held.length);
      const released = held[at];
      const last = held.pop();
      if (released === undefined || last === undefined) break;
      if (at < held.length) held[at] = last;
      core.clear(released.place, released.count);
      taken -= released.count;
    }
  }
}

/** The captured bitmap over and over. */
function captured(core: BitmapCore): void {
  const runs = CAPTURED_RUNS.split(" ").map((run) => run.split("+").map(Number));
  for (let base = 0; base < core.bits; base += CAPTURED_BITS) {
    for (const [start = 0, length = 0] of runs) {
      const from = base + start;
      if (from < core.bits) core.set(from, Math.min(length, core.bits - from));
    }
  }
}

export const PATTERNS: readonly BitPattern[] = [
  { name: "empty", doc: "nothing taken", fill: () => {} },
  { name: "holes", doc: "one bit taken in each 256: 255 free, and nowhere 256", fill: every(256, 255) },
  { name: "holes-end", doc: "the same, with the last 768 bits free", fill: every(256, 255, 768) },
  { name: "random-10", doc: "10 % taken at random", fill: random(10) },
  { name: "random-50", doc: "50 % taken at random", fill: random(50) },
  { name: "random-90", doc: "90 % taken at random", fill: random(90) },
  { name: "random-99", doc: "99 % taken at random", fill: random(99) },
  { name: "alternating", doc: "every other bit taken", fill: every(2, 1) },
  { name: "full-end", doc: "all taken but the last 512 bits", fill: fullWithRoom(512) },
  {
    name: "misaligned",
    doc: "runs of 511 that hold no 456 bits from a multiple of 256 on",
    fill: every(512, 300),
  },
  { name: "misaligned-end", doc: "the same, with the last 1024 bits free", fill: every(512, 300, 1024) },
  {
    name: "aged",
    doc: "driver-like requests and releases until the area has turned over three times",
    fill: aged,
  },
  { name: "captured", doc: "a 64 MiB area of a real kernel, over and over", fill: captured },
];

/** The requests of the benchmark: bits @ order of the alignment. */
export const REQUESTS: readonly { readonly count: number; readonly align: number }[] = [
  { count: 1, align: 0 },
  { count: 8, align: 0 },
  { count: 63, align: 6 },
  { count: 456, align: 8 },
  { count: 512, align: 9 },
  { count: 65_024, align: 8 },
];
