// Knows: which files make a capture, how they fit together, and what to compare between them.
// Must not know: where the files are (a caller hands over their texts), the engine.

import { append } from "../../engine/extent.js";
import { checkState } from "../../state/check.js";
import { type CaptureFamily, captureFamily, kernelFamily } from "../../state/family.js";
import { placeOf } from "../../state/origin.js";
import type { MachineState } from "../../state/types.js";
import { CaptureError, type CaptureIssue } from "../errors.js";
import { parseStateDumps } from "./dump/dump.js";
import { type CaptureMeta, checkTraceStats, parseMeta } from "./meta.js";
import { CaptureOp, type CaptureOps, parseOps } from "./script/ops.js";
import { type CaptureTrace, countEvents } from "./trace/columns.js";
import { eraOfClasses, type GfpClass, parseGfpClasses } from "./trace/gfp_classes.js";
import type { GfpEra } from "./trace/gfp_names.js";
import { TraceBuilder } from "./trace/trace.js";

/** The texts of a capture, by name (`state_before.txt`): a directory, a map, a drop zone. */
export interface CaptureFiles {
  /** undefined: there is no such file. */
  read(name: string): string | undefined;
  /** The same in pieces, for texts longer than a string can be. */
  chunks?(name: string): Iterable<string> | undefined;
  /** How messages call the file; its plain name when absent. */
  label?(name: string): string;
  /** How messages call the whole; the capture's name when absent. */
  readonly where?: string;
}

/** What is read of a capture; everything by default. */
export interface CaptureOptions {
  /** false: leave trace.txt and trace_lab.txt unread. */
  trace?: boolean;
  /** false: leave ops.csv unread. */
  ops?: boolean;
  /** false: do not look for contradictions inside the states. */
  check?: boolean;
}

/** What one run of a real kernel left: its states, what happened between them, and who asked. */
export interface Capture {
  /** Name of the directory, or what the caller calls it. */
  name: string;
  /** `uname -r`: 6.12.117-lab. */
  kernel: string;
  /** What its kernel and machine look like. */
  family: CaptureFamily;
  /** How symbolic gfp flags are to be read. */
  gfpEra: GfpEra;
  /** The state before the first operation. */
  before: MachineState;
  /** The state after the last one. */
  after: MachineState;
  /** One per `dump` row of ops, in order. */
  mids: MachineState[];
  /** Scripted captures. */
  ops?: CaptureOps;
  /** Captures with a trace. */
  trace?: CaptureTrace;
  /** Rows of gfp_classes.txt; empty without it. */
  gfpClasses: GfpClass[];
  /** meta.json, where there is one. */
  meta?: CaptureMeta;
  /** What could not be taken as it stood. */
  issues: CaptureIssue[];
}

const STATE_BEFORE = "state_before.txt";
const STATE_AFTER = "state_after.txt";
const STATE_MID = "state_mid.txt";
const OPS = "ops.csv";
const TRACE = "trace.txt";
const TRACE_LAB = "trace_lab.txt";
const GFP_CLASSES = "gfp_classes.txt";
const META = "meta.json";
const TRACE_STATS = "trace_stats.txt";

/** A capture whose files are already in memory. */
export function filesOf(texts: Readonly<Record<string, string>>): CaptureFiles {
  return { read: (name) => (Object.hasOwn(texts, name) ? texts[name] : undefined) };
}

/**
 * Reads a capture. Throws CaptureError when a state or the script cannot be read, or when the files are not of one
 * run; whatever else is odd (unknown fields, a damaged trace line, a count that disagrees) is an issue.
 */
export function loadCapture(name: string, files: CaptureFiles, options: CaptureOptions = {}): Capture {
  const issues: CaptureIssue[] = [];
  const label = (file: string): string => files.label?.(file) ?? file;
  const before = readState(name, files, STATE_BEFORE, issues);
  const after = readState(name, files, STATE_AFTER, issues);
  const midText = files.read(STATE_MID);
  const mids = midText === undefined ? [] : parseStateDumps(midText, label(STATE_MID), issues);
  for (const state of [...mids, after]) {
    checkSameMachine(before, state);
  }
  const classText = files.read(GFP_CLASSES);
  const gfpClasses = classText === undefined ? [] : parseGfpClasses(classText, label(GFP_CLASSES), issues);
  const gfpEra = eraOfClasses(gfpClasses) ?? kernelFamily(before);
  const capture: Capture = {
    name,
    kernel: before.release,
    family: captureFamily(before),
    gfpEra,
    before,
    after,
    mids,
    gfpClasses,
    issues,
  };
  const metaText = files.read(META);
  const meta = metaText === undefined ? undefined : parseMeta(metaText, label(META), issues);
  if (meta !== undefined) {
    capture.meta = meta;
  }
  const opsText = options.ops === false ? undefined : files.read(OPS);
  if (opsText !== undefined) {
    capture.ops = parseOps(opsText, label(OPS), issues);
    checkOps(capture, capture.ops);
  }
  if (options.trace !== false) {
    readTrace(capture, files, label);
  }
  if (options.check !== false) {
    checkStates(capture);
  }
  return capture;
}

function readState(capture: string, files: CaptureFiles, name: string, issues: CaptureIssue[]): MachineState {
  const file = files.label?.(name) ?? name;
  const text = files.read(name);
  if (text === undefined) {
    throw new CaptureError({
      file: files.where ?? capture,
      problem: `not a capture: it has no ${name}`,
      expected: `${STATE_BEFORE}, ${STATE_AFTER} and what happened between them (plain or gzip)`,
    });
  }
  const states = parseStateDumps(text, file, issues);
  const [state, second] = states;
  if (state === undefined || second !== undefined) {
    throw new CaptureError({
      file,
      line: second?.origin?.line,
      problem: `${states.length} state dumps`,
      expected: "one",
    });
  }
  return state;
}

/** The dumps of one capture are of one boot: same kernel, geometry, zones and areas. */
function checkSameMachine(before: MachineState, state: MachineState): void {
  for (const [what, of] of MACHINE) {
    if (of(before) !== of(state)) {
      throw new CaptureError({
        ...placeOf(state),
        problem: `the dump "${state.origin?.tag}" is of another machine than ${before.origin?.file}: ${what} is ${of(state)}`,
        expected: of(before),
      });
    }
  }
}

const MACHINE: readonly (readonly [string, (state: MachineState) => string])[] = [
  ["release", (state) => state.release],
  [
    "page_shift/max_page_order/pageblock_order",
    ({ constants }) =>
      `${constants["page_shift"]}/${constants["max_page_order"]}/${constants["pageblock_order"]}`,
  ],
  ["cpus", (state) => state.cpus.join(" ")],
  ["zones", (state) => state.zones.map((zone) => `${zone.name} ${zone.start}+${zone.spanned}`).join(", ")],
  ["areas", (state) => state.areas.map((area) => `${area.name} ${area.basePfn}+${area.count}`).join(", ")],
];

function checkOps(capture: Capture, ops: CaptureOps): void {
  const { meta, mids, issues } = capture;
  if (meta?.ops !== undefined && meta.ops !== ops.length) {
    const message = `${ops.length} rows, but meta.json counts ${meta.ops}: the file was cut or changed`;
    issues.push({ severity: "error", file: ops.file, line: undefined, message });
  }
  const dumps = ops.op.reduce((count, op) => count + (op === CaptureOp.DUMP ? 1 : 0), 0);
  if (dumps !== mids.length) {
    const message = `${dumps} dump rows, but ${mids.length} dumps in ${STATE_MID}`;
    issues.push({ severity: "error", file: ops.file, line: undefined, message });
  }
}

function readTrace(capture: Capture, files: CaptureFiles, label: (file: string) => string): void {
  const { issues, gfpEra } = capture;
  const pieces = files.chunks?.(TRACE) ?? [files.read(TRACE)];
  let builder: TraceBuilder | undefined;
  for (const piece of pieces) {
    if (piece !== undefined) {
      const names = { file: label(TRACE), labFile: label(TRACE_LAB) };
      builder ??= new TraceBuilder(files.read(TRACE_LAB), { gfpEra, ...names });
      builder.push(piece);
    }
  }
  if (builder === undefined) {
    if (files.read(TRACE_LAB) !== undefined) {
      const message = `left aside: there is no ${TRACE} between whose events its lines belong`;
      issues.push({ severity: "info", file: label(TRACE_LAB), line: undefined, message });
    }
    return;
  }
  const trace = builder.finish();
  capture.trace = trace;
  append(issues, trace.issues);
  const stats = files.read(TRACE_STATS);
  if (stats !== undefined) {
    checkTraceStats(stats, label(TRACE_STATS), issues);
  }
  checkEventCounts(capture, trace, label(TRACE));
}

function checkEventCounts({ meta, issues }: Capture, trace: CaptureTrace, file: string): void {
  const counted = countEvents(trace);
  for (const [event, expected] of Object.entries(meta?.events ?? {})) {
    const found = counted[event] ?? 0;
    if (found !== expected) {
      const message = `${found} ${event} events, but meta.json counts ${expected}`;
      issues.push({ severity: "error", file, line: undefined, message });
    }
  }
}

function checkStates({ before, mids, after, issues }: Capture): void {
  let last = before.origin;
  for (const { origin } of [...mids, after]) {
    if (origin !== undefined && last !== undefined && origin.seq <= last.seq) {
      const { file, line, seq, tag } = origin;
      const message = `dump "${tag}" has seq=${seq} after seq=${last.seq}: dumps are out of order`;
      issues.push({ severity: "error", file, line, message });
    }
    last = origin;
  }
  for (const state of [before, ...mids, after]) {
    for (const problem of checkState(state)) {
      issues.push({ severity: "error", ...problem });
    }
  }
}
