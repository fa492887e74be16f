// Knows: the shape of what one run of a scenario measured: plain data, the same in a worker, a file and a report.
// Must not know: how it is measured, summed up or drawn.

/** A cma_alloc of a client, from its first search to its end. Times in nanoseconds of virtual time. */
export interface RequestRecord {
  readonly client: string;
  readonly area: string;
  readonly pages: number;
  readonly align: number;
  readonly beginNs: number;
  readonly latencyNs: number;
  /** 0, or the negative errno (-4, -12, -16). */
  readonly errno: number;
  /** First page when it succeeded. */
  readonly pfn: number | undefined;
  readonly windows: number;
  readonly busyRetries: number;
  readonly pagesMigrated: number;
  readonly pagesReclaimed: number;
  /** Sleeps between sweeps (the 5 x 100 ms of Android). */
  readonly sleeps: number;
  /** Which of its client's openings it was, from 1: the n-th one is the same under every policy. */
  readonly ordinal: number;
  /** Ended later than the client's deadline, or not at all. */
  readonly missedDeadline: boolean;
}

/** An application that was killed since an allocation failed for good (OOM, lmkd). */
export interface KillRecord {
  readonly timeNs: number;
  /** The workload whose oldest application it was, and the pages it had. */
  readonly victim: string;
  readonly pages: number;
  /** The actor whose allocation had failed, its order and gfp flags. */
  readonly cause: string;
  readonly order: number;
  readonly gfp: number;
}

/** One window that a failed request tried. */
export interface WindowRecord {
  readonly startPfn: number;
  readonly errno: number;
  readonly blockerPfn: number;
  /** Name of a BlockReason. */
  readonly reason: string;
  /** The workload that held the pin, "" where it was no pin. */
  readonly holder: string;
  /** "SHORT", "LONGTERM", "PAGE_CACHE" or "". */
  readonly pinKind: string;
  /** How long the pin had been held when it blocked the window. */
  readonly heldNs: number;
}

/** Everything about one failure. */
export interface FailureRecord {
  readonly request: RequestRecord;
  /** The windows tried, in order; at most the last 8192. */
  readonly windows: readonly WindowRecord[];
  /** Different frames that blocked, and the longest time any of their pins had been held. */
  readonly distinctBlockers: number;
  readonly longestHeldNs: number;
  /** Was any blocking pin a long-term one, or held longer than a second? */
  readonly anyLongPin: boolean;
  /** The area at the moment of failure: one cell per pageblock. */
  readonly map: CellMap;
}

/** Pages of each kind per cell; all arrays have `cells` entries. */
export interface CellMap {
  readonly startPfn: number;
  readonly pagesPerCell: number;
  readonly kinds: readonly PageKind[];
  /** counts[kind][cell] */
  readonly counts: readonly (readonly number[])[];
}

/** What a page of an area is, for occupancy: each page is exactly one of these. */
export const PAGE_KINDS = ["free", "pcp", "cma", "pinned", "anon", "file", "dirty", "zram", "other"] as const;
export type PageKind = (typeof PAGE_KINDS)[number];

/** A column of the series; as many values as `SeriesTable.timeNs`. Unit: "pages", "ns", "count", "share". */
export interface SeriesColumn {
  /** For instance "area.camera.anon", "zone.Normal.free", "pins", "migrated", "kswapd.time". */
  readonly name: string;
  readonly unit: string;
  /** "level": the value at that moment; "sum": since the start. */
  readonly kind: "level" | "sum";
  readonly values: readonly number[];
}

export interface SeriesTable {
  readonly timeNs: readonly number[];
  readonly columns: readonly SeriesColumn[];
}

/** One CMA area of the device. */
export interface AreaSummary {
  readonly name: string;
  readonly basePfn: number;
  readonly pages: number;
}

/** What one workload did; names as in the abi's Counter, in lower camel case. */
export interface ActorSummary {
  readonly name: string;
  readonly kind: string;
  readonly counters: Readonly<Record<string, number>>;
}

/** One seed under one policy. */
export interface RunResult {
  readonly scenario: string;
  readonly device: string;
  readonly kernel: string;
  readonly policy: string;
  readonly seed: number;
  /** Virtual time that was simulated; shorter than asked for when it was interrupted. */
  readonly durationNs: number;
  readonly events: number;
  /** 16 hexadecimal digits over the machine's state and everything below. */
  readonly digest: string;
  readonly pageBytes: number;
  readonly areas: readonly AreaSummary[];
  readonly clients: readonly string[];
  readonly requests: readonly RequestRecord[];
  readonly failures: readonly FailureRecord[];
  /** Failures beyond `record.failures` are counted here, not kept. */
  readonly failuresNotKept: number;
  readonly actors: readonly ActorSummary[];
  /** Applications killed for want of memory, in order; those beyond 1,000 are only counted (totals of the actors). */
  readonly kills: readonly KillRecord[];
  /** Totals of the machine: names of StatWord in lower camel case. */
  readonly totals: Readonly<Record<string, number>>;
  readonly series: SeriesTable;
}
