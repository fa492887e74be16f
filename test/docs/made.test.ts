// Knows: that what `npm run docs` makes is there as it makes it today, and that the manual says all that the helps say.

import { spawnSync } from "node:child_process";
import type { Command } from "commander";
import { expect, it } from "vitest";
import { ExitCode } from "../../bindings/cli/exit.js";
import { commandTable } from "../../bindings/cli/program.js";
import { ROOT, readDocument } from "./blocks.js";

it("the documents and pictures that are made are those of today (npm run docs)", () => {
  const { stdout, stderr, status } = spawnSync(process.execPath, ["scripts/docs/make.mjs", "--check"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  expect(`${stdout}${stderr}`).toBe("");
  expect(status).toBe(0);
});

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

it("the manual has every command, option and exit code", () => {
  const manual = readDocument("docs/pageblock.1").replaceAll("\\-", "-");
  const leaves = everyCommand(commandTable()).filter(({ commands }) => commands.length === 0);
  const wanted = [
    ...leaves.map(
      (command) => `.SS pageblock ${command.parent?.name() === "bench" ? "bench " : ""}${command.name()}`,
    ),
    ...leaves.flatMap(({ options }) => options.map(({ flags }) => `\\fB${flags}\\fR`)),
    ...Object.values(ExitCode).flatMap((code) => (typeof code === "number" ? [`\n.B ${code}\n`] : [])),
  ];
  expect(wanted.filter((text) => !manual.includes(text))).toEqual([]);
});

const GROFF = spawnSync("groff", ["--version"]).status === 0;

it.skipIf(!GROFF)("groff has no warning about the manual (skipped without one)", () => {
  const { stdout, stderr } = spawnSync("groff", ["-man", "-Tutf8", "-ww", "docs/pageblock.1"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  expect(stdout).toContain("explain");
});
