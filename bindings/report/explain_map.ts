// Knows: how a map of an area is drawn with characters, and told in words: one cell per pageblock.
// Must not know: where the numbers come from.

import { Migratetype } from "../../assembly/abi/vocabulary.js";
import type { AreaMap } from "../explain/index.js";
import { freeLevel, rampColor, typeRamps } from "./palette.js";
import { formatCount } from "./sizes.js";
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

/** What the map shows, for those who do not see it. */
export function describeMap(map: AreaMap): string {
  const cells = map.free.map((free, cell) => ({ free, size: cellSize(map, cell) }));
  const full = cells.filter(({ free }) => free <= 0).length;
  const empty = cells.filter(({ free, size }) => free >= size).length;
  let longest = { from: 0, cells: 0 };
  let from = 0;
  for (let cell = 0; cell <= cells.length; cell++) {
    const at = cells[cell];
    if (at !== undefined && at.free >= at.size) continue;
    if (cell - from > longest.cells) longest = { from, cells: cell - from };
    from = cell + 1;
  }
  const free = map.free.reduce((sum, pages) => sum + pages, 0);
  const stretch =
    longest.cells === 0
      ? ""
      : ` The longest stretch of free cells begins at page ${formatCount(longest.from * map.cell)} and is ${formatCount(longest.cells)} cells long.`;
  const blocked =
    map.culprits.length === 0
      ? ""
      : ` ${formatCount(map.culprits.length)} cells hold a frame that blocked a window.`;
  return `${formatCount(free)} of ${formatCount(map.pages)} pages are free, in ${formatCount(cells.length)} cells: ${formatCount(full)} have nothing free, ${formatCount(empty)} are all free.${stretch}${blocked}`;
}
