// Knows: how a page fetches the compiled core. Chosen by the package's "#platform" import outside of Node.

import type { CoreBuild, CoreModule } from "./load.js";

/** Literal, so that every bundler finds the file and puts it where it then is. */
const RELEASE: Readonly<Record<CoreModule, () => URL>> = {
  core: () => new URL("./core.wasm", import.meta.url),
  simulation: () => new URL("./simulation.wasm", import.meta.url),
  bitmap: () => new URL("./bitmap.wasm", import.meta.url),
};
const HERE = import.meta.url;

/** @throws Error naming the URL when the answer is not a WebAssembly module */
export async function readCore(build: CoreBuild, name: CoreModule): Promise<BufferSource> {
  const url = build === "release" ? RELEASE[name]() : new URL(`./${name}.${build}.wasm`, HERE);
  const response = await fetch(url);
  if (!response.ok)
    throw new Error(`${url.href} answered ${response.status}; pass { wasm } to say where the core is`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes[0] !== 0 || bytes[1] !== 0x61 || bytes[2] !== 0x73 || bytes[3] !== 0x6d) {
    throw new Error(`${url.href} is not a WebAssembly module; pass { wasm } to say where the core is`);
  }
  return bytes;
}
