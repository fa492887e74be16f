// Knows: that the command line answers every bad input with one message that helps, the right exit code, and nothing else:
// no stack trace, no hang, nothing half-written. The messages themselves: test/golden/badinput.
// Must not know: how inputs are read.

import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { BAD_INPUTS } from "../support/bad_inputs.js";
import { CaptureCopy, type CliRun, inFolder, listing, runCli } from "../support/cli.js";

const GOLDEN = fileURLToPath(new URL("../golden/badinput/", import.meta.url));

/** What the user sees, without the place where it happened to run. */
function seen({ code, stdout, stderr }: CliRun, folder: string): string {
  const text = [`exit ${code}`, "--- stdout", stdout, "--- stderr", stderr].join("\n");
  return text
    .replaceAll(folder, "<folder>")
    .replace(/time in the core {3}.*/g, "time in the core   <ns>")
    .replace(/Presets: .*/g, "Presets: <all>");
}

describe("a bad input", () => {
  it.each(BAD_INPUTS)("$name", async ({ name, code = 2, damage, args = ["replay", "capture"] }) => {
    await inFolder(async (folder) => {
      const copy = new CaptureCopy(folder);
      damage?.(copy);
      const before = listing(folder);
      const run = runCli(args, folder);
      expect(run.code, run.stderr).toBe(code);
      expect(listing(folder)).toEqual(before);
      const text = seen(run, folder);
      expect(text).not.toMatch(/^\s+at .*\d+:\d+\)?$/m);
      expect(text).not.toMatch(/node:internal|Error:|undefined|NaN|\[object/);
      if (code === 2) {
        expect(run.stdout).toBe("");
        expect(run.stderr.trim()).not.toBe("");
      } else expect(run.stdout).toMatch(/FIRST DISAGREEMENT at operation \d+ \(\S+:\d+\)/);
      await expect(text).toMatchFileSnapshot(`${GOLDEN}${name}.txt`);
    });
  });

  it("each golden file belongs to one of them", () => {
    expect(readdirSync(GOLDEN).sort()).toEqual(BAD_INPUTS.map(({ name }) => `${name}.txt`).sort());
  });
});

describe("a good input", () => {
  const KEYS = [
    "capture",
    "kernel",
    "operations",
    "compared",
    "agreeing",
    "firstDisagreement",
    "dumpsCompared",
    "dumpsEqual",
    "finalStateEqual",
    "nsPerOperation",
  ];

  it.each(["release", "checked"])(
    "is exact, and --json says so with the promised keys; %s core",
    async (core) => {
      await inFolder((folder) => {
        new CaptureCopy(folder);
        const { code, stdout, stderr } = runCli(["replay", "capture", "--json", "--core", core], folder);
        expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
        const result = JSON.parse(stdout) as Record<string, unknown>;
        expect(Object.keys(result)).toEqual(KEYS);
        expect(result["firstDisagreement"]).toBeNull();
        expect(result["finalStateEqual"]).toBe(true);
        expect(result["agreeing"]).toBe(result["compared"]);
        expect(result["dumpsEqual"]).toBe(result["dumpsCompared"]);
        expect(result["nsPerOperation"]).toBeGreaterThan(0);
      });
    },
  );
});
