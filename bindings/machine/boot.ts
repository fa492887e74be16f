// Knows: how a device's memory reaches the free lists at boot, in the kernel's order.
// Must not know: where the numbers of the device come from.
// Models memblock_free_all, init_cma_reserved_pageblock, free_initmem, setup_per_cpu_pageset (Linux 6.12).

import { loadedFrames } from "../../assembly/abi/command_word.js";
import { Region } from "../../assembly/abi/layout.js";
import { MAX_ZONES } from "../../assembly/abi/limits.js";
import { CmaOwnerRule, CmaZoneRule } from "../../assembly/abi/proposals.js";
import { BootFree, FrameKind, Migratetype, Op, PcpFlag } from "../../assembly/abi/vocabulary.js";
import { PcpWord, ZoneWord } from "../../assembly/abi/words.js";
import { withCmaZone } from "../device/cma_zone.js";
import type { KernelRules } from "../device/kernel.js";
import type { FrameRun, ResolvedDevice, ResolvedZone } from "../device/resolved.js";
import { clipRuns, type Run, subtractRuns } from "../device/runs.js";
import type { CommandBuffer } from "../engine/commands.js";
import type { Engine } from "../engine/engine.js";
import type { SystemConfig } from "./config.js";
import type { MachinePolicy } from "./policy.js";

export function configOfDevice(device: ResolvedDevice): SystemConfig {
  return {
    pageShift: device.pageShift,
    maxPageOrder: device.maxPageOrder,
    pageblockOrder: device.pageblockOrder,
    pcpThpOrder: device.pcpThpOrder,
    pcpLists: device.pcpLists,
    pcpBatchScaleMax: device.pcpBatchScaleMax,
    costlyOrder: device.costlyOrder,
    cpus: device.cpus,
    zones: device.zones.length,
    startPfn: device.startPfn,
    endPfn: device.endPfn,
    normalZone: device.normalZone,
    movableZone: device.movableZone,
    hasDma32: device.hasDma32,
    watermarkBoostFactor: device.watermarkBoostFactor,
    mobilityDisabled: device.mobilityDisabled,
    gfpZone: device.gfpZone,
    rules: device.rules,
    areas: device.areas.map(({ name, orderPerBit, ranges }) => ({
      name,
      orderPerBit,
      ranges: ranges.map(({ start, pages }) => ({ basePfn: start, pages })),
    })),
  };
}

interface RuleChoice {
  readonly policy?: MachinePolicy;
  readonly rules?: Partial<KernelRules>;
}

/** The device with its areas in the zone that the rules want: mainline's is that of their addresses. */
export function zoned(device: ResolvedDevice, { policy, rules }: RuleChoice): ResolvedDevice {
  return withCmaZone(device, rules?.cmaZone ?? policy?.rules?.cmaZone ?? CmaZoneRule.IN_PLACE);
}

/** Pages of areas that keep their own are none that the allocator manages; marks stay those of the device. */
function writeZone(engine: Engine, zone: ResolvedZone, keeps: boolean): void {
  const words = engine.words(Region.ZONES);
  const set = (word: ZoneWord, value: number) => {
    words[zone.index * ZoneWord.COUNT + word] = value;
  };
  set(ZoneWord.START_PFN, zone.startPfn);
  set(ZoneWord.SPANNED, zone.spanned);
  set(ZoneWord.PRESENT, zone.present);
  set(ZoneWord.MANAGED, zone.managed - (keeps ? zone.cmaPages : 0));
  set(ZoneWord.CMA_PAGES, keeps ? 0 : zone.cmaPages);
  set(ZoneWord.WMARK_MIN, zone.watermarks.min);
  set(ZoneWord.WMARK_LOW, zone.watermarks.low);
  set(ZoneWord.WMARK_HIGH, zone.watermarks.high);
  set(ZoneWord.WMARK_PROMO, zone.watermarks.promo);
  zone.lowmemReserve.slice(0, MAX_ZONES).forEach((pages, i) => {
    set(ZoneWord.LOWMEM_RESERVE + i, pages);
  });
}

/** Until the lists exist every free goes to the buddy: high 0, batch 1, as boot_pageset. */
function writePcps(engine: Engine, zone: ResolvedZone, cpus: number): void {
  const words = engine.words(Region.PCPS);
  for (let cpu = 0; cpu < cpus; cpu++) {
    const set = (word: PcpWord, value: number) => {
      words[(cpu * MAX_ZONES + zone.index) * PcpWord.COUNT + word] = value;
    };
    set(PcpWord.HIGH_MIN, zone.pcp.highMin);
    set(PcpWord.HIGH_MAX, zone.pcp.highMax);
    set(PcpWord.HIGH, zone.pcp.highMin === zone.pcp.highMax ? zone.pcp.highMin : 0);
    set(PcpWord.BATCH, Math.max(1, zone.pcp.batch));
    set(PcpWord.FLAGS, zone.pcp.freeHighBatch ? PcpFlag.FREE_HIGH_BATCH : 0);
    set(PcpWord.STAT_THRESHOLD, zone.pcp.statThreshold);
  }
}

/** Frames of the array that no zone spans: before the first (x86: frame 0), between two, behind the last. */
function outsideZones(device: ResolvedDevice): { start: number; end: number }[] {
  const spans = device.zones.filter((zone) => zone.spanned > 0).sort((a, b) => a.startPfn - b.startPfn);
  const gaps: { start: number; end: number }[] = [];
  let at: number = device.startPfn;
  for (const zone of spans) {
    if (zone.startPfn > at) gaps.push({ start: at, end: zone.startPfn });
    at = Math.max(at, zone.startPfn + zone.spanned);
  }
  if (at < device.endPfn) gaps.push({ start: at, end: device.endPfn });
  return gaps;
}

/** Frees memory and CMA areas, marks what never reaches the allocator, frees what boot itself used. */
function freeMemory(commands: CommandBuffer, device: ResolvedDevice, rules: KernelRules): void {
  const { holes, reserved, free, cma, late } = device.frames;
  const add = (op: Op, a: number, b: number, c: number, order = 0) => {
    if (commands.isFull) commands.flush(`booting ${device.name}`);
    commands.append(op, 0, order, 0, a, b, c);
  };
  const addAreas = () => {
    for (const [index, area] of device.areas.entries()) {
      for (const { start, pages } of area.ranges) add(Op.ADD_RANGE, index, start, pages, area.orderPerBit);
    }
  };
  const keeps = rules.cmaOwner === CmaOwnerRule.AREA;
  // First what lends its pages: a frame of an area may belong to another zone than those around it. What keeps them takes
  // them once they are reserved.
  if (!keeps) addAreas();
  for (const run of free) add(Op.FREE_BOOT, run.start, run.end - run.start, BootFree.EARLY);
  const inPlace = rules.cmaZone === CmaZoneRule.IN_PLACE;
  for (const run of keeps ? [] : cma)
    add(Op.FREE_BOOT, run.start, run.end - run.start, inPlace ? Migratetype.CMA : Migratetype.MOVABLE);
  for (const gap of outsideZones(device)) add(Op.LOAD_FRAMES, gap.start, gap.end - gap.start, FrameKind.HOLE);
  for (const run of holes) add(Op.LOAD_FRAMES, run.start, run.end - run.start, FrameKind.HOLE);
  // What lies outside of areas belongs to the lowest zone that spans it: ZONE_CMA's ends reach over others.
  const byZone = (run: FrameRun, act: (start: number, pages: number, zone: number) => void) => {
    let left: readonly Run[] = [run];
    for (const { startPfn, spanned, index } of device.zones) {
      const own = { start: startPfn, end: startPfn + spanned };
      for (const { start, end } of clipRuns(left, own.start, own.end)) act(start, end - start, index);
      left = subtractRuns(left, [own]);
    }
  };
  for (const run of [...reserved, ...(keeps ? cma : [])])
    byZone(run, (start, pages, zone) =>
      add(Op.LOAD_FRAMES, start, pages, loadedFrames(FrameKind.RESERVED, 0, zone)),
    );
  if (keeps) addAreas();
  for (const run of late) byZone(run, (start, pages) => add(Op.FREE_BOOT, start, pages, BootFree.LATE));
  add(Op.DRAIN_ALL, 0, 0, 0);
  add(Op.FOLD, 0, 1, 0);
  commands.flush(`booting ${device.name}`);
}

/** Brings a freshly created machine to the state after boot: all memory free, lists merged, counters folded. */
export function bootDevice(
  engine: Engine,
  commands: CommandBuffer,
  device: ResolvedDevice,
  rules: KernelRules,
): void {
  const keeps = rules.cmaOwner === CmaOwnerRule.AREA;
  const blocks = engine.bytes(Region.PAGEBLOCKS);
  const pages = 2 ** device.pageblockOrder;
  blocks.fill(Migratetype.MOVABLE);
  for (const run of device.frames.holes) {
    blocks.fill(
      255,
      Math.ceil((run.start - device.startPfn) / pages),
      Math.floor((run.end - device.startPfn) / pages),
    );
  }
  for (const { start, end } of keeps ? device.frames.cma : [])
    blocks.fill(Migratetype.CMA, (start - device.startPfn) / pages, (end - device.startPfn) / pages);
  for (const zone of device.zones) {
    writeZone(engine, zone, keeps);
    writePcps(engine, zone, device.cpus);
  }
  commands.clear();
  freeMemory(commands, device, rules);
}
