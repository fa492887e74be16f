// Knows: sets of whole frames as ascending, disjoint runs, and how memblock searches them.
// Must not know: what a run is used for, bytes, zones.
//
// Models: memblock_find_in_range_node() top-down and bottom-up, mm/memblock.c, Linux 6.12.

/** Frames [start, end). */
export interface Run {
  readonly start: number;
  readonly end: number;
}

export function runLength(run: Run): number {
  return run.end - run.start;
}

export function totalLength(runs: readonly Run[]): number {
  let sum = 0;
  for (const run of runs) sum += run.end - run.start;
  return sum;
}

/** Sorted, touching and overlapping runs joined, empty ones dropped. */
export function normalizeRuns(runs: readonly Run[]): Run[] {
  const sorted = runs.filter((run) => run.end > run.start).sort((a, b) => a.start - b.start || a.end - b.end);
  const joined: Run[] = [];
  for (const run of sorted) {
    const last = joined.at(-1);
    if (last !== undefined && run.start <= last.end) {
      joined[joined.length - 1] = { start: last.start, end: Math.max(last.end, run.end) };
    } else {
      joined.push({ start: run.start, end: run.end });
    }
  }
  return joined;
}

/** The part of `runs` inside [start, end). */
export function clipRuns(runs: readonly Run[], start: number, end: number): Run[] {
  const clipped: Run[] = [];
  for (const run of runs) {
    const from = Math.max(run.start, start);
    const to = Math.min(run.end, end);
    if (to > from) clipped.push({ start: from, end: to });
  }
  return clipped;
}

/** `runs` without the frames of `holes`; both normalized. */
export function subtractRuns(runs: readonly Run[], holes: readonly Run[]): Run[] {
  const left: Run[] = [];
  for (const run of runs) {
    let from = run.start;
    for (const hole of holes) {
      if (hole.end <= from) continue;
      if (hole.start >= run.end) break;
      if (hole.start > from) left.push({ start: from, end: hole.start });
      from = Math.max(from, hole.end);
    }
    if (from < run.end) left.push({ start: from, end: run.end });
  }
  return left;
}

/** Frames that are in both; both normalized. */
export function intersectRuns(a: readonly Run[], b: readonly Run[]): Run[] {
  return normalizeRuns(b.flatMap((run) => clipRuns(a, run.start, run.end)));
}

/** True when every frame of `run` is in `runs` (normalized). */
export function coversRun(runs: readonly Run[], run: Run): boolean {
  return runs.some((outer) => outer.start <= run.start && run.end <= outer.end);
}

/** Runs cut at each border, so that none crosses one. */
export function splitRuns(runs: readonly Run[], borders: readonly number[]): Run[] {
  let parts: Run[] = [...runs];
  for (const border of borders) {
    parts = parts.flatMap((run) =>
      run.start < border && border < run.end
        ? [
            { start: run.start, end: border },
            { start: border, end: run.end },
          ]
        : [run],
    );
  }
  return parts;
}

export interface PlaceRequest {
  readonly length: number;
  /** A power of two, in frames. */
  readonly alignment: number;
  readonly within: Run;
  readonly from: "top" | "bottom";
}

/** The start of the first fit in `free` (normalized), searched from one end; undefined when none fits. */
export function placeRun(free: readonly Run[], request: PlaceRequest): number | undefined {
  const { length, alignment, within, from } = request;
  const candidates = clipRuns(free, within.start, within.end);
  if (from === "top") candidates.reverse();
  for (const run of candidates) {
    const start =
      from === "top"
        ? Math.floor((run.end - length) / alignment) * alignment
        : Math.ceil(run.start / alignment) * alignment;
    if (start >= run.start && start + length <= run.end) return start;
  }
  return undefined;
}
