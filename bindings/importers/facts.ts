// Knows: the facts that a log or a file can state about CMA, in one shape for all formats and eras.
// Must not know: how any of it is written, what it proves (analysis/explain decides that).
//
// pages, pfns and orders as the kernel prints them; kB where the kernel prints kB. null: the input does not say.

import { IMPORT } from "../engine/limits.js";
import type { Severity } from "./errors.js";

/** Where a fact was read. */
export interface Place {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/** What an importer could not take as it stood. */
export interface ImportIssue extends Place {
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
}

/** One `size@at` of a list of free runs, as printed: size in pages (bits before 2019), at in bits. */
export interface RunEntry {
  readonly size: number;
  readonly at: number;
  /** Range of a multi-range area (6.15+). */
  readonly range: number;
}

export interface RunList {
  readonly place: Place;
  readonly entries: RunEntry[];
  /** `=> free of total`. */
  free: number | null;
  total: number | null;
  /** Something of the list is missing. */
  cut: boolean;
  hasRanges: boolean;
}

/** [start, end) that alloc_contig_range found busy. */
export interface BusyWindow {
  readonly start: number;
  readonly end: number;
  readonly time: number | null;
  readonly place: Place;
}

export type FailureForm = "cma" | "driver" | "user" | "trace";

export interface FailureFact {
  readonly place: Place;
  readonly time: number | null;
  readonly form: FailureForm;
  /** "cma_alloc", "__cma_alloc", "__cma_alloc_frozen", or what a driver said. */
  readonly source: string;
  area: string | null;
  pages: number | null;
  errno: number | null;
  align: number | null;
  list: RunList | null;
  busy: BusyWindow[];
  /** A later line says that the caller went on without CMA. */
  fallback: string | null;
  /** Frames that test_pages_isolated named, with the number of windows that each blocked. */
  culprits: Map<number, number>;
  /** Windows tried, where a trace tells. */
  tries: number | null;
  /** Other requests in flight in the same area at the same time. */
  rivals: number;
  /** Pages whose migration failed, where a trace tells. */
  migrateFailed: number;
}

/** A request that was seen, whatever became of it. */
export interface RequestFact {
  readonly place: Place;
  readonly area: string | null;
  readonly pages: number;
  readonly align: number;
  readonly time: number | null;
  readonly available: number | null;
  readonly total: number | null;
}

export interface MigrationFact {
  readonly place: Place;
  readonly pfn: number;
  readonly ret: number;
  refcount: number | null;
  mapcount: number | null;
  operations: string | null;
  flags: string;
  owner: string | null;
}

export interface ReservationFact {
  readonly place: Place;
  readonly kind: "reserved" | "failed" | "cmdline";
  readonly bytes: number;
  readonly address: number | null;
  readonly name: string | null;
}

/** A node below reserved-memory of a device tree's source. Cells as written: null where one is no number. */
export interface ReservedNode {
  readonly place: Place;
  readonly name: string;
  readonly compatible: string | null;
  readonly status: string | null;
  readonly reusable: boolean;
  readonly noMap: boolean;
  readonly cmaDefault: boolean;
  readonly size: readonly (number | null)[] | null;
  readonly alignment: readonly (number | null)[] | null;
  readonly reg: readonly (number | null)[] | null;
  readonly allocRanges: readonly (number | null)[] | null;
  /** Of reserved-memory, and of the root; null: the source does not show them. */
  readonly addressCells: number | null;
  readonly sizeCells: number | null;
  readonly rootAddressCells: number | null;
  readonly rootSizeCells: number | null;
  /** Has reserved-memory a `ranges`? null: it is not shown whole. */
  readonly hasRanges: boolean | null;
}

/** What a configuration file asks for: `dtoverlay=vc4-kms-v3d,cma-256`. */
export interface WishFact {
  readonly place: Place;
  readonly bytes: number;
  readonly text: string;
  /** Section of config.txt; "all" counts always. */
  readonly section: string;
}

export interface ZoneFact {
  readonly place: Place;
  readonly zone: string;
  readonly unit: "pages" | "kB";
  free: number | null;
  min: number | null;
  low: number | null;
  freeCma: number | null;
  managed: number | null;
  /** What only /proc/zoneinfo says. */
  readonly detail: ZoneDetail | null;
}

/** Sizes, marks and per-CPU sets of a zone of /proc/zoneinfo; pages. null: this kernel does not print it. */
export interface ZoneDetail {
  readonly node: number;
  boost: number | null;
  high: number | null;
  promo: number | null;
  spanned: number | null;
  present: number | null;
  cma: number | null;
  /** lowmem_reserve for each zone index. */
  protection: readonly number[];
  startPfn: number | null;
  readonly pagesets: Pageset[];
}

/** Lists of one CPU. */
export interface Pageset {
  readonly cpu: number;
  count: number | null;
  high: number | null;
  batch: number | null;
  /** Later kernels print the limits of high too. */
  highMin: number | null;
  highMax: number | null;
  threshold: number | null;
}

export interface AreaFiles {
  readonly name: string;
  readonly place: Place;
  count: number | null;
  used: number | null;
  maxchunk: number | null;
  orderPerBit: number | null;
  ranges: { basePfn: number | null; bitmap: Uint32Array | null }[];
  succeeded: number | null;
  failed: number | null;
}

export interface Counters {
  readonly place: Place;
  readonly values: Map<string, number>;
}

export interface TypeRow {
  readonly node: number;
  readonly zone: string;
  readonly type: string;
  readonly counts: readonly number[];
}

export interface BlockRow {
  readonly node: number;
  readonly zone: string;
  readonly types: readonly string[];
  readonly counts: readonly number[];
}

export interface PagetypeFact {
  readonly place: Place;
  pageblockOrder: number | null;
  readonly rows: TypeRow[];
  readonly blocks: BlockRow[];
}

export interface BuddyRow {
  readonly node: number;
  readonly zone: string;
  readonly counts: readonly number[];
  readonly place: Place;
}

/** A page that page_owner shows inside a CMA pageblock. */
export interface OwnedPage {
  readonly place: Place;
  readonly pfn: number;
  readonly order: number;
  readonly type: string;
  readonly flags: string;
  readonly onLru: boolean;
  readonly owner: string;
  stack: string;
}

/** One pin that page_pinner recorded. */
export interface PinFact {
  readonly place: Place;
  readonly microseconds: number;
  pfn: number | null;
  /** Who pinned, innermost function first. */
  stack: string;
}

export interface PageTable {
  readonly file: string;
  readonly kind: "flags" | "count";
  /** The low half of each 64-bit word; of kpageflags also KPF_RESERVED (kernel bit 32), as bit 31, which is free. */
  readonly words: Uint32Array;
}

export interface Facts {
  kernel: string | null;
  /** Bytes, where a file says it. */
  pageSize: number | null;
  orderPerBitHint: number | null;
  readonly failures: FailureFact[];
  readonly requests: RequestFact[];
  readonly lists: RunList[];
  readonly busy: BusyWindow[];
  busyCount: number;
  /** Requests that a trace shows to have succeeded, and those of them that met busy windows. */
  succeeded: number;
  delayed: number;
  readonly migrations: MigrationFact[];
  readonly reservations: ReservationFact[];
  readonly trees: ReservedNode[];
  readonly wishes: WishFact[];
  readonly zones: ZoneFact[];
  readonly areas: AreaFiles[];
  readonly meminfo: Counters[];
  readonly vmstat: Counters[];
  readonly pagetypes: PagetypeFact[];
  readonly buddy: BuddyRow[];
  readonly owned: OwnedPage[];
  ownedPages: number;
  readonly pins: PinFact[];
  readonly tables: PageTable[];
  /** Largest block that a show_mem line counts, in kB. */
  largestBuddyKb: number;
  oomKills: number;
  /** Bit-search debug line: size of the area in bits and the alignment mask. */
  searches: { place: Place; bits: number; alignMask: number; found: number }[];
  readonly formats: Map<string, Set<string>>;
  readonly issues: ImportIssue[];
  /** What may still be kept of lists and bitmaps, over all files. */
  readonly budget: { entries: number; words: number };
}

export function emptyFacts(): Facts {
  return {
    kernel: null,
    pageSize: null,
    orderPerBitHint: null,
    failures: [],
    requests: [],
    lists: [],
    busy: [],
    busyCount: 0,
    succeeded: 0,
    delayed: 0,
    migrations: [],
    reservations: [],
    trees: [],
    wishes: [],
    zones: [],
    areas: [],
    meminfo: [],
    vmstat: [],
    pagetypes: [],
    buddy: [],
    owned: [],
    ownedPages: 0,
    pins: [],
    tables: [],
    largestBuddyKb: 0,
    oomKills: 0,
    searches: [],
    formats: new Map(),
    issues: [],
    budget: { entries: IMPORT.listEntries, words: IMPORT.bitmapWords },
  };
}

/** Lists longer than this keep their first part: memory stays bounded whatever comes in. */
export const MOST = IMPORT.items;
