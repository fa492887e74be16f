// Knows: which engines of array jobs this machine has; in the gate a missing one is a failure and not a skip.
// Must not know: what is run on them.

import { spawnSync } from "node:child_process";

function has(command: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${command}`], { encoding: "utf8" }).status === 0;
}

/** Set by .ci/run where it could install what it needs. */
const MUST = process.env["PAGEBLOCK_ENGINES"] === "required";

/** Is the engine missing, so that its test is skipped? @throws Error in a gate that has installed it */
export function isMissing(engine: string, ...commands: readonly string[]): boolean {
  const absent = commands.filter((command) => !has(command));
  if (absent.length > 0 && MUST)
    throw new Error(`${engine}: ${absent.join(", ")} not found, though it was installed`);
  return absent.length > 0;
}

export const isRoot = process.getuid?.() === 0;
