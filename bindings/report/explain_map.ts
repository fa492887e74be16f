// Knows: how a map of an area is drawn with characters and as SVG: one cell per pageblock.
// Must not know: where the numbers come from.

import { Migratetype } from "../../assembly/abi/vocabulary.js";
import type { AreaMap } from "../analysis/explain/index.js";
import { freeLevel, INK, LEVELS, rampColor, typeRamps } from "./palette.js";
import { formatCount } from "./sizes.js";
import { element, rectanglePath, textElement } from "./svg.js";
import { singleLine } from "./table.js";

const WIDTH = 64;
/** From nothing free to everything free. */
const CHARACTERS = ["#", "%", "+", "-", "."] as const;
const RESET = "\u001b[0m";

function character(free: number, total: number): string {
  if (free <= 0) return CHARACTERS[0];
  if (free >= total) return CHARACTERS[4];
  return CHARACTERS[1 + Math.min(2, Math.floor((free / total) * 3))]!;
}

/** 24-bit background of the same ramp as the SVG. */
function colored(text: string, free: number, total: number): string {
  const color = rampColor(typeRamps[Migratetype.CMA], freeLevel(free, total));
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
  return `\u001b[30;48;2;${r};${g};${b}m${text}${RESET}`;
}

function cellSize(map: AreaMap, cell: number): number {
  return Math.min(map.cell, map.pages - cell * map.cell);
}

/** Lines of the map, the legend last. */
export function renderAreaMap(map: AreaMap, color: boolean): string[] {
  const culprits = new Set(map.culprits);
  const name = map.name === "" ? "" : ` ${singleLine(map.name)}`;
  const lines = [`Area${name}: ${formatCount(map.pages)} pages, one cell is ${formatCount(map.cell)} pages`];
  for (let row = 0; row < map.free.length; row += WIDTH) {
    const cells = map.free.slice(row, row + WIDTH).map((free, i) => {
      const total = cellSize(map, row + i);
      const mark = culprits.has(row + i) ? "X" : character(free, total);
      return color ? colored(mark, free, total) : mark;
    });
    lines.push(`  ${String(row * map.cell).padStart(9)} ${cells.join("")}`);
  }
  lines.push(
    `  # nothing free  % + -  more and more  . all free${culprits.size > 0 ? "  X a frame here blocked a window" : ""}`,
  );
  return lines;
}

const SIDE = 12;

/** The same map as an SVG document. */
export function renderAreaMapSvg(map: AreaMap): string {
  const rows = Math.ceil(map.free.length / WIDTH);
  const width = Math.min(WIDTH, map.free.length) * SIDE;
  const height = rows * SIDE + 22;
  const culprits = new Set(map.culprits);
  const byLevel = Array.from({ length: LEVELS }, () => "");
  let marked = "";
  for (const [cell, free] of map.free.entries()) {
    const rectangle = rectanglePath(
      (cell % WIDTH) * SIDE,
      22 + Math.floor(cell / WIDTH) * SIDE,
      SIDE - 1,
      SIDE - 1,
    );
    byLevel[freeLevel(free, cellSize(map, cell))] += rectangle;
    if (culprits.has(cell)) marked += rectangle;
  }
  const paths = byLevel.map((d, level) =>
    d === "" ? "" : element("path", { d, fill: rampColor(typeRamps[Migratetype.CMA], level) }),
  );
  const marks =
    marked === "" ? "" : element("path", { d: marked, fill: "none", stroke: INK, "stroke-width": 2 });
  const title = `${map.name === "" ? "area" : singleLine(map.name)}: ${formatCount(map.pages)} pages, one cell is ${formatCount(map.cell)} pages, pale is free`;
  const text = textElement(0, 14, title, { "font-size": 12, "font-family": "sans-serif", fill: INK });
  const box = {
    xmlns: "http://www.w3.org/2000/svg",
    viewBox: `0 0 ${Math.max(width, 480)} ${height}`,
    width: Math.max(width, 480),
    height,
  };
  return element("svg", box, text + paths.join("") + marks);
}
