// Knows: where the fuzzed core lies: build/, or a folder with a fault planted in it (PAGEBLOCK_PLANTED).
// Must not know: what the fault is.

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { CoreBuild, CoreModule } from "../../bindings/engine/load.js";

const BUILD = new URL("../../build/", import.meta.url).pathname;

export async function readCore(build: CoreBuild, name: CoreModule): Promise<BufferSource> {
  const planted = process.env["PAGEBLOCK_PLANTED"];
  const own = `${planted}/${name}.wasm`;
  // Both builds have the fault: what is looked for is that it shows, not that they differ.
  const path = planted !== undefined && existsSync(own) ? own : `${BUILD}${name}.${build}.wasm`;
  return new Uint8Array(await readFile(path));
}
