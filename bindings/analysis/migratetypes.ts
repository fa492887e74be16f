// Knows: the names that the kernel prints for migratetypes and the order of its rows.
// Must not know: where the counts come from, or what is drawn with them.
//
// Models: migratetype_names of mm/page_alloc.c, Linux 6.12 and 6.1 with CONFIG_CMA and CONFIG_MEMORY_ISOLATION.

import { Migratetype } from "../../assembly/abi/vocabulary.js";

/** Names as /proc/pagetypeinfo prints them. */
export const migratetypeNames: Readonly<Record<Migratetype, string>> = {
  [Migratetype.UNMOVABLE]: "Unmovable",
  [Migratetype.MOVABLE]: "Movable",
  [Migratetype.RECLAIMABLE]: "Reclaimable",
  [Migratetype.HIGHATOMIC]: "HighAtomic",
  [Migratetype.CMA]: "CMA",
  [Migratetype.ISOLATE]: "Isolate",
};

/** In the order of `enum migratetype`, which is the order of the rows in /proc/pagetypeinfo. */
export const migratetypes: readonly Migratetype[] = [
  Migratetype.UNMOVABLE,
  Migratetype.MOVABLE,
  Migratetype.RECLAIMABLE,
  Migratetype.HIGHATOMIC,
  Migratetype.CMA,
  Migratetype.ISOLATE,
];
