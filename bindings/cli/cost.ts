// Knows: what a run costs on this machine, and how that is said.
// Must not know: which runs, why.

import type { RunTask } from "../sweep/index.js";
import { inThisThread } from "../sweep/sweep.js";

/** Runs that are timed. */
const SAMPLE = 3;

/** CPU seconds of a run: the mean of a few, evenly over all of them, begun to end, in this process. */
export async function secondsOf(total: number, taskOf: (k: number) => RunTask): Promise<number> {
  const count = Math.min(SAMPLE, total);
  const runner = inThisThread();
  const before = process.cpuUsage();
  for (let i = 0; i < count; i++) await runner(taskOf(Math.floor((i * total) / count)), () => {}, undefined);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6 / Math.max(1, count);
}

/** Of one core. */
export function hours(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} seconds`;
  return seconds < 5400 ? `${Math.ceil(seconds / 60)} minutes` : `${(seconds / 3600).toFixed(1)} hours`;
}
