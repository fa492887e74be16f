// Knows: the complete state of either model as one row of numbers in the same order: equal rows, equal machines.
// Must not know: how to say where two rows differ (core_dump.ts and the reference's compare do, slowly).

import { Region } from "../../assembly/abi/layout.js";
import { MAX_ZONES } from "../../assembly/abi/limits.js";
import { FrameKind, ListTypeRule, Migratetype, Mobility, ZoneFlag } from "../../assembly/abi/vocabulary.js";
import { ConfigWord, PcpWord, ZoneWord } from "../../assembly/abi/words.js";
import type { CaptureState } from "../../bindings/importers/capture/types.js";
import type { Machine } from "../../bindings/machine/machine.js";
import type { ReferenceMachine } from "../reference/model.js";
import { Origin } from "../reference/zone.js";

const TYPES = Migratetype.ISOLATE + 1;

const ZONE_WORDS = [
  ZoneWord.WATERMARK_BOOST,
  ZoneWord.FLAGS,
  ZoneWord.NR_RESERVED_HIGHATOMIC,
  ZoneWord.NR_FREE_HIGHATOMIC,
  ZoneWord.NR_ISOLATE_PAGEBLOCK,
  ZoneWord.FREE_PAGES,
  ZoneWord.FREE_CMA,
] as const;

const PCP_WORDS = [
  PcpWord.COUNT_PAGES,
  PcpWord.HIGH,
  PcpWord.FLAGS,
  PcpWord.ALLOC_FACTOR,
  PcpWord.FREE_COUNT,
  PcpWord.FREE_FACTOR,
  PcpWord.DIFF_FREE,
  PcpWord.DIFF_CMA,
] as const;

export function flattenCore(machine: Machine, origin: CaptureState): number[] {
  const { engine, views } = machine;
  const zones = engine.words(Region.ZONES);
  const pcps = engine.words(Region.PCPS);
  const words = engine.unsigned(Region.FRAME_WORD);
  const caches = views.config(ConfigWord.RULE_LIST_TYPE) === ListTypeRule.CALLER;
  const lists = views.config(ConfigWord.NR_PCP_LISTS);
  const blockShift = views.config(ConfigWord.PAGEBLOCK_ORDER);
  const row: number[] = [];
  for (const { index, start, spanned, nrFree, pageblocks } of origin.zones) {
    for (const word of ZONE_WORDS) row.push(zones[index * ZoneWord.COUNT + word] ?? 0);
    for (let order = 0; order < nrFree.length; order++) {
      row.push(zones[index * ZoneWord.COUNT + ZoneWord.NR_FREE + order] ?? 0);
      for (let type = 0; type < TYPES; type++) {
        const list = views.freeList(index, order, type);
        row.push(list.length, ...list);
      }
    }
    const first = (pageblocks.start - views.startPfn) >> blockShift;
    row.push(...views.pageblocks.subarray(first, first + pageblocks.types.length));
    for (const cpu of origin.cpus) {
      for (const word of PCP_WORDS) row.push(pcps[(cpu * MAX_ZONES + index) * PcpWord.COUNT + word] ?? 0);
      for (let pindex = 0; pindex < lists; pindex++) {
        const list = views.pcpList(cpu, index, pindex);
        row.push(list.length, ...list);
        if (caches) for (const pfn of list) row.push(views.frame(pfn).type);
      }
    }
    for (let pfn = start; pfn < start + spanned; ) {
      const word = words[pfn - views.startPfn] ?? 0;
      if ((word & 7) === FrameKind.ALLOCATED) row.push(pfn, (word >>> 3) & 15, (word >>> 12) & 3);
      pfn += 2 ** ((word >>> 3) & 15);
    }
  }
  return row;
}

export function flattenReference({ machine }: ReferenceMachine): number[] {
  const caches = machine.rules.listType === ListTypeRule.CALLER;
  const row: number[] = [];
  for (const zone of machine.zones) {
    const flags =
      (zone.boosted ? ZoneFlag.BOOSTED : 0) |
      (zone.reclaimActive ? ZoneFlag.RECLAIM_ACTIVE : 0) |
      (zone.belowHigh ? ZoneFlag.BELOW_HIGH : 0);
    row.push(zone.boost, flags, zone.nrReservedHighatomic, zone.nrFreeHighatomic, zone.nrIsolatePageblock);
    row.push(zone.freePages, zone.freeCma);
    zone.lists.forEach((types, order) => {
      row.push(zone.nrFree[order] ?? 0);
      for (const list of types) row.push(list.length, ...list.toArray());
    });
    row.push(...zone.blockTypes);
    for (const pcp of zone.pcps.values()) {
      const { count, high, flags, allocFactor, freeCount, freeFactor, diffFree, diffCma } = pcp;
      row.push(count, high, flags, allocFactor, freeCount, freeFactor, diffFree, diffCma);
      for (const list of pcp.lists) {
        const pfns = list.toArray();
        row.push(pfns.length, ...pfns);
        if (caches) for (const pfn of pfns) row.push(pcp.cachedTypes.get(pfn) ?? -1);
      }
    }
    for (let pfn = zone.start; pfn < zone.end; ) {
      const order = zone.allocated.get(pfn) ?? (zone.origin[pfn - zone.start] === Origin.LOOSE ? 0 : -1);
      if (order >= 0) row.push(pfn, order, zone.mobility[pfn - zone.start] ?? Mobility.FIXED);
      pfn += 2 ** Math.max(order, 0);
    }
  }
  return row;
}

export function isEqualRow(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((value, i) => value === right[i]);
}
