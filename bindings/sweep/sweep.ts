// Knows: many runs: every seed under every policy, in this thread or wherever a runner runs them; the order of results.
// Must not know: threads (node.ts), files, text.

import type { CoreBuild, CoreSource } from "../engine/load.js";
import type { Policy } from "../policy/index.js";
import type { RunResult } from "../scenario/result.js";
import type { Scenario } from "../scenario/scenario.js";
import { runScenario } from "./run.js";

/** One run of a sweep: plain data. */
export interface RunTask {
  /** What is run. */
  readonly scenario: Scenario;
  /** Under which policy. */
  readonly policy: Policy;
  /** With which seed. */
  readonly seed: number;
  /** Virtual time to simulate. */
  readonly untilNs: number;
  /** Which build of the core. */
  readonly core: CoreBuild;
}

/** Which runs of a scenario, and who is told of them. */
export interface SweepOptions {
  /** Those of the scenario, 1 to its number, when absent. */
  readonly seeds?: readonly number[];
  /** Those of the scenario when absent; all run on the same arrivals: each actor draws from a stream of its own. */
  readonly policies?: readonly Policy[];
  /** Stops earlier than the scenario's duration. */
  readonly untilNs?: number;
  /** Default "release". */
  readonly core?: CoreBuild;
  /** Where the core comes from; default: the file that the package ships. */
  readonly wasm?: CoreSource;
  /** Virtual time of all runs together: done, to do. */
  readonly onProgress?: (doneNs: number, totalNs: number) => void;
  /** In the order in which they end. */
  readonly onResult?: (result: RunResult) => void;
  /** No further run is begun, those under way are given up; what has ended is the answer. */
  readonly signal?: AbortSignal;
}

/** What a sweep measured. */
export interface SweepResult {
  /** By policy, then by seed, whatever ended first. */
  readonly results: readonly RunResult[];
  /** Runs that were not finished. */
  readonly missing: number;
}

/** Runs one task and tells how far it is. */
export type Runner = (
  task: RunTask,
  onProgress: (doneNs: number) => void,
  signal: AbortSignal | undefined,
) => Promise<RunResult>;

export function planSweep(scenario: Scenario, options: SweepOptions = {}): RunTask[] {
  const seeds = options.seeds ?? Array.from({ length: scenario.seeds }, (_, i) => i + 1);
  const untilNs = Math.min(options.untilNs ?? scenario.durationNs, scenario.durationNs);
  const core = options.core ?? "release";
  return (options.policies ?? scenario.policies).flatMap((policy) =>
    seeds.map((seed) => ({ scenario, policy, seed, untilNs, core })),
  );
}

/** Runs all tasks, `width` at a time. */
export async function runTasks(
  tasks: readonly RunTask[],
  width: number,
  runner: Runner,
  { onProgress, onResult, signal }: SweepOptions,
): Promise<SweepResult> {
  const results = new Array<RunResult | undefined>(tasks.length);
  const done = new Float64Array(tasks.length);
  const total = tasks.reduce((sum, { untilNs }) => sum + untilNs, 0);
  let next = 0;
  const isOver = () => signal?.aborted === true;
  const lane = async () => {
    while (next < tasks.length && !isOver()) {
      const at = next++;
      const task = tasks[at];
      if (task === undefined) return;
      const tell = (doneNs: number) => {
        done[at] = doneNs;
        onProgress?.(
          done.reduce((sum, part) => sum + part, 0),
          total,
        );
      };
      try {
        const result = await runner(task, tell, signal);
        results[at] = result;
        // A thread's last word may come later than its result.
        tell(task.untilNs);
        onResult?.(result);
      } catch (error) {
        if (!isOver()) throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, tasks.length) }, lane));
  const ended = results.filter((result) => result !== undefined);
  return { results: ended, missing: tasks.length - ended.length };
}

/** Every seed under every policy in this thread, one after the other; the same results as in many threads. */
export function runSweep(scenario: Scenario, options: SweepOptions = {}): Promise<SweepResult> {
  const { wasm } = options;
  const runner: Runner = ({ core, ...task }, onProgress, signal) =>
    runScenario(task.scenario, {
      ...task,
      core,
      onProgress,
      ...(signal === undefined ? {} : { signal }),
      ...(wasm === undefined ? {} : { wasm }),
    });
  return runTasks(planSweep(scenario, options), 1, runner, options);
}
