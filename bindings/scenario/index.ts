// Knows: what other rooms may use of this one. Re-exports only.

export { type ClientName, ScenarioBuilder, scenario, type WorkloadName } from "./builder.js";
export { type CostFigure, type CostSet, costFigures, costSets } from "./costs.js";
export { type Input, inputsOf, parseRange, unsourcedInputs, varied, wholeValue } from "./inputs.js";
export { isKindName, type KindName, kindNames, kinds, parametersOf, type Settings } from "./kinds/index.js";
export { getScenario, type ScenarioName, scenarioNames, scenarioText } from "./presets/index.js";
export type * from "./result.js";
export { PAGE_KINDS } from "./result.js";
export {
  type Scenario,
  type ScenarioActor,
  type ScenarioPressure,
  scenarioDigest,
  type Variation,
} from "./scenario.js";
export { runProblems } from "./settle.js";
export { type ActorSpec, type LoggedRequest, Simulation, type SimulationOptions } from "./simulation.js";
export { parseScenario, readScenario } from "./yaml.js";
