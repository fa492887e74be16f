// Knows: where each zone lies and its sizes, marks, reserves and per-CPU limits: from zoneinfo, or by the kernel's formulas.
// Must not know: which frames are free.

import type { ZoneName } from "../device/kernel.js";
import { kernelProfiles } from "../device/kernel.js";
import { computeLimits, type ZoneLimits } from "../device/limits.js";
import { type PcpLimits, pcpLimits } from "../device/pcp.js";
import type { Pageset } from "../importers/facts.js";
import type { StateGeometry } from "./geometry.js";
import type { Given, Zoneinfo, ZoneTable } from "./given.js";
import type { Notes } from "./notes.js";

/** Lists of one CPU, as they will be; pages. */
export interface PcpPlan {
  readonly cpu: number;
  /** Pages that the lists are to hold. */
  readonly count: number;
  readonly high: number;
  readonly highMin: number;
  readonly highMax: number;
  readonly batch: number;
  readonly threshold: number;
}

/** A zone with memory. Pages. */
export interface ZonePlan {
  readonly index: number;
  readonly name: string;
  readonly start: number;
  readonly spanned: number;
  readonly present: number;
  readonly managed: number;
  readonly boost: number;
  /** Raw marks, without the boost. */
  readonly marks: {
    readonly min: number;
    readonly low: number;
    readonly high: number;
    readonly promo: number;
  };
  readonly lowmemReserve: readonly number[];
  readonly pcps: readonly PcpPlan[];
  /** undefined: neither pagetypeinfo nor buddyinfo counts this zone. */
  readonly table: ZoneTable | undefined;
}

/** Where a zone lies and how large it is. */
export interface ZoneSpanPlan {
  readonly name: string;
  readonly start: number;
  readonly spanned: number;
  readonly present: number;
  readonly managed: number;
}

/** The zones with memory of /proc/zoneinfo; undefined when it lacks a number that nothing else tells. */
export function spansOfZoneinfo(zoneinfo: readonly Zoneinfo[]): ZoneSpanPlan[] | undefined {
  const spans: ZoneSpanPlan[] = [];
  for (const { name, fact, detail } of zoneinfo) {
    const { spanned, present, startPfn } = detail;
    if (present === 0 || spanned === 0) continue;
    if (spanned === null || startPfn === null) return undefined;
    const known = present ?? spanned;
    spans.push({ name, start: startPfn, spanned, present: known, managed: fact.managed ?? known });
  }
  return spans.length > 0 ? spans : undefined;
}

function limitsOf(geometry: StateGeometry, spans: readonly ZoneSpanPlan[]): readonly ZoneLimits[] {
  const zones = geometry.zoneNames.map((name) => {
    const span = spans.find((candidate) => candidate.name === name);
    const managed = span?.managed ?? 0;
    // HighMem is no name of the formulas; like Normal it takes its share of the marks.
    const known = (["DMA", "DMA32", "Normal", "Movable"].includes(name) ? name : "Normal") as ZoneName;
    return { name: known, present: span?.present ?? 0, managed, bootManaged: managed };
  });
  const { kernel, pageShift, pageblockOrder, cpus } = geometry;
  return computeLimits({
    kernel,
    pageShift,
    pageblockOrder,
    cpus,
    thp: "madvise",
    cacheSlice: 0,
    vm: {},
    zones,
  }).zones;
}

/** 6.1 has one fixed high; later kernels tune it between two limits. */
function pcpOf(
  cpu: number,
  set: Pageset | undefined,
  limits: PcpLimits,
  threshold: number,
  tuned: boolean,
): PcpPlan {
  const high = set?.high ?? limits.highMin;
  return {
    cpu,
    count: set?.count ?? 0,
    high,
    highMin: tuned ? (set?.highMin ?? limits.highMin) : high,
    highMax: tuned ? (set?.highMax ?? limits.highMax) : high,
    batch: Math.max(1, set?.batch ?? limits.batch),
    threshold: set?.threshold ?? threshold,
  };
}

/** Zones with memory, complete. */
export function planZones(
  given: Given,
  geometry: StateGeometry,
  spans: readonly ZoneSpanPlan[],
  notes: Notes,
): ZonePlan[] {
  const limits = limitsOf(geometry, spans);
  const profile = kernelProfiles[geometry.kernel];
  if (given.zoneinfo.length === 0)
    notes.assume("watermarks, reserves and per-CPU limits by the kernel's formulas");
  return spans.map((span) => {
    const index = geometry.zoneNames.indexOf(span.name);
    const byRule = limits[index]!;
    const info = given.zoneinfo.find(({ name }) => name === span.name);
    const boost = info?.detail.boost ?? 0;
    const raw = (value: number | null | undefined, rule: number) =>
      Math.max(0, (value ?? rule + boost) - boost);
    const { watermarks } = byRule;
    const marks = {
      min: raw(info?.fact.min, watermarks.min),
      low: raw(info?.fact.low, watermarks.low),
      high: raw(info?.detail.high, watermarks.high),
      promo: raw(info?.detail.promo, watermarks.promo),
    };
    const own = pcpLimits(span.managed, marks, geometry.cpus, 0, geometry.pageShift, profile);
    const sets = info?.detail.pagesets ?? [];
    const pcps = Array.from({ length: geometry.cpus }, (_, cpu) => {
      const set = sets.find((candidate) => candidate.cpu === cpu);
      return pcpOf(cpu, set, own, byRule.statThreshold, profile.autoTunesPcp);
    });
    const told = info?.detail.protection ?? [];
    const lowmemReserve = geometry.zoneNames.map((_, i) => told[i] ?? byRule.lowmemReserve[i] ?? 0);
    const table = given.tables.find(({ name }) => name === span.name);
    return { ...span, index, boost, marks, lowmemReserve, pcps, table };
  });
}
