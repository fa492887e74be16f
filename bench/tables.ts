// Knows: how the benchmark's figures are shown: medians with their quartiles, ratios, goals with a verdict, known losses.
// Must not know: how anything is measured.

import { renderTable } from "../bindings/report/index.js";
import type { CmaRow } from "./limits.js";
import { AGAINST_LLFREE, KNOWN_LOSSES } from "./losses.js";
import type { RowResult } from "./rows.js";
import type { SimulationRow, TurnoverRow } from "./simulation.js";
import { type Spread, shown } from "./stats.js";

export interface Goal {
  readonly what: string;
  readonly value: number;
  readonly must: number;
  readonly aim: number;
  readonly unit: string;
}

function table(headers: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return renderTable(
    headers.map((header) => ({ header })),
    rows.map((row) => [...row]),
  );
}

const or = (spread: Spread | null, digits = 2) => (spread === null ? "-" : shown(spread, digits));
const ratio = (value: number | null) => value?.toFixed(3) ?? "-";
const same = (equal: boolean | null) => (equal === null ? "no twin" : equal ? "equal" : "DIFFER");

export function renderGoals(goals: readonly Goal[]): string {
  const verdict = ({ value, must, aim }: Goal) =>
    value <= aim ? "aim reached" : value <= must ? "must reached" : "MISSED";
  const rows = goals.map((goal) => {
    const { what, value, must, aim, unit } = goal;
    return [what, value.toFixed(2), must, aim, unit, verdict(goal)];
  });
  return table(["figure", "measured", "must", "aim", "unit", "verdict"], rows);
}

const C_HEADERS = ["ns in C", "ratio", "ns in C, dissolved", "ratio to that"];

export function renderRows(rows: readonly RowResult[]): string {
  return table(
    ["row", "ns", ...C_HEADERS, "checksums", "digests"],
    rows.map((row) => [
      row.name,
      shown(row.ours, 2),
      or(row.c),
      ratio(row.ratio),
      or(row.cFused),
      ratio(row.ratioFused),
      same(row.checksumEqual),
      same(row.digestEqual),
    ]),
  );
}

export function renderTurnover(rows: readonly TurnoverRow[]): string {
  return table(
    ["one resident's loop on", "ns a page", ...C_HEADERS, "digests"],
    rows.map((row) => [
      row.device,
      shown(row.ours),
      or(row.c, 1),
      ratio(row.ratio),
      or(row.cFused, 1),
      ratio(row.ratioFused),
      same(row.digestEqual),
    ]),
  );
}

export function renderCma(rows: readonly CmaRow[]): string {
  const headers = [
    "cma_alloc of 65,024 pages",
    "errno",
    "windows",
    "drain, us",
    "pages drained",
    "request, us",
    "pages migrated",
    "ns per page",
    "release, us",
    "digest",
  ];
  return table(
    headers,
    rows.map((row) => [
      row.state,
      row.errno,
      row.windowsTried,
      shown(row.drain, 0),
      row.pagesDrained,
      shown(row.request, 0),
      row.pagesMigrated,
      row.nsPerMigratedPage?.toFixed(0) ?? "-",
      shown(row.release, 0),
      row.digest,
    ]),
  );
}

export function renderSimulation(rows: readonly SimulationRow[]): string {
  return table(
    [
      "a rolling blockade on",
      "page operations/s",
      "simulated s / CPU s",
      "events",
      "requests",
      "failed",
      "digest",
    ],
    rows.map((row) => [
      row.device,
      row.operationsPerSecond,
      shown(row.rate),
      row.events,
      row.requests,
      row.failed,
      row.digest,
    ]),
  );
}

export function renderLosses(): string {
  const rows = KNOWN_LOSSES.map(({ row, against, ratio: times, why }) => [
    row,
    against,
    times.toFixed(1),
    why,
  ]);
  return `${table(["known loss", "against", "our time / theirs", "why"], rows)}\n${AGAINST_LLFREE}`;
}
