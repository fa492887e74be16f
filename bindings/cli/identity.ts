// Knows: the bytes of the core, which with the package's version decide every result.
// Must not know: what is run.

import { createHash } from "node:crypto";
import type { CoreBuild } from "../engine/load.js";
import { readCore } from "../engine/platform.node.js";

/** SHA-256 of the simulation's module, hexadecimal. */
export async function coreDigest(build: CoreBuild): Promise<string> {
  const bytes = (await readCore(build, "simulation")) as Uint8Array;
  return createHash("sha256").update(bytes).digest("hex");
}
