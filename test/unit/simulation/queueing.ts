// Knows: the closed forms that a simulation is held against, and how far a sample may be from them.
// Must not know: simulations.

/** Chances of 0, 1, 2 ... in a Poisson distribution, up to `most`. */
export function poisson(mean: number, most: number): number[] {
  const chances = [Math.exp(-mean)];
  for (let k = 1; k <= most; k++) chances.push(((chances[k - 1] ?? 0) * mean) / k);
  return chances;
}

/** Value that a chi-square variable of so many degrees exceeds with chance 0.0001 (Wilson and Hilferty, 1931). */
export function chiSquareLimit(degrees: number): number {
  const z = 3.719;
  return degrees * (1 - 2 / (9 * degrees) + z * Math.sqrt(2 / (9 * degrees))) ** 3;
}

/** Chi-square distance of counts from a distribution, as a part of its limit: above 1 they differ. Rare values are joined. */
export function distance(counts: readonly number[], chances: readonly number[]): number {
  const total = counts.length;
  let [statistic, cells, seen, expected, left] = [0, 0, 0, 0, total];
  let leftSeen = total;
  for (let value = 0; value < chances.length; value++) {
    seen += counts.filter((count) => count === value).length;
    expected += total * (chances[value] ?? 0);
    if (expected < 10 || left - expected < 10) continue;
    statistic += (seen - expected) ** 2 / expected;
    cells += 1;
    left -= expected;
    leftSeen -= seen;
    [seen, expected] = [0, 0];
  }
  statistic += (leftSeen - left) ** 2 / left;
  return statistic / chiSquareLimit(cells);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Standard error of the mean of samples that may depend on their neighbours: by means of 40 batches. */
export function standardError(values: readonly number[]): number {
  const size = Math.floor(values.length / 40);
  const means = Array.from({ length: 40 }, (_, batch) =>
    mean(values.slice(batch * size, (batch + 1) * size)),
  );
  const middle = mean(means);
  return Math.sqrt(mean(means.map((value) => (value - middle) ** 2)) / 39);
}

/** Of the windows of `width` among `pages` places, those without any of `taken` (sorted places, maybe some twice). */
export function freeWindows(taken: readonly number[], pages: number, width: number): number {
  let windows = 0;
  let from = 0;
  for (const place of [...taken, pages]) {
    windows += Math.max(place - from - width + 1, 0);
    from = place + 1;
  }
  return windows;
}
