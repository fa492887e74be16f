// Knows: faults that fuzzing must find within two minutes: each is put into a copy of the sources and looked for from fixed
// seeds. Must not know: how it is found.

import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { entriesOf } from "./corpus.js";
import { KIND_NAMES } from "./kind.js";
import { KINDS } from "./kinds/index.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const BUDGET_HOURS = 2 / 60;

interface Planted {
  readonly name: string;
  readonly kind: string;
  readonly file: string;
  readonly before: string;
  readonly seed: number;
  /** It is found by following coverage. */
  readonly coverage?: true;
  /** What must be said of it. */
  readonly shows: string;
}

const PLANTED = JSON.parse(
  readFileSync(new URL("planted.json", import.meta.url), "utf8"),
) as readonly Planted[];

describe("a planted fault is found within two minutes", () => {
  it("there are at least ten, one for each kind", () => {
    expect(PLANTED.length).toBeGreaterThanOrEqual(10);
    expect(new Set(PLANTED.map(({ kind }) => kind))).toEqual(new Set(KIND_NAMES));
  });

  it.each(PLANTED)("$kind: $name", { timeout: 240_000 }, async ({ name, kind, seed, shows, coverage }) => {
    const words = ["--plant", name, "--kind", kind, "--hours", String(BUDGET_HOURS), "--seed", String(seed)];
    if (coverage) words.push("--coverage");
    const end = ["--no-keep", "--first", "--counters", `${ROOT}out/planted.json`];
    const run = promisify(execFile)(process.execPath, [`${ROOT}scripts/fuzz.mjs`, ...words, ...end]);
    const { code, stdout } = await run.then(
      ({ stdout }) => ({ code: 0, stdout }),
      (error: { code: number; stdout: string }) => error,
    );
    expect(stdout).toMatch(new RegExp(`^${kind}: .*(${shows})`, "m"));
    expect(code).toBe(1);
  });
});

describe("the corpus", () => {
  for (const kind of KIND_NAMES) {
    const entries = entriesOf(kind);
    it.skipIf(entries.every(({ isOpen }) => isOpen))(`${kind}: nothing is wrong with any entry`, async () => {
      for (const { file, bytes, isOpen } of entries) {
        if (!isOpen) expect(await KINDS[kind].retry(bytes), file).toBeUndefined();
      }
    });
    it.skipIf(entries.every(({ isOpen }) => !isOpen))(`${kind}: what is open is still wrong`, async () => {
      for (const { file, bytes, isOpen } of entries) {
        if (isOpen) expect(await KINDS[kind].retry(bytes), `${file}: mended? drop "open-"`).toBeDefined();
      }
    });
  }

  it("is small", () => {
    expect(existsSync(fileURLToPath(new URL("../corpus/", import.meta.url)))).toBe(true);
    const bytes = KIND_NAMES.flatMap((kind) => entriesOf(kind)).reduce(
      (sum, { bytes }) => sum + bytes.length,
      0,
    );
    expect(bytes).toBeLessThan(600_000);
  });
});
