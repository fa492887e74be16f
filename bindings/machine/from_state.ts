// Knows: building a machine from a captured allocator state: configuration, frames, lists in order, counters.
// Must not know: the text that the state came from, what will be replayed.

import { loadedFrames, loadedPcp } from "../../assembly/abi/command_word.js";
import { Fault } from "../../assembly/abi/findings.js";
import { Region } from "../../assembly/abi/layout.js";
import { COMMAND_CAPACITY, MAX_ZONES, NO_MEMORY_MAP } from "../../assembly/abi/limits.js";
import { FrameKind, Gfp, Migratetype, Mobility, Op, ZoneFlag } from "../../assembly/abi/vocabulary.js";
import { PcpWord, ZoneWord } from "../../assembly/abi/words.js";
import { type KernelId, kernelProfiles } from "../device/kernel.js";
import { zoneWatermarks } from "../device/watermarks.js";
import type { CommandBuffer } from "../engine/commands.js";
import type { Engine } from "../engine/engine.js";
import { largest, smallest } from "../engine/extent.js";
import { CaptureError } from "../importers/errors.js";
import { placeOf } from "../state/origin.js";
import type { CmaAreaState, MachineState, ZoneState } from "../state/types.js";
import type { SystemConfig } from "./config.js";

/** Which rules a kernel release follows. @throws CaptureError for kernels that are not modelled */
export function kernelOf(state: MachineState): KernelId {
  const version = /^(\d+)\.(\d+)/.exec(state.release);
  if (version?.[1] === "6" && version[2] === "1") return "6.1";
  if (version?.[1] === "6" && version[2] === "12") return "6.12";
  if (version?.[1] === "6" && version[2] === "15") return "6.15";
  throw new CaptureError({
    ...placeOf(state),
    problem: `kernel ${JSON.stringify(state.release)} is not modelled`,
    expected: "a release of Linux 6.15, 6.12 or 6.1",
  });
}

function constant(state: MachineState, name: string): number {
  const value = state.constants[name];
  if (value !== undefined) return value;
  throw new CaptureError({
    ...placeOf(state, state.constants),
    problem: `const has no ${name}`,
    expected: `${name}=N`,
  });
}

interface ZoneIndexes {
  readonly dma: number;
  readonly dma32: number;
  readonly normal: number;
  readonly highmem: number;
  readonly movable: number;
}

/** Zone indexes by name. Zones without memory are not in a dump: Movable is the last, Normal the one before. */
function zoneIndexes(state: MachineState, zones: number): ZoneIndexes {
  if (state.zoneNames !== undefined) return namedIndexes(state.zoneNames);
  const movable = zones - 1;
  const normal = zones - 2;
  const common = { normal, highmem: normal, movable };
  if (zones === 4) return { dma: 0, dma32: 1, ...common };
  if (zones === 3) {
    const dma = state.zones.find((zone) => zone.name === "DMA")?.index;
    return { dma: dma ?? normal, dma32: dma === undefined ? 0 : normal, ...common };
  }
  return { dma: normal, dma32: normal, ...common };
}

/** A zone that a kernel lacks is the one that its requests fall back to. */
function namedIndexes(names: readonly string[]): ZoneIndexes {
  const normal = names.indexOf("Normal");
  const or = (name: string, other: number) => (names.includes(name) ? names.indexOf(name) : other);
  return {
    dma: or("DMA", normal),
    dma32: or("DMA32", normal),
    normal,
    highmem: or("HighMem", normal),
    movable: or("Movable", names.length - 1),
  };
}

function zoneTable(index: ZoneIndexes): number[] {
  return Array.from({ length: 16 }, (_, bits) => {
    const zoneBits = bits & (Gfp.DMA | Gfp.HIGHMEM | Gfp.DMA32);
    if (zoneBits === 0) return index.normal;
    if (zoneBits === Gfp.DMA) return index.dma;
    if (zoneBits === Gfp.DMA32) return index.dma32;
    if (zoneBits === Gfp.HIGHMEM) return bits & Gfp.MOVABLE ? index.movable : index.highmem;
    return -1;
  });
}

/** The configuration that a dump implies. All geometry comes from its const and sys lines. */
export function configOfState(state: MachineState): SystemConfig {
  const profile = kernelProfiles[kernelOf(state)];
  const pageShift = constant(state, "page_shift");
  const maxPageOrder = constant(state, "max_page_order");
  const pageblockOrder = constant(state, "pageblock_order");
  const pcpLists = constant(state, "nr_pcp_lists");
  const lowLists = constant(state, "nr_loworder_pcp_lists");
  const zones = constant(state, "max_nr_zones");
  const index = zoneIndexes(state, zones);
  const block = 2 ** Math.max(maxPageOrder, pageblockOrder);
  const start = smallest(state.zones.map((zone) => zone.start));
  const end = largest(state.zones.map((zone) => zone.start + zone.spanned));
  const thpOrder = profile.thpListOrder === "pmd" ? pageShift - 3 : pageblockOrder;
  return {
    isCaptured: true,
    pageShift,
    maxPageOrder,
    pageblockOrder,
    pcpLists,
    pcpThpOrder: pcpLists > lowLists ? thpOrder : 0,
    pcpBatchScaleMax: constant(state, "pcp_batch_scale_max"),
    costlyOrder: constant(state, "costly_order"),
    cpus: largest(state.cpus) + 1,
    zones,
    startPfn: Math.floor(start / block) * block,
    endPfn: Math.ceil(end / block) * block,
    normalZone: index.normal,
    movableZone: index.movable,
    hasDma32: index.dma32 !== index.normal,
    watermarkBoostFactor: state.sys["watermark_boost_factor"] ?? 0,
    mobilityDisabled: state.sys["page_group_by_mobility_disabled"] === 1,
    gfpZone: zoneTable(index),
    rules: profile.rules,
    areas: state.areas.map((area) => ({
      name: area.name,
      orderPerBit: area.orderPerBit,
      ranges: rangesOf(area).map(({ basePfn, count }) => ({ basePfn, pages: count })),
    })),
  };
}

function rangesOf(area: CmaAreaState): Pick<CmaAreaState, "basePfn" | "count" | "set">[] {
  return [area, ...(area.more ?? [])];
}

/** Appends commands and performs them whenever the buffer is full. */
class Loader {
  constructor(
    readonly commands: CommandBuffer,
    readonly what: string,
  ) {
    commands.clear();
  }

  add(op: Op, cpu: number, order: number, a: number, b: number, c: number): void {
    if (this.commands.length === COMMAND_CAPACITY) this.commands.flush(this.what);
    this.commands.append(op, cpu, order, 0, a, b, c);
  }

  frames(start: number, length: number, kind: FrameKind, mobility: Mobility, zone: number): void {
    if (length > 0) this.add(Op.LOAD_FRAMES, 0, 0, start, length, loadedFrames(kind, mobility, zone));
  }
}

/** Present frames start as allocated ones; those without memory map, and those between zones, are holes. */
function loadZoneFrames(loader: Loader, zone: ZoneState, pageblockOrder: number): void {
  const end = zone.start + zone.spanned;
  const block = 2 ** pageblockOrder;
  const { start: first, types } = zone.pageblocks;
  for (let i = 0; i < types.length; ) {
    let j = i + 1;
    while (j < types.length && (types[j] === NO_MEMORY_MAP) === (types[i] === NO_MEMORY_MAP)) j++;
    const from = Math.max(zone.start, first + i * block);
    const to = Math.min(end, first + j * block);
    const kind = types[i] === NO_MEMORY_MAP ? FrameKind.HOLE : FrameKind.ALLOCATED;
    loader.frames(from, to - from, kind, Mobility.FIXED, zone.index);
    i = j;
  }
  for (const run of zone.runs) {
    const kind = run.kind === "R" ? FrameKind.RESERVED : FrameKind.ALLOCATED;
    const mobility = run.kind === "L" ? Mobility.LRU : run.kind === "M" ? Mobility.DRIVER : Mobility.FIXED;
    loader.frames(run.start, run.length, kind, mobility, zone.index);
  }
}

function loadZoneLists(loader: Loader, zone: ZoneState): void {
  for (const list of zone.free) {
    for (const pfn of list.pfns) loader.add(Op.LOAD_FREE, 0, list.order, pfn, list.migratetype, zone.index);
  }
  for (const pcp of zone.pcps) {
    for (const list of pcp.lists) {
      list.pfns.forEach((pfn, i) => {
        loader.add(
          Op.LOAD_PCP,
          pcp.cpu,
          0,
          pfn,
          list.pindex,
          loadedPcp(zone.index, list.cachedTypes?.[i] ?? 0),
        );
      });
    }
  }
}

/** The bits of an area's ranges are numbered one behind the other. */
function loadArea(loader: Loader, area: CmaAreaState, index: number): void {
  let first = 0;
  for (const { basePfn, count, set } of rangesOf(area)) {
    loader.add(Op.ADD_RANGE, 0, area.orderPerBit, index, basePfn, count);
    for (const run of set) loader.add(Op.LOAD_BITMAP, 0, 0, index, first + run.start, run.length);
    first += count / 2 ** area.orderPerBit;
  }
}

/** What allocated pages are. Those of an order are put together first: free for an instant, then taken. */
function loadContents(loader: Loader, state: MachineState): void {
  for (const { start, pages, order, content } of state.contents ?? []) {
    const zone = state.zones.find(
      (candidate) => start >= candidate.start && start < candidate.start + candidate.spanned,
    );
    if (zone === undefined) continue;
    if (order > 0) loader.frames(start, pages, FrameKind.ALLOCATED, Mobility.FIXED, zone.index);
    for (let pfn = start; pfn < start + pages; pfn += 2 ** order) {
      if (order > 0) {
        loader.add(Op.LOAD_FREE, 0, order, pfn, Migratetype.MOVABLE, zone.index);
        loader.add(Op.TAKE_FREE, 0, order, pfn, 0, 0);
      }
      loader.add(Op.SET_CONTENT, 0, 0, pfn, content, 0);
    }
  }
}

function writeZoneWords(engine: Engine, zone: ZoneState): void {
  const words = engine.words(Region.ZONES);
  const set = (word: ZoneWord, value: number) => {
    words[zone.index * ZoneWord.COUNT + word] = value;
  };
  set(ZoneWord.WATERMARK_BOOST, zone.watermark.boost);
  set(ZoneWord.NR_RESERVED_HIGHATOMIC, zone.counters.nrReservedHighatomic);
  set(ZoneWord.NR_FREE_HIGHATOMIC, zone.counters.nrFreeHighatomic);
  set(ZoneWord.NR_ISOLATE_PAGEBLOCK, zone.counters.nrIsolatePageblock);
  set(ZoneWord.FREE_PAGES, zone.counters.freePages);
  set(ZoneWord.FREE_CMA, zone.counters.freeCma);
  const { boosted, reclaimActive, belowHigh } = zone.flags;
  set(
    ZoneWord.FLAGS,
    (boosted ? ZoneFlag.BOOSTED : 0) |
      (reclaimActive ? ZoneFlag.RECLAIM_ACTIVE : 0) |
      (belowHigh ? ZoneFlag.BELOW_HIGH : 0),
  );
}

/** What does not change: span, size, watermarks, lowmem_reserve. Needed before any list is loaded. */
function writeZoneLimits(engine: Engine, zone: ZoneState): void {
  const words = engine.words(Region.ZONES);
  const set = (word: ZoneWord, value: number) => {
    words[zone.index * ZoneWord.COUNT + word] = value;
  };
  set(ZoneWord.START_PFN, zone.start);
  set(ZoneWord.SPANNED, zone.spanned);
  set(ZoneWord.PRESENT, zone.present);
  set(ZoneWord.MANAGED, zone.managed);
  set(ZoneWord.CMA_PAGES, zone.cmaPages);
  set(ZoneWord.WMARK_MIN, zone.watermark.min);
  set(ZoneWord.WMARK_LOW, zone.watermark.low);
  set(ZoneWord.WMARK_HIGH, zone.watermark.high);
  set(ZoneWord.WMARK_PROMO, zone.watermark.promo);
  zone.lowmemReserve.slice(0, MAX_ZONES).forEach((pages, i) => {
    set(ZoneWord.LOWMEM_RESERVE + i, pages);
  });
}

function writePcpWords(engine: Engine, zone: ZoneState): void {
  const words = engine.words(Region.PCPS);
  for (const pcp of zone.pcps) {
    const set = (word: PcpWord, value: number) => {
      words[(pcp.cpu * MAX_ZONES + zone.index) * PcpWord.COUNT + word] = value;
    };
    set(PcpWord.COUNT_PAGES, pcp.count);
    set(PcpWord.HIGH, pcp.high);
    set(PcpWord.HIGH_MIN, pcp.highMin);
    set(PcpWord.HIGH_MAX, pcp.highMax);
    set(PcpWord.BATCH, pcp.batch);
    set(PcpWord.FLAGS, pcp.flags);
    set(PcpWord.ALLOC_FACTOR, pcp.allocFactor);
    set(PcpWord.FREE_COUNT, pcp.freeCount);
    set(PcpWord.FREE_FACTOR, pcp.freeFactor);
    set(PcpWord.STAT_THRESHOLD, pcp.statThreshold);
    set(PcpWord.DIFF_FREE, pcp.diffFree);
    set(PcpWord.DIFF_CMA, pcp.diffCma);
  }
}

function loadPageblocks(
  blocks: Uint8Array,
  state: MachineState,
  { pageblocks }: ZoneState,
  config: SystemConfig,
): void {
  const first = (pageblocks.start - config.startPfn) / 2 ** config.pageblockOrder;
  const fits = Number.isInteger(first) && first >= 0 && first + pageblocks.types.length <= blocks.length;
  if (!fits) {
    throw new CaptureError({
      ...placeOf(state, pageblocks),
      problem: `${pageblocks.types.length} pageblocks from pfn ${pageblocks.start} are not all in the zones`,
      expected: `pageblocks of 2^${config.pageblockOrder} frames from pfn ${config.startPfn} to ${config.endPfn}`,
    });
  }
  blocks.set(pageblocks.types, first);
}

/** Recounts everything: counters that are not what the lists hold would mislead every rule that reads them. */
function refuseUnsound(engine: Engine, state: MachineState): void {
  const { fault, name, pfn, expected, got } = engine.validate();
  if (fault === Fault.NONE) return;
  throw new CaptureError({
    ...placeOf(state),
    problem: `the state "${state.origin?.tag ?? "given"}" contradicts itself: ${name} at ${pfn} is ${got}`,
    expected: String(expected),
  });
}

/** Zones without memory are in no dump, yet one of them has marks: since 6.7 ZONE_MOVABLE has a min of its own. */
function writeEmptyZones(engine: Engine, state: MachineState, movable: number): void {
  if (state.zones.some((zone) => zone.index === movable)) return;
  const lowmem = { name: "Normal", present: 1, managed: 1 } as const;
  const empty = { name: "Movable", present: 0, managed: 0 } as const;
  const profile = kernelProfiles[kernelOf(state)];
  const marks = zoneWatermarks([lowmem, empty], 0, 0, constant(state, "page_shift"), profile)[1];
  const words = engine.words(Region.ZONES).subarray(movable * ZoneWord.COUNT);
  words[ZoneWord.WMARK_MIN] = marks?.min ?? 0;
  words[ZoneWord.WMARK_LOW] = marks?.low ?? 0;
  words[ZoneWord.WMARK_HIGH] = marks?.high ?? 0;
  words[ZoneWord.WMARK_PROMO] = marks?.promo ?? 0;
}

/** Fills a freshly created machine with the state. @throws CaptureError or MachineError when it contradicts itself */
export function loadState(
  engine: Engine,
  commands: CommandBuffer,
  state: MachineState,
  config: SystemConfig,
): void {
  const loader = new Loader(commands, `loading ${placeOf(state).file}`);
  const blocks = engine.bytes(Region.PAGEBLOCKS);
  blocks.fill(255);
  loader.frames(config.startPfn, config.endPfn - config.startPfn, FrameKind.HOLE, Mobility.FIXED, 0);
  for (const zone of state.zones) {
    writeZoneLimits(engine, zone);
    loadPageblocks(blocks, state, zone, config);
    loadZoneFrames(loader, zone, config.pageblockOrder);
    loadZoneLists(loader, zone);
  }
  for (const [index, area] of state.areas.entries()) {
    loadArea(loader, area, index);
  }
  loadContents(loader, state);
  commands.flush(loader.what);
  writeEmptyZones(engine, state, config.movableZone);
  for (const zone of state.zones) {
    writeZoneWords(engine, zone);
    writePcpWords(engine, zone);
  }
  refuseUnsound(engine, state);
}
