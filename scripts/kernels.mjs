// Measures docs/kernels.json: npm run kernels [-- --seeds N] [--jobs N]: mainline by the rules of 6.1 and 6.12. npm run docs makes the page.
import { readFileSync, writeFileSync } from "node:fs";
import { compareIn, optionsOf } from "./measured.mjs";

const values = optionsOf({ seeds: { type: "string", default: "6" }, jobs: { type: "string" } });
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

const args = [...SCENARIOS, "--policy", "mainline", "--kernel", "6.1,6.12", "--seeds", values.seeds];
const { status, folder } = compareIn("kernels", args, values);
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
