// Knows: the shape of a device whose every number is settled: plain numbers, ready to be written into a machine.
// Must not know: how they were computed (resolve), or at which word of which region they go (engine).

import type { Bytes, Order, Pages, Pfn, ZoneIndex } from "../engine/units.js";
import type { ThpMode } from "./description.js";
import type { KernelId, KernelRules, ZoneName } from "./kernel.js";
import type { Watermarks } from "./watermarks.js";

/** Frames [start, end). */
export interface FrameRun {
  readonly start: Pfn;
  readonly end: Pfn;
}

export interface NamedRun extends FrameRun {
  readonly name: string;
}

/** Limits of one zone's per-CPU lists and counters; the same on every CPU. Pages. */
export interface ResolvedPcp {
  readonly batch: number;
  readonly highMin: number;
  /** Equal to highMin where the kernel has one fixed high. */
  readonly highMax: number;
  readonly statThreshold: number;
  /** PCPF_FREE_HIGH_BATCH */
  readonly freeHighBatch: boolean;
}

export interface ResolvedZone {
  readonly index: ZoneIndex;
  readonly name: ZoneName;
  /** 0 when the zone spans nothing. */
  readonly startPfn: Pfn;
  readonly spanned: Pages;
  readonly present: Pages;
  readonly managed: Pages;
  readonly cmaPages: Pages;
  /** Pages, without boost. */
  readonly watermarks: Watermarks;
  /** Pages, one per zone index. */
  readonly lowmemReserve: readonly number[];
  readonly percpuDriftMark: Pages;
  readonly pcp: ResolvedPcp;
}

/** One contiguous piece of an area. */
export interface ResolvedAreaRange extends FrameRun {
  readonly pages: Pages;
  /** pages >> orderPerBit */
  readonly bits: number;
  readonly zone: ZoneIndex;
}

/** With several ranges start is the lowest frame, end is behind the highest one, and other memory may lie between. */
export interface ResolvedArea extends FrameRun {
  readonly name: string;
  /** Of all ranges. */
  readonly pages: Pages;
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

export interface ResolvedTotals {
  readonly frames: number;
  readonly present: number;
  readonly managed: number;
  readonly cma: number;
  readonly reserved: number;
  readonly holes: number;
  readonly totalReserve: number;
}

export interface ResolvedDevice {
  readonly name: string;
  readonly sources: readonly string[];
  readonly kernel: KernelId;
  readonly rules: KernelRules;
  readonly pageShift: number;
  readonly pageSize: Bytes;
  readonly maxPageOrder: Order;
  readonly pageblockOrder: Order;
  readonly cpus: number;
  readonly thp: ThpMode;
  /** First and one-past-last frame of the flat array; multiples of the larger of block and pageblock. */
  readonly startPfn: Pfn;
  readonly endPfn: Pfn;
  /** One per zone index, empty ones included. */
  readonly zones: readonly ResolvedZone[];
  readonly areas: readonly ResolvedArea[];
  readonly frames: ResolvedFrames;
  /** GFP_ZONE_TABLE: zone index for each value of gfp & (DMA | HIGHMEM | DMA32 | MOVABLE); 16 entries, -1: rejected. */
  readonly gfpZone: readonly number[];
  readonly normalZone: ZoneIndex;
  readonly movableZone: ZoneIndex;
  readonly hasDma32: boolean;
  /** Order of the two THP pcp lists; 0 when there are none. */
  readonly pcpThpOrder: number;
  readonly pcpLists: number;
  readonly pcpBatchScaleMax: number;
  readonly costlyOrder: number;
  /** page_group_by_mobility_disabled: less memory than one pageblock for each migratetype. */
  readonly mobilityDisabled: boolean;
  readonly minFreeKbytes: number;
  readonly watermarkBoostFactor: number;
  readonly totals: ResolvedTotals;
}
