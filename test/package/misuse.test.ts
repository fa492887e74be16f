// Knows: that every public call answers wrong arguments with an error of the package, in the words of the call: all doors, as
// they are built, each with a handful of values that it cannot mean.
// Must not know: what any call does.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PageblockError } from "../../bindings/engine/errors.js";

const NAMES = ["pageblock", "explain", "capture", "bitmap", "kernel", "node"] as const;
type Door = Readonly<Record<string, unknown>>;
// biome-ignore lint/suspicious/noExplicitAny: whatever a door exports is called with whatever there is
type Any = any;

const doors = new Map<string, Door>();
const JUNK: readonly unknown[] = [undefined, null, {}, [], [5], "x", 5, -1, Number.NaN, true];
const ARGUMENTS: readonly (readonly unknown[])[] = [
  [],
  ...JUNK.map((junk) => [junk]),
  ...JUNK.map((junk) => [junk, junk]),
  ...JUNK.map((junk) => [junk, junk, junk]),
];
/** They end what they are called on, or take anything. */
const NOT_TRIED = new Set(["constructor", "dispose", "close"]);

const isClass = (value: object) => Object.getOwnPropertyDescriptor(value, "prototype")?.writable === false;
let folder = "";
const before = process.cwd();

beforeAll(async () => {
  for (const name of NAMES) doors.set(name, (await import(`../../dist/${name}.js`)) as Door);
  // Names of files among the junk are not to be found.
  folder = mkdtempSync(join(tmpdir(), "pageblock-misuse-"));
  process.chdir(folder);
});

afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

/** @returns what is wrong with the answer; undefined: it is a value, or an error that a caller can read */
async function answerOf(
  call: (...args: Any[]) => Any,
  args: readonly unknown[],
): Promise<string | undefined> {
  try {
    await call(...args);
    return undefined;
  } catch (error) {
    const { PageblockError: Base } = doors.get("pageblock") as Any;
    const { name, message, syscall } = error as PageblockError & { syscall?: string };
    // A file that is not there.
    if (syscall !== undefined) return undefined;
    if (!(error instanceof Base)) return `${name}: ${message}`;
    return /(?<!got )\bundefined\b|\[object |(?<!got )\bNaN\b/.test(message) ? `says ${message}` : undefined;
  }
}

async function wrongIn(on: string, call: (...args: Any[]) => Any): Promise<string[]> {
  const found: string[] = [];
  for (const args of ARGUMENTS) {
    const wrong = await answerOf(call, args);
    const shown = args
      .map((arg) => (Number.isNaN(arg) ? "NaN" : (JSON.stringify(arg) ?? "undefined")))
      .join(", ");
    if (wrong !== undefined) found.push(`${on}(${shown}): ${wrong.slice(0, 120)}`);
  }
  return found;
}

async function wrongOfMethods(name: string, on: Any): Promise<string[]> {
  const found: string[] = [];
  const prototype = Object.getPrototypeOf(on);
  for (const key of Object.getOwnPropertyNames(prototype)) {
    const { value } = Object.getOwnPropertyDescriptor(prototype, key) ?? {};
    if (typeof value !== "function" || NOT_TRIED.has(key)) continue;
    found.push(...(await wrongIn(`${name}.${key}`, value.bind(on))));
  }
  return found;
}

describe("wrong arguments get an error of the package that says what was expected", () => {
  it.each(NAMES)("functions and static methods of %s", async (name) => {
    const found: string[] = [];
    for (const [key, value] of Object.entries(doors.get(name) as Door)) {
      if (typeof value !== "function") continue;
      if (!isClass(value)) {
        found.push(...(await wrongIn(key, value as Any)));
        continue;
      }
      for (const own of Object.getOwnPropertyNames(value)) {
        const method = (value as Any)[own];
        if (typeof method === "function") found.push(...(await wrongIn(`${key}.${own}`, method.bind(value))));
      }
    }
    expect(found).toEqual([]);
  });

  it("constructors", async () => {
    const found: string[] = [];
    for (const [door, key] of [
      ["pageblock", "Timeline"],
      ["pageblock", "CopyPool"],
      ["capture", "TraceBuilder"],
      ["kernel", "DebugTree"],
      ["kernel", "TraceRecorder"],
      ["node", "DirectoryFiles"],
    ] as const) {
      const type = (doors.get(door) as Any)[key];
      found.push(...(await wrongIn(`new ${key}`, (...args) => new type(...args))));
    }
    expect(found).toEqual([]);
  });

  it("methods of a machine, its areas, views, commands, requests, and of a bitmap", async () => {
    const { Machine } = doors.get("pageblock") as Any;
    const { PageBitmap } = doors.get("bitmap") as Any;
    const machine = await Machine.create("tiny");
    const request = machine.cma.begin({ area: 0, pages: 4 });
    const found = [
      ...(await wrongOfMethods("request", request)),
      ...(await wrongOfMethods("machine.commands", machine.commands)),
      ...(await wrongOfMethods("machine.views", machine.views)),
      ...(await wrongOfMethods("machine.cma", machine.cma)),
      ...(await wrongOfMethods("machine", machine)),
      ...(await wrongOfMethods("bitmap", await PageBitmap.create(1024))),
    ];
    expect(found).toEqual([]);
  });

  it.each([
    ["allocate without a mask", (m: Any) => m.allocate({}), /allocate: gfp is missing/],
    ["allocate without anything", (m: Any) => m.allocate(), /allocate: request is missing/],
    [
      "cma.allocate({})",
      (m: Any) => m.cma.allocate({}),
      /Cma\.allocate: options\.area is missing; expected text or a number/,
    ],
    [
      "cma.allocate without pages",
      (m: Any) => m.cma.allocate({ area: 0 }),
      /options\.pages is missing; expected a number/,
    ],
    ["text for a number", (m: Any) => m.release("12"), /Machine\.release: pfn must be a number, got "12"/],
  ])("in words: %s", async (_, call, message) => {
    const { Machine } = doors.get("pageblock") as Any;
    const machine = await Machine.create("tiny");
    expect(() => call(machine)).toThrow(message);
  });

  it("in words: Machine.create() and a sweep's scenario", async () => {
    const { Machine, runSweep } = doors.get("pageblock") as Any;
    await expect(Machine.create()).rejects.toThrow(/Machine\.create: device is missing; expected/);
    await expect(runSweep({ policies: [] })).rejects.toThrow(
      /runSweep: scenario\.name is missing; expected text/,
    );
  });
});
