// Knows: which tables and lines the laboratory's figures make: for a terminal and for a page alike.
// Must not know: how a table is drawn, how a search is timed.

import { NONE } from "../../bitmap/core.js";
import {
  type Goal,
  geometricMean,
  goalsOf,
  type LabResult,
  type LabRow,
  lossesOf,
  PATTERNS,
  timeOf,
} from "../../bitmap/lab/index.js";
import { type Cell, type Column, formatBytes, formatCount, formatDuration } from "../../report/index.js";
import { TWIN_NAME } from "./twin.js";

export interface LabTable {
  /** Empty: the first column says it. */
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Everything that is shown of one run. */
export interface SearchReport {
  readonly result: LabResult;
  /** The same three patterns on maps of growing length; none unless asked for. */
  readonly growth: readonly LabResult[];
  /** Why there is no walk in C, in words. */
  readonly noTwin: string | undefined;
}

function right(header: string): Column {
  return { header, align: "right" };
}

function ratio(a: number | undefined, b: number | undefined): string {
  if (a === undefined || b === undefined || b === 0) return "-";
  const value = a / b;
  return value >= 100 ? formatCount(Math.round(value)) : String(Number(value.toPrecision(3)));
}

function namesOf(rows: readonly LabRow[]): string[] {
  return rows[0]?.timings.map(({ name }) => name) ?? [];
}

/** How many bits a search has to look past when it goes through the map from its beginning. */
function lookedPast({ place, count, bits }: LabRow): number {
  return place === NONE ? bits : Math.min(bits, place + count);
}

/** One table for each pattern: time per search of each contestant, and the ratios that matter. */
export function patternTables({ rows }: LabResult): LabTable[] {
  return PATTERNS.flatMap(({ name, doc }) => {
    const mine = rows.filter((row) => row.pattern === name);
    if (mine.length === 0) return [];
    const columns = [
      { header: "request" },
      ...namesOf(mine).map(right),
      right("C/COMP"),
      right("COMP/KERNEL"),
      right("bits/ns"),
      right("place"),
    ];
    const cells = mine.map((row) => [
      `${row.count}@${row.align}`,
      ...row.timings.map(({ nanoseconds }) => formatDuration(nanoseconds)),
      ratio(timeOf(row, TWIN_NAME), timeOf(row, "COMPOSITE")),
      ratio(timeOf(row, "COMPOSITE"), timeOf(row, "KERNEL")),
      ratio(lookedPast(row), timeOf(row, "COMPOSITE")),
      row.place === NONE ? "none" : String(row.place),
    ]);
    return [{ title: `${name}: ${doc}`, columns, rows: cells }];
  });
}

export function updateTable({ updates }: LabResult): LabTable {
  const indexes = [...new Set(updates.map(({ index }) => index))];
  const patterns = [...new Set(updates.map(({ pattern }) => pattern))];
  const of = (pattern: string, index: string) =>
    updates.find((update) => update.pattern === pattern && update.index === index);
  const size = indexes.map((index) => formatBytes(of(patterns[0] ?? "", index)?.indexBytes ?? 0));
  return {
    title: "update: 456 bits set or cleared, with the bits alone and with one index",
    columns: [{ header: "pattern" }, ...indexes.map(right)],
    rows: [
      ...patterns.map((pattern) => [
        pattern,
        ...indexes.map((index) => formatDuration(of(pattern, index)?.nanoseconds ?? 0)),
      ]),
      ["memory of the index", ...size],
    ],
  };
}

/** Bits that are looked past in a nanosecond, geometric mean over the rows that search the whole map. */
export function throughputTable({ rows, bits }: LabResult): LabTable {
  const scans = rows.filter(({ place }) => place === NONE || place > bits / 2);
  const names = namesOf(rows);
  const speed = (name: string) =>
    ratio(geometricMean(scans.map((row) => bits / (timeOf(row, name) ?? 1))), 1);
  return {
    title: "",
    columns: [{ header: "rows that look through the whole map" }, ...names.map(right)],
    rows: [[`bits per ns, geometric mean of ${scans.length}`, ...names.map(speed)]],
  };
}

/** 456@8, found at the end, on each length of the map. */
export function growthTable(results: readonly LabResult[]): LabTable {
  const names = namesOf(results[0]?.rows ?? []);
  const patterns = [...new Set(results.flatMap(({ rows }) => rows.map(({ pattern }) => pattern)))];
  const rows = patterns.flatMap((pattern) =>
    results.map((result) => {
      const row = result.rows.find((each) => each.pattern === pattern);
      const update = result.updates.find((each) => each.pattern === pattern && each.index === "RUN_TREE");
      return [
        pattern,
        formatCount(result.bits),
        ...names.map((name) => formatDuration((row && timeOf(row, name)) ?? 0)),
        formatDuration(update?.nanoseconds ?? 0),
      ];
    }),
  );
  const columns = [
    { header: "456@8, found at the end" },
    right("bits"),
    ...names.map(right),
    right("update"),
  ];
  return { title: "as the map grows", columns, rows };
}

export function headLines({ result, noTwin }: SearchReport): string[] {
  return [
    `${formatCount(result.bits)} bits, seed ${result.seed}, processor time, lower quartiles of interleaved rounds`,
    noTwin === undefined ? "C: the kernel's walk in plain C, in the same run" : `C: not run: ${noTwin}`,
  ];
}

function verdictOf(goal: Goal): string {
  if (goal.measured === undefined) return "not run";
  return goal.met ? "met" : "MISSED";
}

export function goalsTable(result: LabResult): LabTable {
  const unit = (value: number | undefined, goal: Goal) =>
    value === undefined ? "-" : `${Number(value.toPrecision(3))} ${goal.unit}`;
  return {
    title: "goals",
    columns: [{ header: "" }, { header: "goal, by its worst row" }, right("measured"), right("must")],
    rows: goalsOf(result, result.twin).map((goal) => [
      verdictOf(goal),
      goal.what,
      unit(goal.measured, goal),
      unit(goal.must, goal),
    ]),
  };
}

export function lossTable(result: LabResult): LabTable {
  return {
    title: "rows on which the composite loses, to C or to another strategy",
    columns: [{ header: "row" }, { header: "fastest" }, right("times"), right("more")],
    rows: lossesOf(result).map(({ row, against, ratio: by, lostNanoseconds }) => [
      `${row.pattern} ${row.count}@${row.align}`,
      against,
      by.toFixed(2),
      formatDuration(lostNanoseconds),
    ]),
  };
}

/** All tables, in the order in which they are read. */
export function searchTables({ result, growth }: SearchReport): LabTable[] {
  return [
    ...patternTables(result),
    updateTable(result),
    throughputTable(result),
    ...(growth.length > 0 ? [growthTable(growth)] : []),
    goalsTable(result),
    lossTable(result),
  ];
}
