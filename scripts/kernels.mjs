// Measures docs/kernels.json: npm run kernels [-- --seeds N] [--jobs N]: mainline by the rules of 6.1 and 6.12. npm run docs makes the page.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: { seeds: { type: "string", default: "6" }, jobs: { type: "string" } },
});
const SCENARIOS = [
  "pcp-window",
  "rolling-blockade",
  "lpc-acts",
  "low-memory",
  "nxp-fragmented",
  "camera-cold",
  "gpu-bursts",
  "tv-streams",
];

const core = createHash("sha256").update(readFileSync("dist/simulation.wasm")).digest("hex").slice(0, 12);
const folder = `build/kernels/${core}`;
const args = [
  "compare",
  ...SCENARIOS,
  "--policy",
  "mainline",
  "--kernel",
  "6.1,6.12",
  "--seeds",
  values.seeds,
];
const jobs = values.jobs === undefined ? [] : ["--jobs", values.jobs];
const { status } = spawnSync(
  process.execPath,
  ["dist/cli.js", ...args, ...jobs, "--out", folder, "--resume"],
  {
    stdio: ["inherit", "ignore", "inherit"],
  },
);
if (status !== 0) process.exit(status ?? 130);
const { version, cells } = JSON.parse(readFileSync(`${folder}/compare.json`, "utf8"));
const kept = cells.map(({ scenario, client, block, share, costs, difference }) => ({
  scenario,
  client,
  block,
  share,
  costs,
  difference,
}));
const lines = kept.map((cell) => JSON.stringify(cell)).join(",\n");
writeFileSync(
  "docs/kernels.json",
  `{ "version": ${JSON.stringify(version)}, "seeds": ${Number(values.seeds)}, "cells": [\n${lines}\n] }\n`,
);
console.log("docs/kernels.json is measured; npm run docs makes the page");
