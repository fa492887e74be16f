// Knows: how an area is drawn at one moment: a cell for each pageblock, in rows; what a cell says when pointed at.
// Must not know: windows, why a frame blocked.

import { largest } from "../../bindings/engine/extent.js";
import type { ReportFailure, ReportMap } from "../../bindings/report/run/document.js";
import { h, s } from "../answer/dom.js";
import { kindColor, kindMeaning } from "./colors.js";
import { formatBytes, formatCount, formatShare } from "./format.js";

const LEFT = 64;
const GAP = 1.5;
const TOP = 2;

interface Cell {
  readonly total: number;
  readonly kind: string;
  readonly pinned: number;
}

export function cellOf(map: Pick<ReportMap, "kinds" | "counts">, cell: number): Cell {
  let kind = "free";
  let most = -1;
  let total = 0;
  for (const [k, name] of map.kinds.entries()) {
    const count = map.counts[k]?.[cell] ?? 0;
    total += count;
    if (count <= most) continue;
    most = count;
    kind = name;
  }
  const pinnedAt = map.kinds.indexOf("pinned");
  return { total, kind, pinned: pinnedAt < 0 ? 0 : (map.counts[pinnedAt]?.[cell] ?? 0) };
}

function describe(map: ReportMap, failure: ReportFailure, cell: number): string {
  const { total } = cellOf(map, cell);
  const pfn = map.startPfn + cell * map.pagesPerCell;
  const counts = map.kinds
    .map((kind, k) => ({ kind, count: map.counts[k]?.[cell] ?? 0 }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count)
    .map(({ kind, count }) => `${kind} ${formatCount(count)} (${formatShare(count, total)})`);
  const blocked = failure.blocked.find(([at]) => at === cell);
  const what =
    blocked === undefined
      ? []
      : [`blocked ${formatCount(blocked[1])} windows, ${formatCount(blocked[2])} different frames`];
  return [`pageblock at pfn ${pfn}`, ...counts, ...what].join("\n");
}

/** The dot covers as much of its cell as pages are pinned; a single one is seen already. */
function pinRadius({ pinned, total }: Cell, inner: number): number {
  return Math.min(inner / 2, Math.max(inner * 0.1, inner * Math.sqrt(pinned / Math.max(1, total) / Math.PI)));
}

/** `blocked`: windows that a frame of the cell blocked, as a share of the most that one cell did. */
function drawCell(x: number, y: number, side: number, cell: Cell, blocked: number): SVGElement[] {
  const inner = side - GAP;
  const [cx, cy] = [x + inner / 2, y + inner / 2];
  const drawn: SVGElement[] = [
    s("rect", { x, y, width: inner, height: inner, rx: 1.5, fill: kindColor(cell.kind) }),
  ];
  if (cell.pinned > 0)
    drawn.push(s("circle", { cx, cy, r: pinRadius(cell, inner).toFixed(1), class: "pin" }));
  if (blocked > 0) {
    const frame = { x: x + 0.5, y: y + 0.5, width: inner - 1, height: inner - 1, rx: 1.5, class: "blocker" };
    drawn.push(s("rect", { ...frame, "stroke-opacity": (0.3 + 0.7 * blocked).toFixed(2) }));
  }
  return drawn;
}

/** As many cells in a row as make round numbers. */
function layout(cells: number, width: number): { columns: number; side: number } {
  const columns = cells > 512 ? 64 : cells > 96 ? 32 : 16;
  return { columns, side: Math.min(22, Math.floor((width - LEFT - 8) / columns)) };
}

function legend(map: ReportMap, failure: ReportFailure, pageBytes: number): HTMLElement {
  const used = new Set(map.counts[0]?.map((_, cell) => cellOf(map, cell).kind));
  const swatch = (kind: string) =>
    h("span", { title: kindMeaning(kind) }, h("i", { style: `background:${kindColor(kind)}` }), kind);
  const needed = Math.ceil(failure.pages / map.pagesPerCell);
  return h(
    "p",
    { class: "legend" },
    h("b", {}, `1 cell = 1 pageblock, ${formatBytes(map.pagesPerCell * pageBytes)}`),
    ...map.kinds.filter((kind) => used.has(kind)).map(swatch),
    h("span", {}, h("i", { class: "pinned" }), "pinned pages (area: their share)"),
    h("span", {}, h("i", { class: "blocking" }), "frames in it blocked windows (stronger: more)"),
    h("span", {}, `the request needs ${formatCount(needed)} in a row`),
  );
}

/** A box that follows the pointer and says what `text` says of the cell below it. */
function tooltip(
  svg: SVGSVGElement,
  side: number,
  columns: number,
  text: (cell: number) => string | null,
): HTMLElement {
  const tip = h("div", { class: "tip", hidden: true });
  svg.addEventListener("pointermove", (event) => {
    const box = svg.getBoundingClientRect();
    const scale = svg.viewBox.baseVal.width / box.width;
    const column = Math.floor(((event.clientX - box.left) * scale - LEFT) / side);
    const row = Math.floor(((event.clientY - box.top) * scale - TOP) / side);
    const said = column < 0 || column >= columns || row < 0 ? null : text(row * columns + column);
    tip.hidden = said === null;
    tip.textContent = said;
    tip.style.left = `${Math.min(event.clientX - box.left + 14, box.width - 180)}px`;
    tip.style.top = `${event.clientY - box.top + 18}px`;
  });
  svg.addEventListener("pointerleave", () => {
    tip.hidden = true;
  });
  return tip;
}

export function pageMap(
  failure: ReportFailure,
  map: ReportMap,
  pageBytes: number,
  width: number,
): HTMLElement {
  const cells = map.counts[0]?.length ?? 0;
  const { columns, side } = layout(cells, width);
  const blocked = new Map(failure.blocked.map(([cell, windows]) => [cell, windows]));
  const most = largest(blocked.values(), 1);
  const rows = Math.ceil(cells / columns);
  const svg = s("svg", {
    class: "map",
    role: "img",
    "aria-label": `Page map of the area ${failure.area}`,
    width: LEFT + columns * side + 4,
    height: rows * side + TOP + 2,
    viewBox: `0 0 ${LEFT + columns * side + 4} ${rows * side + TOP + 2}`,
  });
  for (let row = 0; row < rows; row += 1) {
    const offset = formatBytes(row * columns * map.pagesPerCell * pageBytes);
    svg.append(
      s(
        "text",
        { x: LEFT - 8, y: TOP + row * side + side * 0.7, class: "row" },
        row === 0 ? "0" : `+${offset}`,
      ),
    );
  }
  for (let cell = 0; cell < cells; cell += 1) {
    const x = LEFT + (cell % columns) * side;
    const y = TOP + Math.floor(cell / columns) * side;
    svg.append(...drawCell(x, y, side, cellOf(map, cell), (blocked.get(cell) ?? 0) / most));
  }
  const tip = tooltip(svg, side, columns, (cell) => (cell < cells ? describe(map, failure, cell) : null));
  return h(
    "figure",
    { "data-plot": "map" },
    h("figcaption", {}, `The area ${failure.area} when the request gave up, from pfn ${map.startPfn}`),
    legend(map, failure, pageBytes),
    h("div", { class: "map" }, svg, tip),
  );
}
