// Knows: how a trace of a million events is held in memory: columns, one pool of field values, interned texts.
// Must not know: the text of a trace (see trace.ts), what the events mean.
//
// About 70 bytes an event. Event i has its fields at args[argStart[i]] .. in the order of layouts[layout[i]].

import { CallError } from "../../../engine/errors.js";
import type { CaptureIssue } from "../../errors.js";
import { isLab, type TraceKind, type TraceLayout } from "./kinds.js";

/** counter: time is the number of the event (gaps are normal). seconds: time is in nanoseconds since boot. */
export type TraceClock = "counter" | "seconds";

/** A task that events name. */
export interface TraceTask {
  /** Its name. */
  comm: string;
  /** Its number. */
  pid: number;
}

/** Standard events and LAB lines in one order. */
export interface CaptureTrace {
  /** Events, of both kinds. */
  length: number;
  /** Standard tracepoints among the events. */
  standardCount: number;
  /** LAB lines among the events. */
  labCount: number;
  /** What `time` counts. */
  clock: TraceClock;
  /** Events that the kernel says it lost ("LOST n EVENTS"); 0 for a complete trace. */
  lostEvents: number;
  /** TraceKind. */
  kind: Uint8Array;
  /** Index into layouts. */
  layout: Uint16Array;
  /** 1-based line in trace.txt, or in trace_lab.txt for LAB lines. */
  line: Uint32Array;
  /** CPU of each event. */
  cpu: Uint16Array;
  /** Index into tasks. */
  task: Uint32Array;
  /** Index into contexts. */
  context: Uint16Array;
  /** See clock. */
  time: Float64Array;
  /** Index into args. */
  argStart: Uint32Array;
  /** Field values; NaN: absent. See FieldType for what they hold. */
  args: Float64Array;
  /** Names and fields of the kinds of events that occur. */
  layouts: readonly TraceLayout[];
  /** Tasks that occur. */
  tasks: readonly TraceTask[];
  /** The flags column: irqs-off, need-resched, hardirq/softirq, preempt-depth, migrate-disable. */
  contexts: readonly string[];
  /** Texts of fields of type text. */
  strings: readonly string[];
  /** Lines that could not be taken as they stood. */
  issues: CaptureIssue[];
}

/** One event as an object: for reports and tests; loops over a whole trace use the columns. */
export interface TraceEvent {
  /** What happened. */
  kind: TraceKind;
  /** `mm_page_alloc`; LAB lines as `LAB:refill`. */
  name: string;
  /** 1-based line in trace.txt, or in trace_lab.txt for LAB lines. */
  line: number;
  /** Where it happened. */
  cpu: number;
  /** Name of the task. */
  comm: string;
  /** Its number. */
  pid: number;
  /** The flags column of the line. */
  context: string;
  /** When, in the trace's clock. */
  time: number;
  /** By the names that the kernel prints; what is absent is not there. */
  fields: Record<string, number | string>;
}

/** One event as an object. @throws CallError when there is no such event */
export function traceEvent(trace: CaptureTrace, index: number): TraceEvent {
  if (!(index >= 0 && index < trace.length)) {
    throw new CallError(`event ${index} of ${trace.length}`);
  }
  const layout = trace.layouts[trace.layout[index] as number] as TraceLayout;
  const task = trace.tasks[trace.task[index] as number] as TraceTask;
  const fields: Record<string, number | string> = {};
  for (const { name, type, slot } of layout.fields) {
    const value = slot < 0 ? Number.NaN : (trace.args[(trace.argStart[index] as number) + slot] as number);
    if (!Number.isNaN(value)) {
      fields[name] = type === "text" ? (trace.strings[value] as string) : value;
    }
  }
  return {
    kind: layout.kind,
    name: eventName(layout),
    line: trace.line[index] as number,
    cpu: trace.cpu[index] as number,
    comm: task.comm,
    pid: task.pid,
    context: trace.contexts[trace.context[index] as number] as string,
    time: trace.time[index] as number,
    fields,
  };
}

/** The events [from, to) as objects. */
export function* traceEvents(trace: CaptureTrace, from = 0, to = trace.length): Generator<TraceEvent> {
  for (let index = from; index < to; index++) {
    yield traceEvent(trace, index);
  }
}

function eventName(layout: TraceLayout): string {
  return isLab(layout.kind) ? `LAB:${layout.event}` : layout.event;
}

/** How many events of each name; LAB lines as `LAB:refill`. */
export function countEvents(trace: CaptureTrace): Record<string, number> {
  const perLayout = new Float64Array(trace.layouts.length);
  for (const layout of trace.layout) {
    perLayout[layout] = (perLayout[layout] as number) + 1;
  }
  const counts: Record<string, number> = {};
  for (const [index, count] of perLayout.entries()) {
    if (count > 0) {
      const name = eventName(trace.layouts[index] as TraceLayout);
      counts[name] = (counts[name] ?? 0) + count;
    }
  }
  return counts;
}

/**
 * A copy that shares nothing with `text`. Engines let a piece of a text keep the whole text alive: without this
 * one command name would hold on to 80 MB of trace.
 */
export function detach(text: string): string {
  return ` ${text}`.slice(1);
}

/** Texts by number: each distinct text once. */
export class Interner {
  readonly texts: string[] = [];
  private readonly indexes = new Map<string, number>();

  index(text: string): number {
    const known = this.indexes.get(text);
    if (known !== undefined) {
      return known;
    }
    const own = detach(text);
    const index = this.texts.push(own) - 1;
    this.indexes.set(own, index);
    return index;
  }
}

/** What an event's line says before its fields. */
export interface EventHead {
  line: number;
  cpu: number;
  task: number;
  context: number;
  time: number;
}

const FIRST_CAPACITY = 1 << 14;

/** The columns while they grow. */
export class ColumnBuilder {
  length = 0;
  /** Values in use. */
  argCount = 0;
  args = new Float64Array(FIRST_CAPACITY * 4);
  private kind = new Uint8Array(FIRST_CAPACITY);
  private layout = new Uint16Array(FIRST_CAPACITY);
  private line = new Uint32Array(FIRST_CAPACITY);
  private cpu = new Uint16Array(FIRST_CAPACITY);
  private task = new Uint32Array(FIRST_CAPACITY);
  private context = new Uint16Array(FIRST_CAPACITY);
  private time = new Float64Array(FIRST_CAPACITY);
  private argStart = new Uint32Array(FIRST_CAPACITY);

  /** Makes room for the values of one event, all absent, and returns where they begin. They become its own by add(). */
  reserve(slots: number): number {
    const start = this.argCount;
    if (start + slots > this.args.length) {
      this.args = grown(this.args, new Float64Array(this.args.length * 2));
    }
    this.args.fill(Number.NaN, start, start + slots);
    return start;
  }

  add(kind: TraceKind, layout: number, slots: number, head: EventHead): void {
    const at = this.length;
    if (at === this.kind.length) {
      this.grow();
    }
    this.kind[at] = kind;
    this.layout[at] = layout;
    this.line[at] = head.line;
    this.cpu[at] = head.cpu;
    this.task[at] = head.task;
    this.context[at] = head.context;
    this.time[at] = head.time;
    this.argStart[at] = this.argCount;
    this.argCount += slots;
    this.length += 1;
  }

  private grow(): void {
    const capacity = this.kind.length * 2;
    this.kind = grown(this.kind, new Uint8Array(capacity));
    this.layout = grown(this.layout, new Uint16Array(capacity));
    this.line = grown(this.line, new Uint32Array(capacity));
    this.cpu = grown(this.cpu, new Uint16Array(capacity));
    this.task = grown(this.task, new Uint32Array(capacity));
    this.context = grown(this.context, new Uint16Array(capacity));
    this.time = grown(this.time, new Float64Array(capacity));
    this.argStart = grown(this.argStart, new Uint32Array(capacity));
  }

  /** The columns cut to their length. */
  columns(): Pick<
    CaptureTrace,
    "length" | "kind" | "layout" | "line" | "cpu" | "task" | "context" | "time" | "argStart" | "args"
  > {
    const { length } = this;
    return {
      length,
      kind: this.kind.slice(0, length),
      layout: this.layout.slice(0, length),
      line: this.line.slice(0, length),
      cpu: this.cpu.slice(0, length),
      task: this.task.slice(0, length),
      context: this.context.slice(0, length),
      time: this.time.slice(0, length),
      argStart: this.argStart.slice(0, length),
      args: this.args.slice(0, this.argCount),
    };
  }
}

function grown<Column extends Uint8Array | Uint16Array | Uint32Array | Float64Array>(
  old: Column,
  bigger: Column,
): Column {
  bigger.set(old);
  return bigger;
}
