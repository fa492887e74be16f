// Knows: the command `pageblock bench search`: its options, and how the laboratory's figures are shown as text.
// Must not know: how a search works, how it is timed.

import { writeFileSync } from "node:fs";
import { SearchStrategy } from "../../assembly/abi/findings.js";
import { NONE, STRATEGIES } from "../bitmap/core.js";
import {
  type Goal,
  geometricMean,
  goalsOf,
  type LabOptions,
  type LabResult,
  type LabRow,
  lossesOf,
  PATTERNS,
  runLab,
  timeOf,
} from "../bitmap/lab/index.js";
import { type CoreBuild, loadCore } from "../engine/load.js";
import { formatBytes, formatCount, formatDuration, renderTable } from "../report/index.js";
import { ExitCode, UsageError } from "./exit.js";
import { progressBar } from "./progress.js";
import { renderSearchChart } from "./search_chart.js";
import { SearchTwin, TWIN_NAME } from "./search_twin.js";

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

function ratio(a: number | undefined, b: number | undefined): string {
  if (a === undefined || b === undefined || b === 0) return "-";
  const value = a / b;
  return value >= 100 ? formatCount(Math.round(value)) : String(Number(value.toPrecision(3)));
}

function placeText(place: number): string {
  return place === NONE ? "none" : String(place);
}

/** One table for each pattern: time per search of each contestant, and the two ratios that matter. */
function searchTable(rows: readonly LabRow[]): string {
  const names = rows[0]?.timings.map(({ name }) => name) ?? [];
  const right = (header: string) => ({ header, align: "right" as const });
  const columns = [
    { header: "request" },
    ...names.map(right),
    right("C/COMP"),
    right("COMP/KERNEL"),
    right("place"),
  ];
  return renderTable(
    columns,
    rows.map((row) => [
      `${row.count}@${row.align}`,
      ...row.timings.map(({ nanoseconds }) => formatDuration(nanoseconds)),
      ratio(timeOf(row, TWIN_NAME), timeOf(row, "COMPOSITE")),
      ratio(timeOf(row, "COMPOSITE"), timeOf(row, "KERNEL")),
      placeText(row.place),
    ]),
  );
}

function updateTable({ updates }: LabResult): string {
  const indexes = [...new Set(updates.map(({ index }) => index))];
  const patterns = [...new Set(updates.map(({ pattern }) => pattern))];
  const of = (pattern: string, index: string) =>
    updates.find((update) => update.pattern === pattern && update.index === index);
  const size = indexes.map((index) => formatBytes(of(patterns[0] ?? "", index)?.indexBytes ?? 0));
  return renderTable(
    [{ header: "pattern" }, ...indexes.map((header) => ({ header, align: "right" as const }))],
    [
      ...patterns.map((pattern) => [
        pattern,
        ...indexes.map((index) => formatDuration(of(pattern, index)?.nanoseconds ?? 0)),
      ]),
      ["memory of the index", ...size],
    ],
  );
}

/** Bits of the map that are looked past in a nanosecond, geometric mean over the rows that search all of it. */
function throughputTable({ rows, bits }: LabResult): string {
  const scans = rows.filter(({ place }) => place === NONE || place > bits / 2);
  const names = rows[0]?.timings.map(({ name }) => name) ?? [];
  return renderTable(
    [
      { header: "rows that look through the whole map" },
      ...names.map((header) => ({ header, align: "right" as const })),
    ],
    [
      [
        `bits per ns, geometric mean of ${scans.length}`,
        ...names.map((name) => ratio(geometricMean(scans.map((row) => bits / (timeOf(row, name) ?? 1))), 1)),
      ],
    ],
  );
}

function goalLine(goal: Goal): string {
  const verdict = goal.measured === undefined ? "not run" : goal.met ? "met" : "MISSED";
  const measured = goal.measured === undefined ? "-" : `${Number(goal.measured.toPrecision(3))} ${goal.unit}`;
  return `  ${verdict.padEnd(8)} ${goal.what}: ${measured} (must: ${goal.must} ${goal.unit})`;
}

function lossLines(result: LabResult): string[] {
  const losses = lossesOf(result);
  if (losses.length === 0) return ["  none"];
  return losses.map(
    ({ row, against, ratio: by, lostNanoseconds }) =>
      `  ${row.pattern} ${row.count}@${row.align}: ${by.toFixed(2)} times ${against}, ${formatDuration(lostNanoseconds)} more`,
  );
}

function describe(result: LabResult, why: string | undefined): string {
  const lines = [
    `${formatCount(result.bits)} bits, seed ${result.seed}, processor time, medians of interleaved rounds`,
    why === undefined ? "C: the kernel's walk in plain C, in the same run" : `C: not run: ${why}`,
  ];
  for (const pattern of PATTERNS) {
    const rows = result.rows.filter((row) => row.pattern === pattern.name);
    if (rows.length > 0) lines.push("", `${pattern.name}: ${pattern.doc}`, searchTable(rows).trimEnd());
  }
  lines.push(
    "",
    "update: 456 bits set or cleared, with the bits alone and with one index",
    updateTable(result).trimEnd(),
  );
  lines.push(
    "",
    throughputTable(result).trimEnd(),
    "",
    `digest of the answers  ${result.digest}`,
    "",
    "goals",
  );
  lines.push(...goalsOf(result, result.twin).map(goalLine));
  lines.push("", "rows on which the composite loses, to C or to another strategy", ...lossLines(result));
  return `${lines.join("\n")}\n`;
}

function describeGrowth(results: readonly LabResult[]): string {
  const names = results[0]?.rows[0]?.timings.map(({ name }) => name) ?? [];
  const rows = GROWTH_PATTERNS.flatMap((pattern) =>
    results.map((result) => {
      const row = result.rows.find((each) => each.pattern === pattern);
      const update = result.updates.find((each) => each.pattern === pattern && each.index === "RUN_TREE");
      return [
        pattern,
        formatCount(result.bits),
        ...names.map((name) => formatDuration((row && timeOf(row, name)) ?? 0)),
        formatDuration(update?.nanoseconds ?? 0),
      ];
    }),
  );
  const right = (header: string) => ({ header, align: "right" as const });
  const columns = [
    { header: "456@8, found at the end" },
    right("bits"),
    ...names.map(right),
    right("update"),
  ];
  return `\nas the map grows\n${renderTable(columns, rows)}`;
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

/** Runs the laboratory and prints it. Answers 0: a missed goal is a figure, not a failure. */
export async function runBenchSearch(options: BenchSearchOptions): Promise<ExitCode> {
  const patterns = chosen("pattern", options.pattern, PATTERNS, ({ name }) => name);
  const picked = strategies(options.strategy);
  const bits = checkNumber("bits", options.bits ?? DEFAULT_BITS, 1, 2 ** 28);
  const rounds = checkNumber("rounds", options.rounds ?? DEFAULT_ROUNDS, 1, 1000);
  const seed = checkNumber("seed", options.seed ?? 1, 0, 2 ** 32 - 1);
  const built = SearchTwin.build();
  using twin = typeof built === "string" ? undefined : built;
  const why = typeof built === "string" ? built : undefined;
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
  const bar = progressBar("searching", patterns.length * 6);
  let done = 0;
  const result = await runLab({ ...lab, onRow: () => bar.update(++done) });
  bar.stop();
  const growth = options.growth ? await runGrowth(lab) : [];
  if (options.svg !== undefined) writeFileSync(options.svg, renderSearchChart(result));
  if (options.json) {
    const goals = goalsOf(result, result.twin);
    process.stdout.write(
      `${JSON.stringify({ ...result, noTwin: why ?? null, goals, losses: lossesOf(result), growth }, null, 2)}\n`,
    );
  } else {
    process.stdout.write(describe(result, why) + (growth.length > 0 ? describeGrowth(growth) : ""));
  }
  return ExitCode.OK;
}
