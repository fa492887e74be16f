// Knows: how the lines of a kernel log belong together: busy windows before a failure, the run list after it, the
// debug line with its alignment around it, the driver's words behind it.
// Must not know: what a failure means.

import {
  type BusyWindow,
  type FailureFact,
  MOST,
  type Place,
  type RequestFact,
  type RunList,
} from "../facts.js";
import type { Importer, LineReader, ReaderContext } from "../importer.js";
import { numberAfter, orderOf, SHORT_LINE } from "../text.js";
import { readPlatform, readVersion } from "./boot.js";
import {
  completeFailure,
  joined,
  keepBusy,
  newFailure,
  openName,
  readBusy,
  readDriverFailure,
  readFailure,
  readFallback,
  readRequest,
  readSearch,
} from "./failure.js";
import { MigrationReader } from "./migration.js";
import { readOther } from "./others.js";
import { readReservation } from "./reservations.js";
import { RunListReader, withOpening } from "./runlist.js";
import { ShowMemReader } from "./showmem.js";

/** Lines within which a message belongs to the failure before it, and seconds where both have a time. */
const NEAR = 24;
const NEAR_SECONDS = 1;

class DmesgReader implements LineReader {
  private readonly lists: RunListReader;
  private readonly migration: MigrationReader;
  private readonly memory: ShowMemReader;
  private busy: BusyWindow[] = [];
  private last: FailureFact | undefined;
  private waiting: FailureFact | undefined;
  private opened: string | undefined;
  private isLogcat = false;
  /** The line before, and a failure line to which something is missing. */
  private before = "";
  private broken: { readonly failure: FailureFact; readonly text: string } | undefined;
  private readonly requests: RequestFact[] = [];
  private readonly own: FailureFact[] = [];

  constructor(private readonly context: ReaderContext) {
    this.lists = new RunListReader(context, (list) => this.takeList(list));
    this.migration = new MigrationReader(context);
    this.memory = new ShowMemReader(context);
  }

  line(raw: string, place: Place): boolean {
    const text = withoutLogcat(raw);
    this.isLogcat = text !== raw;
    const known = this.take(text, place);
    if (known) readPlatform(this.context, text);
    return known;
  }

  /** A failure or a busy window shortly before gives weak words a meaning. */
  isIdle(line: number): boolean {
    const near = this.last !== undefined && line - this.last.place.line <= NEAR;
    if (near || this.busy.length > 0 || this.broken !== undefined) return false;
    return this.lists.isIdle() && this.migration.isIdle() && this.memory.isIdle();
  }

  skipped(text: string): void {
    this.opened = undefined;
    this.before = text;
    this.isLogcat = false;
  }

  private take(text: string, place: Place): boolean {
    if (this.lists.line(withOpening(this.before, text), place)) {
      this.giveUp();
      return true;
    }
    const short = text.length > SHORT_LINE ? text.slice(0, SHORT_LINE) : text;
    if (this.completes(short)) return true;
    const known = this.failure(joined(this.before, short), place) || this.around(short, place);
    this.opened = openName(short);
    this.before = short;
    if (known) return true;
    if (this.migration.line(short, place) || this.memory.line(short, place)) return true;
    if (readSearch(this.context, short, place)) return true;
    if (this.context.facts.orderPerBitHint === null && /order_per_bit\s{0,4}[=:]\s{0,4}\d/.test(short)) {
      this.context.facts.orderPerBitHint = orderOf(numberAfter(short, "order_per_bit"));
    }
    return (
      readVersion(this.context, short, place) ||
      readReservation(this.context, short, place) ||
      readOther(this.context, short, place)
    );
  }

  finish(): void {
    this.lists.finish();
    this.giveUp();
    const { facts } = this.context;
    for (const window of this.busy) keepBusy(facts.busy, window);
    for (const failure of this.own) this.align(failure);
  }

  /** The rest of a failure line that was broken in two. */
  private completes(text: string): boolean {
    const { broken } = this;
    if (broken === undefined) return false;
    if (!completeFailure(broken.failure, broken.text, text)) {
      this.giveUp();
      return false;
    }
    this.broken = undefined;
    return true;
  }

  private giveUp(): void {
    if (this.broken === undefined) return;
    const message = "the failure line is cut: its size or its error is missing";
    this.context.issue("warning", this.broken.failure.place.line, "failure-line-cut", message);
    this.broken = undefined;
  }

  private failure(text: string, place: Place): boolean {
    const failure = readFailure(text, place, this.opened);
    if (failure !== undefined) {
      if (failure.pages === null || failure.errno === null) this.broken = { failure, text };
      this.keep(failure);
      return true;
    }
    const other = readDriverFailure(text, place, this.isBusyBefore(place));
    if (other === undefined) return false;
    const { last } = this;
    if (last !== undefined && this.busy.length === 0 && this.isSame(last, other)) tellMore(last, other);
    else this.keep(other);
    return true;
  }

  /** Do both lines speak of one request? A driver that repeats its own words has made another one. */
  private isSame(last: FailureFact, next: FailureFact): boolean {
    if (!this.isNear(last, next) || !sameSize(last, next)) return false;
    return (
      last.form === "cma" || next.form === "cma" || withoutTime(last.source) !== withoutTime(next.source)
    );
  }

  private isBusyBefore(place: Place): boolean {
    const lines = [
      this.busy.at(-1)?.place.line,
      this.last?.form === "cma" ? this.last.place.line : undefined,
    ];
    return lines.some((line) => line !== undefined && place.line - line <= NEAR);
  }

  private isNear(last: FailureFact, { place, time }: Pick<FailureFact, "place" | "time">): boolean {
    if (place.line - last.place.line > NEAR) return false;
    return time === null || last.time === null || Math.abs(time - last.time) <= NEAR_SECONDS;
  }

  private keep(failure: FailureFact): void {
    const { facts } = this.context;
    if (this.toldBefore(failure)) return;
    failure.busy = this.busy;
    this.busy = [];
    if (failure.pages === null && failure.form !== "cma") failure.pages = sizeOfWindows(failure.busy);
    this.last = failure;
    this.waiting = failure.form === "cma" ? failure : undefined;
    if (facts.failures.length < MOST) {
      facts.failures.push(failure);
      this.own.push(failure);
    } else
      this.context.issue(
        "warning",
        failure.place.line,
        "too-many-failures",
        "failures beyond the first 2000 are counted only",
      );
  }

  /** The driver spoke first: its words go to the kernel's line, which takes their place. */
  private toldBefore(failure: FailureFact): boolean {
    const { last } = this;
    const { facts } = this.context;
    if (failure.form !== "cma" || last === undefined || last.form === "cma" || this.busy.length > 0)
      return false;
    if (!this.isSame(last, failure)) return false;
    tellMore(failure, last);
    failure.busy = last.busy;
    for (const list of [facts.failures, this.own]) {
      const at = list.lastIndexOf(last);
      if (at >= 0) list[at] = failure;
    }
    this.last = failure;
    this.waiting = failure;
    return true;
  }

  /** `cma_alloc(): returned (null)` of debug builds ends the request before it. */
  private returnedNothing(text: string, place: Place): boolean {
    if (!/(?:cma_alloc|dma_alloc_from_contiguous)\(\): returned\s{1,8}(?:\(null\)|0{8,16}\b)/.test(text))
      return false;
    const request = this.requests.at(-1);
    const { last } = this;
    if (request === undefined || place.line - request.place.line > NEAR) return true;
    if (last !== undefined && last.pages === request.pages && place.line - last.place.line <= NEAR)
      return true;
    const failure = newFailure(place, request.time, "cma", "cma_alloc");
    failure.pages = request.pages;
    failure.align = request.align;
    failure.area = request.area;
    this.keep(failure);
    return true;
  }

  /** Lines that say something about a request that did not fail, or about the last one that did. */
  private around(text: string, place: Place): boolean {
    const { facts } = this.context;
    const window = readBusy(text, place);
    if (window !== undefined) {
      facts.busyCount += 1;
      keepBusy(this.busy, window);
      return true;
    }
    if (text.includes("returned") && this.returnedNothing(text, place)) return true;
    const request = readRequest(text, place);
    if (request !== undefined) {
      if (facts.requests.length < MOST) facts.requests.push(request);
      if (this.requests.length < MOST) this.requests.push(request);
      return true;
    }
    const fallback = this.last === undefined ? undefined : readFallback(text, this.isLogcat);
    if (fallback === undefined || this.last === undefined || place.line - this.last.place.line > NEAR)
      return false;
    this.last.fallback ??= fallback;
    return true;
  }

  private takeList(list: RunList): void {
    const { facts } = this.context;
    const { waiting } = this;
    if (waiting !== undefined && list.place.line - waiting.place.line <= NEAR) waiting.list = list;
    if (facts.lists.length < MOST) facts.lists.push(list);
    this.waiting = undefined;
  }

  /** The debug line of the same size nearest to the failure names its alignment. */
  private align(failure: FailureFact): void {
    if (failure.align !== null) return;
    let nearest = NEAR + 1;
    for (const { pages, align, area, place } of this.requests) {
      const distance = Math.abs(place.line - failure.place.line);
      if (pages !== failure.pages || distance >= nearest) continue;
      nearest = distance;
      failure.align = align;
      failure.area ??= area;
    }
  }
}

/** Pages of 4, 16 or 64 KiB may hold the bytes that a driver names. */
function sameSize(a: FailureFact, b: FailureFact): boolean {
  if (a.pages === null || b.pages === null || a.pages === b.pages) return true;
  const bytes = a.bytes ?? b.bytes;
  const pages = a.form === "cma" ? a.pages : b.pages;
  return (
    bytes !== null &&
    (a.bytes === null || b.bytes === null) &&
    [14, 16].some((s) => Math.ceil(bytes / 2 ** s) === pages)
  );
}

/** What the driver's line adds to the kernel's, or a second line of a driver to its first. */
function tellMore(to: FailureFact, from: FailureFact): void {
  to.who ??= from.who;
  to.bytes ??= from.bytes;
  to.pages ??= from.pages;
  to.errno ??= from.errno;
}

function withoutTime(text: string): string {
  return text.replace(/^.{0,60}?\[\s{0,12}[\d.:]{3,24}\]\s{0,4}/, "");
}

/** A driver that names no size: the windows that were tried before it gave up had it. */
function sizeOfWindows(busy: readonly BusyWindow[]): number | null {
  const sizes = busy.map(({ start, end }) => end - start);
  return sizes.length === 0 ? null : sizes.reduce((least, size) => Math.min(least, size));
}

/** logcat splits a kernel's line at its first colon and pads the tag: `E OF      : reserved mem: ...`. */
function withoutLogcat(text: string): string {
  const code = text.charCodeAt(0);
  // A date or one of V D I W E F, then a slash.
  if (!((code >= 48 && code <= 57) || text.charCodeAt(1) === 47)) return text;
  const match =
    /^(?:\d{4}-)?\d\d-\d\d \d\d:\d\d:\d\d\.\d{3,6}(?:\s{1,8}\w{1,10}){1,3} [VDIWEF] ([^\s:][^:]{0,40}?)\s{0,20}: /.exec(
      text.slice(0, 160),
    ) ?? /^[VDIWEF]\/([^\s(]{1,40})\s{0,20}\(\s{0,8}\d{1,8}\): /.exec(text.slice(0, 160));
  return match === null ? text : `${match[1]}: ${text.slice(match[0].length)}`;
}

export const dmesgImporter: Importer = {
  id: "dmesg",
  title: "kernel log (dmesg, journal, serial console, logcat -b kernel)",
  open: (context) => new DmesgReader(context),
};
