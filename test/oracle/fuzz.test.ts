// Knows: how many seeded random operations the core and the reference model must agree on, over which machines, and
// which seldom taken branches must have been among them.
// Must not know: how operations are chosen or performed.
//
// One seed alone, as a failure prints it:
//   PAGEBLOCK_SEED=7 PAGEBLOCK_STEPS=2000 PAGEBLOCK_MACHINE="tiny, one CPU" npx vitest run test/oracle/fuzz.test.ts

import { afterAll, describe, expect, it } from "vitest";
import type { CoreBuild } from "../../bindings/engine/load.js";
import { fuzz } from "../support/fuzz_run.js";
import { addCounts, BRANCHES, type Branch, emptyCounts } from "../support/rare_branches.js";
import { SMALL_MACHINES } from "../support/small_machines.js";
import type { SmallMachine } from "../support/small_state.js";

const { PAGEBLOCK_SEED, PAGEBLOCK_STEPS, PAGEBLOCK_MACHINE } = process.env;
const isReplay = PAGEBLOCK_SEED !== undefined;
const LEAST_OPERATIONS = 1_000_000;

/** Seeds and operations per seed. A complete dump is compared after every so many operations. */
interface Plan {
  readonly seeds: number;
  readonly steps: number;
  readonly compareEvery: number;
}

/** Small memories make rare things frequent and dumps cheap; the large ones show that geometry is only data. */
function planOf(machine: SmallMachine, core: CoreBuild): Plan {
  if (isReplay) return { seeds: 1, steps: Number(PAGEBLOCK_STEPS ?? 3000), compareEvery: 20 };
  const pages = machine.zones.reduce((sum, zone) => sum + zone.pages, 0);
  const isSmall = pages <= 512;
  // A contiguous request may try thousands of windows, page by page.
  if (machine.focus === "cma" && !isSmall)
    return { seeds: core === "release" ? 2 : 1, steps: 1500, compareEvery: 100 };
  const seeds = (isSmall ? 16 : 5) / (core === "release" ? 1 : 4);
  return { seeds: Math.ceil(seeds), steps: 3000, compareEvery: isSmall ? 25 : 100 };
}

/** A branch that a machine of one kernel cannot take is asked for among all of them. */
const LEAST: Readonly<Partial<Record<Branch, number>>> = {
  "claim of whole pageblocks": 100,
  "steal after NOFRAGMENT was dropped": 200,
  "cma_alloc after migration": 200,
  "window busy: pinned": 200,
  "window busy: in transit": 100,
};

const machines = SMALL_MACHINES.filter(
  ({ name }) => PAGEBLOCK_MACHINE === undefined || name === PAGEBLOCK_MACHINE,
);
const counts = emptyCounts();
let operations = 0;

describe.each(["release", "checked"] as const)("the %s core and the reference model agree", (core) => {
  it.each(machines)("$name, Linux $kernel", async (machine) => {
    const { seeds, steps, compareEvery } = planOf(machine, core);
    const first = isReplay ? Number(PAGEBLOCK_SEED) : core === "release" ? 1 : 1001;
    for (let seed = first; seed < first + seeds; seed++) {
      const result = await fuzz(machine, { seed, steps, core, compareEvery });
      if (result.failure !== undefined) expect.fail(result.failure);
      operations += result.operations;
      addCounts(counts, result.counts);
    }
  });
});

describe.skipIf(isReplay || PAGEBLOCK_MACHINE !== undefined)("the random operations", () => {
  it(`were at least ${LEAST_OPERATIONS}`, () => {
    expect(operations).toBeGreaterThanOrEqual(LEAST_OPERATIONS);
  });

  it.each(BRANCHES)("went often enough through: %s", (branch) => {
    expect(counts.get(branch)).toBeGreaterThanOrEqual(LEAST[branch] ?? 1000);
  });
});

afterAll(() => {
  const rows = [...counts].map(([branch, n]) => `  ${String(n).padStart(8)}  ${branch}`);
  process.stdout.write(`  ${operations} random operations compared\n${rows.join("\n")}\n`);
});
