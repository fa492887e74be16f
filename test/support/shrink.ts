// Knows: how a failing sequence becomes shorter, within a limit of time: stretches are left out, first large ones,
// then smaller ones (delta debugging after Zeller and Hildebrandt, 2002). Must not know: what the elements are.

/** The shortest failing sequence found in about `milliseconds`. `fails` must be true of `sequence`. */
export async function shrink<T>(
  sequence: readonly T[],
  fails: (shorter: readonly T[]) => Promise<boolean>,
  milliseconds: number,
): Promise<readonly T[]> {
  const until = performance.now() + milliseconds;
  let best = sequence;
  for (let size = Math.ceil(best.length / 2); performance.now() < until; ) {
    const before = best.length;
    best = await withoutStretches(best, size, fails, until);
    if (size > 1) size = Math.ceil(size / 2);
    else if (best.length === before) break;
  }
  return best;
}

/** Goes from the end to the beginning and leaves out every stretch of `size` elements that is not needed. */
async function withoutStretches<T>(
  sequence: readonly T[],
  size: number,
  fails: (shorter: readonly T[]) => Promise<boolean>,
  until: number,
): Promise<readonly T[]> {
  let best = sequence;
  for (let end = best.length; end > 0 && performance.now() < until; end -= size) {
    const shorter = [...best.slice(0, Math.max(0, end - size)), ...best.slice(end)];
    if (await fails(shorter)) best = shorter;
  }
  return best;
}
