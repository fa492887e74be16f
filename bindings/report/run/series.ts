// Knows: how the series of a run are rounded and thinned.
// Must not know: what a column measures.

import type { SeriesTable } from "../../scenario/result.js";
import { LEAST_ROWS, thinning } from "./budget.js";
import type { ReportColumn, Steps } from "./document.js";
import { encodeSteps, everyNth } from "./steps.js";

export interface ReportSeries {
  readonly timeNs: Steps;
  readonly columns: readonly ReportColumn[];
  /** Every which sample is kept. */
  readonly every: number;
}

/** Times to a microsecond, shares to a ten-thousandth; a count that is no whole number (a mean) to a hundredth. */
function scaleOf(unit: string, values: readonly number[]): number {
  if (unit === "ns") return 1e3;
  if (unit === "share") return 1e-4;
  return values.every(Number.isInteger) ? 1 : 1e-2;
}

function isConstant(values: readonly number[]): boolean {
  return values.every((value) => value === values[0]);
}

/** Numbers that a table costs in a document; a column that never changes is free. */
export function seriesCost({ timeNs, columns }: SeriesTable): number {
  return timeNs.length * (1 + columns.filter(({ values }) => !isConstant(values)).length);
}

export function reportSeries({ timeNs, columns }: SeriesTable, mostValues: number): ReportSeries {
  const perRow = seriesCost({ timeNs, columns }) / Math.max(1, timeNs.length);
  const every = thinning(timeNs.length, Math.max(LEAST_ROWS, Math.floor(mostValues / Math.max(1, perRow))));
  const rows = everyNth(timeNs.length, every);
  const pick = (values: readonly number[]) => rows.map((i) => values[i] ?? 0);
  return {
    timeNs: encodeSteps(pick(timeNs), 1e3),
    columns: columns.map(({ name, unit, kind, values }) => ({
      name,
      unit,
      kind,
      values: encodeSteps(pick(values), scaleOf(unit, values)),
    })),
    every,
  };
}
