// Knows: `pageblock sweep` and `pageblock merge` as a user meets them: parts in any order, killed, stopped, refused.
// Must not know: the figures, engines of array jobs (test/engines).

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, it, vi } from "vitest";
import { ROW_COLUMNS } from "../../../bindings/analysis/outcomes/index.js";
import { mergeParts } from "../../../bindings/cli/sweep/merge.js";
import { runSweepCommand } from "../../../bindings/cli/sweep/sweep.js";
import { linesIn, sign, startCli } from "../../support/children.js";
import { inFolder, listing, runCli } from "../../support/cli.js";
import { Random } from "../../support/random.js";
import { writeLongGrid, writeSmallGrid } from "../../support/small_grid.js";

const TABLES = ["cells.json", "runs.csv", "runs.parquet"];

function same(folder: string, one: string, other: string): void {
  for (const file of TABLES)
    expect(readFileSync(join(folder, one, file)).equals(readFileSync(join(folder, other, file))), file).toBe(
      true,
    );
}

/** Parts in this process: forty processes would take their time. */
async function sweepHere(folder: string, out: string, shards: readonly string[]): Promise<void> {
  const quiet = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  try {
    for (const shard of shards)
      await runSweepCommand(join(folder, "grid.yaml"), {
        out: join(folder, out),
        shard,
        jobs: 1,
        core: "release",
      });
  } finally {
    quiet.mockRestore();
  }
}

function shuffled(count: number, random: Random): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

describe("a grid", () => {
  it("in 1, 7 and 40 parts, in any order, gives the same bytes", async () => {
    await inFolder(async (folder) => {
      writeSmallGrid(folder);
      const whole = runCli(["sweep", "grid.yaml", "--out", "whole", "--jobs", "2"], folder);
      expect([whole.code, whole.stderr]).toEqual([0, ""]);
      expect(whole.stdout).toMatch(
        /^whole\/part-0-of-1\.jsonl: 12 of 12 runs\n12 of 12 runs: whole\/runs\.parquet/,
      );
      const random = new Random(7);
      for (const count of [7, 40]) {
        const out = `of${count}`;
        await sweepHere(
          folder,
          out,
          shuffled(count, random).map((index) => `${index}/${count}`),
        );
        expect(readdirSync(join(folder, out))).toHaveLength(count + 1);
        expect(runCli(["merge", out], folder).code).toBe(0);
        same(folder, "whole", out);
      }
    });
  });

  it("is a table that DuckDB reads: Parquet and CSV say the same", async () => {
    await inFolder(async (folder) => {
      writeSmallGrid(folder, "2");
      expect(runCli(["sweep", "grid.yaml", "--out", "out"], folder).code).toBe(0);
      const connection = await (await DuckDBInstance.create()).connect();
      const rows = async (file: string) =>
        (
          await connection.runAndReadAll(`select * from '${join(folder, "out", file)}' order by run`)
        ).getRowObjects();
      const parquet = await rows("runs.parquet");
      expect(parquet).toHaveLength(8);
      expect(Object.keys(parquet[0] ?? {})).toEqual(ROW_COLUMNS.map(({ name }) => name));
      expect(parquet[0]).toMatchObject({
        run: 0,
        scenario: "small",
        policy: "mainline",
        seed: 1,
        error: null,
      });
      const plain = (row: Record<string, unknown>) =>
        Object.fromEntries(
          Object.entries(row).map(([key, value]) => [key, value === null ? "" : String(value)]),
        );
      expect((await rows("runs.csv")).map(plain)).toEqual(parquet.map(plain));
      const [sum] = (
        await connection.runAndReadAll(
          `select sum(requests) as requests from '${join(folder, "out/runs.parquet")}' where policy = 'strict'`,
        )
      ).getRowObjects();
      expect(Number(sum?.["requests"])).toBeGreaterThan(0);
    });
  });

  it("killed with -9 at any moment it goes on; stopped by SIGTERM or SIGUSR2 it ends with 75", async () => {
    await inFolder(async (folder) => {
      writeSmallGrid(folder, "4");
      expect(runCli(["sweep", "grid.yaml", "--out", "whole", "--jobs", "1"], folder).code).toBe(0);
      const args = ["sweep", "grid.yaml", "--out", "out", "--jobs", "1"];
      const journal = join(folder, "out/work-0-of-1/journal.jsonl");
      for (const [lines, signal, expected] of [
        [3, "SIGKILL", null],
        [5, "SIGTERM", 75],
        [8, "SIGUSR2", 75],
        [10, "SIGINT", 130],
      ] as const) {
        const child = startCli(args, folder);
        await sign(() => linesIn(journal) >= lines || child.process.exitCode !== null);
        child.process.kill(signal);
        expect(await child.exit, signal).toBe(expected);
        if (expected !== null) expect(child.said()).toMatch(/stopped: \d+ of 16 runs of shard 0\/1 are kept/);
        // Whatever was finished is there, and nothing is done twice.
        expect(linesIn(journal)).toBeLessThan(17);
      }
      expect(runCli(args, folder).code).toBe(0);
      expect(listing(join(folder, "out"))).toEqual([
        "cells.json",
        "grid.json",
        "part-0-of-1.jsonl",
        "runs.csv",
        "runs.parquet",
      ]);
      same(folder, "whole", "out");
      expect(runCli(args, folder).stdout).toMatch(/part-0-of-1\.jsonl is there already/);
    });
  });
});

describe("parts", () => {
  it("that are missing are listed, with what repeats them", async () => {
    await inFolder(async (folder) => {
      writeSmallGrid(folder, "2");
      await sweepHere(folder, "out", ["0/5", "3/5"]);
      const merged = runCli(["merge", "out"], folder);
      expect([merged.code, merged.stdout]).toEqual([1, ""]);
      expect(merged.stderr).toMatch(
        /^3 of 5 parts are missing: 1-2,4\nSlurm +sbatch --array=1-2,4 .*--shards 5\n/,
      );
      expect(runCli(["merge", "out", "--partial"], folder).stdout).toMatch(/^3 of 8 runs: /);
    });
  });

  it("of another shape, even under a right checksum, are refused by name", async () => {
    await inFolder(async (folder) => {
      writeSmallGrid(folder, "1", "1ms");
      await sweepHere(folder, "out", ["0/2", "1/2"]);
      const path = join(folder, "out/part-0-of-2.jsonl");
      const [head = "", ...runs] = readFileSync(path, "utf8").trimEnd().split("\n").slice(0, -1);
      const run = runs[0] ?? "";
      for (const [one, other] of [
        [head, "null"],
        [head, head.replace('"of":2', '"of":"2"')],
        [head, head.replace(/"machine":\{[^}]*\}/, '"machine":null')],
        [run, "5"],
        [run, run.replace('"rows":[', '"rows":{"0":[').replace(/\]\}$/, "]}}")],
        [run, run.replace('"rows":[{', '"rows":[null,{')],
        [run, run.replace(/"requests":\d+/, '"requests":{}')],
      ] as const) {
        const lines = [head, ...runs].map((line) => (line === one ? other : line));
        expect(lines).not.toEqual([head, ...runs]);
        const body = `${lines.join("\n")}\n`;
        const sha256 = createHash("sha256").update(body).digest("hex");
        writeFileSync(path, `${body}${JSON.stringify({ sha256 })}\n`);
        expect(() => mergeParts(join(folder, "out"), {}), other).toThrow(`${path} is no whole part`);
      }
      writeFileSync(join(folder, "out/grid.json"), '{"source":{}}');
      expect(() => mergeParts(join(folder, "out"), {})).toThrow("grid.json is damaged");
    });
  });

  it("of two machines that disagree are named", async () => {
    await inFolder(async (folder) => {
      writeSmallGrid(folder, "2");
      await sweepHere(folder, "out", ["0/2", "1/2"]);
      expect(runCli(["merge", "out"], folder).code).toBe(0);
      const path = join(folder, "out/part-0-of-2.jsonl");
      const other = readFileSync(path, "utf8").replace(
        /"audit":\{"run":(\d+),"digest":"[0-9a-f]{4}/,
        '"audit":{"run":$1,"digest":"0000',
      );
      writeFileSync(path, other);
      expect(runCli(["merge", "out"], folder).stderr).toMatch(
        /part-0-of-2\.jsonl is no whole part; remove it/,
      );
      const body = other.slice(0, other.lastIndexOf("\n", other.length - 2) + 1);
      writeFileSync(
        path,
        `${body}${JSON.stringify({ sha256: createHash("sha256").update(body).digest("hex") })}\n`,
      );
      const merged = runCli(["merge", "out"], folder);
      expect(merged.code).toBe(1);
      expect(merged.stderr).toMatch(
        /machines disagree: run \d+: \S+ \(shard 1, Node v.*\) says [0-9a-f]{16}, \S+ \(shard 0, .*\) says 0000/,
      );
    });
  });

  it("of another grid, another division or another writer are refused by name", async () => {
    await inFolder(async (folder) => {
      writeLongGrid(folder);
      const child = startCli(["sweep", "grid.yaml", "--out", "out", "--shard", "0/2", "--jobs", "1"], folder);
      await sign(() => linesIn(join(folder, "out/work-0-of-2/journal.jsonl")) > 0);
      const second = runCli(["sweep", "grid.yaml", "--out", "out", "--shard", "0/2"], folder);
      expect(second.code).toBe(2);
      expect(second.stderr).toMatch(/work-0-of-2 is being written by process \d+/);
      child.process.kill("SIGINT");
      expect(await child.exit).toBe(130);
      writeSmallGrid(folder, "1");
      expect(runCli(["sweep", "grid.yaml", "--out", "out"], folder).stderr).toMatch(
        /out belongs to grid [0-9a-f]{12}; this is grid [0-9a-f]{12}: another grid needs another folder/,
      );
      rmSync(join(folder, "out"), { recursive: true });
      await sweepHere(folder, "out", ["0/2", "0/3"]);
      expect(runCli(["merge", "out"], folder).stderr).toMatch(/parts of 2 and of 3 shards/);
    });
  });
});

describe("what cannot be used", () => {
  it("is said in words, exit 2", async () => {
    await inFolder((folder) => {
      writeSmallGrid(folder);
      writeFileSync(
        join(folder, "bad.yaml"),
        "scenarios: [small.yaml, small.yaml]\npolicies: [mainlin]\nseed: 3\n",
      );
      writeFileSync(join(folder, "file"), "");
      const cases: [string[], RegExp][] = [
        [
          ["sweep", "bad.yaml", "--out", "x"],
          /bad\.yaml:1:25: "small\.yaml" is named twice[\s\S]*did you mean "mainline"\?[\s\S]*did you mean "seeds"\?/,
        ],
        [["sweep", "absent.yaml", "--out", "x"], /absent\.yaml cannot be read: ENOENT/],
        [
          ["sweep", "grid.yaml", "--out", "x", "--shard", "3/3"],
          /shard 3 of 3 does not exist; shards count from 0/,
        ],
        [["sweep", "grid.yaml", "--out", "x", "--shards", "3"], /which of them is this\?/],
        [["sweep", "grid.yaml", "--out", "file/x"], /file.*: cannot be used \(ENOTDIR\)/],
        [["merge", "."], /\. is no folder of a sweep: grid\.json cannot be read \(ENOENT\)/],
      ];
      for (const [args, message] of cases) {
        const { code, stdout, stderr } = runCli(args, folder);
        expect([code, stdout], args.join(" ")).toEqual([2, ""]);
        expect(stderr, args.join(" ")).toMatch(message);
        expect(stderr).not.toMatch(/\n\s+at /);
      }
    });
  });
});

describe("stopping early", () => {
  it("--until names the cells that are not sure enough, and asks for them alone", async () => {
    await inFolder((folder) => {
      writeSmallGrid(folder, "3", "100ms");
      expect(runCli(["sweep", "grid.yaml", "--out", "out"], folder).code).toBe(0);
      expect(runCli(["merge", "out", "--until", "on-time"], folder).stderr).toMatch(/expected "on-time 2%"/);
      const { stdout } = runCli(["merge", "out", "--until", "on-time 2%"], folder);
      expect(stdout).toMatch(
        /\n\d of 4 cells know their share on time to 2 %; out\/next\.yaml asks for the other \d\n$/,
      );
      const next = runCli(["sweep", "out/next.yaml", "--out", "next", "--plan"], folder);
      expect([next.code, next.stderr]).toEqual([0, ""]);
      expect(readFileSync(join(folder, "out/next.yaml"), "utf8")).toMatch(
        /policies: \["mainline"\]\nseeds: 4-\d+\n/,
      );
      expect(next.stdout).toMatch(/ shards of [\s\S]*Slurm +sbatch --array=0-/);
    });
  });
});
