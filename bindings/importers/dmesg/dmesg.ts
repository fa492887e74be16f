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
import { numberAfter, SHORT_LINE } from "../text.js";
import { readBoot } from "./boot.js";
import {
  completeFailure,
  joined,
  keepBusy,
  openName,
  readBusy,
  readDriverFailure,
  readFailure,
  readFallback,
  readRequest,
  readSearch,
} from "./failure.js";
import { MigrationReader } from "./migration.js";
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

  line(text: string, place: Place): boolean {
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
      this.context.facts.orderPerBitHint = numberAfter(short, "order_per_bit");
    }
    return readBoot(this.context, short, place);
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
    const other = readDriverFailure(text, place);
    if (other === undefined) return false;
    const { last } = this;
    const same =
      last !== undefined &&
      this.isNear(last, other) &&
      (other.pages === null || last.pages === null || other.pages === last.pages);
    if (same && this.busy.length === 0) last.pages ??= other.pages;
    else this.keep(other);
    return true;
  }

  private isNear(last: FailureFact, { place, time }: Pick<FailureFact, "place" | "time">): boolean {
    if (place.line - last.place.line > NEAR) return false;
    return time === null || last.time === null || Math.abs(time - last.time) <= NEAR_SECONDS;
  }

  private keep(failure: FailureFact): void {
    const { facts } = this.context;
    failure.busy = this.busy;
    this.busy = [];
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

  /** Lines that say something about a request that did not fail, or about the last one that did. */
  private around(text: string, place: Place): boolean {
    const { facts } = this.context;
    const window = readBusy(text, place);
    if (window !== undefined) {
      facts.busyCount += 1;
      keepBusy(this.busy, window);
      return true;
    }
    const request = readRequest(text, place);
    if (request !== undefined) {
      if (facts.requests.length < MOST) facts.requests.push(request);
      if (this.requests.length < MOST) this.requests.push(request);
      return true;
    }
    const fallback = this.last === undefined ? undefined : readFallback(text);
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

export const dmesgImporter: Importer = {
  id: "dmesg",
  title: "kernel log (dmesg, journal, serial console, logcat -b kernel)",
  open: (context) => new DmesgReader(context),
};
