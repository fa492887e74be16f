// Knows: a scenario in TypeScript, key by key, with the same words and the same checks as in YAML.
// Must not know: what any key means (settle).

import type { DeviceDescription, PresetName } from "../device/index.js";
import type { CapturedDevice } from "./device_facts.js";
import type { KindName, kinds, Settings } from "./kinds/index.js";
import type { Written } from "./kinds/kind.js";
import type { Scenario } from "./scenario.js";
import { readScenario } from "./yaml.js";

/** Names of the kinds that act in a role. */
export type OfRole<Role extends "workload" | "client"> = {
  [K in KindName]: (typeof kinds)[K]["role"] extends Role ? K : never;
}[KindName];

/** Names of the kinds that are no clients, and of those that are. */
export type WorkloadName = OfRole<"workload">;
/** Kinds that ask for CMA memory. */
export type ClientName = OfRole<"client">;

/** Keys and values as a scenario file may have them. */
export type Group = Readonly<Record<string, unknown>>;

/** Immutable: each call gives a new builder, so that a beginning can be shared. */
export class ScenarioBuilder {
  readonly #data: Group;

  /** @internal */
  constructor(data: Group) {
    this.#data = data;
  }

  #with(changes: Group): ScenarioBuilder {
    return new ScenarioBuilder({ ...this.#data, ...changes });
  }

  #append(key: "workloads" | "clients", item: Group): ScenarioBuilder {
    const items = (this.#data[key] ?? []) as readonly Group[];
    return this.#with({ [key]: [...items, item] });
  }

  /** One sentence for reports. */
  description(text: string): ScenarioBuilder {
    return this.#with({ description: text });
  }

  /** Where what it shows holds, and where it turns. */
  validity(text: string): ScenarioBuilder {
    return this.#with({ validity: text });
  }

  /** A preset's name, a description, a captured state, or the keys that a scenario file may have. */
  device(device: PresetName | DeviceDescription | CapturedDevice | Group): ScenarioBuilder {
    return this.#with({ device });
  }

  /** Names, or groups of keys such as { base: "android", "cma-retries": 10 }. */
  policy(...policies: readonly (string | Group)[]): ScenarioBuilder {
    return this.#with({ policy: policies });
  }

  /** Where reclaim may put anonymous pages: swap, zram, swappiness. */
  pressure(keys: Readonly<Record<string, Written>>): ScenarioBuilder {
    return this.#with({ pressure: keys });
  }

  /** Costs that differ from the default, by kebab-case name: times such as "3us". */
  costs(keys: Readonly<Record<string, Written>>): ScenarioBuilder {
    return this.#with({ costs: keys });
  }

  /** Plausible ranges of numbers, by name: { "snapuserd.ramp": "0..2s" }, or { range, source }. */
  vary(ranges: Group): ScenarioBuilder {
    return this.#with({ vary: ranges });
  }

  /** What is kept of a run: `failures`, how many of them with their windows and map. */
  record(keys: Readonly<Record<string, Written>>): ScenarioBuilder {
    return this.#with({ record: keys });
  }

  /** Virtual time to simulate: "30s". */
  duration(time: string): ScenarioBuilder {
    return this.#with({ duration: time });
  }

  /** Virtual time between two samples of the series: "50ms". */
  sample(time: string): ScenarioBuilder {
    return this.#with({ sample: time });
  }

  /** How many seeds a sweep runs: 1 to this. */
  seeds(count: number): ScenarioBuilder {
    return this.#with({ seeds: count });
  }

  /** Adds a load; `kinds` lists what each may be told. */
  workload<K extends WorkloadName>(kind: K, settings: Settings<K> = {}): ScenarioBuilder {
    return this.#append("workloads", { kind, ...settings });
  }

  /** Adds one that asks for CMA memory. */
  client<K extends ClientName>(kind: K, settings: Settings<K> = {}): ScenarioBuilder {
    return this.#append("clients", { kind, ...settings });
  }

  /** @throws ScenarioError with every problem */
  build(): Scenario {
    return readScenario(this.#data, String(this.#data["name"]));
  }
}

/** scenario("mine").device("phone-16g").duration("30s").client("camera", { area: "camera" }).build() */
export function scenario(name: string): ScenarioBuilder {
  return new ScenarioBuilder({ name });
}
