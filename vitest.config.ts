// Knows: where the tests are, and how they run: on the sources, with Node's platform, two at a time.

import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: {
    alias: {
      "#platform": fileURLToPath(new URL("./bindings/engine/platform.node.ts", import.meta.url)),
    },
  },
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: "forks",
    maxWorkers: 2,
    // A core made again is read by almost every test.
    forceRerunTriggers: ["**/package.json", "**/vitest.*config.ts", "**/build/*.wasm"],
    coverage: {
      include: ["bindings/**/*.ts", "assembly/abi/*.ts"],
      reporter: ["text-summary", "html", "lcov"],
    },
    reporters: process.env["CI"] ? ["default", "json"] : ["default"],
    outputFile: { json: ".vitest/results.json" },
  },
});
