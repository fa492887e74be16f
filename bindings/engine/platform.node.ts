// Knows: where the compiled core lies on a file system. Chosen by the package's "#platform" import in Node.

import { readFile } from "node:fs/promises";
import type { CoreBuild, CoreModule } from "./load.js";

/** Beside what is rolled up first, then above what is compiled, then the build folder of a source checkout. */
function candidates(build: CoreBuild, name: CoreModule): URL[] {
  const shipped = build === "release" ? `${name}.wasm` : `${name}.${build}.wasm`;
  return [
    new URL(`./${shipped}`, import.meta.url),
    new URL(`../../${shipped}`, import.meta.url),
    new URL(`../../build/${name}.${build}.wasm`, import.meta.url),
    new URL(`../../../build/${name}.${build}.wasm`, import.meta.url),
  ];
}

/** @throws Error naming every place that was looked at */
export async function readCore(build: CoreBuild, name: CoreModule): Promise<BufferSource> {
  const places = candidates(build, name);
  for (const place of places) {
    try {
      return new Uint8Array(await readFile(place));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  throw new Error(
    `the ${build} build of ${name}.wasm was not found at ${places.map((place) => place.pathname).join(" or ")}; run "npm run build"`,
  );
}
