// Knows: how the length of a pin is told. Pure numbers. Sources: Zijlstra and Hansen, LSFMM 2015 (annotate get_page, measure in
// put_page); Android's page_pinner.

/** Its place in a histogram: 0 below a microsecond, then one for each power of two, 31 for all that are longer. */
export function lengthBucket(us: u32): i32 {
  return min(32 - <i32>clz(us), 31);
}

/** Is a warning due? */
export function isExcess(us: u32, limit: u32): bool {
  return us > limit;
}
