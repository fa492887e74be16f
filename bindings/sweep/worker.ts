// Knows: one run in a thread of its own: the task comes in, progress goes out by a port, the result is the answer.
// Must not know: how many threads there are, what a run does.

import type { RunResult } from "../scenario/result.js";
import { runScenario } from "./run.js";
import type { RunTask } from "./sweep.js";

export interface WorkerTask extends RunTask {
  readonly module: WebAssembly.Module;
  /** Progress in virtual nanoseconds is posted here. */
  readonly port: MessagePort;
}

/** What the pool calls. */
export default async function work({ module, port, ...task }: WorkerTask): Promise<RunResult> {
  try {
    return await runScenario(task.scenario, {
      policy: task.policy,
      seed: task.seed,
      untilNs: task.untilNs,
      core: task.core,
      wasm: module,
      onProgress: (doneNs) => port.postMessage(doneNs),
    });
  } finally {
    port.close();
  }
}
