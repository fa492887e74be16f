#!/usr/bin/env node
// Knows: how the process of `pageblock` begins and ends. The only file that ends it.
// Must not know: the commands.
//
// V8's code cache of what is imported below is kept where the Node has one (22.1 and later); a question for the version
// alone is answered without them.

import * as nodeModule from "node:module";
import { packageVersion } from "./package_files.js";

interface CompileCache {
  readonly enableCompileCache?: () => unknown;
}

const [only, ...others] = process.argv.slice(2);
if (others.length === 0 && (only === "--version" || only === "-V")) {
  process.stdout.write(`${packageVersion()}\n`);
} else {
  (nodeModule as CompileCache).enableCompileCache?.();
  const { runCommandLine } = await import("./program.js");
  process.exitCode = await runCommandLine(process.argv);
}
