// Knows: `pageblock snapshot` and `pageblock shell --state`, as a user runs them.
// Must not know: how a state is found.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { inFolder, runCli } from "../../support/cli.js";

const FILES = fileURLToPath(new URL("../../golden/state/k61-e21-192MiB", import.meta.url));
const named = (...names: string[]) => names.map((name) => join(FILES, `${name}.gz`));
const buddyinfo = gunzipSync(readFileSync(join(FILES, "buddyinfo.txt.gz"))).toString();

describe("pageblock snapshot", () => {
  it("writes a state that the shell opens: the same free lists, and the area can be used", async () => {
    await inFolder((folder) => {
      const files = named(
        "kpageflags.bin",
        "kpagecount.bin",
        "pagetypeinfo.txt",
        "zoneinfo.txt",
        "cma_debugfs.txt",
      );
      const written = runCli(["snapshot", ...files, "-o", "state.pb"], folder);
      expect(written).toMatchObject({ code: 0, stderr: "" });
      expect(written.stdout).toMatch(/every frame as kpageflags shows it\nfree 15870, /);
      expect(written.stdout).toMatch(/area reserved: 0 of 2048 pages given out\nassumed: /);
      const shown = runCli(["shell", "--state", "state.pb", "-c", "cat buddyinfo"], folder);
      expect(shown).toMatchObject({ code: 0, stdout: buddyinfo });
      const used = runCli(
        ["shell", "--state", "state.pb", "-c", "echo 512 > cma/reserved/alloc\ncat cma/reserved/used"],
        folder,
      );
      expect(used).toMatchObject({ code: 0, stdout: "512\n" });
    });
  });

  it("tells what it drew, and ends with 2 for what cannot be used", async () => {
    await inFolder((folder) => {
      const drawn = runCli(
        ["snapshot", ...named("cma_debugfs.txt", "pagetypeinfo.txt"), "-o", "s", "--seed", "4"],
        folder,
      );
      expect(drawn.code).toBe(0);
      expect(drawn.stdout).toMatch(/free blocks drawn: no kpageflags was given/);
      writeFileSync(join(folder, "log"), "nothing of ours\n");
      const nothing = runCli(["snapshot", "log", "-o", "t"], folder);
      expect(nothing).toMatchObject({ code: 2, stdout: "" });
      expect(nothing.stderr).toMatch(/expected \/proc\/pagetypeinfo/);
      expect(runCli(["snapshot", "log"], folder).code).toBe(2);
      expect(runCli(["shell", "--state", "missing"], folder)).toMatchObject({ code: 2 });
      const wrong = runCli(["shell", "--state", "log", "-c", "ls"], folder);
      expect(wrong).toMatchObject({ code: 2 });
      expect(wrong.stderr).toMatch(/not a snapshot|truncated/);
    });
  });
});
