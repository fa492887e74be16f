// Knows: the search part of `npm run bench`: the laboratory with its C twin, then the public class under benny.
// Must not know: how a search works, how it is timed.

import b from "benny";
import { IndexPart, SearchStrategy } from "../../assembly/abi/findings.js";
import { BitmapCore, STRATEGIES } from "../../bindings/bitmap/core.js";
import { PageBitmap } from "../../bindings/bitmap/index.js";
import { PATTERNS } from "../../bindings/bitmap/lab/index.js";
import { describeSearch, measureSearch, searchJson } from "../../bindings/cli/search/bench_search.js";
import { loadCore } from "../../bindings/engine/load.js";

export interface SearchRate {
  readonly name: string;
  readonly operationsPerSecond: number;
}

const BITS = 4_194_304;
/** Searches in one call, so that the crossing into the core does not count. */
const BATCH = 16;
const ALL_PARTS = IndexPart.RUN_TREE | IndexPart.SUMMARY | IndexPart.PYRAMID;
/** What an area looks like on most days: the first window fits, the only one is at the end, requests come and go. */
const STATES = ["empty", "holes-end", "captured"];

function options(quick: boolean): { minSamples: number; maxTime: number } {
  return quick ? { minSamples: 1, maxTime: 0.01 } : { minSamples: 5, maxTime: 0.5 };
}

/** Searches a second of every strategy, 456 bits at order 8. */
async function strategyRates(quick: boolean, bits: number): Promise<SearchRate[]> {
  const module = await loadCore("release", undefined, "bitmap");
  const rates: SearchRate[] = [];
  for (const pattern of PATTERNS.filter(({ name }) => STATES.includes(name))) {
    const core = BitmapCore.create(module, bits, ALL_PARTS, false);
    pattern.fill(core, 1);
    const request = { start: 0, count: 456, mask: 255, offset: 0 };
    const strategies = quick ? [SearchStrategy.KERNEL, SearchStrategy.COMPOSITE] : STRATEGIES;
    const cases = strategies.map((strategy) =>
      b.add(
        SearchStrategy[strategy],
        () => {
          core.repeat(strategy, request, BATCH);
        },
        options(quick),
      ),
    );
    const { results } = await b.suite(`search 456@8, ${pattern.name}`, ...cases);
    rates.push(
      ...results.map(({ name, ops }) => ({
        name: `${pattern.name} ${name}`,
        operationsPerSecond: ops * BATCH,
      })),
    );
  }
  return rates;
}

/** The class as a user calls it: one crossing for each operation. */
async function classRates(quick: boolean, bits: number): Promise<SearchRate[]> {
  const bitmap = await PageBitmap.create(bits);
  bitmap.set(0, bits / 2);
  const { results } = await b.suite(
    "PageBitmap",
    b.add("findFirst", () => void bitmap.findFirst({ count: 456, align: 8 }), options(quick)),
    b.add(
      "findFirst + set + clear",
      () => {
        const place = bitmap.findFirst({ count: 456, align: 8 }) ?? 0;
        bitmap.set(place, 456).clear(place, 456);
      },
      options(quick),
    ),
  );
  return results.map(({ name, ops }) => ({ name: `PageBitmap ${name}`, operationsPerSecond: ops }));
}

export interface SearchBench {
  /** The laboratory's figures: rows, updates, goals, lost rows. */
  readonly lab: object;
  readonly rates: readonly SearchRate[];
}

/** Prints the laboratory's tables and goals, then the rates; answers both. */
export async function benchSearch(quick: boolean): Promise<SearchBench> {
  const bits = quick ? 65_536 : BITS;
  const report = await measureSearch(quick ? { bits, rounds: 1, pattern: STATES } : { bits });
  process.stdout.write(describeSearch(report));
  const rates = [...(await strategyRates(quick, bits)), ...(await classRates(quick, bits))];
  for (const { name, operationsPerSecond } of rates) {
    process.stdout.write(`${name}: ${(operationsPerSecond / 1e6).toFixed(2)} M operations a second\n`);
  }
  return { lab: searchJson(report), rates };
}
