// Knows: running a scenario of the package once, and reading its series. Must not know: what must come of it.

import { policies, policyOf } from "../../bindings/policy/index.js";
import { getScenario, type RunResult, type Scenario } from "../../bindings/scenario/index.js";
import { runSweepInThreads } from "../../bindings/sweep/node.js";

/** In a thread of built JavaScript: whole devices are too much for code that a test runner has rewritten. */
export async function play(scenario: string | Scenario, policy = "mainline", seed = 1): Promise<RunResult> {
  const settled = typeof scenario === "string" ? getScenario(scenario) : scenario;
  const numbers = settled.policies.find(({ name }) => name === policy) ?? policyOf(policies.get(policy)!);
  const { results } = await runSweepInThreads(settled, {
    policies: [numbers],
    seeds: [seed],
    jobs: 2,
  });
  return results[0]!;
}

/** Values of a column by time in seconds: the last sample at or before it. */
export function column({ series }: RunResult, name: string): (second: number) => number {
  const found = series.columns.find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no column ${name}`);
  return (second) => found.values[series.timeNs.findLastIndex((time) => time <= second * 1e9)] ?? Number.NaN;
}

/** Pages of all areas that movable memory uses. */
export function movableInCma(run: RunResult): (second: number) => number {
  const columns = run.areas.flatMap(({ name }) =>
    ["anon", "file", "dirty", "zram", "pinned"].map((kind) => column(run, `area.${name}.${kind}`)),
  );
  return (second) => columns.reduce((sum, at) => sum + at(second), 0);
}
