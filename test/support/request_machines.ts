// Knows: the machines on which cma_alloc requests are interleaved with everything else, and what each is good for.
// Must not know: the operations, any model.

import { CmaLockRule, Migratetype } from "../../assembly/abi/vocabulary.js";
import type { SmallMachine, SmallZone } from "./small_state.js";

const { UNMOVABLE: U, MOVABLE: M, RECLAIMABLE: R, CMA: C } = Migratetype;
const { GLOBAL, AREA, NONE } = CmaLockRule;

function types(...runs: readonly (readonly [Migratetype, number])[]): Migratetype[] {
  return runs.flatMap(([type, count]) => new Array<Migratetype>(count).fill(type));
}

const ZONE: SmallZone = {
  index: 2,
  name: "Normal",
  start: 64,
  pages: 256,
  managed: 12_800,
  marks: [6, 9, 14],
  batch: 3,
  highMin: 8,
  highMax: 24,
  threshold: 3,
  types: types([M, 3], [U, 1], [M, 1], [C, 9], [M, 2]),
  used: 90,
};

const TINY: Omit<SmallMachine, "kernel"> = {
  name: "tiny",
  pageShift: 12,
  maxOrder: 6,
  pageblockOrder: 4,
  costlyOrder: 2,
  thp: false,
  cpus: 2,
  maxZones: 4,
  boostFactor: 15_000,
  focus: "requests",
  zones: [ZONE],
};

/** Several areas, the last of one pageblock. */
const APART = types([C, 4], [M, 2], [C, 1], [U, 1], [C, 4], [R, 1], [C, 1], [M, 2]);

const MACHINES: readonly Omit<SmallMachine, "kernel">[] = [
  { ...TINY, name: "no lock", lock: NONE },
  { ...TINY, name: "cma_mutex", lock: GLOBAL, zones: [{ ...ZONE, types: APART }] },
  { ...TINY, name: "a lock for each area", lock: AREA, cpus: 1, zones: [{ ...ZONE, types: APART }] },
  {
    ...TINY,
    name: "no boost, batch of one",
    lock: NONE,
    boostFactor: 0,
    zones: [{ ...ZONE, batch: 1, highMin: 1, highMax: 40, types: APART }],
  },
  {
    ...TINY,
    name: "pageblock = max",
    lock: NONE,
    pageblockOrder: 6,
    zones: [{ ...ZONE, pages: 512, types: types([M, 2], [U, 1], [C, 4], [M, 1]) }],
  },
  {
    // As 16 KiB pages: the pageblock is much smaller than the largest block.
    ...TINY,
    name: "pageblock 3 of 6",
    lock: NONE,
    pageblockOrder: 3,
    zones: [{ ...ZONE, highMin: 30, highMax: 12, types: types([M, 8], [U, 2], [C, 18], [M, 4]) }],
  },
  {
    ...TINY,
    name: "4K pages, pageblock 9",
    lock: NONE,
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
        batch: 7,
        highMin: 30,
        highMax: 120,
        threshold: 8,
        types: [M, M, C, C, C, C, U, M],
        used: 140,
      },
    ],
  },
];

export function requestMachines(kernel: SmallMachine["kernel"]): SmallMachine[] {
  return MACHINES.map((machine) => ({ ...machine, kernel }));
}
