// Knows: which free window of an area is tried: first, next and best fit, and one without pinned pages. Pure numbers, in bits.
// Sources: mainline cma_alloc (first fit); Nazarewicz, RFCv6 of 2010 (best fit); next fit and avoiding pins: no patch.

/** The first place from `from` on that is aligned: `offset` is added before, and taken away after rounding up. */
export function alignedFrom(from: u32, mask: u32, offset: u32): u32 {
  return ((from + offset + mask) & ~mask) - offset;
}

/**
 * Best fit: does this hole of `length` bits at `start` come before the best so far, and behind the one that was tried last?
 * Holes are tried by length, then by place; `best` 0: none yet.
 */
export function isBetterHole(length: u32, start: u32, tried: u32, triedStart: u32, best: u32): bool {
  if (length < tried) return false;
  if (length == tried && start <= triedStart) return false;
  if (best == 0) return true;
  return length < best;
}

/** Next fit: the sweep begins behind the last window that was taken, unless that was the end of the range. */
export function sweepFrom(next: u32, total: u32): u32 {
  return next < total ? next : 0;
}

/** Next fit, behind the wrap: only what lies before the place where the sweep began. */
export function isBeforeSweep(bit: u32, from: u32): bool {
  return bit < from;
}

/** Does a page in use keep its window from being emptied at this moment? */
export function keepsWindow(movable: bool, pins: i32): bool {
  if (!movable) return true;
  return pins != 0;
}
