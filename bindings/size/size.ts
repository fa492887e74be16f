// Knows: how large an area must be for a list of buffers, or for the requests that failed in a log, and what to write.
// Must not know: files, terminals.

import { guaranteedRun } from "../analysis/runs.js";
import { CallError, UnitError } from "../engine/errors.js";
import type { Picture } from "../explain/picture.js";
import { cmaState, heldPages } from "../explain/totals.js";
import { DEFAULT_ALIGNMENT, fitsOf, inferAlign, viewOf } from "../explain/view.js";
import { type Buffer, paddingNote, parseBuffer } from "./buffers.js";
import { type Span, spansOf } from "./span.js";

/** How large an area must be. */
export interface SizeAnswer {
  /** Bytes of a page. */
  readonly pageSize: number;
  /** What it must hold. */
  readonly buffers: readonly Buffer[];
  /** Pages of all buffers, without gaps. */
  readonly pages: number;
  /** The order of allocation that needs least. */
  readonly best: Span;
  /** The order of allocation that needs most. */
  readonly worst: Span;
  /** Every order was looked at. */
  readonly exact: boolean;
  /** Enough in any order of allocation: each buffer with the largest gap that may precede it. */
  readonly guaranteed: number;
  /** The size of the area is not known: `recommended` is what to add to it. */
  readonly isIncrease: boolean;
  /** The size of the area is not known, but what is held in it: `recommended` is the least that it may have. */
  readonly isBound: boolean;
  /** What else to know of these buffers. */
  readonly notes: readonly string[];
  /** What to reserve, and why so much. */
  readonly recommended: { readonly pages: number; readonly bytes: number; readonly reason: string };
  /** The same as a parameter of the kernel's command line. */
  readonly cmdline: string;
  /** The same as a node of a device tree. */
  readonly deviceTree: string;
}

const MIB = 2 ** 20;

/** CMA areas begin and end on a pageblock: 4 MiB at most with 4 KiB pages, 32 MiB with 16 KiB, 512 MiB with 64 KiB. */
function granularity(pageSize: number): number {
  return pageSize >= 65536 ? 512 * MIB : pageSize >= 16384 ? 32 * MIB : 4 * MIB;
}

export function deviceTreeOf(bytes: number, align: number): string {
  const cells = (value: number) =>
    `0x${Math.floor(value / 2 ** 32).toString(16)} 0x${(value % 2 ** 32).toString(16)}`;
  return [
    "reserved-memory {",
    "  #address-cells = <2>;",
    "  #size-cells = <2>;",
    "  ranges;",
    "  linux,cma {",
    '    compatible = "shared-dma-pool";',
    "    reusable;",
    `    size = <${cells(bytes)}>;`,
    `    alignment = <${cells(align)}>;`,
    "    linux,cma-default;",
    "  };",
    "};",
  ].join("\n");
}

type Kind = "whole" | "increase" | "bound";

function answer(
  buffers: readonly Buffer[],
  pageSize: number,
  least: number,
  why: string,
  kind: Kind = "whole",
): SizeAnswer {
  const spans = spansOf(buffers);
  const pages = buffers.reduce((sum, buffer) => sum + buffer.count * buffer.pages, 0);
  const guaranteed = buffers.reduce(
    (sum, { count, pages, align }) => sum + count * guaranteedRun(pages, align),
    0,
  );
  const needed = Math.max(least, guaranteed, spans.worst.pages);
  const unit = granularity(pageSize);
  const bytes = Math.ceil((needed * pageSize) / unit) * unit;
  const reason = `${why}; rounded up to ${unit / MIB} MiB, as areas begin and end on a pageblock`;
  return {
    pageSize,
    buffers,
    pages,
    ...spans,
    guaranteed,
    recommended: { pages: bytes / pageSize, bytes, reason },
    isIncrease: kind === "increase",
    isBound: kind === "bound",
    notes: [...new Set(buffers.flatMap(({ label }) => paddingNote(label, pageSize) ?? []))],
    cmdline: {
      whole: `cma=${bytes / MIB}M`,
      increase: `+${bytes / MIB} MiB`,
      bound: `${bytes / MIB} MiB or more`,
    }[kind],
    deviceTree: kind === "whole" ? deviceTreeOf(bytes, unit) : "",
  };
}

/** @throws CallError without any buffer */
export function sizeForBuffers(buffers: readonly Buffer[], pageSize: number): SizeAnswer {
  if (buffers.length === 0) throw new CallError("no buffer to size an area for");
  return answer(
    buffers,
    pageSize,
    0,
    "each buffer with the largest alignment gap that may precede it: enough in any order of allocation, while nothing else uses the area",
  );
}

const MOST_KINDS = 64;

/** Requests of a log, equal ones together. */
function buffersOf(requests: readonly { pages: number | null; align: number | null }[]): Buffer[] {
  const kinds = new Map<string, Buffer>();
  for (const { pages, align } of requests) {
    if (pages === null || pages < 1 || pages > 2 ** 32 || (align ?? 0) > 20) continue;
    const key = `${pages}@${align ?? "?"}`;
    const known = kinds.get(key);
    if (known === undefined && kinds.size >= MOST_KINDS) continue;
    const order = align ?? inferAlign(pages);
    kinds.set(key, {
      label: `${pages}pages`,
      count: Math.min(4096, (known?.count ?? 0) + 1),
      pages,
      align: order,
      alignInferred: align === null,
    });
  }
  return [...kinds.values()];
}

interface Grown {
  readonly pages: number;
  readonly buffer: Buffer;
  readonly total: number;
  /** The area had room: something else failed. */
  readonly fitted: boolean;
}

/** Size at which a failed request would have fitted behind what was in use, with the area's layout as it was. */
function grown(picture: Picture): Grown | undefined {
  let most: Grown | undefined;
  for (const failure of picture.failures) {
    const { pages } = failure;
    const view = viewOf(failure, picture);
    if (pages === null || view.total === null || view.runs === null || failure.list?.hasRanges === true)
      continue;
    const align = failure.align ?? inferAlign(pages);
    const last = view.cut ? undefined : view.runs.at(-1);
    const tail = last !== undefined && last.start + last.length >= view.total ? last.start : view.total;
    const needed = alignUp(view.basePfn + tail, align) - view.basePfn + pages;
    const buffer = { label: `${pages}pages`, count: 1, pages, align, alignInferred: failure.align === null };
    const fitted = (fitsOf(view, pages, align)?.windows ?? 0) > 0;
    if (most === undefined || needed > most.pages)
      most = { pages: fitted ? view.total : needed, buffer, total: view.total, fitted };
  }
  return most;
}

function alignUp(value: number, align: number): number {
  return Math.ceil(value / 2 ** align) * 2 ** align;
}

/** Pages of the area that a log shows by any of its lines; null: by none. Several areas count together. */
function shownPages(picture: Picture): number | null {
  const totals = [
    cmaState(picture).total,
    ...picture.lists.map(({ total }) => total),
    ...picture.areas.map(({ count }) => count),
    ...picture.requests.map(({ total }) => total),
  ].filter((total) => total !== null);
  return totals.length === 0 ? null : totals.reduce((most, total) => Math.max(most, total), 0);
}

function reach(buffers: readonly Buffer[]): number {
  return buffers.reduce((sum, { count, pages, align }) => sum + count * guaranteedRun(pages, align), 0);
}

/**
 * How large the area must be for the requests of a log, never below the area that the log shows.
 * @param beside buffers that the area must hold as well
 * @returns undefined when the log has no request to size an area for
 */
export function sizeForPicture(
  picture: Picture,
  pageSize: number,
  beside: readonly Buffer[] = [],
): SizeAnswer | undefined {
  const known = shownPages(picture);
  const also = beside.length === 0 ? "" : "; the buffers given have a place beside it";
  const larger = grown(picture);
  if (larger !== undefined) {
    const cured = larger.fitted
      ? `a larger area does not cure this failure: ${larger.buffer.pages} pages fitted already (pageblock explain says what blocked them)`
      : undefined;
    const space = `the failed request of ${larger.buffer.pages} pages fits behind what was in use when the area of ${larger.total} pages has ${larger.pages}`;
    const least = Math.max(larger.pages, larger.total, known ?? 0) + reach(beside);
    return answer([larger.buffer, ...beside], pageSize, least, `${cured ?? space}${also}`);
  }
  const buffers = buffersOf(picture.requests.length > 0 ? picture.requests : picture.failures);
  if (buffers.length === 0) return undefined;
  const all = [...buffers, ...beside];
  if (picture.requests.length > 0) {
    const why =
      "all requests of the log at once, in any order: those that were released in between are counted too";
    return answer(all, pageSize, known ?? 0, `${why}${also}`);
  }
  return forFailures(picture, buffers, beside, pageSize);
}

/** The alignment is not in the log: the DMA layer's largest is enough for any. */
function growthOf({ pages, align, alignInferred }: Buffer): number {
  return guaranteedRun(pages, alignInferred ? Math.max(align, DEFAULT_ALIGNMENT) : align);
}

/** Failed requests alone: they come on top of what there is, or of what is held. */
function forFailures(
  picture: Picture,
  failed: readonly Buffer[],
  beside: readonly Buffer[],
  pageSize: number,
): SizeAnswer {
  const known = shownPages(picture);
  const held = heldPages(picture);
  const all = [...failed, ...beside];
  const also = beside.length === 0 ? "" : "; the buffers given have a place beside it";
  if (known !== null) {
    const why = `the failed requests alone beside the ${known} pages that there are: what else uses the area is not in the log${also}`;
    return answer(all, pageSize, Math.max(known, held ?? 0) + reach(all), why);
  }
  const unknown = "how large the area is now is not in the log (grep Cma /proc/meminfo)";
  const growth = failed.reduce((most, buffer) => Math.max(most, growthOf(buffer)), 0) + reach(beside);
  if (held === null) {
    const why = `${unknown}: it must grow by at least ${growth} pages (${((growth * pageSize) / MIB).toFixed(1)} MiB)${also}`;
    return answer(all, pageSize, growth, why, "increase");
  }
  const why = `${unknown}: ${held} pages are held, and it must hold these as well, and grow by at least ${growth} pages${also}`;
  return answer(all, pageSize, held + reach(all), why, "bound");
}

/** @throws UnitError with every text that names no buffer */
export function parseBuffers(texts: readonly string[], pageSize: number): Buffer[] {
  const parsed = texts.map((text) => parseBuffer(text, pageSize));
  const wrong = parsed.filter((buffer) => typeof buffer === "string");
  if (wrong.length > 0) throw new UnitError(wrong.join("\n"));
  return parsed.flatMap((buffer) => (typeof buffer === "string" ? [] : buffer));
}

/**
 * How large an area must be for buffers as the command line writes them: `4x1920x1080xNV12`, `6x3934pages@8`, `3x8M`.
 * @param pageSize bytes
 * @throws UnitError with every text that names no buffer
 */
export function size(buffers: readonly string[], pageSize = 4096): SizeAnswer {
  if (buffers.length === 0) throw new UnitError("no buffer was given");
  return sizeForBuffers(parseBuffers(buffers, pageSize), pageSize);
}
