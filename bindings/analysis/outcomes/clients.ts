// Knows: what the requests of one client come to under one policy: all seeds together, and seed by seed.
// Must not know: how one policy does against another (comparisons), how it is shown.

import { bootstrapMedian, FEWEST_SEEDS, type Interval, median } from "../bootstrap.js";
import type { RunOutcome } from "./outcome.js";
import { type RequestSummary, summarizeRequests } from "./requests.js";

/** A figure of every run: its median and how sure that is. */
export interface Spread {
  /** Median over the runs; undefined where none has a value. */
  readonly median: number | undefined;
  /** 95 % bootstrap interval of the median; undefined for fewer than six runs, and where all are equal. */
  readonly interval: Interval | undefined;
}

/** One client under one policy, over all seeds. */
export interface ClientSummary {
  /** Name of the client. */
  readonly client: string;
  /** Name of the policy. */
  readonly policy: string;
  /** Seeds. */
  readonly runs: number;
  /** The requests of all seeds together. */
  readonly all: RequestSummary;
  /** Median latency of the requests that succeeded, nanoseconds. */
  readonly p50: Spread;
  /** 99th percentile of their latency, nanoseconds. */
  readonly p99: Spread;
}

/** What a run is measured by; undefined where it has no value; nanoseconds. Success is told by openings (on_time). */
const METRICS = {
  median: ({ p50Ns }: RequestSummary) => p50Ns,
  p99: ({ p99Ns }: RequestSummary) => p99Ns,
} as const;

/** Name of what a run is measured by. */
export type Metric = keyof typeof METRICS;
export const metrics = Object.keys(METRICS) as readonly Metric[];

export function measure(requests: RequestSummary, metric: Metric): number | undefined {
  return METRICS[metric](requests);
}

/** The requests of one client in one run. */
export function clientRun({ requests }: RunOutcome, client: string): RequestSummary {
  return summarizeRequests(requests.filter((request) => request.client === client));
}

function summarizeClient(client: string, policy: string, runs: readonly RunOutcome[]): ClientSummary {
  const each = runs.map((run) => clientRun(run, client));
  const all = runs.flatMap(({ requests }) => requests.filter((request) => request.client === client));
  const over = (metric: Metric): Spread => {
    const known = each.map((run) => measure(run, metric)).filter((value) => value !== undefined);
    const isTold = known.length >= FEWEST_SEEDS && known.some((value) => value !== known[0]);
    return { median: median(known), interval: isTold ? bootstrapMedian(known) : undefined };
  };
  return {
    client,
    policy,
    runs: runs.length,
    all: summarizeRequests(all),
    p50: over("median"),
    p99: over("p99"),
  };
}

/** Policies in the order in which they were run. */
export function policiesOf(runs: readonly { readonly policy: string }[]): string[] {
  return [...new Set(runs.map(({ policy }) => policy))];
}

/** Clients in the order of the scenario. */
export function clientsOf(runs: readonly { readonly clients: readonly string[] }[]): string[] {
  return [...new Set(runs.flatMap(({ clients }) => clients))];
}

/** Every client under every policy, clients outermost. */
export function summarizeClients(runs: readonly RunOutcome[]): ClientSummary[] {
  return clientsOf(runs).flatMap((client) =>
    policiesOf(runs).map((policy) =>
      summarizeClient(
        client,
        policy,
        runs.filter((run) => run.policy === policy),
      ),
    ),
  );
}
