// Knows: a sweep over threads: a pool that shares one compiled module, progress by ports, a signal that ends threads.
// Must not know: what a run does, files.

import { fileURLToPath } from "node:url";
import { MessageChannel } from "node:worker_threads";
import { Piscina } from "piscina";
import { loadCore } from "../engine/load.js";
import type { RunResult } from "../scenario/result.js";
import type { Scenario } from "../scenario/scenario.js";
import { planSweep, type Runner, runSweep, runTasks, type SweepOptions, type SweepResult } from "./sweep.js";
import type { WorkerTask } from "./worker.js";

/** A sweep over threads. */
export interface PoolOptions extends SweepOptions {
  /** Threads; each holds a whole machine (16 bytes a frame: 64 MiB for 16 GiB). 1: no thread of its own. */
  readonly jobs: number;
}

/** Threads run built JavaScript, also when this file runs from its source. */
const WORKER = import.meta.url.endsWith(".ts")
  ? new URL("../../dist/bindings/sweep/worker.js", import.meta.url)
  : new URL("./worker.js", import.meta.url);

function inPool(pool: Piscina, module: WebAssembly.Module): Runner {
  return async (task, onProgress, signal) => {
    const { port1, port2 } = new MessageChannel();
    port1.on("message", onProgress);
    const work: WorkerTask = { ...task, module, port: port2 as unknown as WorkerTask["port"] };
    try {
      return (await pool.run(work, {
        transferList: [port2],
        ...(signal === undefined ? {} : { signal }),
      })) as RunResult;
    } finally {
      port1.close();
    }
  };
}

/** Every seed under every policy, `jobs` at a time; the same results in the same order as in one thread. */
export async function runSweepInThreads(scenario: Scenario, options: PoolOptions): Promise<SweepResult> {
  const tasks = planSweep(scenario, options);
  if (options.jobs <= 1) return runSweep(scenario, options);
  const threads = Math.min(options.jobs, tasks.length);
  const module = await loadCore(options.core ?? "release", options.wasm, "simulation");
  const pool = new Piscina({ filename: fileURLToPath(WORKER), minThreads: threads, maxThreads: threads });
  try {
    return await runTasks(tasks, threads, inPool(pool, module), options);
  } finally {
    await pool.destroy();
  }
}
