// Knows: how much work something is, as CPU time of this process: a busy machine makes it wait, and waiting does not count.
// Must not know: what the work is.

/** Milliseconds of CPU time that `work` used. */
export function cpuMsOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  return process.cpuUsage(before).user / 1e3;
}

/**
 * How many times more work `n` things are than half of them; 2 where work grows with the number, 4 with its square. The
 * least of three tries, since the first ones compile; what takes less than `floorMs` is taken as that.
 */
export function growthOf(work: (n: number) => void, n: number, floorMs = 50): number {
  const least = (size: number) => Math.min(...Array.from({ length: 3 }, () => cpuMsOf(() => work(size))));
  return Math.max(least(n), floorMs) / Math.max(least(Math.floor(n / 2)), floorMs);
}
