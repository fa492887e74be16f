// Knows: that the recipes of docs/scale.md are what their engines take: GNU parallel is started, Kubernetes' manifest is
// held against its schema.
// Must not know: Slurm (slurm.test.ts).

import { spawn, spawnSync } from "node:child_process";
import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { linesIn, MAIN, sign, statOf } from "../support/children.js";
import { inFolder, runCli } from "../support/cli.js";
import { isMissing } from "../support/engines.js";
import { writeSmallGrid } from "../support/small_grid.js";

const DOCS = readFileSync(new URL("../../docs/scale.md", import.meta.url), "utf8");

/** The first block of this language behind a heading. */
function recipe(heading: string, language: string): string {
  const section = DOCS.slice(DOCS.indexOf(`### ${heading}`));
  const block = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(section)?.[1];
  if (block === undefined) throw new Error(`docs/scale.md has no recipe for ${heading}`);
  return block;
}

/** SIGKILL to every process of the session. @returns how many there were, but for those that only wait for their parent */
function killSession(session: number): number {
  return readdirSync("/proc").filter((name) => {
    try {
      const [state, , , its] = statOf(name);
      return Number(its) === session && state !== "Z" && process.kill(Number(name), "SIGKILL");
    } catch {
      // No process, or one that is gone meanwhile.
      return false;
    }
  }).length;
}

/** `pageblock` in a folder that goes to the front of PATH. */
function onPath(folder: string): Record<string, string | undefined> {
  const path = join(folder, "pageblock");
  writeFileSync(path, `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`);
  chmodSync(path, 0o755);
  return { ...process.env, PATH: `${folder}:${process.env["PATH"]}` };
}

describe.skipIf(isMissing("GNU parallel", "parallel"))("GNU parallel", () => {
  it("runs the recipe; killed half-way it goes on, and the table is that of one process", async () => {
    await inFolder(async (folder) => {
      writeSmallGrid(folder);
      const env = onPath(folder);
      const script = recipe("GNU parallel", "sh")
        .replace("0 39", "0 4")
        .replace("-j 4", "-j 1")
        .replace("{}/40", "{}/5");
      const first = spawn("bash", ["-c", script], { cwd: folder, env, stdio: "ignore", detached: true });
      const gone = new Promise((resolve) => {
        first.on("exit", resolve);
      });
      // The log has a line for its columns, then one for each part that has ended.
      await sign(() => linesIn(join(folder, "results.joblog")) >= 3);
      // Parallel gives each job a group of its own: what is left of them would write on.
      await sign(() => killSession(first.pid ?? 0) === 0);
      await gone;
      const second = spawnSync("bash", ["-c", script], { cwd: folder, env, encoding: "utf8" });
      expect([second.status, second.stderr]).toEqual([0, ""]);
      expect(second.stdout).toMatch(/^12 of 12 runs: results\/runs\.parquet/m);
      expect(runCli(["sweep", "grid.yaml", "--out", "whole"], folder).code).toBe(0);
      for (const file of ["runs.csv", "runs.parquet", "cells.json"])
        expect(
          readFileSync(join(folder, "results", file)).equals(readFileSync(join(folder, "whole", file))),
          file,
        ).toBe(true);
    });
  });
});

type Schema = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What of a value does not fit the schema, each with its path. */
function misfits(schema: Schema, type: string, value: unknown, path: string): string[] {
  if (type.endsWith("[]")) {
    if (!Array.isArray(value)) return [`${path} is no list`];
    return value.flatMap((item, i) => misfits(schema, type.slice(0, -2), item, `${path}[${i}]`));
  }
  const members = schema[type];
  if (members === undefined) {
    const is = type === "integer" ? Number.isInteger(value) : typeof value === type && !Array.isArray(value);
    return is ? [] : [`${path} is no ${type}`];
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${path} is no ${type}`];
  return Object.entries(value).flatMap(([key, item]) => {
    const own = members[key];
    return own === undefined
      ? [`${path}.${key} is no member of ${type}`]
      : misfits(schema, own, item, `${path}.${key}`);
  });
}

describe("Kubernetes", () => {
  const { source, ...schema } = JSON.parse(
    readFileSync(new URL("job_schema.json", import.meta.url), "utf8"),
  ) as Schema & { source: string };
  const manifest = parse(recipe("Kubernetes", "yaml")) as {
    spec: {
      completions: number;
      completionMode: string;
      template: { spec: { containers: { command: string[] }[] } };
    };
  };

  it("the manifest is an Indexed Job of the schema, with as many parts as it says", () => {
    expect(source).toMatch(/kubernetes\/kubernetes .*commit [0-9a-f]{40}/);
    expect(misfits(schema, "Job", manifest, "job")).toEqual([]);
    const { completions, completionMode, template } = manifest.spec;
    expect(completionMode).toBe("Indexed");
    const command = template.spec.containers[0]?.command ?? [];
    expect(command.at(command.indexOf("--shards") + 1)).toBe(`${completions}`);
  });

  it("canary: a member that there is not, and a number as text, are found", () => {
    const wrong = { ...manifest, spec: { ...manifest.spec, completion: 3, completions: "40" } };
    expect(misfits(schema, "Job", wrong, "job").sort()).toEqual([
      "job.spec.completion is no member of JobSpec",
      "job.spec.completions is no integer",
    ]);
  });

  it("its index is taken from the environment", async () => {
    await inFolder((folder) => {
      writeSmallGrid(folder, "1");
      for (const index of ["1", "0"]) {
        const { status } = spawnSync(
          process.execPath,
          [MAIN, "sweep", "grid.yaml", "--out", "results", "--shards", "2"],
          { cwd: folder, env: { ...process.env, JOB_COMPLETION_INDEX: index } },
        );
        expect(status).toBe(0);
      }
      expect(runCli(["merge", "results"], folder).stdout).toMatch(/^4 of 4 runs/);
    });
  });
});
