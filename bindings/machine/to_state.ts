// Knows: how a machine is told as a captured state, so that another machine can begin there: the way back of from_state.
// Must not know: any text, who goes on from there.

import { RequestState } from "../../assembly/abi/findings.js";
import { contentIn, contentOf, kindOf, orderOf, pinsOf } from "../../assembly/abi/frame_word.js";
import { Region } from "../../assembly/abi/layout.js";
import { MAX_REQUESTS, MIGRATE_TYPES, NO_MEMORY_MAP } from "../../assembly/abi/limits.js";
import { CmaFree, CmaZoneRule, PolicyWord } from "../../assembly/abi/proposals.js";
import { FrameKind, Gfp, ListTypeRule, Mobility, PcpRule } from "../../assembly/abi/vocabulary.js";
import { ConfigWord, LevelWord, RequestWord } from "../../assembly/abi/words.js";
import { type KernelId, kernelProfiles, PCP_TYPES } from "../device/kernel.js";
import { StateError } from "../engine/errors.js";
import type {
  CmaAreaState,
  FreeList,
  MachineState,
  PageContentRun,
  PageRun,
  PcpState,
  ZoneState,
} from "../state/types.js";
import type { Machine } from "./machine.js";

/** The words of the rules that tell kernels apart. */
function kernelOf({ views }: Machine): KernelId {
  if (views.config(ConfigWord.RULE_PCP) === PcpRule.FIXED_HIGH) return "6.1";
  return views.config(ConfigWord.RULE_CMA_LOCK) === kernelProfiles["6.12"].rules.cmaLock ? "6.12" : "6.15";
}

/** Names by zone index, from the table of which zone serves which request. */
function zoneNames({ views, engine }: Machine): string[] {
  const count = views.config(ConfigWord.NR_ZONES);
  const table = engine.words(Region.CONFIG).subarray(ConfigWord.GFP_ZONE, ConfigWord.GFP_ZONE + 16);
  const names = Array.from({ length: count }, (_, index) => `zone${index}`);
  const name = (index: number, text: string) => {
    if (index >= 0 && index < count) names[index] = text;
  };
  name(table[Gfp.DMA] ?? -1, "DMA");
  name(table[Gfp.DMA32] ?? -1, "DMA32");
  name(table[Gfp.HIGHMEM] ?? -1, "HighMem");
  name(views.config(ConfigWord.NORMAL_ZONE), "Normal");
  name(views.config(ConfigWord.MOVABLE_ZONE), "Movable");
  return names;
}

/** @throws StateError for what a captured state cannot tell */
function refuseUntold({ views, engine }: Machine): void {
  const requests = engine.words(Region.REQUESTS);
  for (let request = 0; request < MAX_REQUESTS; request++)
    if (requests[request * RequestWord.COUNT + RequestWord.STATE] !== RequestState.FREE)
      throw new StateError("a machine with a cma_alloc under way is no state to begin from");
  if (views.config(ConfigWord.RULE_CMA_ZONE) !== CmaZoneRule.IN_PLACE)
    throw new StateError("a machine whose areas are a zone of their own is no state to begin from");
  if (views.level(LevelWord.SWAP_USED) > 0)
    throw new StateError("a machine with pages swapped out is no state to begin from");
  if (engine.words(Region.POLICIES)[PolicyWord.CMA_FREE] === CmaFree.OWN_LIST)
    throw new StateError("a machine with per-CPU lists of their own for CMA pages is no state to begin from");
}

function pcpStates({ views }: Machine, zone: number, cpus: readonly number[]): PcpState[] {
  const isCached = views.config(ConfigWord.RULE_LIST_TYPE) === ListTypeRule.CALLER;
  return cpus.map((cpu) => {
    const { zone: _, ...numbers } = views.pcp(cpu, zone);
    const lists = Array.from({ length: views.pcpLists }, (_, pindex) => {
      const pfns = views.pcpList(cpu, zone, pindex);
      const cachedTypes = Uint8Array.from(pfns, (pfn) => views.frame(pfn).type);
      return isCached ? { pindex, pfns, cachedTypes } : { pindex, pfns };
    });
    return { ...numbers, lists: lists.filter(({ pfns }) => pfns.length > 0) };
  });
}

function freeLists({ views }: Machine, zone: number): FreeList[] {
  const lists: FreeList[] = [];
  for (let order = 0; order <= views.config(ConfigWord.MAX_PAGE_ORDER); order++)
    for (let migratetype = 0; migratetype < MIGRATE_TYPES; migratetype++) {
      const pfns = views.freeList(zone, order, migratetype);
      if (pfns.length > 0) lists.push({ order, migratetype, pfns });
    }
  return lists;
}

function zoneState(machine: Machine, index: number, name: string, cpus: readonly number[]): ZoneState {
  const { views } = machine;
  const zone = views.zone(index);
  const block = 2 ** views.config(ConfigWord.PAGEBLOCK_ORDER);
  const first = Math.floor(zone.startPfn / block);
  const last = Math.ceil((zone.startPfn + zone.spanned) / block);
  const offset = first - views.startPfn / block;
  const hasBelowHigh = views.config(ConfigWord.RULE_PCP) === PcpRule.AUTO_TUNED;
  const { boosted, reclaimActive, belowHigh } = zone;
  return {
    ...{ index, name, start: zone.startPfn, spanned: zone.spanned },
    ...{ present: zone.present, managed: zone.managed, cmaPages: zone.cmaPages },
    watermark: { ...zone.watermark, boost: zone.boost, percpuDriftMark: 0 },
    lowmemReserve: [...zone.lowmemReserve],
    flags: { raw: 0, boosted, reclaimActive, belowHigh: hasBelowHigh ? belowHigh : undefined },
    counters: {
      nrReservedHighatomic: zone.nrReservedHighatomic,
      nrFreeHighatomic: zone.nrFreeHighatomic,
      nrIsolatePageblock: zone.nrIsolatePageblock,
      freePages: zone.freePages,
      freeCma: zone.freeCma,
    },
    compact: {},
    pagesetDefaults: {},
    pcps: pcpStates(machine, index, cpus),
    nrFree: [...zone.nrFree],
    free: freeLists(machine, index),
    pageblocks: { start: first * block, types: views.pageblocks.slice(offset, offset + last - first) },
    skipbits: "",
    runs: [],
  };
}

/** Single pages of which nothing is known but how they move are told as a dump tells them. */
const KIND_OF_CONTENT: ReadonlyMap<number, PageRun["kind"]> = new Map([
  [contentOf(Mobility.LRU, 0, 0), "L"],
  [contentOf(Mobility.DRIVER, 0, 0), "M"],
]);

/** What lies at the frames: what never reached the allocator, and what the allocated pages are. */
class FrameWalk {
  readonly contents: PageContentRun[] = [];
  readonly runs: PageRun[] = [];

  constructor({ views, engine }: Machine) {
    const { frames } = engine;
    const shift = views.config(ConfigWord.PAGEBLOCK_ORDER);
    for (let at = 0; at < frames.length; ) {
      const word = frames.word(at) ?? 0;
      const kind: FrameKind = kindOf(word);
      const pfn = views.startPfn + at;
      const pages = kind === FrameKind.HOLE ? 1 : 2 ** orderOf(word);
      if (pinsOf(word) > 0 && kind === FrameKind.ALLOCATED)
        throw new StateError(`a machine with pinned pages (pfn ${pfn}) is no state to begin from`);
      // A hole inside a pageblock that has a memory map is as good as reserved.
      const isHole = kind === FrameKind.HOLE && views.pageblocks[at >>> shift] !== NO_MEMORY_MAP;
      if (kind === FrameKind.RESERVED || isHole) this.#run("R", pfn, pages);
      if (kind === FrameKind.ALLOCATED) this.#content(pfn, orderOf(word), contentIn(word));
      at += pages;
    }
  }

  #run(kind: PageRun["kind"], start: number, length: number): void {
    const last = this.runs.at(-1);
    if (last !== undefined && last.kind === kind && last.start + last.length === start) last.length += length;
    else this.runs.push({ kind, start, length });
  }

  #content(start: number, order: number, content: number): void {
    // What a loaded frame is anyway.
    if (order === 0 && content === 0) return;
    const plain = order === 0 ? KIND_OF_CONTENT.get(content) : undefined;
    if (plain !== undefined) return this.#run(plain, start, 1);
    const last = this.contents.at(-1);
    const isNext = last !== undefined && last.start + last.pages === start;
    if (isNext && last.order === order && last.content === content) last.pages += 2 ** order;
    else this.contents.push({ start, pages: 2 ** order, order, content });
  }
}

/** The part of a run that lies in a zone. */
function within({ start, length, kind }: PageRun, zone: ZoneState): PageRun[] {
  const from = Math.max(start, zone.start);
  const to = Math.min(start + length, zone.start + zone.spanned);
  return from < to ? [{ kind, start: from, length: to - from }] : [];
}

function setRuns(words: Uint32Array, bits: number): { start: number; length: number }[] {
  const runs: { start: number; length: number }[] = [];
  for (let bit = 0; bit < bits; bit++) {
    if ((((words[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 0) continue;
    const last = runs.at(-1);
    if (last !== undefined && last.start + last.length === bit) last.length += 1;
    else runs.push({ start: bit, length: 1 });
  }
  return runs;
}

function areaStates({ cma }: Machine): CmaAreaState[] {
  return cma.areas.map(({ index, name, orderPerBit, ranges }) => {
    const told = ranges.map(({ basePfn, pages, bits }, nth) => ({
      basePfn,
      count: pages,
      set: setRuns(cma.bitmap(index, nth), bits),
    }));
    const [first, ...more] = told as [(typeof told)[number], ...typeof told];
    const bitmapBits = ranges[0]?.bits ?? 0;
    return { index, name, orderPerBit, bitmapBits, ...first, ...(more.length > 0 ? { more } : {}) };
  });
}

/**
 * The machine as a captured state: lists in their order, counters, what each page is. Not in it: who holds a page, totals, the
 * order of the LRU lists (they are filled by address). @throws StateError where pages are pinned or swapped out, or a
 * request is under way: those a state cannot tell
 */
export function stateOfMachine(machine: Machine): MachineState {
  refuseUntold(machine);
  const { views } = machine;
  const names = zoneNames(machine);
  const cpus = Array.from({ length: views.config(ConfigWord.NR_CPUS) }, (_, cpu) => cpu);
  const walk = new FrameWalk(machine);
  const zones = views.populatedZones().map((index) => {
    const zone = zoneState(machine, index, names[index] ?? "", cpus);
    return { ...zone, runs: walk.runs.flatMap((run) => within(run, zone)) };
  });
  const costlyOrder = views.config(ConfigWord.COSTLY_ORDER);
  return {
    release: `${kernelOf(machine)}.0`,
    thisCpu: 0,
    cpus,
    constants: {
      page_shift: views.config(ConfigWord.PAGE_SHIFT),
      max_page_order: views.config(ConfigWord.MAX_PAGE_ORDER),
      pageblock_order: views.config(ConfigWord.PAGEBLOCK_ORDER),
      migrate_types: MIGRATE_TYPES,
      pcptypes: PCP_TYPES,
      nr_pcp_lists: views.pcpLists,
      nr_loworder_pcp_lists: PCP_TYPES * (costlyOrder + 1),
      pcp_batch_scale_max: views.config(ConfigWord.PCP_BATCH_SCALE_MAX),
      max_nr_zones: views.config(ConfigWord.NR_ZONES),
      costly_order: costlyOrder,
    },
    sys: {
      watermark_boost_factor: views.config(ConfigWord.WATERMARK_BOOST_FACTOR),
      page_group_by_mobility_disabled: views.config(ConfigWord.MOBILITY_DISABLED),
    },
    zones,
    areas: areaStates(machine),
    zoneNames: names,
    contents: walk.contents,
  };
}
