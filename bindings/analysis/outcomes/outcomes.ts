// Knows: all that many runs come to, worked out in one pass over them.
// Must not know: where the runs lie (a list, a file), how anything is shown.

import type { RunResult } from "../../scenario/result.js";
import { type ClientSummary, clientsOf, policiesOf, summarizeClients } from "./clients.js";
import { comparePolicies, type PolicyComparison } from "./comparisons.js";
import { type FailureStory, failureStories } from "./failures.js";
import { type RunOutcome, runOutcome } from "./outcome.js";
import { type Summary, summarize } from "./summary.js";

/** What many runs come to. */
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
  return {
    runs,
    firsts: [...firsts.values()],
    policies,
    clients: clientsOf(runs),
    summaries,
    comparisons,
    failures: failureStories(runs),
    summary: summarize(runs, summaries, comparisons),
  };
}
