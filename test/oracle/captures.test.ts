// Knows: that every capture of a real kernel is replayed exactly: each result, each dump, the final state, by the release
// and by the checked core.
// Must not know: how a replay works. Which replay a capture gets follows from its content, never from its name.

import { afterAll, describe, expect, it, type TestContext } from "vitest";
import type { CoreBuild } from "../../bindings/engine/load.js";
import type { Capture } from "../../bindings/importers/capture/capture.js";
import { readCaptureDirectory } from "../../bindings/importers/capture/node.js";
import { CaptureError } from "../../bindings/importers/errors.js";
import type { ReplayResult } from "../../bindings/replay/result.js";
import { ScriptedReplay } from "../../bindings/replay/scripted.js";
import { StandardReplay } from "../../bindings/replay/standard.js";
import { TracedReplay } from "../../bindings/replay/traced.js";
import { EXAMPLE, isReclaimed, isScript, sharedCaptures, tracesCma, usesCma } from "../support/captures.js";

const BUILDS: readonly CoreBuild[] = ["release", "checked"];
/** Of the frames that a workload was given, how many the standard tracepoints alone let the machine foresee. */
const LEAST_SHARE = 0.99;

const captures = sharedCaptures();
const scripts = captures.filter(({ path }) => isScript(path));
const rows: string[] = [];

/** A replay that refuses because something is not modelled yet is skipped, visibly; every other error fails. */
async function orSkip(context: TestContext, replay: () => Promise<ReplayResult>): Promise<ReplayResult> {
  try {
    return await replay();
  } catch (error) {
    if (error instanceof CaptureError && error.message.includes("is not modelled yet"))
      context.skip(error.message);
    throw error;
  }
}

function note(name: string, core: CoreBuild, result: ReplayResult): void {
  rows.push(
    `  ${name}, ${core}: ${result.agreeing} of ${result.compared} results, ${result.dumpsEqual} of ${result.dumpsCompared}` +
      ` dumps, ${result.nsPerOperation.toFixed(0)} ns/op`,
  );
}

/** @param mids dumps between the first and the last; the last, the final state, counts as one more */
function expectExact(result: ReplayResult, mids: number): void {
  expect(result.firstDisagreement).toBeNull();
  expect(result.agreeing).toBe(result.compared);
  expect(result.dumpsCompared).toBe(mids + 1);
  expect(result.dumpsEqual).toBe(mids + 1);
  expect(result.finalStateEqual).toBe(true);
}

/** Every row, every dump, the final state. */
async function replayScript(context: TestContext, capture: Capture): Promise<void> {
  const { ops } = capture;
  if (ops === undefined) throw new Error(`${capture.name} has no script`);
  for (const core of BUILDS) {
    const result = await orSkip(context, () => new ScriptedReplay(capture, ops, { core }).run());
    expectExact(result, capture.mids.length);
    expect(result.operations).toBe(ops.length);
    expect(result.compared).toBeGreaterThan(ops.length / 4);
    note(capture.name, core, result);
  }
}

/** Every event of the trace and its LAB lines, the final state. */
async function replayTrace(context: TestContext, capture: Capture): Promise<void> {
  const { trace } = capture;
  if (trace === undefined || trace.labCount === 0)
    return context.skip("neither a script alone nor LAB lines decide it");
  for (const core of BUILDS) {
    const result = await orSkip(context, () => TracedReplay.run(capture, trace, { core }));
    expectExact(result, capture.mids.length);
    expect(result.compared).toBeGreaterThan(1000);
    note(capture.name, core, result);
  }
}

/** With the standard tracepoints alone; CMA requests are not followed that way. */
async function foresee(capture: Capture): Promise<void> {
  const { trace } = capture;
  if (trace === undefined || tracesCma(capture)) return;
  const { share, allocations } = await StandardReplay.run(capture, trace);
  rows.push(
    `  ${capture.name}, standard tracepoints alone: ${(share * 100).toFixed(3)} % of ${allocations} frames foreseen`,
  );
  expect(allocations).toBeGreaterThan(1000);
  expect(share).toBeGreaterThanOrEqual(LEAST_SHARE);
}

describe("the example that the package ships", () => {
  it("is replayed exactly", async (context) => {
    await replayScript(context, readCaptureDirectory(EXAMPLE));
  });
});

describe.skipIf(captures.length === 0)("scripts run on a real kernel", () => {
  it.for(scripts)("$name", async ({ path }, context) => {
    const capture = readCaptureDirectory(path);
    expect(capture.issues).toEqual([]);
    if (!isReclaimed(capture)) return replayScript(context, capture);
    await replayTrace(context, capture);
    await foresee(capture);
  });

  it("some use CMA, some do not, some reclaim", () => {
    const kinds = scripts.map(({ path }) => {
      const capture = readCaptureDirectory(path, { check: false });
      if (isReclaimed(capture)) return "reclaims";
      return capture.ops !== undefined && usesCma(capture.ops) ? "cma" : "plain";
    });
    expect([...new Set(kinds)].sort()).toEqual(["cma", "plain", "reclaims"]);
  });
});

describe.skipIf(captures.length === 0)("workloads of user programs on a real kernel", () => {
  const workloads = captures.filter((capture) => !scripts.includes(capture));

  it.for(workloads)("$name", async ({ path }, context) => {
    const capture = readCaptureDirectory(path);
    expect(capture.issues).toEqual([]);
    await replayTrace(context, capture);
    await foresee(capture);
  });
});

afterAll(() => {
  process.stdout.write(`${rows.join("\n")}\n`);
});
