// Knows: who holds contiguous memory, as one table: exporters, drivers, clients and page_owner's stacks, beside what is in use.
// Must not know: formats, how the table is drawn.

import type { Picture } from "./picture.js";
import { cmaState, pageShift } from "./totals.js";

/** One row of a list of holders. */
export interface Holder {
  /** Which list says so: "dma-buf", "bo", "ion", "vcsm", "gem", "page_owner". */
  readonly source: string;
  /** Exporter, driver, client or stack. */
  readonly who: string;
  /** Buffers; null: the list does not say. */
  readonly count: number | null;
  /** Pages that it holds. */
  readonly pages: number;
  /** Of what is in use in the areas, in percent; null when that is not known. More than 100: not all of it lies in CMA. */
  readonly share: number | null;
}

/** Who holds contiguous memory, beside what is in use. */
export interface Holders {
  /** Holders of all lists, by pages. */
  readonly rows: readonly Holder[];
  /** Pages in use (or borrowed, by CmaTotal - CmaFree); null when nothing tells. */
  readonly inUse: number | null;
  /** What tells `inUse`, in words. */
  readonly inUseFrom: string;
}

function pagesInUse(picture: Picture): { pages: number; from: string } | null {
  const list = picture.lists.find(({ free, total }) => free !== null && total !== null);
  if (list !== undefined) return { pages: list.total! - list.free!, from: "in use by the list of free runs" };
  const area = picture.areas.find(({ used }) => used !== null);
  if (area !== undefined) return { pages: area.used!, from: "in use by the area's files" };
  const { total, lastFree } = cmaState(picture);
  if (total === null || lastFree === null) return null;
  return { pages: total - lastFree, from: "in use or borrowed (CmaTotal - CmaFree)" };
}

/** page_owner knows each page inside CMA: those who took them, by the function that asked. */
function owners(picture: Picture): { who: string; count: number; pages: number }[] {
  const groups = new Map<string, { who: string; count: number; pages: number }>();
  for (const { stack, order, type } of picture.owned) {
    const who = stack === "" ? `${type} pages without a stack` : stack.split(" < ").slice(0, 2).join(" < ");
    const group = groups.get(who) ?? { who, count: 0, pages: 0 };
    group.count += 1;
    group.pages += 2 ** Math.min(order, 20);
    groups.set(who, group);
  }
  return [...groups.values()];
}

const MOST_ROWS = 20;

/** undefined when no file tells of a holder. Largest first. */
export function holdersOf(picture: Picture): Holders | undefined {
  const shift = pageShift(picture);
  const used = pagesInUse(picture);
  const share = (pages: number) =>
    used === null || used.pages <= 0 ? null : Math.round((pages / used.pages) * 100);
  const rows = [
    ...picture.holders.map(({ source, who, count, bytes }) => {
      const pages = Math.ceil(bytes / 2 ** shift);
      return { source, who, count, pages, share: share(pages) };
    }),
    ...owners(picture).map(({ who, count, pages }) => ({
      source: "page_owner",
      who,
      count,
      pages,
      share: share(pages),
    })),
  ].filter(({ pages }) => pages > 0);
  if (rows.length === 0) return undefined;
  rows.sort((a, b) => b.pages - a.pages || (a.who < b.who ? -1 : 1));
  return { rows: rows.slice(0, MOST_ROWS), inUse: used?.pages ?? null, inUseFrom: used?.from ?? "" };
}

const NOUNS: Readonly<Record<string, string>> = {
  "dma-buf": "dma-bufs of the exporter",
  bo: "buffer objects of",
  ion: "buffers of the ION client",
  vcsm: "buffers of",
  gem: "GEM",
  page_owner: "allocations through",
};

/** The largest holder in words: `4 dma-bufs of the exporter cma hold 24300 pages (97200 kB), 91 % of what is in use`. */
export function holderText({ source, who, count, pages, share }: Holder, shift: number): string {
  const noun = NOUNS[source] ?? "buffers of";
  const kb = (pages * 2 ** shift) / 1024;
  const many = count === null ? `${noun} ${who}` : `${count} ${noun} ${who}`;
  return `${many} hold ${pages} pages (${kb} kB)${share === null || share > 100 ? "" : `, ${share} % of what is in use`}`;
}
