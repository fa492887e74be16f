// Knows: the shape of what one run of a scenario measured: plain data, the same in a worker, a file and a report.
// Must not know: how it is measured, summed up or drawn.

import type { GuestView } from "../machine/guests.js";

/** A cma_alloc of a client, from its first search to its end. Times in nanoseconds of virtual time. */
export interface RequestRecord {
  /** Name of the client. */
  readonly client: string;
  /** Name of the area. */
  readonly area: string;
  /** Pages asked for. */
  readonly pages: number;
  /** Order of the alignment asked for. */
  readonly align: number;
  /** When it began. */
  readonly beginNs: number;
  /** From its first search to its end. */
  readonly latencyNs: number;
  /** 0, or the negative errno (-4, -12, -16). */
  readonly errno: number;
  /** First page when it succeeded. */
  readonly pfn: number | undefined;
  /** Windows tried. */
  readonly windows: number;
  /** Windows given up with -EBUSY. */
  readonly busyRetries: number;
  /** Pages moved out of the way. */
  readonly pagesMigrated: number;
  /** Clean file pages dropped instead; of an area that keeps its pages: copies. */
  readonly pagesReclaimed: number;
  /** Of these: copies of swapped-out pages, written to storage first. Absent: none. */
  readonly pagesWritten?: number;
  /** Sleeps between sweeps (the 5 x 100 ms of Android). */
  readonly sleeps: number;
  /** Which of its client's openings it was, from 1: the n-th one is the same under every policy. */
  readonly ordinal: number;
  /** Ended later than the client's deadline, or not at all. */
  readonly missedDeadline: boolean;
}

/** An application (lmkd) or a process (the OOM killer) that was killed since an allocation failed for good. */
export interface KillRecord {
  /** When, virtual nanoseconds. */
  readonly timeNs: number;
  /** The workload that it belonged to. */
  readonly victim: string;
  /** Was it the oldest application, or the process with the highest oom_badness()? */
  readonly what: "application" | "process";
  /** Pages that it had, in memory and in swap. */
  readonly pages: number;
  /** The actor whose allocation had failed, its order and gfp flags. */
  readonly cause: string;
  /** Order of the allocation that had failed. */
  readonly order: number;
  /** Its flags. */
  readonly gfp: number;
  /** The client whose request was under way (of several the one that began first); "" where none was. */
  readonly client: string;
  /** Which of its openings that was (RequestRecord.ordinal); 0 where none was. */
  readonly ordinal: number;
}

/** One window that a failed request tried. */
export interface WindowRecord {
  /** First frame of the window. */
  readonly startPfn: number;
  /** Why it was not to be had; negative. */
  readonly errno: number;
  /** First frame that kept it from being taken; 0 when there is none to name. */
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
  /** The request that failed. */
  readonly request: RequestRecord;
  /** The windows tried, in order; at most the last 8192. */
  readonly windows: readonly WindowRecord[];
  /** Different frames that blocked, and the longest time any of their pins had been held. */
  readonly distinctBlockers: number;
  /** Longest time that any of their pins had been held. */
  readonly longestHeldNs: number;
  /** Was any blocking pin a long-term one, or held longer than a second? */
  readonly anyLongPin: boolean;
  /** The area at the moment of failure: one cell per pageblock. */
  readonly map: CellMap;
}

/** Pages of each kind per cell; all arrays have `cells` entries. */
export interface CellMap {
  /** First frame of the first cell. */
  readonly startPfn: number;
  /** Pages of a cell. */
  readonly pagesPerCell: number;
  /** What the rows of `counts` are. */
  readonly kinds: readonly PageKind[];
  /** counts[kind][cell] */
  readonly counts: readonly (readonly number[])[];
}

/** What a page of an area is, for occupancy: each page is exactly one of these. */
export const PAGE_KINDS = ["free", "pcp", "cma", "pinned", "anon", "file", "dirty", "zram", "other"] as const;
/** A word of PAGE_KINDS. */
export type PageKind = (typeof PAGE_KINDS)[number];

/** A column of the series; as many values as `SeriesTable.timeNs`. Unit: "pages", "ns", "count", "share". */
export interface SeriesColumn {
  /** For instance "area.camera.anon", "zone.Normal.free", "pins", "migrated", "kswapd.time". */
  readonly name: string;
  /** "pages", "ns", "count" or "share". */
  readonly unit: string;
  /** "level": the value at that moment; "sum": since the start. */
  readonly kind: "level" | "sum";
  /** One for each time. */
  readonly values: readonly number[];
}

/** Samples over virtual time. */
export interface SeriesTable {
  /** When each sample was taken, ascending. */
  readonly timeNs: readonly number[];
  /** What was sampled. */
  readonly columns: readonly SeriesColumn[];
}

/** One CMA area of the device. */
export interface AreaSummary {
  /** Its name. */
  readonly name: string;
  /** First frame. */
  readonly basePfn: number;
  /** Length in pages. */
  readonly pages: number;
}

/** What one workload did; names as in the abi's Counter, in lower camel case. */
export interface ActorSummary {
  /** Its name. */
  readonly name: string;
  /** Its kind. */
  readonly kind: string;
  /** What it counted. */
  readonly counters: Readonly<Record<string, number>>;
}

/** What areas that keep their pages held, and how long it took to take them back. */
export interface GuestTotals extends GuestView {
  /** The longest request that succeeded, nanoseconds. */
  readonly longestNs: number;
  /** What the largest request may take at most: storage's speed for what it may have to write, CPU time at half speed. */
  readonly boundNs: number;
}

/** One seed under one policy. */
export interface RunResult {
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
  /** Virtual time that was simulated; shorter than asked for when it was interrupted. */
  readonly durationNs: number;
  /** Events that were performed. */
  readonly events: number;
  /** 16 hexadecimal digits over the machine's state and everything below. */
  readonly digest: string;
  /** Bytes of a page. */
  readonly pageBytes: number;
  /** CMA areas of the device. */
  readonly areas: readonly AreaSummary[];
  /** Names of the clients. */
  readonly clients: readonly string[];
  /** While direct I/O that ends within the run was under way, nanoseconds; absent: there is none. */
  readonly stream?: { readonly beginNs: number; readonly endNs: number };
  /** Every request of a client, in the order in which they ended. */
  readonly requests: readonly RequestRecord[];
  /** The first failures, whole. */
  readonly failures: readonly FailureRecord[];
  /** Failures beyond `record.failures` are counted here, not kept. */
  readonly failuresNotKept: number;
  /** What each workload did. */
  readonly actors: readonly ActorSummary[];
  /** Applications and processes killed for want of memory, in order; those beyond 1,000 are only counted (totals of the actors). */
  readonly kills: readonly KillRecord[];
  /** Totals of the machine: names of StatWord in lower camel case. */
  readonly totals: Readonly<Record<string, number>>;
  /** What areas that keep their pages hold at the end, and what came of it; absent: areas lend theirs. */
  readonly guests?: GuestTotals;
  /** What was sampled. */
  readonly series: SeriesTable;
}

/** A pin that is held longer than this is long, whatever it calls itself; nanoseconds. */
export const LONG_PIN_NS = 1e9;
