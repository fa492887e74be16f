// Knows: how results of runs become the document of a report: everything put together, thinned to fit.
// Must not know: how the page draws it. No clock and no chance: the same results give the same document.

import type { FailureRecord, RunResult } from "../../scenario/result.js";
import { formatCount } from "../sizes.js";
import {
  LEAST_ROWS,
  MOST_CELLS,
  MOST_FAILURES,
  MOST_REQUESTS,
  MOST_VALUES,
  MOST_WINDOWS,
  MOST_WINDOWS_OF_ONE,
} from "./budget.js";
import {
  type Comparison,
  DOCUMENT_VERSION,
  type Metric,
  type ReportDocument,
  type ReportRun,
} from "./document.js";
import { mapCost, reportFailure, Words } from "./failures.js";
import { requestColumns } from "./requests.js";
import { reportSeries, seriesCost } from "./series.js";
import { clientStatistics, comparePolicies } from "./statistics.js";
import { summarize } from "./summary.js";

export interface RunReportOptions {
  /** The command that repeats the runs. */
  readonly command?: string;
  /** The scenario as text. */
  readonly source?: string;
}

const METRICS: readonly Metric[] = ["success", "missed", "median", "p99"];

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

function compareAll(
  results: readonly RunResult[],
  policies: readonly string[],
  clients: readonly string[],
): Comparison[] {
  const [against, ...others] = policies;
  if (against === undefined) return [];
  return others.flatMap((policy) =>
    clients.flatMap((client) =>
      METRICS.flatMap((metric) => comparePolicies(results, client, metric, policy, against) ?? []),
    ),
  );
}

/** What of each run fits, decided once for all runs. */
interface Room {
  readonly values: number;
  readonly requests: number;
  readonly windows: number;
  /** Maps of one run. */
  readonly maps: number;
}

function divideRoom(results: readonly RunResult[]): Room {
  const runs = Math.max(1, results.length);
  const kept = results.flatMap(({ failures }) => failures.slice(0, MOST_FAILURES));
  const dearest = kept.reduce((most, failure) => Math.max(most, mapCost(failure)), 1);
  const costs = results.reduce((total, { series }) => total + seriesCost(series), 0);
  return {
    values: costs <= MOST_VALUES ? Number.POSITIVE_INFINITY : Math.floor(MOST_VALUES / runs),
    requests: Math.floor(MOST_REQUESTS / runs),
    windows: Math.min(MOST_WINDOWS_OF_ONE, Math.floor(MOST_WINDOWS / Math.max(1, kept.length))),
    maps: Math.max(1, Math.floor(MOST_CELLS / (dearest * runs))),
  };
}

/** What was thinned, added up over all runs. */
interface Losses {
  every: number;
  requests: number;
  maps: number;
  failures: number;
  windows: boolean;
}

function describeLosses(losses: Losses, results: readonly RunResult[]): string[] {
  const notes: string[] = [];
  const notKept = results.reduce((total, { failuresNotKept }) => total + failuresNotKept, losses.failures);
  if (losses.every > 1)
    notes.push(
      `Series: one sample in ${losses.every} is drawn (but never fewer than ${LEAST_ROWS} of a run); what lies between is not. Running totals are exact where they are drawn.`,
    );
  if (losses.requests > 0)
    notes.push(
      `Requests: ${formatCount(losses.requests)} are not drawn one by one (failed and late ones are kept first); all tables and curves count them.`,
    );
  if (notKept > 0)
    notes.push(`Failures: ${formatCount(notKept)} are counted, but their windows and maps were not kept.`);
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

interface Names {
  readonly clients: readonly string[];
  readonly areas: readonly string[];
}

/** Policies in the order of `results`; runs by policy, then by seed. @throws RangeError without results */
export function prepareReport(results: readonly RunResult[], options: RunReportOptions = {}): ReportDocument {
  const [first] = results;
  if (first === undefined) throw new RangeError("a report needs the results of at least one run");
  const policies = distinct(results.map(({ policy }) => policy));
  const clients = distinct(results.flatMap((run) => run.clients));
  const sorted = results.toSorted(
    (a, b) => policies.indexOf(a.policy) - policies.indexOf(b.policy) || a.seed - b.seed,
  );
  const statistics = policies.flatMap((policy) =>
    clients.map((client) => {
      const runs = sorted.filter((run) => run.policy === policy);
      const requests = runs.flatMap((run) => run.requests.filter((request) => request.client === client));
      return clientStatistics(policy, client, requests);
    }),
  );
  const comparisons = compareAll(sorted, policies, clients);
  const names = { clients, areas: first.areas.map(({ name }) => name) };
  const words = new Words();
  const losses: Losses = { every: 1, requests: 0, maps: 0, failures: 0, windows: false };
  const room = divideRoom(sorted);
  const runs = sorted.map((run) => prepareRun(run, names, room, words, losses));
  return {
    version: DOCUMENT_VERSION,
    scenario: first.scenario,
    device: first.device,
    kernel: first.kernel,
    pageBytes: first.pageBytes,
    command: options.command ?? "",
    source: options.source ?? "",
    policies,
    seeds: distinct(sorted.map(({ seed }) => seed)).sort((a, b) => a - b),
    clients,
    areas: first.areas,
    words: words.list,
    summary: summarize(sorted, policies, statistics, comparisons),
    statistics,
    comparisons,
    runs,
    notes: describeLosses(losses, sorted),
  };
}
