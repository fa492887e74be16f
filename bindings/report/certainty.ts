// Knows: how it is said how sure a figure over seeds is, in a sentence and in a cell of a table.
// Must not know: what the figure is.

import type { Certainty } from "../analysis/outcomes/index.js";
import { formatCount } from "./sizes.js";

/** "95 % interval 12 to 40 %", or in words why there is none. */
export function howSure(
  certainty: Certainty | undefined,
  seeds: number,
  format: (value: number) => string,
): string {
  if (certainty === undefined) return "";
  if (seeds === 1) return "one seed";
  if (certainty.kind === "same") return `the same in all ${seeds} seeds: no interval follows from that`;
  const { low, high } = certainty.interval;
  const name = certainty.kind === "interval" ? "95 % interval" : `${formatCount(seeds)} seeds, from`;
  return `${name} ${format(low)} to ${format(high)}`;
}

/** "12 to 40 %"; in brackets where it is the range of too few seeds and no interval; "-" where all are equal. */
export function spanText(certainty: Certainty | undefined, format: (value: number) => string): string {
  if (certainty === undefined || certainty.kind === "same") return "-";
  const { low, high } = certainty.interval;
  const text = `${format(low)} to ${format(high)}`;
  return certainty.kind === "interval" ? text : `(${text})`;
}

/** A share as points: +12.5 */
export function points(share: number): string {
  return `${share > 0 ? "+" : ""}${Number((share * 100).toFixed(1))}`;
}

/** A share in per cent: "12.5 %" */
export function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}
