// Knows: the shape of a device whose every number is settled: plain numbers, ready to be written into a machine.
// Must not know: how they were computed (resolve), or at which word of which region they go (engine).

import type { Bytes, Order, Pages, Pfn, ZoneIndex } from "../engine/units.js";
import type { ThpMode } from "./description.js";
import type { KernelId, KernelRules, ZoneName } from "./kernel.js";
import type { LimitsInput } from "./limits.js";
import type { Watermarks } from "./watermarks.js";

/** Frames [start, end). */
export interface FrameRun {
  /** First frame. */
  readonly start: Pfn;
  /** One past the last frame. */
  readonly end: Pfn;
}

/** Frames with what lies there. */
export interface NamedRun extends FrameRun {
  /** What lies there: the name of a reserved range, or "unavailable". */
  readonly name: string;
}

/** Limits of one zone's per-CPU lists and counters; the same on every CPU. Pages. */
export interface ResolvedPcp {
  /** Pages moved at a time between a per-CPU list and the buddy lists. */
  readonly batch: number;
  /** Lower limit of high. */
  readonly highMin: number;
  /** Equal to highMin where the kernel has one fixed high. */
  readonly highMax: number;
  /** stat_threshold: how far a per-CPU counter may be ahead of the zone's. */
  readonly statThreshold: number;
  /** PCPF_FREE_HIGH_BATCH */
  readonly freeHighBatch: boolean;
}

/** One zone as the kernel has it after boot. */
export interface ResolvedZone {
  /** Its place in the node's zones. */
  readonly index: ZoneIndex;
  /** Its name. */
  readonly name: ZoneName;
  /** 0 when the zone spans nothing. */
  readonly startPfn: Pfn;
  /** Frames from its first to its last, holes included. */
  readonly spanned: Pages;
  /** Pages that memory is behind. */
  readonly present: Pages;
  /** Pages that the allocator manages. */
  readonly managed: Pages;
  /** Pages of CMA areas in it. */
  readonly cmaPages: Pages;
  /** Pages, without boost. */
  readonly watermarks: Watermarks;
  /** Pages, one per zone index. */
  readonly lowmemReserve: readonly number[];
  /** percpu_drift_mark: below it the kernel sums the per-CPU counters. */
  readonly percpuDriftMark: Pages;
  /** Limits of its per-CPU lists. */
  readonly pcp: ResolvedPcp;
}

/** One contiguous piece of an area. */
export interface ResolvedAreaRange extends FrameRun {
  /** Length in pages. */
  readonly pages: Pages;
  /** pages >> orderPerBit */
  readonly bits: number;
  /** The zone in which all of it lies. */
  readonly zone: ZoneIndex;
}

/** With several ranges start is the lowest frame, end is behind the highest one, and other memory may lie between. */
export interface ResolvedArea extends FrameRun {
  /** As described. */
  readonly name: string;
  /** Of all ranges. */
  readonly pages: Pages;
  /** Pages per bitmap bit as a power of two. */
  readonly orderPerBit: number;
  /** Of all ranges. */
  readonly bits: number;
  /** That of the first range. */
  readonly zone: ZoneIndex;
  /** At least one, in the order in which they are searched. */
  readonly ranges: readonly ResolvedAreaRange[];
}

/** What lies at each frame of [startPfn, endPfn). The four kinds are disjoint and cover the window. */
export interface ResolvedFrames {
  /** Frames without a memory map (whole memory sections). */
  readonly holes: readonly FrameRun[];
  /** Frames with a memory map that never reach the allocator; "unavailable" where no memory is behind them. */
  readonly reserved: readonly NamedRun[];
  /** Given to the buddy lists at boot as MOVABLE, ascending; split at zone borders, without areas and late runs. */
  readonly free: readonly FrameRun[];
  /** CMA areas, range by range, given to the buddy lists after `free`; as cma_areas[]: in the order of the description. */
  readonly cma: readonly FrameRun[];
  /** Given to the allocator page by page, last: initrd and init sections. Part of managed. */
  readonly late: readonly NamedRun[];
}

/** Sums over the device, in pages. */
export interface ResolvedTotals {
  /** Frames of the flat array, holes included. */
  readonly frames: number;
  /** Pages that memory is behind. */
  readonly present: number;
  /** Pages that the allocator manages. */
  readonly managed: number;
  /** Pages of all CMA areas. */
  readonly cma: number;
  /** Frames with a memory map that never reach the allocator. */
  readonly reserved: number;
  /** Frames without a memory map. */
  readonly holes: number;
  /** totalreserve_pages. */
  readonly totalReserve: number;
}

/** A device whose every number is settled: what resolveDevice() makes of a description. */
export interface ResolvedDevice {
  /** As described. */
  readonly name: string;
  /** Where each number comes from; empty when the description does not say. */
  readonly sources: readonly string[];
  /** Whose rules it follows. */
  readonly kernel: KernelId;
  /** The kernel's decisions. */
  readonly rules: KernelRules;
  /** Binary logarithm of the page size. */
  readonly pageShift: number;
  /** Bytes of a page. */
  readonly pageSize: Bytes;
  /** Order of the largest block, inclusive. */
  readonly maxPageOrder: Order;
  /** Order of a pageblock. */
  readonly pageblockOrder: Order;
  /** Online CPUs. */
  readonly cpus: number;
  /** Transparent huge pages at boot. */
  readonly thp: ThpMode;
  /** First and one-past-last frame of the flat array; multiples of the larger of block and pageblock. */
  readonly startPfn: Pfn;
  /** One past the last frame of the flat array. */
  readonly endPfn: Pfn;
  /** One per zone index, empty ones included. */
  readonly zones: readonly ResolvedZone[];
  /** CMA areas in the order of cma_areas[]. */
  readonly areas: readonly ResolvedArea[];
  /** What lies at each frame. */
  readonly frames: ResolvedFrames;
  /** GFP_ZONE_TABLE: zone index for each value of gfp & (DMA | HIGHMEM | DMA32 | MOVABLE); 16 entries, -1: rejected. */
  readonly gfpZone: readonly number[];
  /** Index of ZONE_NORMAL. */
  readonly normalZone: ZoneIndex;
  /** Index of ZONE_MOVABLE. */
  readonly movableZone: ZoneIndex;
  /** There is a zone index for DMA32. */
  readonly hasDma32: boolean;
  /** Order of the two THP pcp lists; 0 when there are none. */
  readonly pcpThpOrder: number;
  /** NR_PCP_LISTS: per-CPU lists of one zone on one CPU. */
  readonly pcpLists: number;
  /** CONFIG_PCP_BATCH_SCALE_MAX: a batch grows to batch << this. */
  readonly pcpBatchScaleMax: number;
  /** PAGE_ALLOC_COSTLY_ORDER. */
  readonly costlyOrder: number;
  /** page_group_by_mobility_disabled: less memory than one pageblock for each migratetype. */
  readonly mobilityDisabled: boolean;
  /** min_free_kbytes, KiB. */
  readonly minFreeKbytes: number;
  /** watermark_boost_factor, hundredths of a per cent of the high mark. */
  readonly watermarkBoostFactor: number;
  /** What its limits were computed from. */
  readonly limitsInput: LimitsInput;
  /** Sums over the device. */
  readonly totals: ResolvedTotals;
}
