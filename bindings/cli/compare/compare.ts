// Knows: `pageblock compare`: scenarios, policies and kernels in, a matrix out: its cost first, its runs from a journal, its files.
// Must not know: what a figure means, how it is drawn.

import { availableParallelism } from "node:os";
import { join } from "node:path";
import { type Across, Matrix, type MatrixCell } from "../../analysis/outcomes/index.js";
import { KERNEL_IDS, type KernelId } from "../../device/index.js";
import { writeAside } from "../../durable/index.js";
import { closest } from "../../engine/closest.js";
import { DeviceError } from "../../engine/errors.js";
import { digestOf } from "../../engine/hash.js";
import type { CoreBuild } from "../../engine/load.js";
import type { Policy } from "../../policy/index.js";
import { answerOfMatrix, type Scene } from "../../report/answer/index.js";
import { formatCount, matrixCsv, matrixSentence, renderMatrix } from "../../report/index.js";
import { renderAnswer } from "../../report/node.js";
import { parseScenario, runProblems, scenarioNames } from "../../scenario/index.js";
import { type Scenario, scenarioDigest } from "../../scenario/scenario.js";
import { hours, secondsOf } from "../cost.js";
import { ExitCode, UsageError } from "../exit.js";
import { coreDigest } from "../identity.js";
import { packageVersion } from "../package_files.js";
import { type KeyedTask, RowRuns } from "../row_runs.js";
import { writeTables } from "../row_tables.js";
import { policiesFrom, seedsFrom, textOf, untilFrom } from "../run/options.js";
import { sceneOf } from "../scene.js";
import { err, out, outJson } from "../terminal.js";

export interface CompareOptions {
  /** "all" or names. */
  readonly policy?: string;
  /** "6.1,6.12" */
  readonly kernel?: string;
  readonly seeds?: string;
  readonly until?: string;
  readonly jobs?: number;
  readonly out?: string;
  readonly resume?: boolean;
  readonly json?: boolean;
  readonly core?: CoreBuild;
}

/** Fewer seeds have no interval. */
const SEEDS = "6";
/** Tables that a terminal is shown. */
const MOST_BLOCKS = 24;

interface Plan {
  /** By seed, then by scenario, kernel, policy. */
  readonly tasks: readonly KeyedTask[];
  /** What cannot be run, and why. */
  readonly left: readonly string[];
}

function kernelsFrom(text: string): KernelId[] {
  return text.split(",").map((part) => {
    const name = part.trim();
    const found = KERNEL_IDS.find((id) => id === name);
    if (found !== undefined) return found;
    const guess = closest(name, KERNEL_IDS);
    const hint = guess === undefined ? "" : ` did you mean ${guess}?`;
    throw new UsageError(`--kernel: there is no kernel "${name}";${hint} known: ${KERNEL_IDS.join(", ")}`);
  });
}

function scenariosFrom(names: readonly string[]): Scenario[] {
  const all = names.flatMap((name): readonly string[] => (name === "all" ? scenarioNames : [name]));
  const twice = all.find((name, i) => all.indexOf(name) !== i);
  if (twice !== undefined) throw new UsageError(`${twice} is named twice`);
  return all.map((name) => {
    const { text, label } = textOf(name);
    return parseScenario(text, label);
  });
}

/** A scenario by other rules. */
function onKernel(scenario: Scenario, kernel: KernelId): Scenario {
  return { ...scenario, device: { ...scenario.device, kernel } };
}

/** Why a scenario cannot be run under a policy; undefined: it can. */
function refusal(scenario: Scenario, policy: Policy): string | undefined {
  try {
    const [problem] = runProblems(scenario, policy);
    return problem === undefined ? undefined : `${problem.path}: ${problem.message}`;
  } catch (error) {
    if (error instanceof DeviceError) return error.message.split("\n")[0] ?? "";
    throw error;
  }
}

function planOf(names: readonly string[], options: CompareOptions): Plan {
  const kernels = options.kernel === undefined ? undefined : kernelsFrom(options.kernel);
  const seeds = seedsFrom(options.seeds ?? SEEDS);
  const until = options.until === undefined ? Number.POSITIVE_INFINITY : untilFrom(options.until);
  const left: string[] = [];
  const tasksOf = scenariosFrom(names).flatMap((own) =>
    (kernels ?? [own.device.kernel]).flatMap((kernel) => {
      const scenario = onKernel(own, kernel);
      const policies = policiesFrom(options.policy ?? "all", own.policies);
      return policies.flatMap((policy) => {
        const why = refusal(scenario, policy);
        if (why !== undefined) {
          left.push(`${scenario.name} on Linux ${kernel} under ${policy.name} cannot be run: ${why}`);
          return [];
        }
        const what = [scenario.name, scenarioDigest(scenario), policy.name, digestOf(policy)];
        const untilNs = Math.min(until, scenario.durationNs);
        const core = options.core ?? "release";
        return (seed: number): KeyedTask => {
          const key = JSON.stringify([...what, seed, untilNs]);
          return { key, task: { scenario, policy, seed, untilNs, core } };
        };
      });
    }),
  );
  // Seeds outermost: what is interrupted has as many seeds of one cell as of another.
  const tasks = seeds.flatMap((seed) => tasksOf.map((taskOf) => taskOf(seed)));
  return { tasks, left };
}

async function tellCost(runs: RowRuns, { tasks, left }: Plan): Promise<void> {
  const todo = runs.open(tasks);
  for (const line of left) err(`pageblock: ${line}\n`);
  const [first] = todo;
  const done = tasks.length - todo.length;
  const kept = done === 0 ? "" : `, ${formatCount(done)} of them done already`;
  if (first === undefined) {
    err(`${formatCount(tasks.length)} runs${kept}\n`);
    return;
  }
  const each = await secondsOf(todo.length, (k) => (todo[k] ?? first).task);
  err(
    `${formatCount(tasks.length)} runs${kept}: about ${each.toFixed(2)} CPU seconds a run, ${hours(each * todo.length)} of one core\n`,
  );
}

/** One policy under several kernels: kernels are compared. */
function acrossOf(tasks: readonly KeyedTask[]): Across {
  const different = (pick: (one: KeyedTask) => string) => new Set(tasks.map(pick)).size;
  const isOne = different(({ task }) => task.policy.name) === 1;
  return isOne && different(({ task }) => task.scenario.device.kernel) > 1 ? "kernel" : "policy";
}

function matrixOf(runs: RowRuns, tasks: readonly KeyedTask[]): MatrixCell[] {
  const matrix = new Matrix(acrossOf(tasks));
  for (const { key } of tasks) for (const row of runs.rows(key)) matrix.add(row);
  return matrix.cells();
}

function commandOf(names: readonly string[], options: CompareOptions): string {
  const { policy, kernel, seeds, until } = options;
  const given = Object.entries({ policy, kernel, seeds, until }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name} ${value}`],
  );
  return ["pageblock compare", ...names, ...given].join(" ");
}

/** The first scenario under the first policy, where nothing but the text says what it is. */
async function sceneOfFirst(
  names: readonly string[],
  tasks: readonly KeyedTask[],
): Promise<Scene | undefined> {
  const task = tasks[0]?.task;
  if (task === undefined) return undefined;
  const name = names[0] === "all" ? task.scenario.name : (names[0] ?? "");
  const { text, label } = textOf(name);
  if (scenarioDigest(parseScenario(text, label)) !== scenarioDigest(task.scenario)) return undefined;
  return await sceneOf({ ...task, text });
}

function writeFiles(
  folder: string,
  cells: readonly MatrixCell[],
  rows: () => Iterable<ReturnType<RowRuns["rows"]>[number]>,
  command: string,
  notes: readonly string[],
  scene: Scene | undefined,
): void {
  const head = { command, version: packageVersion(), sentence: matrixSentence(cells).trim(), notes };
  writeAside(join(folder, "compare.json"), (put) => put(`${JSON.stringify({ ...head, cells }, null, 1)}\n`));
  writeAside(join(folder, "compare.csv"), (put) => matrixCsv(cells, put));
  writeAside(join(folder, "compare.html"), (put) =>
    put(renderAnswer(answerOfMatrix(cells, command, notes, scene))),
  );
  writeTables(folder, rows);
}

/** Answers 0; 1 when a run failed; 2 for what cannot be run at all; 130 when it was interrupted. */
export async function runCompare(names: readonly string[], options: CompareOptions): Promise<ExitCode> {
  const { out: folder, resume = false, core = "release", jobs = availableParallelism() } = options;
  if (resume && folder === undefined) throw new UsageError("--resume needs --out, the folder to go on in");
  const plan = planOf(names, options);
  const { tasks, left } = plan;
  if (tasks.length === 0) throw new UsageError(`nothing of this can be run: ${left[0] ?? "no scenario"}`);
  const identity = { work: "compare", version: packageVersion(), core: await coreDigest(core) };
  const keeping = folder === undefined ? {} : { folder };
  using runs = new RowRuns({ jobs, core, label: "comparing", resume, identity, ...keeping });
  await tellCost(runs, plan);
  const missing = await runs.run(tasks);
  const cells = matrixOf(runs, tasks);
  const command = commandOf(names, options);
  const failures = runs.failures.length;
  const notes = [
    ...left,
    ...(missing === 0
      ? []
      : [`${formatCount(missing)} of ${formatCount(tasks.length)} runs are not done yet.`]),
  ];
  if (folder !== undefined) {
    const rows = function* () {
      for (const { key } of tasks) yield* runs.rows(key);
    };
    writeFiles(
      folder,
      cells,
      rows,
      command,
      notes,
      missing > 0 ? undefined : await sceneOfFirst(names, tasks),
    );
    if (missing === 0 && failures === 0) runs.finish();
  }
  if (options.json === true) outJson({ command, notes, sentence: matrixSentence(cells).trim(), cells });
  else {
    out(`${matrixSentence(cells)}\n${renderMatrix(cells, MOST_BLOCKS)}`);
    if (folder !== undefined)
      out(`${join(folder, "compare.html")} (beside it compare.json, compare.csv, runs.csv, runs.parquet)\n`);
  }
  for (const { scenario, policy, seed, error } of runs.failures)
    err(`pageblock: ${scenario}, ${policy}, seed ${seed} failed: ${error}\n`);
  if (missing > 0) {
    const kept = folder === undefined ? "--out keeps what is finished" : "--resume goes on";
    err(`pageblock: interrupted: ${formatCount(missing)} runs are not done (${kept})\n`);
    return ExitCode.INTERRUPTED;
  }
  return failures > 0 ? ExitCode.DISAGREES : ExitCode.OK;
}
