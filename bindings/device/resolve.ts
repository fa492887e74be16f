// Knows: the order in which a description becomes a resolved device, and the sums that must come out.
// Must not know: any rule itself (geometry, placement, limits), nor any word of the machine's memory.

import type { Problem } from "../engine/errors.js";
import { DeviceError, StateError } from "../engine/errors.js";
import { largest, smallest } from "../engine/extent.js";
import { bytes, order, pages, pfn, zoneIndex } from "../engine/units.js";
import type { DeviceDescription } from "./description.js";
import {
  computeGeometry,
  type Geometry,
  gfpZoneTable,
  mobilityDisabled,
  pcpListShape,
  type ZoneSpan,
} from "./geometry.js";
import {
  COSTLY_ORDER,
  DEFAULT_WATERMARK_BOOST_FACTOR,
  kernelProfiles,
  PCP_BATCH_SCALE_MAX,
} from "./kernel.js";
import { computeLimits, type Limits, type LimitsInput } from "./limits.js";
import { type Placed, type PlacedArea, placeRanges } from "./placement.js";
import type {
  FrameRun,
  NamedRun,
  ResolvedArea,
  ResolvedDevice,
  ResolvedFrames,
  ResolvedTotals,
  ResolvedZone,
} from "./resolved.js";
import {
  clipRuns,
  intersectRuns,
  normalizeRuns,
  type Run,
  splitRuns,
  subtractRuns,
  totalLength,
} from "./runs.js";
import { validateDescription } from "./validate.js";

function toFrameRun(run: Run): FrameRun {
  return { start: pfn(run.start), end: pfn(run.end) };
}

function zoneOfRun(zones: readonly ZoneSpan[], run: Run): number {
  return zones.findIndex((zone) => zone.start <= run.start && run.end <= zone.end);
}

/** The kernel activates an area only when all frames of each of its ranges are in one zone. */
function checkAreaZones(areas: readonly PlacedArea[], zones: readonly ZoneSpan[], problems: Problem[]): void {
  for (const range of areas.flatMap((area) => area.ranges)) {
    if (zoneOfRun(zones, range) >= 0) continue;
    const touched = zones.filter((zone) => range.start < zone.end && zone.start < range.end);
    const names = touched.map((zone) => zone.name).join(" and ");
    const what = range.path.includes(".ranges[") ? "a range" : "an area";
    problems.push({
      path: range.path,
      message: `lies in ${names}: all frames of ${what} must be in one zone`,
    });
  }
}

/** The named parts of `ranges` that have memory behind them, ascending. */
function namedRuns(ranges: readonly (Run & { name: string })[], memory: readonly Run[]): NamedRun[] {
  return ranges
    .flatMap((range) =>
      intersectRuns(memory, [range]).map((run) => ({ ...toFrameRun(run), name: range.name })),
    )
    .sort((a, b) => a.start - b.start);
}

function layOutFrames(geometry: Geometry, placed: Placed): ResolvedFrames {
  const { memory, zones, unavailable, holes } = geometry;
  const kept = namedRuns(
    placed.reserved.filter((range) => !range.freedLate),
    memory,
  );
  const late = namedRuns(
    placed.reserved.filter((range) => range.freedLate),
    memory,
  );
  const ranges = placed.areas.flatMap((area) => area.ranges);
  const cma = normalizeRuns(ranges);
  const taken = normalizeRuns([...kept, ...late, ...cma]);
  const borders = zones.flatMap((zone) => (zone.present > 0 ? [zone.start, zone.end] : []));
  const none = unavailable.map((run) => ({ ...toFrameRun(run), name: "unavailable" }));
  return {
    holes: holes.map(toFrameRun),
    reserved: [...kept, ...none].sort((a, b) => a.start - b.start),
    free: splitRuns(subtractRuns(memory, taken), borders).map(toFrameRun),
    cma: ranges.map(toFrameRun),
    late,
  };
}

/** Pages of `runs` in each zone. */
function perZone(zones: readonly ZoneSpan[], runs: readonly Run[]): number[] {
  return zones.map((zone) => totalLength(clipRuns(runs, zone.start, zone.end)));
}

interface ZonePages {
  readonly managed: number;
  readonly boot: number;
  readonly cma: number;
}

function countZones(geometry: Geometry, frames: ResolvedFrames): ZonePages[] {
  const free = perZone(geometry.zones, frames.free);
  const cma = perZone(geometry.zones, frames.cma);
  const late = perZone(geometry.zones, frames.late);
  return geometry.zones.map((_, i) => {
    const boot = (free[i] ?? 0) + (cma[i] ?? 0);
    return { boot, managed: boot + (late[i] ?? 0), cma: cma[i] ?? 0 };
  });
}

function resolveZones(
  spans: readonly ZoneSpan[],
  counts: readonly ZonePages[],
  limits: Limits,
): ResolvedZone[] {
  return spans.map((span, i) => {
    const limit = limits.zones[i];
    const count = counts[i];
    if (limit === undefined || count === undefined) throw new StateError(`zone ${i} has no limits`);
    const { batch, highMin, highMax, statThreshold, freeHighBatch } = limit;
    return {
      index: zoneIndex(i),
      name: span.name,
      startPfn: pfn(span.start),
      spanned: pages(span.end - span.start),
      present: pages(span.present),
      managed: pages(count.managed),
      cmaPages: pages(count.cma),
      watermarks: limit.watermarks,
      lowmemReserve: limit.lowmemReserve,
      percpuDriftMark: pages(limit.percpuDriftMark),
      pcp: { batch, highMin, highMax, statThreshold, freeHighBatch },
    };
  });
}

function resolveAreas(areas: readonly PlacedArea[], zones: readonly ZoneSpan[]): ResolvedArea[] {
  return areas.map(({ name, orderPerBit, ranges: placed }) => {
    const ranges = placed.map((range) => ({
      ...toFrameRun(range),
      pages: pages(range.end - range.start),
      bits: (range.end - range.start) / 2 ** orderPerBit,
      zone: zoneIndex(zoneOfRun(zones, range)),
    }));
    const first = ranges[0];
    if (first === undefined) throw new StateError(`area ${name} has no range`);
    return {
      start: pfn(smallest(ranges.map((range) => range.start))),
      end: pfn(largest(ranges.map((range) => range.end))),
      name,
      pages: pages(totalLength(ranges)),
      orderPerBit,
      bits: ranges.reduce((sum, range) => sum + range.bits, 0),
      zone: first.zone,
      ranges,
    };
  });
}

/** window = holes + reserved + free + cma + late, and present = managed + reserved where there is memory. */
function sumUp(
  geometry: Geometry,
  frames: ResolvedFrames,
  counts: readonly ZonePages[],
  limits: Limits,
): ResolvedTotals {
  const totals = {
    frames: geometry.endPfn - geometry.startPfn,
    present: geometry.zones.reduce((sum, zone) => sum + zone.present, 0),
    managed: counts.reduce((sum, count) => sum + count.managed, 0),
    cma: totalLength(frames.cma),
    reserved: totalLength(frames.reserved),
    holes: totalLength(frames.holes),
    totalReserve: limits.totalReservePages,
  };
  const parts = totals.holes + totals.reserved + totals.managed;
  const memory = totals.managed + totals.reserved - totalLength(geometry.unavailable);
  if (parts !== totals.frames || memory !== totals.present) {
    throw new StateError(`the frames of the device do not add up: ${JSON.stringify(totals)}`);
  }
  return totals;
}

/**
 * Settles every number of a device, as a boot of its kernel would. Pure; the same description gives the same
 * result. Counts in pages, runs in pfns.
 * @throws DeviceError with every problem of the description
 */
export function resolveDevice(device: DeviceDescription): ResolvedDevice {
  const { problems, sound, broken } = validateDescription(device);
  if (!sound) throw new DeviceError(String(device.name), problems);
  const geometry = computeGeometry(device);
  const placed = placeRanges(device, geometry.memory, broken, problems);
  checkAreaZones(placed.areas, geometry.zones, problems);
  if (problems.length > 0) throw new DeviceError(device.name, problems);

  const profile = kernelProfiles[device.kernel];
  const frames = layOutFrames(geometry, placed);
  const counts = countZones(geometry, frames);
  const limitsInput: LimitsInput = {
    kernel: device.kernel,
    pageShift: device.pageShift,
    pageblockOrder: device.pageblockOrder,
    cpus: device.cpus,
    thp: device.thp ?? "madvise",
    cacheSlice: device.cacheSlice ?? 0,
    vm: device.vm ?? {},
    zones: geometry.zones.map(({ name, present }, i) => ({
      name,
      present,
      managed: counts[i]?.managed ?? 0,
      bootManaged: counts[i]?.boot ?? 0,
    })),
  };
  const limits = computeLimits(limitsInput);
  const indexOf = (name: string) => zoneIndex(geometry.zones.findIndex((zone) => zone.name === name));
  const shape = pcpListShape(device);
  return {
    name: device.name,
    sources: device.sources ?? [],
    kernel: device.kernel,
    rules: profile.rules,
    pageShift: device.pageShift,
    pageSize: bytes(2 ** device.pageShift),
    maxPageOrder: order(device.maxPageOrder),
    pageblockOrder: order(device.pageblockOrder),
    cpus: device.cpus,
    thp: device.thp ?? "madvise",
    startPfn: pfn(geometry.startPfn),
    endPfn: pfn(geometry.endPfn),
    zones: resolveZones(geometry.zones, counts, limits),
    areas: resolveAreas(placed.areas, geometry.zones),
    frames,
    gfpZone: gfpZoneTable(geometry.zones),
    normalZone: indexOf("Normal"),
    movableZone: indexOf("Movable"),
    hasDma32: geometry.zones.some((zone) => zone.name === "DMA32"),
    pcpThpOrder: shape.order,
    pcpLists: shape.lists,
    pcpBatchScaleMax: PCP_BATCH_SCALE_MAX,
    costlyOrder: COSTLY_ORDER,
    mobilityDisabled: mobilityDisabled(geometry.zones, device.pageblockOrder),
    minFreeKbytes: limits.minFreeKbytes,
    watermarkBoostFactor: device.vm?.watermarkBoostFactor ?? DEFAULT_WATERMARK_BOOST_FACTOR,
    limitsInput,
    totals: sumUp(geometry, frames, counts, limits),
  };
}
