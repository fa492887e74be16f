// Knows: how the package is packed and installed as a stranger would: a copy of the sources, `npm pack`, `npm install`.
// Must not know: what is expected of it.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const LEFT_OUT = new Set(["node_modules", ".git", "dist", "out", "coverage", "test"]);

/** What the npm that runs the tests tells its children about this project would mislead another npm. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const misleading =
    /^npm_(package|lifecycle|command|execpath|node_execpath|config_(local_prefix|prefix))|^INIT_CWD/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !misleading.test(name)));
}

/** Runs a program; answers what it printed. @throws with all of its output when it fails */
export function run(program: string, args: readonly string[], cwd: string): string {
  try {
    return execFileSync(program, args, { cwd, encoding: "utf8", env: cleanEnvironment(), stdio: "pipe" });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`${program} ${args.join(" ")} failed\n${stdout}\n${stderr}`);
  }
}

export interface PackedFile {
  readonly path: string;
  readonly size: number;
}

export interface Installed {
  readonly tarball: string;
  readonly files: readonly PackedFile[];
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  /** A folder of its own with nothing but the package and its dependencies in node_modules. */
  readonly folder: string;
  remove(): void;
}

interface PackReport {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly PackedFile[];
}

/** Packs a copy of the sources (npm's `prepare` builds there whatever is not up to date) and installs the tarball elsewhere. */
export function packAndInstall(): Installed {
  const place = mkdtempSync(join(tmpdir(), "pageblock-package-"));
  const sources = join(place, "sources");
  const folder = join(place, "consumer");
  mkdirSync(sources);
  mkdirSync(folder);
  for (const name of readdirSync(ROOT)) {
    if (!LEFT_OUT.has(name)) cpSync(join(ROOT, name), join(sources, name), { recursive: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(sources, "node_modules"));
  const printed = run("npm", ["pack", "--json", "--pack-destination", place], sources);
  const [report] = JSON.parse(printed.slice(printed.indexOf("[\n"))) as PackReport[];
  if (report === undefined) throw new Error(`npm pack printed no report: ${printed}`);
  const tarball = join(place, report.filename);
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name: "consumer", private: true, type: "module" }),
  );
  run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", tarball], folder);
  return {
    tarball,
    files: report.files,
    packedBytes: report.size,
    unpackedBytes: report.unpackedSize,
    folder,
    remove: () => rmSync(place, { recursive: true, force: true }),
  };
}
