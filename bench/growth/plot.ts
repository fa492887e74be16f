// Knows: the growth of costs as one SVG: a panel for each thing that grows, both axes logarithmic.
// Must not know: how anything is counted or timed.

import { element, textElement } from "../../bindings/report/svg.js";

export interface Series {
  readonly label: string;
  readonly values: readonly number[];
}

export interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly sizes: readonly number[];
  readonly series: readonly Series[];
}

const WIDTH = 300;
const HEIGHT = 190;
const LEFT = 46;
const TOP = 34;
const COLUMNS = 3;
const COLOURS = ["#4269d0", "#efb118", "#3ca951", "#97bbf5", "#ff725c"];

/** 0 stands where 1 does, on an axis that has no 0. */
function log(value: number): number {
  return Math.log2(Math.max(value, 1e-3));
}

function short(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)}M`;
  if (value >= 1e4) return `${(value / 1e3).toFixed(0)}k`;
  return value >= 10 ? value.toFixed(0) : value.toFixed(2).replace(/\.?0+$/, "");
}

function panel({ title, unit, sizes, series }: Panel, x: number, y: number): string {
  const all = series.flatMap(({ values }) => values).filter((value) => value > 0);
  const [low, high] = [log(Math.min(...all)) - 0.5, log(Math.max(...all)) + 0.5];
  const right = WIDTH - 16;
  const bottom = HEIGHT - 40;
  const atX = (i: number) => x + LEFT + (sizes.length < 2 ? 0 : (i / (sizes.length - 1)) * (right - LEFT));
  const atY = (value: number) => y + bottom - ((log(value) - low) / (high - low)) * (bottom - TOP);
  const ticks = [Math.min(...all), Math.max(...all)];
  return [
    textElement(x + 8, y + 14, title, { "font-weight": 600 }),
    textElement(x + 8, y + 27, unit, { "font-size": 9, opacity: 0.7 }),
    ...ticks.map((value) =>
      textElement(x + LEFT - 6, atY(value) + 3, short(value), { "text-anchor": "end", "font-size": 9 }),
    ),
    ...sizes.map((size, i) =>
      textElement(atX(i), y + bottom + 14, short(size), { "text-anchor": "middle", "font-size": 9 }),
    ),
    ...series.flatMap(({ label, values }, n) => {
      const colour = COLOURS[n % COLOURS.length] ?? "#000";
      const points = values.map((value, i) => `${atX(i).toFixed(1)},${atY(value).toFixed(1)}`).join(" ");
      return [
        element("polyline", { points, fill: "none", stroke: colour, "stroke-width": 2 }),
        textElement(x + LEFT + n * 58, y + bottom + 30, label, { fill: colour, "font-size": 9 }),
      ];
    }),
  ].join("\n");
}

/** All panels on one picture. */
export function renderGrowth(panels: readonly Panel[]): string {
  const rows = Math.ceil(panels.length / COLUMNS);
  const size = { width: WIDTH * COLUMNS, height: HEIGHT * rows };
  const body = panels.map((each, i) => panel(each, (i % COLUMNS) * WIDTH, Math.floor(i / COLUMNS) * HEIGHT));
  const title = element("title", {}, "Accesses of memory as work grows");
  const ground = `${title}${element("rect", { ...size, fill: "#ffffff" })}`;
  const style = { "font-family": "system-ui, sans-serif", "font-size": 11, fill: "#222222" };
  return `${element("svg", { xmlns: "http://www.w3.org/2000/svg", ...size, ...style }, `${ground}\n${body.join("\n")}`)}\n`;
}
