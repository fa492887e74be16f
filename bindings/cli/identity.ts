// Knows: which program this is: the package's version and the bytes of its core, which together decide every result.
// Must not know: what is run.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { CoreBuild } from "../engine/load.js";
import { readCore } from "../engine/platform.node.js";

export function packageVersion(): string {
  const text = readFileSync(new URL("../../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/** SHA-256 of the simulation's module, hexadecimal. */
export async function coreDigest(build: CoreBuild): Promise<string> {
  const bytes = (await readCore(build, "simulation")) as Uint8Array;
  return createHash("sha256").update(bytes).digest("hex");
}
