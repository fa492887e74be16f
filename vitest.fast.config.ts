// Knows: which tests `npm run test:fast` leaves out: those that take long, and those that need the compiled bindings.
// Must not know: anything else about tests. `npm test` runs every one.

import { defineConfig, mergeConfig } from "vitest/config";
import config, { LONG_TESTS } from "./vitest.config.js";

export const LEFT_OUT: readonly string[] = [
  ...LONG_TESTS,
  "test/oracle/**",
  "test/package/**",
  "test/docs/data_blocks.test.ts",
  "test/docs/made.test.ts",
  "test/docs/workflows.test.ts",
  "test/unit/cli/**",
  "test/unit/rebuild/cli.test.ts",
  "test/unit/bench/**",
  "test/unit/bundle/bundle.test.ts",
  "test/unit/explain/fuzz.test.ts",
  "test/unit/search/fuzz.test.ts",
  "test/unit/machine/create.test.ts",
  "test/unit/time/queue.test.ts",
  "test/report/page.test.ts",
  "test/reference/model.test.ts",
];

export default mergeConfig(
  config,
  // Files share their modules: most of a quick test's time would go into loading them.
  defineConfig({ test: { exclude: ["node_modules/**", ...LEFT_OUT], isolate: false } }),
);
