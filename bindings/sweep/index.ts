// Knows: what other rooms may use of this one. Re-exports only.

export { actorSpec } from "./actor_specs.js";
export {
  type ClientRun,
  type ClientSummary,
  type Comparison,
  comparePolicies,
  type Metric,
  policiesOf,
  type Spread,
  summarizeClients,
} from "./clients.js";
export { blockerName, type FailureStory, failureStories } from "./failures.js";
export { LONG_PIN_NS, type RunObserver, type RunOptions, runScenario } from "./run.js";
export { planSweep, type RunTask, runSweep, type SweepOptions, type SweepResult } from "./sweep.js";
