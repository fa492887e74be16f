// Knows: the parameters and totals of the churn that runs inside the core.
// Must not know: what a step does (assembly/workload/churn).

import { Region } from "../../assembly/abi/layout.js";
import { WorkloadWord } from "../../assembly/abi/run.js";
import { ConfigWord } from "../../assembly/abi/words.js";
import type { Engine } from "../engine/engine.js";
import type { MachineViews } from "./views.js";

/** Parameters of a seeded churn; weights are relative. */
export interface ChurnOptions {
  /** Random operations to perform. */
  readonly steps: number;
  /** Decides them all; up to 2^53. */
  readonly seed: number;
  /** Share of managed memory that stays free, 0 to 1. Default 0.1. */
  readonly freeShare?: number;
  /** Weight of movable user pages; 80 when absent. */
  readonly movable?: number;
  /** Weight of transparent huge pages; 1 when absent. */
  readonly thp?: number;
  /** Weight of kernel pages; 12 when absent. */
  readonly unmovable?: number;
  /** Weight of reclaimable kernel pages; 7 when absent. */
  readonly reclaimable?: number;
}

/** Totals since the churn began. */
export interface ChurnResult {
  /** Allocations that were served. */
  readonly allocated: number;
  /** Blocks given back. */
  readonly released: number;
  /** Allocations that were not served. */
  readonly failed: number;
}

/** Writes the parameters and forgets the totals; the steps are the caller's. */
export function beginChurn(engine: Engine, views: MachineViews, options: ChurnOptions): void {
  const { seed, freeShare = 0.1, movable = 80, thp = 1, unmovable = 12, reclaimable = 7 } = options;
  const words = engine.unsigned(Region.WORKLOAD);
  const zones = views.populatedZones().map((zone) => views.zone(zone));
  const managed = zones.reduce((sum, zone) => sum + zone.managed, 0);
  words[WorkloadWord.SEED_LOW] = seed;
  words[WorkloadWord.SEED_HIGH] = Math.floor(seed / 2 ** 32);
  words[WorkloadWord.TARGET_FREE] = Math.floor(managed * freeShare);
  words[WorkloadWord.WEIGHT_MOVABLE] = movable;
  words[WorkloadWord.WEIGHT_THP] = thp;
  words[WorkloadWord.WEIGHT_UNMOVABLE] = unmovable;
  words[WorkloadWord.WEIGHT_RECLAIMABLE] = reclaimable;
  words[WorkloadWord.THP_ORDER] = views.config(ConfigWord.PCP_THP_ORDER);
  words.fill(0, WorkloadWord.ALLOCATED, WorkloadWord.FAILED + 1);
}

/** Totals of the churn so far. */
export function readChurn(engine: Engine): ChurnResult {
  const words = engine.unsigned(Region.WORKLOAD);
  return {
    allocated: words[WorkloadWord.ALLOCATED] ?? 0,
    released: words[WorkloadWord.RELEASED] ?? 0,
    failed: words[WorkloadWord.FAILED] ?? 0,
  };
}
