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
 * least of five tries of each, in turns, since the first ones compile and a busy machine slows some; what takes less than
 * `floorMs` is taken as that.
 */
export function growthOf(work: (n: number) => void, n: number, floorMs = 50): number {
  let [whole, half] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let i = 0; i < 5; i++) {
    whole = Math.min(
      whole,
      cpuMsOf(() => work(n)),
    );
    half = Math.min(
      half,
      cpuMsOf(() => work(Math.floor(n / 2))),
    );
  }
  return Math.max(whole, floorMs) / Math.max(half, floorMs);
}
