// Knows: the core that is inside the page: no request leaves it. Stands for "#platform" there.

import simulation from "virtual:core";
import type { CoreBuild, CoreModule } from "../../bindings/engine/load.js";

export async function readCore(build: CoreBuild, name: CoreModule): Promise<BufferSource> {
  if (build !== "release" || name !== "simulation")
    throw new Error(`the page has no ${build} build of ${name}`);
  const text = atob(simulation);
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
