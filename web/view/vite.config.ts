// Knows: how the page that shows a phone becomes one file: dist/view.html, engine, worker and styles inside.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";

const CORE = "virtual:core";

/** The simulation's core as base64 text. */
function coreInside(): Plugin {
  return {
    name: "core-inside",
    resolveId: (id) => (id === CORE ? `\0${CORE}` : undefined),
    load(id) {
      if (id !== `\0${CORE}`) return undefined;
      const bytes = readFileSync(new URL("../../dist/simulation.wasm", import.meta.url));
      return `export default ${JSON.stringify(bytes.toString("base64"))}`;
    },
  };
}

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  logLevel: "warn",
  plugins: [viteSingleFile({ removeViteModuleLoader: true })],
  resolve: { alias: { "#platform": fileURLToPath(new URL("platform.ts", import.meta.url)) } },
  worker: { format: "iife", plugins: () => [coreInside()] },
  build: {
    outDir: fileURLToPath(new URL("../../dist", import.meta.url)),
    emptyOutDir: false,
    rolldownOptions: { input: fileURLToPath(new URL("view.html", import.meta.url)) },
    target: "es2022",
    reportCompressedSize: false,
  },
});
