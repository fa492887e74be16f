// Knows: what a machine's state is: every zone, list, counter and area at one instant. Plain data: structured-clone safe.
// Must not know: any text, the engine. Where a state was read from stands beside it (origin).

import type { StateOrigin } from "./origin.js";

/** The whole allocator at one instant: all that a machine needs to go on from there. */
export interface MachineState {
  /** Where it was read from; absent when no text gave it. */
  origin?: StateOrigin;
  /** `uname -r` */
  release: string;
  /** CPU that a script runs on: the one that took the dump. */
  thisCpu: number;
  /** Geometry under the kernel's names: page_shift, max_page_order, pageblock_order, nr_pcp_lists ... */
  constants: Record<string, number>;
  /** System-wide settings and counters: watermark_boost_factor, min_free_kbytes, kswapd_order ... */
  sys: Record<string, number>;
  /** Numbers of the CPUs. */
  cpus: number[];
  /** Zones that have memory, low to high. */
  zones: ZoneState[];
  /** In the order of cma_areas[]. */
  areas: CmaAreaState[];
  /** Names by zone index, zones without memory included, where the source tells them; a dump does not. */
  zoneNames?: readonly string[];
  /** What allocated pages are, where the source tells more than `runs`: kpageflags does. Ascending. */
  contents?: readonly PageContentRun[];
}

/** Allocated pages of one content. */
export interface PageContentRun {
  /** First frame. */
  start: number;
  /** Length in pages. */
  pages: number;
  /** Order of each block of the run; 0: single pages. */
  order: number;
  /** contentOf() of abi/frame_word: Mobility, PageLife, PageFlag bits that a caller may set. */
  content: number;
}

/** One populated zone. Page counts unless said otherwise. */
export interface ZoneState {
  /** Its place in the node's zones. */
  index: number;
  /** Name of the zone. */
  name: string;
  /** First pfn. */
  start: number;
  /** Frames from its first to its last, holes included. */
  spanned: number;
  /** Pages that memory is behind. */
  present: number;
  /** Pages that the allocator manages. */
  managed: number;
  /** Pages of CMA areas in it. */
  cmaPages: number;
  /** The marks and what raises them. */
  watermark: ZoneWatermark;
  /** One number per highest zone index. */
  lowmemReserve: number[];
  /** zone->flags. */
  flags: ZoneFlags;
  /** Counters of the zone. */
  counters: ZoneCounters;
  /** Compaction scanner state, under the kernel's names. Empty when the dump has none. */
  compact: Record<string, number>;
  /** What a new CPU's lists begin with, under the kernel's names. Empty when the dump has none. */
  pagesetDefaults: Record<string, number>;
  /** One for each CPU. */
  pcps: PcpState[];
  /** nr_free of each order 0..max_page_order. */
  nrFree: number[];
  /** The non-empty lists, in the order of the dump (order, then migratetype). */
  free: FreeList[];
  /** Migratetypes. */
  pageblocks: Pageblocks;
  /** One digit per pageblock: the compaction skip bit. Empty when the dump has none. */
  skipbits: string;
  /** Pages that are not free and of a kind that matters to migration. */
  runs: PageRun[];
}

/** Raw marks, without the boost. */
export interface ZoneWatermark {
  /** WMARK_MIN */
  min: number;
  /** WMARK_LOW */
  low: number;
  /** WMARK_HIGH */
  high: number;
  /** WMARK_PROMO; 0 in 6.1 dumps without it. */
  promo: number;
  /** watermark_boost: added to every mark. */
  boost: number;
  /** percpu_drift_mark: below it the kernel sums the per-CPU counters. */
  percpuDriftMark: number;
}

/** zone->flags, decoded. */
export interface ZoneFlags {
  /** The word itself. */
  raw: number;
  /** ZONE_BOOSTED_WATERMARK */
  boosted: boolean;
  /** ZONE_RECLAIM_ACTIVE */
  reclaimActive: boolean;
  /** undefined: a kernel that has no such flag (6.1). */
  belowHigh: boolean | undefined;
}

/** Counters of one zone; those that per-CPU differentials belong to are behind by these. */
export interface ZoneCounters {
  /** Pages of HIGHATOMIC pageblocks. */
  nrReservedHighatomic: number;
  /** 0 where the kernel does not count them (6.1). */
  nrFreeHighatomic: number;
  /** Pageblocks of type ISOLATE. */
  nrIsolatePageblock: number;
  /** Zone-global vmstat value: the truth adds diffFree of every PcpState. */
  freePages: number;
  /** The same of pages of CMA pageblocks. */
  freeCma: number;
}

/** Per-CPU lists and counter differentials of one zone on one CPU. Fields that a kernel lacks are 0. */
export interface PcpState {
  /** Whose lists. */
  cpu: number;
  /** Pages on all of its lists. */
  count: number;
  /** Pages from which on it gives back. */
  high: number;
  /** 6.1 has one fixed high: highMin = highMax = high. */
  highMin: number;
  /** Upper limit of high. */
  highMax: number;
  /** Pages moved at a time. */
  batch: number;
  /** PcpFlag bits. */
  flags: number;
  /** alloc_factor (6.7+). */
  allocFactor: number;
  /** free_count (6.7+). */
  freeCount: number;
  /** free_factor (6.1). */
  freeFactor: number;
  /** How far its counters may be ahead of the zone's. */
  statThreshold: number;
  /** NR_FREE_PAGES of this CPU not yet in the zone's counter. */
  diffFree: number;
  /** NR_FREE_CMA_PAGES of this CPU not yet in the zone's counter. */
  diffCma: number;
  /** The non-empty lists, ascending pindex. */
  lists: PcpList[];
}

/** Head to tail. */
export interface PcpList {
  /** order * 3 + type for the low orders, then the THP lists. */
  pindex: number;
  /** First frames of its blocks. */
  pfns: Uint32Array;
  /** 6.1: the migratetype that each page carries, in the order of pfns. */
  cachedTypes?: Uint8Array;
}

/** Head to tail. */
export interface FreeList {
  /** Order of its blocks. */
  order: number;
  /** Type of the list. */
  migratetype: number;
  /** First frames of its blocks. */
  pfns: Uint32Array;
}

/** The migratetype of each pageblock of a zone. */
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
  /** First frame. */
  start: number;
  /** Pages. */
  length: number;
}

/** One CMA area. */
export interface CmaAreaState {
  /** Its place in cma_areas[]. */
  index: number;
  /** Name of the area. */
  name: string;
  /** First frame. */
  basePfn: number;
  /** Pages. */
  count: number;
  /** Pages per bit as a power of two. */
  orderPerBit: number;
  /** Bits of its bitmap. */
  bitmapBits: number;
  /** Runs of set bits (not pages). */
  set: { start: number; length: number }[];
  /** Ranges behind the first (6.15+), which is the area itself. */
  more?: { basePfn: number; count: number; set: { start: number; length: number }[] }[];
}
