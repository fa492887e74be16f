// Knows: the series of runs as tables for other programs: one row per run and time, as CSV and as Parquet.
// Must not know: how they are measured, where the bytes go.

import type { RunResult } from "../scenario/result.js";
import { csvLine } from "./csv.js";
import { ParquetTable } from "./parquet.js";

/** Columns of all runs, in the order in which they first appear; a run without one has nothing there. */
export function seriesColumns(results: Iterable<RunResult>): string[] {
  const names = new Set<string>();
  for (const { series } of results) for (const { name } of series.columns) names.add(name);
  return [...names];
}

function columnsOf({ series }: RunResult, names: readonly string[]): (readonly number[] | undefined)[] {
  const own = new Map(series.columns.map(({ name, values }) => [name, values]));
  return names.map((name) => own.get(name));
}

/** @param results read twice, one run after the other */
export function seriesToCsv(results: Iterable<RunResult>, put: (piece: string) => void): void {
  const names = seriesColumns(results);
  put(csvLine(["policy", "seed", "timeNs", ...names]));
  for (const run of results) {
    const columns = columnsOf(run, names);
    const rows = run.series.timeNs.map((time, row) =>
      csvLine([run.policy, run.seed, time, ...columns.map((values) => values?.[row])]),
    );
    put(rows.join(""));
  }
}

/**
 * The same table, a row group for each run; times and values are doubles, exact to 2^53.
 * @param results read twice, one run after the other
 */
export function seriesToParquet(results: Iterable<RunResult>, put: (piece: Uint8Array) => void): void {
  const names = seriesColumns(results);
  const table = new ParquetTable(
    [
      { name: "policy", type: "STRING" },
      ...["seed", "timeNs", ...names].map((name) => ({ name, type: "DOUBLE" as const })),
    ],
    put,
  );
  for (const run of results) {
    const { timeNs } = run.series;
    const columns = columnsOf(run, names).map((values) => values ?? timeNs.map(() => null));
    table.write([timeNs.map(() => run.policy), timeNs.map(() => run.seed), timeNs, ...columns]);
  }
  table.finish();
}
