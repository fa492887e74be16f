// Knows: the index of every word in every record that both sides read.
// Must not know: addresses (see layout and memory/regions).
// A leaf: valid AssemblyScript and valid TypeScript, imports nothing. All words are 32 bit.

/** Written by the bindings before init(); constant afterwards. */
export enum ConfigWord {
  PAGE_SHIFT,
  MAX_PAGE_ORDER,
  PAGEBLOCK_ORDER,
  /** Order of the two THP per-CPU lists; 0 when there are none. */
  PCP_THP_ORDER,
  /** Those of the kernel: 14 in mainline. */
  NR_PCP_LISTS,
  PCP_BATCH_SCALE_MAX,
  COSTLY_ORDER,
  NR_CPUS,
  NR_ZONES,
  /** First and one-past-last pfn of the flat frame array; START is a multiple of the largest block. */
  START_PFN,
  END_PFN,
  /** Zone index that ZONE_NORMAL has (ALLOC_NOFRAGMENT applies when it is the preferred zone); -1: none. */
  NORMAL_ZONE,
  /** 1 when the kernel has a ZONE_DMA32 (without one NOFRAGMENT is never used). */
  HAS_DMA32,
  MOVABLE_ZONE,
  WATERMARK_BOOST_FACTOR,
  /** `page_group_by_mobility_disabled`: every request counts as UNMOVABLE. */
  MOBILITY_DISABLED,
  RULE_LIST_TYPE,
  RULE_PCP,
  RULE_FALLBACK,
  RULE_RESERVE,
  RULE_ISOLATION,
  RULE_MIGRATION,
  RULE_CMA_ERROR,
  RULE_CMA_LOCK,
  /** Words that all CMA bitmaps need together. */
  CMA_BITMAP_WORDS,
  /** Ranges of all areas together. */
  CMA_RANGES,
  /** SearchStrategy of cma_alloc. */
  SEARCH_STRATEGY,
  /** ReclaimMode bits; 0: requests stop where the kernel would reclaim. */
  RECLAIM,
  /** Pages that may be swapped out; 0: no swap. */
  SWAP_PAGES,
  /** zram: pages it takes for 100 that it stores; 0: the swap is a disk. */
  ZRAM_PERCENT,
  /** vm.swappiness, 0 to 200. */
  SWAPPINESS,
  /** Slots for allocations that are named by number; 0: none, and no owner per frame (4 bytes less). */
  SLOTS,
  /** RecordGroup bits: which events are recorded. Not part of the digest, nor is the next word. */
  RECORD,
  /** Events that the ring holds; a power of two. */
  EVENT_SLOTS,
  /** GFP_ZONE_TABLE: the zone index for each of the 16 values of gfp & (DMA|HIGHMEM|DMA32|MOVABLE); 16 words. */
  GFP_ZONE,
  /** A simulation's room: actors, pending events, I/O and buffers in flight; 0: a machine without time. */
  ACTORS = 55,
  QUEUE_SLOTS,
  CELLS,
  RULE_RESERVE_SIZE,
  RULE_BOOST,
  RULE_WAKE,
  RULE_PCP_CMA,
  RULE_CMA_OWNER,
  RULE_CMA_ZONE,
  COUNT = 64,
}

/** One record per zone index, populated or not. Page counts unless said otherwise. */
export enum ZoneWord {
  START_PFN,
  SPANNED,
  PRESENT,
  MANAGED,
  CMA_PAGES,
  WMARK_MIN,
  WMARK_LOW,
  WMARK_HIGH,
  WMARK_PROMO,
  WATERMARK_BOOST,
  FLAGS,
  NR_RESERVED_HIGHATOMIC,
  NR_FREE_HIGHATOMIC,
  NR_ISOLATE_PAGEBLOCK,
  /** Zone-global NR_FREE_PAGES: what watermark checks see; the truth adds every PcpWord.DIFF_FREE. */
  FREE_PAGES,
  /** Zone-global NR_FREE_CMA_PAGES. */
  FREE_CMA,
  /** lowmem_reserve for each highest zone index; 4 words. */
  LOWMEM_RESERVE,
  /** nr_free of each order, all migratetypes together; 14 words. */
  NR_FREE = 20,
  /** Pages on each LRU list; 6 words (LRU_LISTS). */
  NR_LRU = 34,
  /** Where compaction's scanners stand; pfns, 0: at the zone's ends. */
  COMPACT_MIGRATE = 40,
  COMPACT_FREE,
  /** CmaUse.RATIO: pages that are left of the turn of the request's own lists, and of that of CMA. */
  TURN_OWN,
  TURN_CMA,
  /** Where the scan of movement/balance goes on, frames from the zone's first. */
  BALANCE_SCAN,
  /** A power of two, here and in PcpWord: a record is found by a shift. */
  COUNT = 64,
}

/** One record per CPU and zone: cpu * MAX_ZONES + zone. */
export enum PcpWord {
  COUNT_PAGES,
  HIGH,
  HIGH_MIN,
  HIGH_MAX,
  BATCH,
  FLAGS,
  ALLOC_FACTOR,
  FREE_COUNT,
  /** 6.1 only. */
  FREE_FACTOR,
  /** stat_threshold of this zone's counters on this CPU. */
  STAT_THRESHOLD,
  DIFF_FREE,
  DIFF_CMA,
  COUNT = 16,
}

/** One command of the buffer: the first four words go in, the last four come out. */
export enum CommandWord {
  /** commandOf() of command_word. */
  OP,
  A,
  B,
  C,
  STATUS,
  PFN,
  /** refusalWord() of command_word for a failed ALLOCATE; zone of the page for a successful one. */
  DETAIL,
  /** 1 when the slow path was taken. */
  SLOW,
  COUNT = 8,
}

/** One event of the ring. */
export enum EventWord {
  KIND,
  /** Zone index; the area of CMA events. */
  ZONE,
  A,
  B,
  C,
  D,
  E,
  /** Where it happened; -1: not known there. */
  CPU,
  /** Virtual time, 64 bit. */
  TIME_LOW,
  TIME_HIGH,
  COUNT = 10,
}

/** Running totals since creation: each only grows, modulo 2^32. All are public (RunResult.totals). */
export enum StatWord {
  ALLOCATIONS,
  ALLOCATION_FAILURES,
  RELEASES,
  PCP_REFILLS,
  PCP_DRAINS,
  CLAIMS,
  STEALS,
  BOOSTS,
  HIGHATOMIC_RESERVES,
  SLOW_PATHS,
  PAGES_SCANNED,
  PAGES_RECLAIMED,
  PAGES_SWAPPED_OUT,
  PAGES_SWAPPED_IN,
  KSWAPD_RUNS,
  DIRECT_RECLAIMS,
  /** Rounds of reclaim (shrink_node), by anybody. */
  RECLAIM_ROUNDS,
  COMPACTIONS,
  /** Of PAGES_MIGRATED: those that compaction moved. */
  PAGES_COMPACTED,
  OOMS,
  /** Vmstat cma_alloc_success and cma_alloc_fail: requests. */
  CMA_ALLOC_SUCCESS,
  CMA_ALLOC_FAIL,
  PAGES_MIGRATED,
  /** Windows ever tried; the ring holds the last WINDOW_CAPACITY. */
  WINDOWS,
  /** Pages that reclaim or a second use has made active, and those that reclaim has made inactive again (pgrefill). */
  PAGES_ACTIVATED,
  PAGES_DEACTIVATED,
  /** Vmstat workingset_refault_*, _activate_*: evicted pages that came back, those active at once; pgscan_skip: turned over. */
  REFAULTS_ANON,
  REFAULTS_FILE,
  ACTIVATES_ANON,
  ACTIVATES_FILE,
  PAGES_SKIPPED,
  COUNT = 32,
}

/** Where the machine stands between two commands, beside its zones and frames: levels, cursors, kswapd's pass. */
export enum LevelWord {
  /** Events ever recorded, modulo 2^32: the cursor of the ring, which holds the last ConfigWord.EVENT_SLOTS. */
  RECORDED,
  /** Pin records ever used; record + 1 of the first free one below. */
  PINS_USED,
  PIN_FREE,
  /** Virtual time, 64 bit: set by the caller or the event queue. */
  CLOCK_LOW,
  CLOCK_HIGH,
  /** Cursors of Region.HINTS. */
  HINT_HEAD,
  HINT_TAIL,
  /** Size of the next refill, where a trace told it (Op.HINT_REFILL); 0: the machine decides. */
  REFILL_HINT,
  /** Link of the first frame from which on nothing was loaded or freed at boot yet. */
  TOUCHED_END,
  /** kswapd: order + 1 and highest zone index of the wake-up that waits; 0: none. */
  KSWAPD_ORDER,
  KSWAPD_ZONE,
  /** kswapd: passes in a row that freed none. */
  KSWAPD_FAILURES,
  /** kswapd at work: priority of its next round (0: it sleeps), order, highest zone, was there a boost, what is left of it. */
  BALANCE_PRIORITY,
  BALANCE_ORDER,
  BALANCE_ZONE,
  BALANCE_BOOSTED,
  BALANCE_BOOST,
  /** Pages that its pass has freed. */
  BALANCE_FREED,
  /** Pages that are swapped out; of them those in zram, and the frames that zram has for them. */
  SWAP_USED,
  ZRAM_STORED,
  ZRAM_FRAMES,
  /** Words of CMA_BITMAPS and SEARCH_INDEXES that areas have. */
  BITMAP_WORDS_USED,
  INDEX_WORDS_USED,
  /** Requests that a quarantine is for, so far: which of them are missed (policy/cma_use). */
  QUARANTINE_NTH,
  /** Pins that were held for too long, so far. */
  EXCESSES,
  /** How old the LRU lists are: pages evicted or activated, modulo 2^32 (lruvec->nonresident_age). */
  NONRESIDENT_AGE,
  /** What reclaim of each kind has cost lately (lruvec->anon_cost, file_cost). */
  ANON_COST,
  FILE_COST,
  /** StatWord.ACTIVATES_* when a reclaim last ended (lruvec->refaults). */
  SEEN_ANON,
  SEEN_FILE,
  COUNT = 32,
}

/** What one command or event needs while it is under way: it means nothing after it. */
export enum ScratchWord {
  /** One refill: where the next page starts to look (buddy/rmqueue Mode). */
  REFILL_MODE,
  /** Did the last allocation that the machine made for itself take the slow path? */
  SLOW,
  /** 1: frees to per-CPU lists do not drain; a trace tells each page that is (flag of Op.RELEASE). */
  NO_DRAIN,
  /** Pages of CMA that reclaim has freed (movement/balance). */
  UNSUITABLE,
  /** A simulation: what a pin answered (record, pfn) and its Status. */
  ANSWER,
  ANSWER_PFN,
  ANSWER_STATUS,
  /** Pages that the pins of one call have moved out of CMA. */
  ANSWER_MOVED,
  /** 1: a round of reclaim has left active pages alone (sc->skipped_deactivate). Pages that its batch has turned over. */
  SKIPPED,
  /** Where READ_AHEAD notes the page that refills behind a drain take next, or 0 (buddy/noted). */
  NOTED,
  TURNED,
  /** One round: pages left to scan of each evictable list, and those that there were at first; 4 words each. */
  SCAN_LEFT = 12,
  SCAN_TARGET = 16,
  COUNT = 20,
}

/** One CMA area. Pages. */
export enum AreaWord {
  NR_RANGES,
  PAGES,
  AVAILABLE,
  ORDER_PER_BIT,
  /** alloc_pages_success, alloc_pages_fail, release_pages_success of sysfs. */
  ALLOC_PAGES_SUCCESS,
  ALLOC_PAGES_FAIL,
  RELEASE_PAGES_SUCCESS,
  COUNT = 8,
}

/** One contiguous range of an area: area * MAX_RANGES + nth. */
export enum RangeWord {
  BASE_PFN,
  PAGES,
  BITS,
  /** First word of its bitmap in CMA_BITMAPS. */
  BITMAP,
  /** First word of its search index in SEARCH_INDEXES. */
  INDEX,
  /** The bit behind the last window that WindowRule.NEXT took. */
  NEXT,
  COUNT = 8,
}

/** One cma_alloc request under way. */
export enum RequestWord {
  STATE,
  CPU,
  AREA,
  PAGES,
  /** Order of the alignment. */
  ALIGN,
  /** Range that is searched, the bit to search from, the bit of the window tried. */
  RANGE,
  FROM_BIT,
  BIT,
  /** Errno of the last window, and of the whole. */
  ERROR,
  /** The window, pfns [START, END). */
  START,
  END,
  /** Next page to scan (link); pages in the batch; tries of this batch; next page of the batch (one by one). */
  CURSOR,
  BATCH,
  TRIES,
  NEXT,
  /** What migration of this window answered: Errno. */
  MIGRATED,
  /** Totals of the request. */
  WINDOWS,
  BUSY_RETRIES,
  PAGES_MIGRATED,
  PAGES_RECLAIMED,
  /** First page when it succeeded. */
  PFN,
  /** 1: a fatal signal is pending. */
  KILLED,
  /** Link of the page that no target was to be had for, or that kept a pageblock from being isolated. */
  STUCK,
  /** Sleeps so far (PolicyWord.CMA_RETRIES). */
  SLEEPS,
  /** Of a simulation's client: when it began (64 bit), and StatWord.WINDOWS then. */
  BEGUN_LOW = 24,
  FIRST_WINDOW = 26,
  /** PAGES_MIGRATED and PAGES_RECLAIMED when the window began, and the former when migrate_pages() was last called. */
  WINDOW_MIGRATED,
  WINDOW_RECLAIMED,
  CALL_MIGRATED,
  /** Pages of this window that were collected while mapped. */
  MAPPED,
  /** Of a simulation's client: which of its plan's units of work this is, from 1. */
  ORDINAL,
  /** Actor + 1 of a client, who waits in virtual time for a page under I/O; 0: such a wait takes none. */
  CLIENT,
  /** What its events carry; the page that it waits for (link + 1, 0: none), since when (64 bit). */
  PAYLOAD,
  WAITS_FOR,
  WAITS_SINCE_LOW = 36,
  WAITS_SINCE_HIGH,
  /** What its client asked for (askedOf() of command_word); its WindowRule, and how far that has come (cma/placement). */
  ASKED,
  WINDOW_RULE,
  SWEEP,
  HINT,
  HOLE,
  RUN,
  /** Pages that it has looked at to choose windows. */
  EXAMINED,
  /** 1: WAITS_FOR is a page whose references it waits for; the last such page of this window (link + 1). */
  WAITS_REFS,
  WAITED,
  /** 1: the time for that has passed, in this window. Until when it waits; when its next event is due, where it may wait: 64 bit. */
  WAIT_OVER,
  WAIT_END_LOW = 48,
  WAIT_END_HIGH,
  DUE_LOW = 50,
  DUE_HIGH,
  /** Of PAGES_RECLAIMED: copies of swapped-out pages, which were written to storage first (CmaOwnerRule.AREA). */
  PAGES_WRITTEN,
  COUNT = 64,
}
