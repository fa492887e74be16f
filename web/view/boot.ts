// Knows: how what a page was given becomes a scenario: its text, and a preset or a state instead of the device in it.
// Must not know: the run, the page.

import { Machine } from "../../bindings/machine/machine.js";
import { stateOfMachine } from "../../bindings/machine/to_state.js";
import { findPolicy, type Policy } from "../../bindings/policy/index.js";
import { type CapturedDevice, capturedDevice } from "../../bindings/scenario/device_facts.js";
import type { Scenario } from "../../bindings/scenario/scenario.js";
import { parseScenario } from "../../bindings/scenario/yaml.js";
import type { DeviceState, Opening } from "./protocol.js";

async function captured({ name, state }: DeviceState): Promise<CapturedDevice> {
  if (!(state instanceof Uint8Array)) return capturedDevice(name, state);
  using machine = await Machine.restore(state);
  return capturedDevice(name, stateOfMachine(machine));
}

/** @throws ScenarioError with every problem */
export async function scenarioOf({ scenario, device }: Opening): Promise<Scenario> {
  const instead = typeof device === "object" ? await captured(device) : device;
  return parseScenario(scenario, "scenario", instead);
}

/** One of the scenario's own, or of the package. @throws Error that names those that there are */
export function policyIn(scenario: Scenario, name: string): Policy {
  const found = findPolicy(name, scenario.policies);
  if ("problem" in found) throw new Error(found.problem);
  return found;
}

/** What `pageblock snapshot` would write of a state. */
export async function snapshotOf({ state }: DeviceState): Promise<Uint8Array> {
  if (state instanceof Uint8Array) return state;
  using machine = await Machine.fromState(state);
  return machine.snapshot();
}
