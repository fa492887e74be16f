// Knows: how many random operations, most of them steps of cma_alloc requests that are under way together, the core and
// the reference model must agree on, for one kernel; and what must have happened among them.
// Must not know: how operations are chosen or performed.
//
// One seed alone, as a failure prints it:
//   PAGEBLOCK_SEED=7 PAGEBLOCK_STEPS=2000 PAGEBLOCK_MACHINE="no lock" npx vitest run test/oracle/requests_6_12.test.ts

import { afterAll, describe, expect, it } from "vitest";
import type { CoreBuild } from "../../bindings/engine/load.js";
import { fuzz } from "./fuzz_run.js";
import { requestMachines } from "./request_machines.js";
import type { SmallMachine } from "./small_state.js";
import { count, type Tally } from "./twins_requests.js";

const { PAGEBLOCK_SEED, PAGEBLOCK_STEPS, PAGEBLOCK_MACHINE } = process.env;
const isReplay = PAGEBLOCK_SEED !== undefined;
/** Of each kernel: a million together. */
const LEAST_OPERATIONS = 500_000;
const STEPS = 3000;

function seedsOf({ zones }: SmallMachine, core: CoreBuild): number[] {
  if (isReplay) return [Number(PAGEBLOCK_SEED)];
  const isSmall = (zones[0]?.pages ?? 0) <= 512;
  const seeds = core === "checked" ? 3 : isSmall ? 24 : 6;
  return Array.from({ length: seeds }, (_, i) => i + (core === "checked" ? 1001 : 1));
}

/** What the operations are for, and how often it must have happened. */
const LEAST: Readonly<Record<string, number>> = {
  "step to MIGRATE_ONE": 3000,
  "step to WAITING": 8000,
  "step to DONE": 5000,
  "cma_alloc 0": 3000,
  "cma_alloc -4": 150,
  "cma_alloc -12": 2000,
  "cma_alloc -16": 300,
  "window: ISOLATED_BY_OTHER": 5000,
  "window: NO_TARGET": 1000,
  "window: PINNED": 80,
  "window: UNMOVABLE": 1000,
  "page of a file dropped": 1000,
  fork: 150,
};

export function compareRequests(kernel: SmallMachine["kernel"]): void {
  const machines = requestMachines(kernel).filter(
    ({ name }) => PAGEBLOCK_MACHINE === undefined || name === PAGEBLOCK_MACHINE,
  );
  const tally: Tally = new Map();
  let operations = 0;

  describe.each(["release", "checked"] as const)(
    "requests under way in the %s core and the reference",
    (core) => {
      it.each(machines)("$name, Linux $kernel", async (machine) => {
        const compareEvery = isReplay || (machine.zones[0]?.pages ?? 0) <= 512 ? 25 : 100;
        for (const seed of seedsOf(machine, core)) {
          const steps = Number(PAGEBLOCK_STEPS ?? STEPS);
          const result = await fuzz(machine, { seed, steps, core, compareEvery });
          if (result.failure !== undefined) expect.fail(result.failure);
          operations += result.operations;
          for (const [what, times] of result.tally) count(tally, what, times);
        }
      });
    },
  );

  describe.skipIf(isReplay || PAGEBLOCK_MACHINE !== undefined)("these operations", () => {
    it(`were at least ${LEAST_OPERATIONS}`, () => {
      expect(operations).toBeGreaterThanOrEqual(LEAST_OPERATIONS);
    });

    it.each(Object.entries(LEAST))("met %s at least %d times", (what, least) => {
      expect(tally.get(what)).toBeGreaterThanOrEqual(least);
    });
  });

  afterAll(() => {
    const rows = [...tally].sort().map(([what, times]) => `  ${String(times).padStart(8)}  ${what}`);
    process.stdout.write(`  Linux ${kernel}: ${operations} operations compared\n${rows.join("\n")}\n`);
  });
}
