// Knows: that the benchmark measures equal work: core and C twin agree on every frame. No timing here.

import { describe, expect, it, vi } from "vitest";
import { geometricMean, runRows } from "../../../bench/main.js";
import { ROWS } from "../../../bench/rows.js";
import { benchSearch } from "../../../bench/search/main.js";
import { SIMULATED_RATES, simulationRows, turnoverRow } from "../../../bench/simulation.js";

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

describe("the simulations", () => {
  it("run at every rate, for the time asked for", async () => {
    const rows = await simulationRows(true);
    expect(rows.map(({ operationsPerSecond }) => operationsPerSecond)).toEqual([...SIMULATED_RATES]);
    for (const { events, digest } of rows) {
      expect(events).toBeGreaterThan(100);
      expect(digest).toMatch(/^[0-9a-f]{16}$/);
    }
    expect((await simulationRows(true)).map(({ digest }) => digest)).toEqual(
      rows.map(({ digest }) => digest),
    );
  });

  it("the hot loop does the same in C, where a compiler is found", async () => {
    const row = await turnoverRow("tiny", 1, 200);
    expect(row.digestEqual).not.toBe(false);
    expect(row.nsPerPage).toBeGreaterThan(0);
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
