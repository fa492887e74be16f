// Knows: how a small machine is described, and how it becomes an allocator state as a capture would give it.
// Must not know: any model, what the state is for. Geometry is free data here: the numbers need not be those of a
// real configuration, only consistent with each other.

import { type CmaLockRule, Migratetype } from "../../assembly/abi/vocabulary.js";
import type {
  CmaAreaState,
  FreeList,
  MachineState,
  PageRun,
  PcpState,
  ZoneState,
} from "../../bindings/state/types.js";
import { Random } from "./random.js";

export interface SmallZone {
  readonly index: number;
  readonly name: string;
  readonly start: number;
  readonly pages: number;
  /** Default: `pages`. A larger number lets a small zone have a HIGHATOMIC reserve. */
  readonly managed?: number;
  /** min, low, high */
  readonly marks: readonly [number, number, number];
  readonly lowmemReserve?: readonly number[];
  readonly batch: number;
  readonly highMin: number;
  readonly highMax: number;
  readonly threshold: number;
  /** PCPF_FREE_HIGH_BATCH is set. */
  readonly freesHighBatch?: boolean;
  /** Type of the n-th pageblock, counted from the zone's first; the last entry holds for all others. */
  readonly types: readonly Migratetype[];
  /** Pages in 256 that are in use at the beginning, here and there. */
  readonly used?: number;
  /** No list has an entry: all frames are PageReserved and wait for a boot to free them. */
  readonly reserved?: boolean;
}

export interface SmallMachine {
  readonly name: string;
  readonly kernel: "6.12" | "6.1";
  readonly pageShift: number;
  readonly maxOrder: number;
  readonly pageblockOrder: number;
  readonly costlyOrder: number;
  /** Has the two lists for THP: of order pageShift - 3 in 6.12, of a pageblock in 6.1. */
  readonly thp: boolean;
  readonly cpus: number;
  readonly maxZones: number;
  readonly boostFactor: number;
  readonly batchScaleMax?: number;
  readonly mobilityDisabled?: boolean;
  /** What random operations are mostly about: contiguous allocations among movable pages, whole or step by step. */
  readonly focus?: "cma" | "requests";
  /** What a cma_alloc waits for; default: what the kernel has. */
  readonly lock?: CmaLockRule;
  readonly zones: readonly SmallZone[];
}

/** What a page is at the beginning. */
enum Use {
  FREE,
  FIXED,
  LRU,
  DRIVER,
  RESERVED,
  HOLE,
}

export const NO_MEMORY_MAP = 255;
/** What a dump says of itself. */
const HEAD = { line: 1, seq: 0, tag: "before", tsNs: 0, lines: new Map<object, number>() };
const RELEASES = { "6.12": "6.12.0-small", "6.1": "6.1.0-small" } as const;

/** `seed` decides which pages are in use and the order of the lists. */
export function smallState(machine: SmallMachine, seed = 0): MachineState {
  const random = new Random(seed);
  const pcpLists = (machine.costlyOrder + 1) * 3;
  return {
    origin: { ...HEAD, file: `${machine.name} ${machine.kernel}`, onlineCpus: machine.cpus },
    release: RELEASES[machine.kernel],
    thisCpu: 0,
    constants: {
      page_shift: machine.pageShift,
      max_page_order: machine.maxOrder,
      pageblock_order: machine.pageblockOrder,
      migrate_types: 6,
      pcptypes: 3,
      nr_pcp_lists: pcpLists + (machine.thp ? 2 : 0),
      nr_loworder_pcp_lists: pcpLists,
      pcp_batch_scale_max: machine.batchScaleMax ?? 5,
      max_nr_zones: machine.maxZones,
      costly_order: machine.costlyOrder,
      cma_min_align_pages: 2 ** machine.pageblockOrder,
    },
    sys: {
      watermark_boost_factor: machine.boostFactor,
      page_group_by_mobility_disabled: machine.mobilityDisabled === true ? 1 : 0,
    },
    cpus: Array.from({ length: machine.cpus }, (_, cpu) => cpu),
    zones: machine.zones.map((zone) => zoneState(machine, zone, random)),
    areas: areaStates(machine),
  };
}

function firstBlock(machine: SmallMachine, zone: SmallZone): number {
  return zone.start - (zone.start % 2 ** machine.pageblockOrder);
}

function blockTypes(machine: SmallMachine, zone: SmallZone): Uint8Array {
  const first = firstBlock(machine, zone);
  const blocks = Math.ceil((zone.start + zone.pages - first) / 2 ** machine.pageblockOrder);
  return Uint8Array.from(
    { length: blocks },
    (_, i) => zone.types[i] ?? zone.types.at(-1) ?? Migratetype.MOVABLE,
  );
}

function uses(machine: SmallMachine, zone: SmallZone, types: Uint8Array, random: Random): Uint8Array {
  const first = firstBlock(machine, zone);
  return Uint8Array.from({ length: zone.pages }, (_, page) => {
    const type = types[(zone.start + page - first) >> machine.pageblockOrder];
    if (type === NO_MEMORY_MAP) return Use.HOLE;
    if (zone.reserved === true) return Use.RESERVED;
    if (random.below(256) >= (zone.used ?? 0)) return Use.FREE;
    if (random.oneIn(16)) return Use.RESERVED;
    if (type === Migratetype.MOVABLE || type === Migratetype.CMA)
      return random.pick([Use.LRU, Use.LRU, Use.DRIVER]);
    return random.oneIn(4) ? Use.LRU : Use.FIXED;
  });
}

function zoneState(machine: SmallMachine, zone: SmallZone, random: Random): ZoneState {
  const types = blockTypes(machine, zone);
  const use = uses(machine, zone, types, random);
  const free = freeLists(machine, zone, types, use, random);
  const nrFree = Array.from({ length: machine.maxOrder + 1 }, (_, order) =>
    free.filter((list) => list.order === order).reduce((sum, list) => sum + list.pfns.length, 0),
  );
  const pagesOf = (wanted: (type: number) => boolean) =>
    free
      .filter((list) => wanted(list.migratetype))
      .reduce((sum, list) => sum + list.pfns.length * 2 ** list.order, 0);
  const [min, low, high] = zone.marks;
  const reserve = types.filter((type) => type === Migratetype.HIGHATOMIC).length;
  const is612 = machine.kernel === "6.12";
  return {
    index: zone.index,
    name: zone.name,
    start: zone.start,
    spanned: zone.pages,
    present: use.filter((each) => each !== Use.HOLE).length,
    managed: zone.managed ?? zone.pages,
    cmaPages: types.filter((type) => type === Migratetype.CMA).length * 2 ** machine.pageblockOrder,
    watermark: { min, low, high, promo: high, boost: 0, percpuDriftMark: 0 },
    lowmemReserve: Array.from({ length: machine.maxZones }, (_, i) => zone.lowmemReserve?.[i] ?? 0),
    flags: { raw: 0, boosted: false, reclaimActive: false, belowHigh: is612 ? false : undefined },
    counters: {
      nrReservedHighatomic: reserve * 2 ** machine.pageblockOrder,
      nrFreeHighatomic: is612 ? pagesOf((type) => type === Migratetype.HIGHATOMIC) : 0,
      nrIsolatePageblock: types.filter((type) => type === Migratetype.ISOLATE).length,
      freePages: pagesOf((type) => type !== Migratetype.ISOLATE),
      freeCma: pagesOf((type) => type === Migratetype.CMA),
    },
    compact: {},
    pagesetDefaults: {},
    pcps: Array.from({ length: machine.cpus }, (_, cpu) => pcpState(machine, zone, cpu)),
    nrFree,
    free,
    pageblocks: { start: firstBlock(machine, zone), types },
    skipbits: "",
    runs: runs(zone, use),
  };
}

/** The free pages in the largest aligned blocks that lie in pageblocks of one type; each list in random order. */
function freeLists(
  machine: SmallMachine,
  zone: SmallZone,
  types: Uint8Array,
  use: Uint8Array,
  random: Random,
): FreeList[] {
  const first = firstBlock(machine, zone);
  const typeAt = (pfn: number) => types[(pfn - first) >> machine.pageblockOrder] as number;
  const end = zone.start + zone.pages;
  const isFree = (pfn: number, order: number): boolean => {
    if (pfn % 2 ** order !== 0 || pfn + 2 ** order > end) return false;
    for (let each = pfn; each < pfn + 2 ** order; each++) {
      if (use[each - zone.start] !== Use.FREE || typeAt(each) !== typeAt(pfn)) return false;
    }
    return true;
  };
  const lists = new Map<number, number[]>();
  for (let pfn = zone.start; pfn < end; ) {
    if (!isFree(pfn, 0)) {
      pfn += 1;
      continue;
    }
    let order = 0;
    while (order < machine.maxOrder && isFree(pfn, order + 1)) order += 1;
    const key = order * 8 + typeAt(pfn);
    lists.set(key, [...(lists.get(key) ?? []), pfn]);
    pfn += 2 ** order;
  }
  return [...lists]
    .sort(([a], [b]) => a - b)
    .map(([key, pfns]) => ({
      order: key >> 3,
      migratetype: key & 7,
      pfns: Uint32Array.from(random.shuffled(pfns)),
    }));
}

function runs(zone: SmallZone, use: Uint8Array): PageRun[] {
  const kinds: Partial<Record<Use, PageRun["kind"]>> = {
    [Use.LRU]: "L",
    [Use.DRIVER]: "M",
    [Use.RESERVED]: "R",
  };
  const found: PageRun[] = [];
  for (let page = 0; page < use.length; ) {
    let end = page + 1;
    while (end < use.length && use[end] === use[page]) end += 1;
    const kind = kinds[use[page] as Use];
    if (kind !== undefined) found.push({ kind, start: zone.start + page, length: end - page });
    page = end;
  }
  return found;
}

/** 6.1 has one limit: highMin. */
function pcpState(machine: SmallMachine, zone: SmallZone, cpu: number): PcpState {
  const fixed = machine.kernel === "6.1";
  return {
    cpu,
    count: 0,
    high: fixed ? zone.highMin : 0,
    highMin: zone.highMin,
    highMax: fixed ? zone.highMin : zone.highMax,
    batch: zone.batch,
    flags: !fixed && zone.freesHighBatch === true ? 2 : 0,
    allocFactor: 0,
    freeCount: 0,
    freeFactor: 0,
    statThreshold: zone.threshold,
    diffFree: 0,
    diffCma: 0,
    lists: [],
  };
}

/** The CMA pageblocks of a zone, each run of them, form one area whose bitmap is empty. */
function areaStates(machine: SmallMachine): CmaAreaState[] {
  const areas: CmaAreaState[] = [];
  for (const zone of machine.zones) {
    const types = blockTypes(machine, zone);
    for (let first = 0; first < types.length; first++) {
      if (types[first] !== Migratetype.CMA) continue;
      let behind = first;
      while (types[behind] === Migratetype.CMA) behind += 1;
      const count = (behind - first) * 2 ** machine.pageblockOrder;
      const basePfn = firstBlock(machine, zone) + first * 2 ** machine.pageblockOrder;
      const name = `${zone.name} ${areas.length}`;
      areas.push({
        index: areas.length,
        name,
        basePfn,
        count,
        orderPerBit: 0,
        bitmapBits: count,
        set: [],
      });
      first = behind;
    }
  }
  return areas;
}
