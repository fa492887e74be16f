// Knows: one run in a thread of its own: the task comes in, progress goes out by a port, how it ended is the answer.
// Must not know: how many threads there are, what a run does.

import { toPlainError } from "../engine/errors.js";
import { runScenario } from "./run.js";
import type { RunEnd, RunTask } from "./sweep.js";

export interface WorkerTask extends RunTask {
  readonly module: WebAssembly.Module;
  /** Progress in virtual nanoseconds is posted here. */
  readonly port: MessagePort;
}

/** What the pool calls. An error loses its class between threads, so it crosses as plain data. */
export default async function work({ module, port, ...task }: WorkerTask): Promise<RunEnd> {
  try {
    const result = await runScenario(task.scenario, {
      policy: task.policy,
      seed: task.seed,
      untilNs: task.untilNs,
      core: task.core,
      wasm: module,
      onProgress: (doneNs) => port.postMessage(doneNs),
    });
    return { result };
  } catch (error) {
    return { error: toPlainError(error) };
  } finally {
    port.close();
  }
}
