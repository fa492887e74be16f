// Knows: the pages of an area in use over time, measured and simulated, as one SVG: a panel for each load and policy.
// Must not know: where they come from.

import { element, textElement } from "../../bindings/report/svg.js";
import type { Occupancy } from "./truth.js";

export interface OccupancyPanel {
  readonly title: string;
  readonly measured: Occupancy;
  readonly simulated: Occupancy;
}

const WIDTH = 250;
const HEIGHT = 130;
const [LEFT, TOP, RIGHT, BOTTOM] = [38, 22, 10, 22];
const MEASURED = "#222222";
const SIMULATED = "#d1495b";

function panel({ title, measured, simulated }: OccupancyPanel, most: number, x: number, y: number): string {
  const last = Math.max(measured.seconds.at(-1) ?? 1, 0.1);
  const atX = (seconds: number) => x + LEFT + (seconds / last) * (WIDTH - LEFT - RIGHT);
  const atY = (pages: number) => y + HEIGHT - BOTTOM - (pages / most) * (HEIGHT - TOP - BOTTOM);
  const line = (of: Occupancy, stroke: string, dash?: string) => {
    const points = of.seconds.flatMap((seconds, i) =>
      seconds > last ? [] : [`${atX(seconds).toFixed(1)},${atY(of.pages[i] ?? 0).toFixed(1)}`],
    );
    const style = { fill: "none", stroke, "stroke-width": 1.5, "stroke-dasharray": dash };
    return element("polyline", { points: points.join(" "), ...style });
  };
  const small = { "font-size": 9, fill: "#555555" };
  return [
    textElement(x + 8, y + 13, title, { "font-weight": 600 }),
    element("path", {
      d: `M${atX(0)} ${atY(most)}V${atY(0)}H${atX(last)}`,
      fill: "none",
      stroke: "#aaaaaa",
    }),
    textElement(x + LEFT - 4, atY(most) + 6, most.toLocaleString("en"), { ...small, "text-anchor": "end" }),
    textElement(x + LEFT - 4, atY(0), "0", { ...small, "text-anchor": "end" }),
    textElement(atX(last), y + HEIGHT - 9, `${last.toFixed(1)} s`, { ...small, "text-anchor": "end" }),
    line(measured, MEASURED),
    line(simulated, SIMULATED, "4 2"),
  ].join("\n");
}

/** Rows of panels, one row for each load. `most`: pages of the area. */
export function renderOccupancy(rows: readonly (readonly OccupancyPanel[])[], most: number): string {
  const columns = Math.max(1, ...rows.map((row) => row.length));
  const size = { width: WIDTH * columns, height: HEIGHT * rows.length + 26 };
  const body = rows.flatMap((row, i) => row.map((each, j) => panel(each, most, j * WIDTH, 26 + i * HEIGHT)));
  const title = element("title", {}, "Pages of the area in use over time, measured and simulated");
  const legend = [
    textElement(8, 16, "pages of the area in use, mean over boots or seeds:"),
    textElement(306, 16, "measured", { fill: MEASURED, "font-weight": 600 }),
    textElement(372, 16, "simulated (dashed)", { fill: SIMULATED, "font-weight": 600 }),
  ];
  const ground = element("rect", { ...size, fill: "#ffffff" });
  const style = { "font-family": "system-ui, sans-serif", "font-size": 11, fill: "#222222" };
  const content = [title, ground, ...legend, ...body].join("\n");
  return `${element("svg", { xmlns: "http://www.w3.org/2000/svg", ...size, ...style }, content)}\n`;
}
