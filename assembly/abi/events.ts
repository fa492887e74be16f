// Knows: what the event ring records, and in which groups.
// Must not know: where an event is stored (words), what a trace makes of it.
// A leaf: valid AssemblyScript and valid TypeScript, imports nothing.

/** Bits of ConfigWord.RECORD: events of one group are recorded together. */
export enum RecordGroup {
  /** What the allocator decided: EventKind REFILL to COMPACT. */
  DECISIONS = 1,
  /** cma_alloc with its windows, tests and migrations. */
  CMA = 2,
  /** Every page allocated and freed. */
  PAGES = 4,
  /** Every page that moves between per-CPU and free lists. */
  PCP = 8,
}

/** What the event ring records (record/events); a,b,c,d,e are listed at each. */
export enum EventKind {
  NONE = 0,
  /** order, migratetype, wanted, obtained */
  REFILL = 1,
  /** cpu, pindex, wanted, count before */
  DRAIN = 2,
  /** pfn, current order, start type, block type, order asked for */
  CLAIM = 3,
  /** pfn, current order, start type, donor type, order asked for */
  STEAL = 4,
  /** boost after */
  BOOST = 5,
  /** pfn, order, old type */
  RESERVE_HIGHATOMIC = 6,
  /** 1 set, 0 cleared */
  BELOW_HIGH = 7,
  /** cpu, high after */
  DECAY = 8,
  /** kswapd was woken: order */
  WAKE_KSWAPD = 9,
  /** source pfn, target pfn, order */
  MIGRATE = 10,
  /** pages reclaimed, scanned, priority; zone: highest index */
  RECLAIM = 11,
  /** order, 1 when a block of it is free now */
  COMPACT = 12,
  // PAGES
  /** pfn (all ones: none was to be had), order, gfp */
  PAGE_ALLOC = 13,
  /** pfn, order */
  PAGE_FREE = 14,
  // PCP
  /** pfn, order, migratetype */
  PCP_DRAIN_PAGE = 15,
  /** pfn, order, migratetype */
  PCP_REFILL_PAGE = 16,
  // CMA; the zone is the area. The last word of all but CMA_RELEASE is the request.
  /** pages, align, pages available, pages in all, request */
  CMA_START = 17,
  /** pfn of the window, pages, align, -, request */
  CMA_BUSY = 18,
  /** pfn (of the last window when it failed; all ones: none was tried), pages, align, Errno, request */
  CMA_FINISH = 19,
  /** pfn, pages */
  CMA_RELEASE = 20,
  /** start, end, first pfn in use or first behind what is free, 1 when it failed, request */
  TEST_ISOLATED = 21,
  /** -, -, -, -, request */
  MIGRATE_START = 22,
  /** pages that moved, pages that did not, -, -, request */
  MIGRATE_END = 23,
  /** start, pages of the window, pages migrated, pages reclaimed, request | pages mapped << 8 */
  MIGRATE_RANGE = 24,
}
