// Knows: the series of runs as tables for other programs: one row per run and time, as CSV and as Parquet.
// Must not know: how they are measured, where the bytes go.

import { parquetWriteBuffer } from "hyparquet-writer";
import type { RunResult } from "../scenario/result.js";

interface Table {
  readonly policy: string[];
  readonly seed: number[];
  readonly timeNs: number[];
  /** In the order of the first run; a run without a column has NaN there. */
  readonly columns: ReadonlyMap<string, number[]>;
}

function gather(results: readonly RunResult[]): Table {
  const names = new Set(results.flatMap(({ series }) => series.columns.map(({ name }) => name)));
  const columns = new Map([...names].map((name) => [name, [] as number[]] as const));
  const table: Table = { policy: [], seed: [], timeNs: [], columns };
  for (const { policy, seed, series } of results) {
    const own = new Map(series.columns.map((column) => [column.name, column.values]));
    for (const [row, time] of series.timeNs.entries()) {
      table.policy.push(policy);
      table.seed.push(seed);
      table.timeNs.push(time);
      for (const [name, values] of columns) values.push(own.get(name)?.[row] ?? Number.NaN);
    }
  }
  return table;
}

function quoted(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** RFC 4180 with line feeds; an unknown value is an empty field. */
export function seriesToCsv(results: readonly RunResult[]): string {
  const { policy, seed, timeNs, columns } = gather(results);
  const values = [...columns.values()];
  const header = ["policy", "seed", "timeNs", ...columns.keys()].map(quoted).join(",");
  const rows = timeNs.map((time, row) => {
    const cells = values.map((column) => {
      const value = column[row] ?? Number.NaN;
      return Number.isNaN(value) ? "" : String(value);
    });
    return [quoted(policy[row] ?? ""), seed[row] ?? 0, time, ...cells].join(",");
  });
  return `${[header, ...rows].join("\n")}\n`;
}

/** The same table; times and values are doubles, exact to 2^53. */
export function seriesToParquet(results: readonly RunResult[]): Uint8Array {
  const { policy, seed, timeNs, columns } = gather(results);
  const doubles = [...columns].map(([name, data]) => ({ name, data, type: "DOUBLE" as const }));
  const buffer = parquetWriteBuffer({
    columnData: [
      { name: "policy", data: policy, type: "STRING" },
      { name: "seed", data: seed, type: "DOUBLE" },
      { name: "timeNs", data: timeNs, type: "DOUBLE" },
      ...doubles,
    ],
  });
  return new Uint8Array(buffer);
}
