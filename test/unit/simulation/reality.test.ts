// Knows: that a simulation which begins in the state of a captured kernel, and is told only what its processes did,
// ends as the captured kernel did: for each capture the same errors, and as many windows and pages within a factor.
// The table in docs/validation.md is written by `npm run validate`, and here with UPDATE_GOLDEN=1.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import {
  CAPTURE_HEAD,
  capturedTries,
  captureRows,
  simulatedTries,
} from "../../../bench/validate/captures.js";
import { setUps } from "../../../bench/validate/setups.js";
import { markdown } from "../../../bench/validate/tables.js";
import { sharedCaptures } from "../../support/captures.js";

const DOCUMENT = fileURLToPath(new URL("../../../docs/validation.md", import.meta.url));
const folders = new Map(sharedCaptures().map(({ name, path }) => [name, path]));
const hasAll = setUps.every(({ name }) => folders.has(name));
const rows: string[][] = [];

describe.skipIf(!hasAll)("against captured kernels (skipped where the captures are not at hand)", () => {
  it.each(setUps)("$name ends as it did", { timeout: 60_000 }, async (setUp) => {
    const path = folders.get(setUp.name) ?? "";
    const [real, model] = [capturedTries(path), await simulatedTries(setUp, path)];
    rows.push(...captureRows(setUp.name.slice(0, 2), real, model));
    expect(real).toHaveLength(setUp.tries);
    expect(Math.abs(model.length - setUp.tries)).toBeLessThanOrEqual(1);
    const [first, modelled] = [real[0], model[0]];
    if (first === undefined || modelled === undefined) throw new Error("there was no try");
    // The same errors, first and last, and the same windows.
    expect(modelled.errno).toBe(first.errno);
    expect(model.at(-1)?.errno).toBe(real.at(-1)?.errno);
    expect(new Set(model.map(({ errno }) => errno))).toEqual(new Set(real.map(({ errno }) => errno)));
    expect(modelled.windows).toBe(first.windows);
    // Of the same magnitude: what the first try moves, what all of them move, and how long the first takes.
    expect(Math.abs(modelled.migrated - first.migrated)).toBeLessThan(4 + 0.5 * first.migrated);
    expect(modelled.ms / first.ms).toBeGreaterThan(0.5);
    expect(modelled.ms / first.ms).toBeLessThan(2);
  });

  it("d3 empties the area while it fails, d4 finds it filled again", () => {
    const moved = (nth: string) =>
      rows.find(([name, what]) => name === nth && what?.startsWith("pages migrated by all"))?.map(Number);
    const [, , real3 = 0, model3 = 0] = moved("d3") ?? [];
    const [, , real4 = 0, model4 = 0] = moved("d4") ?? [];
    expect(model4).toBeGreaterThan(1.5 * model3);
    expect(real4).toBeGreaterThan(1.5 * real3);
  });

  it("and docs/validation.md says so", () => {
    expect(rows).toHaveLength(setUps.length * 5);
    const text = readFileSync(DOCUMENT, "utf8");
    const mark = /(<!-- captures -->\n)[\s\S]*?(<!-- end captures -->)/;
    const fresh = text.replace(mark, `$1\n${markdown(CAPTURE_HEAD, rows)}\n\n$2`);
    if (process.env["UPDATE_GOLDEN"] !== undefined) writeFileSync(DOCUMENT, fresh);
    expect(readFileSync(DOCUMENT, "utf8")).toBe(fresh);
  });
});
