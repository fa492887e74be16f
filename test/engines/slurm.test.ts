// Knows: the Slurm recipe of docs/scale.md, run on a cluster of one node: a task cancelled, one killed, a node drained.
// Must not know: how a part is run.

import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { MAIN, sign } from "../support/children.js";
import { inFolder, runCli } from "../support/cli.js";
import { isMissing, isRoot } from "../support/engines.js";
import { Slurm } from "../support/slurm.js";
import { writeSmallGrid } from "../support/small_grid.js";

const DOCS = readFileSync(new URL("../../docs/scale.md", import.meta.url), "utf8");

/** The sbatch file of the documentation for eight parts on a small node. */
function recipe(): string {
  const script = /### Slurm\n\n```sh\n([\s\S]*?)```/.exec(DOCS)?.[1];
  if (script === undefined) throw new Error("docs/scale.md has no recipe for Slurm");
  return script
    .replace("--array=0-39", "--array=0-7%2")
    .replace("--cpus-per-task=2", "--cpus-per-task=1")
    .replace("--jobs 2 --shards 40", "--jobs 1 --shards 8");
}

function pidIn(path: string): number | undefined {
  try {
    return (JSON.parse(readFileSync(path, "utf8")) as { pid: number }).pid;
  } catch {
    return undefined;
  }
}

describe.skipIf(!isRoot || isMissing("Slurm", "slurmctld", "slurmd", "sbatch", "munged"))("Slurm", () => {
  it("an array with a task cancelled, one killed and the node drained: what is missing is repeated, the table is the same", async () => {
    await inFolder(async (folder) => {
      writeSmallGrid(folder, "8");
      writeFileSync(join(folder, "sweep.sbatch"), recipe());
      writeFileSync(join(folder, "pageblock"), `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`);
      chmodSync(join(folder, "pageblock"), 0o755);
      const path = `${folder}:${process.env["PATH"]}`;
      const slurm = new Slurm(folder, { ...process.env, PATH: path });
      // Called after a timeout as well, while the test itself still waits.
      onTestFinished(() => slurm.end());
      await slurm.begin();
      const node = (state: string) =>
        slurm.run("scontrol", "update", `nodename=${slurm.node}`, `state=${state}`, "reason=test");
      node("drain");
      const job = slurm.submit(folder, "--output=%a.log", "sweep.sbatch");
      slurm.run("scancel", `${job}_3`);
      expect(existsSync(join(folder, "results"))).toBe(false);
      node("resume");
      const lock = join(folder, "results/work-5-of-8/journal.lock");
      await sign(() => pidIn(lock) !== undefined);
      process.kill(pidIn(lock) ?? 0, "SIGKILL");
      await slurm.ended(job);
      const partial = runCli(["merge", "results"], folder);
      expect(partial.code).toBe(1);
      expect(partial.stderr).toMatch(/^2 of 8 parts are missing: 3,5\nSlurm +sbatch --array=3,5 /);
      await slurm.ended(slurm.submit(folder, "--array=3,5", "--output=%a.log", "sweep.sbatch"));
      expect(runCli(["merge", "results"], folder).code).toBe(0);
      expect(runCli(["sweep", "grid.yaml", "--out", "whole"], folder).code).toBe(0);
      for (const file of ["runs.csv", "runs.parquet", "cells.json"])
        expect(
          readFileSync(join(folder, "results", file)).equals(readFileSync(join(folder, "whole", file))),
          file,
        ).toBe(true);
    });
  });
});
