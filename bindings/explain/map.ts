// Knows: an area as a row of pageblocks: how much of each is free in the bitmap.
// Must not know: colours, characters.

import type { FreeRun } from "../analysis/runs.js";
import type { Picture } from "./picture.js";
import { type AreaView, viewOf } from "./view.js";

/** An area as a row of cells. */
export interface AreaMap {
  /** Name of the area; empty when no file says. */
  readonly name: string;
  /** Size of the area. */
  readonly pages: number;
  /** Pages of one cell: a pageblock, or several where there would be too many cells. */
  readonly cell: number;
  /** Free pages of each cell. */
  readonly free: readonly number[];
  /** Cells with a frame that blocked a window. */
  readonly culprits: readonly number[];
}

const MOST_CELLS = 4096;

function mapOf(
  view: AreaView,
  runs: readonly FreeRun[],
  total: number,
  block: number,
): Omit<AreaMap, "culprits"> {
  let cell = block;
  while (total / cell > MOST_CELLS) cell *= 2;
  const free = new Array<number>(Math.ceil(total / cell)).fill(0);
  for (const { start, length } of runs) {
    const end = Math.min(total, start + length);
    for (let at = start; at < end; ) {
      const next = Math.min(end, (Math.floor(at / cell) + 1) * cell);
      free[Math.floor(at / cell)]! += next - at;
      at = next;
    }
  }
  return { name: view.name ?? "", pages: total, cell, free };
}

/** One map for each different state of an area that a failure shows, at most `limit`. */
export function areaMaps(picture: Picture, limit = 4): AreaMap[] {
  const order = picture.pagetypes.find(({ pageblockOrder }) => pageblockOrder !== null)?.pageblockOrder ?? 9;
  const block = 2 ** Math.min(20, order);
  const maps: AreaMap[] = [];
  const seen = new Set<string>();
  for (const failure of picture.failures) {
    if (maps.length >= limit) break;
    const view = viewOf(failure, picture);
    const { runs, total } = view;
    if (runs === null || total === null || failure.list?.hasRanges === true || total > 2 ** 40) continue;
    // Files of several ranges: they lie apart, and one row would not show that.
    if (runs.some(({ start }) => start >= total)) continue;
    const map = mapOf(view, runs, total, block);
    const culprits = [...failure.culprits.keys()]
      .filter((pfn) => view.baseKnown && pfn >= view.basePfn && pfn < view.basePfn + map.pages)
      .map((pfn) => Math.floor((pfn - view.basePfn) / map.cell));
    const key = `${map.name}|${map.pages}|${map.free.join(",")}|${culprits.join(",")}`;
    if (!seen.has(key)) maps.push({ ...map, culprits });
    seen.add(key);
  }
  return maps;
}
