// Knows: the laboratory on small maps: patterns are what they say, goals and losses are read off rows as they should be,
// the command prints them, the chart is a picture.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { SearchStrategy } from "../../../assembly/abi/findings.js";
import { BitmapCore, NONE } from "../../../bindings/bitmap/core.js";
import {
  digestAnswers,
  goalsOf,
  type LabResult,
  type LabRow,
  lossesOf,
  PATTERNS,
  quartile,
  runLab,
} from "../../../bindings/bitmap/lab/index.js";
import { ExitCode, UsageError } from "../../../bindings/cli/exit.js";
import { answerOfSearch } from "../../../bindings/cli/search/answer.js";
import { runBenchSearch } from "../../../bindings/cli/search/bench_search.js";
import { renderSearchChart } from "../../../bindings/cli/search/chart.js";
import { SearchTwin } from "../../../bindings/cli/search/twin.js";
import { loadCore } from "../../../bindings/engine/load.js";
import { documentOf } from "../../support/answers.js";

const BITS = 20_000;

async function filled(name: string, bits: number, seed = 1): Promise<BitmapCore> {
  const core = BitmapCore.create(await loadCore("checked", undefined, "bitmap"), bits, 7, false);
  PATTERNS.find((pattern) => pattern.name === name)?.fill(core, seed);
  return core;
}

describe("patterns", () => {
  it.each([
    ["empty", 0, 0],
    ["holes", 1 / 256, 0.001],
    ["random-10", 0.1, 0.02],
    ["random-50", 0.5, 0.02],
    ["random-90", 0.9, 0.02],
    ["random-99", 0.99, 0.01],
    ["alternating", 0.5, 0.001],
    ["full-end", 1 - 512 / BITS, 0.0001],
    ["misaligned", 1 / 512, 0.001],
    ["aged", 0.8, 0.12],
    ["captured", 11_397 / 16_384, 0.08],
  ])("%s: %f of the bits are taken", async (name, share, tolerance) => {
    const core = await filled(name, BITS);
    expect(Math.abs(core.count(0, BITS) / BITS - share)).toBeLessThanOrEqual(tolerance + 1e-9);
  });

  it("are made of length and seed alone, on every length", async () => {
    for (const { name } of PATTERNS) {
      for (const bits of [1, 33, 1000, 5001]) {
        const [one, two] = [await filled(name, bits), await filled(name, bits)];
        expect(one.words, `${name} ${bits}`).toEqual(two.words);
        expect(((one.words.at(-1) ?? 0) >>> (bits % 32 || 31)) >>> (bits % 32 ? 0 : 1), name).toBe(0);
      }
    }
    const [one, two] = [await filled("random-50", BITS, 1), await filled("random-50", BITS, 2)];
    expect(one.words).not.toEqual(two.words);
  });
});

/** A row with given times. */
function row(pattern: string, request: string, times: Record<string, number>): LabRow {
  const [count = 1, align = 0] = request.split("@").map(Number);
  const timings = Object.entries(times).map(([name, nanoseconds]) => ({ name, nanoseconds, place: 0 }));
  return { pattern, bits: 1024, count, align, timings, place: 0 };
}

function resultOf(...rows: LabRow[]): LabResult {
  return { bits: 1024, seed: 1, twin: "C", rows, updates: [], digest: "0" };
}

describe("goals and losses", () => {
  const result = resultOf(
    row("empty", "456@8", { C: 4, KERNEL: 9, COMPOSITE: 30 }),
    row("holes-end", "456@8", { C: 100_000, KERNEL: 130_000, COMPOSITE: 500 }),
    row("full-end", "456@8", { C: 20_000, KERNEL: 5000, RUN_TREE: 40, COMPOSITE: 50 }),
  );

  it("are read off the worst row", () => {
    const of = (text: string) => goalsOf(result, "C").find(({ what }) => what.includes(text));
    expect(of("geometric mean of scans")?.measured).toBeCloseTo(Math.sqrt(1.3 / 4));
    expect(of("worst scan")).toMatchObject({ measured: 1.3, met: false });
    expect(of("holes-end")).toMatchObject({ measured: 200, met: false });
    expect(of("full-end")).toMatchObject({ measured: 400, met: true });
    expect(of("first window")).toMatchObject({ measured: 26, met: false });
    expect(of("worst row")?.measured).toBeCloseTo(30 / 9);
    expect(of("misaligned runs, nothing")).toMatchObject({ measured: undefined, met: false });
  });

  it("losses name the best of the row", () => {
    expect(lossesOf(result).map(({ row: { pattern }, against }) => [pattern, against])).toEqual([
      ["empty", "C"],
      ["full-end", "RUN_TREE"],
    ]);
  });

  it("small arithmetic", () => {
    expect(quartile([5, 1, 3])).toBe(1);
    expect(quartile([9, 5, 1, 4, 3, 7, 8, 2, 6])).toBe(3);
    expect(digestAnswers([1, 2])).not.toBe(digestAnswers([2, 1]));
  });
});

describe("a run", () => {
  it("answers the same from all strategies, and the same digest from both builds", async () => {
    const digests = new Set<string>();
    for (const build of ["release", "checked"] as const) {
      let clock = 0;
      const result = await runLab({
        module: await loadCore(build, undefined, "bitmap"),
        bits: BITS,
        patterns: PATTERNS,
        strategies: [SearchStrategy.KERNEL, SearchStrategy.COMPOSITE, SearchStrategy.PYRAMID],
        seed: 3,
        rounds: 1,
        slice: 1,
        clock: () => (clock += 5e6),
      });
      expect(result.rows).toHaveLength(PATTERNS.length * 5);
      expect(result.rows.find(({ pattern }) => pattern === "holes")?.place).toBe(0);
      expect(result.rows.some(({ place }) => place === NONE)).toBe(true);
      expect(result.updates).toHaveLength(PATTERNS.length * 4);
      digests.add(result.digest);
      const chart = renderSearchChart(result);
      expect(chart).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
      expect(chart).toContain("random-50  456@8");
      expect(chart).not.toMatch(/NaN|Infinity|undefined/);
    }
    expect(digests.size).toBe(1);
  });
});

const built = SearchTwin.build();
const hasTwin = typeof built !== "string";
if (hasTwin) built[Symbol.dispose]();

describe.skipIf(!hasTwin)("the twin in C", () => {
  it("answers as the kernel's walk does", async () => {
    const made = SearchTwin.build();
    if (typeof made === "string") throw new Error(made);
    using twin = made;
    for (const name of ["random-50", "aged", "captured", "full-end"]) {
      for (const bits of [20_000, 20_033, 95]) {
        const core = await filled(name, bits);
        const other = await twin.load(core.words, bits);
        for (const [count, mask, offset, start] of [
          [1, 0, 0, 0],
          [7, 3, 2, 50],
          [20, 31, 8, 0],
          [456, 255, 0, 0],
          [bits, 0, 0, 0],
        ] as const) {
          const request = { count, mask, offset, start };
          const { place, nanoseconds } = await other.run(request, 1);
          expect(place, `${name} ${bits} ${JSON.stringify(request)}`).toBe(
            core.place(0, SearchStrategy.KERNEL, request),
          );
          expect(nanoseconds).toBeGreaterThanOrEqual(0);
        }
      }
    }
  });
});

describe("pageblock bench search", () => {
  afterEach(() => vi.restoreAllMocks());

  async function printed(options: Parameters<typeof runBenchSearch>[0]): Promise<string> {
    const parts: string[] = [];
    vi.spyOn(process.stdout, "write").mockImplementation((text) => parts.push(String(text)) > 0);
    expect(await runBenchSearch({ bits: 4096, rounds: 1, ...options })).toBe(ExitCode.OK);
    vi.restoreAllMocks();
    return parts.join("");
  }

  it("prints tables, goals and lost rows", async () => {
    const text = await printed({ pattern: ["captured"], strategy: ["run_tree"] });
    expect(text).toMatch(/^4,096 bits, seed 1/);
    expect(text).toMatch(/request .*KERNEL +RUN_TREE +COMPOSITE/);
    expect(text).not.toContain("PYRAMID  ");
    for (const part of ["digest of the answers", "goals", "memory of the index", "bits per ns"]) {
      expect(text).toContain(part);
    }
  });

  it("--html is the one page with the chart, the tables, the goals and the lost rows", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pageblock-lab-"));
    const path = join(folder, "search.html");
    await printed({ pattern: ["captured"], strategy: ["run_tree"], html: path });
    const page = readFileSync(path, "utf8");
    rmSync(folder, { recursive: true });
    const { blocks, sentence } = documentOf(page);
    expect(sentence).toMatch(/^The composite search meets \d+ of the \d+ goals/);
    expect(blocks.filter(({ kind }) => kind === "times")).toHaveLength(1);
    const text = JSON.stringify(blocks);
    for (const part of ["captured: a 64 MiB area", "memory of the index", "goals", "the composite loses"]) {
      expect(text).toContain(part);
    }
    expect(text).toMatch(/\["63@6",/);
    expect(text).not.toMatch(/NaN|undefined/);
  });

  it("a page says so when nothing is lost", () => {
    const { blocks } = answerOfSearch({
      result: resultOf(row("empty", "1@0", { KERNEL: 9, COMPOSITE: 9 })),
      growth: [],
      noTwin: "no <compiler> & no source",
    });
    expect(blocks).toContainEqual({ kind: "text", text: "C: not run: no <compiler> & no source" });
    const title = "rows on which the composite loses, to C or to another strategy";
    const at = blocks.findIndex((block) => block.kind === "heading" && block.text === title);
    expect(blocks[at + 1]).toEqual({ kind: "text", text: "none" });
  });

  it("--json is JSON", async () => {
    const result = JSON.parse(await printed({ pattern: ["empty"], strategy: ["word_scan"], json: true }));
    expect(result).toMatchObject({ bits: 4096, seed: 1 });
    expect(result.rows).toHaveLength(5);
    expect(result.goals.length).toBeGreaterThan(5);
  });

  it("refuses what it does not know", async () => {
    await expect(runBenchSearch({ pattern: ["stripes"] })).rejects.toThrow(UsageError);
    await expect(runBenchSearch({ strategy: ["magic"] })).rejects.toThrow(/KERNEL, WORD_SCAN/);
    await expect(runBenchSearch({ bits: 0 })).rejects.toThrow(UsageError);
    await expect(runBenchSearch({ rounds: 1.5 })).rejects.toThrow(UsageError);
  });
});
