// Knows: what the requests of one client come to: in one run, over all seeds, and one policy against another.
// Must not know: how it is shown.

import {
  bootstrapMedian,
  type Interval,
  median,
  type PairedDifference,
  pairedDifference,
  quantile,
} from "../analysis/index.js";
import type { RequestRecord, RunResult } from "../scenario/result.js";

/** One client in one run; latencies are those of requests that succeeded, nanoseconds. */
export interface ClientRun {
  readonly requests: number;
  readonly succeeded: number;
  readonly missed: number;
  /** Requests by errno, 0 left out: "-16" -> 3. */
  readonly errors: Readonly<Record<string, number>>;
  readonly p50Ns: number | undefined;
  readonly p95Ns: number | undefined;
  readonly p99Ns: number | undefined;
  readonly maxNs: number | undefined;
}

function sumUp(requests: readonly RequestRecord[]): ClientRun {
  const latencies = requests.filter(({ errno }) => errno === 0).map(({ latencyNs }) => latencyNs);
  const errors: Record<string, number> = {};
  for (const { errno } of requests) if (errno !== 0) errors[errno] = (errors[errno] ?? 0) + 1;
  return {
    requests: requests.length,
    succeeded: latencies.length,
    missed: requests.filter(({ missedDeadline }) => missedDeadline).length,
    errors,
    p50Ns: quantile(latencies, 0.5),
    p95Ns: quantile(latencies, 0.95),
    p99Ns: quantile(latencies, 0.99),
    maxNs: latencies.length === 0 ? undefined : Math.max(...latencies),
  };
}

/** A figure of every run, its median and how sure that is. */
export interface Spread {
  readonly median: number | undefined;
  readonly interval: Interval | undefined;
}

function spreadOf(values: readonly (number | undefined)[]): Spread {
  const known = values.filter((value) => value !== undefined);
  return { median: median(known), interval: bootstrapMedian(known) };
}

/** One client under one policy, over all seeds. */
export interface ClientSummary {
  readonly client: string;
  readonly policy: string;
  readonly runs: number;
  /** The requests of all seeds together. */
  readonly all: ClientRun;
  /** Over seeds: share of requests that succeeded, latency, share of missed deadlines. */
  readonly success: Spread;
  readonly p50: Spread;
  readonly p99: Spread;
  readonly missed: Spread;
}

const METRICS = {
  success: ({ requests, succeeded }: ClientRun) => (requests === 0 ? undefined : succeeded / requests),
  missed: ({ requests, missed }: ClientRun) => (requests === 0 ? undefined : missed / requests),
  median: ({ p50Ns }: ClientRun) => p50Ns,
  p99: ({ p99Ns }: ClientRun) => p99Ns,
} as const;

export type Metric = keyof typeof METRICS;
export const metrics = Object.keys(METRICS) as readonly Metric[];

function requestsOf(run: RunResult, client: string): RequestRecord[] {
  return run.requests.filter((request) => request.client === client);
}

function summarizeClient(client: string, policy: string, runs: readonly RunResult[]): ClientSummary {
  const each = runs.map((run) => sumUp(requestsOf(run, client)));
  const all = sumUp(runs.flatMap((run) => requestsOf(run, client)));
  const over = (metric: Metric) => spreadOf(each.map(METRICS[metric]));
  return {
    client,
    policy,
    runs: runs.length,
    all,
    success: over("success"),
    p50: over("median"),
    p99: over("p99"),
    missed: over("missed"),
  };
}

/** Policies in the order in which they were run. */
export function policiesOf(results: readonly RunResult[]): string[] {
  return [...new Set(results.map(({ policy }) => policy))];
}

/** Every client under every policy, clients outermost. */
export function summarizeClients(results: readonly RunResult[]): ClientSummary[] {
  const clients = [...new Set(results.flatMap((run) => run.clients))];
  return clients.flatMap((client) =>
    policiesOf(results).map((policy) =>
      summarizeClient(
        client,
        policy,
        results.filter((run) => run.policy === policy),
      ),
    ),
  );
}

/** A policy against the first one, seed by seed. */
export interface Comparison extends PairedDifference {
  readonly client: string;
  readonly policy: string;
  readonly base: string;
  readonly metric: Metric;
}

/** Every policy but the first against the first, on the seeds that both have. */
export function comparePolicies(results: readonly RunResult[]): Comparison[] {
  const [base, ...others] = policiesOf(results);
  if (base === undefined) return [];
  const runsOf = (policy: string) =>
    new Map(results.filter((run) => run.policy === policy).map((run) => [run.seed, run]));
  const clients = [...new Set(results.flatMap((run) => run.clients))];
  const first = runsOf(base);
  return clients.flatMap((client) =>
    others.flatMap((policy) => {
      const second = runsOf(policy);
      const seeds = [...first.keys()].filter((seed) => second.has(seed)).sort((a, b) => a - b);
      const valuesOf = (runs: typeof first, metric: Metric) =>
        seeds.map((seed) => {
          const run = runs.get(seed);
          return run === undefined ? undefined : METRICS[metric](sumUp(requestsOf(run, client)));
        });
      return metrics.flatMap((metric) => {
        const difference = pairedDifference(valuesOf(first, metric), valuesOf(second, metric));
        return difference === undefined ? [] : [{ client, policy, base, metric, ...difference }];
      });
    }),
  );
}
