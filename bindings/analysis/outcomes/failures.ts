// Knows: which failures are the same story, and what there is to say about each: windows, blockers, holders, times.
// Must not know: how it is shown.

import { largest, smallest } from "../../engine/extent.js";
import { quantile } from "../bootstrap.js";
import { type NamedBlocker, nameBlockers } from "./blockers.js";
import type { FailureOutcome, RunOutcome } from "./outcome.js";

/** Failures of one client under one policy with the same errno and the same chief holder. */
export interface FailureStory {
  readonly client: string;
  readonly policy: string;
  readonly area: string;
  readonly errno: number;
  readonly pages: number;
  readonly align: number;
  readonly count: number;
  readonly firstNs: number;
  readonly lastNs: number;
  /** Median over the failures. */
  readonly windows: number;
  readonly distinctBlockers: number;
  /** Holders of blocking pins, and other reasons, by number of windows, most first. */
  readonly blockers: readonly NamedBlocker[];
  /** How long the blocking pins had been held: median and longest of all windows. */
  readonly heldMedianNs: number | undefined;
  readonly heldMostNs: number;
  readonly anyLongPin: boolean;
  /** Median over the failures. */
  readonly sleeps: number;
}

function tell(policy: string, failures: readonly FailureOutcome[]): FailureStory | undefined {
  const first = failures[0];
  if (first === undefined) return undefined;
  const { client, area, errno, pages, align } = first.request;
  const times = failures.map(({ request }) => request.beginNs);
  const middle = (values: readonly number[]) => Math.round(quantile(values, 0.5) ?? 0);
  return {
    client,
    policy,
    area,
    errno,
    pages,
    align,
    count: failures.length,
    firstNs: smallest(times),
    lastNs: largest(times),
    windows: middle(failures.map(({ request }) => request.windows)),
    distinctBlockers: middle(failures.map((failure) => failure.distinctBlockers)),
    blockers: nameBlockers(failures.flatMap(({ blockers }) => blockers)),
    heldMedianNs: quantile(
      failures.flatMap(({ heldNs }) => heldNs),
      0.5,
    ),
    heldMostNs: failures.reduce((most, { longestHeldNs }) => Math.max(most, longestHeldNs), 0),
    anyLongPin: failures.some(({ anyLongPin }) => anyLongPin),
    sleeps: middle(failures.map(({ request }) => request.sleeps)),
  };
}

/** Distinct failures of all runs, most frequent first. */
export function failureStories(runs: readonly RunOutcome[]): FailureStory[] {
  const groups = new Map<string, { policy: string; failures: FailureOutcome[] }>();
  for (const { policy, failures } of runs)
    for (const failure of failures) {
      const { client, errno } = failure.request;
      const chief = nameBlockers(failure.blockers)[0]?.name ?? "";
      const key = JSON.stringify([policy, client, errno, chief]);
      const group = groups.get(key) ?? { policy, failures: [] };
      groups.set(key, group);
      group.failures.push(failure);
    }
  return [...groups.values()]
    .flatMap(({ policy, failures }) => tell(policy, failures) ?? [])
    .sort((a, b) => b.count - a.count);
}
