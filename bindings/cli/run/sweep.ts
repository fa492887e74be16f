// Knows: how the runs of one scenario are done: over threads, with progress and signals; in memory, or kept in a folder
// from which they are gone on with.
// Must not know: options as text, what is printed.

import { availableParallelism } from "node:os";
import { Work } from "../../durable/index.js";
import { clipped, printable } from "../../engine/quoted.js";
import type { Scene } from "../../report/answer/index.js";
import type { RunResult } from "../../scenario/result.js";
import { type Scenario, scenarioDigest } from "../../scenario/scenario.js";
import { planSweep, type RunEnd, type RunFailure, runTasks, type SweepOptions } from "../../sweep/index.js";
import { runSweepInThreads, withThreads } from "../../sweep/node.js";
import { coreDigest } from "../identity.js";
import { packageVersion } from "../package_files.js";
import { progressBar } from "../progress.js";
import { firstFailure, sceneOf } from "../scene.js";
import { INTERRUPTS, withSignals } from "../signals.js";
import { keyOf, type Origin, runFailure, writeRunFiles } from "./files.js";

/** What has come of all runs; results may lie in a file, and are read one at a time. */
export interface RunsDone {
  readonly results: Iterable<RunResult>;
  readonly finished: number;
  readonly failures: readonly RunFailure[];
  /** Neither finished nor failed: interrupted. */
  readonly missing: number;
  /** What the engine in a page runs again. */
  readonly scene?: Scene | undefined;
}

export interface Keeping {
  readonly folder: string;
  readonly resume: boolean;
  readonly origin: Origin;
  /** A preset that stands instead of the scenario's device. */
  readonly device?: string | undefined;
}

const PARTS = 1000;

/** The first Ctrl-C, SIGTERM or SIGHUP ends the runs and keeps what is finished; the second one ends the program. */
async function watched<T>(
  scenario: Scenario,
  work: (signal: AbortSignal, onProgress: (done: number, total: number) => void) => Promise<T>,
): Promise<T> {
  const bar = progressBar(printable(`running ${clipped(scenario.name)}`).replaceAll("\n", " "), PARTS, "");
  try {
    return await withSignals(INTERRUPTS, (signal) =>
      work(signal, (done, total) => bar.update(Math.floor((done / total) * PARTS))),
    );
  } finally {
    bar.stop();
  }
}

export async function runInMemory(
  scenario: Scenario,
  options: SweepOptions,
  jobs: number = availableParallelism(),
): Promise<RunsDone> {
  const { results, failures, missing } = await watched(scenario, (signal, onProgress) =>
    runSweepInThreads(scenario, { ...options, jobs, signal, onProgress }),
  );
  return { results, finished: results.length, failures, missing };
}

/**
 * Every finished run is on the disk before the next one of its thread begins; files are built from there. `use` sees the
 * results while the folder is open.
 */
export async function runKept(
  scenario: Scenario,
  options: SweepOptions,
  jobs: number = availableParallelism(),
  { folder, resume, origin, device }: Keeping,
  use: (done: RunsDone) => void,
): Promise<RunsDone> {
  const tasks = planSweep(scenario, options);
  const keys = tasks.map(({ policy, seed }) => keyOf(policy.name, seed));
  const identity = {
    work: "run",
    version: packageVersion(),
    core: await coreDigest(options.core ?? "release"),
    scenario: scenarioDigest(scenario),
    untilNs: tasks[0]?.untilNs ?? scenario.durationNs,
  };
  // Signals are heard before the journal is there: from then on nothing ends without its files.
  return await watched(scenario, async (signal, onProgress) => {
    using work = Work.begin<RunResult>(folder, { resume, identity });
    const open = new Set(work.todo(keys));
    const todo = tasks.filter((_, i) => open.has(keys[i] ?? ""));
    const threads = Math.max(1, Math.min(jobs, todo.length));
    const onEnd = (at: number, end: RunEnd) => {
      const task = todo[at];
      if (task !== undefined) work.keep(keyOf(task.policy.name, task.seed), end);
    };
    if (todo.length > 0)
      await withThreads(threads, options, (runner) =>
        runTasks(todo, threads, runner, { onProgress, signal, onEnd }),
      );
    const finishedTasks = tasks.filter((_, i) => work.done([keys[i] ?? ""]).length > 0);
    const failure = firstFailure(work.results(keys));
    const task =
      finishedTasks.find(({ policy, seed }) => policy.name === failure?.policy && seed === failure.seed) ??
      finishedTasks[0];
    const text = origin.source;
    const scene =
      task === undefined || signal.aborted
        ? undefined
        : await sceneOf({ ...task, text, device, core: options.core }, { timeNs: failure?.endNs });
    writeRunFiles(folder, scenario, work, keys, { ...origin, scene });
    const failures = work.failures(keys).map(runFailure);
    const finished = work.done(keys).length;
    if (finished === keys.length) work.finish();
    const missing = keys.length - finished - failures.length;
    const done = { results: work.results(keys), finished, failures, missing, scene };
    use(done);
    return done;
  });
}
