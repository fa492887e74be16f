// Knows: how banks and zone boundaries become spanned and present pages, the window of frames, holes, gfp zones.
// Must not know: reserved ranges, areas, limits.
//
// Models: zone_spanned_pages_in_node(), zone_absent_pages_in_node() of mm/mm_init.c, SPARSEMEM sections,
// GFP_ZONE_TABLE of include/linux/gfp.h; Linux 6.12 and 6.1, one node.

import { MIGRATE_TYPES } from "../../assembly/abi/limits.js";
import { Gfp } from "../../assembly/abi/vocabulary.js";
import type { DeviceDescription } from "./description.js";
import { kernelProfiles, PCP_TYPES, ZONE_NAMES, type ZoneName } from "./kernel.js";
import { clipRuns, normalizeRuns, type Run, subtractRuns, totalLength } from "./runs.js";

export interface ZoneSpan {
  readonly name: ZoneName;
  readonly start: number;
  readonly end: number;
  readonly present: number;
}

export interface Geometry {
  /** Banks as whole frames: first frame rounded up, last one down. Normalized. */
  readonly memory: readonly Run[];
  /** One per zone index. */
  readonly zones: readonly ZoneSpan[];
  readonly startPfn: number;
  readonly endPfn: number;
  readonly holes: readonly Run[];
  /** Inside a section with memory, but no memory behind them. */
  readonly unavailable: readonly Run[];
}

export function pageFloor(address: number, pageShift: number): number {
  return Math.floor(address / 2 ** pageShift);
}

export function pageCeil(address: number, pageShift: number): number {
  return Math.ceil(address / 2 ** pageShift);
}

/** Frames per block of the window's alignment: the larger of pageblock and largest block. */
export function windowAlignment(device: DeviceDescription): number {
  return 2 ** Math.max(device.pageblockOrder, device.maxPageOrder);
}

export function memoryRuns(device: DeviceDescription): Run[] {
  const shift = device.pageShift;
  return normalizeRuns(
    device.memory.map(({ start, size }) => ({
      start: pageCeil(start, shift),
      end: pageFloor(start + size, shift),
    })),
  );
}

/** Zone boundaries in frames, one per zone index: the zones listed, then Normal and Movable where missing. */
export function zoneBoundaries(device: DeviceDescription): { name: ZoneName; start: number; end: number }[] {
  const shift = device.pageShift;
  return ZONE_NAMES.flatMap((name) => {
    const zone = device.zones.find((candidate) => candidate.name === name);
    if (zone !== undefined) {
      return [{ name, start: pageCeil(zone.start, shift), end: pageFloor(zone.end, shift) }];
    }
    return name === "Normal" || name === "Movable" ? [{ name, start: 0, end: 0 }] : [];
  });
}

function zoneSpans(device: DeviceDescription, memory: readonly Run[]): ZoneSpan[] {
  const nodeStart = memory[0]?.start ?? 0;
  const nodeEnd = memory.at(-1)?.end ?? 0;
  return zoneBoundaries(device).map(({ name, start, end }) => {
    const from = Math.min(Math.max(nodeStart, start), end);
    const to = Math.max(Math.min(nodeEnd, end), from);
    if (to === from) return { name, start: 0, end: 0, present: 0 };
    return { name, start: from, end: to, present: totalLength(clipRuns(memory, from, to)) };
  });
}

/** Frames of the default section: 128 MiB, with 64 KiB pages 512 MiB (arm64 SECTION_SIZE_BITS 27 and 29). */
function sectionFrames(device: DeviceDescription): number {
  const bytes = device.sectionSize ?? (device.pageShift === 16 ? 2 ** 29 : 2 ** 27);
  return bytes / 2 ** device.pageShift;
}

function sectionsWithMemory(memory: readonly Run[], frames: number): Run[] {
  return normalizeRuns(
    memory.map((run) => ({
      start: Math.floor(run.start / frames) * frames,
      end: Math.ceil(run.end / frames) * frames,
    })),
  );
}

/** Spans of a description whose banks and zones are valid. */
export function computeGeometry(device: DeviceDescription): Geometry {
  const memory = memoryRuns(device);
  const align = windowAlignment(device);
  const startPfn = Math.floor((memory[0]?.start ?? 0) / align) * align;
  const endPfn = Math.ceil((memory.at(-1)?.end ?? 0) / align) * align;
  const window = [{ start: startPfn, end: endPfn }];
  const sections = clipRuns(sectionsWithMemory(memory, sectionFrames(device)), startPfn, endPfn);
  return {
    memory,
    zones: zoneSpans(device, memory),
    startPfn,
    endPfn,
    holes: subtractRuns(window, sections),
    unavailable: subtractRuns(sections, memory),
  };
}

/**
 * The zone index for each value of the four zone bits. DMA and DMA32 mean Normal where the kernel has no such
 * zone; HIGHMEM is Normal on 64 bit; MOVABLE counts only together with HIGHMEM. Combinations that gfp_zone()
 * rejects (GFP_ZONE_BAD) hold -1.
 */
export function gfpZoneTable(zones: readonly { readonly name: ZoneName }[]): number[] {
  const indexOf = (name: ZoneName) => zones.findIndex((zone) => zone.name === name);
  const normal = indexOf("Normal");
  const orNormal = (name: ZoneName) => (indexOf(name) < 0 ? normal : indexOf(name));
  const table = new Array<number>(16).fill(-1);
  for (const movable of [0, Gfp.MOVABLE]) {
    table[movable] = normal;
    table[movable | Gfp.DMA] = orNormal("DMA");
    table[movable | Gfp.DMA32] = orNormal("DMA32");
    table[movable | Gfp.HIGHMEM] = movable === 0 ? normal : indexOf("Movable");
  }
  return table;
}

/** `page_group_by_mobility_disabled`, from the pages present when the zone lists are built. */
export function mobilityDisabled(zones: readonly ZoneSpan[], pageblockOrder: number): boolean {
  const present = zones.reduce((sum, zone) => sum + zone.present, 0);
  return present < 2 ** pageblockOrder * MIGRATE_TYPES;
}

/** HPAGE_PMD_ORDER: a page table holds 2^(pageShift - 3) entries of 8 bytes. */
export function hugePageOrder(pageShift: number): number {
  return pageShift - 3;
}

/** Order of the THP lists and how many lists there are: orders 0 to 3 of each type, and two for THP. */
export function pcpListShape(device: DeviceDescription): { order: number; lists: number } {
  const lists = (3 + 1) * PCP_TYPES;
  if (device.thp === "none") return { order: 0, lists };
  const byPageblock = kernelProfiles[device.kernel].thpListOrder === "pageblock";
  return { order: byPageblock ? device.pageblockOrder : hugePageOrder(device.pageShift), lists: lists + 2 };
}
