// Knows: the machines that random walks are taken on, and what each is good for.
// Must not know: the walks.

import { CmaLockRule, Migratetype } from "../../assembly/abi/vocabulary.js";
import type { SmallMachine, SmallZone } from "../support/small_state.js";
import type { WalkMachine } from "./walk_run.js";

const { UNMOVABLE: U, MOVABLE: M, RECLAIMABLE: R, CMA: C } = Migratetype;

function types(...runs: readonly (readonly [Migratetype, number])[]): Migratetype[] {
  return runs.flatMap(([type, count]) => new Array<Migratetype>(count).fill(type));
}

const ZONE: SmallZone = {
  index: 2,
  name: "Normal",
  start: 1024,
  pages: 512,
  managed: 6400,
  marks: [6, 9, 14],
  batch: 4,
  highMin: 12,
  highMax: 40,
  threshold: 4,
  types: types([M, 7], [U, 2], [R, 1], [M, 4], [C, 16], [M, 2]),
  used: 60,
};

const TINY: Omit<SmallMachine, "kernel"> = {
  name: "512 frames, pageblock 4, max 6",
  pageShift: 12,
  maxOrder: 6,
  pageblockOrder: 4,
  costlyOrder: 2,
  thp: false,
  cpus: 2,
  maxZones: 4,
  boostFactor: 15_000,
  zones: [ZONE],
};

type Bare = Omit<WalkMachine, "machine"> & { readonly machine: Omit<SmallMachine, "kernel"> };

const MACHINES: readonly Bare[] = [
  { machine: TINY, areas: [{ blocks: 6 }, { blocks: 1 }, { blocks: 9 }] },
  {
    machine: { ...TINY, name: "two pages per bit, cma_mutex", cpus: 1 },
    lock: CmaLockRule.GLOBAL,
    areas: [
      { blocks: 13, orderPerBit: 1 },
      { blocks: 3, orderPerBit: 4 },
    ],
  },
  {
    machine: { ...TINY, name: "sixteen areas, a lock for each" },
    lock: CmaLockRule.AREA,
    areas: Array.from({ length: 16 }, () => ({ blocks: 1 })),
  },
  {
    machine: {
      ...TINY,
      name: "pageblock = max",
      pageblockOrder: 6,
      zones: [{ ...ZONE, types: [M, U, M, C, C, C, M] }],
    },
    areas: [{ blocks: 2 }, { blocks: 1 }],
  },
  {
    // As 16 KiB pages: pageblock 7, THP and largest block 11.
    machine: {
      ...TINY,
      name: "pageblock 3, THP 6",
      pageShift: 9,
      pageblockOrder: 3,
      thp: true,
      zones: [{ ...ZONE, types: types([M, 16], [U, 4], [M, 10], [C, 30], [M, 4]) }],
    },
    areas: [{ blocks: 11 }, { blocks: 19 }],
  },
  {
    machine: { ...TINY, name: "pressure, swap on a disk", zones: [{ ...ZONE, used: 30 }] },
    lock: CmaLockRule.GLOBAL,
    areas: [{ blocks: 10 }, { blocks: 6 }],
    pressure: { swapPages: 300 },
  },
  {
    machine: { ...TINY, name: "pressure, zram", zones: [{ ...ZONE, used: 30 }] },
    areas: [{ blocks: 16 }],
    pressure: { swapPages: 400, zramPercent: 40 },
  },
  {
    machine: { ...TINY, name: "pressure, no swap, kswapd asleep", zones: [{ ...ZONE, used: 30 }] },
    areas: [{ blocks: 16 }],
    pressure: { kswapd: false },
  },
  {
    machine: {
      ...TINY,
      name: "pageblock 9, max 10",
      maxOrder: 10,
      pageblockOrder: 9,
      costlyOrder: 3,
      thp: true,
      zones: [
        {
          ...ZONE,
          start: 4096,
          pages: 4096,
          managed: 51_200,
          marks: [40, 60, 90],
          types: [M, M, U, C, C, C, M],
          used: 140,
        },
      ],
    },
    areas: [{ blocks: 3 }],
  },
];

/** Each with the rules of both kernels. */
export const WALK_MACHINES: readonly WalkMachine[] = MACHINES.flatMap((bare) =>
  (["6.12", "6.1"] as const).map((kernel) => ({ ...bare, machine: { ...bare.machine, kernel } })),
);
