// Knows: `pageblock compare` as a user meets it: tables, files, what is not done twice, what is refused.
// Must not know: the figures (test/unit/analysis/matrix).

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { policyNames } from "../../../bindings/policy/index.js";
import { documentOf } from "../../support/answers.js";
import { linesIn } from "../../support/children.js";
import { inFolder, runCli } from "../../support/cli.js";
import { writeSmallGrid } from "../../support/small_grid.js";

const ARGS = ["compare", "small.yaml", "other.yaml", "--seeds", "2", "--until", "80ms", "--jobs", "1"];

describe("pageblock compare", () => {
  it("holds policies and kernels against the first, tells the cost first, and leaves files", async () => {
    await inFolder(async (folder) => {
      writeSmallGrid(folder);
      const args = [...ARGS, "--policy", "mainline,strict,original", "--kernel", "6.1,6.12"];
      const run = runCli([...args, "--out", "out"], folder);
      expect(run.code, run.stderr).toBe(0);
      expect(run.stderr).toMatch(/^24 runs: about [\d.]+ CPU seconds a run, \d+ seconds of one core\n$/);
      expect(run.stdout).toMatch(/^Of 8 comparisons \d+ show more openings on time and \d+ fewer/);
      for (const kernel of ["6.1", "6.12"])
        expect(run.stdout).toMatch(
          new RegExp(
            `\\nsmall on tiny \\(Linux ${kernel}\\), camera\\n +seeds .*on time.*\\n[- ]+\\nmainline .*\\nstrict .*\\noriginal `,
          ),
        );
      const parquet = readFileSync(join(folder, "out/runs.parquet"));
      const bytes = parquet.buffer.slice(parquet.byteOffset, parquet.byteOffset + parquet.byteLength);
      const rows = await parquetReadObjects({ file: bytes as ArrayBuffer });
      expect(rows).toHaveLength(24);
      expect(new Set(rows.map(({ kernel }) => String(kernel)))).toEqual(new Set(["6.1", "6.12"]));
      const { cells } = JSON.parse(readFileSync(join(folder, "out/compare.json"), "utf8")) as {
        cells: object[];
      };
      expect(cells).toHaveLength(12);
      const { blocks } = documentOf(readFileSync(join(folder, "out/compare.html"), "utf8"));
      const plots = blocks.flatMap((block) => (block.kind === "scatters" ? block.plots : []));
      expect(plots.length).toBeGreaterThanOrEqual(4 * 7);
      expect(JSON.stringify(blocks)).not.toMatch(/NaN|undefined/);
      expect(readFileSync(join(folder, "out/compare.csv"), "utf8").trim().split("\n")).toHaveLength(13);
    });
  });

  it("holds kernels against each other where there is one policy", async () => {
    await inFolder((folder) => {
      writeSmallGrid(folder);
      const { code, stdout, stderr } = runCli(
        [...ARGS, "--policy", "mainline", "--kernel", "6.1,6.12"],
        folder,
      );
      expect(code, stderr).toBe(0);
      expect(stdout).toMatch(/\nsmall on tiny \(mainline\), camera\n.*\n[- ]+\nLinux 6\.1 .*\nLinux 6\.12 /);
      expect(stdout).toMatch(/^Of 2 comparisons /);
    });
  });

  it("does nothing twice: further policies and seeds are added to what is there", async () => {
    await inFolder((folder) => {
      writeSmallGrid(folder);
      const journal = join(folder, "out/journal.jsonl");
      const few = runCli([...ARGS, "--policy", "mainline", "--out", "out"], folder);
      expect(few.stdout).toMatch(/^Nothing is compared/);
      const before = linesIn(journal);
      const more = [...ARGS, "--policy", "mainline,strict", "--out", "out", "--resume"];
      const again = runCli(more, folder);
      expect(again.stderr).toMatch(/^8 runs, 4 of them done already: /);
      expect(linesIn(journal)).toBe(before + 5);
      expect(runCli(more, folder).stderr).toBe("8 runs, 8 of them done already\n");
      expect(runCli(more, folder).stdout).toBe(again.stdout);
    });
  });

  it("runs every policy of the package where none is named", async () => {
    await inFolder((folder) => {
      writeSmallGrid(folder);
      const args = ["compare", "small.yaml", "--seeds", "1", "--until", "30ms", "--jobs", "1", "--json"];
      const { code, stdout, stderr } = runCli(args, folder);
      expect(code, stderr).toBe(0);
      const { cells, notes } = JSON.parse(stdout) as { cells: { policy: string }[]; notes: string[] };
      // A policy that cannot be run here is named with its reason, and no other is lost.
      expect(cells.length + notes.length).toBe(policyNames.length);
      expect(cells[0]?.policy).toBe("mainline");
    });
  });

  it("refuses in words what it cannot do", async () => {
    await inFolder((folder) => {
      writeSmallGrid(folder);
      const refuse = (args: readonly string[], words: RegExp) => {
        const run = runCli(["compare", ...args], folder);
        expect([run.code, run.stdout]).toEqual([2, ""]);
        expect(run.stderr).toMatch(words);
      };
      refuse(["small.yaml", "--kernel", "6.11"], /there is no kernel "6\.11".* known: /);
      refuse(["small.yaml", "--policy", "mainlin"], /did you mean mainline/);
      refuse(["small.yaml", "small.yaml"], /named twice/);
      refuse(["small.yaml", "--resume"], /--resume needs --out/);
      refuse(["nothing.yaml"], /nothing\.yaml/);
      expect(existsSync(join(folder, "out"))).toBe(false);
    });
  });
});
