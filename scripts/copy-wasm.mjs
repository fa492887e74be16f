// Puts the compiled core beside the JavaScript that loads it: the release build is what the package ships,
// the checked build lets `--core checked` and the tests run every assertion.
import { copyFileSync, mkdirSync } from "node:fs";

mkdirSync("dist", { recursive: true });
for (const name of ["core", "simulation", "bitmap"]) {
  copyFileSync(`build/${name}.release.wasm`, `dist/${name}.wasm`);
  copyFileSync(`build/${name}.checked.wasm`, `dist/${name}.checked.wasm`);
}
