// Knows: which files runs leave behind, each built run by run from what was kept, whole or not there.
// Must not know: what is in them, how runs are kept.

import { join } from "node:path";
import type { SensitivityResult } from "../../analysis/outcomes/index.js";
import { Journal, type Sink, type Work, type WorkFailure, writeAside } from "../../durable/index.js";
import type { Scene } from "../../report/answer/index.js";
import { renderAnswer } from "../../report/node.js";
import { answerOfRuns } from "../../report/run/index.js";
import { seriesToCsv, seriesToParquet } from "../../report/series.js";
import type { RunResult } from "../../scenario/result.js";
import { type Scenario, scenarioDigest, tellScenario } from "../../scenario/scenario.js";
import type { RunFailure } from "../../sweep/index.js";

/** How the runs can be repeated, and where they hold, for the report. */
export interface Origin {
  readonly command: string;
  /** The scenario as text. */
  readonly source: string;
  /** The region in which the result holds, "" when the scenario tells none. */
  readonly validity: string;
  /** What the scenario's numbers do to the result, where that was asked. */
  readonly sensitivity?: SensitivityResult;
  /** What the engine in the page runs again. */
  readonly scene?: Scene | undefined;
}

function report(results: Iterable<RunResult>, { scene, ...origin }: Origin): string {
  return renderAnswer(answerOfRuns(results, origin, scene));
}

/** What a run is called in the journal. */
export function keyOf(policy: string, seed: number): string {
  return JSON.stringify([policy, seed]);
}

export function runFailure({ key, error }: WorkFailure): RunFailure {
  const [policy, seed] = JSON.parse(key) as [string, number];
  return { policy, seed, error };
}

/** The results' own JSON, one after the other: all of them may be longer than a string can be. */
function writeResults(put: Sink, scenario: Scenario, work: Work<RunResult>, keys: readonly string[]): void {
  put(
    `{"scenario":${JSON.stringify(tellScenario(scenario))},"digest":"${scenarioDigest(scenario)}","results":[`,
  );
  for (const [i, key] of work.done(keys).entries()) {
    if (i > 0) put(",");
    put(work.bytes(key));
  }
  const failures = work.failures(keys).map(runFailure);
  put(failures.length === 0 ? "]}\n" : `],"failures":${JSON.stringify(failures)}}\n`);
}

/** result.json, series.csv, series.parquet and report.html of the runs that are finished, in the order of the keys. */
export function writeRunFiles(
  folder: string,
  scenario: Scenario,
  work: Work<RunResult>,
  keys: readonly string[],
  origin: Origin,
): void {
  const results = work.results(keys);
  writeAside(join(folder, "result.json"), (put) => writeResults(put, scenario, work, keys));
  writeAside(join(folder, "series.csv"), (put) => seriesToCsv(results, put));
  writeAside(join(folder, "series.parquet"), (put) => seriesToParquet(results, put));
  if (work.done(keys).length > 0)
    writeAside(join(folder, "report.html"), (put) => put(report(results, origin)));
}

/** The report once more, with what is known by now. */
export function rewriteReport(folder: string, keys: readonly string[], origin: Origin): void {
  const journal = Journal.peek<RunResult>(join(folder, "journal.jsonl"));
  try {
    const results = journal.values(keys.filter((key) => journal.has(key)));
    writeAside(join(folder, "report.html"), (put) => put(report(results, origin)));
  } finally {
    journal.close();
  }
}
