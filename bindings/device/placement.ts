// Knows: where areas and reserved ranges end up when their address is not fixed.
// Must not know: limits, zones' limits, how a description is validated otherwise.
//
// Models: early_init_fdt_scan_reserved_mem(), cma_declare_contiguous() and memblock_alloc(), Linux 6.12:
// fixed ranges first, then areas, then everything else, each from one end of what is still free.
// DEVIATION: one allowed range per area where a device tree may list several; list the one that is used.

import type { Problem } from "../engine/errors.js";
import { formatBytes, formatPfn } from "../engine/units.js";
import type { AreaDescription, DeviceDescription, Placement, ReservedRange } from "./description.js";
import { pageCeil, pageFloor } from "./geometry.js";
import { coversRun, intersectRuns, placeRun, type Run, subtractRuns } from "./runs.js";

export interface PlacedRange extends Run {
  readonly name: string;
  readonly path: string;
  readonly freedLate: boolean;
}

export interface PlacedArea extends Run {
  readonly name: string;
  readonly path: string;
  readonly orderPerBit: number;
}

export interface Placed {
  readonly reserved: readonly PlacedRange[];
  /** In the order of the description. */
  readonly areas: readonly PlacedArea[];
}

interface Board {
  readonly pageShift: number;
  readonly pageblock: number;
  free: readonly Run[];
  readonly problems: Problem[];
}

/** Takes a fixed range out of the free memory; what it overlaps is a problem. */
function takeFixed(
  board: Board,
  run: Run,
  path: string,
  taken: readonly (Run & { path: string })[],
): boolean {
  const clash = taken.find((other) => run.start < other.end && other.start < run.end);
  if (clash !== undefined) {
    const at = formatPfn(Math.max(run.start, clash.start), board.pageShift);
    board.problems.push({ path, message: `overlaps ${clash.path} at ${at}` });
  }
  board.free = subtractRuns(board.free, [run]);
  return clash === undefined;
}

function place(
  board: Board,
  path: string,
  item: Placement & { size: number },
  alignment: number,
): Run | undefined {
  const shift = board.pageShift;
  const length = pageCeil(item.size, shift);
  const within = {
    start: pageCeil(item.within?.start ?? 0, shift),
    end: pageFloor(item.within?.end ?? Number.MAX_SAFE_INTEGER, shift),
  };
  const start = placeRun(board.free, { length, alignment, within, from: item.from ?? "top" });
  if (start === undefined) {
    const largest = Math.max(0, ...intersectRuns(board.free, [within]).map((run) => run.end - run.start));
    board.problems.push({
      path,
      message:
        `no place for ${formatBytes(item.size)} aligned to ${formatBytes(alignment * 2 ** shift)}: ` +
        `the largest free run that is allowed has ${formatBytes(largest * 2 ** shift)}`,
    });
    return undefined;
  }
  const run = { start, end: start + length };
  board.free = subtractRuns(board.free, [run]);
  return run;
}

function rangeRun(range: ReservedRange, pageShift: number): Run {
  const base = range.base ?? 0;
  return { start: pageFloor(base, pageShift), end: pageCeil(base + range.size, pageShift) };
}

function areaAlignment(area: AreaDescription, board: Board): number {
  return Math.max(board.pageblock, Math.ceil((area.alignment ?? 0) / 2 ** board.pageShift));
}

/** Places everything of a description whose sizes and addresses are valid numbers; adds to `problems`. */
export function placeRanges(
  device: DeviceDescription,
  memory: readonly Run[],
  skip: ReadonlySet<string>,
  problems: Problem[],
): Placed {
  const board: Board = {
    pageShift: device.pageShift,
    pageblock: 2 ** device.pageblockOrder,
    free: memory,
    problems,
  };
  const reserved: PlacedRange[] = [];
  const areas: PlacedArea[] = [];
  const listedAreas = (device.areas ?? []).map((area, i) => ({ area, path: `areas[${i}]` }));
  const listedRanges = (device.reserved ?? []).map((range, i) => ({ range, path: `reserved[${i}]` }));
  const usableRanges = listedRanges.filter(({ path }) => !skip.has(path));
  const usableAreas = listedAreas.filter(({ path }) => !skip.has(path));

  for (const { range, path } of usableRanges.filter((entry) => entry.range.base !== undefined)) {
    const run = rangeRun(range, device.pageShift);
    takeFixed(board, run, path, reserved);
    reserved.push({ ...run, name: range.name, path, freedLate: range.freedLate ?? false });
  }
  for (const { area, path } of usableAreas.filter((entry) => entry.area.base !== undefined)) {
    const run = rangeRun({ ...area, base: area.base as NonNullable<typeof area.base> }, device.pageShift);
    if (!coversRun(memory, run)) {
      problems.push({ path, message: "does not lie in memory: every frame must be in one bank" });
    }
    takeFixed(board, run, path, [...reserved, ...areas]);
    areas.push({ ...run, name: area.name, path, orderPerBit: area.orderPerBit ?? 0 });
  }
  for (const { area, path } of usableAreas.filter((entry) => entry.area.base === undefined)) {
    const run = place(board, path, area, areaAlignment(area, board));
    if (run !== undefined) areas.push({ ...run, name: area.name, path, orderPerBit: area.orderPerBit ?? 0 });
  }
  for (const { range, path } of usableRanges.filter((entry) => entry.range.base === undefined)) {
    const run = place(board, path, range, 1);
    if (run !== undefined) {
      reserved.push({ ...run, name: range.name, path, freedLate: range.freedLate ?? false });
    }
  }
  const rank = (path: string) => listedAreas.findIndex((entry) => entry.path === path);
  areas.sort((a, b) => rank(a.path) - rank(b.path));
  return { reserved, areas };
}
