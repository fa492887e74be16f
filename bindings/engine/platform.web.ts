// Knows: how a page fetches the compiled core. Chosen by the package's "#platform" import outside of Node.

import type { CoreBuild, CoreModule } from "./load.js";

/** @throws Error naming the URL when the answer is not a WebAssembly module */
export async function readCore(build: CoreBuild, name: CoreModule): Promise<BufferSource> {
  const file = build === "release" ? `${name}.wasm` : `${name}.${build}.wasm`;
  const url = new URL(`../../${file}`, import.meta.url);
  const response = await fetch(url);
  if (!response.ok)
    throw new Error(`${url.href} answered ${response.status}; pass { wasm } to say where the core is`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes[0] !== 0 || bytes[1] !== 0x61 || bytes[2] !== 0x73 || bytes[3] !== 0x6d) {
    throw new Error(`${url.href} is not a WebAssembly module; pass { wasm } to say where the core is`);
  }
  return bytes;
}
