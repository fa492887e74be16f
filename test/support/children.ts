// Knows: the command line as a process that goes on while a test looks at it, and waiting for a sign.
// Must not know: what the command does.

import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The built command line. */
export const MAIN = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

export interface Child {
  readonly process: ChildProcess;
  /** Exit code; null: a signal ended it. */
  readonly exit: Promise<number | null>;
  readonly said: () => string;
}

export function startCli(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Child {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: "1", ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const said: string[] = [];
  child.stderr?.on("data", (text: Buffer) => said.push(text.toString()));
  const exit = new Promise<number | null>((resolve) => {
    child.on("close", resolve);
  });
  return { process: child, exit, said: () => said.join("") };
}

/** Waits for a sign, however long it takes; a test's own time limit ends what never comes. */
export async function sign(isThere: () => boolean): Promise<void> {
  while (!isThere()) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** What a file says; nothing where there is none, as when another process takes it away meanwhile. */
export function textIn(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

/** Whole lines of a file, 0 where there is none. */
export function linesIn(path: string): number {
  return textIn(path).split("\n").length - 1;
}

/** What /proc tells of a process, behind its name: state, parent, group, session ... (man 5 proc_pid_stat). @throws where there is none */
export function statOf(pid: string): readonly string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}
