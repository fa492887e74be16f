// Knows: the facts that files of /proc, debugfs and page_owner state, in one shape for all eras.
// Must not know: how any of it is written, logs and traces (facts), what it proves.
//
// pages, pfns and orders as the kernel prints them; kB where the kernel prints kB. null: the input does not say.

import type { Place } from "./place.js";

/** A zone of /proc/zoneinfo or of an out-of-memory report. */
export interface ZoneFact {
  /** Where it was read. */
  readonly place: Place;
  /** Name of the zone. */
  readonly zone: string;
  /** What its numbers count. */
  readonly unit: "pages" | "kB";
  /** Free memory. */
  free: number | null;
  /** WMARK_MIN. */
  min: number | null;
  /** WMARK_LOW. */
  low: number | null;
  /** Free memory of CMA areas. */
  freeCma: number | null;
  /** Memory that the allocator manages. */
  managed: number | null;
  /** What only /proc/zoneinfo says. */
  readonly detail: ZoneDetail | null;
}

/** Sizes, marks and per-CPU sets of a zone of /proc/zoneinfo; pages. null: this kernel does not print it. */
export interface ZoneDetail {
  /** NUMA node. */
  readonly node: number;
  /** watermark_boost. */
  boost: number | null;
  /** WMARK_HIGH with the boost. */
  high: number | null;
  /** WMARK_PROMO with the boost. */
  promo: number | null;
  /** Frames from its first to its last. */
  spanned: number | null;
  /** Pages that memory is behind. */
  present: number | null;
  /** Pages of CMA areas in it. */
  cma: number | null;
  /** lowmem_reserve for each zone index. */
  protection: readonly number[];
  /** First frame. */
  startPfn: number | null;
  /** Per-CPU lists, one for each CPU. */
  readonly pagesets: Pageset[];
}

/** Lists of one CPU. */
export interface Pageset {
  /** Whose lists. */
  readonly cpu: number;
  /** Pages on them. */
  count: number | null;
  /** Pages from which on they give back. */
  high: number | null;
  /** Pages moved at a time. */
  batch: number | null;
  /** Later kernels print the limits of high too. */
  highMin: number | null;
  /** Upper limit of high. */
  highMax: number | null;
  /** vm stats threshold. */
  threshold: number | null;
}

/** An area as debugfs and sysfs show it. null: no file says. */
export interface AreaFiles {
  /** Name of the area. */
  readonly name: string;
  /** Where it was read first. */
  readonly place: Place;
  /** Pages. */
  count: number | null;
  /** Pages given out. */
  used: number | null;
  /** Pages of the longest free run. */
  maxchunk: number | null;
  /** Pages per bit as a power of two. */
  orderPerBit: number | null;
  /** First frame and bitmap of each range; bitmaps as 32-bit words, 1 = given out. */
  ranges: { basePfn: number | null; bitmap: Uint32Array | null }[];
  /** alloc_pages_success of sysfs. */
  succeeded: number | null;
  /** alloc_pages_fail of sysfs. */
  failed: number | null;
}

/** Counters of one moment. */
export interface Counters {
  /** Where they were read. */
  readonly place: Place;
  /** By the kernel's names; kB or pages as the kernel prints them. */
  readonly values: Map<string, number>;
}

/** Free blocks of one migratetype of a zone. */
export interface TypeRow {
  /** NUMA node. */
  readonly node: number;
  /** Name of the zone. */
  readonly zone: string;
  /** Name of the migratetype. */
  readonly type: string;
  /** Free blocks of each order. */
  readonly counts: readonly number[];
}

/** Pageblocks of a zone by migratetype. */
export interface BlockRow {
  /** NUMA node. */
  readonly node: number;
  /** Name of the zone. */
  readonly zone: string;
  /** Migratetypes in the order of the columns. */
  readonly types: readonly string[];
  /** Pageblocks of each. */
  readonly counts: readonly number[];
}

/** /proc/pagetypeinfo of one moment. */
export interface PagetypeFact {
  /** Where it was read. */
  readonly place: Place;
  /** Order of a pageblock. */
  pageblockOrder: number | null;
  /** Free blocks by zone and migratetype. */
  readonly rows: TypeRow[];
  /** Pageblocks by zone. */
  readonly blocks: BlockRow[];
}

/** A row of /proc/buddyinfo. */
export interface BuddyRow {
  /** NUMA node. */
  readonly node: number;
  /** Name of the zone. */
  readonly zone: string;
  /** Free blocks of each order. */
  readonly counts: readonly number[];
  /** Where it was read. */
  readonly place: Place;
}

/** A page that page_owner shows inside a CMA pageblock. */
export interface OwnedPage {
  /** Where it was read. */
  readonly place: Place;
  /** Its frame. */
  readonly pfn: number;
  /** Order of its block. */
  readonly order: number;
  /** Migratetype that it was allocated as. */
  readonly type: string;
  /** Flags of the page as printed. */
  readonly flags: string;
  /** It is on an LRU list: migration may take it. */
  readonly onLru: boolean;
  /** Task that allocated it. */
  readonly owner: string;
  /** Functions that allocated it. */
  stack: string;
}

/** One pin that page_pinner recorded. */
export interface PinFact {
  /** Where it was read. */
  readonly place: Place;
  /** How long the page was pinned. */
  readonly microseconds: number;
  /** Its frame. */
  pfn: number | null;
  /** Who pinned, innermost function first. */
  stack: string;
}

/** /proc/kpageflags or kpagecount. */
export interface PageTable {
  /** Name of the file. */
  readonly file: string;
  /** Which of the two. */
  readonly kind: "flags" | "count";
  /** The low half of each 64-bit word; of kpageflags also KPF_RESERVED (kernel bit 32), as bit 31, which is free. */
  readonly words: Uint32Array;
}
