// Knows: `pageblock sweep`: one part of a grid, gone on with wherever it was stopped, written as a whole; its exit codes.
// Must not know: how a run is done, how parts are put together (merge).

import { createHash } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { availableParallelism, hostname } from "node:os";
import { dirname, join, relative } from "node:path";
import { errorRow, rowsOf, runOutcome } from "../../analysis/outcomes/index.js";
import { JournalError, prepareFolder, Work } from "../../durable/index.js";
import type { CoreBuild } from "../../engine/load.js";
import {
  canonicalGrid,
  type Grid,
  type RunEnd,
  runsOf,
  runsOfShard,
  runTasks,
  type Shard,
  shardOf,
  taskOf,
} from "../../sweep/index.js";
import { withThreads } from "../../sweep/node.js";
import { ExitCode } from "../exit.js";
import { coreDigest } from "../identity.js";
import { packageVersion } from "../package_files.js";
import { progressBar } from "../progress.js";
import { withSignals } from "../signals.js";
import { err, out } from "../terminal.js";
import { type GridFile, type GridSource, readGrid } from "./grid_file.js";
import { mergeParts } from "./merge.js";
import {
  type PartAudit,
  type PartRun,
  partName,
  readPart,
  short,
  workFolder,
  writeGridHead,
  writePart,
} from "./parts.js";
import { tellPlan } from "./plan.js";

export interface SweepCommandOptions {
  readonly out: string;
  /** I/N, I from 0. */
  readonly shard?: string;
  readonly shards?: number;
  readonly jobs?: number;
  readonly plan?: boolean;
  readonly core: CoreBuild;
}

const PARTS = 1000;
/** Key of the first run of the next part, which this one runs too. */
const AUDIT = "audit";

/** SHA-256 over all that decides a result: the grid, the core, the version. */
async function identify(grid: Grid, core: CoreBuild): Promise<string> {
  const all = [canonicalGrid(grid), await coreDigest(core), packageVersion()];
  return createHash("sha256").update(JSON.stringify(all)).digest("hex");
}

/** Scenarios beside the grid, as a grid in the results' folder would name them. */
function seenFrom(out: string, grid: string, source: GridSource): GridSource {
  const isFile = (name: string) => /\.ya?ml$|\//i.test(name);
  const scenarios = source.scenarios.map((name) =>
    isFile(name) ? relative(out, join(dirname(grid), name)) : name,
  );
  return { ...source, scenarios };
}

/** The first run of the next part; none where there is one part, or the next one is empty. */
function auditRun(grid: Grid, { index, count }: Shard): number | undefined {
  return count === 1 ? undefined : runsOfShard(grid, { index: (index + 1) % count, count })[0];
}

/** Runs what the journal does not have. Answers whether all is there. */
async function runPart(
  grid: Grid,
  core: CoreBuild,
  work: Work<PartRun>,
  todo: readonly (readonly [key: string, run: number])[],
  jobs: number,
  abort: AbortSignal,
): Promise<boolean> {
  const tasks = todo.map(([, run]) => ({ ...taskOf(grid, run), core }));
  const onEnd = (at: number, end: RunEnd) => {
    const [key, run] = todo[at] ?? ["", 0];
    work.keep(key, "result" in end ? { result: { run, rows: rowsOf(run, runOutcome(end.result)) } } : end);
  };
  const threads = Math.max(1, Math.min(jobs, tasks.length));
  const bar = progressBar("runs", PARTS, "");
  const onProgress = (done: number, total: number) => bar.update(Math.floor((done / total) * PARTS));
  try {
    // What ends a batch job gives the run in hand its time; Ctrl-C and a closed terminal do not.
    const ended = await withSignals(["SIGTERM", "SIGUSR2"], (stop) =>
      withThreads(threads, { core }, (runner) =>
        runTasks(tasks, threads, runner, { onProgress, onEnd, signal: abort, stop }),
      ),
    );
    return ended === tasks.length;
  } finally {
    bar.stop();
  }
}

function auditOf(work: Work<PartRun>, run: number | undefined): PartAudit | null {
  if (run === undefined) return null;
  const [found] = work.results([AUDIT]);
  const digest = found?.rows[0]?.digest;
  return digest === undefined ? null : { run, digest: String(digest) };
}

function* partRuns(grid: Grid, work: Work<PartRun>, runs: readonly number[]): Generator<PartRun> {
  const failures = new Map(work.failures(runs.map(String)).map(({ key, error }) => [key, error]));
  for (const run of runs) {
    const error = failures.get(String(run));
    if (error !== undefined) yield { run, rows: [errorRow(run, taskOf(grid, run), error)] };
    else yield* work.results([String(run)]);
  }
}

async function sweepPart(
  { grid }: GridFile,
  hash: string,
  shard: Shard,
  options: SweepCommandOptions,
): Promise<ExitCode> {
  const path = join(options.out, partName(shard));
  const folder = workFolder(options.out, shard);
  if (existsSync(path)) {
    const { head } = readPart(path);
    if (head.grid !== hash)
      throw new JournalError(`${path} is a part of grid ${short(head.grid)}; this is grid ${short(hash)}`);
    rmSync(folder, { recursive: true, force: true });
    out(`${path} is there already\n`);
    return ExitCode.OK;
  }
  const runs = runsOfShard(grid, shard);
  const audit = auditRun(grid, shard);
  const all = [
    ...runs.map((run) => [String(run), run] as const),
    ...(audit === undefined ? [] : [[AUDIT, audit] as const]),
  ];
  const identity = { work: "sweep", grid: hash, shard: shard.index, of: shard.count };
  return await withSignals(["SIGINT", "SIGHUP"], async (abort) => {
    const work = Work.begin<PartRun>(folder, { resume: true, identity });
    try {
      const open = new Set(work.todo(all.map(([key]) => key)));
      const todo = all.filter(([key]) => open.has(key));
      const jobs = options.jobs ?? availableParallelism();
      const whole = todo.length === 0 || (await runPart(grid, options.core, work, todo, jobs, abort));
      if (!whole) {
        const done = work.done(runs.map(String)).length;
        err(
          `pageblock: stopped: ${done} of ${runs.length} runs of shard ${shard.index}/${shard.count} are kept in ${folder}; the same command goes on\n`,
        );
        return abort.aborted ? ExitCode.INTERRUPTED : ExitCode.STOPPED;
      }
      const machine = { host: hostname(), node: process.version, arch: process.arch };
      const head = { grid: hash, shard: shard.index, of: shard.count, runs: runs.length, machine };
      writePart(
        path,
        { part: "pageblock", ...head, audit: auditOf(work, audit) },
        partRuns(grid, work, runs),
      );
    } finally {
      work.close();
    }
    rmSync(folder, { recursive: true, force: true });
    out(`${path}: ${runs.length} of ${runsOf(grid)} runs\n`);
    return ExitCode.OK;
  });
}

/**
 * Answers 0 when the part is there; 2 for a grid or an option that cannot be used; 75 when it was stopped after the runs in
 * hand, 130 when it was interrupted: both go on where they were.
 */
export async function runSweepCommand(path: string, options: SweepCommandOptions): Promise<ExitCode> {
  const file = readGrid(path);
  const hash = await identify(file.grid, options.core);
  if (options.plan === true) {
    out(await tellPlan(path, file.grid, hash, options));
    return ExitCode.OK;
  }
  const shard = shardOf(options, process.env);
  prepareFolder(options.out);
  writeGridHead(options.out, {
    grid: hash,
    runs: runsOf(file.grid),
    version: packageVersion(),
    source: seenFrom(options.out, path, file.source),
  });
  const code = await sweepPart(file, hash, shard ?? { index: 0, count: 1 }, options);
  if (code !== ExitCode.OK || shard !== undefined) return code;
  return mergeParts(options.out, {});
}
