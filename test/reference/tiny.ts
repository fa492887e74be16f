// Knows: how to describe a small machine for fuzz tests: a few pageblocks, all frames still reserved.
// Must not know: what the tests do with it (freeBoot makes the frames free, in both models).
// Kernel: geometry is free data here; the numbers need not be those of any real configuration.

import { Migratetype } from "../../assembly/abi/vocabulary.js";
import type { ReferenceAreaState } from "./cma.js";
import type { ReferencePcpState, ReferenceState, ReferenceZoneState } from "./types.js";

export interface TinyZone {
  readonly index: number;
  readonly name: string;
  readonly start: number;
  readonly pages: number;
  readonly min: number;
  readonly low: number;
  readonly high: number;
  /** One number per zone index. */
  readonly lowmemReserve: readonly number[];
  readonly batch: number;
  readonly highMin: number;
  readonly highMax: number;
  readonly statThreshold: number;
  /** Pageblocks at the end of the zone that form a CMA area. */
  readonly cmaPageblocks: number;
}

export interface TinyMachine {
  readonly release: string;
  readonly pageShift: number;
  readonly maxOrder: number;
  readonly pageblockOrder: number;
  readonly cpus: number;
  readonly maxZones: number;
  readonly boostFactor: number;
  readonly zones: readonly TinyZone[];
}

export function tinyState(tiny: TinyMachine): ReferenceState & { areas: ReferenceAreaState[] } {
  const pageblockPages = 2 ** tiny.pageblockOrder;
  return {
    release: tiny.release,
    constants: {
      page_shift: tiny.pageShift,
      max_page_order: tiny.maxOrder,
      pageblock_order: tiny.pageblockOrder,
      migrate_types: 6,
      pcptypes: 3,
      nr_pcp_lists: 14,
      nr_loworder_pcp_lists: 12,
      pcp_batch_scale_max: 5,
      max_nr_zones: tiny.maxZones,
      costly_order: 3,
      cma_min_align_pages: pageblockPages,
    },
    sys: { watermark_boost_factor: tiny.boostFactor, page_group_by_mobility_disabled: 0 },
    cpus: Array.from({ length: tiny.cpus }, (_, cpu) => cpu),
    zones: tiny.zones.map((zone) => tinyZone(tiny, zone)),
    areas: tiny.zones.flatMap((zone) => tinyArea(zone, pageblockPages)),
  };
}

function tinyZone(tiny: TinyMachine, zone: TinyZone): ReferenceZoneState {
  const pageblockPages = 2 ** tiny.pageblockOrder;
  const first = zone.start - (zone.start % pageblockPages);
  const blocks = Math.ceil((zone.start + zone.pages - first) / pageblockPages);
  const types = new Uint8Array(blocks).fill(Migratetype.MOVABLE);
  types.fill(Migratetype.CMA, blocks - zone.cmaPageblocks);
  return {
    index: zone.index,
    name: zone.name,
    start: zone.start,
    spanned: zone.pages,
    present: zone.pages,
    managed: zone.pages,
    cmaPages: zone.cmaPageblocks * pageblockPages,
    watermark: { min: zone.min, low: zone.low, high: zone.high, promo: zone.high, boost: 0 },
    lowmemReserve: zone.lowmemReserve,
    flags: { boosted: false, reclaimActive: false, belowHigh: false },
    counters: {
      nrReservedHighatomic: 0,
      nrFreeHighatomic: 0,
      nrIsolatePageblock: 0,
      freePages: 0,
      freeCma: 0,
    },
    pcps: Array.from({ length: tiny.cpus }, (_, cpu) => tinyPcp(tiny, zone, cpu)),
    nrFree: Array.from({ length: tiny.maxOrder + 1 }, () => 0),
    free: [],
    pageblocks: { start: first, types },
    runs: [{ kind: "R", start: zone.start, length: zone.pages }],
  };
}

/** The 6.1 kernel has one limit; it is highMin here. */
function tinyPcp(tiny: TinyMachine, zone: TinyZone, cpu: number): ReferencePcpState {
  const fixed = tiny.release.startsWith("6.1.");
  return {
    cpu,
    count: 0,
    high: fixed ? zone.highMin : 0,
    highMin: zone.highMin,
    highMax: fixed ? zone.highMin : zone.highMax,
    batch: zone.batch,
    flags: 0,
    allocFactor: 0,
    freeCount: 0,
    freeFactor: 0,
    statThreshold: zone.statThreshold,
    diffFree: 0,
    diffCma: 0,
    lists: [],
  };
}

function tinyArea(zone: TinyZone, pageblockPages: number): ReferenceAreaState[] {
  if (zone.cmaPageblocks === 0) return [];
  const count = zone.cmaPageblocks * pageblockPages;
  const basePfn = zone.start + zone.pages - count;
  return [{ index: 0, name: zone.name, basePfn, count, orderPerBit: 0, bitmapBits: count, set: [] }];
}
