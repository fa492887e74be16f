// Knows: the lines in which CMA itself, a driver or a program says that a contiguous allocation was asked for or failed.
// Must not know: why it failed.
//
// Models: cma_alloc() of mm/cma.c: `cma: cma_alloc: alloc failed, req-size: 456 pages, ret: -12` (4.9), with the area's
// name (5.15), `__cma_alloc` (6.12), `__cma_alloc_frozen` (7.0); its debug lines; `[2f100, 2f20a) PFNs busy`.

import {
  type BusyWindow,
  type FailureFact,
  type FailureForm,
  MOST,
  type Place,
  type RequestFact,
} from "../facts.js";
import type { ReaderContext } from "../importer.js";
import { digitsAt, numberAfter, timeOf } from "../text.js";

const FAILED = "alloc failed, req-size:";
const FUNCTIONS = ["__cma_alloc_frozen", "__cma_alloc", "cma_alloc_frozen", "cma_alloc"] as const;
/** Busy windows kept of one request. */
const WINDOWS = 256;

export function newFailure(
  place: Place,
  time: number | null,
  form: FailureForm,
  source: string,
): FailureFact {
  return {
    place,
    time,
    form,
    source,
    area: null,
    pages: null,
    errno: null,
    align: null,
    list: null,
    busy: [],
    fallback: null,
    culprits: new Map(),
    tries: null,
    rivals: 0,
    migrateFailed: 0,
  };
}

/** `cma_alloc: name: ` before the failure: function and area; the name may be missing. */
function nameBefore(head: string): { source: string; area: string | null } {
  for (const source of FUNCTIONS) {
    const at = head.lastIndexOf(`${source}:`);
    if (at < 0) continue;
    const name = head
      .slice(at + source.length + 1)
      .replace(/:\s{0,8}$/, "")
      .trim();
    return { source, area: name === "" || name.length > 80 ? null : name };
  }
  return { source: "cma_alloc", area: null };
}

/** `cma: cma_alloc: cma0`, whose name ended the line: unnamed areas are called "cma0\n" by the kernel. */
export function openName(text: string): string | undefined {
  const match = /((?:__)?cma_alloc(?:_frozen)?: [^\s:]{1,64})\s{0,4}$/.exec(text.slice(-120));
  return match?.[1];
}

function readNumbers(failure: FailureFact, text: string, at: number): void {
  failure.pages = numberAfter(text, "req-size:", at);
  failure.errno = numberAfter(text, "ret:", at);
  if (failure.errno !== null && failure.errno > 0) failure.errno = -failure.errno;
}

/** A failure line that mail or a terminal broke: what the next line adds. True: nothing is missing any more. */
export function completeFailure(failure: FailureFact, text: string, next: string): boolean {
  if (next.length > 80 || /cma|available/.test(next)) return false;
  for (const joint of [" ", ""]) {
    const whole = `${text.trimEnd()}${joint}${next.trim()}`;
    readNumbers(failure, whole, whole.indexOf(FAILED));
    if (failure.pages !== null && failure.errno !== null) return true;
  }
  readNumbers(failure, text, text.indexOf(FAILED));
  return false;
}

/** The line broke before the sizes: `cma: cma_alloc: linux,cma: alloc failed,` and `req-size: 456 pages, ret: -12`. */
export function joined(before: string, text: string): string {
  const at = text.indexOf("req-size:");
  if (at < 0 || text.includes(FAILED) || !/cma_alloc/.test(before.slice(-200))) return text;
  return `${before.slice(-200).trimEnd()} ${text.slice(Math.max(0, at - 40)).replace(/^[>\s]{1,20}/, "")}`;
}

export function readFailure(text: string, place: Place, opened: string | undefined): FailureFact | undefined {
  const at = text.indexOf(FAILED);
  if (at < 0) return undefined;
  const split = opened !== undefined && !/cma_alloc/.test(text.slice(0, at));
  const { source, area } = nameBefore(split ? `${opened}: ` : text.slice(Math.max(0, at - 200), at));
  const failure = newFailure(place, timeOf(text), "cma", source);
  failure.area = area;
  readNumbers(failure, text, at);
  return failure;
}

/** Debug lines that name the alignment. */
export function readRequest(text: string, place: Place): RequestFact | undefined {
  const at = text.search(/(?:dma_alloc_from_contiguous|cma_alloc)\(cma /);
  if (at < 0) return undefined;
  const pages = numberAfter(text, "count", at);
  const align = numberAfter(text, "align", at);
  if (pages === null || align === null || pages < 1 || align < 0 || align > 64) return undefined;
  const name = /name: ([^,\s]{1,64})/.exec(text.slice(at, at + 200))?.[1] ?? null;
  return { place, area: name, pages, align, time: timeOf(text), available: null, total: null };
}

export function readBusy(text: string, place: Place): BusyWindow | undefined {
  const at = text.indexOf("PFNs busy");
  if (at < 0) return undefined;
  const match = /\[(?:0x)?([0-9a-fA-F]{1,13}),\s{0,2}(?:0x)?([0-9a-fA-F]{1,13})\)\s{0,4}$/.exec(
    text.slice(Math.max(0, at - 60), at),
  );
  if (match === null) return undefined;
  const start = Number.parseInt(match[1]!, 16);
  const end = Number.parseInt(match[2]!, 16);
  return end > start ? { start, end, time: timeOf(text), place } : undefined;
}

export function keepBusy(list: BusyWindow[], window: BusyWindow): void {
  if (list.length < WINDOWS) list.push(window);
}

/** Bytes that a driver failed to get: `failed to allocate buffer with size 1089536`, `dma_alloc_coherent of size N failed`. */
export function readDriverFailure(text: string, place: Place): FailureFact | undefined {
  const short = text.length > 400 ? text.slice(0, 400) : text;
  const lower = short.toLowerCase();
  const words = DRIVER_PHRASES.find((phrase) => lower.includes(phrase));
  if (words !== undefined && lower.includes("fail")) {
    const bytes = numberAfter(lower, "size", lower.indexOf(words));
    const failure = newFailure(place, timeOf(text), "driver", short.slice(0, 160).trim());
    if (bytes !== null && bytes > 0) failure.pages = Math.ceil(bytes / 4096);
    return failure;
  }
  if (!USER_FAILURE.test(short)) return undefined;
  const failure = newFailure(place, timeOf(text), "user", short.slice(0, 160).trim());
  failure.errno = -12;
  return failure;
}

const DRIVER_PHRASES = [
  "failed to allocate buffer with size",
  "dma_alloc_coherent of size",
  "failed to allocate from cma",
  "failed to alloc dma buffer",
  "dma alloc of size",
  "dma alloc failed",
  "dma_alloc_coherent failed",
  "cma alloc failed",
];

const USER_FAILURE =
  /(?:\[Errno 12\]|ENOMEM|VIDIOC_REQBUFS).{0,60}Cannot allocate memory|DMA_HEAP_IOCTL_ALLOC.{0,60}(?:ENOMEM|Cannot allocate)/;

const FALLBACK = /(?:fall(?:ing|s)?[ -]?back|fell back|fallback)/i;

/** "falling back to vmalloc": the caller went on. Not when the way back failed too. */
export function readFallback(text: string): string | undefined {
  const short = text.length > 400 ? text.slice(0, 400) : text;
  if (!FALLBACK.test(short) || /fallback.{0,60}fail|fail.{0,30}fall ?back/i.test(short)) return undefined;
  return short.trim().slice(0, 160);
}

/** The bit search of vendors' debug kernels: `bitmap_find_next_zero_area_off: size=286720, ... align_mask=0xff, index=...`. */
export function readSearch({ facts }: ReaderContext, text: string, place: Place): boolean {
  if (text.includes("bitmap_find_next_zero_area_off:")) {
    const bits = numberAfter(text, " size=");
    const alignMask = numberAfter(text, "align_mask=");
    const found = numberAfter(text, " index=") ?? 0;
    if (bits !== null && alignMask !== null && facts.searches.length < MOST)
      facts.searches.push({ place, bits, alignMask, found });
    return bits !== null;
  }
  const at = text.indexOf("bitmap_maxno=");
  return at >= 0 && digitsAt(text, at + 13).value >= 0;
}
