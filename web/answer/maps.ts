// Knows: how an area is drawn as cells: how free each is, or what most of it is.
// Must not know: why it looks so; requests.

import { Migratetype } from "../../assembly/abi/vocabulary.js";
import type { AnswerArea, AnswerKinds } from "../../bindings/report/answer/document.js";
import { freeLevel, LEVELS, rampColor, typeRamps } from "../../bindings/report/palette.js";
import { kindColor } from "../report/colors.js";
import { formatShare } from "../report/format.js";
import { cellOf } from "../report/pagemap.js";
import { h, s } from "./dom.js";

const AREA_COLUMNS = 64;
const SIDE = 10;
const GAP = 1;

/** Rectangles as one path: thousands of them are one element. */
function square(cell: number, columns: number, inset = 0): string {
  const size = SIDE - GAP - 2 * inset;
  const [x, y] = [(cell % columns) * SIDE + inset, Math.floor(cell / columns) * SIDE + inset];
  return `M${x} ${y}h${size}v${size}h${-size}z`;
}

function picture(cells: number, columns: number, title: string, told: string, paths: Node[]): SVGSVGElement {
  const [width, height] = [columns * SIDE, Math.ceil(cells / columns) * SIDE];
  return s(
    "svg",
    { viewBox: `-1 -1 ${width + 2} ${height + 2}`, width: width + 2, height: height + 2, role: "img" },
    s("title", {}, title),
    s("desc", {}, told),
    ...paths,
  );
}

/** How free each cell of an area is; outlined: a frame in it blocked a window. */
export function areaFigure({ title, told, pages, cell, free, culprits }: AnswerArea): HTMLElement {
  const columns = Math.min(AREA_COLUMNS, Math.max(1, free.length));
  const byLevel = Array.from({ length: LEVELS }, () => "");
  for (const [i, count] of free.entries())
    byLevel[freeLevel(count, Math.min(cell, pages - i * cell))] += square(i, columns);
  const marked = culprits.map((i) => square(i, columns)).join("");
  const paths = byLevel.map((d, level) =>
    s("path", { d, fill: rampColor(typeRamps[Migratetype.CMA], level) }),
  );
  const marks = s("path", { d: marked, class: "culprits" });
  const svg = picture(free.length, columns, title, told, [...paths, marks]);
  return h(
    "figure",
    { class: "map", "data-plot": "area" },
    h("figcaption", {}, title),
    svg,
    h("p", { class: "note" }, told),
  );
}

/** Some 2:1, whole rows of a power of two. */
function columnsFor(cells: number): number {
  return Math.max(8, 2 ** Math.round(Math.log2(Math.sqrt(cells * 2))));
}

function toldOf({ kinds, counts }: AnswerKinds["map"]): string {
  const sums = counts.map((row) => row.reduce((sum, pages) => sum + pages, 0));
  const all = sums.reduce((sum, pages) => sum + pages, 0);
  return kinds
    .map((kind, k) => ({ kind, pages: sums[k] ?? 0 }))
    .filter(({ pages }) => pages > 0)
    .sort((a, b) => b.pages - a.pages)
    .map(({ kind, pages }) => `${kind} ${formatShare(pages, all)}`)
    .join(", ");
}

/** What most of each cell is; a dot where pages are pinned; outlined: where a request got its memory. */
export function kindsFigure({ title, map, mine }: AnswerKinds): HTMLElement {
  const cells = map.counts[0]?.length ?? 0;
  const columns = columnsFor(cells);
  const byKind = new Map<string, string>();
  let pinned = "";
  let outline = "";
  for (let cell = 0; cell < cells; cell++) {
    const chief = cellOf(map, cell);
    byKind.set(chief.kind, (byKind.get(chief.kind) ?? "") + square(cell, columns));
    if (chief.kind !== "pinned" && chief.pinned > 0) pinned += square(cell, columns, 3);
    const first = map.startPfn + cell * map.pagesPerCell;
    if (mine !== undefined && first < mine.startPfn + mine.pages && first + map.pagesPerCell > mine.startPfn)
      outline += square(cell, columns);
  }
  const paths = [...byKind].map(([kind, d]) => s("path", { d, style: `fill:${kindColor(kind)}` }));
  const marks = [
    s("path", { d: pinned, style: `fill:${kindColor("pinned")}` }),
    s("path", { d: outline, class: "culprits" }),
  ];
  const svg = picture(cells, columns, title, toldOf(map), [...paths, ...marks]);
  return h("figure", { class: "map", "data-plot": "kinds" }, svg, h("figcaption", {}, title));
}
