// Knows: the kernel's arithmetic for the per-CPU lists of a zone and for its per-CPU counters.
// Must not know: devices, zones other than the one asked about, when each rule is run (see limits).
//
// Models: zone_batchsize(), zone_highsize(), zone_set_pageset_high_and_batch(), zone_pcp_update_cacheinfo()
// of mm/page_alloc.c, calculate_normal_threshold() and refresh_zone_stat_thresholds() of mm/vmstat.c;
// Linux 6.12, and 6.1 where it differs.

import { type KernelProfile, MIN_HIGH_FRACTION } from "./kernel.js";
import type { Watermarks } from "./watermarks.js";

/** Limits of one zone's per-CPU lists, pages; equal on every CPU. 6.1 has one high: highMin = highMax. */
export interface PcpLimits {
  /** Pages moved at a time between a per-CPU list and the buddy lists. */
  readonly batch: number;
  /** Lower limit of high; the one high of kernels before 6.7. */
  readonly highMin: number;
  /** Upper limit of high. */
  readonly highMax: number;
}

/** `fls`: the position of the highest set bit, counted from 1; 0 for 0. */
export function findLastSet(n: number): number {
  return n < 1 ? 0 : Math.floor(Math.log2(n)) + 1;
}

/** A thousandth of the zone or 1 MiB, whichever is less; a quarter of it, times 1.5, as 2^n - 1; at least 1. */
export function pcpBatch(managed: number, pageShift: number): number {
  const target = Math.min(Math.floor(managed / 1024), 2 ** (20 - pageShift));
  const quarter = Math.max(Math.floor(target / 4), 1);
  const scaled = quarter + Math.floor(quarter / 2);
  return Math.max(2 ** (findLastSet(scaled) - 1) - 1, 1);
}

/** A CPU's share of the low watermark, or of managed / fraction; at least four batches. */
function highSize(managed: number, low: number, batch: number, cpus: number, fraction: number): number {
  const total = fraction === 0 ? low : Math.floor(managed / fraction);
  return Math.max(Math.floor(total / cpus), batch * 4);
}

/** Limits of a populated zone. `fraction` is percpu_pagelist_high_fraction; 0 leaves the high to the watermark. */
export function pcpLimits(
  managed: number,
  marks: Watermarks,
  cpus: number,
  fraction: number,
  pageShift: number,
  profile: KernelProfile,
): PcpLimits {
  const batch = pcpBatch(managed, pageShift);
  const highMin = highSize(managed, marks.low, batch, cpus, fraction);
  const tuned = profile.autoTunesPcp && fraction === 0;
  const highMax = tuned ? highSize(managed, marks.low, batch, cpus, MIN_HIGH_FRACTION) : highMin;
  return { batch, highMin, highMax };
}

/** PCPF_FREE_HIGH_BATCH (6.7+): a CPU's cache slice holds more than three batches. */
export function keepsBatchInCache(
  batch: number,
  cacheSliceBytes: number,
  pageShift: number,
  profile: KernelProfile,
): boolean {
  return profile.autoTunesPcp && Math.floor(cacheSliceBytes / 2 ** pageShift) > 3 * batch;
}

/** stat_threshold: by how many pages a CPU's differential may be off, at most 125. */
export function statThreshold(managed: number, cpus: number, pageShift: number): number {
  // 2^27 bytes = 128 MiB
  const mem = Math.floor(managed / 2 ** (27 - pageShift));
  return Math.min(125, 2 * findLastSet(cpus) * (1 + findLastSet(mem)));
}

/**
 * percpu_drift_mark: below it the kernel adds up all differentials before it trusts a watermark check.
 * Set when the CPUs together may be off by more than the distance from min to low; never cleared, so that
 * the mark which the last CPU set while it came online, before there were watermarks, may remain.
 * @param marks the zone's first watermarks of this boot, from the square-root rule
 */
export function driftMark(marks: Watermarks, threshold: number, cpus: number): number {
  const drift = cpus * threshold;
  if (drift > marks.low - marks.min) return marks.high + drift;
  return cpus > 1 ? drift : 0;
}
