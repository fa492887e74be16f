// Knows: the shape of the document that a report page carries: what `prepare` writes and the page reads.
// Must not know: how runs are measured, how anything is drawn.
//
// Lists of many equal records are columns, and a column of numbers that change little from one to the next is a
// `Steps`: value[i] = (first + step[0] + ... + step[i - 1]) * scale. Words (names of holders, reasons, pin kinds)
// are indexes into `words`. Times are nanoseconds after decoding.

import type {
  Blocker,
  LedgerRow,
  Metric,
  OnTime,
  OnTimeDifference,
  PolicyComparison,
  SensitivityResult,
} from "../../analysis/outcomes/index.js";
import type { ActorSummary, AreaSummary } from "../../scenario/result.js";

/** `count` numbers; `steps` is empty when all are equal. */
export interface Steps {
  readonly count: number;
  readonly scale: number;
  readonly first: number;
  readonly steps: readonly number[];
}

/** How the requests of one client ended under one policy, all seeds together. Latencies are those of successes. */
export interface ClientStatistics {
  readonly policy: string;
  readonly client: string;
  /** Pages of its requests: smallest and largest. */
  readonly pagesMin: number;
  readonly pagesMax: number;
  readonly requests: number;
  readonly succeeded: number;
  /** Negative errno as text -> requests. */
  readonly errors: Readonly<Record<string, number>>;
  readonly missed: number;
  readonly medianNs: number | null;
  readonly p95Ns: number | null;
  readonly p99Ns: number | null;
  readonly maxNs: number | null;
  /** Median time until a failed request gave up. */
  readonly failMedianNs: number | null;
  readonly windows: number;
  readonly busyRetries: number;
  readonly migrated: number;
  readonly reclaimed: number;
  readonly sleeps: number;
  /** Latencies of successes at even steps of their rank, the last one included. */
  readonly ranks: readonly (readonly [latencyNs: number, rank: number])[];
}

export type { Blocker, Metric };

/** One policy against the first one; JSON has no undefined: an interval that is not known is null. */
export interface ReportComparison extends Omit<PolicyComparison, "interval"> {
  readonly interval: { readonly low: number; readonly high: number } | null;
}

/** A row whose unknown members are null. */
export type Served<T extends OnTime | OnTimeDifference> = {
  readonly [K in keyof T]: undefined extends T[K] ? Exclude<T[K], undefined> | null : T[K];
};

/** What the scenario's numbers do to the result, with the sentence that it begins with. */
export interface ReportSensitivity extends SensitivityResult {
  readonly sentence: string;
}

export interface WindowColumns {
  /** Pages behind the first page of the area. */
  readonly start: Steps;
  readonly blocker: Steps;
  readonly word: readonly (readonly [reason: number, holder: number, pinKind: number])[];
  /** Index into `word`, one for each window. */
  readonly kind: readonly number[];
  readonly heldNs: Steps;
}

export interface ReportMap {
  readonly startPfn: number;
  readonly pagesPerCell: number;
  readonly kinds: readonly string[];
  readonly counts: readonly (readonly number[])[];
}

export interface ReportFailure {
  readonly client: string;
  readonly area: string;
  readonly pages: number;
  readonly align: number;
  readonly beginNs: number;
  readonly latencyNs: number;
  readonly errno: number;
  readonly windowsTried: number;
  readonly busyRetries: number;
  readonly migrated: number;
  readonly reclaimed: number;
  readonly sleeps: number;
  readonly missed: boolean;
  readonly distinctBlockers: number;
  readonly longestHeldNs: number;
  readonly anyLongPin: boolean;
  readonly blockers: readonly Blocker[];
  /** Windows that the run kept, and every which of them is below. */
  readonly windowsKept: number;
  readonly every: number;
  readonly windows: WindowColumns;
  readonly map: ReportMap | null;
  /** Cells of the map in which a window was blocked: cell, windows, different frames. */
  readonly blocked: readonly (readonly [cell: number, windows: number, frames: number])[];
}

export interface RequestColumns {
  readonly client: readonly number[];
  readonly area: readonly number[];
  readonly pages: readonly number[];
  readonly beginNs: Steps;
  readonly latencyNs: readonly number[];
  readonly errno: readonly number[];
  readonly windows: readonly number[];
  readonly migrated: readonly number[];
  /** 1: later than the deadline. */
  readonly missed: readonly number[];
  /** Index into `failures`, -1: none is kept. */
  readonly failure: readonly number[];
}

export interface ReportColumn {
  readonly name: string;
  readonly unit: string;
  readonly kind: "level" | "sum";
  readonly values: Steps;
}

export interface ReportRun {
  readonly policy: string;
  readonly seed: number;
  readonly durationNs: number;
  readonly events: number;
  readonly digest: string;
  readonly requests: RequestColumns;
  readonly failures: readonly ReportFailure[];
  readonly failuresNotKept: number;
  readonly actors: readonly ActorSummary[];
  readonly totals: Readonly<Record<string, number>>;
  readonly timeNs: Steps;
  readonly columns: readonly ReportColumn[];
}

export interface ReportDocument {
  readonly scenario: string;
  readonly device: string;
  readonly kernel: string;
  readonly pageBytes: number;
  /** The scenario's text, "" when nobody gave it. */
  readonly source: string;
  readonly policies: readonly string[];
  readonly seeds: readonly number[];
  readonly clients: readonly string[];
  readonly areas: readonly AreaSummary[];
  readonly words: readonly string[];
  /** The answer in one sentence. */
  readonly verdict: string;
  readonly summary: readonly string[];
  readonly statistics: readonly ClientStatistics[];
  readonly comparisons: readonly ReportComparison[];
  /** How often each client was served on time under each policy, and how sure that is. */
  readonly served: readonly Served<OnTime>[];
  /** The same against the first policy, seed by seed. */
  readonly servedDifferences: readonly Served<OnTimeDifference>[];
  /** What each actor got done, waited for and had moved on its account. */
  readonly ledger: readonly LedgerRow[];
  /** null: nobody asked. */
  readonly sensitivity: ReportSensitivity | null;
  readonly runs: readonly ReportRun[];
  /** What was left out or thinned, one sentence each. */
  readonly notes: readonly string[];
}
