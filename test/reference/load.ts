// Knows: how a captured state becomes a machine, and refuses one that contradicts itself.
// Must not know: what happens to the machine afterwards.
// Kernel: the dump formats of 6.12 and 6.1 (../../../shared/data/kernel/README*.md).

import { Mobility } from "../../assembly/abi/vocabulary.js";
import { geometryOf, type Machine } from "./machine.js";
import { orderOfList, Pcp } from "./pcp.js";
import type { ReferencePcpState, ReferenceRules, ReferenceState, ReferenceZoneState } from "./types.js";
import { NO_MEMORY_MAP, Origin, Zone } from "./zone.js";

export function loadMachine(state: ReferenceState, rules: ReferenceRules): Machine {
  const geometry = geometryOf(state.constants, state.zones, rules);
  const machine: Machine = {
    geometry,
    rules,
    settings: {
      watermarkBoostFactor: state.sys["watermark_boost_factor"] ?? 0,
      mobilityDisabled: (state.sys["page_group_by_mobility_disabled"] ?? 0) !== 0,
    },
    cpus: [...state.cpus],
    zones: [...state.zones]
      .sort((a, b) => a.index - b.index)
      .map((zoneState) => new Zone(zoneState, geometry)),
    cpu: state.cpus[0] ?? 0,
    movableHints: [],
    kswapdWakeups: 0,
  };
  for (const zone of machine.zones) {
    const zoneState = state.zones.find((each) => each.index === zone.index)!;
    zone.origin.fill(Origin.LOOSE);
    loadHoles(machine, zone);
    loadRuns(zone, zoneState);
    loadFree(zone, zoneState);
    for (const pcpState of zoneState.pcps) loadPcp(machine, zone, pcpState);
    loadDifferences(zone, zoneState);
  }
  return machine;
}

function loadHoles(machine: Machine, zone: Zone): void {
  const { pageblockPages } = machine.geometry;
  zone.blockTypes.forEach((type, index) => {
    if (type !== NO_MEMORY_MAP) return;
    const start = Math.max(zone.blockTypesStart + index * pageblockPages, zone.start);
    const end = Math.min(zone.blockTypesStart + (index + 1) * pageblockPages, zone.end);
    if (end > start) zone.setOrigin(Origin.HOLE, start, end - start);
  });
}

function loadRuns(zone: Zone, state: ReferenceZoneState): void {
  for (const { kind, start, length } of state.runs) {
    if (kind === "R") zone.setOrigin(Origin.RESERVED, start, length);
    else zone.setMobility(kind === "L" ? Mobility.LRU : Mobility.DRIVER, start, length);
  }
}

/** Marks a block as the model's own; complains when another list has it or it is no memory. */
function own(zone: Zone, pfn: number, order: number): void {
  const free = zone.rangeIs(Origin.LOOSE, pfn, 2 ** order);
  if (!free)
    throw new Error(`zone ${zone.name}: the block ${pfn} of order ${order} is on two lists or no memory`);
  zone.setOrigin(Origin.TRACKED, pfn, 2 ** order);
}

function loadFree(zone: Zone, state: ReferenceZoneState): void {
  for (const { order, migratetype, pfns } of state.free) {
    for (const pfn of pfns) {
      own(zone, pfn, order);
      zone.putFree(pfn, order, migratetype, true);
    }
  }
}

function loadPcp(machine: Machine, zone: Zone, state: ReferencePcpState): void {
  const pcp = new Pcp(state, machine.geometry);
  zone.pcps.set(state.cpu, pcp);
  let pages = 0;
  for (const { pindex, pfns, cachedTypes } of state.lists) {
    const order = orderOfList(machine.geometry, pindex);
    pfns.forEach((pfn, position) => {
      own(zone, pfn, order);
      pcp.lists[pindex]!.pushTail(pfn);
      pages += 2 ** order;
      const cached = cachedTypes?.[position];
      if (cached !== undefined) pcp.cachedTypes.set(pfn, cached);
    });
  }
  if (pages !== pcp.count) {
    throw new Error(`zone ${zone.name} CPU ${state.cpu}: count ${pcp.count}, but ${pages} pages on lists`);
  }
}

function loadDifferences(zone: Zone, state: ReferenceZoneState): void {
  const differs = zone.nrFree.findIndex((count, order) => count !== (state.nrFree[order] ?? 0));
  if (differs >= 0) throw new Error(`zone ${zone.name}: nr_free of order ${differs} contradicts the lists`);
}
