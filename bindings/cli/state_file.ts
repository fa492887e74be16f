// Knows: how a machine's state is read from a file: what `pageblock snapshot` wrote, or the first dump of a capture.
// Must not know: what is done with it.

import { closeSync, openSync, readSync, statSync } from "node:fs";
import { ABI_MAGIC } from "../../assembly/abi/layout.js";
import { StateError } from "../engine/errors.js";
import { OPTIONS } from "../engine/limits.js";
import type { CoreBuild } from "../engine/load.js";
import { parseStateDumps } from "../importers/capture/dump/dump.js";
import { DirectoryFiles } from "../importers/capture/node.js";
import { CaptureError, type CaptureIssue, formatIssue } from "../importers/errors.js";
import { Machine } from "../machine/machine.js";
import { checkState } from "../state/check.js";
import type { MachineState } from "../state/types.js";
import { UsageError } from "./exit.js";
import { readWhole } from "./read_whole.js";

function isSnapshot(first: Buffer): boolean {
  return first.length >= 4 && first.readUInt32LE(0) === ABI_MAGIC;
}

/** Does the file begin as a snapshot does? */
export function isSnapshotFile(path: string): boolean {
  const first = Buffer.alloc(4);
  const file = openSync(path, "r");
  try {
    return readSync(file, first, 0, 4, 0) === 4 && isSnapshot(first);
  } finally {
    closeSync(file);
  }
}

/** @throws UsageError when it is no snapshot of this version */
export async function restoreMachine(path: string, core: CoreBuild = "release"): Promise<Machine> {
  const bytes = readWhole(path, OPTIONS.snapshotBytes, isSnapshot);
  try {
    return await Machine.restore(bytes, { core });
  } catch (error) {
    if (error instanceof StateError) throw new UsageError(`${path}: ${error.message}`);
    throw error;
  }
}

/** The state before a capture's first operation. @param tell what is wrong with it */
export function readFirstDump(directory: string, tell: (line: string) => void): MachineState {
  const expected = "a directory with state_before.txt, plain or gzip";
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    throw new CaptureError({ file: directory, problem: "is not a directory", expected });
  }
  const files = new DirectoryFiles(directory);
  const text = files.read("state_before.txt");
  if (text === undefined) {
    throw new CaptureError({ file: directory, problem: "it has no state_before.txt", expected });
  }
  const issues: CaptureIssue[] = [];
  const [state] = parseStateDumps(text, files.label("state_before.txt"), issues);
  if (state === undefined) throw new CaptureError({ file: directory, problem: "no state dump", expected });
  const contradictions = checkState(state).map((problem) => ({ ...problem, severity: "error" as const }));
  for (const issue of [...issues, ...contradictions])
    if (issue.severity !== "info") tell(`${formatIssue(issue)}\n`);
  return state;
}
