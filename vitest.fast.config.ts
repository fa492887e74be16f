// Knows: which tests `npm run test:fast` leaves out: those that take long, and those that need the compiled bindings.
// Must not know: anything else about tests. `npm test` runs every one.

import { defineConfig, mergeConfig } from "vitest/config";
import config from "./vitest.config.js";

const SLOW: readonly string[] = ["test/oracle/**", "test/package/**", "test/scenarios/**"];

export default mergeConfig(config, defineConfig({ test: { exclude: ["node_modules/**", ...SLOW] } }));
