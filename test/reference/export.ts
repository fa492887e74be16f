// Knows: how a machine is written as a state that loads again, into this model or into another one.
// Must not know: how the machine came to be that way.
// Kernel: the fields that the capture's dumper prints, 6.12 and 6.1.

import { Mobility, PcpRule } from "../../assembly/abi/vocabulary.js";
import { runsOf } from "./dump.js";
import type { Machine } from "./machine.js";
import type { Pcp } from "./pcp.js";
import type { ReferencePcpState, ReferenceState, ReferenceZoneState } from "./types.js";
import { Origin, type Zone } from "./zone.js";

/** `origin` = the state that the machine was loaded from: what never changes is taken from there. */
export function exportState(machine: Machine, origin: ReferenceState): ReferenceState {
  const zones = machine.zones.map((zone) => {
    const zoneOrigin = origin.zones.find((each) => each.index === zone.index)!;
    return exportZone(machine, zone, zoneOrigin);
  });
  return { ...origin, zones };
}

function exportZone(machine: Machine, zone: Zone, origin: ReferenceZoneState): ReferenceZoneState {
  const hasBelowHigh = machine.rules.pcp === PcpRule.AUTO_TUNED;
  return {
    ...origin,
    managed: zone.managed,
    watermark: { ...origin.watermark, boost: zone.boost },
    flags: {
      boosted: zone.boosted,
      reclaimActive: zone.reclaimActive,
      belowHigh: hasBelowHigh ? zone.belowHigh : undefined,
    },
    counters: {
      nrReservedHighatomic: zone.nrReservedHighatomic,
      nrFreeHighatomic: zone.nrFreeHighatomic,
      nrIsolatePageblock: zone.nrIsolatePageblock,
      freePages: zone.freePages,
      freeCma: zone.freeCma,
    },
    pcps: [...zone.pcps.values()].map(exportPcp),
    nrFree: [...zone.nrFree],
    free: zone.lists.flatMap((types, order) =>
      types.flatMap((list, migratetype) =>
        list.isEmpty ? [] : [{ order, migratetype, pfns: Uint32Array.from(list.toArray()) }],
      ),
    ),
    pageblocks: { start: zone.blockTypesStart, types: Uint8Array.from(zone.blockTypes) },
    runs: exportRuns(zone),
  };
}

function exportRuns(zone: Zone): ReferenceZoneState["runs"] {
  const kinds = Uint8Array.from(zone.mobility, (mobility, page) => {
    if (zone.origin[page] === Origin.RESERVED) return "R".charCodeAt(0);
    if (mobility === Mobility.FIXED) return 0;
    return (mobility === Mobility.LRU ? "L" : "M").charCodeAt(0);
  });
  return runsOf(kinds).map(({ value, start, length }) => {
    return { kind: String.fromCharCode(value) as "L" | "M" | "R", start: zone.start + start, length };
  });
}

function exportPcp(pcp: Pcp): ReferencePcpState {
  const { cpu, count, high, highMin, highMax, batch, flags } = pcp;
  const { allocFactor, freeCount, freeFactor, statThreshold, diffFree, diffCma } = pcp;
  const lists = pcp.lists.flatMap((list, pindex) => {
    if (list.isEmpty) return [];
    const pfns = Uint32Array.from(list.toArray());
    const carriesTypes = pfns.every((pfn) => pcp.cachedTypes.has(pfn));
    if (!carriesTypes) return [{ pindex, pfns }];
    return [{ pindex, pfns, cachedTypes: Uint8Array.from(pfns, (pfn) => pcp.cachedTypes.get(pfn)!) }];
  });
  return {
    ...{ cpu, count, high, highMin, highMax, batch, flags, allocFactor, freeCount, freeFactor },
    ...{ statThreshold, diffFree, diffCma, lists },
  };
}
