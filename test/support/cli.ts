// Knows: running the command line as a user does, and copies of the example to damage.
// Must not know: what the command line should say.

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { EXAMPLE } from "./captures.js";

/** Built by `npm run build`, which `npm test` does first. */
const MAIN = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
/** Long enough for a slow machine; a run that takes longer hangs. */
const TIMEOUT_MS = 60_000;

export interface CliRun {
  /** Exit code; -1 when it was killed because it did not end. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `pageblock ...` in `cwd`. */
export function runCli(args: readonly string[], cwd: string): CliRun {
  if (!existsSync(MAIN)) throw new Error('the command line is not built: run "npm run build" first');
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd,
    encoding: "utf8",
    timeout: TIMEOUT_MS,
    env: { ...process.env, NO_COLOR: "1" },
  });
  return { code: status ?? -1, stdout, stderr };
}

/** A folder of its own that is gone after `work`. */
export async function inFolder<T>(work: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "pageblock-test-"));
  try {
    return await work(folder);
  } finally {
    // Again, while a process that a failed test has left still writes there: what failed is told, not this.
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** A copy of the example in `folder`/capture, to be damaged. */
export class CaptureCopy {
  readonly path: string;

  constructor(folder: string) {
    this.path = join(folder, "capture");
    cpSync(EXAMPLE, this.path, { recursive: true });
  }

  private file(name: string): string {
    return [join(this.path, name), join(this.path, `${name}.gz`)].find(existsSync) ?? join(this.path, name);
  }

  /** The file as it lies there, compressed or not. */
  bytes(name: string): Buffer {
    return readFileSync(this.file(name));
  }

  text(name: string): string {
    const bytes = this.bytes(name);
    return (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString("utf8");
  }

  /** Puts these bytes in the file's place, under the name it has (or the plain one). */
  replace(name: string, content: Buffer | string): void {
    writeFileSync(this.file(name), content);
  }

  remove(name: string): void {
    rmSync(this.file(name), { force: true });
  }

  /** One piece of the text replaced; it must be there. */
  edit(name: string, piece: string | RegExp, replacement: string): void {
    const text = this.text(name);
    const edited = text.replace(piece, replacement);
    if (edited === text) throw new Error(`${name} does not contain ${String(piece)}`);
    this.replace(name, edited);
  }
}

/** Every file below a folder, to see that nothing was left behind. */
export function listing(folder: string): string[] {
  return readdirSync(folder, { recursive: true }).map(String).sort();
}
