// Makes docs/policies.md: npm run policies [-- --seeds N] [--jobs N] [--scenarios A,B]. Every scenario of the package under every policy; prints what it costs
// first, keeps every run below build/policies and goes on there. What policies claim is read from their table.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { renderPolicies } from "./page.mjs";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "6" },
    jobs: { type: "string" },
    out: { type: "string" },
    partial: { type: "boolean" },
    scenarios: { type: "string", default: "all" },
  },
});

// Another core has other results: its runs lie elsewhere.
const core = createHash("sha256").update(readFileSync("dist/simulation.wasm")).digest("hex").slice(0, 12);
const folder = values.out ?? `build/policies/${core}`;
const args = [
  "compare",
  ...values.scenarios.split(","),
  "--policy",
  "all",
  "--seeds",
  values.seeds,
  "--out",
  folder,
  "--resume",
];
const { status } = spawnSync(
  process.execPath,
  ["dist/cli.js", ...args, ...(values.jobs === undefined ? [] : ["--jobs", values.jobs])],
  { stdio: ["inherit", "ignore", "inherit"] },
);
// 1: some runs failed, the page names them. --partial: a page of what is done by now.
if (status !== 0 && status !== 1 && values.partial !== true) {
  console.error(`stopped; the same command goes on with what is in ${folder}`);
  process.exit(status ?? 130);
}
const { policies } = await import("../../dist/pageblock.js");
const comparison = JSON.parse(readFileSync(`${folder}/compare.json`, "utf8"));
writeFileSync("docs/policies.md", renderPolicies(comparison, [...policies.values()], values));
console.log("docs/policies.md is made");
