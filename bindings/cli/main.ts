#!/usr/bin/env node
// Knows: the commands and options of `pageblock`, and its exit codes. The only file that ends the process.
// Must not know: what a command does.

import { readFileSync } from "node:fs";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { presetNames } from "../device/presets/index.js";
import { runDemo } from "./demo.js";
import { ExitCode, isForUser, printable } from "./exit.js";
import { type ReplayOptions, runReplay } from "./replay.js";

function packageVersion(): string {
  const text = readFileSync(new URL("../../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value))
    throw new InvalidArgumentError("expected a whole number");
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
    .showHelpAfterError("(pageblock --help shows the commands)")
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
    .action(async (directory: string, options: ReplayOptions) => done(await runReplay(directory, options)));
  root
    .command("demo")
    .description(
      "replay the example capture, then build a device, age it, show its free lists and draw its page map",
    )
    .option("--device <preset>", `one of ${presetNames.join(", ")}`, "phone-16g")
    .option("--steps <n>", "operations of churn", wholeNumber, 12_000_000)
    .option("--seed <n>", "seed of the churn", wholeNumber, 1)
    .option("--out <directory>", "where the picture goes", "out")
    .action(async (options) => done(await runDemo(options)));
  return root;
}

async function main(): Promise<ExitCode> {
  let code = ExitCode.OK;
  try {
    await program((result) => {
      code = result;
    }).parseAsync(process.argv);
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.OK : ExitCode.UNUSABLE;
    if (!isForUser(error)) throw error;
    process.stderr.write(printable(`pageblock: ${error.message}\n`));
    return ExitCode.UNUSABLE;
  }
}

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(ExitCode.OK);
  throw error;
});
process.exitCode = await main();
