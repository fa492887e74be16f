// Knows: which failures are the same story, and what there is to say about each: windows, blockers, holders, times.
// Must not know: how it is shown.

import { quantile } from "../analysis/index.js";
import type { FailureRecord, RunResult, WindowRecord } from "../scenario/result.js";

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
  readonly blockers: readonly { readonly name: string; readonly windows: number }[];
  /** How long the blocking pins had been held: median and longest of all windows. */
  readonly heldMedianNs: number | undefined;
  readonly heldMostNs: number;
  readonly anyLongPin: boolean;
  readonly sleeps: number;
}

/** A workload's name where a pin blocked, else the reason in words. */
export function blockerName({ reason, holder }: WindowRecord): string {
  return holder === "" ? reason.toLowerCase().replaceAll("_", " ") : holder;
}

function blockersOf(failures: readonly FailureRecord[]): { name: string; windows: number }[] {
  const counts = new Map<string, number>();
  for (const { windows } of failures)
    for (const window of windows) {
      if (window.errno === 0) continue;
      const name = blockerName(window);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  return [...counts]
    .map(([name, windows]) => ({ name, windows }))
    .sort((a, b) => b.windows - a.windows || (a.name < b.name ? -1 : 1));
}

function tell(policy: string, failures: readonly FailureRecord[]): FailureStory | undefined {
  const first = failures[0];
  if (first === undefined) return undefined;
  const { client, area, errno, pages, align } = first.request;
  const held = failures.flatMap(({ windows }) =>
    windows.filter(({ holder }) => holder !== "").map(({ heldNs }) => heldNs),
  );
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
    firstNs: Math.min(...times),
    lastNs: Math.max(...times),
    windows: middle(failures.map(({ request }) => request.windows)),
    distinctBlockers: middle(failures.map((failure) => failure.distinctBlockers)),
    blockers: blockersOf(failures),
    heldMedianNs: quantile(held, 0.5),
    heldMostNs: failures.reduce((most, { longestHeldNs }) => Math.max(most, longestHeldNs), 0),
    anyLongPin: failures.some(({ anyLongPin }) => anyLongPin),
    sleeps: middle(failures.map(({ request }) => request.sleeps)),
  };
}

/** Distinct failures of all runs, most frequent first. */
export function failureStories(results: readonly RunResult[]): FailureStory[] {
  const groups = new Map<string, { policy: string; failures: FailureRecord[] }>();
  for (const { policy, failures } of results)
    for (const failure of failures) {
      const { client, errno } = failure.request;
      const chief = blockersOf([failure])[0]?.name ?? "";
      const key = JSON.stringify([policy, client, errno, chief]);
      const group = groups.get(key) ?? { policy, failures: [] };
      groups.set(key, group);
      group.failures.push(failure);
    }
  return [...groups.values()]
    .flatMap(({ policy, failures }) => tell(policy, failures) ?? [])
    .sort((a, b) => b.count - a.count);
}
