// Rolls what tsc wrote into one file per door (and the command, and the worker of a sweep) and the chunks that they share,
// beside the core: starting up costs a handful of files instead of some 250. What a command alone needs is a chunk of its
// own that loads when the command runs. Dependencies go along, their licences into third-party-licenses.txt; piscina
// stays outside, because its worker must be a file of its own, and what only a terminal needs.
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { rolldown } from "rolldown";

const DIST = "dist";
const COMPILED = "dist/bindings";
/** The doors of the package, the command, and the files that must stay files of their own. */
const DOORS = readdirSync("bindings/doors").map((file) => file.replace(/\.ts$/, ""));
const ENTRIES = {
  ...Object.fromEntries(DOORS.map((door) => [door, `${COMPILED}/doors/${door}.guarded.js`])),
  cli: `${COMPILED}/cli/main.js`,
  worker: `${COMPILED}/sweep/worker.js`,
  "platform.node": `${COMPILED}/engine/platform.node.js`,
  "platform.web": `${COMPILED}/engine/platform.web.js`,
};

for (const name of readdirSync(DIST)) if (/\.js$/.test(name)) rmSync(join(DIST, name));

const options = {
  // Neutral: what the doors but node reach runs in browsers too; the same yaml serves everywhere.
  platform: "neutral",
  external: [/^node:/, ...builtinModules, "#platform", "piscina", "cli-progress", "commander"],
  resolve: { conditionNames: ["import", "default"], mainFields: ["module", "main"] },
  onLog(level, log, handle) {
    if (log.code !== "CIRCULAR_DEPENDENCY") handle(level, log);
  },
};

/** Modules that this entry reaches without waiting. */
async function reachedBy(input) {
  const bundle = await rolldown({ ...options, input });
  const { output } = await bundle.generate({ format: "esm" });
  await bundle.close();
  const entry = output.find((chunk) => chunk.isEntry);
  const chunks = [entry, ...output.filter(({ fileName }) => entry.imports.includes(fileName))];
  return new Set(chunks.flatMap((chunk) => Object.keys(chunk.modules ?? {})));
}

const library = await reachedBy({ pageblock: ENTRIES.pageblock });
const bundle = await rolldown({ ...options, input: ENTRIES });
const { output } = await bundle.write({
  dir: DIST,
  format: "esm",
  entryFileNames: "[name].js",
  chunkFileNames: "chunk-[name]-[hash].js",
  // One file for all that the main door has, whoever else needs a part of it: files cost more than bytes.
  codeSplitting: { groups: [{ name: "library", test: (module) => library.has(module) }] },
  // Names stay: a stack trace of a bug of ours must be readable. Comments and white space are a third of what is parsed.
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
});
await bundle.close();
// What the pool requires before it imports the worker beside it; rolled up it would no longer be CommonJS.
copyFileSync(`${COMPILED}/sweep/thread.cjs`, join(DIST, "thread.cjs"));

/** The folder of the package that a bundled module comes from. */
function packageOf(module) {
  return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(module)?.[1];
}

const modules = output.flatMap((chunk) => Object.keys(chunk.modules ?? {}));
const packages = [...new Set(modules.map(packageOf).filter((folder) => folder !== undefined))].sort();
const texts = packages.map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = ["LICENSE", "LICENSE.md", "LICENCE", "license", "LICENSE.txt"]
    .map((each) => join(folder, each))
    .find((each) => existsSync(each));
  return `${name} ${version} (${license})\n\n${file === undefined ? "" : readFileSync(file, "utf8").trim()}\n`;
});
writeFileSync(join(DIST, "third-party-licenses.txt"), texts.join(`\n${"-".repeat(80)}\n\n`));
