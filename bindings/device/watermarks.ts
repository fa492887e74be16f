// Knows: the kernel's arithmetic from zone sizes to min_free_kbytes, watermarks and reserves.
// Must not know: devices, per-CPU lists, when each rule is run (see limits).
//
// Models: calculate_min_free_kbytes(), __setup_per_zone_wmarks(), setup_per_zone_lowmem_reserve(),
// calculate_totalreserve_pages(), nr_free_zone_pages() of mm/page_alloc.c and
// set_recommended_min_free_kbytes() of mm/khugepaged.c; Linux 6.12, and 6.1 where it differs.

import { largest } from "../engine/extent.js";
import { isMovableOnly, type KernelProfile, PCP_TYPES, type ZoneName } from "./kernel.js";

/** Pages. Without the boost, which the machine adds itself. */
export interface Watermarks {
  /** WMARK_MIN: below it only requests with reserves are served. */
  readonly min: number;
  /** WMARK_LOW: below it kswapd is woken. */
  readonly low: number;
  /** WMARK_HIGH: kswapd stops here. */
  readonly high: number;
  /** WMARK_PROMO of memory tiering. */
  readonly promo: number;
}

/** One zone as the rules below see it; all counts in pages, one entry per zone index. */
export interface ZoneSize {
  /** Which zone. */
  readonly name: ZoneName;
  /** Pages that memory is behind. */
  readonly present: number;
  /** Pages that the allocator manages. */
  readonly managed: number;
}

export const NO_WATERMARKS: Watermarks = { min: 0, low: 0, high: 0, promo: 0 };

/** `int_sqrt`: the largest integer whose square is not above n (n below 2^53). */
export function integerSqrt(n: number): number {
  let root = Math.floor(Math.sqrt(n));
  while (root * root > n) root--;
  while ((root + 1) * (root + 1) <= n) root++;
  return root;
}

/**
 * `nr_free_buffer_pages`: what the zones up to Normal hold above their high watermark.
 * At the first call of a boot the watermarks are still 0.
 */
export function freeBufferPages(zones: readonly ZoneSize[], marks: readonly Watermarks[]): number {
  let sum = 0;
  zones.forEach((zone, index) => {
    const high = (marks[index] ?? NO_WATERMARKS).high;
    if (!isMovableOnly(zone.name) && zone.managed > high) sum += zone.managed - high;
  });
  return sum;
}

/** The square-root rule, KiB: sqrt(16 * lowmem in KiB), at least 128 and at most 262144. */
export function defaultMinFreeKbytes(bufferPages: number, pageShift: number): number {
  const lowmemKbytes = bufferPages * 2 ** (pageShift - 10);
  return Math.min(Math.max(integerSqrt(lowmemKbytes * 16), 128), 262_144);
}

/** What khugepaged asks for, KiB: 2 + 3 * 3 pageblocks for each zone, but never above 5 % of lowmem. */
export function recommendedMinFreeKbytes(
  zones: readonly ZoneSize[],
  bufferPages: number,
  pageblockOrder: number,
  pageShift: number,
): number {
  const populated = zones.filter((zone) => zone.present > 0 && !isMovableOnly(zone.name)).length;
  const wanted = 2 ** pageblockOrder * populated * (2 + PCP_TYPES * PCP_TYPES);
  return Math.min(wanted, Math.floor(bufferPages / 20)) * 2 ** (pageShift - 10);
}

/** hugepage_init() switches THP off on machines below 512 MiB (2^29 bytes) of managed memory. */
export function hasMemoryForThp(zones: readonly ZoneSize[], pageShift: number): boolean {
  const total = zones.reduce((sum, zone) => sum + zone.managed, 0);
  return total >= 2 ** (29 - pageShift);
}

/**
 * Watermarks of every zone from min_free_kbytes. A zone's min is its share of the lowmem; low, high and
 * promo follow at equal steps: a quarter of the share, or managed * scale / 10000 when that is more.
 */
export function zoneWatermarks(
  zones: readonly ZoneSize[],
  minFreeKbytes: number,
  scaleFactor: number,
  pageShift: number,
  profile: KernelProfile,
): Watermarks[] {
  const pagesMin = Math.floor(minFreeKbytes / 2 ** (pageShift - 10));
  const ownMin = (zone: ZoneSize) => profile.movableHasOwnMin && isMovableOnly(zone.name);
  const lowmem = zones.reduce((sum, zone) => sum + (ownMin(zone) ? 0 : zone.managed), 0);
  return zones.map((zone) => {
    if (lowmem === 0) return NO_WATERMARKS;
    const share = Math.floor((pagesMin * zone.managed) / lowmem);
    // SWAP_CLUSTER_MAX = 32
    const min = ownMin(zone) ? Math.min(Math.max(Math.floor(zone.managed / 1024), 32), 128) : share;
    const step = Math.max(Math.floor(share / 4), Math.floor((zone.managed * scaleFactor) / 10_000));
    return { min, low: min + step, high: min + 2 * step, promo: min + 3 * step };
  });
}

/**
 * lowmem_reserve[j] of each zone: the managed pages of the zones above it up to j, divided by its ratio.
 * A request that could have used zone j leaves that many pages in this one.
 */
export function lowmemReserves(
  zones: readonly ZoneSize[],
  ratios: Readonly<Partial<Record<ZoneName, number>>>,
): number[][] {
  return zones.map((zone, index) => {
    const ratio = ratios[zone.name] ?? 0;
    let above = 0;
    return zones.map((upper, j) => {
      if (j <= index) return 0;
      above += upper.managed;
      return ratio < 1 || zone.managed === 0 ? 0 : Math.floor(above / ratio);
    });
  });
}

/** `totalreserve_pages`: high watermark plus the largest lowmem_reserve of each zone, at most the zone itself. */
export function totalReservePages(
  zones: readonly ZoneSize[],
  marks: readonly Watermarks[],
  reserves: readonly (readonly number[])[],
): number {
  return zones.reduce((sum, zone, index) => {
    const reserve = largest(reserves[index] ?? [], 0);
    return sum + Math.min(reserve + (marks[index] ?? NO_WATERMARKS).high, zone.managed);
  }, 0);
}
