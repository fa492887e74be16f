// Knows: how large the HIGHATOMIC reserve may grow. Pure numbers, in pages.
// Models reserve_highatomic_pageblock(): Linux 6.12 and 6.1 (`oneMore`).

/** 6.12: 1 % of the zone rounded up to pageblocks, nothing where 1 % is below one pageblock. 6.1: 1 % plus one. */
export function reserveLimit(oneMore: bool, managed: i32, blockPages: i32): i32 {
  const share = managed / 100;
  if (oneMore) return share + blockPages;
  if (share < blockPages) return 0;
  return (share + blockPages - 1) & ~(blockPages - 1);
}
