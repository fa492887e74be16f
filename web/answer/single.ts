// Knows: how a page becomes one file, engine, worker and styles inside, and only its own script may run.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { defineConfig, type Plugin, type UserConfig } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";

const CORE = "virtual:core";
/** The line of a page that web/answer/head.html takes the place of. */
const HEAD = "    <!-- head.html -->\n";

/** The simulation's core, gzipped, as base64 text: text of text packs badly. */
function coreInside(isRun: boolean): Plugin {
  return {
    name: "core-inside",
    resolveId: (id) => (id === CORE ? `\0${CORE}` : undefined),
    load(id) {
      if (id !== `\0${CORE}`) return undefined;
      // The page itself runs nothing: what it shares with the worker brings the name along.
      if (!isRun) return 'export default ""';
      const bytes = readFileSync(new URL("../../dist/simulation.wasm", import.meta.url));
      return `export default ${JSON.stringify(gzipSync(bytes, { level: 9 }).toString("base64"))}`;
    },
  };
}

/** What every page begins with stands once: licences, and what it may do. */
function headInside(): Plugin {
  const head = readFileSync(new URL("./head.html", import.meta.url), "utf8");
  return {
    name: "head-inside",
    transformIndexHtml: {
      order: "pre",
      handler(page) {
        if (!page.includes(HEAD)) throw new Error(`the page has no place for its head: ${HEAD}`);
        return page.replace(HEAD, () => head);
      },
    },
  };
}

/** The page's policy names its one script by its hash: whatever else slips into it stays text. */
function hashInPolicy(): Plugin {
  return {
    name: "hash-in-policy",
    enforce: "post",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        for (const file of Object.values(bundle)) {
          if (file.type !== "asset" || !file.fileName.endsWith(".html")) continue;
          const page = String(file.source);
          const [, script] = /<script type="module"[^>]*>([\s\S]*?)<\/script>/.exec(page) ?? [];
          if (script === undefined) throw new Error("the page has no script inside");
          const hash = createHash("sha256").update(script).digest("base64");
          file.source = page.replace("'sha256-script-hash'", () => `'sha256-${hash}'`);
        }
      },
    },
  };
}

/** @param page the HTML that it begins with, beside this folder's: "answer/report.html" */
export function configOf(page: string): UserConfig {
  const input = fileURLToPath(new URL(`../${page}`, import.meta.url));
  return defineConfig({
    root: dirname(input),
    logLevel: "warn",
    plugins: [
      headInside(),
      coreInside(false),
      viteSingleFile({ removeViteModuleLoader: true }),
      hashInPolicy(),
    ],
    resolve: { alias: { "#platform": fileURLToPath(new URL("../view/platform.ts", import.meta.url)) } },
    worker: { format: "iife", plugins: () => [coreInside(true)] },
    build: {
      outDir: fileURLToPath(new URL("../../dist", import.meta.url)),
      emptyOutDir: false,
      rolldownOptions: { input },
      target: "es2022",
      reportCompressedSize: false,
    },
  });
}
