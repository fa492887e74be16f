// Knows: what the search must reach, and the rows on which it loses.
// Must not know: how it is printed.

import { largest, smallest } from "../../engine/extent.js";
import { type LabResult, type LabRow, type LabUpdate, timeOf } from "./run.js";

export interface Goal {
  readonly what: string;
  /** Undefined when the rows for it were not run. */
  readonly measured: number | undefined;
  readonly must: number;
  readonly unit: "x" | "ns";
  readonly met: boolean;
}

/** The default strategy against the walk that it replaces, on one row. */
export interface Loss {
  readonly row: LabRow;
  readonly against: string;
  readonly ratio: number;
  readonly lostNanoseconds: number;
}

const PLAIN = "KERNEL";
const BEST = "COMPOSITE";
/** Scans that take longer than this in C are compared as scans. */
const SCAN = 1000;

/** `faster` over `slower` for each row that has both. */
function ratios(rows: readonly LabRow[], above: string, below: string): number[] {
  return rows.flatMap((row) => {
    const a = timeOf(row, above);
    const b = timeOf(row, below);
    return a === undefined || b === undefined || b === 0 ? [] : [a / b];
  });
}

function atLeast(what: string, measured: readonly number[], must: number): Goal {
  const least = measured.length === 0 ? undefined : smallest(measured);
  return { what, measured: least, must, unit: "x", met: least !== undefined && least >= must };
}

function atMost(what: string, measured: readonly number[], must: number, unit: "x" | "ns"): Goal {
  const most = measured.length === 0 ? undefined : largest(measured);
  return { what, measured: most, must, unit, met: most !== undefined && most <= must };
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/** The goals, each by its worst row. `twin` is the name of the walk in C. */
export function goalsOf({ rows, updates }: LabResult, twin: string | null): Goal[] {
  const c = twin ?? "";
  const request = (pattern: string, count: number, align: number) =>
    rows.filter((row) => row.pattern === pattern && row.count === count && row.align === align);
  const scans = rows.filter((row) => (timeOf(row, c) ?? 0) > SCAN);
  const fits = rows.filter((row) => row.pattern === "empty" && row.count <= 512);
  const slower = fits.flatMap((row) => {
    const [ours, theirs] = [timeOf(row, BEST), timeOf(row, c)];
    return ours === undefined || theirs === undefined ? [] : [ours - theirs];
  });
  const upkeep = updates.filter(({ index }) => index === "RUN_TREE").map(({ nanoseconds }) => nanoseconds);
  const plain = ratios(scans, PLAIN, c);
  return [
    atMost(
      "the plain walk against C, geometric mean of scans",
      plain.length === 0 ? [] : [geometricMean(plain)],
      1.25,
      "x",
    ),
    atMost("the plain walk against C, worst scan", plain, 1.25, "x"),
    atLeast(
      "success at the end (holes-end 456@8) against C",
      ratios(request("holes-end", 456, 8), c, BEST),
      300,
    ),
    atLeast(
      "success at the end (full-end 456@8) against C",
      ratios(request("full-end", 456, 8), c, BEST),
      300,
    ),
    atLeast(
      "misaligned runs, success at the end (456@8) against C",
      ratios(request("misaligned-end", 456, 8), c, BEST),
      200,
    ),
    atLeast(
      "misaligned runs, nothing fits (456@8) against C",
      ratios(request("misaligned", 456, 8), c, BEST),
      200,
    ),
    atMost("first window fits: slower than C by", slower, 20, "ns"),
    atMost("update of 456 bits", upkeep, 200, "ns"),
    atMost("the composite against the plain walk, worst row", ratios(rows, BEST, PLAIN), 1.3, "x"),
  ];
}

/** Rows on which the composite is slower than C or than another strategy, by more than a tenth. */
export function lossesOf({ rows }: LabResult): Loss[] {
  return rows.flatMap((row) => {
    const ours = timeOf(row, BEST);
    if (ours === undefined) return [];
    const best = [...row.timings].sort((a, b) => a.nanoseconds - b.nanoseconds)[0];
    if (best === undefined || best.name === BEST || ours < best.nanoseconds * 1.1) return [];
    return [
      { row, against: best.name, ratio: ours / best.nanoseconds, lostNanoseconds: ours - best.nanoseconds },
    ];
  });
}

export type { LabUpdate };
