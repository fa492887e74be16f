// Knows: the smallest and the largest of many numbers, and how a list grows by another: in a loop, since a call with a
// list spread into its arguments throws a RangeError at about 125,000 of them.
// Must not know: what the numbers are.

/** Infinity of nothing, as Math.min() has it. */
export function smallest(values: Iterable<number>): number {
  let least = Number.POSITIVE_INFINITY;
  for (const value of values) least = Math.min(least, value);
  return least;
}

/** -Infinity of nothing, as Math.max() has it; `floor` where given. */
export function largest(values: Iterable<number>, floor: number = Number.NEGATIVE_INFINITY): number {
  let most = floor;
  for (const value of values) most = Math.max(most, value);
  return most;
}

/** Puts all items behind those of `target`. */
export function append<T>(target: T[], items: Iterable<T>): void {
  for (const item of items) target.push(item);
}
