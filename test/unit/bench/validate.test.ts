// Knows: that the tables of `npm run validate` count right, on rows whose figures are known beforehand and on one small run.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { agreementOf, figuresOf, isInside, kendallTau, type Pair } from "../../../bench/validate/figures.js";
import { LOADS } from "../../../bench/validate/loads.js";
import { renderOccupancy } from "../../../bench/validate/plot.js";
import { planOf, runAll } from "../../../bench/validate/runs.js";
import { matrix, summary, work } from "../../../bench/validate/tables.js";
import type { Observed } from "../../../bench/validate/truth.js";
import { getScenario } from "../../../bindings/scenario/index.js";

const file = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** Boots of `each` requests, of which so many succeed: 4 ms and 2 windows each, 10 ms and 13 windows of those that fail. */
function observed(policy: string, succeeded: readonly number[], each = 10, load = "X_q1"): Observed {
  const requests = succeeded.flatMap((count, boot) =>
    Array.from({ length: each }, (_, nth) => {
      const isServed = nth < count;
      return {
        seed: String(boot),
        errno: isServed ? 0 : -16,
        ms: isServed ? 4 : 10,
        windows: isServed ? 2 : 13,
        migrated: isServed ? 100 : 0,
        reclaimed: 0,
        kills: 0,
      };
    }),
  );
  return { load, policy, requests, occupancy: undefined };
}

function pair(policy: string, there: readonly number[], here: readonly number[]): Pair {
  const [measured, simulated] = [there, here].map((succeeded) =>
    figuresOf(observed(policy, succeeded), false),
  );
  if (measured === undefined || simulated === undefined) throw new Error("no figures");
  return { load: "X_q1", policy, isFitted: false, measured, simulated };
}

describe("the arithmetic of the tables", () => {
  it("figures: success with Wilson's interval and by boot, medians, means, errors", () => {
    const figures = figuresOf(observed("mainline", [10, 5, 0]), false);
    expect(figures).toMatchObject({ requests: 30, succeeded: 15, success: 0.5, servedMs: 4, failedMs: 10 });
    expect(figures.windows).toBeCloseTo(7.5);
    expect(figures.migrated).toBeCloseTo(50);
    expect(figures.errors).toEqual([
      [0, 15],
      [-16, 15],
    ]);
    // 15 of 30: Wilson 0.332 to 0.668; boots 1, 0.5, 0: standard error 0.5 / sqrt(3).
    expect(figures.wilson.low).toBeCloseTo(0.3315, 3);
    expect(figures.wilson.high).toBeCloseTo(0.6685, 3);
    expect(figures.standardError).toBeCloseTo(0.5 / Math.sqrt(3));
    expect(figures.byRun).toEqual({ kind: "range", interval: { low: 0, high: 1 } });
    expect(figuresOf(observed("mainline", [10, 5, 0]), true)).toMatchObject({ requests: 3, succeeded: 2 });
  });

  it("Kendall's tau: 1 and -1 for equal and reversed orders, ties count half", () => {
    expect(kendallTau([1, 2, 3], [10, 20, 30])).toBe(1);
    expect(kendallTau([1, 2, 3], [3, 2, 1])).toBe(-1);
    // Pairs: one tie on each side, of 3: (2 - 0) / sqrt(2 x 3).
    expect(kendallTau([1, 1, 2], [1, 2, 3])).toBeCloseTo(2 / Math.sqrt(6));
    expect(kendallTau([1, 1], [1, 2])).toBeUndefined();
  });

  it("agreement: rows inside, mean error, signs of clear effects, tau", () => {
    const pairs = [
      pair("mainline", [5, 5, 5, 5], [5, 5, 5, 5]),
      // Clear and right, but far outside: 50 points.
      pair("strict", [10, 10, 10, 10], [6, 6, 4, 4]),
      // Clear and wrong.
      pair("original", [8, 8, 8, 8], [4, 4, 4, 4]),
      // No clear effect.
      pair("gup-wait", [0, 10, 0, 10], [5, 5, 5, 5]),
    ];
    expect(pairs.map(isInside)).toEqual([true, false, false, true]);
    const agreement = agreementOf(pairs);
    expect(agreement).toMatchObject({ rows: 4, inside: 2, clearEffects: 2 });
    // strict has 5 of 10 here as mainline has: no sign at all; original the contrary one.
    expect(agreement.rightSigns).toBe(0);
    expect(agreement.meanError).toBeCloseTo((0 + 0.5 + 0.4 + 0) / 4);
    expect(agreement.tau).toBeCloseTo(kendallTau([0.5, 1, 0.8, 0.5], [0.5, 0.5, 0.4, 0.5]) ?? Number.NaN);
    expect(matrix(pairs)).toContain("| strict   | 100 / 50 * |");
    expect(work(pairs)).toContain("| 7.5 / 7.5 ");
    expect(summary(pairs)).toContain("of 4 rows (policy x load)");
    expect(summary(pairs)).toContain("interval in 2, with a mean error of 22.5 points");
  });
});

describe("npm run validate", () => {
  const [load] = LOADS;
  if (load === undefined) throw new Error("no loads");
  const row = {
    load: { ...load, untilS: 1.6 },
    scenario: getScenario(load.scenario),
    policies: [{ measured: "mainline", preset: "mainline" }],
  };

  it("every load has its scenario, and a policy that retries has the time for it", () => {
    for (const { scenario } of LOADS) expect(getScenario(scenario).device.name).toMatch(/^lab-512m/);
    const [plain, patient] = ["mainline", "mainline-retry"].map(
      (name) =>
        planOf([{ ...row, load, policies: [{ measured: name, preset: name }] }], 1)[0]?.task.untilNs ?? 0,
    );
    expect(plain).toBe(8e9);
    expect(patient).toBe(16e9);
  });

  it("runs a row, keeps it, goes on with nothing left to do, and refuses other work there", async () => {
    const folder = mkdtempSync(join(tmpdir(), "validate-"));
    const said: string[] = [];
    const options = {
      ...{ folder, resume: false, jobs: 1, seeds: 1, version: "1", core: "x" },
      signal: new AbortController().signal,
      onBegin: (cost: string) => void said.push(cost),
      onProgress: () => {},
    };
    try {
      const [first] = (await runAll([row], options)) ?? [];
      expect(first?.requests.length).toBeGreaterThan(3);
      expect(
        first?.requests.every(({ errno, windows }) => (errno === 0 || errno === -16) && windows > 0),
      ).toBe(true);
      expect(first?.occupancy?.pages.some((pages) => pages > 0)).toBe(true);
      const again = await runAll([row], { ...options, resume: true });
      expect(again).toEqual([first]);
      expect(said).toEqual([
        expect.stringMatching(/^1 runs to do: about \d+ s of CPU time$/),
        expect.stringMatching(/^0 runs to do, 1 kept from before/),
      ]);
      await expect(runAll([row], { ...options, resume: true, version: "2" })).rejects.toThrow(/version/);
      const picture = renderOccupancy(
        [[{ title: "X", measured: first!.occupancy!, simulated: first!.occupancy! }]],
        16_384,
      );
      expect(picture.match(/<polyline/g)).toHaveLength(2);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("says so and does nothing where the measured tables are not at hand", () => {
    const main = file("dist/bench/validate/main.js");
    const { status, stderr, stdout } = spawnSync(process.execPath, [main, "--truth", "/nowhere"], {
      encoding: "utf8",
    });
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(
      /^validate: the measured tables are not at hand: .*policytruth.*nothing was run\n$/,
    );
  });

  it("the README's three lines are those of docs/validation.md", () => {
    const block = (path: string, name: string) =>
      new RegExp(`<!-- ${name} -->\\n([\\s\\S]*?)<!-- end ${name} -->`)
        .exec(readFileSync(file(path), "utf8"))?.[1]
        ?.trim();
    const lines = block("README.md", "validation");
    expect(lines?.split("\n")).toHaveLength(3);
    expect(lines).toBe(block("docs/validation.md", "summary"));
  });
});
