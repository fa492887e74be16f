// Knows: `pageblock run --vary` from its first word to its last: the runs of the scenario as it is, the search, files, answers.
// Must not know: which values are tried, what a figure means.

import { join } from "node:path";
import { type Outcomes, outcomesOf, type SensitivityResult } from "../../analysis/outcomes/index.js";
import { renderBrief } from "../../report/index.js";
import { type Scenario, scenarioDigest } from "../../scenario/scenario.js";
import { planSweep, type SweepOptions } from "../../sweep/index.js";
import { ExitCode, UsageError } from "../exit.js";
import { err, out, outJson } from "../terminal.js";
import { keyOf, rewriteReport } from "./files.js";
import { commandOf, type RunCommandOptions } from "./options.js";
import { type RunsDone, runInMemory, runKept } from "./sweep.js";
import { planVary, runVary, tellCost, tornadoOf, writeVary } from "./vary.js";

function tell(
  scenario: Scenario,
  outcomes: Outcomes,
  sensitivity: SensitivityResult,
  { json, out: folder }: RunCommandOptions,
): void {
  if (json === true) {
    const { onTime, onTimeDifferences: differences, ledger, unequal } = outcomes;
    const { name, validity } = scenario;
    const head = { scenario: name, digest: scenarioDigest(scenario), validity };
    outJson({ ...head, sensitivity, onTime, differences, ledger, unequal });
    return;
  }
  out(`${tornadoOf(scenario, sensitivity)}\n${renderBrief(outcomes)}`);
  if (folder !== undefined)
    out(`report: ${join(folder, "report.html")} (beside it vary.json, vary.csv and the files of the runs)\n`);
}

/** The runs of the scenario as it is: all of them, or what was interrupted. */
async function baseRuns(
  scenario: Scenario,
  settled: SweepOptions,
  options: RunCommandOptions,
  origin: { readonly command: string; readonly source: string; readonly validity: string },
): Promise<{ readonly done: RunsDone; readonly outcomes: Outcomes }> {
  const { out: folder, resume = false, jobs } = options;
  if (folder === undefined) {
    const done = await runInMemory(scenario, settled, jobs);
    return { done, outcomes: outcomesOf(done.results) };
  }
  let outcomes: Outcomes | undefined;
  const done = await runKept(
    scenario,
    settled,
    jobs,
    { folder, resume, origin, device: options.device },
    ({ results }) => {
      outcomes = outcomesOf(results);
    },
  );
  return { done, outcomes: outcomes ?? outcomesOf([]) };
}

function interrupted(folder: string | undefined): ExitCode {
  const kept = folder === undefined ? "--out keeps what is finished" : `${folder} has them; --resume goes on`;
  err(`pageblock: interrupted: not all runs are finished (${kept})\n`);
  return ExitCode.INTERRUPTED;
}

/** Answers 0; 1 when a run of the scenario itself failed; 130 when it was interrupted. */
export async function runVaried(
  name: string,
  source: string,
  scenario: Scenario,
  settled: SweepOptions,
  options: RunCommandOptions,
): Promise<ExitCode> {
  if (options.trace !== undefined)
    throw new UsageError("--trace is of single runs, --vary of many: use one of both");
  const { out: folder, resume = false, jobs } = options;
  const plan = planVary(scenario, settled, options.vary ?? true);
  await tellCost(scenario, settled, plan);
  const { validity } = scenario;
  const origin = { command: commandOf(name, options), source, validity };
  const { done, outcomes } = await baseRuns(scenario, settled, options, origin);
  for (const { policy, seed, error } of done.failures)
    err(`pageblock: ${policy}, seed ${seed} failed: ${error.message} (${error.code || error.name})\n`);
  if (done.failures.length > 0) return ExitCode.DISAGREES;
  if (done.missing > 0) return interrupted(folder);
  const keeping = { resume, ...(folder === undefined ? {} : { folder }) };
  const sensitivity = await runVary(scenario, settled, plan, outcomes.runs, jobs, keeping);
  if (sensitivity === undefined) return interrupted(folder);
  if (folder !== undefined) {
    writeVary(folder, sensitivity);
    const keys = planSweep(scenario, settled).map(({ policy, seed }) => keyOf(policy.name, seed));
    rewriteReport(folder, keys, { ...origin, sensitivity, scene: done.scene });
  }
  tell(scenario, outcomes, sensitivity, options);
  return ExitCode.OK;
}
