// Knows: where the tests are, and how they run: on the sources, with Node's platform, two at a time, the longest first.

import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take more than some ten seconds, the longest first: begun last, one of them would run alone at the end. */
export const LONG_TESTS: readonly string[] = [
  "test/oracle/exhaustive_6_12.test.ts",
  "test/oracle/exhaustive_6_1.test.ts",
  "test/oracle/captures.test.ts",
  "test/package/package.test.ts",
  "test/docs/blocks.test.ts",
  "test/oracle/badinput.test.ts",
  "test/oracle/fuzz.test.ts",
  "test/unit/search/exhaustive.test.ts",
  "test/reference/replay.test.ts",
  "test/unit/importers/real_captures.test.ts",
  "test/cma/walk.test.ts",
  "test/unit/rebuild/captures.test.ts",
  "test/oracle/requests_6_12.test.ts",
  "test/oracle/requests_6_1.test.ts",
  "test/scenarios/outcomes.test.ts",
  "test/unit/machine/relations.test.ts",
  "test/oracle/byteflips.test.ts",
  "test/unit/simulation/reality.test.ts",
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const at = LONG_TESTS.findIndex((path) => moduleId.endsWith(path));
      return at < 0 ? LONG_TESTS.length : at;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}

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
    sequence: { sequencer: LongestFirst },
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
