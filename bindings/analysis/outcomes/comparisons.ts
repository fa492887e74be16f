// Knows: one policy against another on the same arrivals: differences of the same seed, and how sure they are.
// Must not know: what a single policy comes to, how it is shown.

import { FEWEST_SEEDS, type Interval, median, pairedDifference } from "../bootstrap.js";
import { clientRun, clientsOf, type Metric, measure, metrics, policiesOf } from "./clients.js";
import type { RunOutcome } from "./outcome.js";

/** One policy against the first one, for one client and metric, on the seeds that have a value under both. */
export interface PolicyComparison {
  /** Name of the client. */
  readonly client: string;
  /** The policy that is compared. */
  readonly policy: string;
  /** The policy that it is held against. */
  readonly against: string;
  /** What is compared. */
  readonly metric: Metric;
  /** Seeds that have a value under both, ascending. */
  readonly seeds: readonly number[];
  /** By seed: under this policy, and under the one it is held against. */
  readonly values: readonly number[];
  /** By seed: under the policy that it is held against. */
  readonly base: readonly number[];
  /** Medians over these seeds; that of the differences is not the difference of the others. */
  readonly valueMedian: number;
  /** Median under the policy that it is held against. */
  readonly baseMedian: number;
  /** Median of the differences, this policy minus the other. */
  readonly median: number;
  /** 95 % bootstrap interval of the median difference; undefined for fewer than six seeds, and where all differences are equal. */
  readonly interval: Interval | undefined;
}

/** Seeds that differ in nothing say nothing about spread. */
function isSame(pairs: readonly { readonly value: number; readonly base: number }[]): boolean {
  const [first] = pairs;
  return first !== undefined && pairs.every(({ value, base }) => value - base === first.value - first.base);
}

function compare(
  runs: readonly RunOutcome[],
  what: Pick<PolicyComparison, "client" | "policy" | "against" | "metric">,
): PolicyComparison | undefined {
  const of = (policy: string) =>
    new Map(runs.filter((run) => run.policy === policy).map((run) => [run.seed, run]));
  const others = of(what.against);
  const pairs = [...of(what.policy)]
    .sort(([a], [b]) => a - b)
    .flatMap(([seed, run]) => {
      const other = others.get(seed);
      const value = measure(clientRun(run, what.client), what.metric);
      const base = other === undefined ? undefined : measure(clientRun(other, what.client), what.metric);
      return value === undefined || base === undefined ? [] : [{ seed, value, base }];
    });
  const values = pairs.map(({ value }) => value);
  const base = pairs.map((pair) => pair.base);
  const difference = pairedDifference(base, values);
  if (difference === undefined) return undefined;
  return {
    ...what,
    seeds: pairs.map(({ seed }) => seed),
    values,
    base,
    valueMedian: median(values) ?? 0,
    baseMedian: median(base) ?? 0,
    median: difference.median,
    interval: values.length < FEWEST_SEEDS || isSame(pairs) ? undefined : difference.interval,
  };
}

/** Every policy but the first against the first, clients outermost, metrics innermost. */
export function comparePolicies(runs: readonly RunOutcome[]): PolicyComparison[] {
  const [against, ...others] = policiesOf(runs);
  if (against === undefined) return [];
  return clientsOf(runs).flatMap((client) =>
    others.flatMap((policy) =>
      metrics.flatMap((metric) => compare(runs, { client, policy, against, metric }) ?? []),
    ),
  );
}
