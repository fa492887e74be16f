// Knows: random walks in which requests under way are interleaved with allocations, frees, pins and each other: frames are
// never lost or given twice, refusals change nothing, a copy never changes its original, all invariants hold.
// Must not know: what a step does.
//
// PAGEBLOCK_SEED=n (and PAGEBLOCK_STEPS, PAGEBLOCK_MACHINE) repeats one walk; a failure prints the line to do so.

import { afterAll, describe, expect, it } from "vitest";
import { Region } from "../../assembly/abi/layout.js";
import { AreaWord } from "../../assembly/abi/words.js";
import { GFP_KERNEL } from "../../bindings/engine/gfp.js";
import { Random } from "../support/random.js";
import { Walk } from "./walk.js";
import { WALK_MACHINES } from "./walk_machines.js";
import { walkOf } from "./walk_ops.js";
import type { Tally } from "./walk_pages.js";
import { create, type WalkMachine, walk } from "./walk_run.js";

const SEED = process.env["PAGEBLOCK_SEED"];
const STEPS = Number(process.env["PAGEBLOCK_STEPS"] ?? 12_000);
const WALKS = Number(process.env["PAGEBLOCK_WALKS"] ?? 5);
const ONLY = process.env["PAGEBLOCK_MACHINE"];
const SEEDS = SEED === undefined ? Array.from({ length: WALKS }, (_, i) => 1 + i) : [Number(SEED)];
const tally: Tally = new Map();
const LEAST_STEPS = 1_000_000;
/** What the walks are for, and how often it must have happened. */
const MET: ReadonlyMap<string, number> = new Map([
  ["cma_alloc 0", 20_000],
  ["cma_alloc -12", 10_000],
  ["cma_alloc -16", 2000],
  ["cma_alloc -4", 1000],
  ["step to MIGRATE_ONE", 10_000],
  ["step to TEST", 10_000],
  ["step to WAITING", 5000],
  ["at once: LOCKED", 500],
  ["window: PINNED", 5000],
  ["window: UNMOVABLE", 2000],
  ["window: ISOLATED_BY_OTHER", 5000],
  ["window: NO_TARGET", 1000],
  ["window: NOT_REACHED", 100],
  ["window: CROSSING", 20],
  ["pin, LONGTERM, moved", 500],
  ["last pin frees the page", 2000],
  ["part of a buffer given back", 3000],
  ["misuse", 3000],
]);
let steps = 0;

describe("random walks", () => {
  const machines = WALK_MACHINES.filter(({ machine }) => ONLY === undefined || machine.name === ONLY);
  it.each(machines.map((which) => [which.machine.name, which.machine.kernel, which] as const))(
    "%s, Linux %s",
    async (_, __, which) => {
      for (const seed of SEEDS) {
        const core = seed % 3 === 0 ? "checked" : "release";
        const large = which.machine.pageblockOrder > 6;
        const failure = await walk(which, { seed, steps: STEPS, core, checkEvery: large ? 100 : 10, tally });
        expect(failure).toBeUndefined();
        steps += STEPS;
      }
    },
  );

  it.skipIf(SEED !== undefined || ONLY !== undefined)("met each of these often", () => {
    const seen = [...MET].filter(([what, least]) => (tally.get(what) ?? 0) < least);
    expect(seen.map(([what, least]) => `${what}: ${tally.get(what) ?? 0} of ${least}`)).toEqual([]);
    expect(steps).toBeGreaterThanOrEqual(LEAST_STEPS);
  });

  afterAll(() => {
    process.stdout.write(`  walks: ${steps} steps, seeds ${SEEDS.join(" ")}\n`);
  });
});

describe("a walk notices", () => {
  const [first] = WALK_MACHINES;
  if (first === undefined) throw new Error("no machine");
  const steps = walkOf(new Random(1), 300, 3);

  async function walked(): Promise<Walk> {
    const taken = Walk.begin(
      await create(first as WalkMachine, { seed: 1, steps: 0, core: "release", checkEvery: 1 }),
    );
    for (const step of steps) expect(taken.perform(step)).toBeUndefined();
    expect(taken.check()).toBeUndefined();
    return taken;
  }

  it("a page that is lost", async () => {
    using taken = await walked();
    const held = taken.book.held.find(
      ({ content, pins, pfn }) => (content & 3) === 0 && pins === 0 && pfn !== 0,
    );
    if (held === undefined) throw new Error("no kernel page");
    taken.machine.release(held.pfn, held.order);
    expect(taken.book.follow(taken.machine)).toContain("is lost");
  });

  it("a page that nobody has asked for", async () => {
    using taken = await walked();
    expect(taken.machine.allocate({ gfp: GFP_KERNEL }).ok).toBe(true);
    expect(taken.check()).toContain("nobody's");
  });

  it("a frame that is given twice", async () => {
    using taken = await walked();
    const held = taken.book.held.find(({ order, pfn }) => order === 0 && pfn !== 0);
    if (held === undefined) throw new Error("no page");
    taken.book.held.push({ ...held });
    expect(taken.check()).toContain("given twice");
  });

  it("broken invariants", async () => {
    using taken = await walked();
    taken.machine.engine.words(Region.AREAS)[AreaWord.AVAILABLE]! -= 1;
    expect(taken.check()).toContain("AREA_AVAILABLE");
  });
});
