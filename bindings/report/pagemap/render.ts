// Knows: the page: title, panels, gaps, margin, legend, in this order from top to bottom.
// Must not know: how each of them is drawn.

import { append } from "../../engine/extent.js";
import { INK, QUIET_INK } from "../palette.js";
import { formatBytes } from "../sizes.js";
import { element, escapeXml, textElement } from "../svg.js";
import { layOutCells } from "./cells.js";
import { type AreaAnchor, drawPanel, GRID_LEFT, GRID_WIDTH } from "./draw.js";
import type { PageMapInput } from "./input.js";
import { drawAreaList, drawLegend } from "./legend.js";

const RIGHT_MARGIN = 184;
const WIDTH = GRID_LEFT + GRID_WIDTH + RIGHT_MARGIN;
const FONT =
  "ui-sans-serif, system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', 'DejaVu Sans', Arial, sans-serif";

function header(input: PageMapInput): string {
  const title = textElement(GRID_LEFT, 32, input.title, { "font-size": 20, "font-weight": 700 });
  if (input.subtitle === undefined) return title;
  return `${title}\n${textElement(GRID_LEFT, 52, input.subtitle, { "font-size": 12, fill: QUIET_INK })}`;
}

/**
 * A picture of a page map as one SVG file: a cell per pageblock (or per 2, 4, 8 ... of them on large machines),
 * coloured by migratetype, paler with more free memory; zones are labelled, CMA areas outlined.
 * The same input gives the same bytes; every string is escaped.
 */
export function renderPageMapSvg(input: PageMapInput): string {
  const layout = layOutCells(input);
  const parts: string[] = [header(input)];
  const anchors: AreaAnchor[] = [];
  let y = input.subtitle === undefined ? 50 : 68;
  layout.panels.forEach((panel, i) => {
    const continued = layout.panels[i - 1]?.zone === panel.zone;
    const drawn = drawPanel(panel, layout, input, y, continued);
    parts.push(drawn.markup);
    append(anchors, drawn.areas);
    y += drawn.height + 14;
    const gap = layout.gaps[i];
    const rowPages = layout.columns * layout.cellPages;
    if (gap !== undefined && gap.end - gap.start >= rowPages) {
      const size = formatBytes((gap.end - gap.start) * 2 ** input.pageShift);
      const middle = GRID_LEFT + GRID_WIDTH / 2;
      parts.push(
        textElement(middle, y + 6, `${size} without memory`, { "text-anchor": "middle", fill: QUIET_INK }),
      );
      y += 18;
    }
  });
  if (layout.panels.length === 0) {
    parts.push(textElement(GRID_LEFT, y + 12, "no memory", { fill: QUIET_INK }));
    y += 28;
  }
  const list = drawAreaList(input, anchors);
  parts.push(list.markup);
  // The list may reach down beside the legend, which leaves the margin free.
  const legend = drawLegend(input, y + 8, layout.blocksPerCell);
  parts.push(legend.markup);
  const height = Math.ceil(Math.max(y + 8 + legend.height, list.bottom) + 12);
  const root = {
    xmlns: "http://www.w3.org/2000/svg",
    viewBox: `0 0 ${WIDTH} ${height}`,
    width: WIDTH,
    height,
    role: "img",
    "font-family": FONT,
    "font-size": 11,
    fill: INK,
  };
  const background = element("rect", { width: WIDTH, height, fill: "#fff" });
  const body = [
    `<title>${escapeXml(input.title)}</title>`,
    background,
    ...parts.filter((part) => part !== ""),
  ];
  return `${element("svg", root, `\n${body.join("\n")}\n`)}\n`;
}
