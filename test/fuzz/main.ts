// Knows: `npm run fuzz`: which kinds run for how long, from which seeds; what is counted, and where it is written.
// Must not know: how anything is fuzzed.

import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Command, Option } from "commander";
import { statOf } from "../support/children.js";
import { entriesOf, FOLDER, keep } from "./corpus.js";
import { isFailure, KIND_NAMES, type Kind, type KindName, leaveLong } from "./kind.js";
import { COVERED, coveredKinds, KINDS } from "./kinds/index.js";
import { watchdog } from "./watchdog.js";

interface Options {
  readonly hours: number;
  readonly kind: readonly KindName[];
  readonly seed?: number;
  readonly counters: string;
  readonly keep: boolean;
  readonly first?: boolean;
  readonly coverage?: boolean;
}

interface Count {
  rounds: number;
  operations: number;
  inputs: number;
  failures: number;
  cpuSeconds: number;
}

/** Each kind has a turn of this length. */
const TURN_MS = 10_000;
/** Failures after which a kind is left alone: it finds the same thing again. */
const MOST_FAILURES = 5;

const none = (): Count => ({ rounds: 0, operations: 0, inputs: 0, failures: 0, cpuSeconds: 0 });

/** By kind; what followed coverage is counted on its own. */
type Counts = Partial<Record<KindName | `${KindName}, by coverage`, Count>>;

function readCounts(file: string): Counts {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Counts;
  } catch {
    return {};
  }
}

function writeCounts(file: string, counts: Counts): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.part`, `${JSON.stringify(counts, null, 1)}\n`);
  renameSync(`${file}.part`, file);
}

function readOptions(args: readonly string[]): Options {
  const number = (text: string) => Number.parseFloat(text);
  const command = new Command("fuzz")
    .description(
      "random machines, loads and inputs until the time is over; new seeds each time. Exit 1 when something was wrong.",
    )
    .option("--hours <h>", "how long, all kinds together", number, 1)
    .addOption(new Option("--kind <kind...>", "only these kinds").choices(KIND_NAMES).default(KIND_NAMES))
    .option("--seed <n>", "first seed; from the clock when absent", number)
    .option("--counters <file>", "totals of all runs are added up here", "out/fuzz.json")
    .option("--no-keep", "leave test/corpus as it is")
    .option("--coverage", `parsers alone (${COVERED.join(", ")}): inputs follow the branches of the code`)
    .option("--first", "end at the first failure, as it was found")
    .parse(args, { from: "user" });
  const options = command.opts<Options>();
  if (!options.coverage) return options;
  return { ...options, kind: options.kind.filter((kind) => COVERED.some((each) => each === kind)) };
}

/** Of processes that were waited for, in seconds; /proc/self/stat counts hundredths of them, and only Linux has it. */
function cpuOfChildren(): number {
  try {
    const words = statOf("self");
    return (Number(words[13]) + Number(words[14])) / 100;
  } catch {
    return 0;
  }
}

/** Of this process and of the command lines that it has run. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6 + cpuOfChildren();
}

/** One turn of a kind. @returns the next seed */
async function turn(
  { name: kind, round }: Kind,
  first: number,
  end: number,
  options: Options,
  count: Count,
): Promise<number> {
  const until = Math.min(end, performance.now() + TURN_MS);
  let seed = first;
  while (performance.now() < until && count.failures < MOST_FAILURES) {
    const before = cpuSeconds();
    const result = await round(seed++, entriesOf(kind), until);
    count.cpuSeconds += cpuSeconds() - before;
    count.rounds += 1;
    if (isFailure(result)) {
      count.failures += options.first ? MOST_FAILURES : 1;
      const file = options.keep ? keep(kind, result.entry, true) : undefined;
      process.stdout.write(`${kind}: ${result.what}${file === undefined ? "" : `\n  kept as ${file}`}\n`);
      continue;
    }
    count.operations += result.operations;
    count.inputs += result.inputs;
    if (options.keep) for (const entry of result.kept) keep(kind, entry, false);
  }
  return seed;
}

function table(counts: Counts): string {
  const rows = Object.entries(counts).map(([kind, { rounds, operations, inputs, failures, cpuSeconds }]) =>
    [kind, rounds, operations, inputs, failures, cpuSeconds.toFixed(0)].map((cell, i) =>
      i === 0 ? String(cell).padEnd(24) : String(cell).padStart(13),
    ),
  );
  const head = [
    "kind".padEnd(24),
    ...["rounds", "operations", "inputs", "failures", "CPU seconds"].map((word) => word.padStart(13)),
  ];
  return [head, ...rows].map((row) => row.join("")).join("\n");
}

/** @returns the exit code */
export async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options.first) leaveLong();
  watchdog.start(options.keep ? FOLDER : undefined);
  const kinds: Partial<Record<KindName, Kind>> = options.coverage ? coveredKinds() : {};
  const end = performance.now() + options.hours * 3_600_000;
  const first = options.seed ?? Date.now() % 2 ** 31;
  process.stdout.write(`seeds from ${first}\n`);
  const seeds = new Map(options.kind.map((kind) => [kind, first]));
  const now: Counts = {};
  let isStopped = false;
  process.once("SIGINT", () => {
    isStopped = true;
  });
  while (performance.now() < end && !isStopped) {
    for (const kind of options.kind) {
      if (performance.now() >= end || isStopped) break;
      const row = options.coverage ? (`${kind}, by coverage` as const) : kind;
      const count = now[row] ?? none();
      now[row] = count;
      if (count.failures >= MOST_FAILURES) continue;
      const before = { ...count };
      seeds.set(kind, await turn(kinds[kind] ?? KINDS[kind], seeds.get(kind) ?? first, end, options, count));
      addUp(options.counters, row, before, count);
    }
    if (Object.values(now).every(({ failures }) => failures >= MOST_FAILURES)) break;
  }
  for (const kind of options.kind) {
    const end = kinds[kind]?.finish?.();
    if (end === undefined) continue;
    process.stdout.write(`${end.said}\n`);
    if (options.keep) for (const entry of end.kept) keep(kind, entry, false);
  }
  process.stdout.write(`${table(now)}\nall runs so far: ${options.counters}\n`);
  return Object.values(now).some(({ failures }) => failures > 0) ? 1 : 0;
}

/** The file has the totals of all runs, of several at a time as well: each adds what it has done since. */
function addUp(file: string, kind: keyof Counts, before: Count, count: Count): void {
  const counts = readCounts(file);
  const total = counts[kind] ?? none();
  counts[kind] = total;
  for (const key of Object.keys(total) as (keyof Count)[]) total[key] += count[key] - before[key];
  writeCounts(file, counts);
}
