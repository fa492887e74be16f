// Knows: the text of /sys/kernel/debug/tracing/trace: its head and the columns of a line.
// Must not know: what the events mean, files.
//
// Models: print_trace_header() and trace_print_context() of kernel/trace, 6.1 and 6.12, with the clock in seconds.

import type { Recording } from "./recording.js";
import { type Tracepoint, tracepoints } from "./tracepoints.js";

function head(count: number, written: number, cpus: number): string {
  return [
    "# tracer: nop",
    "#",
    `# entries-in-buffer/entries-written: ${count}/${written}   #P:${cpus}`,
    "#",
    "#                                _-----=> irqs-off/BH-disabled",
    "#                               / _----=> need-resched",
    "#                              | / _---=> hardirq/softirq",
    "#                              || / _--=> preempt-depth",
    "#                              ||| / _-=> migrate-disable",
    "#                              |||| /     delay",
    "#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION",
    "#              | |         |   |||||     |         |",
  ].join("\n");
}

/** Seconds with six digits. */
function seconds(nanoseconds: number): string {
  const microseconds = Math.floor(nanoseconds / 1000);
  const fraction = String(microseconds % 1_000_000).padStart(6, "0");
  return `${String(Math.floor(microseconds / 1_000_000)).padStart(5)}.${fraction}`;
}

/** One line of ftrace's text, without its line end. */
export function ftraceLine({ name, comm, pid, cpu, nanoseconds, locked, fields }: Tracepoint): string {
  const task = `${comm.padStart(16)}-${String(pid).padEnd(7)}`;
  const place = `[${String(cpu).padStart(3, "0")}] ${locked ? "d...." : "....."}`;
  const values = fields.map((field) => `${field.name}=${field.text}`).join(" ");
  return `${task} ${place} ${seconds(nanoseconds)}: ${name}: ${values}`;
}

/** The whole trace in pieces of many lines: a long one need not be one string. */
export function* ftracePieces(recording: Recording, linesAtOnce = 4096): Iterable<string> {
  let count = 0;
  for (const _ of tracepoints(recording)) count += 1;
  const lines: string[] = [head(count, count + recording.lost, recording.cpus)];
  if (recording.lost > 0) lines.push(`CPU:0 [LOST ${recording.lost} EVENTS]`);
  for (const point of tracepoints(recording)) {
    lines.push(ftraceLine(point));
    if (lines.length < linesAtOnce) continue;
    yield `${lines.join("\n")}\n`;
    lines.length = 0;
  }
  if (lines.length > 0) yield `${lines.join("\n")}\n`;
}

/** The whole trace as one text. */
export function toFtrace(recording: Recording): string {
  return [...ftracePieces(recording)].join("");
}
