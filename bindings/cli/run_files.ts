// Knows: which files a run leaves behind, each written aside and renamed, so that no half file is ever read.
// Must not know: what is in them.

import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderRunReport } from "../report/node.js";
import { seriesToCsv, seriesToParquet } from "../report/series.js";
import type { RunResult } from "../scenario/result.js";
import { type Scenario, scenarioDigest } from "../scenario/scenario.js";

function writeAside(folder: string, name: string, content: string | Uint8Array): void {
  const path = join(folder, name);
  writeFileSync(`${path}.part`, content);
  renameSync(`${path}.part`, path);
}

/** How the runs can be repeated, for the report. */
export interface Origin {
  readonly command: string;
  /** The scenario as text. */
  readonly source: string;
}

/** Before hours of work: makes the folder where it is missing. @throws the file system's error */
export function prepareFolder(folder: string): void {
  mkdirSync(folder, { recursive: true });
}

/** result.json, series.csv, series.parquet and report.html in a folder that is there. */
export function writeRunFiles(
  folder: string,
  scenario: Scenario,
  results: readonly RunResult[],
  origin: Origin,
): void {
  const result = { scenario, digest: scenarioDigest(scenario), results };
  writeAside(folder, "result.json", `${JSON.stringify(result)}\n`);
  writeAside(folder, "series.csv", seriesToCsv(results));
  writeAside(folder, "series.parquet", seriesToParquet(results));
  if (results.length > 0) writeAside(folder, "report.html", renderRunReport(results, origin));
}
