// Knows: `pageblock snapshot`: files of one moment in, the bytes of a machine in that state out, and what was assumed.
// Must not know: formats, how a state is found.

import { prepareFile, writeAside } from "../durable/index.js";
import { collectFiles } from "../importers/node.js";
import { Machine } from "../machine/machine.js";
import { surveyPageblocks } from "../machine/survey.js";
import { type BuiltState, buildState, nearestKernel } from "../rebuild/index.js";
import { ExitCode, UsageError } from "./exit.js";
import { pageSizeOf } from "./size.js";
import { err, out } from "./terminal.js";

export interface SnapshotOptions {
  readonly output: string;
  readonly kernel?: string;
  readonly pageSize?: string;
  readonly seed?: number;
}

function sum(counts: Uint32Array): number {
  return counts.reduce((total, count) => total + count, 0);
}

function summary(machine: Machine, built: BuiltState, path: string, bytes: number): string {
  const survey = surveyPageblocks(machine);
  const lines = [
    built.source === "frames"
      ? "every frame as kpageflags shows it"
      : "free blocks drawn: no kpageflags was given, only sums are exact",
    `free ${sum(survey.freePages)}, on per-CPU lists ${sum(survey.pcpPages)}, in use ${sum(survey.allocatedPages)} (movable ${sum(survey.movablePages)}), reserved ${sum(survey.reservedPages)} pages`,
    ...machine.cma.areas.map(
      ({ name, pages, available }) => `area ${name}: ${pages - available} of ${pages} pages given out`,
    ),
    ...built.assumed.map((text) => `assumed: ${text}`),
    `${path}: ${(bytes / 2 ** 20).toFixed(1)} MiB; open it with: pageblock shell --state ${path}`,
  ];
  return `${lines.join("\n")}\n`;
}

function report({ issues }: BuiltState): string {
  return issues
    .filter(({ severity }) => severity !== "info")
    .map(
      ({ severity, file, line, message }) =>
        `${file === "" ? "" : `${file}:${line}: `}${severity}: ${message}\n`,
    )
    .join("");
}

/** Answers 0; files that give no state are an error for the user. */
export async function runSnapshot(paths: readonly string[], options: SnapshotOptions): Promise<ExitCode> {
  const { kernel, seed, output } = options;
  if (kernel !== undefined && nearestKernel(kernel) === undefined)
    throw new UsageError(`--kernel ${kernel}: expected a version such as 6.12`);
  prepareFile(output);
  const facts = await collectFiles(paths);
  const built = buildState(facts, { kernel, seed, pageSize: pageSizeOf(options.pageSize) });
  err(report(built));
  using machine = await Machine.fromState(built.state);
  const bytes = machine.snapshot();
  writeAside(output, (put) => put(bytes));
  out(summary(machine, built, output, bytes.length));
  return ExitCode.OK;
}
