// Knows: what is kept of a run for all that is worked out over many: requests, failures without their windows and maps.
// Must not know: other runs, how a figure is shown.

import {
  type ActorSummary,
  type AreaSummary,
  type CellMap,
  type FailureRecord,
  type GuestTotals,
  type KillRecord,
  PAGE_KINDS,
  type PageKind,
  type RequestRecord,
  type RunResult,
} from "../../scenario/result.js";
import { type Blocker, blockedWindows, blockersOf } from "./blockers.js";

/** A share of an area, by what its pages are; the largest first, nothing that is 0. */
export type Contents = readonly {
  /** What the pages are. */
  readonly kind: PageKind;
  /** 0 to 1. */
  readonly share: number;
}[];

/** A failure without its windows and its map. */
export interface FailureOutcome {
  /** The request that failed. */
  readonly request: RequestRecord;
  /** Different frames that blocked its windows. */
  readonly distinctBlockers: number;
  /** Longest time that one of their pins had been held, nanoseconds. */
  readonly longestHeldNs: number;
  /** Was any blocking pin a long-term one, or held longer than a second? */
  readonly anyLongPin: boolean;
  /** What blocked its windows. */
  readonly blockers: readonly Blocker[];
  /** How long each blocking pin had been held, nanoseconds. */
  readonly heldNs: readonly number[];
  /** Share of each kind of page in the area at that moment. */
  readonly contents: Contents;
}

/** One run, small: tens of kilobytes where its result has megabytes. */
export interface RunOutcome {
  /** Name of the scenario. */
  readonly scenario: string;
  /** Name of the device. */
  readonly device: string;
  /** Kernel whose rules it followed. */
  readonly kernel: string;
  /** Name of the policy. */
  readonly policy: string;
  /** Its seed. */
  readonly seed: number;
  /** Virtual time that was simulated. */
  readonly durationNs: number;
  /** Events that were performed. */
  readonly events: number;
  /** 16 hexadecimal digits over the machine's state and all that was measured. */
  readonly digest: string;
  /** Bytes of a page. */
  readonly pageBytes: number;
  /** CMA areas of the device. */
  readonly areas: readonly AreaSummary[];
  /** Names of the clients. */
  readonly clients: readonly string[];
  /** Every request, in the order in which they ended. */
  readonly requests: readonly RequestRecord[];
  /** Failures that were kept. */
  readonly failures: readonly FailureOutcome[];
  /** Failures beyond `record.failures`. */
  readonly failuresNotKept: number;
  /** What each actor counted. */
  readonly actors: readonly ActorSummary[];
  /** Applications and processes killed for want of memory. */
  readonly kills: readonly KillRecord[];
  /** Allocations that failed for good. */
  readonly ooms: number;
  /** Totals of the machine: names of StatWord in lower camel case. */
  readonly totals: Readonly<Record<string, number>>;
  /** What areas that keep their pages held; absent: areas lend theirs. */
  readonly guests?: GuestTotals;
  /** While direct I/O that ends within the run was under way; absent: there is none. */
  readonly stream?: { readonly beginNs: number; readonly endNs: number };
  /** Mean over all samples, by area. */
  readonly usage: ReadonlyMap<string, Contents>;
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

export function sharesOf(pages: Readonly<Partial<Record<PageKind, number>>>): Contents {
  const whole = total(Object.values(pages));
  return PAGE_KINDS.map((kind) => ({ kind, share: whole === 0 ? 0 : (pages[kind] ?? 0) / whole }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share);
}

function contentsOf({ kinds, counts }: CellMap): Contents {
  return sharesOf(Object.fromEntries(kinds.map((kind, k) => [kind, total(counts[k] ?? [])])));
}

function failureOutcome({ windows, map, ...failure }: FailureRecord): FailureOutcome {
  const blocked = blockedWindows(windows);
  return {
    ...failure,
    blockers: blockersOf(blocked),
    heldNs: blocked.filter(({ holder }) => holder !== "").map(({ heldNs }) => heldNs),
    contents: contentsOf(map),
  };
}

function usageOf({ areas, series }: RunResult): Map<string, Contents> {
  const columns = new Map(series.columns.map(({ name, values }) => [name, values]));
  return new Map(
    areas.map(({ name }) => {
      const pages = PAGE_KINDS.map((kind) => {
        const values = columns.get(`area.${name}.${kind}`) ?? [];
        return [kind, values.length === 0 ? 0 : total(values) / values.length] as const;
      });
      return [name, sharesOf(Object.fromEntries(pages))] as const;
    }),
  );
}

export function runOutcome(run: RunResult): RunOutcome {
  const { scenario, device, kernel, policy, seed, durationNs, events, digest, pageBytes } = run;
  const { areas, clients, requests, failuresNotKept, actors, kills, guests, stream } = run;
  return {
    ...{ scenario, device, kernel, policy, seed, durationNs, events, digest, pageBytes },
    ...{ areas, clients, requests, failuresNotKept, actors, kills },
    ooms: run.totals["ooms"] ?? 0,
    totals: run.totals,
    ...(guests === undefined ? {} : { guests }),
    ...(stream === undefined ? {} : { stream }),
    failures: run.failures.map(failureOutcome),
    usage: usageOf(run),
  };
}
