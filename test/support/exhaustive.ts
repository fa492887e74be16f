// Knows: tiny memories on which EVERY sequence of operations up to a depth gives the same results and the same complete
// state in the core and in the reference model.
// Must not know: how either works, which kernels are tried (test/oracle/exhaustive_*.test.ts: one file each, side by side).

import { describe, expect, it } from "vitest";
import { Gfp, Migratetype, Mobility } from "../../assembly/abi/vocabulary.js";
import { Origin } from "../reference/zone.js";
import { explore } from "./explore.js";
import type { Operation } from "./operations.js";
import { addCounts, type Branch, emptyCounts } from "./rare_branches.js";
import { type SmallMachine, type SmallZone, smallState } from "./small_state.js";
import type { Twins } from "./twins.js";

const { UNMOVABLE: U, MOVABLE: M, RECLAIMABLE: R, HIGHATOMIC: H, CMA: C, ISOLATE: I } = Migratetype;

const KERNEL = Gfp.KSWAPD_RECLAIM;
const REQUESTS: readonly number[] = [
  KERNEL | Gfp.HIGHMEM | Gfp.MOVABLE,
  KERNEL,
  KERNEL | Gfp.RECLAIMABLE,
  KERNEL | Gfp.HIGH,
];

/** Eight pageblocks of 4 pages, two thirds in use; two of the three marks are a page or two. */
const ZONE: SmallZone = {
  index: 2,
  name: "Normal",
  start: 32,
  pages: 32,
  managed: 3200,
  marks: [1, 2, 4],
  batch: 2,
  highMin: 3,
  highMax: 8,
  threshold: 1,
  types: [M, U, M, R, M, M, C, C],
  used: 150,
};
const MACHINE: Omit<SmallMachine, "name" | "kernel"> = {
  pageShift: 12,
  maxOrder: 3,
  pageblockOrder: 2,
  costlyOrder: 1,
  thp: false,
  cpus: 1,
  maxZones: 4,
  boostFactor: 15_000,
  batchScaleMax: 2,
  zones: [ZONE],
};

interface Case {
  readonly machine: Omit<SmallMachine, "kernel">;
  readonly depth: number;
  readonly seed: number;
  readonly ask?: (twins: Twins, id: number) => readonly Operation[];
}

/** Pages and order of alignment. */
const CONTIGUOUS = [
  [1, 0],
  [3, 0],
  [4, 2],
  [8, 3],
] as const;

/** Contiguous requests among movable pages, some of them pinned. */
function contiguousOperations(twins: Twins, id: number): Operation[] {
  const all: Operation[] = CONTIGUOUS.map(([pages, align]) => ({
    op: "cma_allocate",
    id,
    cpu: 0,
    area: 0,
    pages,
    align,
  }));
  for (const of of twins.windows.keys()) all.push({ op: "cma_release", of, cpu: 0 });
  for (const mobility of [Mobility.LRU, Mobility.DRIVER]) {
    all.push({ op: "allocate", id, cpu: 0, order: 0, gfp: KERNEL | Gfp.HIGHMEM | Gfp.MOVABLE, mobility });
  }
  all.push({ op: "allocate", id, cpu: 0, order: 2, gfp: KERNEL, mobility: Mobility.FIXED });
  for (const [of, { pfn }] of twins.held) {
    all.push({ op: "release", of, cpu: 0, how: "pages" }, { op: "pin", of, on: !twins.pinned.has(pfn) });
  }
  return all;
}

const CASES: readonly Case[] = [
  { machine: { ...MACHINE, name: "32 frames" }, depth: 5, seed: 1 },
  {
    machine: { ...MACHINE, name: "32 frames, all free", zones: [{ ...ZONE, used: 0, marks: [0, 1, 2] }] },
    depth: 5,
    seed: 2,
  },
  {
    machine: {
      ...MACHINE,
      name: "32 frames, all types",
      zones: [{ ...ZONE, types: [M, H, I, U, R, M, C, M] }],
    },
    depth: 5,
    seed: 3,
  },
  {
    machine: {
      ...MACHINE,
      name: "32 frames, pageblock 3 = order 3, THP lists",
      pageShift: 6,
      pageblockOrder: 3,
      thp: true,
      zones: [{ ...ZONE, types: [M, U, M, C] }],
    },
    depth: 5,
    seed: 4,
  },
  {
    machine: {
      ...MACHINE,
      name: "two zones of 16 and 32 frames, two CPUs",
      cpus: 2,
      zones: [
        {
          ...ZONE,
          index: 1,
          name: "DMA32",
          start: 1,
          pages: 15,
          types: [M, M, U, C],
          lowmemReserve: [0, 0, 1, 1],
        },
        ZONE,
      ],
    },
    depth: 5,
    seed: 5,
  },
  {
    machine: {
      ...MACHINE,
      name: "64 frames, order 4",
      maxOrder: 4,
      pageblockOrder: 3,
      zones: [{ ...ZONE, start: 64, pages: 64, types: [M, M, U, M, R, M, C, C], used: 200 }],
    },
    depth: 5,
    seed: 6,
  },
  {
    machine: {
      ...MACHINE,
      name: "32 frames, half of them CMA",
      zones: [{ ...ZONE, types: [M, M, C, C, C, C, M, U], used: 60, marks: [0, 1, 2] }],
    },
    depth: 5,
    seed: 8,
    ask: contiguousOperations,
  },
];

/** Everything that may be asked for: each request in three orders, each held block freed, the workers. */
function operations(machine: Omit<SmallMachine, "kernel">) {
  const orders = [...new Set([0, 1, machine.pageblockOrder])];
  return (twins: Twins, id: number): Operation[] => {
    const all: Operation[] = [];
    for (const gfp of REQUESTS) {
      const mobility = gfp & Gfp.MOVABLE ? Mobility.LRU : Mobility.FIXED;
      for (const order of orders) all.push({ op: "allocate", id, cpu: 0, order, gfp, mobility });
    }
    for (const of of twins.held.keys()) all.push({ op: "release", of, cpu: machine.cpus - 1, how: "pages" });
    for (const pfn of firstLoose(twins, 3)) all.push({ op: "release_loose", pfn, order: 0, cpu: 0 });
    all.push({ op: "drain_all", cpu: 0, zone: null }, { op: "tick", cpu: 0 });
    return all;
  };
}

/** The first pages in use since the beginning, one of every third of the memory. */
function firstLoose(twins: Twins, wanted: number): number[] {
  const pages = twins.reference.machine.zones.flatMap((zone) =>
    [...zone.origin.keys()]
      .filter((page) => zone.origin[page] === Origin.LOOSE)
      .map((page) => zone.start + page),
  );
  const step = Math.max(1, Math.floor(pages.length / wanted));
  return pages.filter((_, i) => i % step === 0).slice(0, wanted);
}

const BRANCHES = [
  "failed: NULL",
  "refused: watermark",
  "refused: no block",
  "claim of whole pageblocks",
  "claim of a part",
  "boost, but claim failed",
  "steal",
  "HIGHATOMIC pageblock reserved",
  "taken from a HIGHATOMIC pageblock",
  "taken from a CMA pageblock",
  "taken from a lower zone",
  "BELOW_HIGH set",
  "BELOW_HIGH cleared",
  "cma_alloc succeeded",
  "cma_alloc after migration",
  "window busy: pinned",
  "page migrated",
] as const satisfies readonly Branch[];

/** Branches that a kernel cannot take. */
const NEVER: Readonly<Record<SmallMachine["kernel"], ReadonlySet<Branch>>> = {
  "6.12": new Set(),
  "6.1": new Set<Branch>(["boost, but claim failed", "steal", "BELOW_HIGH set", "BELOW_HIGH cleared"]),
};

export function exploreKernel(kernel: SmallMachine["kernel"]): void {
  describe(`every sequence of operations on a tiny memory, Linux ${kernel}`, () => {
    const counts = emptyCounts();
    let edges = 0;

    it.each(CASES)("$machine.name, depth $depth", async ({ machine, depth, seed, ask }) => {
      const state = smallState({ ...machine, kernel }, seed);
      const found = await explore(state, { core: "release", depth, operations: ask ?? operations(machine) });
      expect(found.failure).toBeUndefined();
      expect(found.states).toBeGreaterThan(500);
      expect(found.sequences).toBeGreaterThan(10_000);
      edges += found.edges;
      addCounts(counts, found.counts);
      process.stdout.write(
        `  ${machine.name}, ${kernel}: ${found.sequences} sequences of ${depth}, ${found.edges} steps compared, ${found.states} states\n`,
      );
    });

    it("took claims, steals, boosts, reserves, failures", () => {
      expect(edges).toBeGreaterThan(50_000);
      for (const branch of BRANCHES) {
        if (NEVER[kernel].has(branch)) expect(counts.get(branch), branch).toBe(0);
        else expect.soft(counts.get(branch), branch).toBeGreaterThan(50);
      }
    });
  });
}
