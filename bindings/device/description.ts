// Knows: what a machine is built from, in the words of a device tree, a boot log and /proc/sys/vm.
// Must not know: how any of it is computed (limits, placement, resolve) or where it is stored.
//
// A description is plain data: it survives a JSON round trip. Sizes and addresses are physical bytes.

import type { Bytes } from "../engine/units.js";
import type { KernelId, ZoneName } from "./kernel.js";

/** A range of physical memory, [start, start + size). */
export interface MemoryBank {
  /** First physical address. */
  readonly start: Bytes;
  /** Length in bytes. */
  readonly size: Bytes;
}

/**
 * The physical addresses of one zone, [start, end). Empty zones count: they decide the zone indexes.
 * Normal and Movable always exist in a kernel and are added, empty, when they are not listed.
 */
export interface ZoneBoundary {
  /** Which zone. */
  readonly name: Exclude<ZoneName, "CMA">;
  /** First physical address. */
  readonly start: Bytes;
  /** One past the last physical address. */
  readonly end: Bytes;
}

/** Where something may be put whose address is not fixed. */
export interface Placement {
  /** Allowed physical range; the whole memory when absent (`alloc-ranges` of a device tree). */
  readonly within?: { readonly start: Bytes; readonly end: Bytes };
  /** From which end free memory is searched; "top" when absent, as memblock does. */
  readonly from?: "top" | "bottom";
}

/** Memory that never reaches the allocator: kernel image, firmware, carve-outs, struct page itself. */
export interface ReservedRange extends Placement {
  /** What it is for; the name of its run among the reserved frames. */
  readonly name: string;
  /** Length in bytes. */
  readonly size: Bytes;
  /** Fixed physical address. Without it the range is placed after the areas, in the order listed. */
  readonly base?: Bytes;
  /**
   * Given to the allocator after the kernel has computed its watermarks (initrd, init sections).
   * Counts as managed, but the watermarks, the reserves and the pcp limits do not see it.
   */
  readonly freedLate?: boolean;
}

/** One contiguous piece of an area that has several. */
export interface AreaRangeDescription extends Placement {
  /** A multiple of the pageblock. */
  readonly size: Bytes;
  /** Fixed physical address, a multiple of the pageblock. */
  readonly base?: Bytes;
  /** Alignment when placed, as that of an area. */
  readonly alignment?: Bytes;
}

/** A CMA area. All frames of one range lie in one zone; which zone does not matter. */
export interface AreaDescription extends Placement {
  /** Unique among the areas. */
  readonly name: string;
  /** A multiple of the pageblock. May be absent, or the sum, when `ranges` are listed. */
  readonly size?: Bytes;
  /**
   * Kernel 6.15+: the pieces of the area, at most CMA_MAX_RANGES = 8, searched in this order; each may lie in another
   * zone. Then base, alignment, within and from belong to the ranges, not to the area.
   */
  readonly ranges?: readonly AreaRangeDescription[];
  /** Fixed physical address, a multiple of the pageblock. */
  readonly base?: Bytes;
  /** Alignment when placed; a pageblock when absent or smaller (CMA_MIN_ALIGNMENT_BYTES). */
  readonly alignment?: Bytes;
  /** Pages per bitmap bit as a power of two; 0 when absent. */
  readonly orderPerBit?: number;
}

/**
 * Transparent huge pages, which shape the allocator: "none" = not compiled in (no THP pcp lists);
 * "never" | "madvise" | "always" = /sys/kernel/mm/transparent_hugepage/enabled at boot.
 */
export type ThpMode = "none" | "never" | "madvise" | "always";

/** /proc/sys/vm. A value that is absent is the kernel's own; a value that is given counts as written after boot. */
export interface VmSettings {
  /** min_free_kbytes, KiB. */
  readonly minFreeKbytes?: number;
  /** watermark_scale_factor, hundredths of a per cent of a zone, 1 to 3000; 10 by default. */
  readonly watermarkScaleFactor?: number;
  /** watermark_boost_factor, hundredths of a per cent of the high watermark; 15000 by default, 0 = off. */
  readonly watermarkBoostFactor?: number;
  /** percpu_pagelist_high_fraction; 0 (the default) leaves the limits to the watermarks, else at least 8. */
  readonly percpuPagelistHighFraction?: number;
  /** lowmem_reserve_ratio by zone; 256, 256, 32, 0 by default; 0 = no reserve. */
  readonly lowmemReserveRatio?: Readonly<Partial<Record<ZoneName, number>>>;
}

/** What a machine is built from. */
export interface DeviceDescription {
  /** The name in messages and reports. */
  readonly name: string;
  /** Where each number comes from; "chosen: ..." for what we decided ourselves. */
  readonly sources?: readonly string[];
  /** Whose rules the allocator follows. */
  readonly kernel: KernelId;
  /** Binary logarithm of the page size: 12, 14 or 16. */
  readonly pageShift: number;
  /** MAX_PAGE_ORDER: the order of the largest block, inclusive (6.1 calls it MAX_ORDER - 1). */
  readonly maxPageOrder: number;
  /** pageblock_order: the order of a pageblock, at most maxPageOrder. */
  readonly pageblockOrder: number;
  /** Online CPUs. */
  readonly cpus: number;
  /** "madvise" when absent. */
  readonly thp?: ThpMode;
  /** Share of the data caches that one CPU may call its own, bytes; 0 when the kernel knows none. */
  readonly cacheSlice?: Bytes;
  /** Granularity of the memory map (SECTION_SIZE_BITS); 128 MiB, 512 MiB with 64 KiB pages. */
  readonly sectionSize?: Bytes;
  /** Physical memory, as the device tree or e820 lists it; banks do not overlap. */
  readonly memory: readonly MemoryBank[];
  /** Borders of the zones; together they cover the memory. */
  readonly zones: readonly ZoneBoundary[];
  /** Memory that never reaches the allocator; none when absent. */
  readonly reserved?: readonly ReservedRange[];
  /** CMA areas in the order of cma_areas[]; none when absent. */
  readonly areas?: readonly AreaDescription[];
  /** Settings of /proc/sys/vm; the kernel's own values when absent. */
  readonly vm?: VmSettings;
}
