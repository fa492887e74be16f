// Knows: how a grid is best divided: what it costs on this machine, how many parts, the line that submits them.
// Must not know: how a part is run.

import { availableParallelism } from "node:os";
import type { CoreBuild } from "../../engine/load.js";
import { formatCount } from "../../report/index.js";
import { type Grid, runsOf, taskOf } from "../../sweep/index.js";
import { hours, secondsOf } from "../cost.js";
import { short } from "./parts.js";

export interface PlanOptions {
  readonly out: string;
  readonly shards?: number;
  readonly jobs?: number;
  readonly core: CoreBuild;
}

/** Clusters ask for jobs of half an hour and more, and few of them at once. */
const SHARD_SECONDS = 1800;
export async function tellPlan(
  path: string,
  grid: Grid,
  hash: string,
  options: PlanOptions,
): Promise<string> {
  const { scenarios, policies, seeds } = grid;
  const total = runsOf(grid);
  const each = await secondsOf(total, (k) => ({ ...taskOf(grid, k), core: options.core }));
  const jobs = options.jobs ?? availableParallelism();
  const shards =
    options.shards ?? Math.max(1, Math.min(total, Math.ceil((total * each) / (SHARD_SECONDS * jobs))));
  const command = `pageblock sweep ${path} --out ${options.out} --jobs ${jobs}`;
  const last = shards - 1;
  return [
    `${formatCount(total)} runs: ${scenarios[0]?.length} scenarios x ${policies.length} policies x ${scenarios.length} devices x ${formatCount(seeds.length)} seeds (grid ${short(hash)})`,
    `about ${each.toFixed(2)} CPU seconds a run (a few of them timed here): ${hours(total * each)} of one core`,
    `${shards} shards of ${formatCount(Math.ceil(total / shards))} runs, ${hours((total * each) / shards / jobs)} each on ${jobs} cores`,
    "",
    `one machine   ${command}`,
    `parallel      seq 0 ${last} | parallel --joblog ${options.out}.joblog --resume-failed -j1 ${command} --shard {}/${shards}`,
    `Slurm         sbatch --array=0-${last} --cpus-per-task=${jobs} --signal=B:TERM@60 --requeue --wrap "exec ${command} --shards ${shards}"`,
    `Kubernetes    completions: ${shards}, completionMode: Indexed, args: sweep ... --shards ${shards} (docs/scale.md)`,
    `then          pageblock merge ${options.out}`,
    "",
  ].join("\n");
}
