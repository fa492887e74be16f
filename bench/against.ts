// Knows: a run against a saved one: what has changed by more than the rounds of either differ among themselves.
// Must not know: how a figure is measured. Two runs on a machine that does other work differ by more than their rounds do.

import { readFileSync } from "node:fs";
import { renderTable } from "../bindings/report/index.js";
import type { Measure } from "./stats.js";

export interface Change {
  readonly name: string;
  readonly unit: string;
  readonly before: number;
  readonly now: number;
  /** now / before. */
  readonly ratio: number;
  /** How far the ratio may be from 1 by what the quartiles of both runs say. */
  readonly noise: number;
  readonly verdict: "less" | "more" | "within the noise";
}

function relative({ median, low, high }: Measure): number {
  return median === 0 ? 0 : Math.max(high - median, median - low) / median;
}

/** Figures that both runs have. */
export function changes(before: readonly Measure[], now: readonly Measure[]): Change[] {
  return now.flatMap((measure): Change[] => {
    const old = before.find(({ name }) => name === measure.name);
    if (old === undefined) return [];
    const ratio = measure.median / old.median;
    const noise = relative(old) + relative(measure);
    const verdict = Math.abs(ratio - 1) <= noise ? "within the noise" : ratio < 1 ? "less" : "more";
    const { name, unit } = measure;
    return [{ name, unit, before: old.median, now: measure.median, ratio, noise, verdict }];
  });
}

/** @throws Error naming the file when it is not a saved run */
export function readMeasures(file: string): readonly Measure[] {
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Error(`${file}: cannot be read as a saved run (${(error as Error).message})`);
  }
  const { measures } = (data ?? {}) as { measures?: readonly Measure[] };
  if (!Array.isArray(measures)) throw new Error(`${file}: has no "measures"; expected a file of --json`);
  return measures;
}

export function renderChanges(found: readonly Change[]): string {
  const outside = found.filter(({ verdict }) => verdict !== "within the noise");
  const names = outside.map(({ name, verdict, ratio }) => `${name} ${verdict} (${ratio.toFixed(2)})`);
  const first =
    outside.length === 0
      ? `none of ${found.length} figures has changed beyond the noise`
      : `${outside.length} of ${found.length} figures have changed beyond the noise: ${names.join(", ")}`;
  const headers = ["figure", "before", "now", "unit", "ratio", "noise", "verdict"];
  const rows = found.map(({ name, unit, before, now, ratio, noise, verdict }) => [
    name,
    before.toFixed(2),
    now.toFixed(2),
    unit,
    ratio.toFixed(3),
    noise.toFixed(3),
    verdict,
  ]);
  return `${first}\n${renderTable(
    headers.map((header) => ({ header })),
    rows,
  )}`;
}
