// Knows: that no operation of the core costs more accesses of memory than when that was last written down, and none grows
// faster than it may. Counts, not times: the same on every machine. Must not know: what an operation does.
//
// What is cheaper now, or has to be dearer, is written down with: PAGEBLOCK_COUNTS=write npx vitest run test/unit/bench/growth

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { type Panel, renderGrowth } from "../../../bench/growth/plot.js";
import { type GrowthRow, growthRows, total } from "../../../bench/growth/rows.js";

const SAVED = fileURLToPath(new URL("../../../bench/growth/counts.json", import.meta.url));
/** Accesses that may come on top of what is written down. */
const MARGIN = 1.03;
/** How much dearer the largest size may be than the smallest, by what grows. */
const MOST_GROWTH: Readonly<Record<string, number>> = {
  "frames, MiB": 1.3,
  CPUs: 1.2,
  // One after the other: as many times as there are CPUs.
  "CPUs (drained)": 17,
  "CMA areas": 1.05,
  pins: 1.05,
  "queue depth": 1.6,
};

let rows: readonly GrowthRow[];
beforeAll(async () => {
  rows = await growthRows(0.05);
});

type Saved = Readonly<Record<string, readonly number[]>>;
const totals = (): Saved =>
  Object.fromEntries(
    rows.map(({ name, points }) => [name, points.map(({ counts }) => Math.ceil(total(counts)))]),
  );

describe("accesses of memory for one operation", () => {
  it("are no more than was written down", () => {
    if (process.env["PAGEBLOCK_COUNTS"] === "write")
      writeFileSync(
        SAVED,
        `${JSON.stringify(totals(), null, 2).replace(/\[\s+([\d,\s]+?)\s+\]/g, (_, numbers: string) => `[${numbers.replace(/\s+/g, " ")}]`)}\n`,
      );
    expect(existsSync(SAVED)).toBe(true);
    const saved = JSON.parse(readFileSync(SAVED, "utf8")) as Saved;
    const now = totals();
    expect(Object.keys(now)).toEqual(Object.keys(saved));
    for (const [name, before] of Object.entries(saved)) {
      expect(now[name]).toHaveLength(before.length);
      now[name]?.forEach((count, i) => {
        expect(count, `${name}, size ${i}`).toBeLessThanOrEqual(Math.ceil((before[i] ?? 0) * MARGIN));
      });
    }
  });

  it("grow no faster than they may", () => {
    expect(rows.map(({ name }) => name)).toEqual(Object.keys(MOST_GROWTH));
    for (const { name, points } of rows) {
      const [first, last] = [points[0], points.at(-1)].map((point) =>
        point === undefined ? 0 : total(point.counts),
      );
      expect(first, name).toBeGreaterThan(5);
      expect((last ?? 0) / (first ?? 1), name).toBeLessThan(MOST_GROWTH[name] ?? 0);
    }
  });

  it("tell lists, frames and bitmaps apart", () => {
    const [frames] = rows;
    expect(frames?.points[0]?.counts.nodes).toBeGreaterThan(5);
    const request = rows.find(({ name }) => name === "CMA areas")?.points[0]?.counts;
    expect(request?.words).toBeGreaterThan(5);
    expect(request?.frames).toBeGreaterThan(256);
  });
});

describe("the picture", () => {
  it("has a panel for each thing that grows", () => {
    const panels: Panel[] = ["a", "b", "c", "d"].map((title) => ({
      title,
      unit: "accesses",
      sizes: [1, 10],
      series: [{ label: "all", values: [3, 4] }],
    }));
    const svg = renderGrowth(panels);
    expect(svg).toMatch(/^<svg /);
    expect(svg.match(/<polyline/g)).toHaveLength(4);
  });
});
