// Knows: ftrace text (trace, trace_pipe, `trace-cmd report`, `perf script`) of cma, migrate and page_isolation events,
// and how the events of one request belong together: the task that started it finishes it.
// Must not know: what a failure means.
//
// Models: include/trace/events/{cma,migrate,page_isolation}.h, 4.1 to 7.0. A line is
// `comm-pid [cpu] flags ts: event: fields` or `comm pid [cpu] ts: cma:event: fields`; the flags may be missing.

import { newFailure } from "../dmesg/failure.js";
import { MOST, type Place } from "../facts.js";
import type { Importer, LineReader, ReaderContext } from "../importer.js";
import { orderOf, SHORT_LINE } from "../text.js";

const EVENTS = [
  "cma_alloc_start",
  "cma_alloc_finish",
  "cma_alloc_busy_retry",
  "cma_alloc_info",
  "cma_alloc",
  "cma_release",
  "test_pages_isolated",
  "mm_migrate_pages",
  "mm_alloc_contig_migrate_range_info",
] as const;
type EventName = (typeof EVENTS)[number];

/** Requests in flight that are followed at once, and frames remembered of one. */
const OPEN_REQUESTS = 1024;
const CULPRITS = 64;

interface Open {
  readonly place: Place;
  readonly time: number;
  readonly area: string | null;
  readonly pages: number;
  readonly align: number;
  tries: number;
  migrateFailed: number;
  rivals: number;
  readonly culprits: Map<number, number>;
}

const NO_PFN = 2 ** 52;

class FtraceReader implements LineReader {
  private readonly open = new Map<string, Open>();

  constructor(private readonly context: ReaderContext) {}

  line(text: string, place: Place): boolean {
    const found = findEvent(text);
    if (found === undefined) return /^# (?:tracer:|entries-in-buffer)/.test(text.slice(0, 40));
    const short = text.length > SHORT_LINE ? text.slice(0, SHORT_LINE) : text;
    const fields = parseFields(short.slice(found.fields));
    this.event(found.event, fields, short.slice(0, found.head), place);
    return true;
  }

  finish(): void {
    if (this.open.size > 0) {
      const first = [...this.open.values()][0]!;
      this.context.issue(
        "info",
        first.place.line,
        "requests-open",
        `${this.open.size} requests have no end in this trace`,
      );
    }
  }

  private event(event: EventName, fields: Map<string, string>, head: string, place: Place): void {
    const task = taskOf(head);
    const time = timeOfHead(head);
    const open = this.open.get(task);
    if (event === "cma_alloc_start") this.start(task, fields, time, place);
    else if (event === "cma_alloc_busy_retry" && open !== undefined) open.tries += 1;
    else if (event === "mm_migrate_pages" && open !== undefined)
      open.migrateFailed += number(fields, "nr_failed") ?? 0;
    else if (event === "test_pages_isolated" && open !== undefined && fields.get("ret") === "fail") {
      const pfn = number(fields, "fin_pfn");
      if (pfn !== null && (open.culprits.has(pfn) || open.culprits.size < CULPRITS)) {
        open.culprits.set(pfn, (open.culprits.get(pfn) ?? 0) + 1);
      }
    } else if (event === "cma_alloc_finish" || event === "cma_alloc")
      this.end(event, task, fields, time, place);
  }

  private start(task: string, fields: Map<string, string>, time: number, place: Place): void {
    const { facts } = this.context;
    const pages = number(fields, "count") ?? number(fields, "request_count");
    if (pages === null) return;
    const area = fields.get("name") ?? null;
    const align = orderOf(number(fields, "align")) ?? 0;
    const available = number(fields, "available_count");
    const total = number(fields, "total_count");
    if (facts.requests.length < MOST)
      facts.requests.push({ place, area, pages, align, time, available, total });
    let rivals = 0;
    for (const other of this.open.values()) {
      if (other.area !== area) continue;
      rivals += 1;
      other.rivals += 1;
    }
    if (this.open.size >= OPEN_REQUESTS) this.open.delete(this.open.keys().next().value!);
    this.open.set(task, {
      place,
      time,
      area,
      pages,
      align,
      tries: 0,
      migrateFailed: 0,
      rivals,
      culprits: new Map(),
    });
  }

  private end(event: EventName, task: string, fields: Map<string, string>, time: number, place: Place): void {
    const { facts } = this.context;
    const open = this.open.get(task);
    this.open.delete(task);
    const errno = number(fields, "errorno");
    const pfn = number(fields, "pfn");
    const page = fields.get("page") ?? "";
    const failed =
      errno !== null
        ? errno !== 0
        : pfn === null ||
          pfn >= NO_PFN ||
          (pfn === 0 && /^(?:0{8,16}|\(null\))$/.test(page)) ||
          /^0{8,16}$/.test(page);
    if (!failed) {
      facts.succeeded += 1;
      if ((open?.tries ?? 0) > 0) facts.delayed += 1;
      return;
    }
    const failure = newFailure(place, time, "trace", event);
    failure.area = fields.get("name") ?? open?.area ?? null;
    failure.pages = number(fields, "count") ?? open?.pages ?? null;
    failure.align = orderOf(number(fields, "align")) ?? open?.align ?? null;
    failure.errno = errno ?? (open === undefined ? null : open.tries > 0 ? -16 : null);
    if (open !== undefined) {
      failure.tries = open.tries;
      failure.rivals = open.rivals;
      failure.culprits = open.culprits;
      failure.migrateFailed = open.migrateFailed;
    }
    if (facts.failures.length < MOST) facts.failures.push(failure);
    else
      this.context.issue(
        "warning",
        place.line,
        "too-many-failures",
        "failures beyond the first 2000 are left aside",
      );
  }
}

function findEvent(text: string): { event: EventName; head: number; fields: number } | undefined {
  for (const event of EVENTS) {
    const at = text.indexOf(`${event}: `);
    if (at < 1 || at > 300) continue;
    const before = text[at - 1];
    if (before !== " " && before !== ":") continue;
    const fields = at + event.length + 2;
    // `cma: cma_alloc: alloc failed` is a message of the log: an event has a key and `=` here.
    if (
      !(event === "cma_alloc" ? /^\s{0,32}pfn=/ : /^\s{0,32}\w{1,24}=/).test(text.slice(fields, fields + 64))
    )
      continue;
    return { event, head: at, fields };
  }
  return undefined;
}

function parseFields(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const token of text.trim().split(/\s+/, 64)) {
    const equals = token.indexOf("=");
    if (equals > 0 && !fields.has(token.slice(0, equals)))
      fields.set(token.slice(0, equals), token.slice(equals + 1, equals + 81));
  }
  return fields;
}

/** pfns are hexadecimal, with 0x or (older) without; everything else is a whole number, below 0 only as an error. */
function number(fields: ReadonlyMap<string, string>, key: string): number | null {
  const text = fields.get(key);
  if (text === undefined) return null;
  if (key.endsWith("pfn")) return /^(?:0x)?[0-9a-f]{1,16}$/i.test(text) ? Number.parseInt(text, 16) : null;
  const value = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) && (value >= 0 || key === "errorno") ? value : null;
}

function timeOfHead(head: string): number {
  const match = /(\d{1,10}\.\d{1,9}):\s{0,4}(?:\w{1,16}:)?\s{0,4}$/.exec(head.slice(-60));
  return match === null ? 0 : Number(match[1]);
}

function taskOf(head: string): string {
  const bracket = head.indexOf("[");
  return (bracket < 0 ? head : head.slice(0, bracket))
    .trim()
    .slice(0, 80)
    .replace(/\d{1,10}\.\d{1,9}:?.{0,20}$/, "");
}

export const ftraceImporter: Importer = {
  id: "ftrace",
  title: "ftrace text (trace, trace_pipe, trace-cmd report, perf script)",
  open: (context) => new FtraceReader(context),
};
