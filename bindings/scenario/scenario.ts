// Knows: the shape of a scenario whose every number is settled: plain data, the same from YAML and from the builder.
// Must not know: how it was written, or how it is run.

import { digestOf } from "../engine/hash.js";
import type { Policy } from "../policy/index.js";
import { isCaptured, type ScenarioDevice } from "./device_facts.js";
import type { KindName, Values } from "./kinds/index.js";
import type { Dimension } from "./quantity.js";

/** One workload or client. */
export interface ScenarioActor {
  /** What it does. */
  readonly kind: KindName;
  /** Unique. */
  readonly name: string;
  /** CPU that it runs on; null: another one each time. */
  readonly cpu: number | null;
  /** CMA area, by name; null: none. */
  readonly area: string | null;
  /** Most pages that it may own. */
  readonly slots: number;
  /** Every parameter of its kind by key: pages, nanoseconds, shares, counts. */
  readonly parameters: Values;
}

/** Where reclaim may put anonymous pages; see PressureOptions of the machine. */
export interface ScenarioPressure {
  /** Pages of swap; 0: none. */
  readonly swapPages: number;
  /** Share of swapped pages that stay compressed in memory. */
  readonly zramPercent: number;
  /** vm.swappiness, 0 to 200. */
  readonly swappiness: number;
}

/** A number of a scenario, and the range in which it is plausible. */
export interface Variation {
  /** "ACTOR.KEY", "costs.NAME" or "pressure.KEY". */
  readonly name: string;
  /** What it measures. */
  readonly dimension: Dimension;
  /** What the scenario has: pages, nanoseconds, a share or a count. */
  readonly base: number;
  /** Lower end of the range, in the same unit. */
  readonly low: number;
  /** Upper end. */
  readonly high: number;
  /** Where the range comes from; null: from nowhere. */
  readonly source: string | null;
}

/** A scenario whose every number is settled: what parseScenario() and the builder make. */
export interface Scenario {
  /** How results call it. */
  readonly name: string;
  /** One sentence for reports. */
  readonly description: string;
  /** Where what it shows holds, and where it turns; empty when nothing is known of that. */
  readonly validity: string;
  /** The numbers that what it shows hangs on, each with its plausible range. */
  readonly vary: readonly Variation[];
  /** What it runs on. */
  readonly device: ScenarioDevice;
  /** At least one; each is run on the same arrivals. */
  readonly policies: readonly Policy[];
  /** Where reclaim may put anonymous pages. */
  readonly pressure: ScenarioPressure;
  /** Costs that differ from the default, nanoseconds by kebab-case name. */
  readonly costs: Values;
  /** Virtual time to simulate. */
  readonly durationNs: number;
  /** Virtual time between two samples of the series. */
  readonly sampleNs: number;
  /** Seeds 1 to this. */
  readonly seeds: number;
  /** Failures that are kept with their windows and map. */
  readonly record: { readonly failures: number };
  /** Workloads and clients. */
  readonly actors: readonly ScenarioActor[];
}

/** 16 hexadecimal digits; equal scenarios, equal digests, however they were written. */
export function scenarioDigest(scenario: Scenario): string {
  return digestOf(scenario);
}

/** As a file may hold it: a captured device by its digest, whose frames nobody wants to read. */
export function tellScenario(scenario: Scenario): object {
  const { device } = scenario;
  return isCaptured(device)
    ? { ...scenario, device: { ...device, state: digestOf(device.state) } }
    : scenario;
}
