// Knows: the small machines that both models are compared on, and what each is good for.
// Must not know: what is done with them.
//
// Watermarks are a few pages, so that requests fail, reserves are used and zones fall below the high mark all the
// time; `managed` is larger than the zone where a HIGHATOMIC reserve (1 % of it) or a boost is wanted.

import { Migratetype } from "../../assembly/abi/vocabulary.js";
import type { SmallMachine, SmallZone } from "./small_state.js";

const { UNMOVABLE: U, MOVABLE: M, RECLAIMABLE: R, HIGHATOMIC: H, CMA: C, ISOLATE: I } = Migratetype;

const ZONE: SmallZone = {
  index: 2,
  name: "Normal",
  start: 4096,
  pages: 2048,
  managed: 51_200,
  marks: [40, 60, 90],
  batch: 7,
  highMin: 30,
  highMax: 120,
  threshold: 8,
  types: [M, M, U, C],
};

const X86: SmallMachine = {
  name: "4K pages, pageblock 9",
  kernel: "6.12",
  pageShift: 12,
  maxOrder: 10,
  pageblockOrder: 9,
  costlyOrder: 3,
  thp: true,
  cpus: 1,
  maxZones: 4,
  boostFactor: 15_000,
  zones: [ZONE],
};

/** Starts inside a pageblock, as ZONE_DMA does at pfn 1. */
const DMA: SmallZone = {
  ...ZONE,
  index: 0,
  name: "DMA",
  start: 1,
  pages: 1023,
  managed: 1023,
  lowmemReserve: [0, 20, 40, 40],
  batch: 1,
  highMin: 9,
  highMax: 9,
  threshold: 2,
  types: [U, M],
};
const DMA32: SmallZone = {
  ...ZONE,
  index: 1,
  name: "DMA32",
  start: 1024,
  pages: 1536,
  lowmemReserve: [0, 0, 30, 30],
  types: [M],
};

const TINY: SmallZone = {
  ...ZONE,
  start: 64,
  pages: 128,
  managed: 12_800,
  marks: [6, 9, 14],
  batch: 3,
  highMin: 8,
  highMax: 24,
  threshold: 3,
  types: [M, U, M, R, M, C, C, M],
  used: 60,
};
const TINY_DMA32: SmallZone = {
  ...TINY,
  index: 1,
  name: "DMA32",
  start: 2,
  pages: 60,
  lowmemReserve: [0, 0, 5, 5],
  batch: 2,
  types: [M, M, U, M],
};
const TINY_MACHINE: SmallMachine = {
  ...X86,
  name: "tiny",
  maxOrder: 6,
  pageblockOrder: 4,
  costlyOrder: 2,
  thp: false,
  zones: [TINY],
};
const ARM16: SmallMachine = { ...X86, pageShift: 14, maxOrder: 11, maxZones: 3 };

/** Each for both kernels, unless a kernel is named. */
const MACHINES: readonly (SmallMachine & { readonly only?: SmallMachine["kernel"] })[] = [
  { ...TINY_MACHINE, name: "tiny, one CPU" },
  {
    ...TINY_MACHINE,
    name: "tiny, two CPUs, all types",
    cpus: 2,
    zones: [{ ...TINY, types: [M, H, I, U, M, R, C, M] }],
  },
  { ...TINY_MACHINE, name: "tiny, two zones, NOFRAGMENT", cpus: 2, zones: [TINY_DMA32, TINY] },
  {
    ...TINY_MACHINE,
    name: "tiny, all free at first",
    zones: [{ ...TINY, used: 0, types: [M, M, M, M, U, R, C, M] }],
  },
  {
    ...TINY_MACHINE,
    name: "tiny, no boost, one batch",
    boostFactor: 0,
    zones: [{ ...TINY, batch: 1, highMin: 1, highMax: 40 }],
  },
  {
    ...TINY_MACHINE,
    name: "tiny, crossed limits",
    zones: [{ ...TINY, highMin: 30, highMax: 12, freesHighBatch: true }],
  },
  {
    ...TINY_MACHINE,
    name: "tiny, pageblock = max",
    pageblockOrder: 6,
    zones: [{ ...TINY, pages: 256, types: [M, U, C, M] }],
  },
  {
    ...TINY_MACHINE,
    name: "tiny, no grouping",
    mobilityDisabled: true,
    zones: [{ ...TINY, types: [U, U, U, U, U, U, C, U] }],
  },
  {
    ...TINY_MACHINE,
    name: "tiny, mostly CMA",
    cpus: 2,
    focus: "cma",
    zones: [{ ...TINY, pages: 256, types: [M, M, M, U, M, C, C, C, C, C, C, C, C, C, C, M], used: 90 }],
  },
  {
    ...X86,
    name: "4K pages, mostly CMA",
    focus: "cma",
    zones: [{ ...ZONE, pages: 4096, types: [M, M, C, C, C, M], used: 140 }],
  },
  { ...X86, cpus: 2, zones: [{ ...ZONE, used: 200 }] },
  {
    ...X86,
    name: "4K pages, three zones",
    cpus: 4,
    zones: [
      { ...DMA, used: 120 },
      { ...DMA32, used: 120 },
      { ...ZONE, used: 160 },
    ],
  },
  {
    ...ARM16,
    name: "16K pages, pageblock 7",
    pageblockOrder: 7,
    cpus: 2,
    zones: [
      {
        ...ZONE,
        index: 0,
        name: "DMA32",
        pages: 4096,
        managed: 25_600,
        types: [M, M, M, U, R, M, M, C, C, M],
        used: 180,
      },
    ],
  },
  {
    ...ARM16,
    name: "16K pages, pageblock 11",
    pageblockOrder: 11,
    zones: [
      {
        ...ZONE,
        index: 0,
        name: "DMA32",
        start: 8192,
        pages: 8192,
        managed: 409_600,
        types: [M, C, U, M],
        used: 220,
      },
    ],
  },
  {
    ...X86,
    name: "64K pages, order 13",
    pageShift: 16,
    maxOrder: 13,
    pageblockOrder: 13,
    maxZones: 3,
    zones: [
      {
        ...ZONE,
        index: 0,
        name: "DMA32",
        start: 16_384,
        pages: 16_384,
        managed: 1_638_400,
        types: [M, U],
        used: 235,
      },
    ],
  },
  {
    ...X86,
    name: "4K pages, pageblock 10",
    only: "6.1",
    pageblockOrder: 10,
    zones: [{ ...ZONE, pages: 4096, managed: 204_800, used: 200 }],
  },
];

export const SMALL_MACHINES: readonly SmallMachine[] = MACHINES.flatMap((machine) => {
  const { only, ...described } = machine;
  const kernels = only === undefined ? (["6.12", "6.1"] as const) : [only];
  return kernels.map((kernel) => ({ ...described, kernel }));
});
