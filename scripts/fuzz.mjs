// Knows: how test/fuzz, which is TypeScript, is run without vitest: through vite's module runner; and how a fault of
// test/fuzz/planted.json is put into the sources that it runs on, and nowhere else; that with --coverage the bindings count.
// Must not know: what is fuzzed.
//
//   node scripts/fuzz.mjs --hours 1                          see --help
//   node scripts/fuzz.mjs --coverage --kind logs ...         parsers count their branches, and inputs follow them
//   node scripts/fuzz.mjs --plant "NAME" --hours 0.03 ...    with that fault: it must be found
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";
import { install, instrument } from "./instrument.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const args = process.argv.slice(2);
const at = args.indexOf("--plant");
const [, name] = at < 0 ? [] : args.splice(at, 2);
const fault = name === undefined ? undefined : findFault(name);
const folder = fault === undefined ? undefined : mkdtempSync(join(tmpdir(), "pageblock-planted-"));

function findFault(wanted) {
  const all = JSON.parse(readFileSync(`${root}test/fuzz/planted.json`, "utf8"));
  const found = all.find((each) => each.name === wanted);
  if (found === undefined)
    throw new Error(`no fault "${wanted}": one of ${all.map((each) => each.name).join("; ")}`);
  return found;
}

/** @throws Error when the text has changed since the fault was written down */
function plant(text, { file, before, after }) {
  if (text.split(before).length !== 2) throw new Error(`${file} no longer has, once: ${before}`);
  return text.replace(before, () => after);
}

/** The module that the kind runs on, not optimised: it takes two seconds. */
function plantInCore({ kind, file }) {
  cpSync(`${root}assembly`, `${folder}/assembly`, { recursive: true });
  symlinkSync(`${root}node_modules`, `${folder}/node_modules`);
  writeFileSync(`${folder}/${file}`, plant(readFileSync(`${folder}/${file}`, "utf8"), fault));
  const module = kind === "engine" ? "core" : "simulation";
  const config = kind === "engine" ? "asconfig.json" : "asconfig.simulation.json";
  cpSync(root + config, `${folder}/${config}`);
  const { entries, options } = JSON.parse(readFileSync(root + config, "utf8"));
  writeFileSync(`${folder}/${config}`, JSON.stringify({ entries, options, targets: { planted: {} } }));
  const asc = `${root}node_modules/assemblyscript/bin/asc.js`;
  const words = [asc, ...entries, "--config", config, "--target", "planted", "--outFile", `${module}.wasm`];
  execFileSync(process.execPath, words, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
}

/** The command line runs as it is built: the compiled bindings are copied, and the one file is compiled again. */
function plantInCli({ file }) {
  cpSync(`${root}dist`, `${folder}/dist`, { recursive: true });
  cpSync(`${root}package.json`, `${folder}/package.json`);
  symlinkSync(`${root}node_modules`, `${folder}/node_modules`);
  const compiled = `${folder}/dist/${file.replace(/\.ts$/, ".js")}`;
  writeFileSync(compiled, plant(readFileSync(compiled, "utf8"), fault));
}

if (fault?.file.startsWith("assembly/")) plantInCore(fault);
else if (fault?.kind === "cli") plantInCli(fault);
if (folder !== undefined) process.env.PAGEBLOCK_PLANTED = folder;

const learnt = args.includes("--coverage") ? install() : undefined;

try {
  const { module } = await runnerImport(`${root}test/fuzz/main.ts`, {
    root,
    configFile: false,
    logLevel: "error",
    oxc: { target: "es2022" },
    resolve: { alias: { "#platform": `${root}test/fuzz/platform.ts` } },
    plugins: [
      {
        name: "planted",
        enforce: "pre",
        transform: (text, id) =>
          fault?.file.startsWith("bindings/") && fault.kind !== "cli" && id === root + fault.file
            ? plant(text, fault)
            : null,
      },
      {
        name: "instrumented",
        enforce: "post",
        transform: (text, id) =>
          learnt !== undefined && id.startsWith(`${root}bindings/`) ? instrument(text, learnt) : null,
      },
    ],
  });
  process.exitCode = await module.main(args);
} finally {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}
