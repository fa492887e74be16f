// Knows: the command `pageblock replay`: which kind of replay a capture allows, and how its result is shown.
// Must not know: how a replay works.

import { append } from "../engine/extent.js";
import type { CoreBuild } from "../engine/load.js";
import type { Capture } from "../importers/capture/capture.js";
import { readCaptureDirectory } from "../importers/capture/node.js";
import { TraceKind } from "../importers/capture/trace/kinds.js";
import { CaptureError, type CaptureIssue, formatIssue } from "../importers/errors.js";
import { isExact, type ReplayResult } from "../replay/result.js";
import { ScriptedReplay } from "../replay/scripted.js";
import { StandardReplay, type StandardResult } from "../replay/standard.js";
import { TracedReplay } from "../replay/traced.js";
import { formatCount, formatShare } from "../report/index.js";
import { ExitCode } from "./exit.js";
import { progressBar } from "./progress.js";
import { err, out, outJson } from "./terminal.js";

export interface ReplayOptions {
  readonly json?: boolean;
  readonly standard?: boolean;
  readonly core?: CoreBuild;
}

const RECLAIM = new Set([
  TraceKind.MM_VMSCAN_DIRECT_RECLAIM_BEGIN,
  TraceKind.MM_VMSCAN_KSWAPD_WAKE,
  TraceKind.MM_COMPACTION_BEGIN,
]);

/** A script decides everything only while nothing reclaims or compacts behind its back. */
function isReclaimed(capture: Capture): boolean {
  return capture.trace?.kind.some((kind) => RECLAIM.has(kind)) ?? false;
}

function hasLab(capture: Capture): boolean {
  return (capture.trace?.labCount ?? 0) > 0;
}

async function replayExactly(capture: Capture, core: CoreBuild): Promise<ReplayResult> {
  const { ops, trace } = capture;
  if (ops !== undefined && !(isReclaimed(capture) && hasLab(capture))) {
    const bar = progressBar("replaying", ops.length, "operations");
    try {
      return await new ScriptedReplay(capture, ops, { core }).run((done) => bar.update(done));
    } finally {
      bar.stop();
    }
  }
  if (trace !== undefined && hasLab(capture)) {
    const bar = progressBar("replaying", trace.length, "events");
    try {
      return await TracedReplay.run(capture, trace, { core }, (done) => bar.update(done));
    } finally {
      bar.stop();
    }
  }
  throw new CaptureError({
    file: capture.name,
    problem: "there is nothing to replay exactly",
    expected: "ops.csv, or trace.txt with trace_lab.txt (trace.txt alone: --standard)",
  });
}

async function replayStandard(capture: Capture, core: CoreBuild): Promise<StandardResult> {
  const { trace } = capture;
  if (trace === undefined) {
    throw new CaptureError({
      file: capture.name,
      problem: "there is no trace.txt",
      expected: "standard tracepoints to follow",
    });
  }
  const bar = progressBar("following", trace.length, "events");
  try {
    return await StandardReplay.run(capture, trace, { core }, (done) => bar.update(done));
  } finally {
    bar.stop();
  }
}

/** The keys of --json. */
export function replayJson(result: ReplayResult): Record<string, unknown> {
  const { capture, kernel, operations, agreeing, firstDisagreement } = result;
  const { dumpsCompared, dumpsEqual, finalStateEqual, nsPerOperation } = result;
  return {
    capture,
    kernel,
    operations,
    compared: result.compared,
    agreeing,
    firstDisagreement,
    dumpsCompared,
    dumpsEqual,
    finalStateEqual,
    nsPerOperation: Math.round(nsPerOperation * 10) / 10,
  };
}

/** A few lines for a person. */
export function describeReplay(result: ReplayResult): string {
  const lines = [
    `capture            ${result.capture}`,
    `kernel             ${result.kernel}`,
    `operations         ${formatCount(result.operations)}`,
    `results equal      ${formatCount(result.agreeing)} of ${formatCount(result.compared)}` +
      ` (${formatShare(result.agreeing, result.compared)})`,
    `dumps equal        ${result.dumpsEqual} of ${result.dumpsCompared} (every list in order, counters, types, flags)`,
    `final state        ${result.finalStateEqual ? "equal" : "DIFFERENT"}`,
    `time in the core   ${result.nsPerOperation.toFixed(0)} ns per operation`,
  ];
  const wrong = result.firstDisagreement;
  if (wrong === null) return `${lines.join("\n")}\nEXACT\n`;
  append(lines, [
    "",
    `FIRST DISAGREEMENT at operation ${wrong.operation} (${wrong.file}:${wrong.line})`,
    `  ${wrong.what}`,
    `  expected ${wrong.expected}`,
    `  got      ${wrong.got}`,
    ...(wrong.around.length > 0
      ? ["", "around it, before the operation:", ...wrong.around.map((line) => `  ${line}`)]
      : []),
  ]);
  return `${lines.join("\n")}\n`;
}

function describeStandard(result: StandardResult): string {
  const { missed } = result;
  return `${[
    `capture            ${result.capture}`,
    `kernel             ${result.kernel}`,
    `allocations        ${formatCount(result.allocations)}`,
    `frames foreseen    ${formatCount(result.predicted)} (${(result.share * 100).toFixed(3)} %)`,
    `missed             ${missed.hiddenBulk} behind bulk allocations, ${missed.elsewhere} elsewhere, ` +
      `${missed.held} held, ${missed.failed} failed`,
    `unseen             ${result.unseenAllocations} allocations that no tracepoint shows`,
  ].join("\n")}\n`;
}

/** Shows what is odd about a capture, all of it; answers how much makes it unusable. */
function reportIssues(issues: readonly CaptureIssue[]): number {
  for (const issue of issues) {
    if (issue.severity !== "info") err(`${formatIssue(issue)}\n`);
  }
  return issues.filter(({ severity }) => severity === "error").length;
}

/** Replays what the capture allows. @throws CaptureError when it contradicts itself; each contradiction is shown first */
export async function judgeCapture(capture: Capture, core: CoreBuild): Promise<ReplayResult> {
  refuseContradictions(capture);
  return replayExactly(capture, core);
}

function refuseContradictions(capture: Capture): void {
  const wrong = reportIssues(capture.issues);
  if (wrong === 0) return;
  const problem = wrong === 1 ? "1 contradiction" : `${wrong} contradictions`;
  throw new CaptureError({ file: capture.name, problem, expected: "a capture that agrees with itself" });
}

/** Answers the exit code: 0 exact, 1 not. Input errors are thrown. */
export async function runReplay(directory: string, options: ReplayOptions): Promise<ExitCode> {
  const core = options.core ?? "release";
  const capture = readCaptureDirectory(directory);
  if (options.standard) {
    refuseContradictions(capture);
    const result = await replayStandard(capture, core);
    if (options.json) outJson(result);
    else out(describeStandard(result));
    return ExitCode.OK;
  }
  const result = await judgeCapture(capture, core);
  if (options.json) outJson(replayJson(result));
  else out(describeReplay(result));
  return isExact(result) ? ExitCode.OK : ExitCode.DISAGREES;
}
