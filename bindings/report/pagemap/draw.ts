// Knows: how panels of cells, area outlines and row labels are drawn.
// Must not know: how cells were made, the legend.

import { migratetypes } from "../../analysis/index.js";
import { freeLevel, INK, QUIET_INK, RESERVED_COLOR, rampColor, typeRamps } from "../palette.js";
import { formatBytes, formatCount } from "../sizes.js";
import { element, rectanglePath, textElement } from "../svg.js";
import { HOLE_KIND, type MapCell, type MapLayout, type Panel, RESERVED_KIND } from "./cells.js";
import type { PageMapInput, PageMapRange } from "./input.js";

/** Pixels. The grid is GRID wide whatever the number of columns. */
export const GRID_LEFT = 92;
export const GRID_WIDTH = 1024;

function colorOf(kind: number, level: number): string {
  const type = migratetypes[kind];
  return type === undefined ? RESERVED_COLOR : rampColor(typeRamps[type], level);
}

/** Place of a panel's cell: column and row of the grid. */
function place(panel: Panel, index: number, columns: number): { column: number; row: number } {
  const position = panel.offset + index;
  return { column: position % columns, row: Math.floor(position / columns) };
}

export function panelRows(panel: Panel, columns: number): number {
  return Math.ceil((panel.offset + panel.cells.length) / columns);
}

function sameFill(a: MapCell, b: MapCell): boolean {
  return a.kind === b.kind && freeLevel(a.free, a.usable) === freeLevel(b.free, b.usable);
}

/** One path per colour; equal neighbours in a row become one rectangle. */
function cellPaths(panel: Panel, layout: MapLayout, size: number, top: number): string {
  const paths = new Map<string, string>();
  const { cells } = panel;
  for (let i = 0; i < cells.length; ) {
    const cell = cells[i];
    const { column, row } = place(panel, i, layout.columns);
    let length = 1;
    while (column + length < layout.columns) {
      const next = cells[i + length];
      if (cell === undefined || next === undefined || !sameFill(cell, next)) break;
      length++;
    }
    if (cell !== undefined && cell.kind !== HOLE_KIND) {
      const color = colorOf(cell.kind, cell.kind === RESERVED_KIND ? 0 : freeLevel(cell.free, cell.usable));
      const rectangle = rectanglePath(GRID_LEFT + column * size, top + row * size, length * size, size);
      paths.set(color, (paths.get(color) ?? "") + rectangle);
    }
    i += length;
  }
  return [...paths]
    .sort()
    .map(([fill, d]) => element("path", { fill, d }))
    .join("");
}

/** A corner in the colour of the second type, where a cell stands for pageblocks of several types. */
function notchPaths(panel: Panel, layout: MapLayout, size: number, top: number): string {
  const paths = new Map<string, string>();
  const notch = Math.max(3, Math.floor(size / 2));
  panel.cells.forEach((cell, i) => {
    if (cell.second === HOLE_KIND) return;
    const { column, row } = place(panel, i, layout.columns);
    const x = GRID_LEFT + (column + 1) * size;
    const y = top + (row + 1) * size;
    const color = colorOf(cell.second, 1);
    paths.set(color, `${paths.get(color) ?? ""}M${x} ${y}h${-notch}l${notch} ${-notch}z`);
  });
  return [...paths]
    .sort()
    .map(([fill, d]) => element("path", { fill, d }))
    .join("");
}

/** Thin lines between the cells, over the merged rectangles. */
function gridLines(layout: MapLayout, size: number, top: number, rows: number): string {
  let d = "";
  for (let column = 1; column < layout.columns; column++)
    d += `M${GRID_LEFT + column * size} ${top}v${rows * size}`;
  for (let row = 1; row < rows; row++) d += `M${GRID_LEFT} ${top + row * size}h${GRID_WIDTH}`;
  const opacity = size > 8 ? 0.85 : 0.55;
  return element("path", { d, stroke: "#fff", "stroke-opacity": opacity, "shape-rendering": "crispEdges" });
}

/** Row labels: the address at which a row begins, every 32 pixels. */
function rowLabels(panel: Panel, layout: MapLayout, input: PageMapInput, size: number, top: number): string {
  const rows = panelRows(panel, layout.columns);
  const step = Math.ceil(32 / size);
  const rowPages = layout.columns * layout.cellPages;
  const firstRow = panel.start - panel.offset * layout.cellPages;
  let labels = "";
  for (let row = 0; row < rows; row++) {
    const pfn = firstRow + row * rowPages;
    // The first row, and then the rows whose number in the address space is round.
    const round = (pfn / rowPages) % step === 0 && row * size >= 12;
    if (row > 0 && !round) continue;
    const address = formatBytes(Math.max(pfn, 0) * 2 ** input.pageShift).replace(/^0 bytes$/, "0");
    labels += textElement(GRID_LEFT - 8, top + row * size + Math.min(size - 3, 10), address);
  }
  return element("g", { "text-anchor": "end", fill: QUIET_INK }, labels);
}

/** Outline of the cells from `first` to `last` of a panel, as they wrap around the rows. */
function wrappedOutline(
  panel: Panel,
  first: number,
  last: number,
  layout: MapLayout,
  size: number,
  top: number,
): string {
  const start = place(panel, first, layout.columns);
  const end = place(panel, last, layout.columns);
  const x = (column: number) => GRID_LEFT + column * size;
  const y = (row: number) => top + row * size;
  const right = layout.columns;
  if (start.row === end.row) {
    return rectanglePath(x(start.column), y(start.row), (end.column - start.column + 1) * size, size);
  }
  if (end.row === start.row + 1 && end.column < start.column) {
    // Two pieces that do not touch.
    return (
      rectanglePath(x(start.column), y(start.row), (right - start.column) * size, size) +
      rectanglePath(x(0), y(end.row), (end.column + 1) * size, size)
    );
  }
  return (
    `M${x(start.column)} ${y(start.row)}H${x(right)}V${y(end.row)}H${x(end.column + 1)}V${y(end.row + 1)}` +
    `H${x(0)}V${y(start.row + 1)}H${x(start.column)}z`
  );
}

/** An area's part of a panel: its first and last cell; undefined when it has none. */
export function areaCells(
  panel: Panel,
  area: PageMapRange,
  cellPages: number,
): { first: number; last: number } | undefined {
  const end = panel.start + panel.cells.length * cellPages;
  const from = Math.max(area.start, panel.start);
  const to = Math.min(area.end, end);
  if (to <= from) return undefined;
  return {
    first: Math.floor((from - panel.start) / cellPages),
    last: Math.ceil((to - panel.start) / cellPages) - 1,
  };
}

/** A dark tag with the area's number at its first cell. */
function areaTag(x: number, y: number, number: number): string {
  const label = String(number);
  const width = 5 + label.length * 5;
  return (
    element("rect", { x, y, width, height: 10, fill: INK }) +
    textElement(x + width / 2, y + 8, label, {
      fill: "#fff",
      "text-anchor": "middle",
      "font-size": 8,
      "font-weight": 700,
    })
  );
}

export interface AreaAnchor {
  /** Index in the input, from 1. */
  readonly number: number;
  readonly x: number;
  readonly y: number;
}

export interface DrawnPanel {
  readonly markup: string;
  readonly height: number;
  /** Where each area begins here (the middle of its first row), for its line in the margin. */
  readonly areas: readonly AreaAnchor[];
}

const HEADING = 22;

/** A panel with its heading, from `top` on. */
export function drawPanel(
  panel: Panel,
  layout: MapLayout,
  input: PageMapInput,
  top: number,
  continued: boolean,
): DrawnPanel {
  const size = GRID_WIDTH / layout.columns;
  const rows = panelRows(panel, layout.columns);
  const grid = top + HEADING;
  const pages = panel.zone.end - panel.zone.start;
  const extent = `${formatBytes(pages * 2 ** input.pageShift)} from pfn ${formatCount(panel.zone.start)}`;
  const heading =
    textElement(GRID_LEFT, top + 14, `Zone ${panel.zone.name}`, { "font-size": 14, "font-weight": 700 }) +
    textElement(GRID_LEFT + GRID_WIDTH, top + 14, continued ? "continued" : extent, {
      fill: QUIET_INK,
      "text-anchor": "end",
    });
  const areas: AreaAnchor[] = [];
  let outlines = "";
  let tags = "";
  input.areas.forEach((area, i) => {
    const span = areaCells(panel, area, layout.cellPages);
    if (span === undefined) return;
    outlines += wrappedOutline(panel, span.first, span.last, layout, size, grid);
    const { column, row } = place(panel, span.first, layout.columns);
    tags += areaTag(GRID_LEFT + column * size, grid + row * size, i + 1);
    areas.push({ number: i + 1, x: GRID_LEFT + column * size, y: grid + row * size + size / 2 });
  });
  const outline =
    outlines === ""
      ? ""
      : element("path", {
          d: outlines,
          fill: "none",
          stroke: "#fff",
          "stroke-width": 4,
          "stroke-opacity": 0.8,
        }) + element("path", { d: outlines, fill: "none", stroke: INK, "stroke-width": 1.75 });
  const markup = [
    heading,
    element("rect", { x: GRID_LEFT, y: grid, width: GRID_WIDTH, height: rows * size, fill: "#f4f5f7" }),
    cellPaths(panel, layout, size, grid),
    notchPaths(panel, layout, size, grid),
    gridLines(layout, size, grid, rows),
    outline,
    tags,
    rowLabels(panel, layout, input, size, grid),
  ];
  return { markup: markup.join("\n"), height: HEADING + rows * size, areas };
}
