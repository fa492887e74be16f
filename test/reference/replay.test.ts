// Knows: which captures of the real kernel the reference model must reproduce completely.
// Must not know: how the model works.
// Kernel: 6.12.117 and 6.1.192, x86-64 4 KiB and arm64 16 KiB pages (../shared/data/kernel).

import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { parseStateDumps } from "../../bindings/importers/capture/dump/dump.js";
import { parseOps } from "../../bindings/importers/capture/script/ops.js";
import { type Capture, replayScript } from "./replay.js";
import { RULES_6_1, RULES_6_12, rulesOfRelease } from "./types.js";

const CAPTURES = new URL("../../../shared/data/kernel/", import.meta.url);

/** Between them: both kernels, three geometries, two CPUs, three zones, HIGHATOMIC, the half rule, migration, pins. */
const SELECTION = [
  "e02_plenty_cma256_s2",
  "e03_burst_s3",
  "e07_pressure_atomic_s7",
  "e09_pressure_normal_s9",
  "e14_cmapin_s14",
  "e16_smp2_plenty_s16",
  "a16k_e08_frag_s208",
  "a16k_c01_cma_nxp",
  "k61_e13_cmamov_s113",
  "k61_e21_stealmov_s131",
  "k61p9_e07_pressure_atomic_s117",
];

/** All scripted captures that never reclaim: PAGEBLOCK_ALL_CAPTURES=1. */
const OTHERS = [
  "c01_cma_nxp",
  "c02_cma_random_64M",
  "e01_plenty_s1",
  "e05_pressure_s5",
  "e08_frag_s8",
  "e13_cmamov_s13",
  "e19_nocma_pressure_s19",
  "k61_c01_cma_nxp",
  "k61_e01_plenty_s101",
  "k61_e02_plenty_cma256_s102",
  "k61_e05_pressure_s105",
  "k61_e08_frag_s108",
  "k61p9_c01_cma_nxp",
];

function read(set: string, name: string): string {
  return gunzipSync(readFileSync(new URL(`${set}/${name}.gz`, CAPTURES))).toString("latin1");
}

function load(set: string): Capture {
  const states = (name: string) => parseStateDumps(read(set, name), name);
  return {
    before: states("state_before.txt")[0]!,
    after: states("state_after.txt")[0]!,
    mid: states("state_mid.txt"),
    ops: parseOps(read(set, "ops.csv"), "ops.csv"),
  };
}

describe.skipIf(!existsSync(CAPTURES))("the reference model against the real kernel", () => {
  const sets = process.env["PAGEBLOCK_ALL_CAPTURES"] ? [...SELECTION, ...OTHERS].sort() : SELECTION;

  it.each(sets)("%s: every pfn, every failure, every dump", (set) => {
    const capture = load(set);
    const report = replayScript(capture, rulesOfRelease(capture.before.release));
    expect(report.problems).toEqual([]);
    expect(report.dumpsCompared).toBe(capture.mid.length + 1);
    expect(report.rows).toBeGreaterThan(100);
  });

  it.each([
    ["listType", "e07_pressure_atomic_s7"],
    ["pcp", "e07_pressure_atomic_s7"],
    ["reserve", "e07_pressure_atomic_s7"],
    // e01 to e19 hardly claim less than a whole block and never steal; this set does.
    ["fallback", "a16k_e08_frag_s208"],
  ] as const)("canary: the wrong rule %s is noticed in %s", (wrong, set) => {
    const rules = { ...RULES_6_12, [wrong]: RULES_6_1[wrong] };
    expect(replayScript(load(set), rules, 1).problems).not.toEqual([]);
  });
});
