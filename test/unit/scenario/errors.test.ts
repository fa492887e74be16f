// Knows: test/golden/scenario: every broken scenario there, and all that must be said about it.
// UPDATE_GOLDEN=1 writes what is said now.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { ScenarioError } from "../../../bindings/engine/errors.js";
import { parseScenario } from "../../../bindings/scenario/index.js";

const FOLDER = fileURLToPath(new URL("../../golden/scenario/", import.meta.url));
const names = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".yaml"))
  .sort();

function problemsOf(text: string, name: string): ScenarioError {
  try {
    parseScenario(text, name);
  } catch (error) {
    if (error instanceof ScenarioError) return error;
    throw error;
  }
  throw new Error(`${name} is not broken`);
}

describe("broken scenarios", () => {
  it.each(names)("%s: all problems at once, with line, column and caret", (name) => {
    const { message } = problemsOf(readFileSync(`${FOLDER}${name}`, "utf8"), name);
    const golden = `${FOLDER}${name.replace(".yaml", ".txt")}`;
    if (process.env["UPDATE_GOLDEN"] !== undefined || !existsSync(golden))
      writeFileSync(golden, `${message}\n`);
    expect(`${message}\n`).toBe(readFileSync(golden, "utf8"));
  });

  it("there are enough of them", () => {
    expect(names.length).toBeGreaterThanOrEqual(7);
  });

  it("each problem marks what it is about", () => {
    const text = readFileSync(`${FOLDER}keys.yaml`, "utf8");
    const { problems } = problemsOf(text, "keys.yaml");
    const lines = text.split("\n");
    const marked = problems.map(({ line = 0, column = 0 }) => lines[line - 1]?.slice(column - 1) ?? "");
    expect(marked[0]).toMatch(/^phone-16gg/);
    expect(marked.some((rest) => rest.startsWith("10 parsecs"))).toBe(true);
    expect(marked.some((rest) => rest.startsWith("queue-dept:"))).toBe(true);
    expect(new Set(problems.map(({ path }) => path)).size).toBe(problems.length);
  });

  it("a bomb of aliases is refused", () => {
    const lines = Array.from({ length: 30 }, (_, i) =>
      i === 0 ? "a0: &a0 [x, x]" : `a${i}: &a${i} [*a${i - 1}, *a${i - 1}, *a${i - 1}]`,
    );
    expect(problemsOf(lines.join("\n"), "bomb.yaml").message).toMatch(/alias/i);
  });

  it("a list or group as a key is a problem of the file, never a warning of the process", async () => {
    const told: Error[] = [];
    const listener = (warning: Error) => told.push(warning);
    process.on("warning", listener);
    const { problems } = problemsOf("{a: b}: 1\n[c]: 2\n", "keys.yaml");
    await new Promise(setImmediate);
    process.off("warning", listener);
    expect(problems.map(({ message }) => message)).toEqual(
      expect.arrayContaining([expect.stringContaining('"{ a: b }" is no key of scenario')]),
    );
    expect(told).toEqual([]);
  });
});
