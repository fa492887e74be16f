// Knows: that the benchmark measures equal work: core and C twin agree on every frame. No timing here.

import { describe, expect, it, vi } from "vitest";
import { changes, renderChanges } from "../../../bench/against.js";
import { runRows } from "../../../bench/main.js";
import { ROWS } from "../../../bench/rows.js";
import { benchSearch } from "../../../bench/search/main.js";
import { SIMULATED_RATES, simulationRows, turnoverRow } from "../../../bench/simulation.js";
import { geometricMean, spreadOf } from "../../../bench/stats.js";

describe("the benchmark in tiny sizes", () => {
  it("runs every row; where a C compiler is found, checksums and digests are equal", async () => {
    const rows = await runRows({ device: "tiny", rounds: 1, scale: 0.01 });
    expect(rows.map(({ name }) => name)).toEqual(ROWS.map(({ name }) => name));
    for (const row of rows) {
      // 4096 blocks of 2 MiB are more than the device has: the row ends early, on both sides.
      if (!row.name.includes("4096")) expect(row.checksum, row.name).not.toBe(0);
      expect(row.checksumEqual, row.name).not.toBe(false);
      expect(row.digestEqual, row.name).not.toBe(false);
    }
  });

  it("knows a geometric mean", () => {
    expect(geometricMean([1, 4])).toBeCloseTo(2);
  });
});

describe("two runs", () => {
  const measure = (name: string, median: number, half: number) => ({
    name,
    unit: "ns",
    median,
    low: median - half,
    high: median + half,
  });

  it("differ where their quartiles do not explain it, by name", () => {
    const before = [measure("same", 100, 10), measure("slower", 100, 1), measure("gone", 1, 0)];
    const now = [measure("same", 115, 10), measure("slower", 110, 1), measure("new", 1, 0)];
    const found = changes(before, now);
    expect(found.map(({ name, verdict }) => [name, verdict])).toEqual([
      ["same", "within the noise"],
      ["slower", "more"],
    ]);
    expect(renderChanges(found)).toMatch(
      /^1 of 2 figures have changed beyond the noise: slower more \(1\.10\)/,
    );
    expect(renderChanges(changes(before, before))).toMatch(/^none of 3 figures/);
  });

  it("have medians with quartiles", () => {
    expect(spreadOf([5, 1, 2, 4, 3])).toEqual({ median: 3, low: 2, high: 4 });
  });
});

describe("the simulations", () => {
  it("run at every rate, for the time asked for", async () => {
    const rows = await simulationRows(true, 2);
    expect(rows.map(({ operationsPerSecond }) => operationsPerSecond)).toEqual([...SIMULATED_RATES]);
    for (const { events, digest } of rows) {
      expect(events).toBeGreaterThan(100);
      expect(digest).toMatch(/^[0-9a-f]{16}$/);
    }
    expect((await simulationRows(true, 1)).map(({ digest }) => digest)).toEqual(
      rows.map(({ digest }) => digest),
    );
  });

  it("the hot loop does the same in C, where a compiler is found", async () => {
    const row = await turnoverRow("tiny", 1, 200);
    expect(row.digestEqual).not.toBe(false);
    expect(row.ours.median).toBeGreaterThan(0);
  });
});

describe("the search part", () => {
  it("gives the laboratory's rows and goals, and a rate for each strategy and the class", async () => {
    vi.spyOn(console, "log").mockImplementation(() => {});
    vi.spyOn(process.stdout, "write").mockImplementation(() => true);
    const { lab, rates } = await benchSearch(true);
    vi.restoreAllMocks();
    expect(lab).toMatchObject({ bits: 65_536, growth: [] });
    expect(Object.keys(lab)).toEqual(expect.arrayContaining(["rows", "updates", "goals", "losses"]));
    expect(rates.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["empty KERNEL", "captured COMPOSITE", "PageBitmap findFirst"]),
    );
    for (const { name, operationsPerSecond } of rates) expect(operationsPerSecond, name).toBeGreaterThan(0);
  });
});
