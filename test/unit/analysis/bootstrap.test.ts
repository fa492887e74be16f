import { describe, expect, it } from "vitest";
import { bootstrapMedian, median, pairedDifference, quantile } from "../../../bindings/analysis/index.js";

/** Seeded uniform numbers (Park and Miller). */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

describe("quantiles", () => {
  it("of few values, and of none", () => {
    expect([median([3, 1, 2]), median([4, 1]), quantile([1, 2, 3, 4], 1)]).toEqual([2, 2.5, 4]);
    // Between two values linearly, as numpy's default: 0.25 of the way falls on place 0.75 of 4 values.
    expect([quantile([4, 1, 3, 2], 0.25), quantile([10, 20, 40], 0.9), quantile([7], 0.3)]).toEqual([
      1.75, 36, 7,
    ]);
    expect([median([]), quantile([], 0.5)]).toEqual([undefined, undefined]);
  });
});

describe("bootstrap intervals", () => {
  it("are the same for the same seed, and say nothing about one value", () => {
    const values = [5, 1, 4, 2, 9, 7];
    expect(bootstrapMedian(values)).toEqual(bootstrapMedian([...values]));
    expect(bootstrapMedian(values, { seed: 2, rounds: 50 })).not.toEqual(
      bootstrapMedian(values, { seed: 3, rounds: 50 }),
    );
    expect(bootstrapMedian([1])).toBeUndefined();
    expect(bootstrapMedian([4, 4, 4])).toEqual({ low: 4, high: 4 });
  });

  it("cover the true median about as often as they promise", () => {
    const random = uniform(7);
    const trials = 300;
    let covered = 0;
    for (let trial = 0; trial < trials; trial++) {
      const values = Array.from({ length: 25 }, random);
      const interval = bootstrapMedian(values, { rounds: 400, seed: trial + 1 });
      if (interval !== undefined && interval.low <= 0.5 && interval.high >= 0.5) covered++;
    }
    expect(covered / trials).toBeGreaterThan(0.9);
    expect(covered / trials).toBeLessThan(0.995);
  });

  it("of paired differences are narrower than those of the values: what both share falls out", () => {
    const random = uniform(11);
    const shared = Array.from({ length: 20 }, () => 1000 * random());
    const base = shared.map((value) => value + random());
    const other = shared.map((value) => value + 10 + random());
    const paired = pairedDifference(base, other);
    expect(paired?.median).toBeGreaterThan(9);
    expect(paired?.median).toBeLessThan(11);
    const width = (interval: { low: number; high: number } | undefined) =>
      (interval?.high ?? 0) - (interval?.low ?? 0);
    expect(width(paired?.interval)).toBeLessThan(width(bootstrapMedian(base)) / 50);
  });

  it("pairs without a value on one side are left out", () => {
    expect(pairedDifference([1, undefined, 3], [2, 5, undefined])).toEqual({
      pairs: 1,
      median: 1,
      interval: undefined,
    });
    expect(pairedDifference([undefined], [1])).toBeUndefined();
  });
});
