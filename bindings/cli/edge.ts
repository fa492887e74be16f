// Knows: what stands around every command: what an error becomes for a person, hints and examples beside the helps.
// Must not know: what a command does.

import type { Command } from "commander";
import { ExitCode, messageFor } from "./exit.js";
import { err, out } from "./terminal.js";

/** Set to anything: errors of our own show where they came from. */
const STACK = "PAGEBLOCK_STACK";

/** One line, whatever was thrown, and the exit code that belongs to it. */
export function tellError(error: unknown): ExitCode {
  const message = messageFor(error);
  if (message !== undefined) {
    err(`pageblock: ${message}\n`);
    return ExitCode.UNUSABLE;
  }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  err(`pageblock: a fault of our own: ${text.split("\n")[0]} (please report it; ${STACK}=1 shows where)\n`);
  if (process.env[STACK] !== undefined && error instanceof Error) err(`${error.stack ?? ""}\n`);
  return ExitCode.FAULT;
}

/** What nobody waited for ends here too; a reader that has gone away is no error. */
export function guardProcess(): void {
  const end = (error: unknown) => process.exit(tellError(error));
  process.on("uncaughtException", end);
  process.on("unhandledRejection", end);
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit(ExitCode.OK);
      end(error);
    });
}

/** One call of each command that works as it stands, but for the names of files. */
const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  pageblock: ["pageblock explain dmesg.txt", "pageblock run rolling-blockade --seeds 2 --out out"],
  replay: ["pageblock replay examples/e07_pressure_atomic_s7"],
  run: [
    "pageblock run rolling-blockade --policy mainline,android --seeds 2 --out out",
    "pageblock run --show rolling-blockade > mine.yaml",
  ],
  demo: ["pageblock demo --device rpi4-4g --steps 1000000"],
  shell: ['pageblock shell --device tiny -c "cat buddyinfo"'],
  explain: ["dmesg | pageblock explain -", "pageblock explain bugreport.zip --html why.html"],
  snapshot: ["pageblock snapshot pbcap.tgz -o device.state"],
  size: [
    "pageblock size --buffer 4x1920x1088xNV12 6x3934pages@8",
    "pageblock size --from-log dmesg.txt --buffer 3x8M",
    "pageblock size --device-tree board.dts --page-size 16K",
  ],
  whatif: [
    "pageblock whatif rolling-blockade --html whatif.html",
    "pageblock whatif rolling-blockade --request camera:2 --policy gup-wait --align 0..8",
  ],
  sweep: ["pageblock sweep grid.yaml --plan"],
  view: ["pageblock view"],
  merge: ["pageblock merge results --partial"],
  completion: ["source <(pageblock completion bash)"],
  search: ["pageblock bench search --pattern captured --rounds 3"],
};

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

/** Calls of a command that work as they stand, but for the names of files. */
export function examplesOf(command: Command): readonly string[] {
  return EXAMPLES[command.name()] ?? [];
}

/** Errors point to the help of their own command, helps end with examples, and all text goes through the one door. */
export function finishHelp(command: Command): void {
  command.configureOutput({ writeOut: (text) => out(text), writeErr: (text) => err(text) });
  command.showHelpAfterError(
    `(${pathOf(command)} --help shows ${command.commands.length > 0 ? "the commands" : "its options"})`,
  );
  const examples = examplesOf(command);
  const title = examples.length === 1 ? "Example:" : "Examples:";
  if (examples.length > 0)
    command.addHelpText("after", `\n${title}\n${examples.map((example) => `  ${example}`).join("\n")}`);
  for (const own of command.commands) finishHelp(own);
}
