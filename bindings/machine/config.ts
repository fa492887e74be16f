// Knows: the numbers that a machine is created with, and their places in the CONFIG region.
// Must not know: where they come from (a device description, a captured state).

import type { SearchStrategy } from "../../assembly/abi/findings.js";
import {
  MAX_ACTORS,
  MAX_CPUS,
  MAX_EVENT_CAPACITY,
  MAX_FRAMES,
  MAX_ORDERS,
  MAX_PCP_LISTS,
  MAX_ZONES,
  SLOT_CAPACITY,
} from "../../assembly/abi/limits.js";
import { CmaOwnerRule, CmaZoneRule } from "../../assembly/abi/proposals.js";
import {
  BoostRule,
  CmaErrorRule,
  CmaLockRule,
  FallbackRule,
  IsolationRule,
  ListTypeRule,
  MigrationRule,
  PcpCmaRule,
  PcpRule,
  ReclaimMode,
  ReserveRule,
  ReserveSizeRule,
  WakeRule,
} from "../../assembly/abi/vocabulary.js";
import { ConfigWord } from "../../assembly/abi/words.js";
import type { KernelRules } from "../device/kernel.js";
import type { Problem } from "../engine/errors.js";
import { append } from "../engine/extent.js";
import { type MachinePolicy, policyProblems } from "./policy.js";
import { RULE_WORDS } from "./rules.js";

/** Geometry, kernel rules and system-wide settings of a machine. Frames and pages unless said otherwise. */
export interface SystemConfig {
  readonly pageShift: number;
  readonly maxPageOrder: number;
  readonly pageblockOrder: number;
  /** Order of the two THP per-CPU lists; 0: none. */
  readonly pcpThpOrder: number;
  readonly pcpLists: number;
  readonly pcpBatchScaleMax: number;
  readonly costlyOrder: number;
  readonly cpus: number;
  readonly zones: number;
  readonly startPfn: number;
  readonly endPfn: number;
  readonly normalZone: number;
  readonly movableZone: number;
  readonly hasDma32: boolean;
  readonly watermarkBoostFactor: number;
  readonly mobilityDisabled: boolean;
  /** Zone index for each value of gfp & (DMA | HIGHMEM | DMA32 | MOVABLE); 16 entries, -1 for refused ones. */
  readonly gfpZone: readonly number[];
  readonly rules: KernelRules;
  readonly areas: readonly AreaConfig[];
  /** Its areas have lent their pages already, and its pages lie in their zones. */
  readonly isCaptured?: true;
}

/** The same with what the creator of a machine chooses. */
export interface MachineConfig extends SystemConfig {
  readonly pressure: PressureOptions | undefined;
  /** Allocations that may be named by a number, so that they are found again after migration; 0: none. */
  readonly slots: number;
  /** How cma_alloc looks for a window: every strategy finds the same one. */
  readonly search: SearchStrategy;
  readonly policy: MachinePolicy;
  /** Events that the ring holds. */
  readonly eventRing: number;
  readonly simulation: SimulationRoom | undefined;
}

/** Room of a machine with time: actors, pending events, I/O and buffers in flight. */
export interface SimulationRoom {
  /** Of the actors, each another one: a snapshot carries them. */
  readonly names: readonly string[];
  /** Length of the queue of events. */
  readonly events: number;
  /** Words for the actors' own tables. */
  readonly cells: number;
}

/** What a machine does when its free lists have nothing. Off where absent: requests stop with WOULD_RECLAIM. */
export interface PressureOptions {
  /** Requests that may, reclaim, compact and retry by themselves. Default true. */
  readonly directReclaim?: boolean;
  /** kswapd runs right after the allocation that woke it (else only on runKswapd()). Default true. */
  readonly kswapd?: boolean;
  /** Room for pages swapped out; 0 (default): no swap, anonymous pages stay. */
  readonly swapPages?: number;
  /** zram: frames it takes for 100 pages stored, e.g. 35; 0 (default): the swap is a disk. */
  readonly zramPercent?: number;
  /** vm.swappiness, 0 to 200. Default 60. */
  readonly swappiness?: number;
}

/** One CMA area; frames and pages. */
export interface AreaConfig {
  readonly name: string;
  readonly orderPerBit: number;
  readonly ranges: readonly { readonly basePfn: number; readonly pages: number }[];
}

function bitmapWords(area: AreaConfig): number {
  return area.ranges.reduce((sum, { pages }) => sum + Math.ceil(pages / 2 ** area.orderPerBit / 32), 0);
}

function between(value: number, low: number, high: number): boolean {
  return Number.isInteger(value) && value >= low && value <= high;
}

function checkSimulation({ simulation }: MachineConfig): Problem[] {
  const problems: Problem[] = [];
  const want = (path: string, holds: boolean, message: string) => {
    if (!holds) problems.push({ path, message });
  };
  if (simulation === undefined) return problems;
  const { names, events, cells } = simulation;
  const actors = names.length;
  want("simulation.actors", between(actors, 1, MAX_ACTORS), `must be 1 to ${MAX_ACTORS}, got ${actors}`);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  want("simulation.names", twice.length === 0, `must all be different, got ${twice.join(", ")} twice`);
  want("simulation.events", between(events, 1, 2 ** 26), `must be 1 to 2^26, got ${events}`);
  want("simulation.cells", between(cells, 1, 2 ** 26), `must be 1 to 2^26, got ${cells}`);
  return problems;
}

/** The values that each rule may have. */
const RULES = {
  listType: ListTypeRule,
  pcp: PcpRule,
  fallback: FallbackRule,
  reserve: ReserveRule,
  reserveSize: ReserveSizeRule,
  boost: BoostRule,
  wake: WakeRule,
  pcpCma: PcpCmaRule,
  isolation: IsolationRule,
  migration: MigrationRule,
  cmaError: CmaErrorRule,
  cmaLock: CmaLockRule,
  cmaOwner: CmaOwnerRule,
  cmaZone: CmaZoneRule,
} as const satisfies Record<keyof KernelRules, object>;

function ruleProblems({ rules }: MachineConfig): Problem[] {
  return Object.entries(rules).flatMap(([name, value]) => {
    const path = `rules.${name}`;
    const known = Object.hasOwn(RULES, name) ? RULES[name as keyof KernelRules] : undefined;
    if (known === undefined)
      return [{ path, message: `is no rule; there are ${Object.keys(RULES).join(", ")}` }];
    const values = Object.values(known).filter((each) => typeof each === "number");
    if (values.includes(value)) return [];
    return [{ path, message: `must be one of ${values.join(", ")}, got ${String(value)}` }];
  });
}

/** Everything about the numbers that the core could not work with. */
export function checkConfig(config: MachineConfig): Problem[] {
  const problems: Problem[] = [];
  const want = (path: string, holds: boolean, message: string) => {
    if (!holds) problems.push({ path, message });
  };
  const { maxPageOrder, pageblockOrder, startPfn, endPfn, pcpLists, costlyOrder } = config;
  want(
    "maxPageOrder",
    between(maxPageOrder, 1, MAX_ORDERS - 1),
    `must be 1 to ${MAX_ORDERS - 1}, got ${maxPageOrder}`,
  );
  want(
    "pageblockOrder",
    between(pageblockOrder, 1, maxPageOrder),
    `must be 1 to ${maxPageOrder}, got ${pageblockOrder}`,
  );
  want("cpus", between(config.cpus, 1, MAX_CPUS), `must be 1 to ${MAX_CPUS}, got ${config.cpus}`);
  want("zones", between(config.zones, 1, MAX_ZONES), tooManyZones(config));
  want(
    "costlyOrder",
    between(costlyOrder, 0, maxPageOrder),
    `must be 0 to ${maxPageOrder}, got ${costlyOrder}`,
  );
  const lowLists = 3 * (costlyOrder + 1);
  const listsOk = pcpLists === lowLists || (pcpLists === lowLists + 2 && config.pcpThpOrder > costlyOrder);
  want("pcpLists", listsOk, `must be ${lowLists}, or ${lowLists + 2} with a THP order, got ${pcpLists}`);
  const all = pcpLists + costlyOrder + 2;
  want("pcpLists", all <= MAX_PCP_LISTS, `with those of CMA must be at most ${MAX_PCP_LISTS}, got ${all}`);
  want("pcpThpOrder", between(config.pcpThpOrder, 0, maxPageOrder), `must be at most ${maxPageOrder}`);
  want(
    "pcpBatchScaleMax",
    between(config.pcpBatchScaleMax, 0, 6),
    `must be 0 to 6, got ${config.pcpBatchScaleMax}`,
  );
  want("movableZone", between(config.movableZone, 0, config.zones - 1), "must be one of the zones");
  want("gfpZone", config.gfpZone.length === 16, `must have 16 entries, got ${config.gfpZone.length}`);
  const block = 2 ** Math.max(maxPageOrder, pageblockOrder);
  want(
    "startPfn",
    startPfn >= 0 && startPfn % block === 0,
    `must be a multiple of ${block} frames, got ${startPfn}`,
  );
  want(
    "endPfn",
    endPfn > startPfn && endPfn % block === 0 && endPfn <= 2 ** 32,
    `must be a multiple of ${block} behind startPfn, got ${endPfn}`,
  );
  want("endPfn", endPfn - startPfn <= MAX_FRAMES, tooLarge(config));
  want(
    "slots",
    between(config.slots, 0, SLOT_CAPACITY),
    `must be 0 to ${SLOT_CAPACITY}, got ${config.slots}`,
  );
  append(
    problems,
    policyProblems(
      config.policy,
      config.areas.map(({ name }) => name),
    ),
  );
  append(problems, checkSimulation(config));
  want(
    "eventRing",
    between(config.eventRing, 1, MAX_EVENT_CAPACITY) && Number.isInteger(Math.log2(config.eventRing)),
    `must be a power of two up to ${MAX_EVENT_CAPACITY}, got ${config.eventRing}`,
  );
  return [...problems, ...pressureProblems(config), ...ruleProblems(config), ...stateProblems(config)];
}

function pressureProblems({ pressure }: MachineConfig): Problem[] {
  const problems: Problem[] = [];
  const want = (path: string, holds: boolean, message: string) => {
    if (!holds) problems.push({ path, message });
  };
  const { swapPages = 0, zramPercent = 0, swappiness = 60 } = pressure ?? {};
  want("pressure.swapPages", between(swapPages, 0, 2 ** 31 - 1), `must be 0 to 2^31 - 1, got ${swapPages}`);
  want("pressure.zramPercent", between(zramPercent, 0, 100), `must be 0 to 100, got ${zramPercent}`);
  want("pressure.swappiness", between(swappiness, 0, 200), `must be 0 to 200, got ${swappiness}`);
  return problems;
}

function tooManyZones({ zones, rules }: MachineConfig): string {
  const joined = rules.cmaZone ? "; zone-cma-movable needs none of its own" : "";
  return `must be 1 to ${MAX_ZONES}, got ${zones}${joined}`;
}

function tooLarge({ startPfn, endPfn, pageShift }: MachineConfig): string {
  const gib = (frames: number) => `${((frames * 2 ** pageShift) / 2 ** 30).toFixed(0)} GiB`;
  return (
    `the physical address range spans ${gib(endPfn - startPfn)}, and 4 GiB of WebAssembly memory holds ` +
    `at most ${gib(MAX_FRAMES)} at this page size`
  );
}

/** What no captured state can have, and what no machine can at the same time. */
function stateProblems({ rules, isCaptured }: MachineConfig): Problem[] {
  const problems: Problem[] = [];
  const keeps = rules.cmaOwner === CmaOwnerRule.AREA;
  const isOwn = rules.cmaZone !== CmaZoneRule.IN_PLACE;
  const refuse = (rule: keyof KernelRules, message: string) =>
    problems.push({ path: `policy.rules.${rule}`, message });
  if (isCaptured && keeps)
    refuse(
      "cmaOwner",
      "areas that keep their pages need a device from boot on: in a captured state they were lent",
    );
  if (isCaptured && isOwn)
    refuse("cmaZone", "is decided at boot: the pages of a captured state lie in their zones already");
  if (keeps && isOwn)
    refuse("cmaZone", "areas that keep their pages lend none to a zone of their own: one of the two");
  return problems;
}

/** The CONFIG region. */
export function configWords(config: MachineConfig): Int32Array {
  const words = new Int32Array(ConfigWord.COUNT);
  words[ConfigWord.PAGE_SHIFT] = config.pageShift;
  words[ConfigWord.MAX_PAGE_ORDER] = config.maxPageOrder;
  words[ConfigWord.PAGEBLOCK_ORDER] = config.pageblockOrder;
  words[ConfigWord.PCP_THP_ORDER] = config.pcpThpOrder;
  words[ConfigWord.NR_PCP_LISTS] = config.pcpLists;
  words[ConfigWord.PCP_BATCH_SCALE_MAX] = config.pcpBatchScaleMax;
  words[ConfigWord.COSTLY_ORDER] = config.costlyOrder;
  words[ConfigWord.NR_CPUS] = config.cpus;
  words[ConfigWord.NR_ZONES] = config.zones;
  words[ConfigWord.START_PFN] = config.startPfn;
  words[ConfigWord.END_PFN] = config.endPfn;
  words[ConfigWord.NORMAL_ZONE] = config.normalZone;
  words[ConfigWord.HAS_DMA32] = config.hasDma32 ? 1 : 0;
  words[ConfigWord.MOVABLE_ZONE] = config.movableZone;
  words[ConfigWord.WATERMARK_BOOST_FACTOR] = config.watermarkBoostFactor;
  words[ConfigWord.MOBILITY_DISABLED] = config.mobilityDisabled ? 1 : 0;
  for (const [name, word] of Object.entries(RULE_WORDS))
    words[word] = config.rules[name as keyof KernelRules];
  words[ConfigWord.SEARCH_STRATEGY] = config.search;
  words[ConfigWord.CMA_RANGES] = config.areas.reduce((sum, { ranges }) => sum + ranges.length, 0);
  words[ConfigWord.CMA_BITMAP_WORDS] = config.areas.reduce((sum, area) => sum + bitmapWords(area), 0);
  if (config.pressure !== undefined) {
    const {
      directReclaim = true,
      kswapd = true,
      swapPages = 0,
      zramPercent = 0,
      swappiness = 60,
    } = config.pressure;
    words[ConfigWord.RECLAIM] =
      ReclaimMode.WAKES | (directReclaim ? ReclaimMode.DIRECT : 0) | (kswapd ? ReclaimMode.KSWAPD : 0);
    words[ConfigWord.SWAP_PAGES] = swapPages;
    words[ConfigWord.ZRAM_PERCENT] = zramPercent;
    words[ConfigWord.SWAPPINESS] = swappiness;
  }
  words[ConfigWord.ACTORS] = config.simulation?.names.length ?? 0;
  words[ConfigWord.QUEUE_SLOTS] = config.simulation?.events ?? 0;
  words[ConfigWord.CELLS] = config.simulation?.cells ?? 0;
  words[ConfigWord.SLOTS] = config.slots;
  words[ConfigWord.EVENT_SLOTS] = config.eventRing;
  words.set(config.gfpZone, ConfigWord.GFP_ZONE);
  return words;
}
