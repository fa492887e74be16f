// Knows: a grid: scenarios x policies x devices x seeds, the order of its runs, and which of them a part has.
// Must not know: YAML, files, how a run is done.

import { CallError } from "../engine/errors.js";
import { digestOf } from "../engine/hash.js";
import type { Policy } from "../policy/index.js";
import type { Scenario } from "../scenario/scenario.js";
import { rangesText } from "./seeds.js";
import type { Shard } from "./shard.js";
import type { RunTask } from "./sweep.js";

export interface Grid {
  /** By device, then by scenario: a scenario's sizes depend on the device that it runs on. */
  readonly scenarios: readonly (readonly Scenario[])[];
  readonly policies: readonly Policy[];
  /** Ascending. */
  readonly seeds: readonly number[];
  /** Stops earlier than the scenarios' durations. */
  readonly untilNs: number;
}

export function runsOf({ scenarios, policies, seeds }: Grid): number {
  return scenarios.length * (scenarios[0]?.length ?? 0) * policies.length * seeds.length;
}

/** Run `k` of the canonical order: scenarios go fastest, then policies, devices, seeds. */
export function taskOf(grid: Grid, k: number): RunTask {
  const { scenarios, policies, seeds } = grid;
  const perDevice = scenarios[0]?.length ?? 1;
  let rest = k;
  const next = (length: number) => {
    const index = rest % length;
    rest = Math.floor(rest / length);
    return index;
  };
  const [s, p, d, n] = [next(perDevice), next(policies.length), next(scenarios.length), next(seeds.length)];
  const scenario = scenarios[d]?.[s];
  const policy = policies[p];
  const seed = seeds[n];
  if (scenario === undefined || policy === undefined || seed === undefined || rest > 0)
    throw new CallError(`the grid has no run ${k}`);
  return { scenario, policy, seed, untilNs: Math.min(grid.untilNs, scenario.durationNs), core: "release" };
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/**
 * Runs of one part, ascending: k mod N where N and the number of scenarios have no divisor in common. Where they have
 * one, a part would get the same few scenarios only; then each next round of scenarios is dealt out from another part on,
 * so that every part has the same mix.
 */
export function runsOfShard(grid: Grid, { index, count }: Shard): number[] {
  const round = grid.scenarios[0]?.length ?? 1;
  let stride = round;
  while (gcd(stride, count) > 1) stride++;
  const runs: number[] = [];
  const total = runsOf(grid);
  for (let k = 0; k < total; k++) {
    const turn = Math.floor(k / round);
    if ((turn * stride + (k % round)) % count === index) runs.push(k);
  }
  return runs;
}

/** What a grid is, as text: equal grids, equal text, however they were written. */
export function canonicalGrid(grid: Grid): string {
  return JSON.stringify({
    scenarios: grid.scenarios.map((row) => row.map((scenario) => digestOf(scenario))),
    policies: grid.policies.map((policy) => [policy.name, digestOf(policy)]),
    seeds: rangesText(grid.seeds),
    untilNs: Number.isFinite(grid.untilNs) ? grid.untilNs : null,
  });
}
