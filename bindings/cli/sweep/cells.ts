// Knows: which cells of a grid need more seeds.
// Must not know: what a cell comes to (analysis/outcomes/matrix), files, how anything is shown.

import type { MatrixCell } from "../../analysis/outcomes/index.js";
import { smallest } from "../../engine/extent.js";

/** "on-time 2%": how wide the 95 % interval of the share on time may be, 0 to 1. */
export function parseTarget(text: string): number | undefined {
  const [, percent] = /^\s*on-time\s+(\d+(?:\.\d+)?)\s*%\s*$/.exec(text) ?? [];
  const width = Number(percent) / 100;
  return width > 0 && width <= 1 ? width : undefined;
}

/** Undefined for a cell that asked nothing; Infinity for a single seed, which says nothing about spread. */
export function widthOf({ seeds, certainty }: MatrixCell): number | undefined {
  if (seeds === 0 || certainty === undefined) return undefined;
  if (seeds === 1) return Number.POSITIVE_INFINITY;
  return certainty.kind === "same" ? 0 : certainty.interval.high - certainty.interval.low;
}

/** No more than so many times the seeds that there are: the width of few seeds is itself a guess. */
const MOST_TIMES = 10;

/** Seeds that the widest of these cells still needs: its interval shrinks with the root of their number. */
export function seedsWanted(cells: readonly MatrixCell[], target: number): number {
  let most = 0;
  for (const cell of cells) {
    const times = Math.min(MOST_TIMES, ((widthOf(cell) ?? 0) / target) ** 2);
    most = Math.max(most, Math.ceil(cell.seeds * times) - cell.seeds);
  }
  return Math.max(most, Math.min(10, smallest(cells.map(({ seeds }) => seeds))));
}
