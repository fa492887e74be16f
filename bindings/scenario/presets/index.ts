// Knows: the scenarios that come with the package, by name.
// Must not know: what they say (scenarios/*.yaml), files.

import { closest } from "../../engine/closest.js";
import { PageblockError } from "../../engine/errors.js";
import type { Scenario } from "../scenario.js";
import { parseScenario } from "../yaml.js";
import { scenarioTexts } from "./texts.js";

/** Name of a scenario that comes with the package. */
export type ScenarioName = keyof typeof scenarioTexts;

/** Names of all scenarios that come with the package. */
export const scenarioNames = Object.keys(scenarioTexts) as readonly ScenarioName[];

export function isScenarioName(name: string): name is ScenarioName {
  return Object.hasOwn(scenarioTexts, name);
}

/**
 * A scenario of the package as YAML, to be read, changed and run.
 * @throws PageblockError UNKNOWN_PRESET, with the closest name and all names
 */
export function scenarioText(name: string): string {
  if (isScenarioName(name)) return scenarioTexts[name];
  const guess = closest(name, scenarioNames);
  const hint = guess === undefined ? "" : ` Did you mean "${guess}"?`;
  throw new PageblockError(
    "UNKNOWN_PRESET",
    `there is no scenario ${JSON.stringify(name)}.${hint} Scenarios: ${scenarioNames.join(", ")}`,
  );
}

/** A scenario of the package. @throws PageblockError UNKNOWN_PRESET */
export function getScenario(name: string): Scenario {
  return parseScenario(scenarioText(name), `${name}.yaml`);
}
