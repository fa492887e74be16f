// Knows: what may reach a terminal, how lines fit it, and that every command writes through the one door.
// Must not know: what commands say.

import { readFileSync } from "node:fs";
import { Command } from "commander";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { finishHelp, tellError } from "../../../bindings/cli/edge.js";
import { ExitCode } from "../../../bindings/cli/exit.js";
import { err, fitted, out, outJson } from "../../../bindings/cli/terminal.js";
import { printable } from "../../../bindings/engine/quoted.js";
import { Machine } from "../../../bindings/machine/machine.js";
import { displayWidth } from "../../../bindings/report/table.js";
import { readSources } from "../../architecture/sources.js";

const EVIL = "a\u001b]0;PWNED\u0007\u009b31m\u202eb\u2028c\u200bd\te\r\n";

function heard(stream: "stdout" | "stderr"): () => string {
  const said: string[] = [];
  vi.spyOn(process[stream], "write").mockImplementation((text) => said.push(String(text)) > 0);
  return () => said.join("");
}

afterEach(() => vi.restoreAllMocks());

describe("the door to the terminal", () => {
  it("lets no control, no turn of direction and nothing invisible through", () => {
    expect(printable(EVIL)).toBe("a?]0;PWNED??31m?b?c?d?e?\n");
    const said = heard("stdout");
    out(EVIL);
    out(`\u001b[1m${EVIL}\u001b[0m`, true);
    expect(said()).toBe("a?]0;PWNED??31m?b?c?d?e?\n\u001b[1ma?]0;PWNED??31m?b?c?d?e?\n\u001b[0m");
    const complaint = heard("stderr");
    err(EVIL);
    expect(complaint()).not.toContain("\u001b");
  });

  it("JSON loses nothing", () => {
    const said = heard("stdout");
    outJson({ name: EVIL });
    expect(printable(said())).toBe(said());
    expect(JSON.parse(said())).toEqual({ name: EVIL });
  });

  it("is the only place of the command line that writes to a stream of the process", () => {
    const others = readSources("bindings").filter(
      ({ path, text }) =>
        /process\.std(?:out|err)\.write/.test(text) && !/cli\/(?:terminal|main)\.ts$/.test(path),
    );
    expect(others.map(({ path }) => path)).toEqual([]);
  });

  it("lines fit the width, down to 40 columns, and no word is lost", () => {
    const word = fc
      .string({ minLength: 1, maxLength: 60, unit: "grapheme" })
      .filter((text) => !/\s/.test(text) && displayWidth(text) > 0);
    fc.assert(
      fc.property(
        fc.array(word, { maxLength: 40 }),
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 0, max: 30 }),
        (words, columns, indent) => {
          const line = " ".repeat(indent) + words.join(" ");
          const text = fitted(printable(line), columns);
          for (const part of text.split("\n"))
            expect(displayWidth(part)).toBeLessThanOrEqual(Math.max(40, columns) + 1);
          expect(text.replace(/\s/g, "")).toBe(printable(line).replace(/\s/g, ""));
        },
      ),
      { numRuns: 300 },
    );
    expect(fitted("short\n  evidence    the runs add up to the printed total of pages", 40)).toBe(
      "short\n  evidence    the runs add up to the\n    printed total of pages",
    );
  });
});

describe("errors at the edge", () => {
  it("are one line and an exit code, whatever was thrown", () => {
    const said = heard("stderr");
    expect(tellError(Object.assign(new Error("x"), { syscall: "open", path: "f", code: "EIO" }))).toBe(
      ExitCode.UNUSABLE,
    );
    expect(tellError(Object.assign(new Error("x"), { syscall: "write", code: "ENOSPC" }))).toBe(
      ExitCode.UNUSABLE,
    );
    expect(tellError(new TypeError("cannot read\n    at secret (file.js:1:1)"))).toBe(ExitCode.FAULT);
    expect(tellError("a string")).toBe(ExitCode.FAULT);
    expect(tellError(undefined)).toBe(ExitCode.FAULT);
    const lines = said().trimEnd().split("\n");
    expect(lines).toHaveLength(5);
    expect(lines[0]).toBe("pageblock: f: cannot be used (EIO)");
    expect(lines[1]).toBe("pageblock: a file: cannot be used (ENOSPC)");
    expect(said()).not.toContain("secret");
  });

  it("point to the help of their own command", () => {
    const said = heard("stderr");
    const root = new Command("pageblock").exitOverride();
    root.command("bench").command("search").option("--bits <n>");
    finishHelp(root);
    expect(() => root.parse(["node", "pageblock", "bench", "search", "--wrong"])).toThrow();
    expect(said()).toContain("(pageblock bench search --help shows its options)");
    expect(said()).toContain("unknown option '--wrong'");
  });

  it("speak the API's words", async () => {
    using machine = await Machine.create("tiny");
    expect(() => machine.allocate({} as never)).toThrow("allocate: gfp is missing");
    expect(() => machine.allocate({ gfp: "x" as never })).toThrow(
      'allocate: gfp must be a whole number from 0 to 4294967295, got "x"',
    );
    expect(() => machine.allocate({ gfp: 0, order: 1.5 })).toThrow("allocate: order must be");
    expect(() => machine.allocate({ gfp: 0, order: 12 })).toThrow("BAD_ORDER");
    await expect(Machine.create(undefined as never)).rejects.toThrow("create: device is missing");
    await expect(Machine.create(7 as never)).rejects.toThrow(
      "create: device must be an object or a name, got 7",
    );
  });
});

it("SECURITY.md names every limit with its value", async () => {
  const limits = await import("../../../bindings/engine/limits.js");
  const text = readFileSync(new URL("../../../SECURITY.md", import.meta.url), "utf8");
  for (const [group, rows] of Object.entries(limits))
    for (const [name, value] of Object.entries(rows))
      expect(text, `${group}.${name}`).toMatch(
        new RegExp(`| \`${group}.${name}\` +| ${value.toLocaleString("en")} +|`),
      );
});
