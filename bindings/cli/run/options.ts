// Knows: the options of `pageblock run`: names, lists, ranges and times as people write them, and what is wrong with them.
// Must not know: how a run works.

import { existsSync } from "node:fs";
import { SCENARIO } from "../../engine/limits.js";
import type { CoreBuild } from "../../engine/load.js";
import { findPolicy, type Policy, policyNames } from "../../policy/index.js";
import { scenarioText } from "../../scenario/index.js";
import { parseQuantity } from "../../scenario/quantity.js";
import type { Scenario } from "../../scenario/scenario.js";
import { parseSeeds, type SweepOptions } from "../../sweep/index.js";
import { UsageError } from "../exit.js";
import { readWhole } from "../read_whole.js";

export interface RunCommandOptions {
  /** "40": 1 to 40; "41-80". */
  readonly seeds?: string;
  readonly jobs?: number;
  /** A preset, or a file in the state of which it begins; instead of the scenario's. */
  readonly device?: string;
  readonly policy?: string;
  readonly until?: string;
  readonly out?: string;
  /** Go on behind what an interrupted run left in `out`. */
  readonly resume?: boolean;
  readonly json?: boolean;
  /** Ranges of the scenario's own numbers; true: those that it states. */
  readonly vary?: string | true;
  readonly brief?: boolean;
  readonly list?: boolean;
  readonly show?: boolean;
  /** Where the events of the first seed under the first policy go. */
  readonly trace?: string;
  readonly tracePages?: boolean;
  readonly core?: CoreBuild;
}

/** A file's name, or else a scenario of the package. */
export function textOf(name: string): { text: string; label: string } {
  const isFile = /\.ya?ml$/i.test(name) || name.includes("/") || existsSync(name);
  if (!isFile) return { text: scenarioText(name), label: `${name}.yaml` };
  return {
    text: readWhole(name, 4 * SCENARIO.characters, (first) => !first.includes(0)).toString("utf8"),
    label: name,
  };
}

/** "40" or "41-80". */
export function seedsFrom(text: string): number[] {
  const parsed = parseSeeds(text);
  if ("problem" in parsed) throw new UsageError(`--seeds: ${parsed.problem}`);
  return parsed.seeds;
}

/** A policy by name: one of the scenario's own, or of the package. @throws UsageError that names the option */
export function policyNamed(name: string, own: readonly Policy[], option = "--policy"): Policy {
  const found = findPolicy(name, own);
  if ("problem" in found) throw new UsageError(`${option}: ${found.problem}`);
  return found;
}

/** "a,b", or "all" of the package. */
export function policiesFrom(text: string, own: readonly Policy[]): Policy[] {
  const names = text.trim() === "all" ? policyNames : text.split(",").map((part) => part.trim());
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    throw new UsageError(
      `--policy: ${twice} is named twice; each policy is run once and compared with the first`,
    );
  return names.map((name) => policyNamed(name, own));
}

export function untilFrom(text: string): number {
  const parsed = parseQuantity("time", text);
  if ("problem" in parsed) throw new UsageError(`--until: ${parsed.problem}`);
  const { value } = parsed;
  if (typeof value !== "number" || value <= 0) throw new UsageError("--until: must be longer than nothing");
  return value;
}

export function sweepOptions(scenario: Scenario, options: RunCommandOptions): SweepOptions {
  const { seeds, policy, until, core } = options;
  return {
    ...(seeds === undefined ? {} : { seeds: seedsFrom(seeds) }),
    ...(policy === undefined ? {} : { policies: policiesFrom(policy, scenario.policies) }),
    ...(until === undefined ? {} : { untilNs: untilFrom(until) }),
    ...(core === undefined ? {} : { core }),
  };
}

/** The call that gives the same results. */
export function commandOf(name: string, { device, seeds, policy, until, vary }: RunCommandOptions): string {
  const given = [
    ...(device === undefined ? [] : [`--device ${device}`]),
    ...(seeds === undefined ? [] : [`--seeds ${seeds}`]),
    ...(policy === undefined ? [] : [`--policy ${policy}`]),
    ...(until === undefined ? [] : [`--until ${until}`]),
    ...(vary === undefined ? [] : [vary === true ? "--vary" : `--vary '${vary}'`]),
  ];
  return ["pageblock run", name, ...given].join(" ");
}
