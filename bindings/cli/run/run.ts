// Knows: `pageblock run`: a scenario and options in, runs over threads, tables or JSON and files out, its exit codes.
// Must not know: how a run works, what a figure means.

import { join } from "node:path";
import { outcomesOf } from "../../analysis/outcomes/index.js";
import { prepareFile } from "../../durable/index.js";
import { largest } from "../../engine/extent.js";
import { renderBrief, renderRuns } from "../../report/index.js";
import { scenarioDigest, scenarioNames } from "../../scenario/index.js";
import { getScenario } from "../../scenario/presets/index.js";
import type { Scenario } from "../../scenario/scenario.js";
import { ExitCode, UsageError } from "../exit.js";
import { packageFile } from "../package_files.js";
import { readScenarioFile } from "../scenario_file.js";
import { err, out, outJson, outWhole } from "../terminal.js";
import { commandOf, type RunCommandOptions, sweepOptions, textOf } from "./options.js";
import { type RunsDone, runInMemory, runKept } from "./sweep.js";
import { traceRun } from "./trace.js";
import { runVaried } from "./varied.js";

export type { RunCommandOptions } from "./options.js";

function list(): string {
  const width = largest(scenarioNames.map((name) => name.length));
  const rows = scenarioNames.map((name) => {
    const { description } = getScenario(name);
    return `${name.padEnd(width)}  ${description.split(/(?<=[.:]) /)[0] ?? ""}`;
  });
  return `${rows.join("\n")}\n`;
}

/** What --json prints: everything but series, requests and windows, which are in result.json. */
function summaryJson(scenario: Scenario, { results, missing, failures }: RunsDone): object {
  const runs: unknown[] = [];
  const outcomes = outcomesOf(
    (function* () {
      for (const run of results) {
        const { policy, seed, durationNs, events, digest, actors, totals } = run;
        runs.push({ policy, seed, durationNs, events, digest, actors, totals });
        yield run;
      }
    })(),
  );
  return {
    scenario: scenario.name,
    digest: scenarioDigest(scenario),
    missing,
    validity: scenario.validity,
    onTime: outcomes.onTime,
    differences: outcomes.onTimeDifferences,
    ledger: outcomes.ledger,
    clients: outcomes.summaries,
    comparisons: outcomes.comparisons,
    failures: outcomes.failures,
    failedRuns: failures,
    runs,
  };
}

/** Editors find the schema beside this program, not beside the file that the text will become. */
function withSchema(text: string): string {
  const schema = packageFile("dist/scenario.schema.json");
  return text.replace(/^(# yaml-language-server: \$schema=).*$/m, (_, head: string) => head + schema);
}

function tell(scenario: Scenario, done: RunsDone, options: RunCommandOptions): void {
  if (options.json === true) outJson(summaryJson(scenario, done));
  else {
    const render = options.brief === true ? renderBrief : renderRuns;
    out(render(outcomesOf(done.results)));
    if (scenario.validity !== "") out(`Region of validity: ${scenario.validity}\n`);
  }
}

function tellFiles(folder: string, { finished }: RunsDone, { brief, json }: RunCommandOptions): void {
  if (json === true) return;
  const others = "result.json, series.csv, series.parquet";
  const what = brief === true ? "The report with plots and page maps" : "report";
  out(
    finished === 0
      ? `no run is finished: ${folder} has ${others} without rows\n`
      : `${what}: ${join(folder, "report.html")} (beside it ${others})\n`,
  );
}

function tellFailures({ failures }: RunsDone, resumable: boolean): void {
  for (const { policy, seed, error } of failures)
    err(`pageblock: ${policy}, seed ${seed} failed: ${error.message} (${error.code || error.name})\n`);
  if (failures.length > 0 && resumable) err("pageblock: --resume tries failed runs again\n");
}

async function trace(scenario: Scenario, options: RunCommandOptions, path: string): Promise<void> {
  const { policies: chosen = scenario.policies, seeds, untilNs, core } = sweepOptions(scenario, options);
  const run = {
    seed: seeds?.[0] ?? 1,
    ...(chosen[0] === undefined ? {} : { policy: chosen[0] }),
    ...(untilNs === undefined ? {} : { untilNs }),
    ...(core === undefined ? {} : { core }),
  };
  err(await traceRun(scenario, run, path, options.tracePages === true));
}

/** Answers 0; 1 when a run failed; 2 for a scenario or an option that cannot be used; 130 when it was interrupted. */
export async function runRun(name: string | undefined, options: RunCommandOptions): Promise<ExitCode> {
  if (options.list === true) {
    out(list());
    return ExitCode.OK;
  }
  if (name === undefined)
    throw new UsageError(`which scenario? a file, or one of ${scenarioNames.join(", ")}`);
  if (options.show === true) {
    outWhole(withSchema(textOf(name).text));
    return ExitCode.OK;
  }
  const { out: folder, resume = false } = options;
  if (resume && folder === undefined) throw new UsageError("--resume needs --out, the folder to go on in");
  const { scenario, text } = await readScenarioFile(name, options.device);
  const settled = sweepOptions(scenario, options);
  if (options.vary !== undefined) return runVaried(name, text, scenario, settled, options);
  if (options.trace !== undefined) prepareFile(options.trace);
  let done: RunsDone;
  if (folder === undefined) {
    done = await runInMemory(scenario, settled, options.jobs);
    tell(scenario, done, options);
  } else {
    const { validity } = scenario;
    const origin = { command: commandOf(name, options), source: text, validity };
    done = await runKept(
      scenario,
      settled,
      options.jobs,
      { folder, resume, origin, device: options.device },
      (kept) => tell(scenario, kept, options),
    );
    tellFiles(folder, done, options);
  }
  tellFailures(done, folder !== undefined);
  const { missing, finished, failures } = done;
  if (options.trace !== undefined && missing === 0) await trace(scenario, options, options.trace);
  if (missing === 0) return failures.length > 0 ? ExitCode.DISAGREES : ExitCode.OK;
  const kept =
    folder === undefined ? "shown above; --out keeps them" : `in ${folder}; --resume goes on behind them`;
  err(`pageblock: interrupted: ${finished} runs are finished (${kept}), ${missing} are not\n`);
  return ExitCode.INTERRUPTED;
}
