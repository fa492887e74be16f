// Knows: which CMA areas the files describe, where they lie, and which of their pages are given out.
// Must not know: free lists, how pages came to be given out.

import { MAX_AREAS, MAX_RANGES } from "../../assembly/abi/limits.js";
import type { AreaFiles } from "../importers/facts.js";
import type { StateGeometry } from "./geometry.js";
import type { Given } from "./given.js";
import type { Notes } from "./notes.js";
import type { ZoneSpanPlan } from "./zones.js";

export interface AreaRangePlan {
  readonly basePfn: number;
  /** Pages. */
  readonly count: number;
  /** Runs of set bits. */
  readonly set: { start: number; length: number }[];
}

export interface AreaPlan {
  readonly name: string;
  readonly orderPerBit: number;
  readonly ranges: readonly AreaRangePlan[];
}

/** Runs of set bits below `bits`. */
export function setRuns(bitmap: Uint32Array, bits: number): { start: number; length: number }[] {
  const runs: { start: number; length: number }[] = [];
  const end = Math.min(bits, bitmap.length * 32);
  for (let at = 0; at < end; at++) {
    if (bitmap[at >>> 5] === 0) {
      at |= 31;
      continue;
    }
    if (((bitmap[at >>> 5]! >>> (at & 31)) & 1) === 0) continue;
    const start = at;
    while (at < end && ((bitmap[at >>> 5]! >>> (at & 31)) & 1) === 1) at++;
    runs.push({ start, length: at - start });
  }
  return runs;
}

/** Pages of each range: the files name only the sum; a bitmap ends at the word that holds its last bit. */
function countsOfRanges(area: AreaFiles): (number | undefined)[] {
  const bit = 2 ** (area.orderPerBit ?? 0);
  const words = area.ranges.map(({ bitmap }) => (bitmap === null ? undefined : bitmap.length * 32 * bit));
  if (area.ranges.length === 1) return [area.count ?? words[0]];
  return words;
}

function rangeOf(
  area: AreaFiles,
  nth: number,
  count: number | undefined,
  notes: Notes,
): AreaRangePlan | undefined {
  const { basePfn, bitmap } = area.ranges[nth]!;
  const which = area.ranges.length > 1 ? `range ${nth} of area ${area.name}` : `area ${area.name}`;
  if (basePfn === null || count === undefined) {
    const missing = basePfn === null ? "base_pfn" : "count or bitmap";
    notes.add("error", "area-incomplete", `${which} is left out: no file tells its ${missing}`, area.place);
    return undefined;
  }
  const bits = Math.ceil(count / 2 ** (area.orderPerBit ?? 0));
  if (bitmap === null) notes.assume(`${which}: nothing is given out, for want of its bitmap`);
  else if (bitmap.length * 32 < bits)
    notes.add(
      "warning",
      "bitmap-cut",
      `${which}: its bitmap ends early; the rest counts as free`,
      area.place,
    );
  const set = bitmap === null ? [] : setRuns(bitmap, bits);
  const given = set.reduce((sum, { length }) => sum + length * 2 ** (area.orderPerBit ?? 0), 0);
  if (bitmap !== null && area.used !== null && area.ranges.length === 1 && given !== area.used) {
    const message = `${which}: its bitmap has ${given} pages given out, the file used says ${area.used}`;
    notes.add("warning", "area-used", message, area.place);
  }
  return { basePfn, count, set };
}

/** An area is whole pageblocks of one zone, and shares no frame with another. */
function fits(
  range: AreaRangePlan,
  area: AreaFiles,
  geometry: StateGeometry,
  spans: readonly ZoneSpanPlan[],
): string | undefined {
  const { basePfn, count } = range;
  const block = 2 ** Math.max(geometry.pageblockOrder, area.orderPerBit ?? 0);
  if (basePfn % block !== 0 || count % block !== 0 || count === 0)
    return `is not whole pageblocks of ${block} pages`;
  const inside = spans.some(({ start, spanned }) => basePfn >= start && basePfn + count <= start + spanned);
  return inside ? undefined : "does not lie in one zone";
}

export function planAreas(
  given: Given,
  geometry: StateGeometry,
  spans: readonly ZoneSpanPlan[],
  notes: Notes,
): AreaPlan[] {
  const plans: AreaPlan[] = [];
  const taken: AreaRangePlan[] = [];
  for (const area of given.areas) {
    if (plans.length === MAX_AREAS) {
      notes.add("error", "too-many-areas", `areas behind the first ${MAX_AREAS} are left out`, area.place);
      break;
    }
    const counts = countsOfRanges(area);
    const ranges = area.ranges.slice(0, MAX_RANGES).flatMap((_, nth) => {
      const range = rangeOf(area, nth, counts[nth], notes);
      if (range === undefined) return [];
      const clash = taken.some(
        (other) => range.basePfn < other.basePfn + other.count && other.basePfn < range.basePfn + range.count,
      );
      const problem = clash ? "overlaps another" : fits(range, area, geometry, spans);
      if (problem !== undefined) {
        notes.add(
          "error",
          "area-place",
          `area ${area.name} at pfn ${range.basePfn}, ${range.count} pages, ${problem}: it is left out`,
          area.place,
        );
        return [];
      }
      taken.push(range);
      return [range];
    });
    if (ranges.length > 0) plans.push({ name: area.name, orderPerBit: area.orderPerBit ?? 0, ranges });
  }
  return plans;
}
