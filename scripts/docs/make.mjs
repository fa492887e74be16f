// Makes the documents and pictures that are made: npm run docs. With --check nothing is written; exit 1 names what is not of today.
// Console blocks inside of documents are brought up to date by UPDATE_GOLDEN=1 npx vitest run test/docs.
import { readFileSync, writeFileSync } from "node:fs";
import { drawFailure } from "./draw-failure.mjs";
import { makeGallery } from "./gallery.mjs";
import { makeKernels } from "./kernels.mjs";
import { makeManual } from "./manual.mjs";

/** What is made, in order. */
const MADE = {
  "docs/failure.svg": () => drawFailure("lpc-acts"),
  "docs/gallery.md": makeGallery,
  "docs/kernels.md": makeKernels,
  "docs/pageblock.1": makeManual,
};

function present(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined; // It is made for the first time.
  }
}

const isCheck = process.argv.includes("--check");
for (const [file, make] of Object.entries(MADE)) {
  const text = await make();
  if (present(file) === text) continue;
  if (isCheck) {
    console.log(`${file} is not what npm run docs makes`);
    process.exitCode = 1;
  } else {
    writeFileSync(file, text);
    console.log(`${file}: ${text.length} bytes`);
  }
}
