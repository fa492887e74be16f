// Knows: how sure a figure over a few seeds is: seeded bootstrap intervals, and those of paired differences.
// Must not know: what the figures are.
//
// The percentile interval of Efron, `Bootstrap Methods: Another Look at the Jackknife`, 1979: resample with
// replacement, take the statistic of each resample, cut off both tails. Seeded: the same values, the same interval.

/** A bootstrap interval. */
export interface Interval {
  /** Lower end. */
  readonly low: number;
  /** Upper end. */
  readonly high: number;
}

export interface BootstrapOptions {
  /** Resamples; 2000 when absent. */
  readonly rounds?: number;
  /** Share of resamples inside; 0.95 when absent. */
  readonly level?: number;
  readonly seed?: number;
}

/** Marsaglia's xorshift32, scrambled once so that small seeds do not begin alike. 0 to 2^32 - 1. */
function randomFrom(seed: number): () => number {
  let state = Math.imul(seed ^ 0x9e37_79b9, 0x85eb_ca6b) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}

/** Hyndman and Fan's type 7, as numpy has it: linear between the two neighbours. At least one value. */
function quantileSorted(ascending: ArrayLike<number>, share: number): number {
  const at = (ascending.length - 1) * share;
  const below = ascending[Math.floor(at)]!;
  return below + (at - Math.floor(at)) * (ascending[Math.ceil(at)]! - below);
}

function medianSorted(ascending: ArrayLike<number>): number {
  return quantileSorted(ascending, 0.5);
}

function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

/** undefined when there are no values. */
export function median(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : medianSorted(sorted(values));
}

/** Value that a share of the values does not exceed; undefined when there are none. */
export function quantile(values: readonly number[], share: number): number | undefined {
  return values.length === 0 ? undefined : quantileSorted(sorted(values), share);
}

/** The same of values that ascend already; at least one. */
export function quantileOfSorted(ascending: readonly number[], share: number): number {
  return quantileSorted(ascending, share);
}

/** An interval for the median; undefined for fewer than two values, which say nothing about their spread. */
export function bootstrapMedian(
  values: readonly number[],
  options: BootstrapOptions = {},
): Interval | undefined {
  return bootstrap(values, options, (sample) => {
    sample.sort();
    return medianSorted(sample);
  });
}

/** The same for the mean. */
export function bootstrapMean(
  values: readonly number[],
  options: BootstrapOptions = {},
): Interval | undefined {
  return bootstrap(
    values,
    options,
    (sample) => sample.reduce((sum, value) => sum + value, 0) / sample.length,
  );
}

function bootstrap(
  values: readonly number[],
  { rounds = 2000, level = 0.95, seed = 1 }: BootstrapOptions,
  statistic: (sample: Float64Array) => number,
): Interval | undefined {
  if (values.length < 2) return undefined;
  const random = randomFrom(seed);
  const sample = new Float64Array(values.length);
  const found = new Float64Array(rounds);
  for (let round = 0; round < rounds; round++) {
    // 2^32 is far larger than any number of seeds: the bias of the remainder does not show.
    for (let i = 0; i < sample.length; i++) sample[i] = values[random() % values.length] ?? 0;
    found[round] = statistic(sample);
  }
  found.sort();
  const tail = (1 - level) / 2;
  return { low: quantileSorted(found, tail), high: quantileSorted(found, 1 - tail) };
}

export interface PairedDifference {
  /** Pairs that have both values. */
  readonly pairs: number;
  /** Median of other - base. */
  readonly median: number;
  readonly interval: Interval | undefined;
}

/**
 * Two treatments of the same arrivals: the differences vary less than the values, because what both have in common falls
 * out. Pairs where one side has no value are left out; undefined when none is left.
 */
export function pairedDifference(
  base: readonly (number | undefined)[],
  other: readonly (number | undefined)[],
  options: BootstrapOptions = {},
): PairedDifference | undefined {
  const differences = base.flatMap((value, i) => {
    const also = other[i];
    return value === undefined || also === undefined ? [] : [also - value];
  });
  const middle = median(differences);
  if (middle === undefined) return undefined;
  return { pairs: differences.length, median: middle, interval: bootstrapMedian(differences, options) };
}
