// Knows: that every code block of the documents is run, compiled, or held against what it belongs to (data: data_blocks.test.ts).
// UPDATE_GOLDEN=1 writes the outputs of today into the console blocks; look at the difference.

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { inFolder } from "../support/cli.js";
import { type Block, blocksOf, Desk, documents, ROOT, readDocument, refreshed, stepsOf } from "./blocks.js";
import { misuseOf } from "./commands.js";
import { problemsOf } from "./compile.js";

const all = documents().flatMap((document) => blocksOf(document));
const of = (...languages: string[]) => all.filter(({ language }) => languages.includes(language));
/** A machine that does other things at the same time. */
const MINUTE = 60_000;
const place = ({ document, line }: Block) => `${document}:${line}`;

describe("code blocks", () => {
  it("say what they are", () => {
    const known = ["console", "sh", "ts", "yaml", "text", "sql", "dts", "html", "json"];
    expect(all.filter(({ language }) => !known.includes(language)).map(place)).toEqual([]);
    expect(all.length).toBeGreaterThan(30);
  });

  it("are fenced: none is made by indenting", () => {
    const indented = documents().flatMap((document) => {
      const prose = readDocument(document).replaceAll(/^```[\s\S]*?^```$/gm, "");
      return /\n\n {4}\S/.test(prose) ? [document] : [];
    });
    expect(indented).toEqual([]);
  });
});

describe("console blocks print what they say", () => {
  const withConsole = documents().filter((document) => of("console").some((b) => b.document === document));

  it.each(withConsole)("%s", { timeout: 4 * MINUTE }, async (document) => {
    const fresh = await inFolder((folder) => refreshed(document, new Desk(folder)));
    if (process.env["UPDATE_GOLDEN"] !== undefined) writeFileSync(join(ROOT, document), fresh);
    expect(readDocument(document)).toBe(fresh);
  });
});

describe("shell blocks", () => {
  const lines = [
    ...of("sh").flatMap((block) => block.text.split("\n").map((line) => ({ block, line }))),
    ...of("console").flatMap((block) => stepsOf(block).map(({ command }) => ({ block, line: command }))),
  ];

  it("name commands, options and scripts that there are", () => {
    const told = lines.flatMap(({ block, line }) => misuseOf(line).map((what) => `${place(block)}: ${what}`));
    expect(told).toEqual([]);
  });

  it("are shell", () => {
    const told = of("sh").flatMap((block) => {
      const { stderr } = spawnSync("bash", ["-n"], { input: block.text, encoding: "utf8" });
      return stderr === "" ? [] : [`${place(block)}: ${stderr}`];
    });
    expect(told).toEqual([]);
  });

  it("canary: a mistyped command, option and script would be found", () => {
    expect(misuseOf("npx pageblock explian dmesg.txt")).toHaveLength(1);
    expect(misuseOf("pageblock run x --sedes 3 | head")).toHaveLength(1);
    expect(misuseOf("npm ci && npm run bild")).toHaveLength(1);
    expect(misuseOf("pageblock run x --seeds 3 # three")).toEqual([]);
  });
});

describe("TypeScript blocks", () => {
  it("compile against the package's declarations", () => {
    expect(problemsOf(of("ts"))).toEqual([]);
  });

  it("canary: a name that no door has would be found", () => {
    const block = { ...(of("ts")[0] as Block), text: 'import { Machines } from "pageblock";', given: [] };
    expect(problemsOf([block])).toHaveLength(1);
  });
});

describe("the README", () => {
  const text = readFileSync(join(ROOT, "README.md"), "utf8");

  it("is read in two minutes: 120 lines, no cell of a table above 120 characters", () => {
    expect(text.split("\n").length - 1).toBeLessThanOrEqual(120);
    const cells = text.split("\n").flatMap((line) => (line.startsWith("|") ? line.split("|") : []));
    expect(cells.map((cell) => cell.trim()).filter((cell) => cell.length > 120)).toEqual([]);
  });

  it("has the two commands of a clone", () => {
    expect(text).toContain("npm ci && npm start");
    expect(text).toContain("npm ci && npm test");
  });
});

/** TypeScript's own reader is what compile.ts stands on. */
it("knows TypeScript 6", () => expect(ts.versionMajorMinor).toMatch(/^6\./));
