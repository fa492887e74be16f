// Knows: how ftrace writes who, where and when: `%16s-%-7d [%03d] flags timestamp: event:`.
// Must not know: which events there are, their fields.
//
// A command name may hold blanks, dashes and brackets: `x-1 [0] y-77   [000] ...` is task 77. It has at most 15
// bytes and is padded to 16, so the dash before the pid is the last one up to column 16 that a pid, blanks and [cpu] follow.

import { scanInteger } from "../numbers.js";
import { detach, type EventHead, Interner, type TraceClock, type TraceTask } from "./columns.js";
import type { LabLine } from "./lab.js";

const SPACE = 32;
const DASH = 45;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
const COLON = 58;
const OPEN_ROUND = 40;
const CLOSE_ROUND = 41;
const OPEN = 91;
const CLOSE = 93;

/** Column of the dash in the kernel's format. */
const DASH_COLUMN = 16;
const NANOSECOND_DIGITS = 9;

export class HeadScanner {
  readonly tasks: TraceTask[] = [];
  readonly contexts = new Interner();
  /** Judged by the first timestamp. */
  clock: TraceClock = "counter";
  /** After a successful scan: where the event's name and its fields are. */
  eventStart = 0;
  eventEnd = 0;
  fieldsStart = 0;
  private readonly taskIndexes = new Map<string, number>();
  /** Both are alive at a time: an event's head is scanned before the LAB lines in front of it are added. */
  private readonly head: EventHead = { line: 0, cpu: 0, task: 0, context: 0, time: 0 };
  private readonly headOfLab: EventHead = { line: 0, cpu: 0, task: 0, context: 0, time: 0 };
  private lastTask = "\n";
  private lastTaskIndex = 0;
  private clockKnown = false;
  /** End of the pid found last, and of the bracket of its cpu. */
  private pidEnd = 0;
  private cpuStart = 0;
  private cpuEnd = 0;

  /** The head of the line text[start, end); undefined: no event. The object is reused by the next call. */
  scan(text: string, start: number, end: number): EventHead | undefined {
    const dash = this.findDash(text, start, end);
    if (dash < 0) {
      return undefined;
    }
    const { head } = this;
    let first = start;
    while (first < dash && text.charCodeAt(first) === SPACE) {
      first += 1;
    }
    let at = skipBlanks(text, this.cpuEnd + 1, end);
    let stop = wordEnd(text, at, end);
    let context = "";
    if (text.charCodeAt(stop - 1) !== COLON) {
      context = text.slice(at, stop);
      at = skipBlanks(text, stop, end);
      stop = wordEnd(text, at, end);
    }
    const time = this.time(text, at, stop - 1);
    const name = skipBlanks(text, stop, end);
    const colon = text.indexOf(":", name);
    if (text.charCodeAt(stop - 1) !== COLON || Number.isNaN(time) || colon < 0 || colon >= end) {
      return undefined;
    }
    head.cpu = scanInteger(text, this.cpuStart, this.cpuEnd);
    head.task = this.task(text, first, dash, this.pidEnd);
    head.context = this.contexts.index(context);
    head.time = time;
    this.eventStart = name;
    this.eventEnd = colon;
    this.fieldsStart = colon + 1;
    return head;
  }

  /** The same for a line of trace_lab.txt, whose parts are already separate. */
  labHead({ text, line, taskStart, dash, taskEnd, cpu, context, timeStart, timeEnd }: LabLine): EventHead {
    const head = this.headOfLab;
    head.line = line;
    head.cpu = cpu;
    head.task = this.task(text, taskStart, dash, taskEnd);
    head.context = this.contexts.index(context);
    head.time = this.time(text, timeStart, timeEnd);
    return head;
  }

  private findDash(text: string, start: number, end: number): number {
    const column = Math.min(start + DASH_COLUMN, end - 1);
    for (let at = column; at > start; at--) {
      if (text.charCodeAt(at) === DASH && this.pidFollows(text, at, end)) {
        return at;
      }
    }
    for (let at = column + 1; at < end; at++) {
      if (text.charCodeAt(at) === DASH && this.pidFollows(text, at, end)) {
        return at;
      }
    }
    return -1;
  }

  /** Is text[dash] followed by a pid, blanks, perhaps `( tgid)`, and `[cpu]`? */
  private pidFollows(text: string, dash: number, end: number): boolean {
    const pidEnd = skipDigits(text, dash + 1, end);
    let at = skipBlanks(text, pidEnd, end);
    if (pidEnd === dash + 1 || at === pidEnd) {
      return false;
    }
    if (text.charCodeAt(at) === OPEN_ROUND) {
      while (at < end && text.charCodeAt(at) !== CLOSE_ROUND) {
        at += 1;
      }
      at = skipBlanks(text, at + 1, end);
    }
    const cpuEnd = skipDigits(text, at + 1, end);
    if (text.charCodeAt(at) !== OPEN || cpuEnd === at + 1 || text.charCodeAt(cpuEnd) !== CLOSE) {
      return false;
    }
    this.pidEnd = pidEnd;
    this.cpuStart = at + 1;
    this.cpuEnd = cpuEnd;
    return true;
  }

  /** Index of the task text[start, end) = `comm-pid`; the dash is at `dash`. */
  private task(text: string, start: number, dash: number, end: number): number {
    if (end - start === this.lastTask.length && text.startsWith(this.lastTask, start)) {
      return this.lastTaskIndex;
    }
    this.lastTask = detach(text.slice(start, end));
    let index = this.taskIndexes.get(this.lastTask);
    if (index === undefined) {
      const pid = scanInteger(text, dash + 1, end);
      index = this.tasks.push({ comm: detach(text.slice(start, dash)), pid }) - 1;
      this.taskIndexes.set(this.lastTask, index);
    }
    this.lastTaskIndex = index;
    return index;
  }

  /** `123` (counter) or `2.655908` (seconds, made nanoseconds). */
  private time(text: string, start: number, end: number): number {
    let dot = start;
    while (dot < end && text.charCodeAt(dot) !== DOT) {
      dot += 1;
    }
    if (!this.clockKnown) {
      this.clockKnown = true;
      this.clock = dot < end ? "seconds" : "counter";
    }
    const whole = scanInteger(text, start, dot);
    if (dot === end) {
      return whole;
    }
    const digits = Math.min(NANOSECOND_DIGITS, end - dot - 1);
    const fraction = scanInteger(text, dot + 1, dot + 1 + digits);
    return whole * 1e9 + fraction * 10 ** (NANOSECOND_DIGITS - digits);
  }
}

function skipBlanks(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && text.charCodeAt(at) === SPACE) {
    at += 1;
  }
  return at;
}

function wordEnd(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && text.charCodeAt(at) !== SPACE) {
    at += 1;
  }
  return at;
}

function skipDigits(text: string, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const code = text.charCodeAt(at);
    if (code < ZERO || code > NINE) {
      break;
    }
    at += 1;
  }
  return at;
}
