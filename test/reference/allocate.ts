// Knows: the path of one request: its flags, the zones in turn, the fast try and the slow tries.
// Must not know: how a zone finds a block.
// Kernel: __alloc_pages, prepare_alloc_pages, alloc_flags_nofragment, gfp_to_alloc_flags, get_page_from_freelist,
//   rmqueue, __alloc_pages_slowpath up to the point where it would compact or reclaim, alloc_pages_bulk; 6.12 and 6.1.

import { AllocFlag, Gfp, Migratetype, PcpRule, ReserveRule, Status } from "../../assembly/abi/vocabulary.js";
import { reserveHighatomic } from "./fallback.js";
import { highestZone, type Machine, migratetypeOf } from "./machine.js";
import { allocateFromPcp, servesOrder, takeFromPcp } from "./pcp.js";
import { takeFromBuddy } from "./rmqueue.js";
import { markOf, watermarkFast } from "./watermark.js";
import type { Zone } from "./zone.js";

export interface Request {
  readonly gfp: number;
  readonly order: number;
  readonly type: Migratetype;
  readonly highestZone: number;
  /** Highest first. */
  readonly zonelist: readonly Zone[];
  /** The per-CPU lists cannot be locked: everything comes from the buddy lists. */
  readonly direct: boolean;
}

export interface Found {
  readonly zone: Zone;
  readonly pfn: number;
}

export interface Outcome {
  readonly status: Status;
  readonly found: Found | undefined;
  readonly slow: boolean;
}

/** The request as the allocator sees it, or why it is refused. */
export function prepare(machine: Machine, gfp: number, order: number, direct = false): Request | Status {
  if (!Number.isInteger(order) || order < 0 || order > machine.geometry.maxOrder) return Status.BAD_ORDER;
  const highest = highestZone(machine.geometry, gfp);
  if (highest === undefined) return Status.BAD_ZONE;
  const type = migratetypeOf(machine, gfp);
  if (type === undefined) return Status.BAD_TYPE;
  const usable = machine.zones.filter((zone) => zone.index <= highest && zone.present > 0);
  return { gfp, order, type, highestZone: highest, zonelist: usable.reverse(), direct };
}

function cmaFlag(request: Request): number {
  return request.type === Migratetype.MOVABLE ? AllocFlag.CMA : 0;
}

function fastFlags(machine: Machine, request: Request): number {
  const { normalZone, dma32Zone } = machine.geometry;
  const preferred = request.zonelist[0];
  const nofragment = dma32Zone >= 0 && preferred?.index === normalZone ? AllocFlag.NOFRAGMENT : 0;
  const kswapd = request.gfp & Gfp.KSWAPD_RECLAIM ? AllocFlag.KSWAPD : 0;
  return AllocFlag.WMARK_LOW | kswapd | nofragment | cmaFlag(request);
}

function slowFlags(request: Request): number {
  const { gfp, order } = request;
  let flags = AllocFlag.WMARK_MIN | cmaFlag(request);
  if (gfp & Gfp.KSWAPD_RECLAIM) flags |= AllocFlag.KSWAPD;
  if (gfp & Gfp.HIGH) flags |= AllocFlag.MIN_RESERVE;
  if ((gfp & (Gfp.DIRECT_RECLAIM | Gfp.NOMEMALLOC)) === 0) {
    flags |= AllocFlag.NON_BLOCK;
    if (order > 0 && gfp & Gfp.HIGH) flags |= AllocFlag.HIGHATOMIC;
  }
  return flags;
}

function mayIgnoreWatermarks(gfp: number): boolean {
  return (gfp & Gfp.MEMALLOC) !== 0 && (gfp & Gfp.NOMEMALLOC) === 0;
}

/** Costly or unmovable high orders try compaction before anything else is tried again. */
function compactsFirst(machine: Machine, request: Request): boolean {
  const { gfp, order, type } = request;
  const mayCompact = (gfp & Gfp.DIRECT_RECLAIM) !== 0 && (gfp & Gfp.IO) !== 0;
  const wants = order > machine.geometry.costlyOrder || (order > 0 && type !== Migratetype.MOVABLE);
  return mayCompact && wants && !mayIgnoreWatermarks(gfp);
}

/** The whole path. Ends where the kernel would return, or would start to compact or reclaim. */
export function allocatePages(machine: Machine, prepared: Request): Outcome {
  let request = prepared;
  let found = tryZones(machine, request, fastFlags(machine, request));
  if (found !== undefined) return { status: Status.OK, found, slow: false };
  if (request.zonelist.length === 0) return { status: Status.NO_PAGE, found: undefined, slow: true };

  const mayReclaim = (request.gfp & Gfp.DIRECT_RECLAIM) !== 0;
  const dropsAtomic = machine.rules.reserve === ReserveRule.WHOLE_RESERVE && mayReclaim;
  if (dropsAtomic) request = { ...request, gfp: request.gfp & ~Gfp.ATOMIC };
  let flags = slowFlags(request);
  if (flags & AllocFlag.KSWAPD) machine.kswapdWakeups += 1;
  found = tryZones(machine, request, flags);
  if (found !== undefined) return { status: Status.OK, found, slow: true };
  if (compactsFirst(machine, request)) return { status: Status.WOULD_RECLAIM, found: undefined, slow: true };

  if (flags & AllocFlag.KSWAPD) machine.kswapdWakeups += 1;
  if (mayIgnoreWatermarks(request.gfp)) {
    flags = AllocFlag.NO_WATERMARKS | cmaFlag(request) | (flags & AllocFlag.KSWAPD);
  }
  found = tryZones(machine, request, flags);
  if (found !== undefined) return { status: Status.OK, found, slow: true };
  return { status: mayReclaim ? Status.WOULD_RECLAIM : Status.NO_PAGE, found: undefined, slow: true };
}

/** Every zone in turn; with NOFRAGMENT a second round without it. */
function tryZones(machine: Machine, request: Request, flags: number): Found | undefined {
  for (const zone of request.zonelist) {
    if (!mayUseZone(machine, zone, request, flags)) continue;
    const pfn = takeFromZone(machine, zone, request, flags);
    if (pfn === undefined) continue;
    if (flags & AllocFlag.HIGHATOMIC) reserveHighatomic(machine, zone, pfn, request.order);
    return { zone, pfn };
  }
  if (flags & AllocFlag.NOFRAGMENT) return tryZones(machine, request, flags & ~AllocFlag.NOFRAGMENT);
  return undefined;
}

/** 6.12 looks at the high mark first, to notice when a zone falls below it. */
function mayUseZone(machine: Machine, zone: Zone, request: Request, flags: number): boolean {
  const passes = (mark: number): boolean =>
    watermarkFast(machine, zone, request.order, mark, request.highestZone, flags, request.gfp);
  if (machine.rules.pcp === PcpRule.AUTO_TUNED && !zone.belowHigh) {
    if (passes(zone.watermark.high + zone.boost)) return true;
    zone.belowHigh = true;
  }
  return passes(markOf(zone, flags)) || (flags & AllocFlag.NO_WATERMARKS) !== 0;
}

function takeFromZone(machine: Machine, zone: Zone, request: Request, flags: number): number | undefined {
  const { order, type, direct } = request;
  let pfn: number | undefined;
  if (!direct && servesOrder(machine.geometry, order)) {
    pfn = allocateFromPcp(machine, zone, order, type, flags);
  }
  pfn ??= takeFromBuddy(machine, zone, order, type, flags);
  const anyoneWakes = machine.rules.reserve === ReserveRule.WHOLE_RESERVE;
  if (zone.boosted && (anyoneWakes || flags & AllocFlag.KSWAPD)) {
    zone.boosted = false;
    machine.kswapdWakeups += 1;
  }
  return pfn;
}

/** Several single pages at once from one zone's per-CPU list; where that is not possible, one page. */
export function allocateBulk(machine: Machine, request: Request, count: number): Found[] {
  const pages: Found[] = [];
  const zone = count > 1 ? zoneForBulk(machine, request, count) : undefined;
  if (zone !== undefined) {
    const flags = AllocFlag.WMARK_LOW | cmaFlag(request);
    while (pages.length < count) {
      const pfn = takeFromPcp(machine, zone, 0, request.type, flags);
      if (pfn === undefined) break;
      pages.push({ zone, pfn });
    }
  }
  if (pages.length === 0 && count > 0) {
    const single = allocatePages(machine, request).found;
    if (single !== undefined) pages.push(single);
  }
  return pages;
}

/** The first zone whose low mark holds after the whole lot; the reserve is that of the PREFERRED zone's index. */
function zoneForBulk(machine: Machine, request: Request, count: number): Zone | undefined {
  const flags = AllocFlag.WMARK_LOW | cmaFlag(request);
  const preferred = request.zonelist[0]?.index ?? 0;
  return request.zonelist.find((zone) =>
    watermarkFast(machine, zone, 0, markOf(zone, flags) + count, preferred, flags, request.gfp),
  );
}
