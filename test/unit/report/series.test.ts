import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { csvLine } from "../../../bindings/report/csv.js";
import { seriesToCsv, seriesToParquet } from "../../../bindings/report/series.js";
import type { RunResult } from "../../../bindings/scenario/result.js";
import { makeResults } from "../../support/run_results.js";

const results = makeResults({ seeds: 2, seconds: 3, policies: ["mainline", 'odd, "named"'] });

function csvOf(runs: Iterable<RunResult>): string {
  const pieces: string[] = [];
  seriesToCsv(runs, (piece) => pieces.push(piece));
  return pieces.join("");
}

function parquetOf(runs: Iterable<RunResult>): ArrayBuffer {
  const pieces: Uint8Array[] = [];
  seriesToParquet(runs, (piece) => pieces.push(Uint8Array.from(piece)));
  return Uint8Array.from(Buffer.concat(pieces)).buffer;
}

/** RFC 4180 without line breaks inside fields. */
function parseRow(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "",
  );
}

describe("series as tables", () => {
  const csv = csvOf(results).trimEnd().split("\n");
  const header = parseRow(csv[0] ?? "");

  it("CSV has a row for every run and time, and every column", () => {
    expect(header.slice(0, 3)).toEqual(["policy", "seed", "timeNs"]);
    expect(header).toHaveLength(3 + results[0]!.series.columns.length);
    expect(csv).toHaveLength(1 + results.length * results[0]!.series.timeNs.length);
    const last = parseRow(csv.at(-1) ?? "");
    expect(last[0]).toBe('odd, "named"');
    expect(last).toHaveLength(header.length);
    const pins = results.at(-1)!.series.columns.find(({ name }) => name === "pins");
    expect(last[header.indexOf("pins")]).toBe(String(pins?.values.at(-1)));
  });

  it("Parquet holds the same", async () => {
    const file = parquetOf(results);
    expect(parquetMetadata(file).row_groups).toHaveLength(results.length);
    const rows = await parquetReadObjects({ file });
    expect(rows).toHaveLength(csv.length - 1);
    for (const at of [0, 17, rows.length - 1]) {
      const expected = parseRow(csv[at + 1] ?? "");
      const row = rows[at] ?? {};
      expect(header.map((name) => String(row[name]))).toEqual(expected);
    }
  });

  it("a run that lacks a column leaves it empty", () => {
    const [first, second] = results;
    const less = { ...second!, series: { ...second!.series, columns: second!.series.columns.slice(1) } };
    const lines = csvOf([first!, less]).trimEnd().split("\n");
    expect(parseRow(lines.at(-1) ?? "")[3]).toBe("");
  });

  it("cells that a spreadsheet would run as a formula are text", () => {
    expect(csvLine(["=1+1", "+a", "-b", "@c", -5, "plain", undefined, Number.NaN])).toBe(
      `"'=1+1","'+a","'-b","'@c",-5,plain,,\n`,
    );
  });
});
