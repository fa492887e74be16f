// Knows: what a machine consists of: geometry as data, the chosen rules, zones, CPUs, and whose turn it is.
// Must not know: how anything is allocated or freed.
// Kernel: include/linux/mmzone.h, the GFP_ZONE_TABLE of include/linux/gfp.h; 6.12 and 6.1.

import { Gfp, Migratetype, PcpRule } from "../../assembly/abi/vocabulary.js";
import type { ReferenceRules } from "./types.js";
import type { Zone } from "./zone.js";

export const NO_ORDER = -1;

export interface Geometry {
  readonly maxOrder: number;
  readonly pageblockOrder: number;
  readonly pageblockPages: number;
  readonly costlyOrder: number;
  /** Order on the two THP per-CPU lists, NO_ORDER when there are none. */
  readonly thpOrder: number;
  readonly pcpLists: number;
  readonly batchScaleMax: number;
  /** Zone indexes; -1 where the kernel has no such zone. */
  readonly dmaZone: number;
  readonly dma32Zone: number;
  readonly normalZone: number;
  readonly movableZone: number;
}

export interface Settings {
  watermarkBoostFactor: number;
  mobilityDisabled: boolean;
}

/** A pending answer for the next pageblock claims: how many pages of the block count as movable. */
export type MovableHints = number[];

export interface Machine {
  readonly geometry: Geometry;
  readonly rules: ReferenceRules;
  readonly settings: Settings;
  readonly cpus: readonly number[];
  /** Ascending index, memory zones only. */
  readonly zones: readonly Zone[];
  /** The CPU that executes: its counter differentials take what happens. */
  cpu: number;
  readonly movableHints: MovableHints;
  kswapdWakeups: number;
}

export function geometryOf(
  constants: Readonly<Record<string, number>>,
  zones: readonly { readonly index: number; readonly name: string }[],
  rules: ReferenceRules,
): Geometry {
  const constant = (name: string): number => {
    const value = constants[name];
    if (value === undefined) throw new Error(`the state has no constant ${name}`);
    return value;
  };
  const pageblockOrder = constant("pageblock_order");
  const costlyOrder = constant("costly_order");
  const pcpLists = constant("nr_pcp_lists");
  const hasThp = pcpLists > (costlyOrder + 1) * 3;
  const hugeOrder = rules.pcp === PcpRule.AUTO_TUNED ? constant("page_shift") - 3 : pageblockOrder;
  const movableZone = constant("max_nr_zones") - 1;
  const named = (name: string): number => zones.find((zone) => zone.name === name)?.index ?? -1;
  return {
    maxOrder: constant("max_page_order"),
    pageblockOrder,
    pageblockPages: 2 ** pageblockOrder,
    costlyOrder,
    thpOrder: hasThp ? hugeOrder : NO_ORDER,
    pcpLists,
    batchScaleMax: constant("pcp_batch_scale_max"),
    ...lowZones(movableZone, named("DMA"), named("DMA32")),
    normalZone: movableZone - 1,
    movableZone,
  };
}

/** Zone indexes are consecutive: [DMA] [DMA32] Normal Movable. A zone without memory may lack its name. */
function lowZones(
  movableZone: number,
  dmaNamed: number,
  dma32Named: number,
): { dmaZone: number; dma32Zone: number } {
  if (movableZone >= 3) return { dmaZone: 0, dma32Zone: 1 };
  if (movableZone < 2) return { dmaZone: -1, dma32Zone: -1 };
  if (dmaNamed === 0) return { dmaZone: 0, dma32Zone: -1 };
  return { dmaZone: -1, dma32Zone: dma32Named === 0 || dmaNamed < 0 ? 0 : -1 };
}

/** The highest zone index that a request may use; undefined for a combination the kernel calls bad. */
export function highestZone(geometry: Geometry, gfp: number): number | undefined {
  const { dmaZone, dma32Zone, normalZone, movableZone } = geometry;
  const movable = (gfp & Gfp.MOVABLE) !== 0;
  switch (gfp & (Gfp.DMA | Gfp.HIGHMEM | Gfp.DMA32)) {
    case 0:
      return normalZone;
    case Gfp.DMA:
      return dmaZone >= 0 ? dmaZone : normalZone;
    case Gfp.DMA32:
      return dma32Zone >= 0 ? dma32Zone : normalZone;
    case Gfp.HIGHMEM:
      return movable ? movableZone : normalZone;
    default:
      return undefined;
  }
}

/** The migratetype that a request asks for; undefined when it asks for two. */
export function migratetypeOf(machine: Machine, gfp: number): Migratetype | undefined {
  const movable = (gfp & Gfp.MOVABLE) !== 0;
  const reclaimable = (gfp & Gfp.RECLAIMABLE) !== 0;
  if (movable && reclaimable) return undefined;
  if (machine.settings.mobilityDisabled) return Migratetype.UNMOVABLE;
  if (movable) return Migratetype.MOVABLE;
  return reclaimable ? Migratetype.RECLAIMABLE : Migratetype.UNMOVABLE;
}

/** U, M and R may merge and replace each other; HIGHATOMIC, CMA and ISOLATE stay apart. */
export function isOrdinary(type: number): boolean {
  return type === Migratetype.UNMOVABLE || type === Migratetype.MOVABLE || type === Migratetype.RECLAIMABLE;
}

export function zoneOf(machine: Machine, pfn: number): Zone | undefined {
  return machine.zones.find((zone) => zone.spans(pfn));
}

/** The kernel's clamp(): the UPPER bound is tested first, which matters when the bounds are crossed. */
export function clamp(value: number, low: number, high: number): number {
  return value >= high ? high : Math.max(value, low);
}
