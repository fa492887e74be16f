// Knows: that every import of the project follows the arrows; prints the graph.
// Must not know: why an arrow is allowed (arrows.ts).

import { describe, expect, it } from "vitest";
import {
  ASSEMBLY,
  BINDINGS,
  EDITOR,
  isNodeOnly,
  matches,
  PACKAGES,
  REFERENCE,
  roomOf,
  VIEW,
  WEB,
} from "./arrows.js";
import { linesOfRooms, renderGraph } from "./graph.js";
import { type Import, nodeGlobalsOf, readSources, type SourceFile } from "./sources.js";

/** A room that one cannot overlook is divided. */
const MOST_ROOM_LINES = 4000;

const assembly = readSources("assembly");
const bindings = readSources("bindings");
const web = readSources("web");

/** "bindings/engine/units.ts" -> "engine/units"; the abi of assembly keeps its room. */
function inside(path: string): string {
  return path.replace(/^(assembly|bindings)\//, "").replace(/\.ts$/, "");
}

function place(source: SourceFile, found: Import): string {
  return `${source.path}:${found.line} imports ${found.target}${found.typeOnly ? " (types)" : ""}`;
}

/** Imports that no row of the table allows. */
function violations(
  sources: readonly SourceFile[],
  table: Readonly<Record<string, readonly string[]>>,
): string[] {
  return sources.flatMap((source) => {
    const room = roomOf(source.path);
    const rules = table[room];
    if (rules === undefined)
      return [`${source.path}: the room ${room} has no row in test/architecture/arrows.ts`];
    return source.imports
      .filter(({ isPackage }) => !isPackage)
      .filter(({ target, typeOnly }) => {
        if (roomOf(target) === room && target.split("/")[0] === source.path.split("/")[0]) return false;
        return !rules.some((rule) => matches(rule, inside(target), typeOnly));
      })
      .map((found) => place(source, found));
  });
}

/** One import cycle as `a -> b -> a`, or undefined. Types count: a circle of them is one file in two places. */
function findCycle(sources: readonly SourceFile[]): string | undefined {
  const byPath = new Map(sources.map((source) => [source.path.replace(/\.ts$/, ""), source]));
  const done = new Set<string>();
  const visit = (path: string, trail: string[]): string | undefined => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path].join(" -> ");
    if (done.has(path)) return undefined;
    done.add(path);
    for (const { target } of byPath.get(path)?.imports ?? []) {
      const cycle = visit(target, [...trail, path]);
      if (cycle !== undefined) return cycle;
    }
    return undefined;
  };
  for (const path of byPath.keys()) {
    const cycle = visit(path, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

describe("the arrows", () => {
  it("are drawn", () => {
    console.log(renderGraph("assembly", Object.keys(ASSEMBLY), assembly));
    console.log(renderGraph("bindings", Object.keys(BINDINGS), bindings));
    expect(assembly.length).toBeGreaterThan(20);
    expect(bindings.length).toBeGreaterThan(20);
  });

  it(`no room has more than ${MOST_ROOM_LINES} lines of code`, () => {
    const long = [...linesOfRooms(assembly), ...linesOfRooms(bindings)].filter(
      ([, lines]) => lines > MOST_ROOM_LINES,
    );
    expect(long.map(([room, lines]) => `${room} has ${lines} lines of code: divide it`)).toEqual([]);
  });

  it("assembly: each room imports only what lies below it", () => {
    expect(violations(assembly, ASSEMBLY)).toEqual([]);
    expect(assembly.flatMap(({ imports }) => imports).filter(({ isPackage }) => isPackage)).toEqual([]);
  });

  it("bindings: each room imports only what lies below it", () => {
    expect(violations(bindings, BINDINGS)).toEqual([]);
  });

  it("bindings see nothing of assembly but its abi", () => {
    const others = bindings.flatMap((source) =>
      source.imports
        .filter(({ target }) => target.startsWith("assembly/") && !target.startsWith("assembly/abi/"))
        .map((found) => place(source, found)),
    );
    expect(others).toEqual([]);
  });

  it("the reference model knows the vocabulary and captures, nothing of the core", () => {
    const strays = readSources("test/reference").flatMap((source) =>
      source.imports
        .filter(({ isPackage, target }) => !isPackage && !target.startsWith("test/reference/"))
        .filter(({ target, typeOnly }) => !REFERENCE.some((rule) => matches(rule, inside(target), typeOnly)))
        .map((found) => place(source, found)),
    );
    expect(strays).toEqual([]);
  });

  it("a report's page knows the document and how numbers are written; the page with the engine what drives it", () => {
    const strays = web.flatMap((source) =>
      source.imports
        .filter(({ isPackage, target }) => !isPackage && !target.startsWith("web/"))
        .filter(({ target, typeOnly }) => {
          const rules = source.path.startsWith("web/view/")
            ? VIEW
            : source.path.startsWith("web/editor/")
              ? EDITOR
              : WEB;
          return !rules.some((rule) => matches(rule, inside(target), typeOnly));
        })
        .map((found) => place(source, found)),
    );
    expect(strays).toEqual([]);
    expect(web.length).toBeGreaterThan(10);
  });

  it("there are no import cycles", () => {
    expect(findCycle([...assembly, ...bindings, ...web])).toBeUndefined();
  });

  it("packages are imported where they belong", () => {
    const strays = bindings.flatMap((source) =>
      source.imports
        .filter(({ isPackage, target }) => isPackage && !target.startsWith("node:"))
        .filter(({ target }) => !matches(PACKAGES[target] ?? "nowhere", inside(source.path), false))
        .map((found) => place(source, found)),
    );
    expect(strays).toEqual([]);
  });

  it("only files for Node know Node", () => {
    const strays = bindings
      .filter(({ path }) => !isNodeOnly(inside(path)))
      .flatMap((source) => [
        ...source.imports
          .filter(({ target }) => target.startsWith("node:") || isNodeOnly(inside(target)))
          .map((found) => place(source, found)),
        ...nodeGlobalsOf(source).map((name) => `${source.path} uses ${name}`),
      ]);
    expect(strays).toEqual([]);
  });

  it("canary: a forbidden import, a cycle and an unknown room are found", () => {
    const fake = (path: string, ...targets: string[]): SourceFile => ({
      ...assembly[0]!,
      path,
      imports: targets.map((target) => ({ target, isPackage: false, typeOnly: false, line: 1 })),
    });
    const up = fake("assembly/policy/x.ts", "assembly/frames/frame");
    expect(violations([up], ASSEMBLY)).toEqual(["assembly/policy/x.ts:1 imports assembly/frames/frame"]);
    expect(violations([fake("assembly/attic/x.ts")], ASSEMBLY)[0]).toMatch("the room attic has no row");
    expect(
      violations([fake("bindings/machine/x.ts", "bindings/importers/capture/ops")], BINDINGS),
    ).toHaveLength(1);
    const pair = [
      fake("assembly/frames/a.ts", "assembly/frames/b"),
      fake("assembly/frames/b.ts", "assembly/frames/a"),
    ];
    expect(findCycle(pair)).toBe("assembly/frames/a -> assembly/frames/b -> assembly/frames/a");
    const types = pair.map((file) => ({
      ...file,
      imports: file.imports.map((found) => ({ ...found, typeOnly: true })),
    }));
    expect(findCycle(types)).toBe(findCycle(pair));
  });
});
