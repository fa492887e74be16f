// Knows: the page of a comparison: a sentence, and for each block of policies a table and small multiples of success against
// cost, with what nothing else beats.
// Must not know: how any figure is worked out (analysis/outcomes), files.

import { COST_COLUMNS, type CostColumn, type MatrixCell, paretoFront } from "../analysis/outcomes/index.js";
import { largest, smallest } from "../engine/extent.js";
import { percent } from "./certainty.js";
import { renderHtmlHeading, renderHtmlPage, renderHtmlParagraph, renderHtmlTable } from "./html.js";
import { blockRows, blocksOf, formatCost, MATRIX_COLUMNS, MATRIX_LEGEND, matrixSentence } from "./matrix.js";
import { element, escapeXml, textElement } from "./svg.js";

const WIDTH = 250;
const HEIGHT = 190;
const LEFT = 34;
const RIGHT = 14;
const TOP = 22;
const BOTTOM = 30;
const COLORS = 10;

interface Point {
  readonly cell: MatrixCell;
  readonly x: number;
  readonly y: number;
  readonly number: number;
}

/** Costs from the cheapest to the dearest, success from 0 to 100 %. */
function pointsOf(cells: readonly MatrixCell[], cost: CostColumn): Point[] {
  const known = cells.flatMap((cell, i) => {
    const value = cell.costs[cost];
    return value === undefined || cell.share === undefined ? [] : [{ cell, value, share: cell.share, i }];
  });
  const values = known.map(({ value }) => value);
  const [low, high] = [smallest(values), largest(values)];
  const scale = (value: number) => (high === low ? 0.5 : (value - low) / (high - low));
  return known.map(({ cell, value, share, i }) => ({
    cell,
    x: LEFT + 8 + scale(value) * (WIDTH - LEFT - RIGHT - 16),
    y: TOP + (1 - share) * (HEIGHT - TOP - BOTTOM),
    number: i + 1,
  }));
}

function dot({ cell, x, y, number }: Point, cost: CostColumn, isUnbeaten: boolean): string {
  const color = `var(--policy-${(number - 1) % COLORS})`;
  const text = `${cell.label}: ${percent(cell.share ?? 0)} on time, ${formatCost(cost, cell.costs[cost])}`;
  const circle = element(
    "circle",
    { cx: x.toFixed(1), cy: y.toFixed(1), r: 6, fill: isUnbeaten ? color : "none", stroke: color },
    element("title", {}, escapeXml(text)),
  );
  const label = textElement(Number(x.toFixed(1)), Number((y + 3).toFixed(1)), String(number), {
    "text-anchor": "middle",
    "font-size": 8,
    fill: isUnbeaten ? "var(--paper)" : color,
    "pointer-events": "none",
  });
  return circle + label;
}

/** One cost: a numbered dot for each policy, filled where nothing beats it. */
function multiple(cells: readonly MatrixCell[], cost: (typeof COST_COLUMNS)[number]): string {
  const points = pointsOf(cells, cost.name);
  if (points.length === 0) return "";
  const front = new Set(paretoFront(cells, cost.name));
  const values = points.map(({ cell }) => cell.costs[cost.name] ?? 0);
  const ends = [smallest(values), largest(values)].map((value) => formatCost(cost.name, value));
  const grid = [0, 0.5, 1].map((share) => {
    const y = TOP + (1 - share) * (HEIGHT - TOP - BOTTOM);
    const line = element("path", { d: `M${LEFT} ${y}H${WIDTH - RIGHT}`, stroke: "var(--line)" });
    const label = textElement(LEFT - 4, y + 3, `${share * 100}`, {
      "text-anchor": "end",
      "font-size": 9,
      fill: "var(--quiet)",
    });
    return line + label;
  });
  const small = { "font-size": 9, fill: "var(--quiet)" };
  const better = cost.moreIsBetter ? " (more is better)" : "";
  const body = [
    textElement(LEFT, 12, `${cost.doc}${better}`, { "font-size": 10, fill: "var(--ink)" }),
    ...grid,
    textElement(LEFT, HEIGHT - 14, ends[0] ?? "", small),
    textElement(WIDTH - RIGHT, HEIGHT - 14, ends[0] === ends[1] ? "" : (ends[1] ?? ""), {
      ...small,
      "text-anchor": "end",
    }),
    ...points.map((point) => dot(point, cost.name, front.has(point.cell))),
  ].join("");
  const label = `% on time against ${cost.doc}`;
  return element("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label }, body);
}

function blockHtml(cells: readonly MatrixCell[]): string {
  const [first] = cells;
  if (first === undefined) return "";
  const { scenario, device, under, client } = first;
  const who = client === "" ? "no client asks" : client;
  const rows = blockRows(cells).map(([label, ...rest], i) => [`${i + 1} ${label}`, ...rest]);
  const plots = COST_COLUMNS.map((cost) => multiple(cells, cost)).join("");
  return [
    renderHtmlHeading(`${scenario} on ${device} (${under}), ${who}`),
    renderHtmlTable(MATRIX_COLUMNS, rows),
    plots === "" ? "" : `<div class="maps">${plots}</div>\n`,
  ].join("");
}

/** The same cells give the same bytes. @param notes sentences below the lead: what was left out */
export function renderMatrixHtml(
  cells: readonly MatrixCell[],
  command: string,
  notes: readonly string[],
): string {
  return renderHtmlPage(
    { brand: "pageblock compare", title: "Policies compared", lead: matrixSentence(cells).trim() },
    [
      ...notes.map(renderHtmlParagraph),
      renderHtmlParagraph(MATRIX_LEGEND.trim()),
      renderHtmlParagraph(
        "Plots: per cent of openings on time, upwards, against a cost, to the right, a numbered dot for each row of the table. A filled dot is unbeaten: no other is at least as often on time and as cheap, and better in one of both.",
      ),
      ...blocksOf(cells).map(blockHtml),
      renderHtmlParagraph(`Again: ${command}`),
    ].join(""),
  );
}
