// Knows: what CMA areas and their ranges must satisfy before they are given a place.
// Must not know: where they end up; overlaps and zones are checked once every range has a place.
//
// Models: cma_init_reserved_mem() and cma_declare_contiguous_nid() of mm/cma.c, Linux 6.12; several ranges as
// cma_declare_contiguous_multi() of 6.15 makes them.

import { MAX_AREAS, MAX_RANGES } from "../../assembly/abi/limits.js";
import { largest } from "../engine/extent.js";
import { formatBytes } from "../engine/units.js";
import { type Checker, isPowerOfTwo } from "./checker.js";
import type { AreaDescription, AreaRangeDescription, DeviceDescription } from "./description.js";
import type { Geometry } from "./geometry.js";
import { kernelProfiles } from "./kernel.js";

export function checkPlacement(
  path: string,
  item: { within?: unknown; from?: unknown },
  check: Checker,
): boolean {
  let sound = true;
  if (item.from !== undefined) sound = check.oneOf(`${path}.from`, item.from, ["top", "bottom"]);
  if (item.within !== undefined) {
    const { start, end } = item.within as { start?: unknown; end?: unknown };
    const numbers = [check.size(`${path}.within.start`, start, 0), check.size(`${path}.within.end`, end, 0)];
    if (numbers.includes(false)) sound = false;
  }
  return sound;
}

interface Limits {
  /** Bytes of a pageblock. */
  readonly block: number;
  /** Present bytes of the largest zone, when that is known. */
  readonly largestZone: number | undefined;
}

/** One contiguous piece: an area, or one of its ranges. */
function checkPiece(
  path: string,
  piece: { readonly [Field in keyof AreaRangeDescription]?: AreaRangeDescription[Field] },
  { block, largestZone }: Limits,
  check: Checker,
): void {
  const { size, base, alignment } = piece;
  const isSize = check.size(`${path}.size`, size) && size !== undefined;
  if (isSize && size % block !== 0) {
    const message = `${formatBytes(size)} is not a multiple of the pageblock, ${formatBytes(block)}`;
    check.add(`${path}.size`, message);
  }
  if (base !== undefined && check.size(`${path}.base`, base, 0) && base % block !== 0) {
    const message = `0x${base.toString(16)} is not aligned to the pageblock, ${formatBytes(block)}`;
    check.add(`${path}.base`, message);
  }
  if (alignment !== undefined && check.size(`${path}.alignment`, alignment)) {
    if (!isPowerOfTwo(alignment)) check.add(`${path}.alignment`, "must be a power of two");
  }
  checkPlacement(path, piece, check);
  if (isSize && largestZone !== undefined && size > largestZone) {
    const sizes = `${formatBytes(size)} is larger than the largest zone, ${formatBytes(largestZone)}`;
    check.add(`${path}.size`, sizes);
  }
}

/** Fields that belong to the ranges once there are any. */
const OF_RANGES = ["base", "alignment", "within", "from"] as const;

/** Paths of the ranges whose own numbers are broken. */
function checkRanges(
  path: string,
  area: AreaDescription,
  kernel: DeviceDescription["kernel"],
  limits: Limits,
  check: Checker,
): string[] {
  const ranges = area.ranges ?? [];
  if (!kernelProfiles[kernel].hasAreaRanges) {
    check.add(
      `${path}.ranges`,
      `areas of several ranges need kernel 6.15 or later, the device has ${kernel}`,
    );
  }
  if (ranges.length === 0 || ranges.length > MAX_RANGES) {
    const message = `must list 1 to ${MAX_RANGES} ranges (CMA_MAX_RANGES), lists ${ranges.length}`;
    check.add(`${path}.ranges`, message);
  }
  for (const field of OF_RANGES) {
    if (area[field] !== undefined)
      check.add(`${path}.${field}`, "belongs to each range where ranges are listed");
  }
  const broken = ranges.flatMap((range, i) => {
    const before = check.problems.length;
    checkPiece(`${path}.ranges[${i}]`, range, limits, check);
    return check.problems.length === before ? [] : [`${path}.ranges[${i}]`];
  });
  const sum = ranges.reduce((total, range) => total + range.size, 0);
  if (area.size !== undefined && broken.length === 0 && area.size !== sum) {
    const message = `is ${String(area.size)}, but the ranges add up to ${sum} bytes: leave it out`;
    check.add(`${path}.size`, message);
  }
  return broken;
}

function checkArea(
  device: DeviceDescription,
  area: AreaDescription,
  i: number,
  limits: Limits,
  check: Checker,
): string[] {
  const path = `areas[${i}]`;
  const before = check.problems.length;
  check.named(`${path}.name`, area.name);
  const namesake = (device.areas ?? []).findIndex((other) => other.name === area.name);
  if (namesake < i) {
    check.add(`${path}.name`, `${JSON.stringify(area.name)} is the name of areas[${namesake}] already`);
  }
  if (area.orderPerBit !== undefined) {
    check.whole(`${path}.orderPerBit`, area.orderPerBit, 0, device.pageblockOrder);
  }
  if (area.ranges !== undefined && check.list(`${path}.ranges`, area.ranges)) {
    const own = check.problems.length === before;
    const broken = checkRanges(path, area, device.kernel, limits, check);
    return own ? broken : [path, ...broken];
  }
  if (area.ranges === undefined) checkPiece(path, area, limits, check);
  return check.problems.length === before ? [] : [path];
}

/** Answers the paths of areas and ranges that cannot be placed. `geometry`: when banks and zones are sound. */
export function checkAreas(
  device: DeviceDescription,
  geometry: Geometry | undefined,
  check: Checker,
): string[] {
  const areas = device.areas ?? [];
  if (areas.length > MAX_AREAS) {
    check.add("areas", `lists ${areas.length} areas; a machine has room for ${MAX_AREAS}`);
  }
  const present = geometry?.zones.map((zone) => zone.present * 2 ** device.pageShift);
  const limits: Limits = {
    block: 2 ** (device.pageShift + device.pageblockOrder),
    largestZone: present === undefined ? undefined : largest(present),
  };
  return areas.flatMap((area, i) => checkArea(device, area, i, limits, check));
}
