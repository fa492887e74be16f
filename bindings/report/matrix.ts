// Knows: how a matrix of policies and scenarios is told on a terminal and as CSV: success on time against what it costs.
// Must not know: how any figure is worked out (analysis/outcomes), files.

import { COST_COLUMNS, type CostColumn, type MatrixCell, paretoFront } from "../analysis/outcomes/index.js";
import { percent, points, spanText } from "./certainty.js";
import { type CsvCell, csvLine } from "./csv.js";
import { formatCount, formatDuration } from "./sizes.js";
import { type Column, renderTable } from "./table.js";

/** Short names of costs as headers. */
export const COST_HEADERS: Readonly<Record<CostColumn, string>> = {
  p50Ns: "p50",
  moved: "moved",
  io: "I/O",
  stalledNs: "stalled",
  reclaimed: "reclaimed",
  refaults: "refaults",
  copied: "copied",
  idlePages: "idle",
  kills: "kills",
};

/** A cost in its unit. */
export function formatCost(name: CostColumn, value: number | undefined): string {
  if (value === undefined) return "-";
  const { unit = "count" } = COST_COLUMNS.find((column) => column.name === name) ?? {};
  return unit === "ns" ? formatDuration(value) : formatCount(Number(value.toPrecision(value < 10 ? 2 : 9)));
}

/** Cells by block, in their order. */
export function blocksOf(cells: readonly MatrixCell[]): MatrixCell[][] {
  const blocks = new Map<string, MatrixCell[]>();
  for (const cell of cells) {
    blocks.set(cell.block, [...(blocks.get(cell.block) ?? []), cell]);
  }
  return [...blocks.values()];
}

function rounded(name: CostColumn, value: number | undefined): string {
  const isWhole = value !== undefined && name !== "p50Ns" && name !== "stalledNs" && value >= 10;
  return formatCost(name, isWhole ? Math.round(value) : value);
}

/** Costs of a block: copies are one only where areas keep their pages. */
function costsOf(cells: readonly MatrixCell[]): readonly CostColumn[] {
  const copies = cells.some(({ costs }) => (costs.copied ?? 0) > 0);
  return COST_COLUMNS.map(({ name }) => name).filter((name) => name !== "copied" || copies);
}

function row(
  cell: MatrixCell,
  names: readonly CostColumn[],
  fronts: readonly ReadonlySet<MatrixCell>[],
): (string | number)[] {
  const { label, seeds, openings, share, certainty, difference, costs } = cell;
  const change = difference?.onTime;
  const told = change === undefined ? "-" : change.isSure ? points(change.mean) : "not told apart";
  const unbeaten = fronts.filter((front) => front.has(cell)).length;
  return [
    label,
    formatCount(seeds),
    formatCount(openings.asked),
    share === undefined ? "-" : percent(share),
    spanText(certainty, percent),
    told,
    ...names.map((name) => rounded(name, costs[name])),
    share === undefined ? "-" : `${unbeaten} of ${names.length}`,
  ];
}

/** Of the table of a block. */
export function matrixColumns(cells: readonly MatrixCell[]): Column[] {
  const costs = costsOf(cells).map((name) => COST_HEADERS[name]);
  const headers = ["", "seeds", "asked", "on time", "95 %", "points", ...costs, "unbeaten"];
  return headers.map((header, i) => ({ header, align: i === 0 ? "left" : "right" }) as const);
}

/** A row for each policy of a block. */
export function blockRows(cells: readonly MatrixCell[]): (string | number)[][] {
  const names = costsOf(cells);
  const fronts = names.map((name) => new Set(paretoFront(cells, name)));
  return cells.map((cell) => row(cell, names, fronts));
}

function block(cells: readonly MatrixCell[]): string {
  const [first] = cells;
  if (first === undefined) return "";
  const { scenario, device, under, client } = first;
  const who = client === "" ? "no client asks" : client;
  const failed = cells.reduce((sum, { errors }) => sum + errors, 0);
  const errors = failed === 0 ? "" : `${formatCount(failed)} runs of this block failed\n`;
  return `${scenario} on ${device} (${under}), ${who}\n${renderTable(matrixColumns(cells), blockRows(cells))}${errors}`;
}

/** What the columns mean, below the tables. */
export const MATRIX_LEGEND =
  "on time: mean over seeds of the share of openings; 95 %: interval over seeds (in brackets: range of fewer than six; -: all equal). " +
  "points: against the first row of a table, same seeds. Costs are means a run. unbeaten: costs in which no other row is at least as often on time and as cheap, and better in one of both.\n";

/** Every block as a table; @param most blocks that are shown */
export function renderMatrix(cells: readonly MatrixCell[], most = Number.POSITIVE_INFINITY): string {
  const blocks = blocksOf(cells);
  if (blocks.length === 0) return "no run is finished\n";
  const more =
    blocks.length > most ? `${formatCount(blocks.length - most)} more tables are in the files\n` : "";
  return `${blocks.slice(0, most).map(block).join("\n")}\n${more}${MATRIX_LEGEND}`;
}

/** One sentence: where which policy is better or worse than the first, as far as the seeds tell. */
export function matrixSentence(cells: readonly MatrixCell[]): string {
  const told = cells.flatMap(({ difference, ...cell }) =>
    difference?.onTime?.isSure === true ? [{ cell, difference: difference.onTime }] : [],
  );
  const compared = cells.filter(({ difference }) => difference?.onTime !== undefined).length;
  if (compared === 0) return "Nothing is compared: there is one policy and one kernel.\n";
  const better = told.filter(({ difference }) => difference.mean > 0);
  const worse = told.filter(({ difference }) => difference.mean < 0);
  const best = better.toSorted((a, b) => b.difference.mean - a.difference.mean)[0];
  const worst = worse.toSorted((a, b) => a.difference.mean - b.difference.mean)[0];
  const name = ({ cell, difference }: (typeof told)[number]) =>
    `${cell.label} ${points(difference.mean)} points in ${cell.scenario}`;
  const most = [best, worst].flatMap((one) => (one === undefined ? [] : [name(one)]));
  const examples = most.length === 0 ? "" : ` (the largest: ${most.join("; ")})`;
  return `Of ${formatCount(compared)} comparisons ${formatCount(better.length)} show more openings on time and ${formatCount(worse.length)} fewer${examples}; in ${formatCount(compared - told.length)} the seeds tell no difference.\n`;
}

/** Columns of the CSV, and how each is read off a cell. */
const CSV: readonly (readonly [string, (cell: MatrixCell) => CsvCell])[] = [
  ...(["scenario", "device", "kernel", "policy", "client", "seeds"] as const).map(
    (name) => [name, (cell: MatrixCell) => cell[name]] as const,
  ),
  ...(["asked", "onTime", "late", "failed", "skipped"] as const).map(
    (name) => [name, ({ openings }: MatrixCell) => openings[name]] as const,
  ),
  ["share", ({ share }) => share],
  ["shareLow", ({ certainty }) => intervalOf(certainty)?.low],
  ["shareHigh", ({ certainty }) => intervalOf(certainty)?.high],
  ["difference", ({ difference }) => difference?.onTime?.mean],
  ["differenceLow", ({ difference }) => intervalOf(difference?.onTime?.certainty)?.low],
  ["differenceHigh", ({ difference }) => intervalOf(difference?.onTime?.certainty)?.high],
  [
    "isSure",
    ({ difference }) => (difference?.onTime === undefined ? undefined : Number(difference.onTime.isSure)),
  ],
  ...COST_COLUMNS.map(({ name }) => [name, ({ costs }: MatrixCell) => costs[name]] as const),
  ["errors", ({ errors }) => errors],
];

function intervalOf(certainty: MatrixCell["certainty"]): { low: number; high: number } | undefined {
  return certainty === undefined || certainty.kind === "same" ? undefined : certainty.interval;
}

/** A line for each cell, with a head. */
export function matrixCsv(cells: readonly MatrixCell[], put: (text: string) => void): void {
  put(csvLine(CSV.map(([name]) => name)));
  for (const cell of cells) put(csvLine(CSV.map(([, read]) => read(cell))));
}
