// Knows: the commands and options of `pageblock`, and which room each is in. A room loads when its command runs.
// Must not know: what a command does.

import { Argument, Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { presetNames } from "../device/presets/index.js";
import { OPTIONS } from "../engine/limits.js";
import type { CompareOptions } from "./compare/compare.js";
import { finishHelp, guardProcess, tellError } from "./edge.js";
import { ExitCode } from "./exit.js";
import type { ExplainOptions } from "./explain.js";
import { packageVersion } from "./package_files.js";
import type { ReplayOptions } from "./replay.js";
import type { RunCommandOptions } from "./run/run.js";
import type { BenchSearchOptions } from "./search/bench_search.js";
import type { ShellOptions } from "./shell/shell.js";
import type { SizeOptions } from "./size.js";
import type { SnapshotOptions } from "./snapshot.js";
import type { MergeOptions } from "./sweep/merge.js";
import type { SweepCommandOptions } from "./sweep/sweep.js";
import type { ViewOptions } from "./view.js";
import type { WhatIfRunOptions } from "./whatif/whatif.js";

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value))
    throw new InvalidArgumentError("expected a whole number");
  return value;
}

function countFrom1(text: string): number {
  const value = wholeNumber(text);
  if (value < 1) throw new InvalidArgumentError("expected at least 1");
  return value;
}

function jobCount(text: string): number {
  const value = countFrom1(text);
  // A thread holds a whole machine.
  if (value > OPTIONS.jobs) throw new InvalidArgumentError(`expected at most ${OPTIONS.jobs}`);
  return value;
}

/** The builds of the core that the package ships. */
function coreOption(): Option {
  return new Option("--core <build>", "build of the core").choices(["release", "checked"]).default("release");
}

function program(done: (code: ExitCode) => void): Command {
  const root = new Command("pageblock")
    .description(
      "The Linux page allocator and CMA, page by page: replay a real kernel's run, build and age whole devices.",
    )
    .version(packageVersion(), "-V, --version")
    .exitOverride();
  root
    .command("replay")
    .description(
      "replay a capture of a real kernel and compare every frame, failure and dump; exit 0 exact, 1 not, 2 unusable",
    )
    .argument("<directory>", "folder with state_before.txt and ops.csv or trace.txt, plain or gzip")
    .option("--json", "print the result as JSON")
    .option("--standard", "use the standard tracepoints only; report the share of frames foreseen")
    .addOption(coreOption())
    .action(async (directory: string, options: ReplayOptions) =>
      done(await (await import("./replay.js")).runReplay(directory, options)),
    );
  addRun(root, done);
  addDemo(root, done);
  addShell(root, done);
  root
    .command("explain")
    .description(
      "why did cma_alloc fail? from logs and files of one moment to a verdict; exit 0 explained, 3 no failure found, 2 unusable",
    )
    .argument(
      "<file...>",
      "a folder, .tgz or .zip (bugreport.zip, pbcap.tgz), or dmesg, files of debugfs, procfs and sysfs, page_owner, ftrace text; - reads standard input",
    )
    .option("--kernel <version>", "kernel of the log, where it does not say: 6.12")
    .option("--json", "print {failures, findings, issues} as JSON")
    .option("--html <file>", "write a report with a map of the area")
    .option("--no-color", "plain text on a terminal too")
    .action(async (files: string[], options: ExplainOptions) =>
      done(await (await import("./explain.js")).runExplain(files, options)),
    );
  addView(root, done);
  addSnapshot(root, done);
  addSize(root, done);
  addBench(root, done);
  addCompletion(root, done);
  finishHelp(root);
  return root;
}

function addDemo(root: Command, done: (code: ExitCode) => void): void {
  root
    .command("demo")
    .description(
      "replay the example capture, then build a device, age it, show its free lists and draw its page map",
    )
    .option("--device <preset>", `one of ${presetNames.join(", ")}`, "phone-16g")
    .option("--steps <n>", "operations of churn", wholeNumber, 12_000_000)
    .option("--seed <n>", "seed of the churn", wholeNumber, 1)
    .option("--out <directory>", "where the picture goes", "out")
    .action(async (options) => done(await (await import("./demo.js")).runDemo(options)));
}

function addShell(root: Command, done: (code: ExitCode) => void): void {
  root
    .command("shell")
    .description(
      "a machine as files: ls, cd, cat, echo 4 > FILE, tree, churn ...; reads lines from standard input; exit 2 if one failed",
    )
    .addOption(
      new Option("--device <preset>", `one of ${presetNames.join(", ")} (default: "phone-16g")`).conflicts(
        "capture",
      ),
    )
    .addOption(
      new Option("--state <file>", "the machine that pageblock snapshot wrote").conflicts([
        "capture",
        "device",
      ]),
    )
    .option("--capture <directory>", "the machine of a capture's state_before.txt")
    .option("-c, --command <text>", "run these commands and leave")
    .option("-e, --exit-on-error", "stop at the first command that fails")
    .addOption(coreOption())
    .action(async (options: ShellOptions) =>
      done(await (await import("./shell/shell.js")).runShell(options)),
    );
}

function addView(root: Command, done: (code: ExitCode) => void): void {
  root
    .command("view")
    .description(
      "see a device page by page in a browser: a scenario at any moment, two policies side by side, a captured state, or what files of a device say",
    )
    .argument(
      "[scenario|state|file...]",
      "a scenario of the package or a YAML file; what pageblock snapshot wrote, or a capture; or a log, a bitmap, a bundle",
    )
    .option("--policy <name>", "policy of the map: mainline")
    .option("--beside <name>", "another policy, whose map is beside it on the same clock")
    .option("--fork <time>", "the other policy holds from this moment on, and the first before: 2.4s")
    .option("--seed <n>", "seed of the run: 1", wholeNumber)
    .option("--no-open", "print the address and open no browser")
    .action(async (paths: string[], options: ViewOptions) =>
      done(await (await import("./view.js")).runView(paths, options)),
    );
}

function addSnapshot(root: Command, done: (code: ExitCode) => void): void {
  root
    .command("snapshot")
    .description(
      "a machine in the state of a real device: from kpageflags, kpagecount, pagetypeinfo, zoneinfo and CMA files of one moment",
    )
    .argument(
      "<file...>",
      "a folder or .tgz (pbcap.tgz), or files of /proc and of a CMA area, plain or gzip, found by content; - reads standard input",
    )
    .requiredOption("-o, --output <file>", "where the state goes")
    .option("--kernel <version>", "kernel of the device, where no file says it: 6.12")
    .option("--page-size <size>", "4K, 16K or 64K")
    .option("--seed <n>", "seed of all that is drawn: 1", wholeNumber)
    .action(async (files: string[], options: SnapshotOptions) =>
      done(await (await import("./snapshot.js")).runSnapshot(files, options)),
    );
}

function addRun(root: Command, done: (code: ExitCode) => void): void {
  root
    .command("run")
    .description("run a scenario in virtual time: who gets memory, who does not, and who was in the way")
    .argument("[scenario]", "a YAML file, or the name of a scenario of the package")
    .option(
      "--device <preset|file>",
      "instead of the scenario's: a preset, or a state to begin from (docs/state.md)",
    )
    .option("--seeds <n>", "run seeds 1 to n, or a range: 41-80")
    .option("--jobs <n>", "threads, as many as there are cores when absent", jobCount)
    .option("--policy <name,...>", "policies instead of the scenario's; differences are against the first")
    .option("--until <time>", "stop earlier: 20s")
    .option(
      "--out <directory>",
      "write result.json, series.csv, series.parquet and report.html there, from a journal",
    )
    .option("--resume", "go on behind what an interrupted run left in --out")
    .option(
      "--vary [name=low..high,...]",
      "on which numbers the verdict hangs: snapuserd.ramp=0..2s,costs.migrate-page=x0.5..x2; without ranges those that the scenario states, else all that have no source",
    )
    .option(
      "--trace <file>",
      "write the events of the first run: ftrace text, or .pftrace for ui.perfetto.dev",
    )
    .option("--trace-pages", "with --trace: every page allocated, freed and drained, too")
    .option("--json", "print the summary as JSON")
    .option("--brief", "ten lines instead of tables")
    .option("--list", "show the scenarios of the package")
    .option("--show", "print the scenario's text instead of running it")
    .addOption(coreOption())
    .action(async (name: string | undefined, options: RunCommandOptions) =>
      done(await (await import("./run/run.js")).runRun(name, options)),
    );
  addWhatIf(root, done);
  addCompare(root, done);
  addSweep(root, done);
}

function addWhatIf(root: Command, done: (code: ExitCode) => void): void {
  root
    .command("whatif")
    .description(
      "what would have saved a request, when, and at what cost to the others: switched at this instant, and in force from the start (docs/whatif.md)",
    )
    .argument("<scenario>", "a YAML file, or the name of a scenario of the package")
    .option(
      "--device <preset|file>",
      "instead of the scenario's: a preset, or a state to begin from (docs/state.md)",
    )
    .option(
      "--request <which>",
      "first-failure, or an opening by client and number: camera:3",
      "first-failure",
    )
    .option("--policy <name,...>", "policies to try; all, where nothing else is to be changed")
    .option("--align <orders>", "alignments of the client's requests to try: 0..8 or 0,4")
    .option("--area <factors>", "sizes of its area to try: x0.5..x2 (in quarters) or x1.5")
    .option("--retries <counts>", "sleeps of 100 ms before the next sweep to try: 0..5 or 5")
    .option("--seed <n>", "seed of the run: 1", countFrom1)
    .option("--horizon <time>", "how long behind its begin costs are counted: 5s")
    .option("--json", "print the answer as JSON")
    .option("--html <file>", "write a page: the table, and the area of each branch side by side")
    .addOption(coreOption())
    .action(async (name: string, options: WhatIfRunOptions) =>
      done(await (await import("./whatif/whatif.js")).runWhatIf(name, options)),
    );
}

function addCompare(root: Command, done: (code: ExitCode) => void): void {
  root
    .command("compare")
    .description(
      "policies x scenarios x kernels on the same arrivals: success on time against what it costs, and who is unbeaten (docs/scenarios.md)",
    )
    .argument("<scenario...>", "YAML files, names of scenarios of the package, or all of these: all")
    .option("--policy <name,...>", "policies, or all; differences are against the first: all")
    .option("--kernel <version,...>", "kernels instead of each device's own: 6.1,6.12")
    .option("--seeds <n>", "seeds 1 to n, or a range: 6")
    .option("--until <time>", "stop earlier: 20s")
    .option("--jobs <n>", "threads, as many as there are cores when absent", jobCount)
    .option(
      "--out <directory>",
      "write compare.html, .json, .csv, runs.csv and runs.parquet there, from a journal",
    )
    .option("--resume", "go on behind what is in --out already, more policies and seeds included")
    .option("--json", "print the cells as JSON")
    .addOption(coreOption())
    .action(async (names: string[], options: CompareOptions) =>
      done(await (await import("./compare/compare.js")).runCompare(names, options)),
    );
}

function addSweep(root: Command, done: (code: ExitCode) => void): void {
  root
    .command("sweep")
    .description(
      "run a grid of scenarios, policies, devices and seeds, or one part of it; what is finished is kept (docs/scale.md)",
    )
    .argument("<grid>", "a YAML file: scenarios, policies, devices, seeds, until")
    .requiredOption("--out <directory>", "where parts and tables go; all parts of a grid share it")
    .option("--shard <i/n>", "only part i of n, i from 0: 3/40; engines of array jobs say it themselves")
    .option("--shards <n>", "number of parts, where the engine says i alone", countFrom1)
    .option("--jobs <n>", "threads, as many as there are cores when absent", jobCount)
    .option("--plan", "time a few runs and show how to divide and submit the grid")
    .addOption(coreOption())
    .action(async (grid: string, options: SweepCommandOptions) =>
      done(await (await import("./sweep/sweep.js")).runSweepCommand(grid, options)),
    );
  root
    .command("merge")
    .description(
      "put the parts of a grid together: runs.parquet, runs.csv, cells.json; exit 1 when parts are missing",
    )
    .argument("<directory>", "the folder of the sweep")
    .option("--partial", "put together what is there")
    .option("--until <figure>", 'which cells are not sure enough, and the next grid: "on-time 2%"')
    .option("--json", "print the cells as JSON")
    .action(async (directory: string, options: MergeOptions) =>
      done((await import("./sweep/merge.js")).mergeParts(directory, options)),
    );
}

function addSize(root: Command, done: (code: ExitCode) => void): void {
  root
    .command("size")
    .description(
      "how large must the area be? exact span in the best and the worst order, a bound for any order, what to write; or: can this device tree's reservation work?",
    )
    .option("--buffer <buffer...>", "4x1920x1080xNV12, 6x3934pages@8, 3x8M; @ALIGN is an order")
    .option("--from-log <file>", "take the requests from a log, a trace or a bundle; - reads standard input")
    .option(
      "--device-tree <file>",
      "check the reservations of a device tree's source; exit 1 when one cannot work",
    )
    .option("--page-size <size>", "4K, 16K or 64K")
    .option("--json", "print the answer as JSON")
    .action(async (options: SizeOptions) => done(await (await import("./size.js")).runSize(options)));
}

function addBench(root: Command, done: (code: ExitCode) => void): void {
  root
    .command("bench")
    .description("measurements a user can repeat")
    .command("search")
    .description(
      "the bitmap searches with alignment, against each other and against the plain loop of the kernel",
    )
    .option("--pattern <pattern...>", "only these patterns")
    .option("--strategy <strategy...>", "only these strategies; KERNEL and COMPOSITE always run")
    .option("--bits <count>", "bits of the map: 4194304", wholeNumber)
    .option("--rounds <count>", "interleaved rounds: 9", wholeNumber)
    .option("--seed <number>", "seed of the patterns", wholeNumber)
    .option("--growth", "also how the cost grows with the map")
    .option("--json", "print the rows as JSON")
    .option("--svg <file>", "write a chart")
    .option("--html <file>", "write a page: chart, tables, goals, lost rows")
    .addOption(coreOption())
    .action(async (options: BenchSearchOptions) =>
      done(await (await import("./search/bench_search.js")).runBenchSearch(options)),
    );
}

function addCompletion(root: Command, done: (code: ExitCode) => void): void {
  root
    .command("completion")
    .description("print the completion of commands, options, scenarios and policies for a shell")
    .addArgument(new Argument("<shell>", "which one").choices(["bash", "zsh"]))
    .action(async (shell: string) => done((await import("./completion.js")).runCompletion(shell, root)));
}

/** The commands as a table: for completion, the manual and the test of the documents. Nothing of it runs. */
export function commandTable(): Command {
  return program(() => {});
}

/** Carries out one command line. Answers the exit code; whatever is thrown is told in a line. */
export async function runCommandLine(argv: readonly string[]): Promise<ExitCode> {
  guardProcess();
  let code = ExitCode.OK;
  try {
    await program((result) => {
      code = result;
    }).parseAsync(argv);
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.OK : ExitCode.UNUSABLE;
    return tellError(error);
  }
}
