// Knows: where the package lies around the file that runs, compiled or rolled up, and what its manifest says.
// Must not know: what is read there.

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The nearest folder above this file that has a manifest. */
function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json")) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/** A file or folder of the package or the source checkout: "examples/e07_pressure_atomic_s7". It need not exist. */
export function packageFile(path: string): string {
  return join(packageFolder(), path);
}

export function packageVersion(): string {
  return (JSON.parse(readFileSync(packageFile("package.json"), "utf8")) as { version: string }).version;
}
