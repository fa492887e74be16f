// Knows: what of all outcomes is told in about ten lines, and with which figures: who asked, what blocked, what a policy
// changed, what the area held, what it cost.
// Must not know: words, units. Every number is one of the other figures of this room; nothing is guessed.

import { largest, smallest } from "../../engine/extent.js";
import type { PageKind } from "../../scenario/result.js";
import { median } from "../bootstrap.js";
import { type Blocker, groupBy } from "./blockers.js";
import { type ClientSummary, policiesOf } from "./clients.js";
import type { PolicyComparison } from "./comparisons.js";
import type { OnTime, OnTimeDifference } from "./on_time.js";
import type { Contents, RunOutcome } from "./outcome.js";
import type { UnequalLoad } from "./plans.js";

/** Up to so many policies each has lines of its own. */
export const FEW_POLICIES = 2;

/** What ran: equal for all runs but for their time. */
export interface Heading {
  /** Name of the scenario. */
  readonly scenario: string;
  /** Name of the device. */
  readonly device: string;
  /** Kernel whose rules it followed. */
  readonly kernel: string;
  /** Bytes of a page. */
  readonly pageBytes: number;
  /** How many runs. */
  readonly runs: number;
  /** Names in the order of the runs. */
  readonly policies: readonly string[];
  /** How many different seeds. */
  readonly seeds: number;
  /** Virtual time of the shortest run. */
  readonly leastNs: number;
  /** Virtual time of the longest run. */
  readonly mostNs: number;
}

/** Who stood in the way of one policy's failed requests. */
export interface Cause {
  /** Name of the policy. */
  readonly policy: string;
  /** Failures that were kept. */
  readonly failures: number;
  /** Windows that were blocked. */
  readonly windows: number;
  /** The most windows first. */
  readonly blockers: readonly Pick<Blocker, "reason" | "holder" | "pinKind" | "windows">[];
  /** The oldest pin that blocked; 0: no pin did. */
  readonly oldestHeldNs: number;
  /** Failures that met a long pin. */
  readonly longPins: number;
}

/** What an area held under one policy: at the failures (median), or where nothing failed over time (mean). */
export interface Held {
  /** Name of the policy. */
  readonly policy: string;
  /** Median of the moments of failure, or mean over all samples where nothing failed. */
  readonly when: "at-failure" | "over-time";
  /** The area that was asked for most pages. */
  readonly area: string;
  /** What its pages were. */
  readonly contents: Contents;
}

/** What the requests of one policy took. */
export interface Work {
  /** Name of the policy. */
  readonly policy: string;
  /** Windows tried. */
  readonly windows: number;
  /** Pages moved out of the way. */
  readonly pagesMigrated: number;
  /** Clean file pages dropped instead. */
  readonly pagesReclaimed: number;
}

/** What there is to say of many runs, as numbers. */
export interface Summary {
  /** undefined: no run was finished. */
  readonly heading: Heading | undefined;
  /** Clients that asked. */
  readonly asked: readonly ClientSummary[];
  /** Why requests failed, by policy. */
  readonly causes: readonly Cause[];
  /** Median latency, the largest difference first. */
  readonly differences: readonly PolicyComparison[];
  /** What the area held, by policy. */
  readonly held: readonly Held[];
  /** What the requests took, by policy. */
  readonly work: readonly Work[];
  /** Openings of every client under every policy. */
  readonly onTime: readonly OnTime[];
  /** What each policy changes in them. */
  readonly onTimeDifferences: readonly OnTimeDifference[];
  /** Where policies served different amounts. */
  readonly unequal: readonly UnequalLoad[];
}

function headingOf(runs: readonly RunOutcome[]): Heading | undefined {
  const [first] = runs;
  if (first === undefined) return undefined;
  const { scenario, device, kernel, pageBytes } = first;
  const times = runs.map(({ durationNs }) => durationNs);
  return {
    ...{ scenario, device, kernel, pageBytes },
    runs: runs.length,
    policies: policiesOf(runs),
    seeds: new Set(runs.map(({ seed }) => seed)).size,
    leastNs: smallest(times),
    mostNs: largest(times),
  };
}

function causeOf(policy: string, runs: readonly RunOutcome[]): Cause[] {
  const failures = runs.flatMap((run) => run.failures);
  if (failures.length === 0) return [];
  const all = failures.flatMap(({ blockers }) => blockers);
  const blockers = groupBy(all, ({ reason, holder, pinKind }) => `${reason}\0${holder}\0${pinKind}`)
    .map((group) => {
      const { reason = "", holder = "", pinKind = "" } = group[0] ?? {};
      return { reason, holder, pinKind, windows: group.reduce((sum, { windows }) => sum + windows, 0) };
    })
    .sort((a, b) => b.windows - a.windows);
  return [
    {
      policy,
      failures: failures.length,
      windows: blockers.reduce((sum, { windows }) => sum + windows, 0),
      blockers,
      oldestHeldNs: failures.reduce((most, { longestHeldNs }) => Math.max(most, longestHeldNs), 0),
      longPins: failures.filter(({ anyLongPin }) => anyLongPin).length,
    },
  ];
}

/** The area that was asked for most pages. */
function areaAsked(runs: readonly RunOutcome[]): string | undefined {
  const asked = new Map<string, number>();
  for (const { requests } of runs)
    for (const { area, pages } of requests) asked.set(area, (asked.get(area) ?? 0) + pages);
  return [...asked].sort(([, a], [, b]) => b - a)[0]?.[0];
}

/** One figure for each kind of page from the contents of many moments. */
function together(many: readonly Contents[], figure: (shares: readonly number[]) => number): Contents {
  const kinds = new Set<PageKind>(many.flatMap((contents) => contents.map(({ kind }) => kind)));
  return [...kinds]
    .map((kind) => {
      const shares = many.map((contents) => contents.find((row) => row.kind === kind)?.share ?? 0);
      return { kind, share: figure(shares) };
    })
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share);
}

function heldOf(policy: string, runs: readonly RunOutcome[]): Held[] {
  const area = areaAsked(runs);
  if (area === undefined) return [];
  const failures = runs.flatMap((run) => run.failures);
  const when = failures.length > 0 ? "at-failure" : "over-time";
  const many =
    when === "at-failure"
      ? failures.map(({ contents }) => contents)
      : runs.map(({ usage }) => usage.get(area) ?? []).filter((shares) => shares.length > 0);
  const contents =
    when === "at-failure"
      ? together(many, (shares) => median(shares) ?? 0)
      : together(many, (shares) => shares.reduce((sum, share) => sum + share, 0) / shares.length);
  return contents.length === 0 && when === "over-time" ? [] : [{ policy, when, area, contents }];
}

function workOf(policy: string, asked: readonly ClientSummary[]): Work[] {
  const rows = asked.filter((row) => row.policy === policy).map(({ all }) => all);
  if (rows.length === 0) return [];
  const sum = (pick: (row: ClientSummary["all"]) => number) =>
    rows.reduce((total, row) => total + pick(row), 0);
  return [
    {
      policy,
      windows: sum(({ windows }) => windows),
      pagesMigrated: sum(({ pagesMigrated }) => pagesMigrated),
      pagesReclaimed: sum(({ pagesReclaimed }) => pagesReclaimed),
    },
  ];
}

/** Latency, the largest difference first. */
function differencesOf(comparisons: readonly PolicyComparison[]): PolicyComparison[] {
  const bySize = (rows: readonly PolicyComparison[]) =>
    rows.toSorted((a, b) => Math.abs(b.median) - Math.abs(a.median));
  return bySize(comparisons.filter(({ metric }) => metric === "median"));
}

export function failuresOf(rows: readonly ClientSummary[]): number {
  return rows.reduce((sum, { all }) => sum + all.requests - all.succeeded, 0);
}

/** With many policies causes are told of the worst and the best of them. */
export function summarize(
  runs: readonly RunOutcome[],
  clients: readonly ClientSummary[],
  comparisons: readonly PolicyComparison[],
): Omit<Summary, "onTime" | "onTimeDifferences" | "unequal"> {
  const policies = policiesOf(runs);
  const asked = clients.filter(({ all }) => all.requests > 0);
  const failures = (policy: string) => failuresOf(asked.filter((row) => row.policy === policy));
  const ranked = policies.toSorted((a, b) => failures(b) - failures(a));
  const told = policies.length > FEW_POLICIES ? [...ranked.slice(0, 1), ...ranked.slice(-1)] : policies;
  const each = <T>(tell: (policy: string, own: readonly RunOutcome[]) => T[]) =>
    told.flatMap((policy) =>
      tell(
        policy,
        runs.filter((run) => run.policy === policy),
      ),
    );
  return {
    heading: headingOf(runs),
    asked,
    causes: each(causeOf),
    differences: differencesOf(comparisons),
    held: each(heldOf),
    work: told.flatMap((policy) => workOf(policy, asked)),
  };
}
