// Knows: what runs while one edits: the core is made again when assembly/ changes, the bindings when bindings/ does, and the
// quick tests whenever something that they read has changed. Must not know: what they do.
//
//   npm run watch                  the quick tests
//   npm run watch -- test/cma      these instead
import { spawn } from "node:child_process";
import { delimiter, resolve } from "node:path";

const env = { ...process.env, PATH: resolve("node_modules/.bin") + delimiter + process.env.PATH };
const chosen = process.argv.slice(2);
const children = [
  spawn(process.execPath, ["scripts/build-core.mjs", "--watch"], {
    stdio: ["ignore", "inherit", "inherit"],
    env,
  }),
  spawn("tsc", ["-p", "tsconfig.json", "--watch", "--preserveWatchOutput"], {
    stdio: ["ignore", "ignore", "inherit"],
    env,
  }),
  spawn("vitest", ["watch", ...(chosen.length > 0 ? chosen : ["--config", "vitest.fast.config.ts"])], {
    stdio: "inherit",
    env,
  }),
];

function stop() {
  for (const child of children) child.kill();
}

for (const child of children) child.on("exit", stop);
process.on("SIGINT", stop);
process.on("SIGTERM", stop);
