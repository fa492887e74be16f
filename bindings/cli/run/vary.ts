// Knows: `pageblock run --vary`: ranges as people write them, what it costs, the runs of the search, its files.
// Must not know: which values are tried (sweep/vary), what a figure means.

import { availableParallelism } from "node:os";
import { join } from "node:path";
import {
  type RunOutcome,
  type RunRow,
  resultOfRows,
  rowsOf,
  type SensitivityPoint,
  type SensitivityResult,
} from "../../analysis/outcomes/index.js";
import { writeAside } from "../../durable/index.js";
import { formatCount, renderTornado, sensitivityCsv } from "../../report/index.js";
import { factsOf } from "../../scenario/device_facts.js";
import { parseRange, unsourcedInputs, varied } from "../../scenario/index.js";
import { type Scenario, scenarioDigest, type Variation } from "../../scenario/scenario.js";
import {
  costOfVarying,
  findTurns,
  type Look,
  planSweep,
  type Setting,
  type SweepOptions,
  type VaryPlan,
} from "../../sweep/index.js";
import { hours, secondsOf } from "../cost.js";
import { UsageError } from "../exit.js";
import { coreDigest } from "../identity.js";
import { packageVersion } from "../package_files.js";
import { type KeyedTask, RowRuns } from "../row_runs.js";
import { err } from "../terminal.js";

/** "NAME=LOW..HIGH,..."; "auto" or nothing: the ranges that the scenario states, else half to twice of all that has no source. */
export function variationsFrom(text: string | true, scenario: Scenario): readonly Variation[] {
  if (text === true || text.trim() === "auto")
    return scenario.vary.length > 0 ? scenario.vary : unsourcedInputs(scenario);
  const found = text.split(",").map((part) => {
    const [, name = "", range = ""] = /^([^=]+)=(.+)$/.exec(part.trim()) ?? [];
    if (range === "")
      throw new UsageError(`--vary: expected NAME=LOW..HIGH such as snapuserd.ramp=0..2s; got "${part}"`);
    const stated = scenario.vary.find(
      (one) => one.name === name.trim().replace(/^(workloads|clients)\./, ""),
    );
    const parsed = parseRange(scenario, name, range, stated?.source ?? null);
    if ("problem" in parsed) throw new UsageError(`--vary: ${parsed.problem}`);
    return parsed.variation;
  });
  const twice = found.find(({ name }, i) => found.findIndex((one) => one.name === name) < i);
  if (twice !== undefined) throw new UsageError(`--vary: ${twice.name} is named twice`);
  return found;
}

function clientOf(scenario: Scenario): string {
  const client = scenario.actors.find(({ area }) => area !== null);
  if (client === undefined)
    throw new UsageError("--vary: no client asks for memory here: there is no verdict to turn");
  return client.name;
}

/** What is varied and compared. @throws UsageError for more than two policies, and where nothing can be varied */
export function planVary(scenario: Scenario, options: SweepOptions, text: string | true): VaryPlan {
  const tasks = planSweep(scenario, options);
  const [policy, other, third] = [...new Set(tasks.map((task) => task.policy.name))];
  if (third !== undefined)
    throw new UsageError(`--vary holds one policy against another, or tells of one: choose with --policy`);
  const variations = variationsFrom(text, scenario);
  if (variations.length === 0)
    throw new UsageError("--vary: every number of this scenario has a source; name those to vary");
  return {
    ...{ variations, client: clientOf(scenario), policy: policy ?? "", other: other ?? null },
    seeds: [...new Set(tasks.map(({ seed }) => seed))],
  };
}

function tasksOf(
  scenario: Scenario,
  options: SweepOptions,
  { variation, value, seeds }: Setting,
): KeyedTask[] {
  const changed = variation === null ? scenario : varied(scenario, variation.name, value);
  return planSweep(changed, { ...options, seeds }).map((task) => ({
    key: keyOf(variation?.name ?? "", value, task.policy.name, task.seed),
    task,
  }));
}

/** What a run is called in the journal; "" is the scenario as it is. */
function keyOf(input: string, value: number, policy: string, seed: number): string {
  return JSON.stringify([input, input === "" ? 0 : value, policy, seed]);
}

export interface VaryKeeping {
  readonly folder?: string;
  readonly resume: boolean;
}

/** Says what all of it costs, the scenario's own runs included: before any of them. */
export async function tellCost(scenario: Scenario, options: SweepOptions, plan: VaryPlan): Promise<void> {
  const { sure, most } = costOfVarying(plan);
  const policies = plan.other === null ? 1 : 2;
  const tasks = planSweep(scenario, options);
  const [first] = tasks;
  if (first === undefined) return;
  const each = await secondsOf(Math.min(2, tasks.length), (k) => tasks[k] ?? first);
  const inputs = plan.variations.length;
  err(
    `${inputs} ${inputs === 1 ? "input" : "inputs"}: ${formatCount(sure * policies)} runs, at most ${formatCount(most * policies)} more where the verdict turns; about ${each.toFixed(2)} CPU seconds a run: ${hours(each * sure * policies)} to ${hours(each * (sure + most) * policies)} of one core\n`,
  );
}

/**
 * The whole search. Answers undefined when it was interrupted.
 * @param base runs of the scenario as it is, which are done already
 */
export async function runVary(
  scenario: Scenario,
  options: SweepOptions,
  plan: VaryPlan,
  base: readonly RunOutcome[],
  jobs: number = availableParallelism(),
  { folder, resume }: VaryKeeping,
): Promise<SensitivityResult | undefined> {
  const core = options.core ?? "release";
  const identity = {
    work: "vary",
    version: packageVersion(),
    core: await coreDigest(core),
    scenario: scenarioDigest(scenario),
    untilNs: options.untilNs ?? scenario.durationNs,
  };
  const keeping = folder === undefined ? {} : { folder: join(folder, "vary") };
  using runs = new RowRuns({ jobs, core, label: `varying ${scenario.name}`, resume, identity, ...keeping });
  for (const run of base) runs.give(keyOf("", 0, run.policy, run.seed), rowsOf(0, run));
  const pointOf = (setting: Setting): SensitivityPoint | undefined => {
    const rows: RunRow[] = tasksOf(scenario, options, setting).flatMap(({ key }) => runs.rows(key));
    const result = resultOfRows(rows, plan.client, plan.policy, plan.other);
    return result === undefined ? undefined : { value: setting.value, result, seeds: setting.seeds.length };
  };
  const look: Look = async (settings) => {
    const missing = await runs.run(settings.flatMap((setting) => tasksOf(scenario, options, setting)));
    return missing > 0 ? undefined : settings.map(pointOf);
  };
  const found = await findTurns(plan, look);
  if (typeof found === "string") throw new UsageError(`--vary: ${found}`);
  for (const { policy, seed, error } of runs.failures)
    err(`pageblock: a run with a changed number failed under ${policy}, seed ${seed}: ${error}\n`);
  if (found !== undefined) runs.finish();
  return found;
}

/** vary.json and vary.csv. */
export function writeVary(folder: string, found: SensitivityResult): void {
  writeAside(join(folder, "vary.json"), (put) => put(`${JSON.stringify(found, null, 1)}\n`));
  writeAside(join(folder, "vary.csv"), (put) => sensitivityCsv(found, put));
}

/** For a terminal. */
export function tornadoOf(scenario: Scenario, found: SensitivityResult): string {
  return renderTornado(found, factsOf(scenario.device).pageSize);
}
