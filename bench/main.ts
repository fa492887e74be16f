// Knows: `npm run bench`: which figures are taken, the goals beside them, what is saved, profiled and compared.
// Must not know: how a figure is measured or shown.

import { mkdirSync, writeFileSync } from "node:fs";
import { Command } from "commander";
import { Region } from "../assembly/abi/layout.js";
import { WorkloadWord } from "../assembly/abi/run.js";
import { Machine } from "../bindings/machine/machine.js";
import { changes, readMeasures, renderChanges } from "./against.js";
import { apiRows } from "./api.js";
import { bytesPerFrame, type CmaRow, cmaRows, moduleBytes, sizeRatio, startUp } from "./limits.js";
import { profiled } from "./profile.js";
import { ROWS, type RowResult, runRow } from "./rows.js";
import { benchSearch } from "./search/main.js";
import { type SimulationRow, simulationRows, type TurnoverRow, turnoverRow } from "./simulation.js";
import { geometricMean, type Measure } from "./stats.js";
import {
  type Goal,
  renderCma,
  renderGoals,
  renderLosses,
  renderRows,
  renderSimulation,
  renderTurnover,
} from "./tables.js";
import { startTwins, stopTwins, tableOf } from "./twin.js";

export interface BenchOptions {
  readonly device: string;
  readonly rounds: number;
  /** Share of the blocks per round: 1, or little for a test. */
  readonly scale: number;
  readonly filter?: string;
}

/** The rows against the C twins; without a compiler, ours alone. */
export async function runRows(
  options: BenchOptions,
  progress: (name: string) => void = () => {},
): Promise<RowResult[]> {
  const machine = await Machine.create(options.device, { slots: 0 });
  machine.engine.unsigned(Region.WORKLOAD)[WorkloadWord.THP_ORDER] = 9;
  // Looking at it writes what boot left unwritten: the twins know frames alone.
  machine.digest();
  const image = machine.engine.memory().slice();
  const twins = startTwins(image, tableOf(image));
  const results: RowResult[] = [];
  try {
    for (const row of ROWS) {
      if (options.filter !== undefined && !row.name.includes(options.filter)) continue;
      progress(row.name);
      results.push(await runRow(row, machine, image, twins, options.rounds, options.scale));
    }
  } finally {
    stopTwins(twins);
    machine.dispose();
  }
  return results;
}

interface MainOptions {
  readonly json?: string;
  readonly device: string;
  readonly rounds: number;
  readonly filter?: string;
  readonly quick?: boolean;
  readonly profile?: string;
  readonly against?: string;
}

function readOptions(): MainOptions {
  return new Command("bench")
    .description(
      "buddy and per-CPU rows against a C twin, interleaved; start-up, memory, module, device size, CMA, simulations, bitmap searches",
    )
    .option("--json <file>", "write all figures to a file")
    .option("--against <file>", "compare with a file of --json: what has changed beyond the noise")
    .option("--profile <row>", "only rows whose name contains this, as a CPU profile: out/ROW.cpuprofile")
    .option("--device <preset>", "device of the rows", "phone-16g")
    .option("--rounds <n>", "rounds per row", (text) => Number.parseInt(text, 10), 7)
    .option("--filter <text>", "only rows whose name contains this, and nothing else")
    .option("--quick", "tiny sizes, to see that it runs")
    .parse()
    .opts<MainOptions>();
}

/** Progress, on a terminal only. */
function note(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`${text}\n`);
}

function print(text: string): void {
  process.stdout.write(`\n${text}\n`);
}

/** The goal refers to C whose entry points are functions, as the core's are; the other column is for information. */
function ratioGoals(rows: readonly RowResult[]): Goal[] {
  const ratios = rows.flatMap(({ ratio }) => (ratio === null ? [] : [ratio]));
  const fused = rows.flatMap(({ ratioFused }) => (ratioFused === null ? [] : [ratioFused]));
  if (ratios.length === 0) return [];
  const unit = "ratio";
  print(
    `rows against C that the compiler may dissolve, geometric mean ${geometricMean(fused).toFixed(2)} (no goal)`,
  );
  return [
    { what: "rows against C, geometric mean", value: geometricMean(ratios), must: 1.25, aim: 1, unit },
    { what: "rows against C, worst", value: Math.max(...ratios), must: 1.5, aim: 1.2, unit },
  ];
}

interface DeviceFigures {
  readonly goals: readonly Goal[];
  readonly measures: readonly Measure[];
}

async function deviceFigures(quick: boolean): Promise<DeviceFigures> {
  const start = startUp(quick ? 3 : 15);
  const size = quick ? await sizeRatio(3, 20_000, 0.01) : await sizeRatio(9, 1_000_000, 0.5);
  const memory = { must: 16, aim: 12, unit: "bytes/frame" };
  const unit = "ms of CPU";
  const what = "import to first allocation, 16 GiB, beyond node";
  return {
    goals: [
      { what, value: start.median, must: 25, aim: 8, unit },
      { what: "memory, all included, without slots", value: await bytesPerFrame(0), ...memory },
      { what: "memory, all included, with slots", value: await bytesPerFrame(undefined), ...memory },
      { what: "core.wasm, raw", value: moduleBytes() / 1024, must: 48, aim: 24, unit: "KiB" },
      { what: "64 GiB against 4 GiB, same churn", value: size.median, must: 2, aim: 1.3, unit: "ratio" },
    ],
    measures: [
      { name: what, unit, ...start },
      { name: "64 GiB against 4 GiB", unit: "ratio", ...size },
    ],
  };
}

interface Simulated {
  readonly rows: readonly SimulationRow[];
  readonly turnover: readonly TurnoverRow[];
}

/** Simulated time against CPU time, and one resident's loop against C. */
async function simulated(quick: boolean, rounds: number): Promise<Simulated> {
  const rows = await simulationRows(quick, quick ? 1 : Math.min(rounds, 5), note);
  const turnover: TurnoverRow[] = [];
  for (const device of quick ? ["tiny"] : ["rpi4-4g", "phone-16g"])
    turnover.push(await turnoverRow(device, quick ? 1 : rounds, quick ? 50 : 20_000));
  print(renderSimulation(rows));
  print(renderTurnover(turnover));
  return { rows, turnover };
}

function measuresOf(
  rows: readonly RowResult[],
  cma: readonly CmaRow[],
  { rows: runs, turnover }: Simulated,
): Measure[] {
  const all: Measure[] = rows.map(({ name, ours }) => ({ name, unit: "ns", ...ours }));
  for (const { device, ours } of turnover)
    all.push({ name: `resident's loop, ${device}`, unit: "ns a page", ...ours });
  for (const { device, operationsPerSecond, rate } of runs)
    all.push({ name: `blockade, ${device}, ${operationsPerSecond}/s`, unit: "simulated s / CPU s", ...rate });
  for (const { state, drain, request } of cma) {
    all.push({ name: `cma_alloc, ${state}`, unit: "us", ...request });
    all.push({ name: `drain, ${state}`, unit: "us", ...drain });
  }
  return all;
}

async function chosenRows({ device, rounds, filter, quick = false }: MainOptions): Promise<RowResult[]> {
  const chosen = filter === undefined ? {} : { filter };
  return await runRows({ device: quick ? "tiny" : device, rounds, scale: quick ? 0.01 : 1, ...chosen }, note);
}

async function profile(options: MainOptions, row: string): Promise<void> {
  const file = `out/${row.replace(/\W+/g, "-")}.cpuprofile`;
  mkdirSync("out", { recursive: true });
  const rows = await profiled(file, () => chosenRows({ ...options, filter: row }));
  process.stdout.write(`${renderRows(rows)}\n\nCPU profile: ${file}\n`);
}

async function main(): Promise<void> {
  const options = readOptions();
  const { json, filter, quick = false, rounds, against } = options;
  if (options.profile !== undefined) return await profile(options, options.profile);
  const saved = against === undefined ? undefined : readMeasures(against);
  const rows = await chosenRows(options);
  process.stdout.write(`${renderRows(rows)}\n`);
  const none: Simulated = { rows: [], turnover: [] };
  if (filter !== undefined) {
    const measures = measuresOf(rows, [], none);
    if (saved !== undefined) print(renderChanges(changes(saved, measures)));
    if (json !== undefined) writeFileSync(json, `${JSON.stringify({ rows, measures }, null, 2)}\n`);
    return;
  }
  if (rows.every(({ ratio }) => ratio === null)) print("no C compiler was found: there are no ratios");
  print(renderLosses());
  note("start-up, memory, device size");
  const figures = await deviceFigures(quick);
  const goals = [...ratioGoals(rows), ...figures.goals];
  print(renderGoals(goals));
  note("cma_alloc of 254 MiB, public calls");
  const cma = quick ? [] : await cmaRows();
  if (cma.length > 0) print(renderCma(cma));
  const api = quick ? [] : await apiRows();
  for (const { name, operationsPerSecond } of api)
    process.stdout.write(`${name}: ${(operationsPerSecond / 1e6).toFixed(2)} M operations a second\n`);
  note("simulations");
  const simulation = await simulated(quick, rounds);
  note("bitmap searches");
  print("bitmap searches with alignment");
  const search = await benchSearch(quick);
  const measures = [...measuresOf(rows, cma, simulation), ...figures.measures];
  if (saved !== undefined) print(renderChanges(changes(saved, measures)));
  if (json !== undefined)
    writeFileSync(
      json,
      `${JSON.stringify({ rows, goals, cma, api, simulation, search, measures }, null, 2)}\n`,
    );
}

if (process.argv[1]?.endsWith("main.js")) await main();
