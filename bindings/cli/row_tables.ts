// Knows: rows of runs as runs.csv and runs.parquet, written group by group.
// Must not know: where the rows come from, what a column means.

import { join } from "node:path";
import { ROW_COLUMNS, type RunRow } from "../analysis/outcomes/index.js";
import { writeAside } from "../durable/index.js";
import { csvLine } from "../report/csv.js";
import { ParquetTable } from "../report/parquet.js";

/** Rows of one row group. */
const GROUP = 10_000;

/** @param rows gives them from the first to the last, each time it is called */
export function writeTables(folder: string, rows: () => Iterable<RunRow>): void {
  writeAside(join(folder, "runs.csv"), (put) => {
    put(csvLine(ROW_COLUMNS.map(({ name }) => name)));
    for (const row of rows()) put(csvLine(ROW_COLUMNS.map(({ name }) => row[name])));
  });
  writeAside(join(folder, "runs.parquet"), (put) => {
    const table = new ParquetTable(ROW_COLUMNS, put);
    let group: RunRow[] = [];
    const flush = () => {
      table.write(ROW_COLUMNS.map(({ name }) => group.map((row) => row[name])));
      group = [];
    };
    for (const row of rows()) {
      group.push(row);
      if (group.length === GROUP) flush();
    }
    flush();
    table.finish();
  });
}
