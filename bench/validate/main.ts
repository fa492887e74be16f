// Knows: `npm run validate`: simulates the loads that real kernels were measured under and writes the tables of
// docs/validation.md, its picture and the README's three lines; its options, exit codes, what it says beforehand.
// Must not know: how a figure comes about.

import { existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { coreDigest } from "../../bindings/cli/identity.js";
import { packageFile, packageVersion } from "../../bindings/cli/package_files.js";
import { progressBar } from "../../bindings/cli/progress.js";
import { INTERRUPTS, withSignals } from "../../bindings/cli/signals.js";
import { writeAside } from "../../bindings/durable/index.js";
import { getScenario } from "../../bindings/scenario/index.js";
import { CAPTURE_HEAD, capturedTries, captureRows, simulatedTries } from "./captures.js";
import { figuresOf, type Pair } from "./figures.js";
import { LOADS, type Load } from "./loads.js";
import { renderOccupancy } from "./plot.js";
import { type Row, runAll } from "./runs.js";
import { setUps } from "./setups.js";
import { agreements, intervals, isPins, markdown, matrix, summary, work } from "./tables.js";
import { type Observed, readTruth } from "./truth.js";

interface Options {
  readonly truth: string;
  readonly out: string;
  readonly seeds: number;
  readonly jobs: number;
  readonly load?: readonly string[];
  readonly resume: boolean;
  readonly write: boolean;
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 10_000)
    throw new InvalidArgumentError("expected a whole number, 1 to 10000");
  return value;
}

function loadNamed(text: string, before: readonly string[] = []): string[] {
  if (LOADS.every(({ name }) => name !== text))
    throw new InvalidArgumentError(`loads: ${LOADS.map(({ name }) => name).join(", ")}`);
  return [...before, text];
}

function readOptions(): Options {
  return new Command("validate")
    .description("simulate what real kernels were measured doing, and write the tables of docs/validation.md")
    .option(
      "--truth <folder>",
      "measured tables (policytruth, pressuretruth, kernel)",
      packageFile("../shared/data"),
    )
    .option("--out <folder>", "where finished runs are kept", "out/validate")
    .option("--seeds <n>", "seeds of each row", count, 8)
    .option("--jobs <n>", "threads", count, availableParallelism())
    .option("--load <name>", "only this load (again for several); prints, writes nothing", loadNamed)
    .option("--resume", "go on with what was interrupted", false)
    .option("--no-write", "print the tables, change no document")
    .parse()
    .opts<Options>();
}

/** Measured rows of the loads, and which of them have a policy here. */
function rowsOf(loads: readonly Load[], truth: readonly Observed[]): Row[] {
  return loads.map((load) => {
    const scenario = getScenario(load.scenario);
    const known = new Set(scenario.policies.map(({ name }) => name));
    const policies = truth
      .filter((row) => row.load === load.name)
      .map(({ policy }) => ({ measured: policy, preset: load.renamed?.[policy] ?? policy }))
      .filter(({ preset }) => known.has(preset));
    const order = scenario.policies.map(({ name }) => name);
    return {
      load,
      scenario,
      policies: policies.sort((a, b) => order.indexOf(a.preset) - order.indexOf(b.preset)),
    };
  });
}

function pairsOf(rows: readonly Row[], truth: readonly Observed[], simulated: readonly Observed[]): Pair[] {
  return rows.flatMap(({ load, policies }) =>
    policies.flatMap(({ measured }) => {
      const of = (all: readonly Observed[]) => all.find((o) => o.load === load.name && o.policy === measured);
      const [there, here] = [of(truth), of(simulated)];
      if (there === undefined || here === undefined || here.requests.length === 0) return [];
      const figures = (observed: Observed) => figuresOf(observed, load.firstOnly);
      return [
        {
          load: load.name,
          policy: measured,
          isFitted: load.isFitted,
          measured: figures(there),
          simulated: figures(here),
        },
      ];
    }),
  );
}

async function captureTable(folder: string): Promise<string | undefined> {
  const paths = setUps.map((setUp) => ({ setUp, path: join(folder, setUp.name) }));
  if (paths.some(({ path }) => !existsSync(path))) return undefined;
  const rows: string[][] = [];
  for (const { setUp, path } of paths)
    rows.push(...captureRows(setUp.name.slice(0, 2), capturedTries(path), await simulatedTries(setUp, path)));
  return markdown(CAPTURE_HEAD, rows);
}

/** Puts a text between the marks `<!-- NAME -->` and `<!-- end NAME -->`. */
function placed(document: string, name: string, text: string): string {
  const mark = new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*?(<!-- end ${name} -->)`);
  if (!mark.test(document)) throw new Error(`the document has no mark <!-- ${name} -->`);
  return document.replace(mark, (_, begin: string, end: string) => `${begin}\n${text}\n\n${end}`);
}

function write(blocks: ReadonlyMap<string, string>, picture: string): void {
  const document = packageFile("docs/validation.md");
  let text = readFileSync(document, "utf8");
  for (const [name, block] of blocks) text = placed(text, name, block);
  writeAside(document, (put) => put(text));
  writeAside(packageFile("docs/validation.svg"), (put) => put(picture));
  const readme = packageFile("README.md");
  const fresh = placed(readFileSync(readme, "utf8"), "validation", blocks.get("summary") ?? "");
  writeAside(readme, (put) => put(fresh));
}

function pictureOf(rows: readonly Row[], truth: readonly Observed[], simulated: readonly Observed[]): string {
  const panels = rows
    .filter(({ load }) => !isPins(load.name))
    .map(({ load, policies }) =>
      policies.flatMap(({ measured }) => {
        const of = (all: readonly Observed[]) =>
          all.find((o) => o.load === load.name && o.policy === measured)?.occupancy;
        const [there, here] = [of(truth), of(simulated)];
        if (there === undefined || here === undefined) return [];
        return [{ title: `${load.name}, ${measured}`, measured: there, simulated: here }];
      }),
    );
  return renderOccupancy(panels, 16_384);
}

async function main(): Promise<number> {
  const options = readOptions();
  const folders = ["policytruth", "pressuretruth"].map((name) => join(options.truth, name));
  const absent = folders.filter((folder) => !existsSync(join(folder, "requests.csv.gz")));
  if (absent.length > 0) {
    process.stderr.write(
      `validate: the measured tables are not at hand: ${absent.join(", ")} (--truth FOLDER says where they are); nothing was run\n`,
    );
    return 2;
  }
  const truth = folders.flatMap(readTruth);
  const loads = LOADS.filter(({ name }) => options.load === undefined || options.load.includes(name));
  const rows = rowsOf(loads, truth);
  const [version, core] = [packageVersion(), await coreDigest("release")];
  const bar = progressBar("validating", 1000, "");
  const simulated = await withSignals(INTERRUPTS, (signal) =>
    runAll(rows, {
      ...{ folder: options.out, resume: options.resume, jobs: options.jobs, seeds: options.seeds },
      ...{ version, core, signal },
      onBegin: (cost) => void process.stderr.write(`validate: ${cost}, kept in ${options.out}\n`),
      onProgress: (done, total) => bar.update(Math.floor((1000 * done) / total)),
    }),
  ).finally(() => bar.stop());
  if (simulated === undefined) {
    process.stderr.write(`validate: interrupted; --resume goes on, finished runs are in ${options.out}\n`);
    return 130;
  }
  const pairs = pairsOf(rows, truth, simulated);
  const blocks = new Map([
    ["summary", summary(pairs)],
    ["agreement", agreements(pairs)],
    ["pins", matrix(pairs.filter(({ load }) => isPins(load)))],
    ["pressure", matrix(pairs.filter(({ load }) => !isPins(load)))],
    ["intervals", intervals(pairs)],
    ["work", work(pairs)],
  ]);
  const captures = await captureTable(join(options.truth, "kernel"));
  if (captures !== undefined) blocks.set("captures", captures);
  for (const [name, block] of blocks) process.stdout.write(`${name}\n\n${block}\n\n`);
  if (options.write && options.load === undefined) write(blocks, pictureOf(rows, truth, simulated));
  return 0;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`validate: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  },
);
