// Knows: how sure a share over seeds is: an interval over seeds, or why there is none.
// Must not know: what the share is of.
//
// Requests of one run depend on each other: what varies independently is the seed. With fewer than six seeds an interval
// promises what it does not keep (two seeds cover 48 %): then only the range is told.

import { FEWEST_SEEDS, type Interval, meanInterval, wilson } from "../bootstrap.js";

/** How sure a mean over seeds is: an interval, a mere range, or equal values. */
export type Certainty =
  | {
      /** "interval": 95 % of such intervals hold the true mean; "range": too few seeds, the smallest and the largest value. */
      readonly kind: "interval" | "range";
      /** Its ends. */
      readonly interval: Interval;
    }
  | {
      /** All seeds gave the same value: they may differ in nothing that matters, and say nothing about spread. */
      readonly kind: "same";
      /** That value. */
      readonly value: number;
    };

export function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function certaintyOf(values: readonly number[]): Certainty | undefined {
  const [first] = values;
  if (first === undefined) return undefined;
  if (values.length > 1 && values.every((value) => value === first)) return { kind: "same", value: first };
  const interval = values.length < FEWEST_SEEDS ? undefined : meanInterval(values);
  if (interval !== undefined) return { kind: "interval", interval };
  const sorted = [...values].sort((a, b) => a - b);
  return { kind: "range", interval: { low: sorted[0] ?? first, high: sorted.at(-1) ?? first } };
}

/** Of shares that are 0 or 1, one request for each seed: then requests do not depend on each other (Wilson, 1927). */
export function certaintyOfOutcomes(outcomes: readonly boolean[]): Certainty | undefined {
  if (outcomes.length === 0) return undefined;
  return {
    kind: "interval",
    interval: wilson(outcomes.filter(Boolean).length, outcomes.length),
  };
}
