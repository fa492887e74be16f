// Knows: what each kind of work takes in virtual time, by default, and where each figure comes from.
// Must not know: when it is charged (assembly/workload). All in nanoseconds.

import { Cost } from "../../assembly/abi/simulation.js";

export interface CostFigure {
  readonly ns: number;
  /** What it is taken from; "chosen" where nothing public could be found. */
  readonly source: string;
}

export const costFigures: Readonly<Record<Exclude<keyof typeof Cost, "COUNT">, CostFigure>> = {
  FAULT: { ns: 600, source: "chosen: an anonymous fault of 0.5 to 1 us on current arm64 phones" },
  ZERO_PAGE: { ns: 200, source: "chosen: 4 KiB at 20 GB/s" },
  ALLOCATE: { ns: 60, source: "chosen" },
  RELEASE: { ns: 60, source: "chosen" },
  SLOW_PATH: { ns: 1_000, source: "chosen" },
  RECLAIM_SCAN: { ns: 150, source: "chosen" },
  RECLAIM_PAGE: { ns: 500, source: "chosen" },
  SWAP_OUT: { ns: 12_000, source: "chosen: 4 KiB of a write of 128 KiB at 350 MB/s" },
  SWAP_IN: { ns: 90_000, source: "chosen: a random read of 4 KiB on UFS 3.1" },
  ZRAM_STORE: { ns: 5_000, source: "chosen: lz4 at 800 MB/s" },
  ZRAM_LOAD: { ns: 2_500, source: "chosen: lz4 at 1.6 GB/s" },
  COMPACTION: { ns: 500_000, source: "chosen" },
  CMA_SEARCH: { ns: 400, source: "chosen" },
  ISOLATE_BLOCK: { ns: 2_000, source: "chosen" },
  DRAIN_CPU: { ns: 5_000, source: "chosen" },
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
  KILL: { ns: 10_000_000, source: "chosen: a kill by lmkd and the exit of the victim" },
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
