// Knows: how an area at one moment is drawn without a script: a cell for each pageblock in the colour of what most of it is.
// Must not know: why it looks so; requests.

import type { CellMap, PageKind } from "../scenario/result.js";
import { formatCount, formatShare } from "./sizes.js";
import { element, escapeXml, rectanglePath } from "./svg.js";
import { singleLine } from "./table.js";

const SIDE = 10;
const GAP = 1;

function colour(kind: PageKind): string {
  return `var(--kind-${kind})`;
}

/** What most pages of a cell are. */
function chiefOf({ counts }: CellMap, cell: number): number {
  return counts.reduce(
    (best, row, kind) => ((row[cell] ?? 0) > (counts[best]?.[cell] ?? 0) ? kind : best),
    0,
  );
}

/** What the map shows, for those who do not see it. */
function told({ kinds, counts }: CellMap): string {
  const sums = counts.map((row) => row.reduce((sum, pages) => sum + pages, 0));
  const all = sums.reduce((sum, pages) => sum + pages, 0);
  return kinds
    .map((kind, k) => ({ kind, pages: sums[k] ?? 0 }))
    .filter(({ pages }) => pages > 0)
    .sort((a, b) => b.pages - a.pages)
    .map(({ kind, pages }) => `${kind} ${formatShare(pages, all)}`)
    .join(", ");
}

/** Some 2:1, whole rows of a power of two. */
function columnsFor(cells: number): number {
  return Math.max(8, 2 ** Math.round(Math.log2(Math.sqrt(cells * 2))));
}

/** A figure with its caption; `mine` is outlined. */
export function renderKindMap(
  map: CellMap,
  caption: string,
  mine?: { readonly startPfn: number; readonly pages: number },
): string {
  const cells = map.counts[0]?.length ?? 0;
  const columns = columnsFor(cells);
  const paths = new Map<number, string>();
  let pinned = "";
  let outline = "";
  const pinnedKind = map.kinds.indexOf("pinned");
  for (let cell = 0; cell < cells; cell++) {
    const [x, y] = [(cell % columns) * SIDE, Math.floor(cell / columns) * SIDE];
    const square = rectanglePath(x, y, SIDE - GAP, SIDE - GAP);
    const chief = chiefOf(map, cell);
    paths.set(chief, (paths.get(chief) ?? "") + square);
    if (chief !== pinnedKind && (map.counts[pinnedKind]?.[cell] ?? 0) > 0)
      pinned += rectanglePath(x + 3, y + 3, SIDE - GAP - 6, SIDE - GAP - 6);
    const first = map.startPfn + cell * map.pagesPerCell;
    if (mine !== undefined && first < mine.startPfn + mine.pages && first + map.pagesPerCell > mine.startPfn)
      outline += square;
  }
  const drawn = [...paths].map(([kind, d]) =>
    element("path", { d, style: `fill:${colour(map.kinds[kind] ?? "other")}` }),
  );
  const [width, height] = [columns * SIDE, Math.ceil(cells / columns) * SIDE];
  const marks = [
    pinned === "" ? "" : element("path", { d: pinned, style: `fill:${colour("pinned")}` }),
    outline === ""
      ? ""
      : element("path", { d: outline, fill: "none", stroke: "currentColor", "stroke-width": 1 }),
  ];
  const text = singleLine(caption);
  const svg = element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `-1 -1 ${width + 1} ${height + 1}`,
      width,
      height,
      role: "img",
    },
    element("title", {}, escapeXml(text)) +
      element("desc", {}, escapeXml(told(map))) +
      drawn.join("") +
      marks.join(""),
  );
  return `<figure class="map">${svg}<figcaption>${escapeXml(text)}</figcaption></figure>\n`;
}

/** The colours of the kinds. */
export function renderKindLegend({ kinds, pagesPerCell }: CellMap): string {
  const swatches = kinds.map(
    (kind) => `<span><i style="background:${colour(kind)}"></i>${escapeXml(kind)}</span>`,
  );
  return `<p class="legend"><b>1 cell = ${formatCount(pagesPerCell)} pages</b>${swatches.join("")}</p>\n`;
}
