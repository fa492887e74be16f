// Knows: what becomes of a device's zones where its CMA areas are a zone of their own.
// Must not know: who wants that, what the zone is good for.
//
// Models: `mm/cma: introduce new zone, ZONE_CMA` and `mm/cma: populate ZONE_CMA` (Kim, 2014 to 2017), and their last form,
// `mm/cma: manage the memory of the CMA area by using the ZONE_MOVABLE` (bad8c6c0b114, 4.17-rc, taken back before its release).
// Each area's pages leave the zone of their addresses, whose ends stay where they are; the new zone spans from the first of
// them to the last, over whatever lies between. All formulas of the boot (watermarks, lowmem_reserve, per-CPU limits) see both.

import { CmaZoneRule } from "../../assembly/abi/proposals.js";
import { Gfp } from "../../assembly/abi/vocabulary.js";
import { StateError } from "../engine/errors.js";
import { largest, smallest } from "../engine/extent.js";
import { pages, pfn, type ZoneIndex } from "../engine/units.js";
import { computeLimits, type LimitsInput } from "./limits.js";
import type { ResolvedDevice, ResolvedZone } from "./resolved.js";

/** ZONE_CMA takes the place of an empty ZONE_MOVABLE, which nobody misses, else the index behind all others. */
function indexOf({ zones, movableZone }: ResolvedDevice, rule: CmaZoneRule): number {
  const movable = zones[movableZone];
  if (rule === CmaZoneRule.MOVABLE || movable?.managed === 0) return movableZone;
  return zones.length;
}

const EMPTY = {
  startPfn: pfn(0),
  spanned: pages(0),
  present: pages(0),
  managed: pages(0),
  cmaPages: pages(0),
};

/** The zones with the areas' pages moved; limits are still those of before. */
function moved(device: ResolvedDevice, rule: CmaZoneRule): ResolvedZone[] {
  const index = indexOf(device, rule);
  const name = rule === CmaZoneRule.OWN ? ("CMA" as const) : ("Movable" as const);
  const zones = device.zones.map((zone) => {
    const cma = zone.cmaPages;
    const { present, managed } = zone;
    return zone.index === index
      ? { ...zone, name }
      : { ...zone, present: pages(present - cma), managed: pages(managed - cma), cmaPages: pages(0) };
  });
  const [model] = device.zones;
  if (model === undefined) throw new StateError("a device has no zone");
  const own = zones[index] ?? { ...model, ...EMPTY, name, index: index as ZoneIndex };
  const ranges = device.areas.flatMap((area) => area.ranges);
  const filled = own.spanned > 0 ? [{ start: own.startPfn, end: own.startPfn + own.spanned }] : [];
  const start = smallest([...ranges, ...filled].map((run) => run.start));
  const end = largest([...ranges, ...filled].map((run) => run.end));
  const more = device.totals.cma - own.cmaPages;
  zones[index] = {
    ...own,
    startPfn: pfn(start),
    spanned: pages(end - start),
    present: pages(own.present + more),
    managed: pages(own.managed + more),
    cmaPages: pages(device.totals.cma),
  };
  return zones;
}

/** GFP_HIGHUSER_MOVABLE may use the highest zone; what is movable without __GFP_HIGHMEM (block devices) may not. */
function gfpZoneOf(device: ResolvedDevice, last: number): number[] {
  const table = [...device.gfpZone];
  table[Gfp.HIGHMEM | Gfp.MOVABLE] = last;
  return table;
}

/** The device as a kernel boots it whose areas lie as `rule` says. It may have a zone more than a machine has room for. */
export function withCmaZone(device: ResolvedDevice, rule: CmaZoneRule): ResolvedDevice {
  if (rule === CmaZoneRule.IN_PLACE || device.totals.cma === 0) return device;
  const zones = moved(device, rule);
  const last = zones.length - 1;
  const limitsInput: LimitsInput = {
    ...device.limitsInput,
    zones: zones.map(({ name, present, managed }, i) => {
      const before = device.limitsInput.zones[i];
      const late = before === undefined ? 0 : before.managed - before.bootManaged;
      return { name, present, managed, bootManaged: managed - late };
    }),
  };
  const limits = computeLimits(limitsInput);
  return {
    ...device,
    limitsInput,
    zones: zones.map((zone, i) => {
      const limit = limits.zones[i];
      if (limit === undefined) throw new StateError(`zone ${i} has no limits`);
      const { batch, highMin, highMax, statThreshold, freeHighBatch, watermarks, lowmemReserve } = limit;
      const pcp = { batch, highMin, highMax, statThreshold, freeHighBatch };
      return { ...zone, watermarks, lowmemReserve, percpuDriftMark: pages(limit.percpuDriftMark), pcp };
    }),
    areas: device.areas.map((area) => ({
      ...area,
      zone: last as ZoneIndex,
      ranges: area.ranges.map((range) => ({ ...range, zone: last as ZoneIndex })),
    })),
    gfpZone: gfpZoneOf(device, last),
    minFreeKbytes: limits.minFreeKbytes,
    totals: { ...device.totals, totalReserve: limits.totalReservePages },
  };
}
