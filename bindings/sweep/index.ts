// Knows: what other rooms may use of this one. Re-exports only.

export { actorSpec } from "./actor_specs.js";
export { LONG_PIN_NS, type RunObserver, type RunOptions, runScenario } from "./run.js";
export { planSweep, type RunTask, runSweep, type SweepOptions, type SweepResult } from "./sweep.js";
