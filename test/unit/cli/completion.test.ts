// Knows: that both completions are what their shells read, and answer what the table of commands has.

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { completionFor, SHELLS } from "../../../bindings/cli/completion.js";
import { commandTable } from "../../../bindings/cli/program.js";
import { policyNames } from "../../../bindings/policy/index.js";
import { scenarioNames } from "../../../bindings/scenario/index.js";
import { inFolder } from "../../support/cli.js";

const table = commandTable();
const hasZsh = spawnSync("zsh", ["--version"]).status === 0;

/** What bash offers for the last of these words. */
function offered(...words: string[]): string[] {
  const line = ["pageblock", ...words].map((word) => `'${word}'`).join(" ");
  const script = `${completionFor("bash", table)}\nCOMP_WORDS=(${line}); COMP_CWORD=${words.length}; _pageblock; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync("bash", ["--norc", "-c", script], { encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout.split("\n").filter((word) => word !== "");
}

/** What the zsh function hands to _arguments and _describe for a line; the two are told to print it and to answer `state`. */
function handedOver(state: "command" | "rest", ...words: string[]): string {
  const script = `
compdef() { : }
_arguments() { print -rl -- "$@"; [[ $1 == -C ]] && state=\${states[1]} && shift states; }
_describe() { print -rl -- "\${commands[@]}" }
${completionFor("zsh", table)}
states=(${state} rest); words=(${words.join(" ")})
_pageblock
`;
  const { stdout, stderr } = spawnSync("zsh", ["-f", "-c", script], { encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout;
}

describe("completion for bash", () => {
  it("offers the commands", () => {
    expect(offered("")).toEqual(expect.arrayContaining(table.commands.map((command) => command.name())));
    expect(offered("exp")).toEqual(["explain"]);
    expect(offered("bench", "")).toEqual(["search"]);
  });

  it("offers every option of every command", () => {
    for (const command of table.commands.filter(({ commands }) => commands.length === 0))
      expect(offered(command.name(), "--")).toEqual(
        expect.arrayContaining(command.options.flatMap(({ long }) => long ?? [])),
      );
  });

  it("offers scenarios, policies one after the other, devices, builds", () => {
    expect(offered("run", "")).toEqual([...scenarioNames]);
    expect(offered("run", "x", "--policy", "")).toEqual([...policyNames]);
    const android = policyNames.filter((name) => name.startsWith("andr"));
    expect(offered("run", "--policy", "mainline,andr")).toEqual(android.map((name) => `mainline,${name}`));
    const free = policyNames.filter((name) => name.startsWith("free"));
    expect(offered("view", "--beside", "free")).toEqual(free);
    expect(offered("shell", "--device", "rpi")).toContain("rpi4-4g");
    expect(offered("run", "--core", "")).toEqual(["release", "checked"]);
    expect(offered("completion", "")).toEqual([...SHELLS]);
  });

  it("leaves files to bash", () => {
    expect(offered("explain", "dme")).toEqual([]);
    expect(offered("run", "x", "--out", "")).toEqual([]);
  });
});

describe.skipIf(!hasZsh)("completion for zsh (skipped without one)", () => {
  it("is zsh", async () => {
    const errors = await inFolder((folder) => {
      writeFileSync(join(folder, "_pageblock"), completionFor("zsh", table));
      return spawnSync("zsh", ["-n", join(folder, "_pageblock")], { encoding: "utf8" }).stderr;
    });
    expect(errors).toBe("");
  });

  it("offers the commands", () => {
    const commands = handedOver("command");
    for (const command of table.commands) expect(commands).toContain(`\n${command.name()}:`);
  });

  it("hands over options with what may stand behind them", () => {
    const run = handedOver("rest", "run");
    for (const { long } of table.commands.find((command) => command.name() === "run")?.options ?? [])
      expect(run).toContain(`\n${long}[`);
    expect(run).toContain(`:policy:_values -s , word ${policyNames.join(" ")}`);
    expect(run).toContain(scenarioNames.join(" "));
    expect(handedOver("rest", "shell")).toContain(":device:(phone-16g ");
  });
});

it("another shell is refused in words", () => {
  expect(() => completionFor("fish", table)).toThrow("expected one of bash, zsh");
});
