// Knows: that a disk which fails at any write loses nothing that was finished, leaves nothing half-written, and is told with the
// file's name: runs that are kept and gone on with, parts of a grid, merging; each write in turn.
// Must not know: what is in the files.

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { messageFor } from "../../../bindings/cli/exit.js";
import { keyOf, writeRunFiles } from "../../../bindings/cli/run/files.js";
import { mergeParts } from "../../../bindings/cli/sweep/merge.js";
import { runSweepCommand } from "../../../bindings/cli/sweep/sweep.js";
import { Work } from "../../../bindings/durable/index.js";
import type { RunResult } from "../../../bindings/scenario/result.js";
import { parseScenario } from "../../../bindings/scenario/yaml.js";
import { planSweep } from "../../../bindings/sweep/index.js";
import { runScenario } from "../../../bindings/sweep/run.js";
import { MAIN } from "../../support/children.js";
import { inFolder, listing, runCli } from "../../support/cli.js";
import { type Fault, withFailing } from "../../support/failing_fs.js";
import { writeSmallGrid } from "../../support/small_grid.js";

const FAULTS: readonly Fault[] = ["EIO", "ENOSPC", "EROFS", "EPIPE", "SHORT"];
const SCENARIO = `name: small
device: tiny
policy: mainline
duration: 2ms
sample: 1ms
seeds: 3
workloads:
  - { kind: resident, anon: 20%, file: 10%, interval: 20us, batch: 8 }
`;
const scenario = parseScenario(SCENARIO, "small.yaml");
const tasks = planSweep(scenario, {});
const keys = tasks.map(({ policy, seed }) => keyOf(policy.name, seed));
const ORIGIN = { command: "pageblock run", source: SCENARIO, validity: "" };
const FILES = ["report.html", "result.json", "series.csv", "series.parquet"];
const results: RunResult[] = [];

beforeAll(async () => {
  for (const { policy, seed } of tasks) results.push(await runScenario(scenario, { policy, seed }));
});

const quiet = [vi.spyOn(process.stdout, "write"), vi.spyOn(process.stderr, "write")];
for (const each of quiet) each.mockReturnValue(true);
afterAll(() => {
  for (const each of quiet) each.mockRestore();
});

/** All that `pageblock run --out --resume` does beside running: answers what had to be run. */
function keepRuns(folder: string, kept: string[]): string[] {
  using work = Work.begin<RunResult>(folder, { resume: true, identity: { work: "test" } });
  const todo = work.todo(keys);
  for (const key of todo) {
    work.keep(key, { result: results[keys.indexOf(key)] as RunResult });
    kept.push(key);
  }
  writeRunFiles(folder, scenario, work, keys, ORIGIN);
  work.finish();
  return todo;
}

function bytesOf(folder: string, files: readonly string[]): string[] {
  return files.map((file) => readFileSync(join(folder, file), "latin1"));
}

/** Told in one line with a name of a file below the folder; no fault of our own. */
function isTold(error: unknown, folder: string): void {
  const message = messageFor(error);
  expect(message, String((error as Error).stack)).toBeDefined();
  expect(message).toContain(folder);
  expect(message).not.toContain("\n");
}

/** What `begin` prepares, with each write of `work` failing in turn; `check` looks at what is left and finishes it. */
async function eachWrite(
  begin: (folder: string) => void,
  work: (folder: string) => unknown,
  check: (folder: string) => unknown,
): Promise<number> {
  let nth = 1;
  for (let isMet = true; isMet; nth++) {
    for (const lasting of [false, true]) {
      // Each write fails in another way; all ways together at all writes would take minutes.
      const code = FAULTS[(nth + (lasting ? 2 : 0)) % FAULTS.length] as Fault;
      await inFolder(async (top) => {
        const folder = join(top, "out");
        begin(folder);
        const failing = await withFailing({ nth, code, lasting }, () => work(folder));
        isMet = failing.isMet;
        if (failing.error !== undefined) isTold(failing.error, folder);
        else if (code === "SHORT") expect(failing.error, `write ${nth} is short`).toBeUndefined();
        const left = existsSync(folder) ? listing(folder) : [];
        expect(left.filter((name) => /\.(?:part|probe|lock|stale)$|\.lock\.\d+$/.test(name))).toEqual([]);
        await check(folder);
      });
    }
  }
  return nth - 2;
}

describe("every write in turn fails", () => {
  it("of runs that are kept: what was kept is found again, the files are the same bytes", async () => {
    await inFolder(async (top) => {
      keepRuns(join(top, "undisturbed"), []);
      const wanted = bytesOf(join(top, "undisturbed"), FILES);
      let kept: string[] = [];
      const writes = await eachWrite(
        () => {
          kept = [];
        },
        (folder) => keepRuns(folder, kept),
        (folder) => {
          const again = keepRuns(folder, []);
          expect(again.filter((key) => kept.includes(key))).toEqual([]);
          expect(bytesOf(folder, FILES)).toEqual(wanted);
        },
      );
      expect(writes).toBeGreaterThan(25);
    });
  });

  it("of a part of a grid: the same command goes on, nothing is run again", async () => {
    await inFolder(async (top) => {
      writeSmallGrid(top, "1", "1ms");
      const sweep = (out: string) =>
        runSweepCommand(join(top, "grid.yaml"), { out, shard: "0/2", jobs: 1, core: "release" });
      // Runs that are in the journal, and no part yet.
      const ready = join(top, "ready");
      const part = "part-0-of-2.jsonl";
      expect(await sweep(ready)).toBe(0);
      const wanted = bytesOf(ready, [part]);
      rmSync(ready, { recursive: true });
      let calls = 0;
      const whole = await withFailing({ nth: 1e9, code: "EIO" }, () => sweep(ready));
      calls = whole.calls;
      rmSync(ready, { recursive: true });
      // The part is the last thing that is written: opened, written, synced, renamed.
      const stopped = await withFailing({ nth: calls - 3, code: "EIO" }, () => sweep(ready));
      expect(stopped.error).toBeDefined();
      expect(readdirSync(ready).filter((name) => name.startsWith("work-"))).toHaveLength(1);
      const writes = await eachWrite(
        (folder) => cpSync(ready, folder, { recursive: true }),
        sweep,
        async (folder) => {
          expect(await sweep(folder)).toBe(0);
          expect(bytesOf(folder, [part])).toEqual(wanted);
        },
      );
      expect(writes).toBeGreaterThan(6);
    });
  });

  it("of merging: the tables are whole, or not there", async () => {
    await inFolder(async (top) => {
      writeSmallGrid(top, "1", "1ms");
      for (const shard of ["0/2", "1/2"])
        await runSweepCommand(join(top, "grid.yaml"), {
          out: join(top, "parts"),
          shard,
          jobs: 1,
          core: "release",
        });
      const tables = ["cells.json", "runs.csv", "runs.parquet"];
      cpSync(join(top, "parts"), join(top, "whole"), { recursive: true });
      mergeParts(join(top, "whole"), {});
      const wanted = bytesOf(join(top, "whole"), tables);
      const writes = await eachWrite(
        (folder) => cpSync(join(top, "parts"), folder, { recursive: true }),
        (folder) => mergeParts(folder, {}),
        (folder) => {
          for (const table of tables.filter((name) => existsSync(join(folder, name))))
            expect(readFileSync(join(folder, table), "latin1")).toBe(wanted[tables.indexOf(table)]);
          expect(mergeParts(folder, {})).toBe(0);
          expect(bytesOf(folder, tables)).toEqual(wanted);
        },
      );
      expect(writes).toBeGreaterThan(10);
    });
  });
});

describe("as a process", () => {
  it("a disk that takes no more ends a run with one line and exit 2; --resume goes on to the same files", async () => {
    await inFolder((folder) => {
      writeFileSync(join(folder, "small.yaml"), SCENARIO);
      const run = `"${process.execPath}" "${MAIN}" run small.yaml --jobs 1 --out`;
      // 40 blocks of 512 or 1,024 bytes: the journal fits, the report does not.
      const { status, stderr } = spawnSync("sh", ["-c", `ulimit -f 40; exec ${run} cut`], {
        cwd: folder,
        encoding: "utf8",
      });
      expect(stderr).toMatch(/^pageblock: cut\/[a-z.]+: cannot be used \(EFBIG\)\n$/);
      expect(status).toBe(2);
      expect(listing(join(folder, "cut")).filter((name) => name.endsWith(".part"))).toEqual([]);
      expect(runCli(["run", "small.yaml", "--jobs", "1", "--out", "whole"], folder).code).toBe(0);
      expect(runCli(["run", "small.yaml", "--jobs", "1", "--out", "cut", "--resume"], folder).code).toBe(0);
      const files = FILES.filter((file) => file !== "report.html");
      expect(bytesOf(join(folder, "cut"), files)).toEqual(bytesOf(join(folder, "whole"), files));
    });
  });

  it.each([["run --show rolling-blockade"], ["explain input --json"], ["shell --device tiny -c 'tree /'"]])(
    "a reader that has gone away is no error: %s",
    async (call) => {
      await inFolder((folder) => {
        writeFileSync(
          join(folder, "input"),
          "cma: cma_alloc: reserved: alloc failed, req-size: 64 pages, ret: -16\n".repeat(5_000),
        );
        const script = `"${process.execPath}" "${MAIN}" ${call} | head -c 10 >/dev/null; echo "\${PIPESTATUS[0]}"`;
        const { stdout, stderr } = spawnSync("bash", ["-c", script], { cwd: folder, encoding: "utf8" });
        expect([stdout, stderr]).toEqual(["0\n", ""]);
      });
    },
  );
});
