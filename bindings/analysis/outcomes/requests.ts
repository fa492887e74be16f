// Knows: what a set of requests comes to: how many, how they ended, how long they took, what they cost.
// Must not know: whose requests they are, how a figure is shown.

import type { RequestRecord } from "../../scenario/result.js";
import { quantileOfSorted } from "../bootstrap.js";

/** How requests ended. Latencies are those of requests that succeeded, in whole nanoseconds. */
export interface RequestSummary {
  /** How many. */
  readonly requests: number;
  /** How many of them got their pages. */
  readonly succeeded: number;
  /** Ended later than the client's deadline, or failed. */
  readonly missed: number;
  /** Requests by errno, 0 left out, -4 before -16: "-16" -> 3. */
  readonly errors: Readonly<Record<string, number>>;
  /** Median latency; undefined when none succeeded. */
  readonly p50Ns: number | undefined;
  /** 95th percentile. */
  readonly p95Ns: number | undefined;
  /** 99th percentile. */
  readonly p99Ns: number | undefined;
  /** The longest. */
  readonly maxNs: number | undefined;
  /** Median time until a failed request gave up. */
  readonly failedP50Ns: number | undefined;
  /** Pages asked for: the smallest and the largest request; 0 without any. */
  readonly pagesMin: number;
  /** The largest request. */
  readonly pagesMax: number;
  /** Sums over all requests. */
  readonly windows: number;
  /** Windows given up with -EBUSY. */
  readonly busyRetries: number;
  /** Pages moved out of the way. */
  readonly pagesMigrated: number;
  /** Clean file pages dropped instead. */
  readonly pagesReclaimed: number;
  /** Sleeps between sweeps. */
  readonly sleeps: number;
}

/** Virtual time is whole nanoseconds; a quantile between two of them is rounded. */
function quantileNs(sorted: readonly number[], share: number): number | undefined {
  return sorted.length === 0 ? undefined : Math.round(quantileOfSorted(sorted, share));
}

/** Latencies of those that succeeded, or of those that did not, ascending, nanoseconds. */
export function latenciesOf(requests: readonly RequestRecord[], succeeded: boolean): number[] {
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

export function summarizeRequests(requests: readonly RequestRecord[]): RequestSummary {
  const latencies = latenciesOf(requests, true);
  const gaveUp = latenciesOf(requests, false);
  const sum = (pick: (request: RequestRecord) => number) =>
    requests.reduce((total, request) => total + pick(request), 0);
  return {
    requests: requests.length,
    succeeded: latencies.length,
    missed: sum(({ missedDeadline }) => (missedDeadline ? 1 : 0)),
    errors: countErrors(requests),
    p50Ns: quantileNs(latencies, 0.5),
    p95Ns: quantileNs(latencies, 0.95),
    p99Ns: quantileNs(latencies, 0.99),
    maxNs: latencies.at(-1),
    failedP50Ns: quantileNs(gaveUp, 0.5),
    pagesMin: requests.reduce((least, { pages }) => Math.min(least, pages), requests[0]?.pages ?? 0),
    pagesMax: requests.reduce((most, { pages }) => Math.max(most, pages), 0),
    windows: sum(({ windows }) => windows),
    busyRetries: sum(({ busyRetries }) => busyRetries),
    pagesMigrated: sum(({ pagesMigrated }) => pagesMigrated),
    pagesReclaimed: sum(({ pagesReclaimed }) => pagesReclaimed),
    sleeps: sum(({ sleeps }) => sleeps),
  };
}
