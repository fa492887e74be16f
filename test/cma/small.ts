// Knows: a small machine with CMA areas, whose every frame a test can fill as it likes, and how to look at it.
// Must not know: what a test wants to see.
//
//   pfn  1024            1280                      1536
//         | 16 pageblocks | 16 pageblocks of the area |       16 pages each, the largest block has 64

import { flagsOf, kindOf, lifeOf, mobilityOf, orderOf, pinsOf } from "../../assembly/abi/frame_word.js";
import {
  FrameKind,
  Migratetype,
  Mobility,
  Op,
  PageFlag,
  PageLife,
  Status,
} from "../../assembly/abi/vocabulary.js";
import { MachineError } from "../../bindings/engine/errors.js";
import type { PageContent } from "../../bindings/machine/allocation.js";
import { type CreateOptions, Machine } from "../../bindings/machine/machine.js";
import type { CmaAreaState, FreeList, MachineState, PageRun } from "../../bindings/state/types.js";
import { type SmallMachine, type SmallZone, smallState } from "../support/small_state.js";

export type Kernel = SmallMachine["kernel"];
export const KERNELS: readonly Kernel[] = ["6.12", "6.1"];

export const ZONE = 2;
export const START = 1024;
export const BASE = 1280;
export const END = 1536;
export const BLOCK = 16;
/** Name of the area. */
export const AREA = "camera";
const BLOCKS = (END - START) / BLOCK;
const FIRST_CMA = (BASE - START) / BLOCK;
const { MOVABLE, CMA } = Migratetype;

const NORMAL: SmallZone = {
  index: ZONE,
  name: "Normal",
  start: START,
  pages: END - START,
  marks: [2, 3, 4],
  batch: 3,
  highMin: 9,
  highMax: 24,
  threshold: 4,
  types: Array.from({ length: BLOCKS }, (_, block) => (block < FIRST_CMA ? MOVABLE : CMA)),
};

const SMALL: Omit<SmallMachine, "kernel"> = {
  name: "small, half of it CMA",
  pageShift: 12,
  maxOrder: 6,
  pageblockOrder: 4,
  costlyOrder: 3,
  thp: false,
  cpus: 1,
  maxZones: 4,
  boostFactor: 0,
  zones: [NORMAL],
};

export interface SmallArea {
  readonly name?: string;
  readonly basePfn?: number;
  readonly count?: number;
  readonly orderPerBit?: number;
  /** Bits that are in use from the beginning. */
  readonly set?: CmaAreaState["set"];
}

export interface SmallOptions extends CreateOptions {
  readonly cpus?: number;
  /** A zone Movable of 256 pages behind END, the upper half of it CMA. */
  readonly movable?: boolean;
  readonly areas?: readonly SmallArea[];
}

const ABOVE: SmallZone = {
  ...NORMAL,
  index: 3,
  name: "Movable",
  start: END,
  pages: 256,
  types: Array.from({ length: 16 }, (_, block) => (block < 8 ? MOVABLE : CMA)),
};

/** All memory is free at first. */
export async function small(
  kernel: Kernel,
  { cpus = 1, areas = [{}], movable = false, ...options }: SmallOptions = {},
): Promise<Machine> {
  const zones = movable ? [NORMAL, ABOVE] : [NORMAL];
  const state = smallState({ ...SMALL, kernel, cpus, zones });
  return Machine.fromState({ ...state, areas: areas.map(areaState) }, { core: "checked", ...options });
}

function areaState(area: SmallArea, index: number): CmaAreaState {
  const { name = AREA, basePfn = BASE, count = END - BASE, orderPerBit = 0, set = [] } = area;
  return { index, name, basePfn, count, orderPerBit, bitmapBits: count >> orderPerBit, set };
}

/** What a frame of the area may be used for; the names that the tests speak. */
export const CONTENT = {
  kernel: {},
  anon: { mobility: Mobility.LRU, life: PageLife.ANON, flags: PageFlag.MAPPED },
  active: { mobility: Mobility.LRU, life: PageLife.ANON, flags: PageFlag.MAPPED | PageFlag.ACTIVE },
  file: { mobility: Mobility.LRU, life: PageLife.FILE },
  mapped: { mobility: Mobility.LRU, life: PageLife.FILE, flags: PageFlag.MAPPED },
  dirty: { mobility: Mobility.LRU, life: PageLife.FILE, flags: PageFlag.DIRTY },
  writeback: { mobility: Mobility.LRU, life: PageLife.FILE, flags: PageFlag.WRITEBACK },
  locked: { mobility: Mobility.LRU, life: PageLife.FILE, flags: PageFlag.UNEVICTABLE | PageFlag.MAPPED },
  balloon: { mobility: Mobility.DRIVER, life: PageLife.BALLOON },
} as const satisfies Record<string, PageContent>;

export type Content = keyof typeof CONTENT;

/** One command by itself; throws what is refused. */
export function command(
  machine: Machine,
  op: Op,
  args: { a?: number; b?: number; c?: number; order?: number; flags?: number },
): number {
  const { commands } = machine;
  commands.clear();
  commands.push(op, args);
  commands.execute();
  const status = commands.status(0);
  const pfn = commands.pfn(0);
  commands.clear();
  if (status >= Status.BAD_COMMAND) throw new MachineError(status, Op[op]);
  return pfn;
}

/** Makes exactly this frame, free so far, a page in use. */
export function place(machine: Machine, pfn: number, content: Content, order = 0): number {
  command(machine, Op.TAKE_FREE, { a: pfn, order });
  if (content !== "kernel") machine.setContent(pfn, CONTENT[content]);
  return pfn;
}

/** Every single frame of [from, to). */
export function placeAll(machine: Machine, from: number, to: number, content: Content): void {
  for (let pfn = from; pfn < to; pfn++) place(machine, pfn, content);
}

export interface Page {
  readonly order: number;
  readonly mobility: Mobility;
  readonly life: PageLife;
  /** PageFlag bits. */
  readonly flags: number;
  readonly pins: number;
}

function wordAt(machine: Machine, pfn: number): number {
  return machine.engine.frames.word(pfn - machine.views.startPfn) ?? 0;
}

/** The page in use whose first frame this is; undefined for everything else. */
export function pageAt(machine: Machine, pfn: number): Page | undefined {
  const word = wordAt(machine, pfn);
  if (kindOf(word) !== FrameKind.ALLOCATED) return undefined;
  return {
    order: orderOf(word),
    mobility: mobilityOf(word),
    life: lifeOf(word),
    flags: flagsOf(word),
    pins: pinsOf(word),
  };
}

/** Heads of all pages in use in [from, to). */
export function usedPages(machine: Machine, from = START, to = END): number[] {
  const found: number[] = [];
  for (let pfn = from; pfn < to; pfn++) if (pageAt(machine, pfn) !== undefined) found.push(pfn);
  return found;
}

/** Frames that are given out by cma_alloc. */
export function givenOut(machine: Machine, from = START, to = END): number[] {
  return usedPages(machine, from, to).filter((pfn) => pageAt(machine, pfn)?.life === PageLife.CMA);
}

export function blockTypes(machine: Machine): number[] {
  const first = (START - machine.views.startPfn) / BLOCK;
  return [...machine.views.pageblocks.subarray(first, first + BLOCKS)];
}

/** Every page out of use behind a per-CPU list would hide a free block: all lists go to the buddy. */
export function settle(machine: Machine): void {
  machine.drainAll();
  machine.fold();
}

export function isSound(machine: Machine): string {
  const { name, pfn, expected, got } = machine.validate();
  return name === "NONE" ? "sound" : `${name} at ${pfn}: expected ${expected}, got ${got}`;
}

/** Bits set, as runs [first, behind). */
export function bitRuns(machine: Machine, area: number | string, nth = 0): [number, number][] {
  const words = machine.cma.bitmap(area, nth);
  const bits = machine.cma.area(area).ranges[nth]?.bits ?? 0;
  const isSet = (bit: number) => (((words[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 1;
  const runs: [number, number][] = [];
  for (let bit = 0; bit < bits; bit++) {
    if (!isSet(bit)) continue;
    let end = bit;
    while (end < bits && isSet(end)) end += 1;
    runs.push([bit, end]);
    bit = end;
  }
  return runs;
}

/** The state with exactly these runs of the zone free, [first, behind); all other frames are in use and fixed. */
export function withFree(state: MachineState, free: readonly (readonly [number, number])[]): MachineState {
  const [zone] = state.zones;
  if (zone === undefined || state.zones.length !== 1) throw new Error("one zone only");
  const { types, start } = zone.pageblocks;
  const order = state.constants["pageblock_order"] ?? 0;
  const most = state.constants["max_page_order"] ?? 0;
  const typeAt = (pfn: number) => types[(pfn - start) >> order] ?? 0;
  const lists = new Map<number, number[]>();
  for (const [first, behind] of free) {
    for (let pfn = first; pfn < behind; ) {
      const fits = (o: number) =>
        pfn % 2 ** o === 0 && pfn + 2 ** o <= behind && typeAt(pfn) === typeAt(pfn + 2 ** o - 1);
      let o = 0;
      while (o < most && fits(o + 1)) o += 1;
      const key = o * 8 + typeAt(pfn);
      lists.set(key, [...(lists.get(key) ?? []), pfn]);
      pfn += 2 ** o;
    }
  }
  const filled: FreeList[] = [...lists].map(([key, pfns]) => ({
    order: key >> 3,
    migratetype: key & 7,
    pfns: Uint32Array.from(pfns),
  }));
  const pages = (lists: readonly FreeList[]) =>
    lists.reduce((sum, list) => sum + list.pfns.length * 2 ** list.order, 0);
  const none: PageRun[] = [];
  const changed = {
    ...zone,
    free: filled,
    nrFree: Array.from({ length: most + 1 }, (_, o) =>
      filled.filter((list) => list.order === o).reduce((sum, list) => sum + list.pfns.length, 0),
    ),
    runs: none,
    counters: {
      ...zone.counters,
      freePages: pages(filled),
      freeCma: pages(filled.filter((list) => list.migratetype === CMA)),
    },
  };
  return { ...state, zones: [changed] };
}
