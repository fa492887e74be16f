// Knows: the complete state of either model as one row of numbers in the same order: equal rows, equal machines.
// Must not know: how to say where two rows differ (core_dump.ts and the reference's compare do, slowly).

import { kindOf, mobilityOf, orderOf } from "../../assembly/abi/frame_word.js";
import { Region } from "../../assembly/abi/layout.js";
import { MAX_ZONES } from "../../assembly/abi/limits.js";
import { FrameKind, ListTypeRule, Migratetype, Mobility, ZoneFlag } from "../../assembly/abi/vocabulary.js";
import { ConfigWord, PcpWord, ZoneWord } from "../../assembly/abi/words.js";
import type { FrameRecords } from "../../bindings/engine/frames.js";
import type { Machine } from "../../bindings/machine/machine.js";
import type { MachineState, ZoneState } from "../../bindings/state/types.js";
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

/** The row of one machine of the core, which keeps its memory where it is for life. */
export class FlatCore {
  private readonly zones: Int32Array;
  private readonly pcps: Int32Array;
  private readonly frames: FrameRecords;
  private readonly pageblocks: Uint8Array;
  private readonly caches: boolean;
  private readonly lists: number;
  private readonly blockShift: number;

  constructor(
    private readonly machine: Machine,
    private readonly origin: MachineState,
  ) {
    const { engine, views } = machine;
    this.zones = engine.words(Region.ZONES);
    this.pcps = engine.words(Region.PCPS);
    this.frames = engine.frames;
    this.pageblocks = views.pageblocks;
    this.caches = views.config(ConfigWord.RULE_LIST_TYPE) === ListTypeRule.CALLER;
    this.lists = views.pcpLists;
    this.blockShift = views.config(ConfigWord.PAGEBLOCK_ORDER);
  }

  row(): number[] {
    const row: number[] = [];
    for (const zone of this.origin.zones) {
      for (const word of ZONE_WORDS) row.push(this.zones[zone.index * ZoneWord.COUNT + word] ?? 0);
      this.addFree(row, zone);
      const first = (zone.pageblocks.start - this.machine.views.startPfn) >> this.blockShift;
      for (let i = 0; i < zone.pageblocks.types.length; i++) row.push(this.pageblocks[first + i] ?? 0);
      for (const cpu of this.origin.cpus) this.addPcp(row, zone.index, cpu);
      this.addHeld(row, zone);
    }
    return row;
  }

  /** Orders without a free block have empty lists: validate() sees to that. */
  private addFree(row: number[], { index, nrFree }: ZoneState): void {
    for (let order = 0; order < nrFree.length; order++) {
      const blocks = this.zones[index * ZoneWord.COUNT + ZoneWord.NR_FREE + order] ?? 0;
      row.push(blocks);
      for (let type = 0; type < TYPES; type++) {
        if (blocks === 0) row.push(0);
        else addList(row, this.machine.views.freeList(index, order, type));
      }
    }
  }

  private addPcp(row: number[], zone: number, cpu: number): void {
    const { views } = this.machine;
    const at = (cpu * MAX_ZONES + zone) * PcpWord.COUNT;
    for (const word of PCP_WORDS) row.push(this.pcps[at + word] ?? 0);
    const isEmpty = this.pcps[at + PcpWord.COUNT_PAGES] === 0;
    for (let pindex = 0; pindex < this.lists; pindex++) {
      if (isEmpty) {
        row.push(0);
        continue;
      }
      const list = views.pcpList(cpu, zone, pindex);
      addList(row, list);
      if (this.caches) for (const pfn of list) row.push(views.frame(pfn).type);
    }
  }

  private addHeld(row: number[], { start, spanned }: ZoneState): void {
    const base = this.machine.views.startPfn;
    for (let pfn = start; pfn < start + spanned; ) {
      const word = this.frames.word(pfn - base) ?? 0;
      if (kindOf(word) === FrameKind.ALLOCATED) row.push(pfn, orderOf(word), mobilityOf(word));
      pfn += 2 ** orderOf(word);
    }
  }
}

function addList(row: number[], list: ArrayLike<number>): void {
  row.push(list.length);
  for (let i = 0; i < list.length; i++) row.push(list[i] ?? 0);
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
