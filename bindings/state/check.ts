// Knows: what must hold inside one allocator state, and finds every contradiction in it.
// Must not know: how the state was read, what the kernel does next.
//
// Cost: proportional to the entries of the dump (plus a sort of them), never to the span of the zones, so that a
// zone of absurd size is a problem in the list and nothing else.
//
//   free pages      = sum of the free lists but ISOLATE  = freePages + sum of diffFree
//   free CMA pages  = sum of the CMA free lists          = freeCma + sum of diffCma
//   nrFree[order]   = blocks on the lists of that order
//   pcp.count       = sum over its lists of length << order(pindex)

import {
  MAX_FRAMES,
  MAX_ORDERS,
  MAX_PCP_LISTS,
  MAX_ZONES,
  MIGRATE_TYPES,
  NO_MEMORY_MAP,
} from "../../assembly/abi/limits.js";
import { Migratetype, ZoneFlag } from "../../assembly/abi/vocabulary.js";
import { type KernelFamily, kernelFamily, pcpOrder } from "./family.js";
import { lineText, placeOf, type StatePlace } from "./origin.js";
import { checkOverlaps } from "./overlaps.js";
import type { CmaAreaState, MachineState, ZoneState } from "./types.js";

/** A contradiction inside a state, with the place of what contradicts. */
export interface StateProblem extends StatePlace {
  /** What contradicts what. */
  readonly message: string;
}

/** What the checks of one state share. */
interface StateCheck {
  state: MachineState;
  pageblockOrder: number;
  maxPageOrder: number;
  migrateTypes: number;
  family: KernelFamily;
  problems: StateProblem[];
  report(part: object, message: string): void;
}

const MAX_PFN = 0xffff_ffff;

/** All contradictions of the state; empty: sound. */
export function checkState(state: MachineState): StateProblem[] {
  const problems: StateProblem[] = [];
  const check: StateCheck = {
    state,
    pageblockOrder: state.constants["pageblock_order"] as number,
    maxPageOrder: state.constants["max_page_order"] as number,
    migrateTypes: state.constants["migrate_types"] as number,
    family: kernelFamily(state),
    problems,
    report: (part, message) => problems.push({ ...placeOf(state, part), message }),
  };
  if (!checkConstants(check)) {
    return problems;
  }
  checkZoneBounds(check);
  for (const zone of state.zones) {
    checkZoneNumbers(check, zone);
    checkPageblocks(check, zone);
    checkFreeLists(check, zone);
    checkPcps(check, zone);
    checkFreeCounters(check, zone);
    checkRunBounds(check, zone);
  }
  for (const area of state.areas) {
    checkArea(check, area);
  }
  checkOverlaps(state, check.report);
  return problems;
}

/** Limits of the engine; beyond them the arithmetic of the other checks means nothing. */
function checkConstants(check: StateCheck): boolean {
  const { state } = check;
  const limits: [string, number, number][] = [
    ["page_shift", 12, 16],
    ["max_page_order", 1, MAX_ORDERS - 1],
    ["pageblock_order", 1, check.maxPageOrder],
    ["migrate_types", MIGRATE_TYPES, MIGRATE_TYPES],
    ["pcptypes", 3, 4],
    ["nr_pcp_lists", 1, MAX_PCP_LISTS],
    ["nr_loworder_pcp_lists", 1, state.constants["nr_pcp_lists"] as number],
    ["max_nr_zones", 1, MAX_ZONES],
  ];
  const before = check.problems.length;
  for (const [name, low, high] of limits) {
    const value = state.constants[name] as number;
    if (!(value >= low && value <= high)) {
      check.report(state, `const ${name}=${value} is outside of ${low}..${high}`);
    }
  }
  const announced = state.origin?.onlineCpus ?? state.cpus.length;
  if (state.cpus.length !== announced) {
    check.report(state, `online_cpus=${announced}, but there are ${state.cpus.length} cpu lines`);
  }
  if (!state.cpus.includes(state.thisCpu)) {
    check.report(state, `this_cpu=${state.thisCpu}, which has no cpu line`);
  }
  return check.problems.length === before;
}

function checkZoneBounds(check: StateCheck): void {
  const { zones } = check.state;
  const maxZones = check.state.constants["max_nr_zones"] as number;
  let frames = 0;
  if (zones.length > maxZones) {
    check.report(check.state, `${zones.length} zones for max_nr_zones=${maxZones}`);
    return;
  }
  for (const [position, zone] of zones.entries()) {
    const name = `zone ${zone.index} ${zone.name}`;
    const end = zone.start + zone.spanned;
    if (zone.index >= maxZones || zones.some((other, at) => at < position && other.index === zone.index)) {
      check.report(zone, `${name}: its index is taken or not below max_nr_zones=${maxZones}`);
    }
    if (zone.spanned === 0 || end > MAX_PFN) {
      check.report(
        zone,
        `${name}: start=${zone.start} spanned=${zone.spanned} leaves the pfns 0..${MAX_PFN}`,
      );
    }
    frames += zone.spanned;
    if (frames > MAX_FRAMES) {
      check.report(zone, `${name}: ${frames} frames up to here, more than ${MAX_FRAMES} can be modelled`);
    }
    for (const other of zones.slice(0, position)) {
      if (zone.start < other.start + other.spanned && other.start < end) {
        check.report(
          zone,
          `${name} overlaps zone ${other.index} ${other.name}${lineText(check.state, other)}`,
        );
      }
    }
  }
}

function checkZoneNumbers(check: StateCheck, zone: ZoneState): void {
  const { spanned, present, managed, cmaPages, watermark, flags } = zone;
  if (present > spanned || managed > present || cmaPages > present) {
    check.report(
      zone,
      `zone ${zone.name}: not managed=${managed} <= present=${present} <= spanned=${spanned}, or cma_pages=${cmaPages} > present`,
    );
  }
  if (watermark.min > watermark.low || watermark.low > watermark.high) {
    const marks = `min=${watermark.min} low=${watermark.low} high=${watermark.high}`;
    check.report(zone, `zone ${zone.name}: watermarks do not ascend (${marks})`);
  }
  const maxZones = check.state.constants["max_nr_zones"] as number;
  if (zone.lowmemReserve.length !== maxZones) {
    const got = zone.lowmemReserve.length;
    check.report(zone, `zone ${zone.name}: lowmem_reserve has ${got} numbers for max_nr_zones=${maxZones}`);
  }
  const raw =
    (flags.boosted ? ZoneFlag.BOOSTED : 0) |
    (flags.reclaimActive ? ZoneFlag.RECLAIM_ACTIVE : 0) |
    (flags.belowHigh === true ? ZoneFlag.BELOW_HIGH : 0);
  const known = ZoneFlag.BOOSTED | ZoneFlag.RECLAIM_ACTIVE | ZoneFlag.BELOW_HIGH;
  if ((flags.raw & known) !== raw) {
    check.report(flags, `flag word 0x${flags.raw.toString(16)} disagrees with the flags beside it`);
  }
}

function checkPageblocks(check: StateCheck, zone: ZoneState): void {
  const size = 2 ** check.pageblockOrder;
  const { start, types } = zone.pageblocks;
  const first = Math.floor(zone.start / size) * size;
  const blocks = Math.ceil((zone.start + zone.spanned - first) / size);
  if (start !== first) {
    check.report(zone.pageblocks, `pageblocks begin at pfn ${start}, the zone's first pageblock at ${first}`);
  }
  if (types.length !== blocks) {
    check.report(zone.pageblocks, `pageblocks has ${types.length} digits, the zone has ${blocks} pageblocks`);
  }
  if (zone.skipbits !== "" && zone.skipbits.length !== blocks) {
    check.report(
      zone.pageblocks,
      `skipbits has ${zone.skipbits.length} digits, the zone has ${blocks} pageblocks`,
    );
  }
  let isolated = 0;
  for (let block = 0; block < types.length; block++) {
    const type = types[block] as number;
    isolated += type === Migratetype.ISOLATE ? 1 : 0;
    if (type >= check.migrateTypes && type !== NO_MEMORY_MAP) {
      check.report(
        zone.pageblocks,
        `pageblock at pfn ${start + block * size} has the unknown migratetype ${type}`,
      );
    }
  }
  const counted = zone.counters.nrIsolatePageblock;
  if (counted !== isolated) {
    check.report(zone.counters, `nr_isolate_pageblock=${counted}, but ${isolated} pageblocks are ISOLATE`);
  }
}

function checkFreeLists(check: StateCheck, zone: ZoneState): void {
  const lengths = zone.nrFree.map(() => 0);
  for (const list of zone.free) {
    const { order, migratetype, pfns } = list;
    const where = `free list order ${order} type ${migratetype}`;
    if (order > check.maxPageOrder) {
      check.report(list, `${where}: orders end at ${check.maxPageOrder}`);
      continue;
    }
    if (migratetype >= check.migrateTypes) {
      check.report(list, `${where}: unknown migratetype`);
    }
    lengths[order] = (lengths[order] ?? 0) + pfns.length;
    for (const pfn of pfns) {
      if (checkBlock(check, zone, pfn, order, list, where)) {
        checkBlockType(check, zone, pfn, order, migratetype, list);
      }
    }
  }
  for (const [order, length] of lengths.entries()) {
    if (zone.nrFree[order] !== length) {
      const part = zone.free.find((list) => list.order === order) ?? zone;
      check.report(
        part,
        `zone ${zone.name}: nr_free of order ${order} is ${zone.nrFree[order]}, its lists hold ${length} blocks`,
      );
    }
  }
}

/** True when the block lies in the zone, aligned. */
function checkBlock(
  check: StateCheck,
  zone: ZoneState,
  pfn: number,
  order: number,
  list: object,
  where: string,
): boolean {
  const size = 2 ** order;
  if (pfn % size !== 0) {
    check.report(list, `${where}: pfn ${pfn} is not a multiple of ${size}`);
    return false;
  }
  if (pfn < zone.start || pfn + size > zone.start + zone.spanned) {
    check.report(list, `${where}: block ${pfn}+${size} leaves zone ${zone.name}`);
    return false;
  }
  return true;
}

/** 6.12: a block is on the list of its pageblock's type (all of them, when it spans several). 6.1 allows any list. */
function checkBlockType(
  check: StateCheck,
  zone: ZoneState,
  pfn: number,
  order: number,
  migratetype: number,
  list: object,
): void {
  const { start, types } = zone.pageblocks;
  const size = 2 ** check.pageblockOrder;
  const first = Math.floor((pfn - start) / size);
  const blocks = Math.max(1, 2 ** order / size);
  const follows = check.family === "6.12";
  for (let block = first; block < first + blocks; block++) {
    const type = types[block];
    const at = start + block * size;
    if (type === NO_MEMORY_MAP) {
      check.report(list, `free block ${pfn} of order ${order}: no memory map at pfn ${at}`);
    } else if (follows && type !== undefined && type !== migratetype) {
      check.report(
        list,
        `free block ${pfn} of order ${order} is on the list of type ${migratetype}, the pageblock at ${at} is of type ${type}`,
      );
    }
  }
}

function checkPcps(check: StateCheck, zone: ZoneState): void {
  const { nr_pcp_lists: lists } = check.state.constants as { nr_pcp_lists: number };
  const needsTypes = check.family === "6.1";
  for (const pcp of zone.pcps) {
    let pages = 0;
    for (const list of pcp.lists) {
      const order = pcpOrder(check.state, list.pindex);
      const where = `pcplist cpu ${pcp.cpu} pindex ${list.pindex}`;
      pages += list.pfns.length * 2 ** order;
      if (list.pindex >= lists) {
        check.report(list, `${where}: pindexes end at ${lists - 1}`);
        continue;
      }
      for (const pfn of list.pfns) {
        checkBlock(check, zone, pfn, order, list, where);
      }
      if (needsTypes && list.cachedTypes === undefined) {
        check.report(list, `${where}: no pcpmt line with the cached types of its pages`);
      }
      if (list.cachedTypes?.some((type) => type >= check.migrateTypes)) {
        check.report(list, `${where}: unknown migratetype in its pcpmt line`);
      }
    }
    if (pages !== pcp.count) {
      check.report(pcp, `pcp of cpu ${pcp.cpu}: count=${pcp.count}, but its lists hold ${pages} pages`);
    }
    if (!check.state.cpus.includes(pcp.cpu)) {
      check.report(pcp, `pcp of cpu ${pcp.cpu}, which has no cpu line`);
    }
  }
}

function checkFreeCounters(check: StateCheck, zone: ZoneState): void {
  let free = 0;
  let cma = 0;
  let highatomic = 0;
  for (const { migratetype, order, pfns } of zone.free) {
    const pages = pfns.length * 2 ** order;
    free += migratetype === Migratetype.ISOLATE ? 0 : pages;
    cma += migratetype === Migratetype.CMA ? pages : 0;
    highatomic += migratetype === Migratetype.HIGHATOMIC ? pages : 0;
  }
  const { counters, pcps } = zone;
  const countedFree = pcps.reduce((sum, pcp) => sum + pcp.diffFree, counters.freePages);
  const countedCma = pcps.reduce((sum, pcp) => sum + pcp.diffCma, counters.freeCma);
  const name = `zone ${zone.name}`;
  if (countedFree !== free) {
    check.report(
      counters,
      `${name}: free_pages plus diff_free is ${countedFree}, the lists hold ${free} pages`,
    );
  }
  if (countedCma !== cma) {
    check.report(
      counters,
      `${name}: free_cma plus diff_cma is ${countedCma}, the CMA lists hold ${cma} pages`,
    );
  }
  if (check.family === "6.12" && counters.nrFreeHighatomic !== highatomic) {
    const counted = counters.nrFreeHighatomic;
    check.report(
      counters,
      `${name}: nr_free_highatomic=${counted}, the HIGHATOMIC lists hold ${highatomic} pages`,
    );
  }
}

function checkRunBounds(check: StateCheck, zone: ZoneState): void {
  for (const { kind, start, length } of zone.runs) {
    if (start < zone.start || start + length > zone.start + zone.spanned) {
      check.report(zone.runs, `run ${kind}${start}+${length} leaves zone ${zone.name}`);
    }
  }
}

function checkArea(check: StateCheck, area: CmaAreaState): void {
  const { basePfn, count, orderPerBit, bitmapBits } = area;
  const end = basePfn + count;
  const name = `area ${area.index} ${area.name}`;
  const inside = check.state.zones.some((zone) => basePfn >= zone.start && end <= zone.start + zone.spanned);
  if (!inside || count === 0) {
    check.report(area, `${name}: pfns ${basePfn}..${end - 1} are not all inside one zone`);
  }
  if (bitmapBits !== Math.ceil(count / 2 ** orderPerBit)) {
    check.report(area, `${name}: ${bitmapBits} bits of ${2 ** orderPerBit} pages for ${count} pages`);
  }
  let previousEnd = 0;
  for (const { start, length } of area.set) {
    if (start < previousEnd || start + length > bitmapBits) {
      check.report(area, `${name}: run of set bits ${start}+${length} is out of order or leaves the bitmap`);
    }
    previousEnd = start + length;
  }
}
