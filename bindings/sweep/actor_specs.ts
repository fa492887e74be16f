// Knows: how a scenario's actors, policy and pressure become what a Simulation is created from.
// Must not know: how a simulation runs, what is measured.

import type { Cost } from "../../assembly/abi/simulation.js";
import { numbersOf, type Policy } from "../policy/index.js";
import { isCaptured, type ScenarioDevice } from "../scenario/device_facts.js";
import { kinds, parametersOf } from "../scenario/kinds/index.js";
import type { Scenario, ScenarioActor } from "../scenario/scenario.js";
import type { ActorSpec, SimulationOptions } from "../scenario/simulation.js";

/** Events, I/O and buffers in flight: far more than any scenario of the package needs, 24 MiB in all. */
const ROOM = 2 ** 18;

/** What a simulation is told of a scenario's actor. @param areas names of the machine's areas by index */
export function actorSpec(actor: ScenarioActor, areas: readonly string[]): ActorSpec {
  const rows = parametersOf(actor.kind);
  const parameters = new Map(
    [...rows].map(([key, { index }]) => [index as number, actor.parameters[key] ?? 0] as const),
  );
  return {
    kind: kinds[actor.kind].kind,
    name: actor.name,
    slots: actor.slots,
    parameters,
    ...(actor.cpu === null ? {} : { cpu: actor.cpu }),
    ...(actor.area === null ? {} : { area: areas.indexOf(actor.area) }),
  };
}

/** "migrate-page" -> MIGRATE_PAGE */
export function costsOf(scenario: Scenario): NonNullable<SimulationOptions["costs"]> {
  const changed = Object.entries(scenario.costs).map(([key, ns]) => [
    key.toUpperCase().replaceAll("-", "_") as keyof typeof Cost,
    ns,
  ]);
  return Object.fromEntries(changed);
}

/** Without working out the rest of the device. */
function areaNames(device: ScenarioDevice): string[] {
  const areas = isCaptured(device) ? device.state.areas : (device.areas ?? []);
  return areas.map(({ name }) => name);
}

export function simulationOptions(scenario: Scenario, policy: Policy, seed: number): SimulationOptions {
  const areas = areaNames(scenario.device);
  return {
    device: scenario.device,
    actors: scenario.actors.map((actor) => actorSpec(actor, areas)),
    seed,
    policy: numbersOf(policy),
    pressure: scenario.pressure,
    costs: costsOf(scenario),
    capacity: { events: ROOM, cells: ROOM },
  };
}
