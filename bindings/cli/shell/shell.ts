// Knows: the command `pageblock shell`: which machine it opens, where lines come from, prompt and completion.
// Must not know: what a line means (shell_session).

import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import type { CoreBuild } from "../../engine/load.js";
import { printable } from "../../engine/quoted.js";
import { DirectoryFiles } from "../../importers/capture/node.js";
import { CaptureError } from "../../importers/errors.js";
import { type CapturedFiles, DebugTree } from "../../kernel_text/tree/index.js";
import { Machine } from "../../machine/machine.js";
import { ExitCode } from "../exit.js";
import { readFirstDump, restoreMachine } from "../state_file.js";
import { complete } from "./complete.js";
import { ShellSession } from "./session.js";
import { SHELL_EVENTS } from "./trace.js";

export interface ShellOptions {
  readonly device?: string;
  readonly capture?: string;
  /** A file of `pageblock snapshot`. */
  readonly state?: string;
  readonly core?: CoreBuild;
  /** Commands to run instead of reading lines. */
  readonly command?: string;
  /** Stop at the first command that fails. */
  readonly exitOnError?: boolean;
}

/** The process' own streams, or those of a test. */
export interface ShellStreams {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
  readonly error: NodeJS.WritableStream;
}

const DEFAULT_DEVICE = "phone-16g";

/** What was read beside the dump. A file that is missing or empty is no file; a damaged one is told and left aside. */
function readCaptured(directory: string, streams: ShellStreams): CapturedFiles {
  const files = new DirectoryFiles(join(directory, "before"));
  const read = (name: string) => {
    try {
      return files.read(name);
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      const isEmpty = error.message.includes("the file is empty");
      if (!isEmpty) streams.error.write(printable(`warning: ${error.message}; left aside\n`));
      return undefined;
    }
  };
  const either = (name: string) => read(`${name}.txt`) ?? read(name);
  return { zoneinfo: either("zoneinfo"), vmstat: either("vmstat"), cmaSysfs: either("cma_sysfs") };
}

async function openMachine(
  options: ShellOptions,
  streams: ShellStreams,
): Promise<{ machine: Machine; tree: DebugTree }> {
  const core = options.core ?? "release";
  if (options.state !== undefined) {
    const machine = await restoreMachine(options.state, core);
    return { machine, tree: new DebugTree(machine) };
  }
  if (options.capture === undefined) {
    const machine = await Machine.create(options.device ?? DEFAULT_DEVICE, { core, eventRing: SHELL_EVENTS });
    return { machine, tree: new DebugTree(machine) };
  }
  const tell = (line: string) => streams.error.write(printable(line));
  const machine = await Machine.fromState(readFirstDump(options.capture, tell), {
    core,
    eventRing: SHELL_EVENTS,
  });
  return { machine, tree: new DebugTree(machine, { captured: readCaptured(options.capture, streams) }) };
}

/** Lines of a script: no prompt; what failed decides the exit code. */
async function runScript(
  session: ShellSession,
  lines: AsyncIterable<string> | Iterable<string>,
  stop: boolean,
): Promise<ExitCode> {
  for await (const line of lines) {
    const ok = session.run(line, stop);
    if (session.ended || (stop && !ok)) break;
  }
  return session.failures > 0 ? ExitCode.UNUSABLE : ExitCode.OK;
}

function showPrompt(lines: Interface, session: ShellSession): void {
  lines.setPrompt(`pageblock:${printable(session.directory)}$ `);
  lines.prompt();
}

/** A person at a terminal: prompt, history, completion; ^C drops the line, ^D leaves. */
async function runInteractive(session: ShellSession, streams: ShellStreams): Promise<ExitCode> {
  const lines = createInterface({
    input: streams.input,
    output: streams.output,
    terminal: true,
    historySize: 1000,
    completer: (line: string) => complete(session, line),
  });
  lines.on("SIGINT", () => {
    streams.output.write("^C\n");
    lines.write(null, { ctrl: true, name: "u" });
    lines.prompt();
  });
  streams.output.write('"help" lists the commands.\n');
  showPrompt(lines, session);
  for await (const line of lines) {
    session.run(line);
    if (session.ended) break;
    showPrompt(lines, session);
  }
  if (!session.ended) streams.output.write("\n");
  lines.close();
  return ExitCode.OK;
}

/** The machine that the options name, with a shell over it. Dispose `session.machine`. */
export async function openSession(
  options: ShellOptions,
  streams: ShellStreams,
  isPerson = false,
): Promise<ShellSession> {
  const { machine, tree } = await openMachine(options, streams);
  return new ShellSession(machine, tree, {
    // Text of files and names may come from a stranger's capture.
    print: (text) => streams.output.write(printable(text)),
    complain: (text) => streams.error.write(printable(text)),
    // A terminal that does not know its width says 0.
    columns: isPerson ? streams.output.columns || 80 : undefined,
  });
}

/** Answers 0, or in a script 2 when a command failed. Errors of input and usage are thrown. */
export async function runShell(
  options: ShellOptions,
  streams: ShellStreams = { input: process.stdin, output: process.stdout, error: process.stderr },
): Promise<ExitCode> {
  const hasTerminal = streams.input.isTTY === true && streams.output.isTTY === true;
  const isPerson = options.command === undefined && hasTerminal;
  const session = await openSession(options, streams, isPerson);
  try {
    if (isPerson) return await runInteractive(session, streams);
    const stop = options.exitOnError ?? false;
    if (options.command !== undefined) return await runScript(session, options.command.split("\n"), stop);
    const lines = createInterface({
      input: streams.input,
      crlfDelay: Number.POSITIVE_INFINITY,
      terminal: false,
    });
    const code = await runScript(session, lines, stop);
    lines.close();
    return code;
  } finally {
    session.machine.dispose();
  }
}
