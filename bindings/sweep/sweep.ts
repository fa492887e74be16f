// Knows: many runs: every seed under every policy, in this thread or wherever a runner runs them; the order of results.
// Must not know: threads (node.ts), files, text.

import { isOfInput, type PlainError, ReportedError, toPlainError } from "../engine/errors.js";
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

/** How a run ended. */
export type RunEnd = { readonly result: RunResult } | { readonly error: PlainError };

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

/** A run that threw, or whose thread died. */
export interface RunFailure {
  /** Name of the policy. */
  readonly policy: string;
  /** Its seed. */
  readonly seed: number;
  /** What was thrown, or how the thread died. */
  readonly error: PlainError;
}

/** What a sweep measured. */
export interface SweepResult {
  /** By policy, then by seed, whatever ended first. */
  readonly results: readonly RunResult[];
  /** In the same order. */
  readonly failures: readonly RunFailure[];
  /** Runs that were not finished. */
  readonly missing: number;
}

/** Runs one task and tells how far it is. What it rejects with becomes the end of that run alone. */
export type Runner = (
  task: RunTask,
  onProgress: (doneNs: number) => void,
  signal: AbortSignal | undefined,
) => Promise<RunResult>;

export interface TaskListener {
  readonly onProgress?: ((doneNs: number, totalNs: number) => void) | undefined;
  /** In the order in which they end. What it throws ends everything: a disk that is full. */
  readonly onEnd: (at: number, end: RunEnd) => void;
  /** No further task is begun, those under way are given up. */
  readonly signal?: AbortSignal | undefined;
  /** No further task is begun, those under way are finished. */
  readonly stop?: AbortSignal | undefined;
}

export function planSweep(scenario: Scenario, options: SweepOptions = {}): RunTask[] {
  const seeds = options.seeds ?? Array.from({ length: scenario.seeds }, (_, i) => i + 1);
  const untilNs = Math.min(options.untilNs ?? scenario.durationNs, scenario.durationNs);
  const core = options.core ?? "release";
  return (options.policies ?? scenario.policies).flatMap((policy) =>
    seeds.map((seed) => ({ scenario, policy, seed, untilNs, core })),
  );
}

/**
 * Runs all tasks, `width` at a time. A run that throws is its own end and no other's; an error of the input is that of
 * all. Answers how many have ended.
 * @throws what `onEnd` throws; PageblockError where what was asked for cannot be
 */
export async function runTasks(
  tasks: readonly RunTask[],
  width: number,
  runner: Runner,
  { onProgress, onEnd, signal, stop }: TaskListener,
): Promise<number> {
  const done = new Float64Array(tasks.length);
  const total = tasks.reduce((sum, { untilNs }) => sum + untilNs, 0);
  const inside = new AbortController();
  const giveUp = signal === undefined ? inside.signal : AbortSignal.any([signal, inside.signal]);
  let next = 0;
  let ended = 0;
  const run = async (at: number, task: RunTask) => {
    const tell = (doneNs: number) => {
      done[at] = doneNs;
      onProgress?.(
        done.reduce((sum, part) => sum + part, 0),
        total,
      );
    };
    let end: RunEnd;
    try {
      end = { result: await runner(task, tell, giveUp) };
    } catch (error) {
      if (giveUp.aborted) return;
      end = { error: toPlainError(error) };
      if (isOfInput(end.error)) throw new ReportedError(end.error);
    }
    // A thread's last word may come later than its result.
    tell(task.untilNs);
    ended++;
    onEnd(at, end);
  };
  const lane = async () => {
    while (next < tasks.length && !giveUp.aborted && stop?.aborted !== true) {
      const at = next++;
      const task = tasks[at];
      if (task !== undefined) await run(at, task);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(width, tasks.length) }, lane));
  } catch (error) {
    inside.abort();
    throw error;
  }
  return ended;
}

/** A runner in this thread. */
export function inThisThread(wasm?: CoreSource): Runner {
  return (task, onProgress, signal) =>
    runScenario(task.scenario, {
      ...task,
      onProgress,
      ...(signal === undefined ? {} : { signal }),
      ...(wasm === undefined ? {} : { wasm }),
    });
}

/** All results in memory, in the order of the tasks. */
export async function gatherSweep(
  tasks: readonly RunTask[],
  width: number,
  runner: Runner,
  { onProgress, onResult, signal }: SweepOptions,
): Promise<SweepResult> {
  const ends = new Array<RunEnd | undefined>(tasks.length);
  const ended = await runTasks(tasks, width, runner, {
    onProgress,
    signal,
    onEnd: (at, end) => {
      ends[at] = end;
      if ("result" in end) onResult?.(end.result);
    },
  });
  return {
    results: ends.flatMap((end) => (end !== undefined && "result" in end ? [end.result] : [])),
    failures: ends.flatMap((end, at) => {
      const task = tasks[at];
      if (end === undefined || task === undefined || "result" in end) return [];
      return [{ policy: task.policy.name, seed: task.seed, error: end.error }];
    }),
    missing: tasks.length - ended,
  };
}

/** Every seed under every policy in this thread, one after the other; the same results as in many threads. */
export function runSweep(scenario: Scenario, options: SweepOptions = {}): Promise<SweepResult> {
  return gatherSweep(planSweep(scenario, options), 1, inThisThread(options.wasm), options);
}
