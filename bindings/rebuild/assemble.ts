// Knows: the shape of a state that a machine loads, and how plans, frames and blocks fill it.
// Must not know: where they came from.

import { MIGRATE_TYPES, NO_MEMORY_MAP } from "../../assembly/abi/limits.js";
import { Migratetype } from "../../assembly/abi/vocabulary.js";
import {
  COSTLY_ORDER,
  DEFAULT_WATERMARK_BOOST_FACTOR,
  PCP_BATCH_SCALE_MAX,
  PCP_TYPES,
} from "../device/kernel.js";
import type { CmaAreaState, FreeList, MachineState, PageRun, PcpState, ZoneState } from "../state/types.js";
import type { AreaPlan } from "./areas.js";
import type { BlockMap } from "./blocks.js";
import { type FrameMap, FrameUse } from "./frames.js";
import type { StateGeometry } from "./geometry.js";
import type { PcpPlan, ZonePlan } from "./zones.js";

/** A free block on the list of a type. */
export interface ListedBlock {
  readonly pfn: number;
  readonly order: number;
  readonly type: number;
}

/** A zone, decided frame by frame. */
export interface DecidedZone {
  readonly plan: ZonePlan;
  readonly blocks: BlockMap;
  readonly free: readonly ListedBlock[];
  /** Frames for the per-CPU lists, ascending. */
  readonly pcp: readonly number[];
}

function freeLists(free: readonly ListedBlock[], orders: number): FreeList[] {
  const lists: FreeList[] = [];
  for (let order = 0; order < orders; order++) {
    for (let type = 0; type < MIGRATE_TYPES; type++) {
      const pfns = free.filter((block) => block.order === order && block.type === type).map(({ pfn }) => pfn);
      if (pfns.length > 0) lists.push({ order, migratetype: type, pfns: Uint32Array.from(pfns) });
    }
  }
  return lists;
}

/** The pages [from, to) of the zone's per-CPU frames, on the lists of their pageblocks' types. */
function pcpState(plan: PcpPlan, pfns: readonly number[], blocks: BlockMap): PcpState {
  const listType = (pfn: number) => {
    const type = blocks.typeOf(pfn);
    return type < PCP_TYPES ? type : Migratetype.MOVABLE;
  };
  const lists = Array.from({ length: PCP_TYPES }, (_, pindex) => {
    const own = pfns.filter((pfn) => listType(pfn) === pindex);
    const cachedTypes = Uint8Array.from(own, (pfn) => blocks.typeOf(pfn));
    return { pindex, pfns: Uint32Array.from(own), cachedTypes };
  });
  return {
    cpu: plan.cpu,
    count: pfns.length,
    high: plan.high,
    highMin: plan.highMin,
    highMax: plan.highMax,
    batch: plan.batch,
    flags: 0,
    allocFactor: 0,
    freeCount: 0,
    freeFactor: 0,
    statThreshold: plan.threshold,
    diffFree: 0,
    diffCma: 0,
    lists: lists.filter((list) => list.pfns.length > 0),
  };
}

/** Each CPU the next pages, as many as its count. */
function pcpStates({ plan, blocks, pcp }: DecidedZone): PcpState[] {
  let from = 0;
  return plan.pcps.map((cpu) => {
    const to = Math.min(pcp.length, from + cpu.count);
    const state = pcpState(cpu, pcp.slice(from, to), blocks);
    from = to;
    return state;
  });
}

/** Runs of user memory and of memory that never reached the allocator. */
function pageRuns(frames: FrameMap, blocks: BlockMap, start: number, end: number): PageRun[] {
  const runs: PageRun[] = [];
  // A hole inside a pageblock that has a memory map is as good as reserved.
  const kindOf = (pfn: number): PageRun["kind"] | undefined => {
    const kind = frames.kind(pfn);
    if (kind === FrameUse.USER) return "L";
    if (kind === FrameUse.HOLE) return blocks.typeOf(pfn) === NO_MEMORY_MAP ? undefined : "R";
    return kind === FrameUse.RESERVED ? "R" : undefined;
  };
  for (let pfn = start; pfn < end; ) {
    const kind = kindOf(pfn);
    let to = pfn + 1;
    while (to < end && kindOf(to) === kind) to++;
    if (kind !== undefined) runs.push({ kind, start: pfn, length: to - pfn });
    pfn = to;
  }
  return runs;
}

function zoneState(
  decided: DecidedZone,
  frames: FrameMap,
  geometry: StateGeometry,
  areas: readonly AreaPlan[],
): ZoneState {
  const { plan, blocks, free } = decided;
  const end = plan.start + plan.spanned;
  const pagesOf = (match: (type: number) => boolean) =>
    free.reduce((sum, { order, type }) => sum + (match(type) ? 2 ** order : 0), 0);
  const freePages = pagesOf((type) => type !== Migratetype.ISOLATE);
  const typed = (type: Migratetype) => blocks.types.reduce((sum, own) => sum + (own === type ? 1 : 0), 0);
  const inZone = areas
    .flatMap(({ ranges }) => ranges)
    .filter(({ basePfn }) => basePfn >= plan.start && basePfn < end);
  const belowHigh = geometry.kernel === "6.1" ? undefined : freePages < plan.marks.high + plan.boost;
  const orders = geometry.maxPageOrder + 1;
  return {
    ...{ index: plan.index, name: plan.name, start: plan.start, spanned: plan.spanned },
    ...{ present: plan.present, managed: Math.min(plan.managed, plan.present) },
    cmaPages: inZone.reduce((sum, { count }) => sum + count, 0),
    watermark: { ...plan.marks, boost: plan.boost, percpuDriftMark: 0 },
    lowmemReserve: [...plan.lowmemReserve],
    flags: { raw: belowHigh === true ? 4 : 0, boosted: false, reclaimActive: false, belowHigh },
    counters: {
      nrReservedHighatomic: typed(Migratetype.HIGHATOMIC) * blocks.size,
      nrFreeHighatomic: geometry.kernel === "6.1" ? 0 : pagesOf((type) => type === Migratetype.HIGHATOMIC),
      nrIsolatePageblock: typed(Migratetype.ISOLATE),
      freePages,
      freeCma: pagesOf((type) => type === Migratetype.CMA),
    },
    compact: {},
    pagesetDefaults: {},
    pcps: pcpStates(decided),
    nrFree: Array.from(
      { length: orders },
      (_, order) => free.filter((block) => block.order === order).length,
    ),
    free: freeLists(free, orders),
    pageblocks: { start: blocks.start, types: blocks.types },
    skipbits: "",
    runs: pageRuns(frames, blocks, plan.start, end),
  };
}

function areaState({ name, orderPerBit, ranges }: AreaPlan, index: number): CmaAreaState {
  const [first, ...more] = ranges as [AreaPlan["ranges"][number], ...AreaPlan["ranges"]];
  const bitmapBits = first.count / 2 ** orderPerBit;
  return { index, name, orderPerBit, bitmapBits, ...first, ...(more.length > 0 ? { more } : {}) };
}

/** The whole, in the shape of a dump. */
export function assembleState(
  zones: readonly DecidedZone[],
  frames: FrameMap,
  areas: readonly AreaPlan[],
  geometry: StateGeometry,
): MachineState {
  const cpus = Array.from({ length: geometry.cpus }, (_, cpu) => cpu);
  return {
    release: `${geometry.kernel}.0`,
    thisCpu: 0,
    cpus,
    constants: {
      page_shift: geometry.pageShift,
      max_page_order: geometry.maxPageOrder,
      pageblock_order: geometry.pageblockOrder,
      migrate_types: MIGRATE_TYPES,
      pcptypes: PCP_TYPES,
      nr_pcp_lists: geometry.pcpLists,
      nr_loworder_pcp_lists: PCP_TYPES * (COSTLY_ORDER + 1),
      pcp_batch_scale_max: PCP_BATCH_SCALE_MAX,
      max_nr_zones: geometry.zoneNames.length,
      costly_order: COSTLY_ORDER,
    },
    sys: { watermark_boost_factor: DEFAULT_WATERMARK_BOOST_FACTOR, page_group_by_mobility_disabled: 0 },
    zones: zones.map((zone) => zoneState(zone, frames, geometry, areas)),
    areas: areas.map(areaState),
    zoneNames: geometry.zoneNames,
    contents: frames.contents,
  };
}
