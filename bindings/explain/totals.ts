// Knows: what a picture tells of all areas together: how large they are, how much of them was free, the size of a page.
// Must not know: single requests, verdicts.
//
// CmaFree counts free pages of the buddy allocator: pages that movable guests have borrowed lower it, too. So CmaTotal -
// CmaFree is "in use or borrowed", and a small CmaFree makes an exhausted area likely, never certain.

import { largest } from "../engine/extent.js";
import { PAGE_SHIFTS } from "../engine/units.js";
import type { Picture } from "./picture.js";

export interface CmaState {
  /** Pages of all areas; null when nothing tells. */
  readonly total: number | null;
  /** Which line says so. */
  readonly totalFrom: string;
  /** Pages of all areas that every reading shows at least to be free (its largest CmaFree); null without a reading. */
  readonly free: number | null;
  /** The last reading. */
  readonly lastFree: number | null;
  /** Free pages outside CMA, by the last reading. */
  readonly outside: number | null;
}

/** What a manifest says; else 12 unless a size in bytes and the same thing's size in pages say otherwise. */
export function pageShift(picture: Picture): number {
  if (picture.pageSize != null) return Math.log2(picture.pageSize);
  const totals = new Set([
    ...picture.areas.flatMap(({ count }) => (count === null ? [] : [count])),
    ...picture.lists.flatMap(({ total }) => (total === null ? [] : [total])),
  ]);
  const reserved = picture.reservations.filter(({ kind }) => kind === "reserved");
  const told = picture.failures.filter(
    ({ form, bytes, pages }) => form === "cma" && bytes !== null && pages !== null,
  );
  for (const shift of PAGE_SHIFTS) {
    if (reserved.some(({ bytes }) => bytes !== null && totals.has(bytes / 2 ** shift))) return shift;
    if (told.some(({ bytes, pages }) => (pages ?? 0) > 1 && Math.ceil(bytes! / 2 ** shift) === pages))
      return shift;
  }
  return 12;
}

function reading(picture: Picture, key: string): number[] {
  return picture.meminfo.flatMap(({ values }) => values.get(key) ?? []);
}

/** Bytes of all areas by the lines of the boot: the kernel's own sum, else what was reserved. */
function bootTotal(picture: Picture, shift: number): { bytes: number; from: string } | null {
  const last = picture.cmaTotals.at(-1);
  if (last !== undefined) {
    const bytes = last.bytes ?? (last.pages ?? 0) * 2 ** shift;
    return { bytes, from: last.bytes === null ? "pages cma reserved" : "cma-reserved" };
  }
  const bytes = picture.reservations
    .filter(({ kind }) => kind === "reserved")
    .reduce((sum, one) => sum + (one.bytes ?? 0), 0);
  return bytes > 0 ? { bytes, from: "the lines of the boot" } : null;
}

const known = new WeakMap<Picture, CmaState>();

export function cmaState(picture: Picture): CmaState {
  const before = known.get(picture);
  if (before !== undefined) return before;
  const shift = pageShift(picture);
  const pagesOf = (kb: number) => Math.floor((kb * 1024) / 2 ** shift);
  const totals = reading(picture, "CmaTotal");
  const frees = reading(picture, "CmaFree");
  const boot = bootTotal(picture, shift);
  const lastFree = frees.at(-1);
  const memory = reading(picture, "MemFree").at(-1);
  const state: CmaState = {
    total:
      totals[0] !== undefined
        ? pagesOf(totals[0])
        : boot === null
          ? null
          : Math.floor(boot.bytes / 2 ** shift),
    totalFrom: totals[0] !== undefined ? "CmaTotal" : (boot?.from ?? ""),
    free: frees.length === 0 ? null : pagesOf(largest(frees)),
    lastFree: lastFree === undefined ? null : pagesOf(lastFree),
    outside: memory === undefined ? null : Math.max(0, pagesOf(memory - (lastFree ?? 0))),
  };
  known.set(picture, state);
  return state;
}

/** Pages that drivers and exporters count as theirs, the largest list of each kind; null without any. */
export function heldPages(picture: Picture): number | null {
  if (picture.holders.length === 0) return null;
  const bySource = new Map<string, number>();
  for (const { source, bytes } of picture.holders) bySource.set(source, (bySource.get(source) ?? 0) + bytes);
  return Math.ceil(largest(bySource.values()) / 2 ** pageShift(picture));
}
