// Knows: what recorded lengths of pins come to: a histogram, who pins longest, and the distribution that a scenario takes.
// Must not know: formats, how any of it is shown.

import type { Picture } from "./picture.js";

/** Spreads of a scenario that lengths are held against; the core's lognormal has a sigma of 1. */
export type PinSpread = "fixed" | "uniform" | "exponential" | "lognormal";

/** What recorded lengths of pins come to. Microseconds. */
export interface PinLengths {
  /** Pins that were recorded. */
  readonly count: number;
  /** Mean length. */
  readonly meanUs: number;
  /** Median length. */
  readonly medianUs: number;
  /** The longest. */
  readonly longestUs: number;
  /** The shortest: the recorder keeps only what is longer than its threshold. */
  readonly shortestUs: number;
  /** Pins of fromUs <= length < 2 * fromUs, ascending, empty ones in between included. */
  readonly buckets: readonly { readonly fromUs: number; readonly pins: number }[];
  /** Who pinned, the most pins first. */
  readonly holders: readonly { readonly stack: string; readonly pins: number; readonly longestUs: number }[];
  /** What `service` and `service-spread` of an actor that pins may be set to. */
  readonly service: { readonly timeUs: number; readonly spread: PinSpread };
}

const MOST_HOLDERS = 8;

/** Coefficient of variation of each spread as the core draws it; the nearest wins. */
const VARIATION: Readonly<Record<PinSpread, number>> = {
  fixed: 0,
  uniform: 1 / Math.sqrt(12),
  exponential: 1,
  lognormal: Math.sqrt(Math.E - 1),
};

function spreadOf(variation: number): PinSpread {
  const names = Object.keys(VARIATION) as PinSpread[];
  return names.reduce((best, name) =>
    Math.abs(VARIATION[name] - variation) < Math.abs(VARIATION[best] - variation) ? name : best,
  );
}

function bucketsOf(lengths: readonly number[]): PinLengths["buckets"] {
  const level = (length: number) => Math.floor(Math.log2(Math.max(1, length)));
  const counts = new Map<number, number>();
  for (const length of lengths) counts.set(level(length), (counts.get(level(length)) ?? 0) + 1);
  const first = level(lengths[0]!);
  return Array.from({ length: level(lengths.at(-1)!) - first + 1 }, (_, i) => ({
    fromUs: 2 ** (first + i),
    pins: counts.get(first + i) ?? 0,
  }));
}

function holdersOf(pins: NonNullable<Picture["pins"]>): PinLengths["holders"] {
  const holders = new Map<string, { stack: string; pins: number; longestUs: number }>();
  for (const { stack, microseconds } of pins) {
    const known = holders.get(stack) ?? { stack, pins: 0, longestUs: 0 };
    known.pins += 1;
    known.longestUs = Math.max(known.longestUs, microseconds);
    holders.set(stack, known);
  }
  return [...holders.values()]
    .sort((a, b) => b.pins - a.pins || b.longestUs - a.longestUs || (a.stack < b.stack ? -1 : 1))
    .slice(0, MOST_HOLDERS);
}

/** Lengths of the pins that page_pinner recorded; undefined when there are none. */
export function pinLengths({ pins = [] }: Picture): PinLengths | undefined {
  if (pins.length === 0) return undefined;
  const lengths = pins.map(({ microseconds }) => microseconds).sort((a, b) => a - b);
  const meanUs = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
  const variance = lengths.reduce((sum, length) => sum + (length - meanUs) ** 2, 0) / lengths.length;
  return {
    count: lengths.length,
    meanUs,
    medianUs: lengths[Math.floor((lengths.length - 1) / 2)]!,
    longestUs: lengths.at(-1)!,
    shortestUs: lengths[0]!,
    buckets: bucketsOf(lengths),
    holders: holdersOf(pins),
    service: {
      timeUs: Math.round(meanUs),
      spread: spreadOf(meanUs === 0 ? 0 : Math.sqrt(variance) / meanUs),
    },
  };
}
