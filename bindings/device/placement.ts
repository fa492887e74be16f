// Knows: where areas and reserved ranges end up when their address is not fixed.
// Must not know: limits, zones' limits, how a description is validated otherwise.
//
// Models: early_init_fdt_scan_reserved_mem(), cma_declare_contiguous() and memblock_alloc(), Linux 6.12:
// fixed ranges first, then areas, then everything else, each from one end of what is still free.
// Several ranges of one area are placed like areas of their own, in their order (6.15 chooses them itself).
// DEVIATION: one allowed range per area where a device tree may list several; list the one that is used.

import type { Problem } from "../engine/errors.js";
import { largest } from "../engine/extent.js";
import { formatBytes, formatPfn } from "../engine/units.js";
import type {
  AreaDescription,
  AreaRangeDescription,
  DeviceDescription,
  Placement,
  ReservedRange,
} from "./description.js";
import { pageCeil, pageFloor } from "./geometry.js";
import { coversRun, intersectRuns, placeRun, type Run, subtractRuns } from "./runs.js";

export interface PlacedRange extends Run {
  readonly name: string;
  readonly path: string;
  readonly freedLate: boolean;
}

export interface PlacedAreaRange extends Run {
  readonly path: string;
}

export interface PlacedArea {
  readonly name: string;
  readonly orderPerBit: number;
  /** In the order of the description; those without a place are missing, and a problem. */
  readonly ranges: readonly PlacedAreaRange[];
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
    const longest = largest(
      intersectRuns(board.free, [within]).map((run) => run.end - run.start),
      0,
    );
    board.problems.push({
      path,
      message:
        `no place for ${formatBytes(item.size)} aligned to ${formatBytes(alignment * 2 ** shift)}: ` +
        `the largest free run that is allowed has ${formatBytes(longest * 2 ** shift)}`,
    });
    return undefined;
  }
  const run = { start, end: start + length };
  board.free = subtractRuns(board.free, [run]);
  return run;
}

function fixedRun(base: number, size: number, pageShift: number): Run {
  return { start: pageFloor(base, pageShift), end: pageCeil(base + size, pageShift) };
}

function pieceAlignment(piece: AreaRangeDescription, board: Board): number {
  return Math.max(board.pageblock, Math.ceil((piece.alignment ?? 0) / 2 ** board.pageShift));
}

/** One contiguous piece of an area: one of its ranges, or all of it. */
interface Piece {
  readonly piece: AreaRangeDescription;
  readonly path: string;
}

function piecesOf(area: AreaDescription, path: string): Piece[] {
  const { ranges, size } = area;
  if (ranges !== undefined) return ranges.map((piece, i) => ({ piece, path: `${path}.ranges[${i}]` }));
  return size === undefined ? [] : [{ piece: { ...area, size }, path }];
}

/** Fixed ranges: they take their frames whatever else is there. */
function takeReserved(
  board: Board,
  listed: readonly { readonly range: ReservedRange; readonly path: string }[],
): PlacedRange[] {
  const reserved: PlacedRange[] = [];
  for (const { range, path } of listed) {
    if (range.base === undefined) continue;
    const run = fixedRun(range.base, range.size, board.pageShift);
    takeFixed(board, run, path, reserved);
    reserved.push({ ...run, name: range.name, path, freedLate: range.freedLate ?? false });
  }
  return reserved;
}

/** All pieces of all areas: those with an address first, then the others, each in the order of the description. */
function placePieces(
  board: Board,
  pieces: readonly Piece[],
  memory: readonly Run[],
  reserved: readonly PlacedRange[],
): PlacedAreaRange[] {
  const placed: PlacedAreaRange[] = [];
  for (const { piece, path } of pieces) {
    if (piece.base === undefined) continue;
    const run = fixedRun(piece.base, piece.size, board.pageShift);
    if (!coversRun(memory, run)) {
      board.problems.push({ path, message: "does not lie in memory: every frame must be in one bank" });
    }
    takeFixed(board, run, path, [...reserved, ...placed]);
    placed.push({ ...run, path });
  }
  for (const { piece, path } of pieces) {
    if (piece.base !== undefined) continue;
    const run = place(board, path, piece, pieceAlignment(piece, board));
    if (run !== undefined) placed.push({ ...run, path });
  }
  return placed;
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
  const listedAreas = (device.areas ?? []).map((area, i) => ({ area, path: `areas[${i}]` }));
  const usableAreas = listedAreas.filter(({ path }) => !skip.has(path));
  const listedRanges = (device.reserved ?? []).map((range, i) => ({ range, path: `reserved[${i}]` }));
  const usableRanges = listedRanges.filter(({ path }) => !skip.has(path));
  const pieces = usableAreas.map(({ area, path }) =>
    piecesOf(area, path).filter((piece) => !skip.has(piece.path)),
  );

  const reserved = takeReserved(board, usableRanges);
  const placed = placePieces(board, pieces.flat(), memory, reserved);
  for (const { range, path } of usableRanges.filter((entry) => entry.range.base === undefined)) {
    const run = place(board, path, range, 1);
    if (run !== undefined) {
      reserved.push({ ...run, name: range.name, path, freedLate: range.freedLate ?? false });
    }
  }
  const areas = usableAreas.map(({ area }, i): PlacedArea => {
    const own = (pieces[i] ?? []).map(({ path }) => placed.find((run) => run.path === path));
    const ranges = own.filter((run) => run !== undefined);
    return { name: area.name, orderPerBit: area.orderPerBit ?? 0, ranges };
  });
  return { reserved, areas };
}
