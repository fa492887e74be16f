// Knows: the columns of trace_lab.txt: IDX, comm-pid, cpu, flags, timestamp, text, separated by tabs.
// Must not know: which kinds of text there are, the events between which the lines belong.

import { CallError } from "../../../engine/errors.js";
import { scanInteger } from "../numbers.js";

/** One line, taken apart but not copied; positions are in `text`. */
export interface LabLine {
  text: string;
  /** 1-based. */
  line: number;
  /** The line belongs before the standard event of this number. */
  index: number;
  taskStart: number;
  /** The dash between comm and pid. */
  dash: number;
  taskEnd: number;
  cpu: number;
  context: string;
  timeStart: number;
  timeEnd: number;
  /** The text: its first word is the kind. */
  textStart: number;
  wordEnd: number;
  end: number;
}

const TABS = 5;

/** The lines in order; those that cannot be read are reported and left out. */
export class LabReader {
  /** IDX of the line that take() returns next; Infinity: no more. */
  nextIndex = Number.POSITIVE_INFINITY;
  private pending: LabLine | undefined;
  private at = 0;
  private line = 0;
  private lastIndex = 0;

  constructor(
    private readonly text: string,
    private readonly complain: (line: number, message: string) => void,
  ) {
    this.advance();
  }

  take(): LabLine {
    const line = this.pending;
    if (line === undefined) {
      throw new CallError("no LAB line is left");
    }
    this.advance();
    return line;
  }

  private advance(): void {
    const { text } = this;
    this.pending = undefined;
    this.nextIndex = Number.POSITIVE_INFINITY;
    while (this.pending === undefined && this.at < text.length) {
      const start = this.at;
      let end = text.indexOf("\n", start);
      end = end < 0 ? text.length : end;
      this.at = end + 1;
      this.line += 1;
      const stop = end > start && text.charCodeAt(end - 1) === 13 ? end - 1 : end;
      if (stop > start && text.charAt(start) !== "#") {
        this.pending = this.read(start, stop);
      }
    }
    if (this.pending !== undefined) {
      this.nextIndex = this.pending.index;
      this.lastIndex = this.pending.index;
    }
  }

  private read(start: number, end: number): LabLine | undefined {
    const { text } = this;
    const tabs = this.tabs(start, end);
    const [indexEnd, taskEnd, cpuEnd, contextEnd, timeEnd] = tabs as [number, number, number, number, number];
    const index = tabs.length < TABS ? Number.NaN : scanInteger(text, start, indexEnd);
    const dash = text.lastIndexOf("-", taskEnd - 1);
    const cpu = scanInteger(text, taskEnd + 1, cpuEnd);
    const pid = scanInteger(text, dash + 1, taskEnd);
    if (!(index >= 0 && cpu >= 0 && pid >= 0) || dash <= indexEnd) {
      const columns = "IDX, TASK-PID, CPU, FLAGS, TIMESTAMP and TEXT, separated by tabs";
      this.complain(this.line, `the line was left out; expected ${columns}`);
      return undefined;
    }
    if (index < this.lastIndex) {
      this.complain(this.line, `IDX ${index} after IDX ${this.lastIndex}: IDX may not fall`);
    }
    let wordEnd = text.indexOf(" ", timeEnd + 1);
    wordEnd = wordEnd < 0 || wordEnd > end ? end : wordEnd;
    return {
      text,
      line: this.line,
      index: Math.max(index, this.lastIndex),
      taskStart: indexEnd + 1,
      dash,
      taskEnd,
      cpu,
      context: text.slice(cpuEnd + 1, contextEnd),
      timeStart: contextEnd + 1,
      timeEnd,
      textStart: timeEnd + 1,
      wordEnd,
      end,
    };
  }

  /** The first tab and the last four: a command name may hold tabs, nothing else does. */
  private tabs(start: number, end: number): number[] {
    const all: number[] = [];
    for (
      let tab = this.text.indexOf("\t", start);
      tab >= 0 && tab < end;
      tab = this.text.indexOf("\t", tab + 1)
    ) {
      all.push(tab);
    }
    return all.length > TABS ? [all[0] as number, ...all.slice(-(TABS - 1))] : all;
  }
}
