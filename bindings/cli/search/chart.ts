// Knows: the chart of the search laboratory: one line per row, a dot for each contestant on a scale of tens.
// Must not know: how the figures came about.

import { type LabResult, type LabRow, timeOf } from "../../bitmap/lab/index.js";
import { largest, smallest } from "../../engine/extent.js";
import { formatCount, formatDuration } from "../../report/index.js";
import { INK, QUIET_INK } from "../../report/palette.js";
import { element, escapeXml, textElement } from "../../report/svg.js";

const LEFT = 190;
const RIGHT = 30;
const WIDTH = 980;
const LINE = 18;
const GAP = 10;
const TOP = 78;
const FONT = "ui-sans-serif, system-ui, sans-serif";

/** Colours that stay apart for colour-blind readers; shapes tell the three that matter. */
const COLORS: Readonly<Record<string, string>> = {
  C: "#1c2330",
  KERNEL: "#a8291f",
  WORD_SCAN: "#d98c7a",
  LAST_SET: "#ba7a08",
  BIT_PARALLEL: "#7a5c9e",
  SIMD_GROUP: "#1f549e",
  SUMMARY: "#7fa7d6",
  PYRAMID: "#4aa58a",
  RUN_TREE: "#9bbf5a",
  COMPOSITE: "#087054",
};

function colorOf(name: string): string {
  return COLORS[name] ?? QUIET_INK;
}

function dot(name: string, x: number, y: number): string {
  const color = colorOf(name);
  if (name === "COMPOSITE") {
    return element("path", { d: `M${x - 5} ${y}l5 -5l5 5l-5 5z`, fill: color });
  }
  if (name === "C") return element("rect", { x: x - 4, y: y - 4, width: 8, height: 8, fill: color });
  return element("circle", {
    cx: x,
    cy: y,
    r: name === "KERNEL" ? 4.5 : 3.5,
    fill: color,
    "fill-opacity": 0.85,
  });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Times of all rows as SVG text; the same result gives the same bytes. */
export function renderSearchChart({ rows, bits, digest }: LabResult): string {
  const times = rows.flatMap((row) => row.timings.map(({ nanoseconds }) => nanoseconds));
  const low = Math.floor(Math.log10(Math.max(1, Math.min(smallest(times), 10))));
  const high = Math.ceil(Math.log10(largest(times, 100)));
  const at = (ns: number) =>
    round(LEFT + ((Math.log10(Math.max(ns, 1)) - low) / (high - low)) * (WIDTH - LEFT - RIGHT));
  const names = rows[0]?.timings.map(({ name }) => name) ?? [];
  const parts: string[] = [];
  let y = TOP;
  let pattern = "";
  for (const row of rows) {
    if (row.pattern !== pattern && pattern !== "") y += GAP;
    pattern = row.pattern;
    parts.push(rowLine(row, y, at));
    y += LINE;
  }
  const axis = Array.from({ length: high - low + 1 }, (_, i) => {
    const x = at(10 ** (low + i));
    const rule = element("line", { x1: x, x2: x, y1: TOP - 14, y2: y - 4, stroke: "#d5dae2" });
    return (
      rule +
      textElement(x, TOP - 20, formatDuration(10 ** (low + i)), { "text-anchor": "middle", fill: QUIET_INK })
    );
  });
  const legend = names.map((name, i) => {
    const x = LEFT + i * 76;
    return dot(name, x, 40) + textElement(x + 8, 44, name, { fill: INK, "font-size": 8.5 });
  });
  const title = `Time per search, ${formatCount(bits)} bits (digest ${digest})`;
  const head = textElement(16, 22, title, { "font-size": 14, "font-weight": 600, fill: INK });
  const size = { width: WIDTH, height: y + 8, viewBox: `0 0 ${WIDTH} ${y + 8}` };
  const background = element("rect", { width: "100%", height: "100%", fill: "#ffffff" });
  return `${element(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", ...size, "font-family": FONT, "font-size": 11 },
    [element("title", {}, escapeXml(title)), background, head, ...axis, ...legend, ...parts].join("\n"),
  )}\n`;
}

function rowLine(row: LabRow, y: number, at: (ns: number) => number): string {
  const label = textElement(LEFT - 14, y + 4, `${row.pattern}  ${row.count}@${row.align}`, {
    "text-anchor": "end",
    fill: INK,
  });
  const [from, to] = [timeOf(row, "COMPOSITE"), timeOf(row, "C") ?? timeOf(row, "KERNEL")];
  const span =
    from === undefined || to === undefined
      ? ""
      : element("line", { x1: at(from), x2: at(to), y1: y, y2: y, stroke: "#b8c2cf", "stroke-width": 1 });
  const dots = [...row.timings].sort(
    (a, b) => Number(a.name === "COMPOSITE") - Number(b.name === "COMPOSITE"),
  );
  return label + span + dots.map(({ name, nanoseconds }) => dot(name, at(nanoseconds), y)).join("");
}
