// Knows: the workloads that hold memory without asking for areas: resident memory, kernel memory, metadata, long pins.
// Must not know: how they act (assembly/workload/actors).

import {
  ActorKind,
  LongPinParameter,
  MetadataParameter,
  NoiseParameter,
  ResidentParameter,
  SlabParameter,
  ZramParameter,
} from "../../../assembly/abi/simulation.js";
import { kind, type Values, value } from "./kind.js";

function residentPages(v: Values): number {
  return value(v, "anon") + value(v, "file") + value(v, "unmovable") + value(v, "reclaimable");
}

export const resident = kind({
  kind: ActorKind.RESIDENT,
  role: "workload",
  doc: "Memory that is in use from its start, part of which is replaced all the time: the system itself.",
  area: "none",
  parameters: {
    anon: {
      index: ResidentParameter.ANON,
      dimension: "size",
      default: "30%",
      doc: "anonymous pages",
      source: "chosen",
    },
    file: {
      index: ResidentParameter.FILE,
      dimension: "size",
      default: "20%",
      doc: "page cache",
      source: "chosen",
    },
    unmovable: {
      index: ResidentParameter.UNMOVABLE,
      dimension: "size",
      default: "4%",
      doc: "kernel memory that stays",
      source: "chosen",
    },
    reclaimable: {
      index: ResidentParameter.RECLAIMABLE,
      dimension: "size",
      default: "2%",
      doc: "kernel memory of reclaimable type",
      source: "chosen",
    },
    interval: {
      index: ResidentParameter.INTERVAL,
      dimension: "interval",
      default: 0,
      doc: "one page is freed and another of its kind allocated each so often; 0: none",
      source: "chosen",
    },
    batch: {
      index: ResidentParameter.BATCH,
      dimension: "count",
      default: 32,
      min: 1,
      max: 4096,
      doc: "how many of these are done at once",
      source: "chosen",
    },
    "dirty-share": {
      index: ResidentParameter.DIRTY_SHARE,
      dimension: "share",
      default: "2%",
      doc: "part of the file pages that are dirty",
      source: "chosen",
    },
    "fill-time": {
      index: ResidentParameter.FILL_TIME,
      dimension: "time",
      default: 0,
      doc: "the memory comes into use within this time, evenly; 0: it is there from the start",
      source: "chosen",
    },
    "leave-free": {
      index: ResidentParameter.LEAVE_FREE,
      dimension: "size",
      default: 0,
      doc: "free memory at the start: what lies above it is the kernel's for good; 0: nothing is taken",
      source: "chosen",
    },
    processes: {
      index: ResidentParameter.PROCESSES,
      dimension: "count",
      default: 1,
      min: 1,
      max: 1000,
      doc: "equal processes that the anonymous memory belongs to: the OOM killer takes one of them",
      source: "chosen",
    },
    "oom-score-adj": {
      index: ResidentParameter.OOM_SCORE_ADJ,
      dimension: "count",
      default: 0,
      min: -1000,
      max: 1000,
      doc: "oom_score_adj of these processes; -1000: never killed",
      source: "the kernel's default",
    },
    restart: {
      index: ResidentParameter.RESTART,
      dimension: "time",
      default: 0,
      doc: "time from the end of a process that was killed to its next start; 0: never",
      source: "chosen",
    },
    "touch-pages": {
      index: ResidentParameter.TOUCH_PAGES,
      dimension: "count",
      default: 0,
      max: 65_536,
      doc: "anonymous pages that are used at once, drawn: they are young, and read back where they were swapped out",
      source: "chosen",
    },
    "touch-interval": {
      index: ResidentParameter.TOUCH_INTERVAL,
      dimension: "interval",
      default: 0,
      doc: "time between two such uses; 0: never",
      source: "chosen",
    },
    "touch-share": {
      index: ResidentParameter.TOUCH_SHARE,
      dimension: "share",
      default: "100%",
      doc: "part of the anonymous memory, from its beginning, that is used: the working set",
      source: "chosen",
    },
  },
  slots: residentPages,
  numbered: residentPages,
});

export const zram = kind({
  kind: ActorKind.ZRAM,
  role: "workload",
  doc: "Proactive swap-out, as Android compacts applications in the background; needs swap or zram.",
  area: "none",
  parameters: {
    interval: {
      index: ZramParameter.INTERVAL,
      dimension: "interval",
      default: "20ms",
      min: "1us",
      doc: "time between two batches",
      source: "chosen",
    },
    batch: {
      index: ZramParameter.BATCH,
      dimension: "count",
      default: 32,
      min: 1,
      max: 4096,
      doc: "pages swapped out at once",
      source: "SWAP_CLUSTER_MAX = 32, include/linux/swap.h",
    },
  },
  slots: () => 0,
});

export const slab = kind({
  kind: ActorKind.SLAB,
  role: "workload",
  doc: "Kernel memory that cannot be moved.",
  area: "none",
  parameters: {
    interval: {
      index: SlabParameter.INTERVAL,
      dimension: "interval",
      default: "500/s",
      min: "1us",
      doc: "mean time between two allocations, exponential",
      source: "chosen",
    },
    lifetime: {
      index: SlabParameter.LIFETIME,
      dimension: "time",
      default: "10s",
      doc: "mean lifetime, exponential; 0: for ever",
      source: "chosen",
    },
    pages: {
      index: SlabParameter.PAGES,
      dimension: "size",
      default: "256MiB",
      min: "1 pages",
      doc: "most that is held",
      source: "chosen",
    },
    "order-max": {
      index: SlabParameter.ORDER_MAX,
      dimension: "order",
      default: 3,
      min: 0,
      max: 10,
      doc: "largest order; each lower one is twice as frequent",
      source: "PAGE_ALLOC_COSTLY_ORDER = 3, mm/slub.c: slub_max_order",
    },
    "reclaimable-share": {
      index: SlabParameter.RECLAIMABLE_SHARE,
      dimension: "share",
      default: "40%",
      doc: "part that is of reclaimable type",
      source: "chosen",
    },
  },
  slots: () => 0,
});

export const metadata = kind({
  kind: ActorKind.METADATA,
  role: "workload",
  doc: "Movable pages that a file system holds: superblocks, journals, buffer heads. They block like pins.",
  area: "none",
  parameters: {
    pages: {
      index: MetadataParameter.PAGES,
      dimension: "size",
      default: "64 pages",
      doc: "read and held at the start",
      source: "chosen",
    },
    interval: {
      index: MetadataParameter.INTERVAL,
      dimension: "interval",
      default: "5/s",
      doc: "mean time between two more, exponential; 0: none",
      source: "chosen",
    },
    most: {
      index: MetadataParameter.MOST,
      dimension: "size",
      default: "1024 pages",
      min: "1 pages",
      doc: "most that are held",
      source: "chosen",
    },
    hold: {
      index: MetadataParameter.HOLD,
      dimension: "time",
      default: 0,
      doc: "how long a page is held; 0: until the file system is unmounted (stop)",
      source: "Kim, LSFMM 2015: ext4 superblocks are pinned as long as the file system is mounted",
    },
  },
  slots: () => 0,
});

export const longPin = kind({
  kind: ActorKind.LONG_PIN,
  role: "workload",
  doc: "FOLL_LONGTERM pins (RDMA, VFIO, io_uring buffers): their pages are moved out of CMA first.",
  area: "none",
  parameters: {
    pages: {
      index: LongPinParameter.PAGES,
      dimension: "size",
      default: "1024 pages",
      min: "1 pages",
      doc: "pages pinned at the same time",
      source: "chosen",
    },
    interval: {
      index: LongPinParameter.INTERVAL,
      dimension: "interval",
      default: "1ms",
      min: "1us",
      doc: "time between two pins while there are fewer",
      source: "chosen",
    },
    hold: {
      index: LongPinParameter.HOLD,
      dimension: "time",
      default: "60s",
      min: "1us",
      doc: "how long a page stays pinned",
      source: "chosen",
    },
  },
  slots: () => 0,
});

export const noise = kind({
  kind: ActorKind.NOISE,
  role: "workload",
  doc: "Short-lived kernel allocations, some of them in interrupts: network buffers, pipes, page tables.",
  area: "none",
  parameters: {
    interval: {
      index: NoiseParameter.INTERVAL,
      dimension: "interval",
      default: "2000/s",
      min: "1us",
      doc: "mean time between two allocations, exponential",
      source: "chosen",
    },
    hold: {
      index: NoiseParameter.HOLD,
      dimension: "time",
      default: "2ms",
      min: "1us",
      doc: "mean lifetime, exponential",
      source: "chosen",
    },
    "order-max": {
      index: NoiseParameter.ORDER_MAX,
      dimension: "order",
      default: 2,
      min: 0,
      max: 10,
      doc: "largest order; each lower one is twice as frequent",
      source: "chosen",
    },
    "atomic-share": {
      index: NoiseParameter.ATOMIC_SHARE,
      dimension: "share",
      default: "20%",
      doc: "part that is GFP_ATOMIC",
      source: "chosen",
    },
  },
  slots: () => 0,
});
