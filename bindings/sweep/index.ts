// Knows: what other rooms may use of this one. Re-exports only.

export { actorSpec } from "./actor_specs.js";
export { LONG_PIN_NS, type RunObserver, type RunOptions, runScenario } from "./run.js";
export {
  planSweep,
  type RunEnd,
  type RunFailure,
  type Runner,
  type RunTask,
  runSweep,
  runTasks,
  type SweepOptions,
  type SweepResult,
  type TaskListener,
} from "./sweep.js";
