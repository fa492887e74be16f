// Knows: the legend under the map (colours, counts) and the list of areas beside it.
// Must not know: cells, panels.

import { migratetypeNames, migratetypes } from "../../analysis/index.js";
import { append } from "../../engine/extent.js";
import { LEVELS, QUIET_INK, RESERVED_COLOR, rampColor, typeRamps } from "../palette.js";
import { formatBytes, formatCount, formatPages, formatShare } from "../sizes.js";
import { element, textElement } from "../svg.js";
import { type AreaAnchor, GRID_LEFT, GRID_WIDTH } from "./draw.js";
import type { PageMapInput } from "./input.js";
import { sumRange, sumTypes } from "./totals.js";

const ROW = 20;
const SWATCH = 14;
/** Right edges of the number columns, pixels from the left of the grid. */
const COLUMNS = [
  { label: "pageblocks", at: 330 },
  { label: "size", at: 425 },
  { label: "free", at: 580 },
  { label: "per-CPU", at: 685 },
  { label: "allocated", at: 790 },
  { label: "of that movable", at: 945 },
] as const;

export interface Drawn {
  readonly markup: string;
  readonly height: number;
}

function ramp(x: number, y: number, colors: readonly string[]): string {
  return colors
    .map((fill, i) => element("rect", { x: x + i * SWATCH, y, width: SWATCH, height: SWATCH, fill }))
    .join("");
}

function numbers(y: number, values: readonly string[]): string {
  return values
    .map((value, i) => textElement(GRID_LEFT + (COLUMNS[i]?.at ?? 0), y, value, { "text-anchor": "end" }))
    .join("");
}

/** One row for each type that has a pageblock: its ramp, its name and its counts. */
export function drawLegend(input: PageMapInput, top: number, blocksPerCell: number): Drawn {
  const { pageShift, pageblockOrder } = input;
  const { types, reserved } = sumTypes(input);
  const nameAt = GRID_LEFT + LEVELS * SWATCH + 10;
  const size = (pages: number) => (pages === 0 ? "0" : formatPages(pages, pageShift));
  const part = (pages: number, whole: number) =>
    pages === 0 ? "0" : `${size(pages)} (${formatShare(pages, whole)})`;
  const lines: string[] = [];
  let y = top + 12;
  const head = COLUMNS.map(({ label, at }) =>
    textElement(GRID_LEFT + at, y, label, { "text-anchor": "end", fill: QUIET_INK }),
  );
  lines.push(textElement(GRID_LEFT, y, "in use", { fill: QUIET_INK }));
  const freeAt = { fill: QUIET_INK, "text-anchor": "end" };
  append(lines, [textElement(GRID_LEFT + LEVELS * SWATCH, y, "free", freeAt), ...head]);
  for (const type of migratetypes) {
    const total = types[type];
    if (total === undefined || total.blocks === 0) continue;
    y += ROW;
    const colors = Array.from({ length: LEVELS }, (_, level) => rampColor(typeRamps[type], level));
    const usable = total.free + total.pcp + total.allocated;
    lines.push(ramp(GRID_LEFT, y - 11, colors));
    lines.push(textElement(nameAt, y, migratetypeNames[type], { "font-weight": 600 }));
    lines.push(
      numbers(y, [
        formatCount(total.blocks),
        formatBytes(total.blocks * 2 ** (pageblockOrder + pageShift)),
        part(total.free, usable),
        size(total.pcp),
        size(total.allocated),
        part(total.movable, total.allocated),
      ]),
    );
  }
  if (reserved > 0) {
    y += ROW;
    lines.push(ramp(GRID_LEFT, y - 11, new Array<string>(LEVELS).fill(RESERVED_COLOR)));
    lines.push(textElement(nameAt, y, "Reserved", { "font-weight": 600 }));
    lines.push(numbers(y, ["", size(reserved)]));
  }
  y += ROW + 4;
  const block = formatBytes(2 ** (pageblockOrder + pageShift));
  const cell =
    blocksPerCell === 1
      ? `One cell is one pageblock of ${block}.`
      : `One cell is ${blocksPerCell} pageblocks of ${block}: the colour of the largest share; a corner shows a second type.`;
  lines.push(
    textElement(GRID_LEFT, y, `${cell} The paler, the more is free, per-CPU lists included.`, {
      fill: QUIET_INK,
    }),
  );
  return { markup: lines.join("\n"), height: y - top + 8 };
}

const MARGIN_LEFT = GRID_LEFT + GRID_WIDTH + 14;
const AREA_ROW = 30;

/** The areas in the margin, each as near to its first row as the one above allows. */
export function drawAreaList(
  input: PageMapInput,
  anchors: readonly AreaAnchor[],
): { markup: string; bottom: number } {
  const lines: string[] = [];
  const seen = new Set<number>();
  let free = 0;
  for (const { number, y } of [...anchors].sort((a, b) => a.y - b.y || a.x - b.x)) {
    const area = input.areas[number - 1];
    if (area === undefined || seen.has(number)) continue;
    seen.add(number);
    const at = Math.max(y + 4, free);
    const { free: open, usable } = sumRange(input.blocks, area);
    const size = formatPages(area.end - area.start, input.pageShift);
    lines.push(textElement(MARGIN_LEFT, at, `${number}  ${area.name}`, { "font-weight": 600 }));
    lines.push(
      textElement(MARGIN_LEFT + 15, at + 13, `${size}, ${formatShare(open, usable)} free`, {
        fill: QUIET_INK,
      }),
    );
    free = at + AREA_ROW;
  }
  return { markup: lines.join("\n"), bottom: free };
}
