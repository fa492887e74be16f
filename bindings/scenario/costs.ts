// Knows: what each kind of work takes in virtual time, by default, and where each figure comes from.
// Must not know: when it is charged (assembly/workload). All in nanoseconds.

import { Cost } from "../../assembly/abi/simulation.js";

/** What a kind of work takes, and where the figure comes from. */
export interface CostFigure {
  /** Nanoseconds. */
  readonly ns: number;
  /** What it is taken from; "chosen" where nothing public could be found. */
  readonly source: string;
}

export const costFigures: Readonly<Record<Exclude<keyof typeof Cost, "COUNT">, CostFigure>> = {
  FAULT: {
    ns: 600,
    source:
      "chosen, with ZERO_PAGE 0.8 us: an i7 of 2020 takes 0.6 us at best, 1.0 in the median (docs/costs.md)",
  },
  ZERO_PAGE: { ns: 200, source: "chosen: 4 KiB at 20 GB/s" },
  ALLOCATE: { ns: 60, source: "chosen" },
  RELEASE: { ns: 60, source: "chosen" },
  SLOW_PATH: { ns: 1_000, source: "chosen" },
  RECLAIM_SCAN: { ns: 150, source: "chosen" },
  RECLAIM_PAGE: { ns: 500, source: "chosen" },
  RECLAIM_ROUND: {
    ns: 20_000,
    source:
      "chosen: shrink_node() calls every slab shrinker, for every memory cgroup, whatever is on the lists",
  },
  SWAP_OUT: { ns: 12_000, source: "chosen: 4 KiB of a write of 128 KiB at 350 MB/s" },
  SWAP_IN: { ns: 90_000, source: "chosen: a random read of 4 KiB on UFS 3.1" },
  ZRAM_STORE: {
    ns: 5_000,
    source: "chosen: lz4 at 800 MB/s, between a desktop and a Raspberry Pi 4 (docs/costs.md)",
  },
  ZRAM_LOAD: {
    ns: 2_500,
    source: "chosen: lz4 at 1.6 GB/s; a desktop 1.7 us, a Raspberry Pi 4 9.4 us (docs/costs.md)",
  },
  COMPACTION: { ns: 500_000, source: "chosen" },
  CMA_SEARCH: { ns: 400, source: "chosen" },
  ISOLATE_BLOCK: { ns: 2_000, source: "chosen" },
  DRAIN_CPU: { ns: 5_000, source: "chosen" },
  DRAIN_PAGE: { ns: 40, source: "chosen: one release to the buddy lists that misses the cache" },
  SCAN_PAGE: { ns: 15, source: "chosen" },
  TEST_PAGE: { ns: 4, source: "chosen" },
  TAKE_PAGE: { ns: 10, source: "chosen" },
  MIGRATE_BATCH: { ns: 20_000, source: "chosen" },
  MIGRATE_PAGE: { ns: 3_000, source: "chosen" },
  MIGRATE_FAILED: { ns: 1_500, source: "chosen" },
  CMA_SLEEP: {
    ns: 100_000_000,
    source:
      "schedule_timeout_killable(msecs_to_jiffies(100)): raspberrypi/linux, Android, r.android.com/3616623",
  },
  PIN_POLL: { ns: 20_000, source: "chosen" },
  LOCK_POLL: { ns: 10_000, source: "chosen" },
  KSWAPD_WAKE: { ns: 50_000, source: "chosen" },
  VMSTAT_INTERVAL: { ns: 1_000_000_000, source: "vm.stat_interval, 1 s" },
  RECLAIM_SKIP: {
    ns: 40,
    source: "chosen, as DRAIN_PAGE: a page is read and moved from list to list, and neither is in the cache",
  },
  KILL: { ns: 10_000_000, source: "chosen: a kill by lmkd or the OOM killer, and the exit of the victim" },
  COPY_PAGE: { ns: 400, source: "chosen: 4 KiB read and written at 10 GB/s" },
  DISCARD_PAGE: { ns: 150, source: "chosen: to MIGRATE_PAGE as on a CuBox-i4 (docs/costs.md)" },
};

/** The COSTS region, with what is to differ from the defaults. */
export function costWords(
  changes: Readonly<Partial<Record<keyof typeof costFigures, number>>> = {},
): Float64Array {
  const words = new Float64Array(Cost.COUNT);
  for (const name of Object.keys(costFigures) as (keyof typeof costFigures)[]) {
    words[Cost[name]] = changes[name] ?? costFigures[name].ns;
  }
  return words;
}

/**
 * Most that a request for so many pages of an area that keeps its pages may take: storage's time for those that it has to
 * write first, and the CPU's at half its speed (other work on the CPU), nanoseconds.
 */
export function takeBackBound(
  pages: number,
  written: number,
  changes: Readonly<Partial<Record<keyof typeof costFigures, number>>> = {},
): number {
  const of = (name: keyof typeof costFigures) => changes[name] ?? costFigures[name].ns;
  const work = 2 * of("CMA_SEARCH") + pages * (of("TAKE_PAGE") + of("DISCARD_PAGE"));
  return of("CMA_SEARCH") + 2 * work + written * of("SWAP_OUT");
}

/** Costs that were fitted to measurements of one machine: what they are fitted to, and how far off they are. */
export interface CostSet {
  /** What it was fitted to. */
  readonly source: string;
  /** How far off the fit is. */
  readonly error: string;
  /** Nanoseconds by name, where they differ from the default. */
  readonly ns: Readonly<Partial<Record<keyof typeof costFigures, number>>>;
}

/** docs/costs.md has the fits. What a set does not name is as in `costFigures`. */
export const costSets: Readonly<Record<"qemu-x86" | "cubox-i4" | "lab-512m", CostSet>> = {
  "qemu-x86": {
    source:
      "Linux 6.12 in QEMU (TCG, one CPU) with its allocator's tracepoints on: the times between the steps of " +
      "266 windows of 5 captures, non-negative least squares",
    error: "migration and drains: sum 0.92 of what was measured, half of the windows above 1 ms within 24 %",
    ns: {
      FAULT: 18_000,
      ZERO_PAGE: 0,
      ISOLATE_BLOCK: 6_750,
      DRAIN_CPU: 70_000,
      DRAIN_PAGE: 4_000,
      SCAN_PAGE: 0,
      TEST_PAGE: 0,
      TAKE_PAGE: 60,
      MIGRATE_BATCH: 0,
      MIGRATE_PAGE: 19_800,
    },
  },
  "cubox-i4": {
    source:
      "average latency of cma_alloc on a CuBox-i4 (i.MX6, 256 MiB area) under load, 2015: 684 us for 1 page, 298,640 for " +
      "4,096, 407,076 for 8,192, 657,603 for 16,384, every page of the window taken as migrated; of guaranteed CMA there 26, " +
      "13,091, 17,519 and 30,474, every page taken as a copy that is dropped",
    error:
      "CMA: 1 page 1.00, 4,096 pages 0.72, 8,192 pages 1.06, 16,384 pages 1.31 of what was measured; guaranteed CMA: 1.00, 0.73, 1.09, 1.26",
    ns: {
      CMA_SEARCH: 11_800,
      ISOLATE_BLOCK: 20_000,
      DRAIN_CPU: 42_300,
      DRAIN_PAGE: 115,
      TAKE_PAGE: 500,
      DISCARD_PAGE: 1_834,
      MIGRATE_BATCH: 60_000,
      MIGRATE_PAGE: 50_000,
    },
  },
  "lab-512m": {
    source:
      "a patched Linux 6.12 in QEMU at one instruction a nanosecond: 594 windows of the load L70 by least absolute " +
      "deviations, kswapd and the fill of A_64; zram's two of Bz, which alone has zram",
    error:
      "sum of all windows of L70 0.99 of what was measured, of the loads that are not fitted 0.96 to 0.99; half of them within 7 %",
    ns: {
      FAULT: 2_410,
      ZERO_PAGE: 0,
      ALLOCATE: 150,
      RELEASE: 244,
      RECLAIM_SCAN: 300,
      RECLAIM_PAGE: 1_310,
      ZRAM_STORE: 18_940,
      ZRAM_LOAD: 4_720,
      ISOLATE_BLOCK: 1_150,
      DRAIN_CPU: 5_900,
      DRAIN_PAGE: 241,
      SCAN_PAGE: 0.9,
      TEST_PAGE: 0.2,
      TAKE_PAGE: 28,
      MIGRATE_BATCH: 0,
      MIGRATE_PAGE: 5_285,
      PIN_POLL: 30_000,
    },
  },
};
