// Knows: how people write which seeds: a number of them, or a range.
// Must not know: options, files, what a seed does.

/** A seed is 32 bits. */
const MOST_SEED = 2 ** 32 - 1;
/** Seeds of one call: months of CPU time. */
const MOST_SEEDS = 1_000_000;

/** "40" (1 to 40) or "41-80"; else what is wrong, in words. */
export function parseSeeds(text: string): { readonly seeds: number[] } | { readonly problem: string } {
  const [, from = "1", to = ""] = /^(?:(\d+)\s*-\s*)?(\d+)$/.exec(text.trim()) ?? [];
  if (to === "") return { problem: `expected a number of seeds or a range such as 41-80; got "${text}"` };
  const [first, last] = [Number(from), Number(to)];
  if (first < 1 || last < 1) return { problem: `seeds are at least 1; got ${text}` };
  if (last < first) return { problem: `the range ${text} ends before it begins` };
  if (last > MOST_SEED) return { problem: `a seed is at most ${MOST_SEED}; got ${text}` };
  const count = last - first + 1;
  if (count > MOST_SEEDS) return { problem: `at most ${MOST_SEEDS} seeds in one call; ${text} are ${count}` };
  return { seeds: Array.from({ length: count }, (_, i) => first + i) };
}

/** [1, 2, 3, 7] -> "1-3,7"; ascending. */
export function rangesText(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last !== undefined && number === last[1] + 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(",");
}
