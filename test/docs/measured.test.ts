// Knows: what the programs that measure a document's figures say to a mistyped option, and to a name that is none: one line each,
// exit 2, no stack, no document touched. Must not know: what they measure.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

function run(script: string, ...args: readonly string[]): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    cwd: ROOT,
    encoding: "utf8",
  });
  return { status, said: stdout + stderr };
}

describe("an option that is none", () => {
  it.each(["scripts/kernels.mjs", "scripts/policies/make.mjs", "scripts/thp.mjs", "scripts/groups.mjs"])(
    "%s names those that there are",
    (script) => {
      const { status, said } = run(script, "--seedz", "3");
      expect(status).toBe(2);
      expect(said).toMatch(/--seedz/);
      expect(said).toMatch(/^options: --(?:seeds|hours)/m);
      expect(said).not.toMatch(/^\s+at /m);
    },
  );
});

describe("a name that is none", () => {
  it("is refused before anything is measured, and the page stays as it is", () => {
    const before = readFileSync(`${ROOT}docs/policies.md`, "utf8");
    const { status, said } = run("scripts/policies/make.mjs", "--scenarios", "gpu-burst", "--seeds", "1");
    expect(status).toBe(2);
    expect(said).toMatch(/gpu-burst\b.*gpu-bursts/s);
    expect(said).not.toMatch(/^\s+at /m);
    expect(readFileSync(`${ROOT}docs/policies.md`, "utf8")).toBe(before);
  });

  it.each([
    ["scripts/kernels.mjs", "--seeds", "many"],
    ["scripts/thp.mjs", "--seeds", "many"],
    ["scripts/groups.mjs", "--hours", "many"],
    ["scripts/groups.mjs", "--policies", "many"],
    ["scripts/groups.mjs", "--devices", "many"],
  ])("%s %s %s is refused too", (script, option, value) => {
    const { status, said } = run(script, option, value);
    expect(status).toBe(2);
    expect(said).toMatch(/many/);
    expect(said).not.toMatch(/^\s+at /m);
  });
});
