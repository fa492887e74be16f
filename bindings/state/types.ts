// Knows: what a machine's state is: every zone, list, counter and area at one instant. Plain data: structured-clone safe.
// Must not know: any text, the engine. Where a state was read from stands beside it (origin).

import type { StateOrigin } from "./origin.js";

/** The whole allocator at one instant: all that a machine needs to go on from there. */
export interface MachineState {
  /** Where it was read from; absent when no text gave it. */
  origin?: StateOrigin;
  release: string;
  thisCpu: number;
  /** Geometry under the kernel's names: page_shift, max_page_order, pageblock_order, nr_pcp_lists ... */
  constants: Record<string, number>;
  /** System-wide settings and counters: watermark_boost_factor, min_free_kbytes, kswapd_order ... */
  sys: Record<string, number>;
  cpus: number[];
  zones: ZoneState[];
  areas: CmaAreaState[];
  /** Names by zone index, zones without memory included, where the source tells them; a dump does not. */
  zoneNames?: readonly string[];
  /** What allocated pages are, where the source tells more than `runs`: kpageflags does. Ascending. */
  contents?: readonly PageContentRun[];
}

/** Allocated pages of one content. */
export interface PageContentRun {
  start: number;
  pages: number;
  /** Order of each block of the run; 0: single pages. */
  order: number;
  /** contentOf() of abi/frame_word: Mobility, PageLife, PageFlag bits that a caller may set. */
  content: number;
}

/** One populated zone. Page counts unless said otherwise. */
export interface ZoneState {
  index: number;
  name: string;
  /** First pfn. */
  start: number;
  spanned: number;
  present: number;
  managed: number;
  cmaPages: number;
  watermark: ZoneWatermark;
  /** One number per highest zone index. */
  lowmemReserve: number[];
  flags: ZoneFlags;
  counters: ZoneCounters;
  /** Compaction scanner state, under the kernel's names. Empty when the dump has none. */
  compact: Record<string, number>;
  pagesetDefaults: Record<string, number>;
  pcps: PcpState[];
  /** nr_free of each order 0..max_page_order. */
  nrFree: number[];
  /** The non-empty lists, in the order of the dump (order, then migratetype). */
  free: FreeList[];
  pageblocks: Pageblocks;
  /** One digit per pageblock: the compaction skip bit. Empty when the dump has none. */
  skipbits: string;
  runs: PageRun[];
}

/** Raw marks, without the boost. */
export interface ZoneWatermark {
  min: number;
  low: number;
  high: number;
  promo: number;
  boost: number;
  percpuDriftMark: number;
}

export interface ZoneFlags {
  raw: number;
  boosted: boolean;
  reclaimActive: boolean;
  /** undefined: a kernel that has no such flag (6.1). */
  belowHigh: boolean | undefined;
}

export interface ZoneCounters {
  nrReservedHighatomic: number;
  /** 0 where the kernel does not count them (6.1). */
  nrFreeHighatomic: number;
  nrIsolatePageblock: number;
  /** Zone-global vmstat value: the truth adds diffFree of every PcpState. */
  freePages: number;
  freeCma: number;
}

/** Per-CPU lists and counter differentials of one zone on one CPU. Fields that a kernel lacks are 0. */
export interface PcpState {
  cpu: number;
  count: number;
  high: number;
  /** 6.1 has one fixed high: highMin = highMax = high. */
  highMin: number;
  highMax: number;
  batch: number;
  flags: number;
  allocFactor: number;
  freeCount: number;
  freeFactor: number;
  statThreshold: number;
  diffFree: number;
  diffCma: number;
  /** The non-empty lists, ascending pindex. */
  lists: PcpList[];
}

/** Head to tail. */
export interface PcpList {
  pindex: number;
  pfns: Uint32Array;
  /** 6.1: the migratetype that each page carries, in the order of pfns. */
  cachedTypes?: Uint8Array;
}

/** Head to tail. */
export interface FreeList {
  order: number;
  migratetype: number;
  pfns: Uint32Array;
}

export interface Pageblocks {
  /** First pfn of the first pageblock: the zone's start rounded down. */
  start: number;
  /** Migratetype per pageblock; NO_MEMORY_MAP where none exists. */
  types: Uint8Array;
}

/** A run of pages that are not free. */
export interface PageRun {
  /** L PageLRU, M __PageMovable (both movable for a claim check), R PageReserved. */
  kind: "L" | "M" | "R";
  start: number;
  length: number;
}

export interface CmaAreaState {
  index: number;
  name: string;
  basePfn: number;
  /** Pages. */
  count: number;
  orderPerBit: number;
  bitmapBits: number;
  /** Runs of set bits (not pages). */
  set: { start: number; length: number }[];
  /** Ranges behind the first (6.15+), which is the area itself. */
  more?: { basePfn: number; count: number; set: { start: number; length: number }[] }[];
}
