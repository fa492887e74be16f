// Knows: `pageblock run`: a scenario and options in, runs over threads, tables or JSON and files out, its exit codes.
// Must not know: how a run works, what a figure means.

import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, dirname, join } from "node:path";
import { type Outcomes, outcomesOf } from "../analysis/outcomes/index.js";
import { closest } from "../engine/closest.js";
import { largest } from "../engine/extent.js";
import type { CoreBuild } from "../engine/load.js";
import { type Policy, policies, policyNames } from "../policy/index.js";
import { renderBrief, renderRuns } from "../report/index.js";
import { parseScenario, scenarioDigest, scenarioNames, scenarioText } from "../scenario/index.js";
import { getScenario } from "../scenario/presets/index.js";
import { parseQuantity } from "../scenario/quantity.js";
import type { Scenario } from "../scenario/scenario.js";
import type { SweepOptions, SweepResult } from "../sweep/index.js";
import { runSweepInThreads } from "../sweep/node.js";
import { ExitCode, UsageError } from "./exit.js";
import { progressBar } from "./progress.js";
import { prepareFolder, writeRunFiles } from "./run_files.js";
import { traceRun } from "./run_trace.js";

export interface RunCommandOptions {
  readonly seeds?: number;
  readonly jobs?: number;
  readonly policy?: string;
  readonly until?: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly brief?: boolean;
  readonly list?: boolean;
  readonly show?: boolean;
  /** Where the events of the first seed under the first policy go. */
  readonly trace?: string;
  readonly tracePages?: boolean;
  readonly core?: CoreBuild;
}

/** A file's name, or else a scenario of the package. */
function textOf(name: string): { text: string; label: string } {
  const isFile = /\.ya?ml$/i.test(name) || name.includes("/") || existsSync(name);
  if (!isFile) return { text: scenarioText(name), label: `${name}.yaml` };
  try {
    return { text: readFileSync(name, "utf8"), label: name };
  } catch (error) {
    throw new UsageError(`${name} cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
  }
}

function policiesFrom(text: string, scenario: Scenario): Policy[] {
  return text.split(",").map((part) => {
    const name = part.trim();
    const own = scenario.policies.find((policy) => policy.name === name);
    const row = policies.get(name);
    if (own !== undefined) return own;
    if (row === undefined) {
      const guess = closest(name, policyNames);
      const hint = guess === undefined ? "" : ` did you mean ${guess}?`;
      throw new UsageError(`--policy: there is no policy "${name}";${hint} known: ${policyNames.join(", ")}`);
    }
    const { doc: _, source: __, ...policy } = row;
    return policy;
  });
}

function untilFrom(text: string): number {
  const parsed = parseQuantity("time", text);
  if ("problem" in parsed) throw new UsageError(`--until: ${parsed.problem}`);
  const { value } = parsed;
  if (typeof value !== "number" || value <= 0) throw new UsageError("--until: must be longer than nothing");
  return value;
}

function list(): string {
  const width = largest(scenarioNames.map((name) => name.length));
  const rows = scenarioNames.map((name) => {
    const { description } = getScenario(name);
    return `${name.padEnd(width)}  ${description.split(/(?<=[.:]) /)[0] ?? ""}`;
  });
  return `${rows.join("\n")}\n`;
}

function sweepOptions(scenario: Scenario, options: RunCommandOptions): SweepOptions {
  const { seeds, policy, until, core } = options;
  return {
    ...(seeds === undefined ? {} : { seeds: Array.from({ length: seeds }, (_, i) => i + 1) }),
    ...(policy === undefined ? {} : { policies: policiesFrom(policy, scenario) }),
    ...(until === undefined ? {} : { untilNs: untilFrom(until) }),
    ...(core === undefined ? {} : { core }),
  };
}

/** The first Ctrl-C ends the runs and keeps what is finished; the second one ends the program. */
async function sweep(scenario: Scenario, options: RunCommandOptions): Promise<SweepResult> {
  const settled = sweepOptions(scenario, options);
  const controller = new AbortController();
  const interrupt = () => controller.abort();
  process.once("SIGINT", interrupt);
  const PARTS = 1000;
  const bar = progressBar(`running ${scenario.name}`, PARTS);
  try {
    return await runSweepInThreads(scenario, {
      ...settled,
      jobs: options.jobs ?? availableParallelism(),
      signal: controller.signal,
      onProgress: (done, total) => bar.update(Math.floor((done / total) * PARTS)),
    });
  } finally {
    bar.stop();
    process.removeListener("SIGINT", interrupt);
  }
}

/** What --json prints: everything but series, requests and windows, which are in result.json. */
function summaryJson(scenario: Scenario, { results, missing }: SweepResult, outcomes: Outcomes): string {
  const summary = {
    scenario: scenario.name,
    digest: scenarioDigest(scenario),
    missing,
    clients: outcomes.summaries,
    comparisons: outcomes.comparisons,
    failures: outcomes.failures,
    runs: results.map(({ policy, seed, durationNs, events, digest, actors, totals }) => ({
      ...{ policy, seed, durationNs, events, digest },
      ...{ actors, totals },
    })),
  };
  return `${JSON.stringify(summary, null, 2)}\n`;
}

function tell(scenario: Scenario, sweepResult: SweepResult, options: RunCommandOptions): string {
  const outcomes = outcomesOf(sweepResult.results);
  if (options.json === true) return summaryJson(scenario, sweepResult, outcomes);
  return options.brief === true ? renderBrief(outcomes) : renderRuns(outcomes);
}

/** The call that gives the same results. */
function commandOf(name: string, { seeds, policy, until }: RunCommandOptions): string {
  const given = [
    ...(seeds === undefined ? [] : [`--seeds ${seeds}`]),
    ...(policy === undefined ? [] : [`--policy ${policy}`]),
    ...(until === undefined ? [] : [`--until ${until}`]),
  ];
  return ["pageblock run", name, ...given].join(" ");
}

/** Answers 0; 2 for a scenario or an option that cannot be used; 130 when it was interrupted. */
export async function runRun(name: string | undefined, options: RunCommandOptions): Promise<ExitCode> {
  if (options.list === true) {
    process.stdout.write(list());
    return ExitCode.OK;
  }
  if (name === undefined)
    throw new UsageError(`which scenario? a file, or one of ${scenarioNames.join(", ")}`);
  const { text, label } = textOf(name);
  if (options.show === true) {
    process.stdout.write(text);
    return ExitCode.OK;
  }
  const scenario = parseScenario(text, basename(label));
  const { out, trace } = options;
  if (out !== undefined) prepareFolder(out);
  if (trace !== undefined) accessSync(dirname(trace), constants.W_OK);
  const result = await sweep(scenario, options);
  if (out !== undefined)
    writeRunFiles(out, scenario, result.results, { command: commandOf(name, options), source: text });
  process.stdout.write(tell(scenario, result, options));
  if (out !== undefined && options.json !== true) {
    const what = options.brief === true ? "The report with plots and page maps" : "report";
    process.stdout.write(
      `${what}: ${join(out, "report.html")} (beside it result.json, series.csv, series.parquet)\n`,
    );
  }
  if (trace !== undefined && result.missing === 0) {
    const { policies: chosen = scenario.policies, untilNs, core } = sweepOptions(scenario, options);
    const run = {
      seed: 1,
      ...(chosen[0] === undefined ? {} : { policy: chosen[0] }),
      ...(untilNs === undefined ? {} : { untilNs }),
      ...(core === undefined ? {} : { core }),
    };
    process.stderr.write(await traceRun(scenario, run, trace, options.tracePages === true));
  }
  if (result.missing === 0) return ExitCode.OK;
  const kept = out === undefined ? "shown above; --out keeps them" : `in ${out}`;
  process.stderr.write(
    `pageblock: interrupted: ${result.results.length} runs are finished (${kept}), ${result.missing} are not\n`,
  );
  return ExitCode.INTERRUPTED;
}
