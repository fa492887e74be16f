// Knows: the command `pageblock bench search`: its options, and how the laboratory's figures are shown as text.
// Must not know: how a search works, how it is timed.

import { SearchStrategy } from "../../../assembly/abi/findings.js";
import { STRATEGIES } from "../../bitmap/core.js";
import {
  goalsOf,
  type LabOptions,
  type LabResult,
  lossesOf,
  PATTERNS,
  REQUESTS,
  runLab,
} from "../../bitmap/lab/index.js";
import { prepareFile, writeAside } from "../../durable/index.js";
import { type CoreBuild, loadCore } from "../../engine/load.js";
import { renderTable } from "../../report/index.js";
import { renderAnswer } from "../../report/node.js";
import { ExitCode, UsageError } from "../exit.js";
import { progressBar } from "../progress.js";
import { out, outJson } from "../terminal.js";
import { answerOfSearch } from "./answer.js";
import { renderSearchChart } from "./chart.js";
import { headLines, type SearchReport, searchTables } from "./tables.js";
import { SearchTwin } from "./twin.js";

export interface BenchSearchOptions {
  /** Names of patterns; all when absent. */
  readonly pattern?: readonly string[];
  /** Names of strategies; all when absent. KERNEL and COMPOSITE always run: they are what is compared. */
  readonly strategy?: readonly string[];
  /** 4,194,304 when absent. */
  readonly bits?: number;
  readonly rounds?: number;
  readonly seed?: number;
  /** Also how the cost grows with the map, from 32 Ki to 64 Mi bits. */
  readonly growth?: boolean;
  readonly json?: boolean;
  /** Where to write a chart. */
  readonly svg?: string;
  /** Where to write a page with the chart, all tables, the goals and the lost rows. */
  readonly html?: string;
  readonly core?: CoreBuild;
}

const DEFAULT_BITS = 4_194_304;
const DEFAULT_ROUNDS = 9;
const SLICE = 3e6;
const GROWTH_BITS = [32_768, 262_144, 4_194_304, 67_108_864];
const GROWTH_PATTERNS = ["holes-end", "misaligned-end", "full-end"];
const GROWTH_STRATEGIES = [
  SearchStrategy.KERNEL,
  SearchStrategy.SIMD_GROUP,
  SearchStrategy.SUMMARY,
  SearchStrategy.PYRAMID,
  SearchStrategy.RUN_TREE,
  SearchStrategy.COMPOSITE,
];

/** Processor time of this process: a busy neighbour does not count. */
function cpuClock(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

function chosen<T>(
  what: string,
  names: readonly string[] | undefined,
  all: readonly T[],
  nameOf: (item: T) => string,
): T[] {
  if (names === undefined || names.length === 0) return [...all];
  return names.map((name) => {
    const found = all.find((item) => nameOf(item).toLowerCase() === name.toLowerCase().replaceAll(" ", "_"));
    if (found === undefined)
      throw new UsageError(
        `unknown ${what} ${JSON.stringify(name)}; there are ${all.map(nameOf).join(", ")}`,
      );
    return found;
  });
}

function strategies(names: readonly string[] | undefined): SearchStrategy[] {
  const picked = chosen("strategy", names, STRATEGIES, (strategy) => SearchStrategy[strategy]);
  return STRATEGIES.filter(
    (strategy) =>
      picked.includes(strategy) ||
      strategy === SearchStrategy.KERNEL ||
      strategy === SearchStrategy.COMPOSITE,
  );
}

function checkNumber(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new UsageError(`--${name} must be a whole number from ${least} to ${most}, not ${value}`);
}

/** All of it as text. */
export function describeSearch(report: SearchReport): string {
  const parts = searchTables(report).map(({ title, columns, rows }) => {
    const head = title === "" ? "" : `${title}\n`;
    return head + (rows.length === 0 ? "none\n" : renderTable(columns, rows));
  });
  const head = [...headLines(report), `digest of the answers  ${report.result.digest}`];
  return `${head.join("\n")}\n\n${parts.join("\n")}`;
}

async function runGrowth(options: LabOptions): Promise<LabResult[]> {
  const results: LabResult[] = [];
  for (const bits of GROWTH_BITS) {
    results.push(
      await runLab({
        ...options,
        bits,
        patterns: PATTERNS.filter(({ name }) => GROWTH_PATTERNS.includes(name)),
        strategies: GROWTH_STRATEGIES,
        requests: [{ count: 456, align: 8 }],
      }),
    );
  }
  return results;
}

/** Runs the laboratory. @throws UsageError when an option names nothing */
export async function measureSearch(options: BenchSearchOptions): Promise<SearchReport> {
  const patterns = chosen("pattern", options.pattern, PATTERNS, ({ name }) => name);
  const picked = strategies(options.strategy);
  const bits = checkNumber("bits", options.bits ?? DEFAULT_BITS, 1, 2 ** 28);
  const rounds = checkNumber("rounds", options.rounds ?? DEFAULT_ROUNDS, 1, 1000);
  const seed = checkNumber("seed", options.seed ?? 1, 0, 2 ** 32 - 1);
  const built = SearchTwin.build();
  using twin = typeof built === "string" ? undefined : built;
  const module = await loadCore(options.core ?? "release", undefined, "bitmap");
  const lab = {
    module,
    bits,
    patterns,
    strategies: picked,
    seed,
    rounds,
    slice: SLICE,
    clock: cpuClock,
    twin,
  };
  const bar = progressBar("searching", patterns.length * REQUESTS.length, "rows");
  let done = 0;
  const result = await runLab({ ...lab, onRow: () => bar.update(++done) });
  bar.stop();
  return {
    result,
    growth: options.growth ? await runGrowth(lab) : [],
    noTwin: typeof built === "string" ? built : undefined,
  };
}

/** All figures, goals and lost rows of a run as plain data. */
export function searchJson({ result, growth, noTwin }: SearchReport): object {
  const goals = goalsOf(result, result.twin);
  return { ...result, noTwin: noTwin ?? null, goals, losses: lossesOf(result), growth };
}

/** Runs the laboratory and prints it. Answers 0: a missed goal is a figure, not a failure. */
export async function runBenchSearch(options: BenchSearchOptions): Promise<ExitCode> {
  const { svg, html } = options;
  for (const path of [svg, html]) if (path !== undefined) prepareFile(path);
  const report = await measureSearch(options);
  if (svg !== undefined) writeAside(svg, (put) => put(renderSearchChart(report.result)));
  if (html !== undefined) writeAside(html, (put) => put(renderAnswer(answerOfSearch(report))));
  if (options.json) outJson(searchJson(report));
  else out(describeSearch(report));
  return ExitCode.OK;
}
