// Knows: how a stranger's program is built with each common bundler, by its plainest configuration.
// Must not know: what the program does, where it runs.

import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import * as esbuild from "esbuild";
import { rollup } from "rollup";
import { build as viteBuild } from "vite";
import webpack from "webpack";

/** Writes OUT/app.js. */
type Build = (folder: string, out: string) => Promise<void>;

/** esbuild and rollup leave `new URL("./core.wasm", import.meta.url)` as it is: the file goes beside the bundle. */
function copyCore(folder: string, out: string): void {
  copyFileSync(join(folder, "node_modules/pageblock/dist/core.wasm"), join(out, "core.wasm"));
}

const vite: Build = async (folder, out) => {
  await viteBuild({
    root: folder,
    configFile: false,
    logLevel: "error",
    base: "./",
    build: {
      outDir: out,
      emptyOutDir: false,
      target: "es2022",
      rolldownOptions: { input: join(folder, "app.js"), output: { entryFileNames: "app.js" } },
    },
  });
};

const withWebpack: Build = (folder, out) =>
  new Promise((done, fail) => {
    webpack(
      {
        mode: "production",
        context: folder,
        entry: "./app.js",
        target: "web",
        experiments: { outputModule: true },
        output: { path: out, filename: "app.js", module: true, publicPath: "auto" },
      },
      (error, stats) => {
        if (error) fail(error);
        else if (stats?.hasErrors()) fail(new Error(stats.toString("errors-only")));
        else done();
      },
    );
  });

const withEsbuild: Build = async (folder, out) => {
  await esbuild.build({
    absWorkingDir: folder,
    entryPoints: ["app.js"],
    bundle: true,
    format: "esm",
    platform: "browser",
    outdir: out,
    logLevel: "error",
  });
  copyCore(folder, out);
};

const withRollup: Build = async (folder, out) => {
  const bundle = await rollup({ input: join(folder, "app.js"), plugins: [nodeResolve({ browser: true })] });
  await bundle.write({ dir: out, format: "es", entryFileNames: "app.js", inlineDynamicImports: true });
  await bundle.close();
  copyCore(folder, out);
};

export const BUNDLERS: Readonly<Record<string, Build>> = {
  vite,
  webpack: withWebpack,
  esbuild: withEsbuild,
  rollup: withRollup,
};

/** The README's first call; in a worker it tells whoever started it. */
export function writeProgram(folder: string): void {
  writeFileSync(
    join(folder, "app.js"),
    `import { GFP_HIGHUSER_MOVABLE, Machine } from "pageblock";
globalThis.answer = (async () => {
  const machine = await Machine.create("tiny");
  const page = machine.allocate({ gfp: GFP_HIGHUSER_MOVABLE });
  return { ok: page.ok, sound: machine.validate().name, digest: machine.digest() };
})();
if (typeof document === "undefined" && typeof postMessage === "function") globalThis.answer.then((value) => postMessage(value));
`,
  );
}
