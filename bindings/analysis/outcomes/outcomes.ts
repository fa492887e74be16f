// Knows: all that many runs come to, worked out in one pass over them.
// Must not know: where the runs lie (a list, a file), how anything is shown.

import type { KillRecord, RunResult } from "../../scenario/result.js";
import { type ClientSummary, clientsOf, policiesOf, summarizeClients } from "./clients.js";
import { comparePolicies, type PolicyComparison } from "./comparisons.js";
import { type FailureStory, failureStories } from "./failures.js";
import { type LedgerRow, ledgerRows } from "./ledger.js";
import { type OnTime, type OnTimeDifference, onTimeDifferences, onTimeRows } from "./on_time.js";
import { type RunOutcome, runOutcome } from "./outcome.js";
import { type UnequalLoad, unequalLoads } from "./plans.js";
import { type Summary, summarize } from "./summary.js";

/** An application or a process that was killed, and in which run. */
export interface Kill extends KillRecord {
  /** The run's policy. */
  readonly policy: string;
  /** The run's seed. */
  readonly seed: number;
}

/** All that many runs come to. */
export interface Outcomes {
  /** By policy in the order of the runs, then by seed. */
  readonly runs: readonly RunOutcome[];
  /** The first seed of each policy, whole: its series can be drawn. */
  readonly firsts: readonly RunResult[];
  /** Names in the order of the runs. */
  readonly policies: readonly string[];
  /** Names in the order of the runs. */
  readonly clients: readonly string[];
  /** Every client under every policy, clients outermost. */
  readonly summaries: readonly ClientSummary[];
  /** Every policy but the first against the first. */
  readonly comparisons: readonly PolicyComparison[];
  /** Distinct failures of all runs, most frequent first. */
  readonly failures: readonly FailureStory[];
  /** The few sentences that a reader wants first, as numbers. */
  readonly summary: Summary;
  /** Openings of every client under every policy. */
  readonly onTime: readonly OnTime[];
  /** What each policy changes in them against the first. */
  readonly onTimeDifferences: readonly OnTimeDifference[];
  /** What each actor got done, waited for and had moved on its account, and what a policy costs it. */
  readonly ledger: readonly LedgerRow[];
  /** Where policies served different amounts, the largest difference first. */
  readonly unequal: readonly UnequalLoad[];
  /** In the order of the runs. */
  readonly kills: readonly Kill[];
  /** Allocations that failed for good, by policy. */
  readonly ooms: readonly { readonly policy: string; readonly ooms: number }[];
}

/** @param results read once, one after the other; only the first of each policy is kept whole */
export function outcomesOf(results: Iterable<RunResult>): Outcomes {
  const found: RunOutcome[] = [];
  const firsts = new Map<string, RunResult>();
  for (const result of results) {
    found.push(runOutcome(result));
    const first = firsts.get(result.policy);
    if (first === undefined || result.seed < first.seed) firsts.set(result.policy, result);
  }
  const policies = policiesOf(found);
  const runs = found.toSorted(
    (a, b) => policies.indexOf(a.policy) - policies.indexOf(b.policy) || a.seed - b.seed,
  );
  const summaries = summarizeClients(runs);
  const comparisons = comparePolicies(runs);
  const ledger = ledgerRows(runs);
  const unequal = unequalLoads(ledger, clientsOf(runs));
  const onTime = onTimeRows(runs);
  const differences = onTimeDifferences(runs);
  return {
    runs,
    firsts: [...firsts.values()],
    policies,
    clients: clientsOf(runs),
    summaries,
    comparisons,
    failures: failureStories(runs),
    summary: { ...summarize(runs, summaries, comparisons), onTime, onTimeDifferences: differences, unequal },
    onTime,
    onTimeDifferences: differences,
    ledger,
    unequal,
    kills: runs.flatMap(({ policy, seed, kills }) => kills.map((kill) => ({ policy, seed, ...kill }))),
    ooms: policies.map((policy) => ({
      policy,
      ooms: runs.filter((run) => run.policy === policy).reduce((sum, { ooms }) => sum + ooms, 0),
    })),
  };
}
