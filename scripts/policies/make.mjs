// Makes docs/policies.md: npm run policies [-- --seeds N] [--jobs N] [--scenarios A,B]. Every scenario of the package under every policy; prints what it costs
// first, keeps every run below build/policies and goes on there. What policies claim is read from their table.
import { readFileSync, writeFileSync } from "node:fs";
import { compareIn, optionsOf } from "../measured.mjs";
import { renderPolicies } from "./page.mjs";

const values = optionsOf({
  seeds: { type: "string", default: "6" },
  jobs: { type: "string" },
  out: { type: "string" },
  partial: { type: "boolean" },
  scenarios: { type: "string", default: "all" },
});
const args = [...values.scenarios.split(","), "--policy", "all", "--seeds", values.seeds];
const { status, folder } = compareIn("policies", args, values);
// 1: some runs failed, the page names them. --partial: a page of what is done by now.
if (status !== 0 && status !== 1 && values.partial !== true) {
  console.error(`stopped; the same command goes on with what is in ${folder}`);
  process.exit(status ?? 130);
}
const { policies } = await import("../../dist/pageblock.js");
const comparison = JSON.parse(readFileSync(`${folder}/compare.json`, "utf8"));
writeFileSync("docs/policies.md", renderPolicies(comparison, [...policies.values()], values));
console.log("docs/policies.md is made");
