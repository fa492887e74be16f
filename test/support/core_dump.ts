// Knows: a machine of the core as the plain object that the reference model's dump is, and who holds which frames.
// Must not know: how either came to be that way.

import { kindOf, mobilityOf, orderOf } from "../../assembly/abi/frame_word.js";
import { FrameKind, ListTypeRule, Migratetype, Mobility } from "../../assembly/abi/vocabulary.js";
import { ConfigWord } from "../../assembly/abi/words.js";
import type { Machine } from "../../bindings/machine/machine.js";
import type { MachineState, ZoneState } from "../../bindings/state/types.js";
import type { ReferenceMachine } from "../reference/model.js";
import type { MachineDump, PcpDump, ZoneDump } from "../reference/types.js";
import { Origin } from "../reference/zone.js";

/** `origin`: the state that the machine was created from; names and spans come from there. */
export function dumpCore(machine: Machine, origin: MachineState): MachineDump {
  return { zones: origin.zones.map((zone) => dumpZone(machine, zone, origin.cpus)) };
}

function dumpZone(machine: Machine, zone: ZoneState, cpus: readonly number[]): ZoneDump {
  const { views } = machine;
  const { index, name } = zone;
  const view = views.zone(index);
  const first = (zone.pageblocks.start - views.startPfn) / 2 ** views.config(ConfigWord.PAGEBLOCK_ORDER);
  const types = views.pageblocks.subarray(first, first + zone.pageblocks.types.length);
  return {
    index,
    name,
    boost: view.boost,
    boosted: view.boosted,
    reclaimActive: view.reclaimActive,
    belowHigh: view.belowHigh,
    nrReservedHighatomic: view.nrReservedHighatomic,
    nrFreeHighatomic: view.nrFreeHighatomic,
    nrIsolatePageblock: view.nrIsolatePageblock,
    freePages: view.freePages,
    freeCma: view.freeCma,
    nrFree: [...view.nrFree],
    free: view.nrFree.map((_, order) =>
      Array.from({ length: Migratetype.ISOLATE + 1 }, (_, type) =>
        Array.from(views.freeList(index, order, type)),
      ),
    ),
    pageblocks: Array.from(types),
    pcps: cpus.map((cpu) => dumpPcp(machine, index, cpu)),
    movable: movableRuns(machine, zone),
  };
}

function dumpPcp({ views }: Machine, zone: number, cpu: number): PcpDump {
  const { zone: _, ...words } = views.pcp(cpu, zone);
  const caches = views.config(ConfigWord.RULE_LIST_TYPE) === ListTypeRule.CALLER;
  const lists = Array.from({ length: views.pcpLists }, (_, pindex) =>
    Array.from(views.pcpList(cpu, zone, pindex)),
  );
  return {
    ...words,
    lists,
    cachedTypes: lists.map((list) => (caches ? list.map((pfn) => views.frame(pfn).type) : [])),
  };
}

/** `L100+2` (LRU) and `M200+1` (driver), maximal runs, ascending. */
function movableRuns(machine: Machine, zone: ZoneState): string[] {
  const { frames } = machine.engine;
  const base = machine.views.startPfn;
  const runs: string[] = [];
  let letter = "";
  let start = 0;
  const end = zone.start + zone.spanned;
  const close = (pfn: number) => {
    if (letter !== "") runs.push(`${letter}${start}+${pfn - start}`);
    letter = "";
  };
  for (let pfn = zone.start; pfn < end; ) {
    const word = frames.word(pfn - base) ?? 0;
    const mobility = mobilityOf(word);
    const now = mobility === Mobility.FIXED ? "" : mobility === Mobility.LRU ? "L" : "M";
    if (now !== letter) {
      close(pfn);
      letter = now;
      start = pfn;
    }
    pfn += 2 ** orderOf(word);
  }
  close(end);
  return runs;
}

/** Blocks that are on no list, as pfn * 16 + order, ascending. Pages in use since before the state are single. */
export function heldByCore(machine: Machine): number[] {
  const { frames } = machine.engine;
  const base = machine.views.startPfn;
  const held: number[] = [];
  for (let at = 0; at < frames.length; at++) {
    const word = frames.word(at) ?? 0;
    if (kindOf(word) === FrameKind.ALLOCATED) held.push((at + base) * 16 + orderOf(word));
  }
  return held;
}

/** The same of the reference model. */
export function heldByReference({ machine }: ReferenceMachine): number[] {
  const held: number[] = [];
  for (const zone of machine.zones) {
    for (const [pfn, order] of zone.allocated) held.push(pfn * 16 + order);
    zone.origin.forEach((origin, page) => {
      if (origin === Origin.LOOSE) held.push((zone.start + page) * 16);
    });
  }
  return held.sort((a, b) => a - b);
}
