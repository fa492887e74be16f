// Knows: how the page of a report becomes one file: dist/report.html, scripts and styles inside.

import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  logLevel: "warn",
  plugins: [viteSingleFile({ removeViteModuleLoader: true })],
  build: {
    outDir: fileURLToPath(new URL("../../dist", import.meta.url)),
    emptyOutDir: false,
    rolldownOptions: { input: fileURLToPath(new URL("report.html", import.meta.url)) },
    target: "es2022",
    reportCompressedSize: false,
  },
});
