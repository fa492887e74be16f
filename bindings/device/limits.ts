// Knows: in which order a boot runs the rules of watermarks and pcp, and on which zone sizes.
// Must not know: addresses, areas, how zone sizes came about.
//
// Models: init_per_zone_wmark_min(), start_stop_khugepaged() and the vm.* sysctl handlers; Linux 6.12 and 6.1.
//
// The order matters twice. The first watermarks come from the square-root rule, and only what they leave
// over is what khugepaged takes its 5 % of. And all of this runs before the kernel gives back its initrd and
// its init sections: a zone has more managed pages afterwards, but nothing is computed again, unless a
// sysctl is written. That is why `bootManaged` is a number of its own.

import type { ThpMode, VmSettings } from "./description.js";
import {
  DEFAULT_LOWMEM_RESERVE_RATIO,
  DEFAULT_WATERMARK_SCALE_FACTOR,
  type KernelId,
  type KernelProfile,
  kernelProfiles,
  type ZoneName,
} from "./kernel.js";
import { driftMark, keepsBatchInCache, type PcpLimits, pcpLimits, statThreshold } from "./pcp.js";
import {
  defaultMinFreeKbytes,
  freeBufferPages,
  hasMemoryForThp,
  lowmemReserves,
  NO_WATERMARKS,
  recommendedMinFreeKbytes,
  totalReservePages,
  type Watermarks,
  type ZoneSize,
  zoneWatermarks,
} from "./watermarks.js";

/** One zone as init_per_zone_wmark_min() finds it. Pages. */
export interface LimitsZone extends ZoneSize {
  /** Managed pages at the time of boot when limits are computed; at most `managed`. */
  readonly bootManaged: number;
}

/** What the kernel's formulas take. */
export interface LimitsInput {
  /** Whose formulas. */
  readonly kernel: KernelId;
  /** Binary logarithm of the page size. */
  readonly pageShift: number;
  /** Order of a pageblock. */
  readonly pageblockOrder: number;
  /** Online CPUs. */
  readonly cpus: number;
  /** Transparent huge pages at boot: khugepaged raises min_free_kbytes. */
  readonly thp: ThpMode;
  /** Bytes of data cache that one CPU may call its own; 0 when the kernel knows none. */
  readonly cacheSlice: number;
  /** What was written into /proc/sys/vm. */
  readonly vm: VmSettings;
  /** One per zone index, empty zones included, Normal and Movable always there. */
  readonly zones: readonly LimitsZone[];
}

/** What the kernel derives for one zone. Pages. */
export interface ZoneLimits extends PcpLimits {
  /** min, low, high, promo, without boost. */
  readonly watermarks: Watermarks;
  /** Pages, one per zone index. */
  readonly lowmemReserve: readonly number[];
  /** stat_threshold: how far a per-CPU counter may be ahead of the zone's. */
  readonly statThreshold: number;
  /** percpu_drift_mark: below it the kernel sums the per-CPU counters. */
  readonly percpuDriftMark: number;
  /** PCPF_FREE_HIGH_BATCH (6.7+): a CPU's cache slice holds more than three batches. */
  readonly freeHighBatch: boolean;
}

/** What the kernel derives from the sizes of its zones. */
export interface Limits {
  /** min_free_kbytes, KiB. */
  readonly minFreeKbytes: number;
  /** totalreserve_pages: what is kept from page cache and overcommit, pages. */
  readonly totalReservePages: number;
  /** One per zone index, as in the input. */
  readonly zones: readonly ZoneLimits[];
}

interface BootMarks {
  readonly minFreeKbytes: number;
  /** From the square-root rule; what the counter thresholds were computed with. */
  readonly first: readonly Watermarks[];
  readonly final: readonly Watermarks[];
}

/** Watermarks as the boot leaves them, before anybody writes a sysctl. */
function bootMarks(input: LimitsInput, zones: readonly ZoneSize[], profile: KernelProfile): BootMarks {
  const { pageShift, pageblockOrder, thp } = input;
  const marksFor = (kbytes: number) =>
    zoneWatermarks(zones, kbytes, DEFAULT_WATERMARK_SCALE_FACTOR, pageShift, profile);
  const none = zones.map(() => NO_WATERMARKS);
  const firstKbytes = defaultMinFreeKbytes(freeBufferPages(zones, none), pageShift);
  const first = marksFor(firstKbytes);
  if (thp === "none" || !hasMemoryForThp(zones, pageShift)) {
    return { minFreeKbytes: firstKbytes, first, final: first };
  }
  const buffer = freeBufferPages(zones, first);
  const minFreeKbytes =
    thp === "never"
      ? defaultMinFreeKbytes(buffer, pageShift)
      : Math.max(firstKbytes, recommendedMinFreeKbytes(zones, buffer, pageblockOrder, pageShift));
  return { minFreeKbytes, first, final: marksFor(minFreeKbytes) };
}

function reserveRatios(vm: VmSettings): Record<ZoneName, number> {
  return { ...DEFAULT_LOWMEM_RESERVE_RATIO, ...vm.lowmemReserveRatio };
}

/** Everything that the kernel derives from the sizes of its zones. Sizes in pages; pure. */
export function computeLimits(input: LimitsInput): Limits {
  const { vm, cpus, pageShift } = input;
  const profile = kernelProfiles[input.kernel];
  const boot: readonly ZoneSize[] = input.zones.map((zone) => ({ ...zone, managed: zone.bootManaged }));
  const marks = bootMarks(input, boot, profile);

  // Writing min_free_kbytes or watermark_scale_factor computes watermarks and pcp limits again.
  const rewritten = vm.minFreeKbytes !== undefined || vm.watermarkScaleFactor !== undefined;
  const minFreeKbytes = vm.minFreeKbytes ?? marks.minFreeKbytes;
  const scale = vm.watermarkScaleFactor ?? DEFAULT_WATERMARK_SCALE_FACTOR;
  const watermarks = rewritten
    ? zoneWatermarks(input.zones, minFreeKbytes, scale, pageShift, profile)
    : marks.final;
  const reserves = lowmemReserves(
    vm.lowmemReserveRatio === undefined ? boot : input.zones,
    reserveRatios(vm),
  );

  const fraction = vm.percpuPagelistHighFraction ?? 0;
  const pcpZones = rewritten || fraction > 0 ? input.zones : boot;
  const zones = input.zones.map((zone, index): ZoneLimits => {
    const own = watermarks[index] ?? NO_WATERMARKS;
    const lowmemReserve = reserves[index] ?? [];
    if (zone.present === 0) return { ...EMPTY_ZONE_LIMITS, watermarks: own, lowmemReserve };
    const pcp = pcpLimits(pcpZones[index]?.managed ?? 0, own, cpus, fraction, pageShift, profile);
    const threshold = statThreshold(zone.bootManaged, cpus, pageShift);
    return {
      ...pcp,
      watermarks: own,
      lowmemReserve,
      statThreshold: threshold,
      percpuDriftMark: driftMark(marks.first[index] ?? NO_WATERMARKS, threshold, cpus),
      freeHighBatch: keepsBatchInCache(pcp.batch, input.cacheSlice, pageShift, profile),
    };
  });
  const late = rewritten || vm.lowmemReserveRatio !== undefined;
  const total = totalReservePages(late ? input.zones : boot, watermarks, reserves);
  return { minFreeKbytes, totalReservePages: total, zones };
}

const EMPTY_ZONE_LIMITS = {
  batch: 0,
  highMin: 0,
  highMax: 0,
  statThreshold: 0,
  percpuDriftMark: 0,
  freeHighBatch: false,
} as const;
