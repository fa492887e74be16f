// Knows: the text of trace.txt (ftrace, standard tracepoints) and of trace_lab.txt, and how the two interleave.
// Must not know: what the events mean, the file system, how the columns grow (see columns.ts).
//
// trace.txt      `   comm-pid   [cpu] flags timestamp: event: fields`; lines with # are comments
// trace_lab.txt  `IDX\tcomm-pid\tcpu\tflags\ttimestamp\ttext`: belongs immediately before standard event IDX (from 0)
//
// A line that cannot be read is an issue, not an exception: the rest of the trace is still worth having. A line that
// may have been an event keeps its number, so that the LAB lines stay where they belong.

import { CaptureError, type CaptureIssue, IssueSink, quote } from "../../errors.js";
import { type CaptureTrace, ColumnBuilder, type EventHead, Interner } from "./columns.js";
import { type FieldComplaint, FieldScanner, fitsLayout, learnLayout } from "./fields.js";
import { GFP_NAMES, type GfpEra } from "./gfp_names.js";
import { HeadScanner } from "./head.js";
import { isLab, LAB_LAYOUTS, STANDARD_LAYOUTS, TraceKind, type TraceLayout } from "./kinds.js";
import { type LabLine, LabReader } from "./lab.js";

/** How a trace is to be read. */
export interface TraceOptions {
  /** How symbolic gfp flags are to be read. */
  gfpEra: GfpEra;
  /** Names for messages. */
  file?: string;
  /** Name of trace_lab.txt for messages. */
  labFile?: string;
}

/** Shapes of unknown events that are kept; what comes in still other shapes is left out. */
const MAX_LEARNT = 1024;

/** After the last standard event: every LAB line that is left belongs here. */
const THE_END = Number.MAX_SAFE_INTEGER;

const HASH = 35;
const SPACE = 32;
const RETURN = 13;

/** Reads a whole trace and, where there is one, its LAB companion. */
export function parseTrace(text: string, labText: string | undefined, options: TraceOptions): CaptureTrace {
  const builder = new TraceBuilder(labText, options);
  builder.push(text);
  return builder.finish();
}

/** Reads a trace piece by piece: push() any pieces of the text in order, then finish() once. */
export class TraceBuilder {
  private readonly issues: CaptureIssue[] = [];
  private readonly sink = new IssueSink(this.issues);
  private readonly columns = new ColumnBuilder();
  private readonly strings = new Interner();
  private readonly scanner: FieldScanner;
  private readonly heads = new HeadScanner();
  private readonly lab: LabReader;
  private readonly layouts: TraceLayout[] = [];
  private readonly layoutIndexes = new Map<TraceLayout, number>();
  private readonly learnt = new Map<string, TraceLayout[]>();
  private learntCount = 0;
  private readonly file: string;
  private readonly labFile: string;
  /** Text that waits for its line end, or for the line after it. */
  private carry = "";
  private line = 0;
  /** Standard events so far, readable or not: the numbers that LAB lines refer to. */
  private standardSeen = 0;
  private standardCount = 0;
  private labCount = 0;
  private lostEvents = 0;
  private readonly complain: FieldComplaint = (severity, message) => {
    const { file, line, event } = this.place;
    this.issue(severity, file, line, `${event}: ${message}`);
  };
  private place: { file: string; line: number; event: string };

  /** @param labText trace_lab.txt, when there is one */
  constructor(labText: string | undefined, options: TraceOptions) {
    this.file = options.file ?? "trace.txt";
    this.labFile = options.labFile ?? "trace_lab.txt";
    this.place = { file: this.file, line: 0, event: "" };
    this.scanner = new FieldScanner(this.columns, this.strings, GFP_NAMES[options.gfpEra]);
    this.lab = new LabReader(labText ?? "", (line, message) =>
      this.issue("error", this.labFile, line, message),
    );
  }

  /** Takes a piece of trace.txt; pieces need not end with a line. */
  push(piece: string): void {
    const text = this.carry === "" ? piece : this.carry + piece;
    const lastEnd = text.lastIndexOf("\n");
    // The last whole line waits too: the name in an event may contain a line end (see continuation()).
    const safe = lastEnd > 0 ? text.lastIndexOf("\n", lastEnd - 1) + 1 : 0;
    this.carry = text.slice(this.readLines(text, safe));
  }

  /** All that was pushed, as columns. */
  finish(): CaptureTrace {
    this.readLines(this.carry, this.carry.length);
    this.carry = "";
    this.mergeLab(THE_END);
    if (this.standardCount === 0 && this.standardSeen > 0) {
      const problem = `none of its ${this.standardSeen} lines is a trace event`;
      const expected = "ftrace text: comm-pid [cpu] flags timestamp: event: fields";
      throw new CaptureError({ file: this.file, line: 1, problem, expected });
    }
    this.sink.finish();
    return {
      ...this.columns.columns(),
      standardCount: this.standardCount,
      labCount: this.labCount,
      clock: this.heads.clock,
      lostEvents: this.lostEvents,
      layouts: this.layouts,
      tasks: this.heads.tasks,
      contexts: this.heads.contexts.texts,
      strings: this.strings.texts,
      issues: this.issues,
    };
  }

  /** Reads the lines that begin in text[0, limit); returns where the next one begins. */
  private readLines(text: string, limit: number): number {
    let at = 0;
    while (at < limit) {
      let end = text.indexOf("\n", at);
      end = end < 0 ? text.length : end;
      this.line += 1;
      const { line } = this;
      end = this.continuation(text, end);
      if (text.charCodeAt(at) !== HASH) {
        this.readLine(text, at, trimEnd(text, at, end), line);
      }
      at = end + 1;
    }
    return at;
  }

  /** Unnamed CMA areas are called "cma0\n" by the kernel: then the fields after the name stand on the next line. */
  private continuation(text: string, end: number): number {
    const next = end + 1;
    if (
      text.charCodeAt(next) !== SPACE ||
      !(text.startsWith(" pfn=", next) || text.startsWith(" count=", next))
    ) {
      return end;
    }
    this.line += 1;
    const further = text.indexOf("\n", next);
    return further < 0 ? text.length : further;
  }

  private readLine(text: string, start: number, end: number, line: number): void {
    if (end <= start) {
      return;
    }
    const head = this.heads.scan(text, start, end);
    if (head === undefined) {
      this.unreadable(text, start, end, line);
      return;
    }
    head.line = line;
    this.mergeLab(this.standardSeen);
    this.standardSeen += 1;
    this.standardCount += 1;
    this.addEvent(text, this.heads.eventStart, this.heads.eventEnd, this.heads.fieldsStart, end, head, false);
  }

  private unreadable(text: string, start: number, end: number, line: number): void {
    const said = text.slice(start, Math.min(end, start + 120));
    if (said.startsWith("CPU:") && said.includes("LOST")) {
      const number = said
        .split(" ")
        .map(Number)
        .find((value) => value > 0);
      this.lostEvents += number ?? 1;
      this.issue("warning", this.file, line, `the kernel lost events here (${said.trim()})`);
      return;
    }
    this.mergeLab(this.standardSeen);
    this.standardSeen += 1;
    this.issue("error", this.file, line, `${quote(said, 60)} is not a trace event and was left out`);
  }

  /** Adds the LAB lines that belong before standard event `before`. */
  private mergeLab(before: number): void {
    while (this.lab.nextIndex <= before) {
      const line: LabLine = this.lab.take();
      const head = this.heads.labHead(line);
      if (before === THE_END && line.index > this.standardSeen) {
        const message = `IDX ${line.index}, but the trace has only ${this.standardSeen} events`;
        this.issue("warning", this.labFile, line.line, message);
      }
      this.labCount += 1;
      const { text, textStart, wordEnd, end } = line;
      this.addEvent(text, textStart, wordEnd, wordEnd, end, head, true);
    }
  }

  private addEvent(
    text: string,
    nameStart: number,
    nameEnd: number,
    fieldsStart: number,
    end: number,
    head: EventHead,
    lab: boolean,
  ): void {
    const name = text.slice(nameStart, nameEnd);
    const known = (lab ? LAB_LAYOUTS : STANDARD_LAYOUTS).get(name);
    this.place = { file: lab ? this.labFile : this.file, line: head.line, event: name };
    const layout =
      known ?? this.learn(lab ? TraceKind.LAB_OTHER : TraceKind.OTHER, name, text, fieldsStart, end);
    if (layout !== undefined) {
      this.scanner.scan(text, fieldsStart, end, layout, this.complain);
      this.columns.add(layout.kind, this.layoutIndex(layout), layout.slots, head);
    }
  }

  /** The layout of an event that is not in the tables; the first line of each shape is announced. */
  private learn(
    kind: TraceKind,
    event: string,
    text: string,
    from: number,
    end: number,
  ): TraceLayout | undefined {
    const key = `${kind} ${event}`;
    const candidates = this.learnt.get(key) ?? [];
    this.learnt.set(key, candidates);
    const fitting = candidates.find((candidate) => fitsLayout(candidate, text, from, end));
    if (fitting !== undefined) {
      return fitting;
    }
    if (candidates.length === 0) {
      const what = isLab(kind) ? `LAB kind "${event}"` : `event "${event}"`;
      const severity = isLab(kind) ? "warning" : "info";
      this.issue(
        severity,
        this.place.file,
        this.place.line,
        `unknown ${what}: its fields are kept as they come`,
      );
    }
    if (this.learntCount === MAX_LEARNT) {
      const message = `more than ${MAX_LEARNT} shapes of unknown events: "${event}" was left out`;
      this.issue("warning", this.place.file, this.place.line, message);
      return undefined;
    }
    const layout = learnLayout(kind, event, text, from, end);
    this.learntCount += 1;
    candidates.push(layout);
    return layout;
  }

  private layoutIndex(layout: TraceLayout): number {
    let index = this.layoutIndexes.get(layout);
    if (index === undefined) {
      index = this.layouts.push(layout) - 1;
      this.layoutIndexes.set(layout, index);
    }
    return index;
  }

  private issue(severity: CaptureIssue["severity"], file: string, line: number, message: string): void {
    const kind = severity === "info" ? message : `${severity} ${file} ${this.place.event}`;
    this.sink.add(kind, { severity, file, line, message });
  }
}

function trimEnd(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && (text.charCodeAt(at - 1) === SPACE || text.charCodeAt(at - 1) === RETURN)) {
    at -= 1;
  }
  return at;
}
