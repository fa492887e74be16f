// Knows: that a simulation which begins in the state of a captured kernel, and is told only what its processes did,
// ends as the captured kernel did: for each capture the same errors, and as many windows and pages within a factor.
// The table in docs/validation.md is written from here (UPDATE_GOLDEN=1).

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readCaptureDirectory } from "../../../bindings/importers/capture/node.js";
import { costSets } from "../../../bindings/scenario/costs.js";
import { Simulation } from "../../../bindings/scenario/simulation.js";
import { sharedCaptures } from "../../support/captures.js";
import { actorsOf, endOf, type SetUp, setUps } from "./setups.js";

const DOCUMENT = fileURLToPath(new URL("../../../docs/validation.md", import.meta.url));
const folders = new Map(sharedCaptures().map(({ name, path }) => [name, path]));
const hasAll = setUps.every(({ name }) => folders.has(name));

/** One try of cma_alloc. */
interface Try {
  readonly errno: number;
  readonly windows: number;
  readonly migrated: number;
  readonly ms: number;
}

/** The tries of a trace; the error of a window is known where the request as a whole has another name for it. */
function captured(path: string): Try[] {
  const file = join(path, "trace.txt.gz");
  const text = existsSync(file)
    ? gunzipSync(readFileSync(file)).toString()
    : readFileSync(join(path, "trace.txt"), "utf8");
  const tries: Try[] = [];
  let [begin, busy, migrated] = [0, 0, 0];
  const events =
    / ([\d.]+): (cma_alloc_start|cma_alloc_busy_retry|cma_alloc_finish|mm_migrate_pages): (.*)$/gm;
  for (const [, time, event, rest = ""] of text.matchAll(events)) {
    if (event === "cma_alloc_start") [begin, busy, migrated] = [Number(time), 0, 0];
    else if (event === "cma_alloc_busy_retry") busy += 1;
    else if (event === "mm_migrate_pages") {
      if (rest.includes("contig_range")) migrated += Number(/nr_succeeded=(\d+)/.exec(rest)?.[1]);
    } else {
      const errno = Number(/errorno=(-?\d+)/.exec(rest)?.[1]);
      const ms = (Number(time) - begin) * 1e3;
      tries.push({ errno, windows: errno === -16 ? busy : busy + 1, migrated, ms });
    }
  }
  return tries;
}

async function simulated(setUp: SetUp, path: string): Promise<Try[]> {
  using simulation = await Simulation.create({
    device: readCaptureDirectory(path).before,
    seed: 1,
    actors: actorsOf(setUp),
    costs: costSets["qemu-x86"].ns,
  });
  simulation.run(endOf(setUp));
  expect(simulation.machine.validate().name).toBe("NONE");
  return simulation.takeLog().map(({ errno, windows, pagesMigrated, beginNs, endNs }) => ({
    errno,
    windows,
    migrated: pagesMigrated,
    ms: (endNs - beginNs) / 1e6,
  }));
}

/** 0 0 -16 -> 2 x 0, -16 */
function outcome(tries: readonly Try[]): string {
  const runs: [number, number][] = [];
  for (const { errno } of tries) {
    const last = runs.at(-1);
    if (last?.[0] === errno) last[1] += 1;
    else runs.push([errno, 1]);
  }
  return runs.map(([errno, count]) => (count === 1 ? `${errno}` : `${count} x ${errno}`)).join(", ");
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

const rows: string[] = [];

function addRows(name: string, real: readonly Try[], model: readonly Try[]): void {
  const add = (what: string, of: (tries: readonly Try[]) => number, digits = 0) => {
    const [a, b] = [of(real), of(model)];
    const ratio = a === 0 ? (b === 0 ? "1" : "-") : (b / a).toFixed(2);
    rows.push(`| ${name} | ${what} | ${a.toFixed(digits)} | ${b.toFixed(digits)} | ${ratio} |`);
  };
  rows.push(`| ${name} | errors of the tries | ${outcome(real)} | ${outcome(model)} | |`);
  add("windows of the first try", ([first]) => first?.windows ?? 0);
  add("pages migrated by the first try", ([first]) => first?.migrated ?? 0);
  add("pages migrated by all of them", (tries) => sum(tries.map(({ migrated }) => migrated)));
  add("latency of the first try, ms", ([first]) => first?.ms ?? 0, 1);
}

describe.skipIf(!hasAll)("against captured kernels (skipped where the captures are not at hand)", () => {
  it.each(setUps)("$name ends as it did", { timeout: 60_000 }, async (setUp) => {
    const path = folders.get(setUp.name) ?? "";
    const [real, model] = [captured(path), await simulated(setUp, path)];
    addRows(setUp.name.slice(0, 2), real, model);
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
    const moved = (nth: string) => rows.find((row) => row.startsWith(`| ${nth} | pages migrated by all`));
    const [, , , real3 = 0, model3 = 0] = (moved("d3") ?? "").split("|").map(Number);
    const [, , , real4 = 0, model4 = 0] = (moved("d4") ?? "").split("|").map(Number);
    expect(model4).toBeGreaterThan(1.5 * model3);
    expect(real4).toBeGreaterThan(1.5 * real3);
  });

  it("and docs/validation.md says so", () => {
    expect(rows).toHaveLength(setUps.length * 5);
    const table = [
      "| capture | figure | captured | simulated | ratio |",
      "|---|---|---|---|---|",
      ...rows,
    ].join("\n");
    const text = readFileSync(DOCUMENT, "utf8");
    const mark = /(<!-- table -->\n)[\s\S]*?(<!-- end -->)/;
    const fresh = text.replace(mark, `$1\n${table}\n\n$2`);
    if (process.env["UPDATE_GOLDEN"] !== undefined) writeFileSync(DOCUMENT, fresh);
    expect(readFileSync(DOCUMENT, "utf8")).toBe(fresh);
  });
});
