// Puts the compiled core beside the JavaScript that loads it: the release build is what the package ships,
// the checked build lets `--core checked` and the tests run every assertion.
import { copyFileSync, mkdirSync } from "node:fs";

mkdirSync("dist", { recursive: true });
copyFileSync("build/core.release.wasm", "dist/core.wasm");
copyFileSync("build/core.checked.wasm", "dist/core.checked.wasm");
