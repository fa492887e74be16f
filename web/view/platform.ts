// Knows: the core that is inside the page, which does all that the core without time does; no request leaves it. Stands for
// "#platform" there.

import simulation from "virtual:core";
import type { CoreBuild, CoreModule } from "../../bindings/engine/load.js";

export async function readCore(build: CoreBuild, name: CoreModule): Promise<BufferSource> {
  if (build !== "release" || name === "bitmap") throw new Error(`the page has no ${build} build of ${name}`);
  const bytes = Uint8Array.from(atob(simulation), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return await new Response(stream).arrayBuffer();
}
