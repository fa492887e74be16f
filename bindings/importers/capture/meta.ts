// Knows: meta.json (what the makers of a capture counted in it) and trace_stats.txt (what the ring buffer lost).
// Must not know: the files that the counts are of, the file system.

import type { CaptureIssue } from "../errors.js";
import { parseInteger } from "./numbers.js";

/** What meta.json says of a capture. */
export interface CaptureMeta {
  /** Name of the scenario that was run. */
  name: string | undefined;
  /** What it does, in a sentence. */
  description: string | undefined;
  /** Rows of ops.csv. */
  ops: number | undefined;
  /** Rows by operation; failures apart, as `alloc_fail`. Empty: not given. */
  opCounts: Record<string, number>;
  /** Events by name, LAB lines as `LAB:refill`. Empty: not given. */
  events: Record<string, number>;
  /** The whole file. */
  raw: Record<string, unknown>;
}

/** meta.json is a courtesy: what cannot be read of it is a warning. */
export function parseMeta(text: string, file: string, issues: CaptureIssue[]): CaptureMeta | undefined {
  let raw: Record<string, unknown>;
  try {
    raw = asRecord(JSON.parse(text));
  } catch (error) {
    const message = `not JSON, left aside (${error instanceof Error ? error.message : String(error)})`;
    issues.push({ severity: "warning", file, line: undefined, message });
    return undefined;
  }
  return {
    name: asText(raw["name"]),
    description: asText(raw["description"]),
    ops: typeof raw["ops"] === "number" ? raw["ops"] : undefined,
    opCounts: asCounts(raw["op_counts"]),
    events: asCounts(asRecord(raw["set_check"])["events"]),
    raw,
  };
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

function asText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function asCounts(value: unknown): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [key, count] of Object.entries(asRecord(value))) {
    if (typeof count === "number") {
      counts[key] = count;
    }
  }
  return counts;
}

/** `overrun: N` and `dropped events: N` of each CPU: anything but 0 means that the trace has holes. */
export function checkTraceStats(text: string, file: string, issues: CaptureIssue[]): void {
  let line = 0;
  for (const row of text.split("\n")) {
    line += 1;
    const colon = row.indexOf(":");
    const key = row.slice(0, Math.max(colon, 0)).trim();
    const value = parseInteger(row.slice(colon + 1).trim());
    if ((key === "overrun" || key === "dropped events") && value > 0) {
      const message = `${key}: ${value}, so the trace is not complete`;
      issues.push({ severity: "warning", file, line, message });
    }
  }
}
