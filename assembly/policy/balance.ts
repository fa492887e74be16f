// Knows: whether a movable request takes CMA pages before its own. Pure numbers.

/** The half rule (16867664936e, Linux 5.7): CMA first while more than half of the zone's free memory is CMA. */
export function takesCmaFirst(freeCma: i32, freePages: i32): bool {
  return freeCma > freePages >> 1;
}
