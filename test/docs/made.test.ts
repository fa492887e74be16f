// Knows: that what `npm run docs` makes is there as it makes it today.

import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { ROOT } from "./blocks.js";

it("the documents and pictures that are made are those of today (npm run docs)", () => {
  const { stdout, stderr, status } = spawnSync(process.execPath, ["scripts/docs/make.mjs", "--check"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  expect(`${stdout}${stderr}`).toBe("");
  expect(status).toBe(0);
});
