// Knows: what is said where a person names a folder for a file, or a folder or file that holds nothing: before any work, by that name.
// Must not know: what commands do with files.

import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { inFolder, runCli } from "../../support/cli.js";

/** `empty` and `full` are folders, `nothing` an empty file, `log` a file without anything of ours. */
function prepare(folder: string): void {
  mkdirSync(join(folder, "empty"));
  mkdirSync(join(folder, "full"));
  mkdirSync(join(folder, "deep/er/and/deeper"), { recursive: true });
  writeFileSync(join(folder, "full/log"), "nothing of ours\n");
  writeFileSync(join(folder, "log"), "nothing of ours\n");
  writeFileSync(join(folder, "nothing"), "");
}

const EMPTY = "there is no file in it; links are not followed";

/** Commands that write a file, each with the option in front of its name; what they would do before takes long, or has no end. */
const WRITERS = [
  ["explain", "log", "--html"],
  ["whatif", "rolling-blockade", "--html"],
  ["bench", "search", "--html"],
  ["bench", "search", "--svg"],
  ["snapshot", "log", "-o"],
  ["run", "rolling-blockade", "--trace"],
] as const;

it.each([
  [["explain"], "empty", EMPTY],
  [["explain", "--json"], "deep", EMPTY],
  [["view", "--no-open"], "empty", EMPTY],
  [["view", "--no-open"], "nothing", "the file is empty"],
  [["size", "--from-log"], "empty", EMPTY],
])("pageblock %j refuses %s", async (words, name, why) => {
  await inFolder((folder) => {
    prepare(folder);
    const stderr = `pageblock: ${name}: ${why}\n`;
    expect(runCli([...words, name], folder)).toEqual({ code: 2, stdout: "", stderr });
  });
});

describe("pageblock explain", () => {
  it("takes a folder with files that say nothing for what it is, and names each of several that are of no use", async () => {
    await inFolder((folder) => {
      prepare(folder);
      expect(runCli(["explain", "full"], folder).code).toBe(3);
      expect(runCli(["explain", "empty", "log"], folder)).toMatchObject({
        code: 3,
        stderr: expect.stringContaining(`empty:1: warning: ${EMPTY} [empty]`),
      });
      const { stderr } = runCli(["explain", "empty", "nothing"], folder);
      expect(stderr).toBe(`pageblock: empty: ${EMPTY}\nnothing: the file is empty\n`);
    });
  });
});

it.each(WRITERS)("pageblock %s %s %s refuses a folder for the file, before any work", async (...words) => {
  await inFolder((folder) => {
    prepare(folder);
    const before = readdirSync(folder, { recursive: true });
    const stderr = "pageblock: full: is a folder; expected a file\n";
    expect(runCli([...words, "full"], folder)).toEqual({ code: 2, stdout: "", stderr });
    expect(readdirSync(folder, { recursive: true })).toEqual(before);
  });
});

it("a file in a folder that is not there is refused as early, by the folder's name", async () => {
  await inFolder((folder) => {
    const stderr = "pageblock: absent: cannot be used (ENOENT)\n";
    const words = ["whatif", "rolling-blockade", "--html", "absent/out.html"];
    expect(runCli(words, folder)).toEqual({ code: 2, stdout: "", stderr });
  });
});

it.each([[["run"]], [["whatif"]], [["compare"]], [["sweep", "--out", "out"]], [["shell", "--state"]]])(
  "pageblock %j refuses a folder for a file that it reads",
  async (words) => {
    await inFolder((folder) => {
      prepare(folder);
      const { code, stderr } = runCli([...words, "full"], folder);
      expect([code, stderr]).toEqual([2, "pageblock: full: is a folder; expected a file\n"]);
    });
  },
);
