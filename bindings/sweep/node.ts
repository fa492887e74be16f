// Knows: a sweep over threads: a pool that shares one compiled module, progress by ports, a signal that ends threads.
// Must not know: what a run does, files.

import { fileURLToPath } from "node:url";
import { MessageChannel } from "node:worker_threads";
import type { Piscina } from "piscina";
import { ReportedError } from "../engine/errors.js";
import { type CoreBuild, type CoreSource, loadCore } from "../engine/load.js";
import type { Scenario } from "../scenario/scenario.js";
import {
  gatherSweep,
  planSweep,
  type RunEnd,
  type Runner,
  runSweep,
  type SweepOptions,
  type SweepResult,
} from "./sweep.js";
import type { WorkerTask } from "./worker.js";

/** What threads run with. */
export interface ThreadOptions {
  /** Default "release". */
  readonly core?: CoreBuild;
  /** Where the core comes from; default: the file that the package ships. */
  readonly wasm?: CoreSource;
  /** Heap of one thread in MiB; a run that needs more dies alone. Node's own limit when absent. */
  readonly heapMib?: number;
}

/** A sweep over threads. */
export interface PoolOptions extends SweepOptions, ThreadOptions {
  /** Threads; each holds a whole machine (16 bytes a frame: 64 MiB for 16 GiB). 1: no thread of its own. */
  readonly jobs: number;
}

/** Threads run built JavaScript, also when this file runs from its source. */
export const THREAD = import.meta.url.endsWith(".ts")
  ? new URL("../../dist/bindings/sweep/thread.cjs", import.meta.url)
  : new URL("./thread.cjs", import.meta.url);

function inPool(pool: Piscina, module: WebAssembly.Module): Runner {
  return async (task, onProgress, signal) => {
    const { port1, port2 } = new MessageChannel();
    port1.on("message", onProgress);
    const work: WorkerTask = { ...task, module, port: port2 as unknown as WorkerTask["port"] };
    try {
      const end = (await pool.run(work, {
        transferList: [port2],
        ...(signal === undefined ? {} : { signal }),
      })) as RunEnd;
      if ("error" in end) throw new ReportedError(end.error);
      return end.result;
    } finally {
      port1.close();
    }
  };
}

/** Lends a runner that uses so many threads. One that dies takes the run in hand with it, and is replaced. */
export async function withThreads<T>(
  threads: number,
  options: ThreadOptions,
  use: (runner: Runner) => Promise<T>,
): Promise<T> {
  const module = await loadCore(options.core ?? "release", options.wasm, "simulation");
  const { Piscina: Pool } = await import("piscina");
  const pool = new Pool({
    filename: fileURLToPath(THREAD),
    minThreads: threads,
    maxThreads: threads,
    ...(options.heapMib === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: options.heapMib } }),
  });
  // A thread that dies while it has nothing to do is replaced too; nothing was lost.
  pool.on("error", () => {});
  try {
    return await use(inPool(pool, module));
  } finally {
    await pool.destroy();
  }
}

/** Every seed under every policy, `jobs` at a time; the same results in the same order as in one thread. */
export async function runSweepInThreads(scenario: Scenario, options: PoolOptions): Promise<SweepResult> {
  const tasks = planSweep(scenario, options);
  if (options.jobs <= 1) return runSweep(scenario, options);
  const threads = Math.max(1, Math.min(options.jobs, tasks.length));
  return await withThreads(threads, options, (runner) => gatherSweep(tasks, threads, runner, options));
}
