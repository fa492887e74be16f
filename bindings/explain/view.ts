// Knows: what a picture tells of the area that a request was made to: its size, its free runs, how the request fits.
// Must not know: verdicts, text for people.

import { type FreeRun, fitRequest, guaranteedRun } from "../analysis/runs.js";
import { largest, smallest } from "../engine/extent.js";
import { layoutOfBitmap, layoutOfList } from "./layout.js";
import type { AreaFacts, FailedRequest, Picture, PrintedRuns } from "./picture.js";
import { pageShift } from "./totals.js";

/** CONFIG_CMA_ALIGNMENT's default: DMA callers ask for min(get_order(size), 8). */
export const DEFAULT_ALIGNMENT = 8;

export interface AreaView {
  readonly name: string | null;
  readonly total: number | null;
  readonly free: number | null;
  /** null: nothing tells where the free pages are. */
  readonly runs: readonly FreeRun[] | null;
  /** The runs are only a part. */
  readonly cut: boolean;
  readonly basePfn: number;
  readonly baseKnown: boolean;
  readonly orderPerBit: number;
  readonly source: "list" | "bitmap" | "none";
  readonly remark: string;
}

export interface Alignment {
  readonly align: number;
  readonly inferred: boolean;
}

/** The order that the DMA layer asks for: min(get_order(size), CONFIG_CMA_ALIGNMENT). */
export function inferAlign(pages: number): number {
  return Math.min(Math.ceil(Math.log2(Math.max(1, pages))), DEFAULT_ALIGNMENT);
}

/** Files that really are of an area: a stray `used: 3` of some log names none. */
export function realAreas(picture: Picture): AreaFacts[] {
  return picture.areas.filter(
    (area) => area.count !== null || area.ranges.some(({ bitmap }) => bitmap !== null),
  );
}

function areaFiles(picture: Picture, name: string | null): AreaFacts[] {
  const areas = realAreas(picture);
  if (name !== null) {
    const plain = (text: string) => text.replace(/[^\w]/g, "").toLowerCase();
    const same = areas.filter((area) => plain(area.name) === plain(name) || area.name === "");
    if (same.length > 0) return same;
  }
  return new Set(areas.map((area) => area.name)).size === 1 ? areas : [];
}

const still = new WeakMap<Picture, Map<AreaFacts | undefined, AreaFacts | undefined>>();

function stillArea(picture: Picture, areas: readonly AreaFacts[]): AreaFacts | undefined {
  const known = still.get(picture) ?? new Map<AreaFacts | undefined, AreaFacts | undefined>();
  still.set(picture, known);
  if (!known.has(areas[0])) known.set(areas[0], findStillArea(picture, areas));
  return known.get(areas[0]);
}

/** The bitmap is of the failure's moment when nothing was allocated between the snapshots that were taken. */
function findStillArea(picture: Picture, areas: readonly AreaFacts[]): AreaFacts | undefined {
  const first = areas.find(({ ranges }) => ranges[0]?.bitmap != null);
  if (first === undefined) return undefined;
  const last = areas.findLast(({ ranges }) => ranges[0]?.bitmap != null)!;
  if (first === last) return first;
  const counted = picture.areas.filter((area) => area.succeeded !== null).map((area) => area.succeeded!);
  const moved = counted.length > 1 && largest(counted) > smallest(counted);
  const same = first.ranges.every(({ bitmap }, nth) => {
    const other = last.ranges[nth]?.bitmap ?? null;
    if (bitmap === null || other === null) return bitmap === other;
    return bitmap.length === other.length && bitmap.every((word, i) => word === other[i]);
  });
  return !moved && same ? first : undefined;
}

function reservedPfn(picture: Picture, total: number | null): number | null {
  const reserved = picture.reservations.filter(
    ({ kind, address }) => kind === "reserved" && address !== null,
  );
  const shift = pageShift(picture);
  const fitting = reserved.filter(({ bytes }) => total === null || bytes === total * 2 ** shift);
  const [only] = fitting;
  return fitting.length === 1 && only?.address != null ? Math.floor(only.address / 2 ** shift) : null;
}

export function viewOf(failure: FailedRequest, picture: Picture): AreaView {
  const areas = areaFiles(picture, failure.area);
  const files = areas[0];
  const name = failure.area ?? (files !== undefined && files.name !== "" ? files.name : null);
  const search = picture.searches[0];
  const total = failure.list?.total ?? files?.count ?? search?.bits ?? null;
  const base = files?.ranges[0]?.basePfn ?? reservedPfn(picture, total);
  const common = { name, total, basePfn: base ?? 0, baseKnown: base !== null };
  const order = files?.orderPerBit ?? picture.orderPerBitHint;
  if (failure.list !== null) {
    const { list } = failure;
    const layout = layoutOfList(list, order);
    const unlisted = list.entries.length === 0 && (list.free ?? 0) > 0;
    const cut =
      list.cut ||
      (!unlisted &&
        list.free !== null &&
        layout.remark !== "" &&
        layout.free < list.free &&
        layout.orderPerBit === 0);
    return {
      ...common,
      free:
        list.cut && list.free === null
          ? null
          : layout.remark.startsWith("order_per_bit")
            ? layout.free
            : (list.free ?? layout.free),
      runs: unlisted || !isPlaced(list, failure.pages, failure.align) ? null : layout.runs,
      cut,
      orderPerBit: layout.orderPerBit,
      source: "list",
      remark: layout.remark,
    };
  }
  const file = stillArea(picture, areas);
  const layout = file === undefined ? undefined : layoutOfBitmap(file);
  if (layout === undefined)
    return {
      ...common,
      free: null,
      runs: null,
      cut: false,
      orderPerBit: order ?? 0,
      source: "none",
      remark: "",
    };
  const words = file!.ranges.reduce((sum, { bitmap }) => sum + (bitmap?.length ?? 0), 0);
  const covered = words * 32 * 2 ** layout.orderPerBit;
  const cut = total !== null && covered < total;
  return {
    ...common,
    free: cut ? null : layout.free,
    runs: layout.runs,
    cut,
    orderPerBit: layout.orderPerBit,
    source: "bitmap",
    remark: "",
  };
}

/** Sizes without places tell only that no run is long enough, or that one holds the request wherever it begins. */
function isPlaced(list: PrintedRuns, pages: number | null, align: number | null): boolean {
  if (!list.unplaced || pages === null) return true;
  const longest = list.entries.reduce((most, { size }) => Math.max(most, size), 0);
  return longest < pages || longest >= guaranteedRun(pages, align ?? inferAlign(pages));
}

export interface Fits {
  /** Runs that hold the request, by alignment order. */
  readonly byAlign: Readonly<Record<string, number>>;
  readonly windows: number;
  readonly pagesShort: number;
  readonly largestAlign: number;
  readonly largestRun: number;
  /** Windows that do not overlap one another. */
  readonly disjoint: number;
  /** Runs that hold the request at its alignment. */
  readonly runs: number;
  readonly first: number;
}

/** Requests of one kind against one state are asked about again and again: each answer is worked out once. */
const answers = new WeakMap<readonly FreeRun[], Map<string, Fits>>();

export function fitsOf(view: AreaView, pages: number, align: number): Fits | null {
  const { runs, basePfn, orderPerBit } = view;
  if (runs === null) return null;
  const known = answers.get(runs) ?? new Map<string, Fits>();
  answers.set(runs, known);
  const key = `${pages}|${align}|${basePfn}|${orderPerBit}`;
  const fits = known.get(key) ?? measure(view, runs, pages, align);
  known.set(key, fits);
  return fits;
}

function measure(
  { basePfn, orderPerBit }: AreaView,
  runs: readonly FreeRun[],
  pages: number,
  align: number,
): Fits {
  const top = Math.max(align, Math.min(DEFAULT_ALIGNMENT, inferAlign(pages)));
  const byAlign: Record<string, number> = {};
  for (let order = 0; order <= top; order++) {
    const request = { count: pages, align: order, basePfn, orderPerBit };
    byAlign[order] = runs.reduce((sum, run) => sum + (fitRequest([run], request).fits ? 1 : 0), 0);
  }
  const answer = fitRequest(runs, { count: pages, align, basePfn, orderPerBit });
  const slot = Math.ceil(pages / 2 ** align) * 2 ** align;
  const disjoint = runs.reduce((sum, run) => {
    const { windows } = fitRequest([run], { count: pages, align, basePfn, orderPerBit });
    return sum + (windows === 0 ? 0 : Math.floor((windows - 1) / (slot / 2 ** align)) + 1);
  }, 0);
  const largestRun = runs.reduce((most, { length }) => Math.max(most, length), 0);
  const { windows, pagesShort, largestAlign, first } = answer;
  return {
    byAlign,
    runs: byAlign[align] ?? 0,
    windows,
    pagesShort,
    largestAlign,
    largestRun,
    disjoint,
    first,
  };
}
