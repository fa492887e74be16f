// Knows: how results of runs become the document of a report: everything put together, thinned to fit.
// Must not know: how the page draws it. No clock and no chance: the same results give the same document.

import {
  type ClientSummary,
  latenciesOf,
  type OnTime,
  type OnTimeDifference,
  type Outcomes,
  outcomesOf,
  type PolicyComparison,
  type SensitivityResult,
} from "../../analysis/outcomes/index.js";
import { CallError } from "../../engine/errors.js";
import type { FailureRecord, RunResult } from "../../scenario/result.js";
import { renderTrouble } from "../run_served.js";
import { summaryLines } from "../run_summary.js";
import { runVerdict } from "../run_verdict.js";
import { formatCount } from "../sizes.js";
import { sensitivitySentence } from "../tornado.js";
import {
  LEAST_ROWS,
  MOST_CELLS,
  MOST_FAILURES,
  MOST_REQUESTS,
  MOST_VALUES,
  MOST_WINDOWS,
  MOST_WINDOWS_OF_ONE,
} from "./budget.js";
import type { ClientStatistics, ReportComparison, ReportDocument, ReportRun, Served } from "./document.js";
import { mapCost, reportFailure, Words } from "./failures.js";
import { requestColumns } from "./requests.js";
import { reportSeries, seriesCost } from "./series.js";
import { everyNth, roughly } from "./steps.js";

/** What a report of runs is called and how much it shows. */
export interface RunReportOptions {
  /** The command that repeats the runs. */
  readonly command?: string;
  /** The scenario as text. */
  readonly source?: string;
  /** The region in which the result holds, as the scenario tells it. */
  readonly validity?: string;
  /** What the scenario's numbers do to the result. */
  readonly sensitivity?: SensitivityResult;
}

/** Points of a curve of ranks. */
const MOST_RANKS = 200;

function statisticsOf({ client, policy, all }: ClientSummary, { runs }: Outcomes): ClientStatistics {
  const requests = runs
    .filter((run) => run.policy === policy)
    .flatMap((run) => run.requests.filter((request) => request.client === client));
  const latencies = latenciesOf(requests, true);
  const step = Math.max(1, Math.ceil(latencies.length / MOST_RANKS));
  const { pagesMin, pagesMax, succeeded, errors, missed, windows, busyRetries, sleeps } = all;
  return {
    policy,
    client,
    pagesMin,
    pagesMax,
    requests: all.requests,
    succeeded,
    errors,
    missed,
    medianNs: all.p50Ns ?? null,
    p95Ns: all.p95Ns ?? null,
    p99Ns: all.p99Ns ?? null,
    maxNs: all.maxNs ?? null,
    failMedianNs: all.failedP50Ns ?? null,
    windows,
    busyRetries,
    migrated: all.pagesMigrated,
    reclaimed: all.pagesReclaimed,
    sleeps,
    ranks: everyNth(latencies.length, step).map((i) => [roughly(latencies[i] ?? 0), i + 1] as const),
  };
}

function comparisonOf({ interval, ...row }: PolicyComparison): ReportComparison {
  return { ...row, interval: interval ?? null };
}

/** JSON has no undefined: what is not known is null. */
function servedOf<T extends OnTime | OnTimeDifference>(row: T): Served<T> {
  const share = "share" in row ? { share: row.share ?? null } : {};
  return { ...row, ...share, certainty: row.certainty ?? null } as Served<T>;
}

/** What of each run fits, decided once for all runs. */
interface Room {
  readonly values: number;
  readonly requests: number;
  readonly windows: number;
  /** Maps of one run. */
  readonly maps: number;
}

/** What all runs would cost in full. */
class Costs {
  runs = 0;
  #failures = 0;
  #dearestMap = 1;
  #values = 0;
  notKept = 0;

  /** Counts each run as it goes by. */
  *counting(results: Iterable<RunResult>): Generator<RunResult> {
    for (const run of results) {
      const kept = run.failures.slice(0, MOST_FAILURES);
      this.runs++;
      this.#failures += kept.length;
      this.#dearestMap = kept.reduce((most, failure) => Math.max(most, mapCost(failure)), this.#dearestMap);
      this.#values += seriesCost(run.series);
      this.notKept += run.failuresNotKept;
      yield run;
    }
  }

  divideRoom(): Room {
    return {
      values: this.#values <= MOST_VALUES ? Number.POSITIVE_INFINITY : Math.floor(MOST_VALUES / this.runs),
      requests: Math.floor(MOST_REQUESTS / this.runs),
      windows: Math.min(MOST_WINDOWS_OF_ONE, Math.floor(MOST_WINDOWS / Math.max(1, this.#failures))),
      maps: Math.max(1, Math.floor(MOST_CELLS / (this.#dearestMap * this.runs))),
    };
  }
}

/** What was thinned, added up over all runs. */
interface Losses {
  every: number;
  requests: number;
  maps: number;
  failures: number;
  windows: boolean;
}

function describeLosses(losses: Losses): string[] {
  const notes: string[] = [];
  if (losses.every > 1)
    notes.push(
      `Series: one sample in ${losses.every} is drawn (but never fewer than ${LEAST_ROWS} of a run); what lies between is not. Running totals are exact where they are drawn.`,
    );
  if (losses.requests > 0)
    notes.push(
      `Requests: ${formatCount(losses.requests)} are not drawn one by one (failed and late ones are kept first); all tables and curves count them.`,
    );
  if (losses.failures > 0)
    notes.push(
      `Failures: ${formatCount(losses.failures)} are counted, but their windows and maps were not kept.`,
    );
  if (losses.windows)
    notes.push(
      "Windows: of a failure with very many only every n-th is drawn; its table of blockers counts all.",
    );
  if (losses.maps > 0)
    notes.push(`Page maps: ${formatCount(losses.maps)} failures are shown without theirs.`);
  return notes;
}

function prepareRun(run: RunResult, doc: Names, room: Room, words: Words, losses: Losses): ReportRun {
  const kept: readonly FailureRecord[] = run.failures.slice(0, MOST_FAILURES);
  losses.failures += run.failures.length - kept.length;
  losses.maps += Math.max(0, kept.length - room.maps);
  const failures = kept.map((failure, i) =>
    reportFailure(failure, run.areas, words, { windows: room.windows, withMap: i < room.maps }),
  );
  losses.windows ||= failures.some(({ every }) => every > 1);
  const requests = requestColumns(
    run,
    doc.clients,
    doc.areas,
    kept.map(({ request }) => request),
    room.requests,
  );
  losses.requests += requests.dropped;
  const series = reportSeries(run.series, room.values);
  losses.every = Math.max(losses.every, series.every);
  return {
    policy: run.policy,
    seed: run.seed,
    durationNs: run.durationNs,
    events: run.events,
    digest: run.digest,
    requests: requests.columns,
    failures,
    failuresNotKept: run.failuresNotKept + run.failures.length - kept.length,
    actors: run.actors,
    totals: run.totals,
    timeNs: series.timeNs,
    columns: series.columns,
  };
}

/** What a terminal is told, and what was killed, and where the result holds. */
function summaryOf(
  { summary, kills, ooms }: Outcomes,
  validity: string,
  sensitivity: readonly string[],
): string[] {
  const trouble = renderTrouble(kills, ooms)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const region = validity === "" ? [] : [`Region of validity: ${validity}`];
  return [...sensitivity, ...summaryLines(summary), ...trouble, ...region];
}

interface Names {
  readonly clients: readonly string[];
  readonly areas: readonly string[];
}

/**
 * Runs by policy, then by seed.
 * @param results read twice, one run after the other, so that they need not all be in memory; a list may be in any
 *   order of seeds, anything else is in the order of the report
 * @throws CallError without results
 */
export function prepareReport(results: Iterable<RunResult>, options: RunReportOptions = {}): ReportDocument {
  const costs = new Costs();
  const outcomes = outcomesOf(costs.counting(results));
  const { policies, clients } = outcomes;
  const [first] = outcomes.runs;
  if (first === undefined) throw new CallError("a report needs the results of at least one run");
  const sorted = Array.isArray(results)
    ? (results as readonly RunResult[]).toSorted(
        (a, b) => policies.indexOf(a.policy) - policies.indexOf(b.policy) || a.seed - b.seed,
      )
    : results;
  const names = { clients, areas: first.areas.map(({ name }) => name) };
  const words = new Words();
  const losses: Losses = { every: 1, requests: 0, maps: 0, failures: costs.notKept, windows: false };
  const room = costs.divideRoom();
  const { sensitivity } = options;
  const told = sensitivity === undefined ? [] : [sensitivitySentence(sensitivity, first.pageBytes)];
  const runs: ReportRun[] = [];
  for (const run of sorted) runs.push(prepareRun(run, names, room, words, losses));
  return {
    scenario: first.scenario,
    device: first.device,
    kernel: first.kernel,
    pageBytes: first.pageBytes,
    source: options.source ?? "",
    policies,
    seeds: [...new Set(runs.map(({ seed }) => seed))].sort((a, b) => a - b),
    clients,
    areas: first.areas,
    words: words.list,
    verdict: runVerdict(outcomes.summary),
    summary: summaryOf(outcomes, options.validity ?? "", told),
    served: outcomes.onTime.map(servedOf),
    servedDifferences: outcomes.onTimeDifferences.map(servedOf),
    ledger: outcomes.ledger,
    sensitivity: sensitivity === undefined ? null : { ...sensitivity, sentence: told[0] ?? "" },
    statistics: policies.flatMap((policy) =>
      outcomes.summaries.filter((row) => row.policy === policy).map((row) => statisticsOf(row, outcomes)),
    ),
    comparisons: outcomes.comparisons.map(comparisonOf),
    runs,
    notes: describeLosses(losses),
  };
}
