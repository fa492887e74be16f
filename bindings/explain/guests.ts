// Knows: what kpageflags shows inside an area, and who is free in the bitmap but taken in the buddy lists: movable guests.
// Must not know: formats, verdicts.
//
// kpageflags sets BUDDY on the first page of a free block only; the block's other pages show nothing. A page without flags
// behind such a head is taken as free.

import type { Picture } from "./picture.js";
import { realAreas } from "./view.js";

const LRU = 1 << 5;
const SLAB = 1 << 7;
const BUDDY = 1 << 10;
const ANON = 1 << 12;
const NOPAGE = 1 << 20;

/** Who sits in an area, by kpageflags. Pages. */
export interface Guests {
  /** Name of the area. */
  readonly area: string;
  /** First frame of its first range. */
  readonly basePfn: number;
  /** Size of the area. */
  readonly pages: number;
  /** Anonymous memory of applications. */
  readonly anonymous: number;
  /** Page cache on an LRU list. */
  readonly file: number;
  /** Slab: never movable. */
  readonly slab: number;
  /** Taken, of none of these kinds. */
  readonly other: number;
}

/** Who sits in the area, by the first table of flags. */
export function guestsOf(picture: Picture): Guests[] {
  const flags = picture.tables.find(({ kind }) => kind === "flags")?.words;
  if (flags === undefined) return [];
  const seen = new Set<string>();
  return realAreas(picture).flatMap((area) => {
    const base = area.ranges[0]?.basePfn ?? null;
    if (base === null || area.count === null || seen.has(area.name) || base >= flags.length) return [];
    seen.add(area.name);
    const guests = {
      area: area.name,
      basePfn: base,
      pages: area.count,
      anonymous: 0,
      file: 0,
      slab: 0,
      other: 0,
    };
    const end = Math.min(flags.length, base + area.count);
    for (let pfn = base; pfn < end; pfn++) {
      const word = flags[pfn]!;
      if (word === 0 || (word & (BUDDY | NOPAGE)) !== 0) continue;
      if ((word & ANON) !== 0) guests.anonymous += 1;
      else if ((word & LRU) !== 0) guests.file += 1;
      else if ((word & SLAB) !== 0) guests.slab += 1;
      else guests.other += 1;
    }
    return [guests];
  });
}
