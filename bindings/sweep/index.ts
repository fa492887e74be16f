// Knows: what other rooms may use of this one. Re-exports only.

export { actorSpec } from "./actor_specs.js";
export { canonicalGrid, type Grid, runsOf, runsOfShard, taskOf } from "./grid.js";
export { type RunObserver, type RunOptions, runScenario } from "./run.js";
export { parseSeeds, rangesText } from "./seeds.js";
export { parseShard, type Shard, shardOf } from "./shard.js";
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
export { costOfVarying, findTurns, type Look, type Setting, screenSettings, type VaryPlan } from "./vary.js";
