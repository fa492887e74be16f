// Knows: how a series of numbers becomes one line of block characters.
// Must not know: what the numbers are.

import { largest, smallest } from "../engine/extent.js";

const LEVELS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

export interface SparklineOptions {
  /** Value of the lowest bar; the smallest of the series when absent. */
  readonly min?: number;
  /** Value of the highest bar; the largest of the series when absent. */
  readonly max?: number;
  /** At most this many characters; each then shows the largest of its share, so that no peak is lost. */
  readonly width?: number;
}

function shrink(values: readonly number[], width: number): number[] {
  if (values.length <= width) return [...values];
  return Array.from({ length: width }, (_, i) => {
    const from = Math.floor((i * values.length) / width);
    const to = Math.floor(((i + 1) * values.length) / width);
    const known = values.slice(from, to).filter((value) => Number.isFinite(value));
    return known.length === 0 ? Number.NaN : largest(known);
  });
}

/** One character for each value, a space where there is none (NaN); "" for an empty series. */
export function renderSparkline(values: readonly number[], options: SparklineOptions = {}): string {
  const series = shrink(values, options.width ?? values.length);
  const known = series.filter((value) => Number.isFinite(value));
  const min = options.min ?? smallest(known);
  const max = options.max ?? largest(known);
  const span = max - min;
  return series
    .map((value) => {
      if (!Number.isFinite(value)) return " ";
      const share = span > 0 ? (value - min) / span : 0;
      const level = Math.min(Math.max(Math.floor(share * LEVELS.length), 0), LEVELS.length - 1);
      return LEVELS[level] ?? " ";
    })
    .join("");
}
