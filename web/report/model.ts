// Knows: the document as objects: columns decoded when they are first asked for.
// Must not know: what is drawn.

import type {
  ReportDocument,
  ReportFailure,
  ReportRun,
  WindowColumns,
} from "../../bindings/report/run/document.js";
import { decodeSteps } from "../../bindings/report/run/steps.js";

export interface Request {
  readonly client: string;
  readonly area: string;
  readonly pages: number;
  readonly beginNs: number;
  readonly latencyNs: number;
  readonly errno: number;
  readonly windows: number;
  readonly migrated: number;
  readonly missed: boolean;
  /** Number of its failure in the run, -1: none kept. */
  readonly failure: number;
}

export interface Series {
  readonly name: string;
  readonly unit: string;
  readonly kind: "level" | "sum";
  readonly values: readonly number[];
}

export interface Window {
  readonly start: number;
  readonly blocker: number;
  readonly reason: string;
  readonly holder: string;
  readonly pinKind: string;
  readonly heldNs: number;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

export class Run {
  readonly requests: () => readonly Request[];
  readonly timeNs: () => readonly number[];
  readonly series: () => readonly Series[];

  constructor(
    readonly raw: ReportRun,
    document: ReportDocument,
  ) {
    this.requests = once(() => decodeRequests(raw, document));
    this.timeNs = once(() => decodeSteps(raw.timeNs));
    this.series = once(() =>
      raw.columns.map(({ name, unit, kind, values }) => ({ name, unit, kind, values: decodeSteps(values) })),
    );
  }

  get policy(): string {
    return this.raw.policy;
  }

  get seed(): number {
    return this.raw.seed;
  }

  get failures(): readonly ReportFailure[] {
    return this.raw.failures;
  }
}

function decodeRequests({ requests }: ReportRun, { clients, areas }: ReportDocument): Request[] {
  const begin = decodeSteps(requests.beginNs);
  return begin.map((beginNs, i) => ({
    client: clients[requests.client[i] ?? -1] ?? "",
    area: areas[requests.area[i] ?? -1]?.name ?? "",
    pages: requests.pages[i] ?? 0,
    beginNs,
    latencyNs: requests.latencyNs[i] ?? 0,
    errno: requests.errno[i] ?? 0,
    windows: requests.windows[i] ?? 0,
    migrated: requests.migrated[i] ?? 0,
    missed: requests.missed[i] === 1,
    failure: requests.failure[i] ?? -1,
  }));
}

export function decodeWindows(columns: WindowColumns, words: readonly string[]): Window[] {
  const blocker = decodeSteps(columns.blocker);
  const held = decodeSteps(columns.heldNs);
  return decodeSteps(columns.start).map((start, i) => {
    const [reason, holder, pinKind] = columns.word[columns.kind[i] ?? 0] ?? [0, 0, 0];
    return {
      start,
      blocker: blocker[i] ?? 0,
      reason: words[reason] ?? "",
      holder: words[holder] ?? "",
      pinKind: words[pinKind] ?? "",
      heldNs: held[i] ?? 0,
    };
  });
}

export interface Model {
  readonly document: ReportDocument;
  readonly runs: readonly Run[];
  /** The longest of all runs. */
  readonly durationNs: number;
  policyIndex(policy: string): number;
}

export function modelOf(document: ReportDocument): Model {
  return {
    document,
    runs: document.runs.map((run) => new Run(run, document)),
    durationNs: document.runs.reduce((most, { durationNs }) => Math.max(most, durationNs), 1),
    policyIndex: (policy) => document.policies.indexOf(policy),
  };
}
