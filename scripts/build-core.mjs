// Knows: which modules asc makes of assembly/ (every asconfig*.json, every target), and when one need not be made again.
// Must not know: what is in them.
//
//   node scripts/build-core.mjs [NAME.TARGET ...] [--force] [--watch]     e.g. core.release; none: all of them
//
// As many compilers run side by side as there are processors. A target is skipped when what it is made of has not changed:
// the text of every source that its entry reaches, its configuration, the compiler's version, and its own bytes.
// build/inputs.json keeps the hashes. Debug builds other than the core's are made when they are named.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, watch, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const BOOK = "build/inputs.json";
const ASC = join(
  dirname(createRequire(import.meta.url).resolve("assemblyscript/package.json")),
  "bin/asc.js",
);
const VERSION = createRequire(import.meta.url)("assemblyscript/package.json").version;
const run = promisify(execFile);

/** Every target of every asconfig*.json, the slowest first: those of the most sources. */
function targetsOf() {
  const configs = readdirSync(".").filter((file) => /^asconfig(\.\w+)?\.json$/.test(file));
  return configs.flatMap((config) => {
    const { entries, targets, options } = JSON.parse(readFileSync(config, "utf8"));
    const sources = reached(entries);
    return Object.entries(targets).map(([target, its]) => {
      const name = its.outFile.replace(/^build\/(.*)\.wasm$/, "$1");
      const hash = createHash("sha256").update(JSON.stringify([VERSION, target, its, options, entries]));
      for (const path of sources) hash.update(`\0${path}\0`).update(readFileSync(path));
      const files = [its.outFile, its.textFile].filter((file) => file !== undefined);
      return { name, config, entries, target, files, size: sources.length, hash: hash.digest("hex") };
    });
  });
}

/** The entries and all that they import, one from another, in a fixed order. */
function reached(entries) {
  const found = new Set();
  const wanted = [...entries];
  for (let path = wanted.pop(); path !== undefined; path = wanted.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    for (const [, target] of readFileSync(path, "utf8").matchAll(/\bfrom "(\.[^"]+)"/g)) {
      const at = join(dirname(path), target);
      const file = [`${at}.ts`, `${at}/index.ts`].find(existsSync);
      if (file === undefined) throw new Error(`${path} imports ${target}, which is not there`);
      wanted.push(file);
    }
  }
  return [...found].sort();
}

const digest = (path) => createHash("sha256").update(readFileSync(path)).digest("hex");

function readBook() {
  try {
    return JSON.parse(readFileSync(BOOK, "utf8"));
  } catch {
    return {};
  }
}

/** Written aside and renamed: an interrupted build leaves the book as it was. */
function note({ name, hash, files }) {
  const made = { of: hash, files: files.map(digest) };
  writeFileSync(`${BOOK}.new`, `${JSON.stringify({ ...readBook(), [name]: made }, null, 1)}\n`);
  renameSync(`${BOOK}.new`, BOOK);
}

async function compile(wanted) {
  const { name, config, entries, target } = wanted;
  const began = performance.now();
  try {
    await run(process.execPath, [ASC, ...entries, "--config", config, "--target", target]);
  } catch (error) {
    process.stderr.write(`${name}: asc failed\n${error.stdout}${error.stderr}`);
    return false;
  }
  note(wanted);
  process.stdout.write(`${name}: ${((performance.now() - began) / 1000).toFixed(1)} s\n`);
  return true;
}

const isDefault = (name) => !name.endsWith(".debug") || name === "core.debug";

/** All that is not as its sources are. @returns whether every one of them could be made */
async function build(chosen, force) {
  const all = targetsOf();
  const unknown = chosen.filter((name) => !all.some((target) => target.name === name));
  if (unknown.length > 0) {
    process.stderr.write(
      `there is no ${unknown.join(", ")}: one of ${all.map(({ name }) => name).join(", ")}\n`,
    );
    return false;
  }
  mkdirSync("build", { recursive: true });
  const book = readBook();
  const isCurrent = ({ name, hash, files }) =>
    !force &&
    book[name]?.of === hash &&
    files.every((file, i) => existsSync(file) && digest(file) === book[name].files[i]);
  const queue = all
    .filter(({ name }) => (chosen.length === 0 ? isDefault(name) : chosen.includes(name)))
    .filter((target) => !isCurrent(target))
    .sort((a, b) => b.size - a.size);
  let good = true;
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      good = (await compile(next)) && good;
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return good;
}

const words = process.argv.slice(2);
const chosen = words.filter((word) => !word.startsWith("--"));
if (!(await build(chosen, words.includes("--force")))) process.exitCode = 1;
if (words.includes("--watch")) {
  let timer;
  watch("assembly", { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(() => build(chosen, false), 50);
  });
}
