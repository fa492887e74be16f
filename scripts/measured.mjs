// Knows: how the figures of a document are measured: its options, and `pageblock compare` in a folder of this very core, where
// the same command goes on after an interruption.
// Must not know: what is compared, what becomes of the figures.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

/** Options of the command line; one line and exit 2 for what is none. */
export function optionsOf(options) {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    console.error(
      `${error.message}\noptions: ${Object.keys(options)
        .map((name) => `--${name}`)
        .join(", ")}`,
    );
    process.exit(2);
  }
}

/** Compares and answers where the results lie. Another core has other results: its runs lie elsewhere. */
export function compareIn(kind, args, { out, jobs }) {
  const core = createHash("sha256").update(readFileSync("dist/simulation.wasm")).digest("hex").slice(0, 12);
  const folder = out ?? `build/${kind}/${core}`;
  const where = ["--out", folder, "--resume", ...(jobs === undefined ? [] : ["--jobs", jobs])];
  const { status } = spawnSync(process.execPath, ["dist/cli.js", "compare", ...args, ...where], {
    stdio: ["inherit", "ignore", "inherit"],
  });
  return { status, folder };
}
