// Knows: the habits that a machine can check: sizes, headers, rows of the abi that nobody uses, the list of
// deviations, and that no file tells where it was written.
// Must not know: what the code does.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { LONG_TESTS } from "../../vitest.config.js";
import { LEFT_OUT } from "../../vitest.fast.config.js";
import { deviationsListed, deviationsOf } from "./deviations.js";
import {
  accessesOf,
  enumRowsOf,
  functionsOf,
  ROOT,
  readSources,
  readTracked,
  type SourceFile,
  spreadCallsOf,
  unpackedWordsOf,
} from "./sources.js";

const MOST_LINES = 400;
const MOST_FUNCTION_LINES = 70;

/** Enumerations of the vocabulary whose every row the code must handle or answer; others only name things. */
const HANDLED = new Set([
  "Op",
  "Status",
  "Refusal",
  "InitStatus",
  "EventKind",
  "Fault",
  "RequestState",
  "BlockReason",
]);

const assembly = readSources("assembly");
const bindings = readSources("bindings");
const code = [...assembly, ...bindings, ...readSources("bench", "scripts", "examples", "web")];
const tests = readSources("test");

describe("sizes", () => {
  it(`every file has less than ${MOST_LINES} lines`, () => {
    const long = [...code, ...tests].filter(({ lines }) => lines >= MOST_LINES);
    expect(long.map(({ path, lines }) => `${path} has ${lines} lines: divide it`)).toEqual([]);
  });

  it(`every function has less than ${MOST_FUNCTION_LINES} lines`, () => {
    const long = code.flatMap((source) =>
      functionsOf(source)
        .filter(({ lines }) => lines >= MOST_FUNCTION_LINES)
        .map(({ name, line, lines }) => `${source.path}:${line} ${name} has ${lines} lines: divide it`),
    );
    expect(long).toEqual([]);
  });
});

describe("what the configurations say of tests", () => {
  it("names files and folders that are there", () => {
    const named = [...LONG_TESTS, ...LEFT_OUT].map((path) => path.replace(/\/\*\*$/, ""));
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

describe("headers", () => {
  it("every file says first what it knows", () => {
    const silent = [...assembly, ...bindings, ...readSources("web")].filter(
      ({ text }) => !/^(#!.*\n)?\/\/ Knows: \S/.test(text),
    );
    expect(silent.map(({ path }) => `${path} does not begin with "// Knows: "`)).toEqual([]);
  });
});

describe("lists of any length", () => {
  const told = (sources: readonly SourceFile[]) =>
    sources.flatMap((source) =>
      spreadCallsOf(source).map(({ call, line }) => `${source.path}:${line} ${call}(...): engine/extent`),
    );

  it("are not spread into the arguments of a call: it throws at about 125,000", () => {
    expect(told([...bindings, ...readSources("web")])).toEqual([]);
  });

  it("canary: such a call would be found, and really throws", () => {
    const text = "x;\nconst most = Math.max(...latencies);\nlines.push(...more);\nmake(...few);\n";
    const ast = ts.createSourceFile("a.ts", text, ts.ScriptTarget.Latest, true);
    expect(spreadCallsOf({ ...bindings[0]!, ast }).map(({ call, line }) => [call, line])).toEqual([
      ["Math.max", 2],
      ["lines.push", 3],
    ]);
    const many = Array.from({ length: 200_000 }, (_, i) => i);
    expect(() => Math.max(...many)).toThrow(RangeError);
  });
});

describe("a frame's word", () => {
  it("is packed and taken apart in abi/frame_word alone", () => {
    const by = [...code, ...tests].filter(
      ({ path }) => !/^assembly\/abi\/(frame|command)_word\.ts$/.test(path),
    );
    const told = by.flatMap((source) =>
      unpackedWordsOf(source).map(
        ({ code, line }) => `${source.path}:${line} ${code}: assembly/abi/frame_word`,
      ),
    );
    expect(told).toEqual([]);
  });

  it("canary: a shift of it would be found", () => {
    const text =
      "fieldOf(machine, FrameField.WORD);\nconst PIN_SHIFT = 25;\nconst pins = word >>> 25;\nconst kind = (words[at] ?? 0) & 7;\nword & flag;\n";
    const ast = ts.createSourceFile("a.ts", text, ts.ScriptTarget.Latest, true);
    expect(unpackedWordsOf({ ...bindings[0]!, ast, text }).map(({ line }) => line)).toEqual([2, 3, 4]);
  });
});

describe("the abi", () => {
  const leaves = assembly.filter(({ path }) => path.startsWith("assembly/abi/"));

  it("is made of leaves", () => {
    expect(
      leaves.flatMap(({ path, imports }) => imports.map(({ target }) => `${path} imports ${target}`)),
    ).toEqual([]);
  });

  it("has no index, operation or answer that no code uses; NONE only names the zero", () => {
    const others = code.filter((source) => !leaves.includes(source));
    const used = new Set(others.flatMap((source) => [...accessesOf(source)]));
    const unused = leaves.flatMap((leaf) =>
      enumRowsOf(leaf)
        .filter(({ enumeration }) => /\/(layout|words)\.ts$/.test(leaf.path) || HANDLED.has(enumeration))
        .map(({ enumeration, member }) => `${enumeration}.${member}`)
        .filter((row) => !row.endsWith(".NONE") && !used.has(row))
        .map((row) => `${leaf.path}: ${row} is used nowhere`),
    );
    expect(unused).toEqual([]);
  });
});

describe("deviations", () => {
  const listed = deviationsListed(readFileSync(join(ROOT, "docs/deviations.md"), "utf8"));

  it("stand in docs/deviations.md, exactly those that the code declares", () => {
    expect(listed).toEqual(assembly.flatMap(({ text }) => deviationsOf(text)).sort());
  });

  it("canary: comments and bullets are read alike", () => {
    const source =
      "// Knows: x.\n// DEVIATION: one thing\n// over two lines.\n// DEVIATION: `other`.\n\nconst x = 1;\n";
    const text = "## Deviations\n\nWhy.\n\n- other.\n- one thing over\n  two lines.\n\n## Next\n\n- no.\n";
    expect(deviationsOf(source).sort()).toEqual(deviationsListed(text));
    expect(deviationsOf("/**\n * DEVIATION: in a block.\n */")).toEqual(["in a block."]);
  });
});

describe("what is tracked", () => {
  /** Put together here, so that this file does not contain what it looks for. */
  const folder = (...names: string[]) => `(?<![\\w.~-])/(?:${names.join("|")})/`;
  const PRIVATE = [
    new RegExp(folder("work", "root", "home", "Users", "opt/lk", "tmp/pb")),
    new RegExp(`\\b${"regis"}${"try"}\\.(?:npm|yarn|[\\w-]+\\.(?:com|org|net|io|dev|internal|local)\\b)`),
    new RegExp(`"${"resol"}${"ved"}":`),
  ];
  const tracked = readTracked();

  it("tells no path or server of the place where it was written", () => {
    const told = tracked.flatMap(({ path, text }) =>
      text.split("\n").flatMap((line, i) => {
        const hit = PRIVATE.map((pattern) => pattern.exec(line)).find((match) => match !== null);
        return hit ? [`${path}:${i + 1}: ${hit[0]}`] : [];
      }),
    );
    expect(told).toEqual([]);
    expect(tracked.length).toBeGreaterThan(50);
  });

  it("canary: such strings would be found", () => {
    const bad = [`see ${"/wo"}rk/x`, `https://${"regis"}try.npmjs.org/x`, `  "${"resol"}ved": "x"`];
    for (const line of bad)
      expect(
        PRIVATE.some((pattern) => pattern.test(line)),
        line,
      ).toBe(true);
    const good = ["a/work/b", "the registry. It", "registry.get(name)"];
    for (const line of good)
      expect(
        PRIVATE.some((pattern) => pattern.test(line)),
        line,
      ).toBe(false);
  });
});
