// Knows: `npm run bench`: which figures are taken, the goals beside them, the table and the JSON.
// Must not know: how a figure is measured.

import { writeFileSync } from "node:fs";
import { Command } from "commander";
import { Region } from "../assembly/abi/layout.js";
import { WorkloadWord } from "../assembly/abi/words.js";
import { Machine } from "../bindings/machine/machine.js";
import { renderTable } from "../bindings/report/index.js";
import { apiRows } from "./api.js";
import { bytesPerFrame, type CmaRow, cmaRows, moduleBytes, sizeRatio, startUp } from "./limits.js";
import { ROWS, type RowResult, runRow } from "./rows.js";
import { benchSearch } from "./search/main.js";
import { type SimulationRow, simulationRows, type TurnoverRow, turnoverRow } from "./simulation.js";
import { Twin, tableOf } from "./twin.js";

export interface BenchOptions {
  readonly device: string;
  readonly rounds: number;
  /** Share of the blocks per round: 1, or little for a test. */
  readonly scale: number;
  readonly filter?: string;
}

/** The rows against the C twin; without a compiler, ours alone. */
export async function runRows(
  options: BenchOptions,
  progress: (name: string) => void = () => {},
): Promise<RowResult[]> {
  const machine = await Machine.create(options.device, { slots: 0 });
  machine.engine.unsigned(Region.WORKLOAD)[WorkloadWord.THP_ORDER] = 9;
  const image = machine.engine.memory().slice();
  const twin = Twin.start(image, tableOf(image));
  const results: RowResult[] = [];
  try {
    for (const row of ROWS) {
      if (options.filter !== undefined && !row.name.includes(options.filter)) continue;
      progress(row.name);
      results.push(await runRow(row, machine, image, twin, options.rounds, options.scale));
    }
  } finally {
    twin?.stop();
    machine.dispose();
  }
  return results;
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

interface Goal {
  readonly what: string;
  readonly value: number;
  readonly must: number;
  readonly aim: number;
  readonly unit: string;
}

function renderGoals(goals: readonly Goal[]): string {
  const columns = ["figure", "measured", "must", "aim", "unit", "verdict"].map((header) => ({ header }));
  const verdict = ({ value, must, aim }: Goal) =>
    value <= aim ? "aim reached" : value <= must ? "must reached" : "MISSED";
  const rows = goals.map((goal) => [
    goal.what,
    goal.value.toFixed(2),
    goal.must,
    goal.aim,
    goal.unit,
    verdict(goal),
  ]);
  return renderTable(columns, rows);
}

function renderRows(rows: readonly RowResult[]): string {
  const columns = ["row", "ns", "ns in C", "ratio", "checksums", "digests"].map((header) => ({ header }));
  const same = (equal: boolean | null) => (equal === null ? "no twin" : equal ? "equal" : "DIFFER");
  return renderTable(
    columns,
    rows.map((row) => [
      row.name,
      row.nsPerOperation.toFixed(2),
      row.nsPerOperationC?.toFixed(2) ?? "-",
      row.ratio?.toFixed(3) ?? "-",
      same(row.checksumEqual),
      same(row.digestEqual),
    ]),
  );
}

interface MainOptions {
  readonly json?: string;
  readonly device: string;
  readonly rounds: number;
  readonly filter?: string;
  readonly quick?: boolean;
}

function readOptions(): MainOptions {
  return new Command("bench")
    .description(
      "buddy and per-CPU rows against a C twin, interleaved; start-up, memory, module, device size, CMA, simulations, bitmap searches",
    )
    .option("--json <file>", "write all figures to a file")
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

function ratioGoals(ratios: readonly number[]): Goal[] {
  if (ratios.length === 0) return [];
  return [
    {
      what: "rows against C, geometric mean",
      value: geometricMean(ratios),
      must: 1.25,
      aim: 1,
      unit: "ratio",
    },
    { what: "rows against C, worst", value: Math.max(...ratios), must: 1.5, aim: 1.2, unit: "ratio" },
  ];
}

async function deviceGoals(quick: boolean): Promise<Goal[]> {
  const start = startUp(quick ? 3 : 15);
  const memory = { must: 16, aim: 12, unit: "bytes/frame" };
  return [
    { what: "import to first allocation, 16 GiB, beyond node", value: start, must: 25, aim: 8, unit: "ms" },
    { what: "memory, all included, without slots", value: await bytesPerFrame(0), ...memory },
    { what: "memory, all included, with slots", value: await bytesPerFrame(undefined), ...memory },
    { what: "core.wasm, raw", value: moduleBytes() / 1024, must: 48, aim: 24, unit: "KiB" },
    {
      what: "64 GiB against 4 GiB, same churn",
      value: quick ? await sizeRatio(3, 20_000, 0.01) : await sizeRatio(9, 1_000_000, 0.5),
      must: 2,
      aim: 1.3,
      unit: "ratio",
    },
  ];
}

function renderCma(rows: readonly CmaRow[]): string {
  const headers = [
    "cma_alloc + release of 65,024 pages",
    "errno",
    "windows",
    "us",
    "pages migrated",
    "ns per page",
    "digest",
  ];
  return renderTable(
    headers.map((header) => ({ header })),
    rows.map((row) => [
      row.state,
      row.errno,
      row.windowsTried,
      row.microseconds.toFixed(0),
      row.pagesMigrated,
      row.nsPerMigratedPage?.toFixed(0) ?? "-",
      row.digest,
    ]),
  );
}

function renderSimulation(rows: readonly SimulationRow[]): string {
  const headers = [
    "the load of a rolling blockade on",
    "page operations/s",
    "simulated s / CPU s",
    "events",
    "requests",
    "failed",
    "digest",
  ];
  return renderTable(
    headers.map((header) => ({ header })),
    rows.map((row) => [
      row.device,
      row.operationsPerSecond,
      row.ratio.toFixed(1),
      row.events,
      row.requests,
      row.failed,
      row.digest,
    ]),
  );
}

function renderTurnover(rows: readonly TurnoverRow[]): string {
  const columns = ["hot loop of a simulation on", "ns a page", "ns in C", "ratio", "digests"];
  return renderTable(
    columns.map((header) => ({ header })),
    rows.map((row) => [
      row.device,
      row.nsPerPage.toFixed(1),
      row.nsPerPageC?.toFixed(1) ?? "-",
      row.ratio?.toFixed(3) ?? "-",
      row.digestEqual === null ? "no twin" : row.digestEqual ? "equal" : "DIFFER",
    ]),
  );
}

/** Simulated time against CPU time, and the hot loop against C. */
async function benchSimulation(quick: boolean): Promise<{ rows: SimulationRow[]; turnover: TurnoverRow[] }> {
  const rows = await simulationRows(quick, note);
  const turnover: TurnoverRow[] = [];
  for (const device of quick ? ["tiny"] : ["rpi4-4g", "phone-16g"])
    turnover.push(await turnoverRow(device, quick ? 1 : 7, quick ? 50 : 20_000));
  process.stdout.write(`\n${renderSimulation(rows)}\n\n${renderTurnover(turnover)}\n`);
  const ratios = quick ? [] : turnover.flatMap(({ ratio }) => (ratio === null ? [] : [ratio]));
  const worst = { what: "simulation against C, worst", value: Math.max(...ratios), must: 1.5, aim: 1.2 };
  if (ratios.length > 0) process.stdout.write(`\n${renderGoals([{ ...worst, unit: "ratio" }])}\n`);
  return { rows, turnover };
}

async function main(): Promise<void> {
  const { json, device, rounds, filter, quick = false } = readOptions();
  const chosen = filter === undefined ? {} : { filter };
  const rows = await runRows(
    { device: quick ? "tiny" : device, rounds, scale: quick ? 0.01 : 1, ...chosen },
    note,
  );
  process.stdout.write(`${renderRows(rows)}\n`);
  if (filter !== undefined) return;
  const ratios = rows.flatMap(({ ratio }) => (ratio === null ? [] : [ratio]));
  if (ratios.length === 0) process.stdout.write("no C compiler was found: there are no ratios\n");
  note("start-up, memory, device size");
  const goals = [...ratioGoals(ratios), ...(await deviceGoals(quick))];
  process.stdout.write(`\n${renderGoals(goals)}\n`);
  note("cma_alloc of 254 MiB, public calls");
  const cma = quick ? [] : await cmaRows();
  if (cma.length > 0) process.stdout.write(`\n${renderCma(cma)}\n`);
  const api = quick ? [] : await apiRows();
  for (const { name, operationsPerSecond } of api) {
    process.stdout.write(`${name}: ${(operationsPerSecond / 1e6).toFixed(2)} M operations a second\n`);
  }
  note("simulations");
  const simulation = await benchSimulation(quick);
  note("bitmap searches");
  process.stdout.write("\nbitmap searches with alignment\n");
  const search = await benchSearch(quick);
  if (json !== undefined)
    writeFileSync(json, `${JSON.stringify({ rows, goals, cma, api, simulation, search }, null, 2)}\n`);
}

if (process.argv[1]?.endsWith("main.js")) await main();
