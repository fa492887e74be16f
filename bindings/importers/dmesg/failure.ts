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
import { digitsAt, numberAfter, orderOf, timeOf } from "../text.js";
import { isKernelLine, recognise, speaker } from "./wordings.js";

const FAILED = "alloc failed, req-size:";
/** The same as people retype it: without the comma, the colon, the hyphen. */
const RETYPED = /alloc failed,?\s{1,4}req[-_ ]?size\s{0,2}[:=]?\s{0,2}(?=\d)/i;
/** journalctl cuts lines at the width of the terminal and puts `>` there; pages of the web put `...`. */
const CUT = />$|\u2026$|\.\.\.$/;
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
    who: null,
    bytes: null,
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
  const line = text.slice(at, at + 200).replace(RETYPED, FAILED);
  failure.pages = wholeNumber(line, "req-size:");
  failure.errno = wholeNumber(line, line.includes("ret:") ? "ret:" : "ret ");
  if (failure.errno !== null && failure.errno > 0) failure.errno = -failure.errno;
}

/** null also for a number whose end was cut off. */
function wholeNumber(line: string, key: string): number | null {
  const value = numberAfter(line, key);
  const rest = line.slice(line.indexOf(key) + key.length);
  return value !== null && /^\s{0,4}-?\d{1,16}(?:>|\u2026|\.\.\.)/.test(rest) ? null : value;
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

/** `cma_alloc: linux,cma: alloc fai>`: all that the terminal showed of the line. */
function cutBefore(text: string): number {
  if (!CUT.test(text.slice(-4).trimEnd())) return -1;
  return text
    .slice(-200)
    .search(
      /cma_alloc(?:_frozen)?: (?:[^\s:]{1,64}: )?alloc fai?l?e?d?,?[^:]{0,12}(?:>|\u2026|\.{3})\s{0,4}$/,
    );
}

export function readFailure(text: string, place: Place, opened: string | undefined): FailureFact | undefined {
  let at = text.indexOf(FAILED);
  if (at < 0 && text.includes("alloc fai")) {
    at = text.search(RETYPED);
    if (at < 0 && cutBefore(text) >= 0) at = text.lastIndexOf("alloc fai");
  }
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
  const align = orderOf(numberAfter(text, "align", at));
  if (pages === null || align === null || pages < 1) return undefined;
  const name = /name: ([^,\s]{1,64})/.exec(text.slice(at, at + 200))?.[1] ?? null;
  return { place, area: name, pages, align, time: timeOf(text), available: null, total: null };
}

/** `[2f100, 2f20a) PFNs busy`; `test_pages_isolated(1e900, 1f0e9) failed` of 3.5 to 4.0. */
export function readBusy(text: string, place: Place): BusyWindow | undefined {
  const at = text.indexOf("PFNs busy");
  const old = at < 0 ? text.indexOf("test_pages_isolated(") : -1;
  if (at < 0 && old < 0) return undefined;
  const match =
    at >= 0
      ? /\[(?:0x)?([0-9a-fA-F]{1,13}),\s{0,2}(?:0x)?([0-9a-fA-F]{1,13})\)\s{0,4}$/.exec(
          text.slice(Math.max(0, at - 60), at),
        )
      : /^test_pages_isolated\((?:0x)?([0-9a-fA-F]{1,13}),\s{0,2}(?:0x)?([0-9a-fA-F]{1,13})\) failed/.exec(
          text.slice(old, old + 80),
        );
  if (match === null) return undefined;
  const start = Number.parseInt(match[1]!, 16);
  const end = Number.parseInt(match[2]!, 16);
  if (end <= start) return undefined;
  const window = { start, end, time: timeOf(text), place };
  return old >= 0 ? { ...window, isOld: true } : window;
}

export function keepBusy(list: BusyWindow[], window: BusyWindow): void {
  if (list.length < WINDOWS) list.push(window);
}

/** What a driver or a program failed to get. `near`: a failed or busy request of CMA stands right before it. */
export function readDriverFailure(text: string, place: Place, near: boolean): FailureFact | undefined {
  const short = text.length > 400 ? text.slice(0, 400) : text;
  const found = recognise(short, near);
  if (found === undefined) return undefined;
  const failure = newFailure(place, timeOf(text), found.form, short.slice(0, 160).trim());
  failure.who = speaker(short);
  failure.bytes = found.bytes;
  failure.errno = found.errno;
  if (found.bytes !== null) failure.pages = Math.ceil(found.bytes / 4096);
  return failure;
}

/** A caller goes on with what comes next; or with another kind of memory. */
const FALLBACK =
  /\bfall(?:ing|s)?[ -]?back\b|\bfell back\b|\bfallback (?:to|on)\b|\busing \w{1,20} instead\b/i;
/** Negated, or the way back failed as well. */
const NO_FALLBACK =
  /\bnot\b|n't\b|\bno\b|\bwithout\b|\bnever\b|\bcannot\b|fallback.{0,60}fail|fail.{0,30}fall ?back/i;

/** "falling back to vmalloc": the caller went on. A kernel's line only: what people write about it proves nothing. */
export function readFallback(text: string, isLogged: boolean): string | undefined {
  const short = text.length > 400 ? text.slice(0, 400) : text;
  if (!FALLBACK.test(short) || NO_FALLBACK.test(short)) return undefined;
  if (!isLogged && !isKernelLine(short)) return undefined;
  return short.trim().slice(0, 160);
}

/** The bit search of vendors' debug kernels: `bitmap_find_next_zero_area_off: size=286720, ... align_mask=0xff, index=...`. */
export function readSearch({ facts }: ReaderContext, text: string, place: Place): boolean {
  if (text.includes("bitmap_find_next_zero_area_off:")) {
    const bits = numberAfter(text, " size=");
    const alignMask = numberAfter(text, "align_mask=");
    const found = numberAfter(text, " index=") ?? 0;
    if (bits !== null && alignMask !== null && alignMask >= 0 && facts.searches.length < MOST)
      facts.searches.push({ place, bits, alignMask, found });
    return bits !== null;
  }
  const at = text.indexOf("bitmap_maxno=");
  return at >= 0 && digitsAt(text, at + 13).value >= 0;
}
