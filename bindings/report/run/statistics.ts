// Knows: how requests of a client are counted and compared: shares, ranks, differences of the same seed.
// Must not know: where runs come from, how numbers are shown. All requests count here, whatever the page keeps.

import { median, pairedDifference, quantile } from "../../analysis/index.js";
import type { RequestRecord, RunResult } from "../../scenario/result.js";
import type { ClientStatistics, Comparison, Metric } from "./document.js";
import { everyNth, roughly } from "./steps.js";

/** Points of a curve of ranks. */
const MOST_RANKS = 200;

/** To a nanosecond; null of nothing. */
function quantileOf(values: readonly number[], share: number): number | null {
  const value = quantile(values, share);
  return value === undefined ? null : Math.round(value);
}

function sum(requests: readonly RequestRecord[], pick: (request: RequestRecord) => number): number {
  return requests.reduce((total, request) => total + pick(request), 0);
}

function latenciesOf(requests: readonly RequestRecord[], succeeded: boolean): number[] {
  return requests
    .filter(({ errno }) => (errno === 0) === succeeded)
    .map(({ latencyNs }) => latencyNs)
    .sort((a, b) => a - b);
}

function countErrors(requests: readonly RequestRecord[]): Record<string, number> {
  const errors = new Map<number, number>();
  for (const { errno } of requests) if (errno !== 0) errors.set(errno, (errors.get(errno) ?? 0) + 1);
  return Object.fromEntries([...errors].sort(([a], [b]) => b - a));
}

/** One client under one policy; `requests` are those of all seeds. */
export function clientStatistics(
  policy: string,
  client: string,
  requests: readonly RequestRecord[],
): ClientStatistics {
  const latencies = latenciesOf(requests, true);
  const step = Math.max(1, Math.ceil(latencies.length / MOST_RANKS));
  const pages = requests.map((request) => request.pages);
  return {
    policy,
    client,
    pagesMin: pages.reduce((least, value) => Math.min(least, value), pages[0] ?? 0),
    pagesMax: pages.reduce((most, value) => Math.max(most, value), 0),
    requests: requests.length,
    succeeded: latencies.length,
    errors: countErrors(requests),
    missed: requests.filter(({ missedDeadline }) => missedDeadline).length,
    medianNs: quantileOf(latencies, 0.5),
    p95Ns: quantileOf(latencies, 0.95),
    p99Ns: quantileOf(latencies, 0.99),
    maxNs: latencies.at(-1) ?? null,
    failMedianNs: quantileOf(latenciesOf(requests, false), 0.5),
    windows: sum(requests, ({ windows }) => windows),
    busyRetries: sum(requests, ({ busyRetries }) => busyRetries),
    migrated: sum(requests, ({ pagesMigrated }) => pagesMigrated),
    reclaimed: sum(requests, ({ pagesReclaimed }) => pagesReclaimed),
    sleeps: sum(requests, ({ sleeps }) => sleeps),
    ranks: everyNth(latencies.length, step).map((i) => [roughly(latencies[i] ?? 0), i + 1] as const),
  };
}

/** A run's value of a metric for one client; null when the run has none. */
function measure(run: RunResult, client: string, metric: Metric): number | null {
  const requests = run.requests.filter((request) => request.client === client);
  if (requests.length === 0) return null;
  switch (metric) {
    case "success":
      return requests.filter(({ errno }) => errno === 0).length / requests.length;
    case "missed":
      return requests.filter(({ missedDeadline }) => missedDeadline).length / requests.length;
    case "median":
      return quantileOf(latenciesOf(requests, true), 0.5);
    case "p99":
      return quantileOf(latenciesOf(requests, true), 0.99);
  }
}

/** The two runs of each seed, or undefined when no seed has a value under both. */
export function comparePolicies(
  runs: readonly RunResult[],
  client: string,
  metric: Metric,
  policy: string,
  against: string,
): Comparison | undefined {
  const seeds: number[] = [];
  const values: number[] = [];
  const base: number[] = [];
  const of = (name: string) =>
    new Map(runs.filter((run) => run.policy === name).map((run) => [run.seed, run]));
  const others = of(against);
  for (const [seed, run] of [...of(policy)].sort(([a], [b]) => a - b)) {
    const other = others.get(seed);
    const value = measure(run, client, metric);
    const was = other === undefined ? null : measure(other, client, metric);
    if (value === null || was === null) continue;
    seeds.push(seed);
    values.push(value);
    base.push(was);
  }
  const difference = pairedDifference(base, values);
  if (difference === undefined) return undefined;
  return {
    client,
    metric,
    policy,
    against,
    seeds,
    values,
    base,
    valueMedian: median(values) ?? 0,
    baseMedian: median(base) ?? 0,
    median: difference.median,
    interval: difference.interval ?? null,
  };
}
