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

/** With fewer seeds an interval does not keep its promise: of two values it covers 48 %, not 95 %. */
export const FEWEST_SEEDS = 6;

/** Quantile 0.975 of the standard normal distribution. */
const NORMAL_975 = 1.959963984540054;

/** Its distribution function below 0: Abramowitz and Stegun, 26.2.17, off by less than 7.5e-8. */
function normalBelow(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const sum =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * sum;
}

/** Quantile 0.975 of Student's t by the expansion of Cornish and Fisher; for six values and more it is off by less than 1 %. */
function studentQuantile(freedom: number): number {
  const z = NORMAL_975;
  const [z3, z5, z7] = [z ** 3, z ** 5, z ** 7];
  return (
    z +
    (z3 + z) / (4 * freedom) +
    (5 * z5 + 16 * z3 + 3 * z) / (96 * freedom ** 2) +
    (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * freedom ** 3)
  );
}

/**
 * An interval for the mean: the percentile interval with the tails of Hesterberg, `What Teachers Should Know About the
 * Bootstrap`, 2015, which a few values need. undefined for fewer than two.
 */
export function meanInterval(
  values: readonly number[],
  { rounds = 2000, seed = 1 }: Omit<BootstrapOptions, "level"> = {},
): Interval | undefined {
  const count = values.length;
  if (count < 2) return undefined;
  const random = randomFrom(seed);
  const means = new Float64Array(rounds);
  for (let round = 0; round < rounds; round++) {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += values[random() % count] ?? 0;
    means[round] = sum / count;
  }
  means.sort();
  const t = studentQuantile(count - 1);
  const tail = normalBelow(-Math.sqrt(count / (count - 1)) * t);
  const all = means as unknown as number[];
  return { low: quantileSorted(all, tail), high: quantileSorted(all, 1 - tail) };
}

/** Of independent outcomes: Wilson, `Probable Inference, the Law of Succession, and Statistical Inference`, 1927. 95 %. */
export function wilson(successes: number, trials: number): Interval {
  const z = NORMAL_975;
  const share = successes / trials;
  const middle = share + z ** 2 / (2 * trials);
  const half = z * Math.sqrt((share * (1 - share)) / trials + z ** 2 / (4 * trials ** 2));
  const scale = 1 + z ** 2 / trials;
  return { low: Math.max(0, (middle - half) / scale), high: Math.min(1, (middle + half) / scale) };
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
