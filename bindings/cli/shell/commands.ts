// Knows: what each command of the shell does, and how its output looks.
// Must not know: lines, quotes, redirection (shell_session), the terminal.

import { largest } from "../../engine/extent.js";
import { headOf } from "../../kernel_text/tree/frames.js";
import type { DebugEntry } from "../../kernel_text/tree/index.js";
import { formatCount } from "../../report/sizes.js";
import { displayWidth } from "../../report/table.js";
import { type CommandContext, CommandFailure, reasonOf } from "./context.js";
import { trace } from "./trace.js";

export interface ShellCommand {
  /** Arguments, and what it does: the row of `help`. */
  readonly usage: string;
  readonly help: string;
  /** @throws CommandFailure */
  run(context: CommandContext, args: readonly string[]): void;
}

interface Parsed {
  readonly flags: ReadonlySet<string>;
  readonly operands: readonly string[];
}

/** Flags of one letter in front of the operands; `--` ends them. */
function parseFlags(args: readonly string[], allowed: string): Parsed {
  const flags = new Set<string>();
  for (const [i, arg] of args.entries()) {
    if (arg === "--") return { flags, operands: args.slice(i + 1) };
    if (!/^-./.test(arg)) return { flags, operands: args.slice(i) };
    for (const letter of arg.slice(1)) {
      if (!allowed.includes(letter)) throw new CommandFailure(`invalid option -- '${letter}'`);
      flags.add(letter);
    }
  }
  return { flags, operands: [] };
}

function wantOperands(operands: readonly string[], least: number, most: number): void {
  if (operands.length < least) throw new CommandFailure("missing operand");
  if (operands.length > most) throw new CommandFailure(`extra operand '${operands[most]}'`);
}

/** Performs `action` for each path and goes on behind those that fail. */
function eachPath(context: CommandContext, paths: readonly string[], action: (path: string) => void): void {
  for (const path of paths) {
    try {
      action(path);
    } catch (error) {
      context.complain(`${path}: ${reasonOf(error)}`);
    }
  }
}

function wholeNumber(text: string, most: number): number {
  const value = /^(\d+|0[xX][0-9a-fA-F]+)$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= most)) throw new CommandFailure(`${text}: Invalid argument`);
  return value;
}

function modeOf({ kind, readable, writable }: DebugEntry): string {
  if (kind === "directory") return "dr-xr-xr-x";
  if (!writable) return "-r--r--r--";
  return readable ? "-rw-r--r--" : "--w-------";
}

/** Down the columns, as many columns as fit. */
function inColumns(names: readonly string[], width: number): string {
  for (let rows = 1; rows < names.length; rows++) {
    const columns = Array.from({ length: Math.ceil(names.length / rows) }, (_, i) =>
      names.slice(i * rows, (i + 1) * rows),
    );
    const widths = columns.map((column) => largest(column.map(displayWidth)));
    const total = widths.reduce((sum, each) => sum + each + 2, -2);
    if (total > width) continue;
    const lines = Array.from({ length: rows }, (_, row) =>
      columns.flatMap((column, i) => {
        const name = column[row];
        return name === undefined ? [] : [name + " ".repeat((widths[i] ?? 0) - displayWidth(name))];
      }),
    );
    return lines.map((line) => `${line.join("  ").trimEnd()}\n`).join("");
  }
  return names.map((name) => `${name}\n`).join("");
}

function listing(context: CommandContext, entries: readonly DebugEntry[], long: boolean): string {
  if (long) return entries.map((entry) => `${modeOf(entry)} ${entry.name}\n`).join("");
  const names = entries.map(({ name }) => name);
  if (context.columns !== undefined) return inColumns(names, context.columns);
  return names.map((name) => `${name}\n`).join("");
}

function ls(context: CommandContext, args: readonly string[]): void {
  const { flags, operands } = parseFlags(args, "la1");
  const paths = operands.length > 0 ? operands : ["."];
  const files: DebugEntry[] = [];
  const directories: [string, DebugEntry[]][] = [];
  eachPath(context, paths, (path) => {
    const entry = context.tree.stat(context.resolve(path));
    if (entry.kind === "file") files.push({ ...entry, name: path });
    else directories.push([path, context.tree.list(context.resolve(path))]);
  });
  const parts = files.length > 0 ? [listing(context, files, flags.has("l"))] : [];
  for (const [path, entries] of directories) {
    const title = paths.length > 1 ? `${path}:\n` : "";
    parts.push(`${title}${listing(context, entries, flags.has("l"))}`);
  }
  context.print(parts.join("\n"));
}

function cd(context: CommandContext, args: readonly string[]): void {
  wantOperands(args, 0, 1);
  const path = args[0] ?? "/";
  eachPath(context, [path], () => {
    context.tree.list(context.resolve(path));
    context.enter(context.resolve(path));
  });
}

function cat(context: CommandContext, args: readonly string[]): void {
  wantOperands(args, 1, Number.POSITIVE_INFINITY);
  eachPath(context, args, (path) => context.print(context.tree.read(context.resolve(path))));
}

function echo(context: CommandContext, args: readonly string[]): void {
  const bare = args[0] === "-n";
  context.print(`${(bare ? args.slice(1) : args).join(" ")}${bare ? "" : "\n"}`);
}

interface Totals {
  directories: number;
  files: number;
}

function branches(
  context: CommandContext,
  path: string,
  indent: string,
  depth: number,
  totals: Totals,
): string {
  if (depth === 0) return "";
  const entries = context.tree.list(path);
  const lines = entries.map((entry, i) => {
    const isLast = i === entries.length - 1;
    const line = `${indent}${isLast ? "└── " : "├── "}${entry.name}\n`;
    if (entry.kind === "file") {
      totals.files += 1;
      return line;
    }
    totals.directories += 1;
    const below = `${path === "/" ? "" : path}/${entry.name}`;
    return line + branches(context, below, `${indent}${isLast ? "    " : "│   "}`, depth - 1, totals);
  });
  return lines.join("");
}

function tree(context: CommandContext, args: readonly string[]): void {
  const hasDepth = args[0] === "-L";
  const depth = hasDepth ? wholeNumber(args[1] ?? "", 100) : 100;
  const paths = hasDepth ? args.slice(2) : args;
  wantOperands(paths, 0, 1);
  const path = paths[0] ?? ".";
  eachPath(context, [path], () => {
    const totals: Totals = { directories: 0, files: 0 };
    const text = branches(context, context.resolve(path).replace(/(?<=.)\/$/, ""), "", depth, totals);
    const directories = totals.directories === 1 ? "directory" : "directories";
    context.print(`${path}\n${text}\n${totals.directories} ${directories}, ${totals.files} files\n`);
  });
}

function churn({ machine, print }: CommandContext, args: readonly string[]): void {
  wantOperands(args, 1, 2);
  const [steps = 0, seed] = args.map((arg) => wholeNumber(arg, Number.MAX_SAFE_INTEGER));
  // Without a seed the churn goes on where it stopped; the first begins with 1.
  const { allocated, released, failed } = machine.churnResult();
  const isFresh = allocated + released + failed === 0;
  if (seed !== undefined || isFresh) machine.churn({ steps: 0, seed: seed ?? 1 });
  const slice = 2 ** 24;
  for (let done = 0; done < steps; done += slice) machine.continueChurn(Math.min(slice, steps - done));
  const after = machine.churnResult();
  const counts = [after.allocated, after.released, after.failed].map(formatCount);
  print(`${counts[0]} allocations, ${counts[1]} frees, ${counts[2]} failures\n`);
}

function validate({ machine, print }: CommandContext, args: readonly string[]): void {
  wantOperands(args, 0, 0);
  const { name, pfn, expected, got } = machine.validate();
  if (name !== "NONE") throw new CommandFailure(`${name} at ${pfn}: expected ${expected}, got ${got}`);
  print("sound\n");
}

function eachPin(context: CommandContext, args: readonly string[], action: (pfn: number) => void): void {
  wantOperands(args, 1, Number.POSITIVE_INFINITY);
  for (const arg of args) {
    const pfn = wholeNumber(arg, 2 ** 32 - 1);
    eachPath(context, [arg], () => action(pfn));
  }
}

function pin(context: CommandContext, args: readonly string[]): void {
  eachPin(context, args, (pfn) => context.machine.pin(pfn));
}

/** Any frame of the block will do, as for `pin`; the pin is that of its head. */
function unpin(context: CommandContext, args: readonly string[]): void {
  eachPin(context, args, (pfn) => context.machine.unpin(headOf(context.machine, pfn)));
}

function help({ print }: CommandContext): void {
  const rows = Object.entries(commands).map(([name, command]) => [
    `${name} ${command.usage}`.trim(),
    command.help,
  ]);
  const width = largest(rows.map(([usage = ""]) => usage.length));
  const lines = rows.map(([usage = "", text = ""]) => `  ${usage.padEnd(width)}  ${text}\n`);
  print(
    `${lines.join("")}\nPaths may have * and ?. ; divides commands, # begins a comment, quotes are as in sh.\n` +
      "echo 4 > node-0/zone-NAME/order-9/migrate-Movable/alloc   takes 4 blocks off that free list; free gives them back\n" +
      "echo 512 > cma/NAME/alloc                                 cma_alloc(512, align 0); why it failed: dmesg, windows\n" +
      "cat frames/PFN                                            what lies in a frame\n" +
      "In zoneinfo and vmstat, free pages, marks, sizes and pagesets are the machine's. LRU counts and events go on from\n" +
      "the files of the capture, if there are any; every other counter stays as it was captured, or is 0.\n",
  );
}

/** In the order of `help`. */
export const commands: Readonly<Record<string, ShellCommand>> = {
  ls: { usage: "[-l] [PATH]...", help: "list files and directories", run: ls },
  cd: { usage: "[DIRECTORY]", help: "go there; without an argument to the root", run: cd },
  pwd: { usage: "", help: "where you are", run: ({ directory, print }) => print(`${directory}\n`) },
  cat: { usage: "FILE...", help: "print files", run: cat },
  echo: { usage: "[-n] TEXT... [> FILE]", help: "print text, or write it to a file", run: echo },
  tree: { usage: "[-L DEPTH] [DIRECTORY]", help: "list a directory with all below it", run: tree },
  churn: { usage: "N [SEED]", help: "N random allocations and frees; without SEED it goes on", run: churn },
  pin: { usage: "PFN...", help: "one more reference that no page table knows", run: pin },
  unpin: { usage: "PFN...", help: "one less", run: unpin },
  trace: {
    usage: "[on | off | save FILE]",
    help: "record what the kernel's tracepoints would tell; FILE.pftrace is for Perfetto, else ftrace text",
    run: trace,
  },
  validate: { usage: "", help: "check every list and counter against the frames", run: validate },
  digest: {
    usage: "",
    help: "one number for the whole allocator state",
    run: ({ machine, print }) => print(`${machine.digest()}\n`),
  },
  help: { usage: "", help: "this text", run: help },
  exit: { usage: "", help: "leave", run: ({ leave }) => leave() },
};
