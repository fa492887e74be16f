// Knows: which failures are the same story, and what there is to say about each: windows, blockers, holders, times.
// Must not know: how it is shown.

import { largest, smallest } from "../../engine/extent.js";
import { quantile } from "../bootstrap.js";
import { type NamedBlocker, nameBlockers } from "./blockers.js";
import type { FailureOutcome, RunOutcome } from "./outcome.js";

/** Failures of one client under one policy with the same errno and the same chief holder. */
export interface FailureStory {
  /** Name of the client. */
  readonly client: string;
  /** Name of the policy. */
  readonly policy: string;
  /** Name of the area. */
  readonly area: string;
  /** Negative errno. */
  readonly errno: number;
  /** Pages that the first of them asked for. */
  readonly pages: number;
  /** Order of the alignment that it asked for. */
  readonly align: number;
  /** Failures of this kind. */
  readonly count: number;
  /** When the earliest began, virtual nanoseconds. */
  readonly firstNs: number;
  /** When the latest began. */
  readonly lastNs: number;
  /** Median over the failures. */
  readonly windows: number;
  /** Median number of different frames that blocked one failure. */
  readonly distinctBlockers: number;
  /** Holders of blocking pins, and other reasons, by number of windows, most first. */
  readonly blockers: readonly NamedBlocker[];
  /** How long the blocking pins had been held: median and longest of all windows. */
  readonly heldMedianNs: number | undefined;
  /** Longest time that a blocking pin had been held. */
  readonly heldMostNs: number;
  /** Did a long-term pin, or one held longer than a second, block any of them? */
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
