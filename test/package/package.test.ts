// Knows: what a stranger gets who installs the package: its files, its command, its types, its behaviour in Node and
// in a browser.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Status } from "../../assembly/abi/vocabulary.js";
import { CHROMIUM, evaluateInBrowser, evaluateInFirefox, FIREFOX } from "./browser.js";
import { BUNDLERS, writeProgram } from "./bundlers.js";
import { type Installed, packAndInstall, ROOT, run } from "./pack.js";
import { DIGESTS_PROGRAM, PAGE, TYPED_PROGRAM } from "./programs.js";

const MANIFEST = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
const DOORS = ["pageblock", "explain", "capture", "bitmap", "kernel", "node"];
const MINUTES = 60_000;
/** The first TypeScript block of the README, if it has one. */
const README = join(ROOT, "README.md");
const EXAMPLE = existsSync(README)
  ? /^```ts\n([\s\S]*?)^```/m.exec(readFileSync(README, "utf8"))?.[1]
  : undefined;

let installed: Installed;

beforeAll(() => {
  installed = packAndInstall();
  writeFileSync(join(installed.folder, "digests.mjs"), DIGESTS_PROGRAM);
}, 4 * MINUTES);

afterAll(() => installed?.remove());

describe("the tarball", () => {
  it("holds what is needed and nothing else", () => {
    const paths = installed.files.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining(["LICENSE", "package.json", "dist/core.wasm", "dist/core.checked.wasm"]),
    );
    const foreign =
      /(^|\/)test\/|\.test\.|(^|\/)bench\/|\.wat$|\.wasm\.map$|tsconfig|biome|vitest|\.tgz$|core\.debug/;
    expect(paths.filter((path) => foreign.test(path))).toEqual([]);
    expect(
      paths.filter((path) => !/^(dist|docs|examples|scenarios)\/|^scripts\/pbcap\.sh$|^[^/]+$/.test(path)),
    ).toEqual([]);
  });

  it("has a file for each door and the chunks they share, declarations for every module, and no maps", () => {
    const paths = installed.files.map(({ path }) => path);
    const modules = paths.filter((path) => path.endsWith(".js"));
    const doors = modules.filter((path) => !path.startsWith("dist/chunk-"));
    expect(doors.sort()).toEqual(
      [...DOORS, "cli", "platform.node", "platform.web", "worker"].map((name) => `dist/${name}.js`).sort(),
    );
    expect(paths.filter((path) => path.endsWith(".cjs"))).toEqual(["dist/thread.cjs"]);
    expect(modules.length).toBeLessThan(80);
    for (const door of DOORS) expect(paths).toContain(`dist/bindings/doors/${door}.d.ts`);
    expect(paths.filter((path) => path.endsWith(".map"))).toEqual([]);
  });

  it("carries the licences of what is rolled into it", () => {
    const folder = join(installed.folder, "node_modules/pageblock/dist");
    const text = readFileSync(join(folder, "third-party-licenses.txt"), "utf8");
    for (const name of ["yaml", "pbf", "hyparquet-writer"])
      expect(text).toMatch(new RegExp(`^${name} \\d`, "m"));
    expect(text).toMatch(/Permission is hereby granted/);
  });

  it("is small", () => {
    // Half of it are two pages that work from a disk: each carries the engine, the playground the editor as well.
    expect(installed.packedBytes).toBeLessThan(2.8e6);
    expect(installed.unpackedBytes).toBeLessThan(7.8e6);
    const wasm = installed.files.filter(({ path }) => path.endsWith(".wasm"));
    for (const { path, size } of wasm) expect(size, path).toBeLessThan(200_000);
  });

  it("publint has nothing to say", async () => {
    const bytes = readFileSync(installed.tarball);
    const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });
});

describe("the command", () => {
  const pageblock = (...args: string[]) => run("npx", ["--no", "--", "pageblock", ...args], installed.folder);

  it("says its version", () => {
    expect(pageblock("--version").trim()).toBe(MANIFEST.version);
  });

  it("explains itself", () => {
    expect(pageblock("--help")).toMatch(/^Usage: pageblock /);
  });
});

describe("the API in Node", () => {
  function compile(name: string, text: string, options: { lib?: string[] }): void {
    const { folder } = installed;
    const strict = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      types: [],
    };
    const compilerOptions = {
      target: "ES2022",
      module: "NodeNext",
      skipLibCheck: false,
      ...strict,
      ...options,
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: [name] }));
    writeFileSync(join(folder, name), text);
    run("node", [join(ROOT, "node_modules/typescript/bin/tsc")], folder);
  }

  it("types a strict program", () => {
    compile("program.ts", TYPED_PROGRAM, { lib: ["ES2023", "ESNext.Disposable", "DOM"] });
    expect(JSON.parse(run("node", ["program.js"], installed.folder))).toEqual({
      refused: Status.NOT_ALLOCATED,
      sound: "NONE",
      free: true,
      MiB: 2 ** 20,
      read: "function",
    });
  });

  it("types one that knows no library newer than its target", () => {
    compile("older.ts", TYPED_PROGRAM.replace("using", "const"), {});
    expect(run("node", ["older.js"], installed.folder)).toContain("NONE");
  });

  it.skipIf(EXAMPLE === undefined)("the README's example compiles and runs (skipped without one)", () => {
    compile("example.ts", EXAMPLE ?? "", {});
    expect(run("node", ["example.js"], installed.folder)).toContain("NONE");
  });

  it("offers the core as a file", () => {
    const script =
      'import { statSync } from "node:fs"; import { fileURLToPath } from "node:url";' +
      'console.log(statSync(fileURLToPath(import.meta.resolve("pageblock/core.wasm"))).size)';
    const size = Number(run("node", ["--input-type=module", "--eval", script], installed.folder));
    expect(size).toBe(installed.files.find(({ path }) => path === "dist/core.wasm")?.size);
  });
});

describe.skipIf(CHROMIUM === undefined)("the API in a browser (skipped where there is no Chromium)", () => {
  it("gives the digests that Node gives, without a bundler", { timeout: 3 * MINUTES }, async () => {
    const script = 'console.log(JSON.stringify(await (await import("./digests.mjs")).digests()))';
    const inNode: unknown = JSON.parse(
      run("node", ["--input-type=module", "--eval", script], installed.folder),
    );
    const expression = 'import("/digests.mjs").then((program) => program.digests())';
    const inBrowser = await evaluateInBrowser(installed.folder, PAGE, expression);
    expect(inBrowser).toEqual({ value: inNode, errors: [] });
    expect(inNode).toMatchObject({ tiny: { sound: "NONE" }, "phone-16g": { sound: "NONE" } });
  });

  it("says what is wrong when the server has no core", async () => {
    const page = PAGE.replace("platform.web.js", "platform.web.js?");
    const lost =
      'import("pageblock").then(({ Machine }) => Machine.create("tiny", { wasm: new URL("/no.wasm", location) })).catch((error) => error.message)';
    const { value } = await evaluateInBrowser(installed.folder, page, lost);
    expect(value).toMatch(/no\.wasm answered 404/);
  });
});

const ANSWER = { ok: true, sound: "NONE" };

describe("every bundler by its plainest configuration", () => {
  const page = (name: string) =>
    `<!doctype html><title>x</title><script type="module" src="/built-${name}/app.js"></script>`;
  const inWorker = (name: string) =>
    `new Promise((done, fail) => { const worker = new Worker("/built-${name}/app.js", { type: "module" }); worker.onmessage = ({ data }) => done(data); worker.onerror = (event) => fail(new Error(event.message)); })`;

  for (const [name, build] of Object.entries(BUNDLERS)) {
    it(`${name} builds the first call; it runs in a page and in a worker`, {
      timeout: 3 * MINUTES,
    }, async () => {
      const out = join(installed.folder, `built-${name}`);
      mkdirSync(out, { recursive: true });
      writeProgram(installed.folder);
      await build(installed.folder, out);
      if (CHROMIUM === undefined) return;
      const inPage = await evaluateInBrowser(installed.folder, page(name), "globalThis.answer");
      expect(inPage).toEqual({ value: expect.objectContaining(ANSWER), errors: [] });
      const worker = await evaluateInBrowser(installed.folder, "<!doctype html>", inWorker(name));
      expect(worker).toEqual(inPage);
    });
  }

  it.skipIf(FIREFOX === undefined)("Firefox answers what Node answers (skipped without one)", async () => {
    const expression =
      'import("pageblock").then(async ({ Machine }) => { const machine = await Machine.create("tiny"); return machine.digest(); })';
    const script =
      'const { Machine } = await import("pageblock"); console.log((await Machine.create("tiny")).digest())';
    const inNode = run("node", ["--input-type=module", "--eval", script], installed.folder).trim();
    const inFirefox = await evaluateInFirefox(installed.folder, PAGE, expression);
    expect(inFirefox).toEqual({ value: inNode, errors: [] });
  });
});
