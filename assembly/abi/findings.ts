// Knows: enumerations of the machine's own making: searches, requests, what blocks them, what an audit finds.
// Must not know: where anything is stored. The kernel's own words are in vocabulary.
// A leaf: valid AssemblyScript and valid TypeScript, imports nothing.

/** Where a cma_alloc request stands (RequestWord.STATE). */
export enum RequestState {
  FREE = 0,
  SEARCH = 1,
  /** For cma_mutex: the window's bits are set, nothing else is done. */
  WAITING = 2,
  ISOLATE = 3,
  SCAN = 4,
  MIGRATE_BATCH = 5,
  MIGRATE_ONE = 6,
  TEST = 7,
  DONE = 8,
  /** All windows were busy: it sleeps, then searches from the beginning (ConfigWord.CMA_RETRIES). */
  SLEEPING = 9,
}

/** Why a window was not to be had (WindowWord.REASON). */
export enum BlockReason {
  NONE = 0,
  /** Extra references: O_DIRECT, get_user_pages, a pinned driver page. */
  PINNED = 1,
  /** In use and not movable. */
  UNMOVABLE = 2,
  /** A pageblock of the window is isolated by another caller. */
  ISOLATED_BY_OTHER = 3,
  /** No page to move a busy one to. */
  NO_TARGET = 4,
  /** Movable, but the batch before it failed and migration stopped. */
  NOT_REACHED = 5,
  /** On a per-CPU list or in another caller's hands. */
  IN_TRANSIT = 6,
  /** A large page in use reaches across the border of the window's pageblocks. */
  CROSSING = 7,
}

/** What validate() can find broken; 0 means sound. */
export enum Fault {
  NONE = 0,
  FRAME_KIND = 1,
  HEAD_MISALIGNED = 2,
  BODY_WITHOUT_HEAD = 3,
  BODY_EXPECTED = 4,
  CROSSES_ZONE = 5,
  ZONE_OF_FRAME = 6,
  LIST_LINK = 7,
  LIST_MEMBER = 8,
  LIST_TYPE = 9,
  LIST_LENGTH = 10,
  UNMERGED_BUDDIES = 11,
  PCP_MEMBER = 12,
  PCP_COUNT = 13,
  NR_FREE = 14,
  FREE_PAGES = 15,
  FREE_CMA = 16,
  FREE_HIGHATOMIC = 17,
  PAGEBLOCK_TYPE = 18,
  ISOLATED_BLOCKS = 19,
  NOT_ON_A_LIST = 21,
  /** A frame that is not in use has content. */
  CONTENT = 22,
  LRU_MEMBER = 23,
  NR_LRU = 24,
  /** A frame's owner and a slot do not name each other. */
  OWNER = 25,
  /** Pins of pages and pin records do not agree. */
  PIN = 26,
  /** A CMA area's counters and bitmaps do not agree. */
  AREA_AVAILABLE = 27,
  BITMAP_TAIL = 28,
  REQUEST = 29,
  /** Isolated, and in no request's hands (or the reverse). */
  ISOLATED_PAGE = 30,
  /** Slots hold more swapped-out pages than swap does, or zram another number than swap. */
  SWAP = 31,
  /** A page of an area that keeps its own is neither spare, nor the copy of a page that is not in memory, nor given out. */
  GUEST = 32,
}

/** cma/search: how the first aligned run of clear bits is looked for. All give the same answer. */
export enum SearchStrategy {
  /** The kernel's own walk: the reference. */
  KERNEL = 0,
  /** Window after window by words; on from behind the first set bit found. */
  WORD_SCAN = 1,
  /** On from behind the last set bit of a window; bits known to be clear are not read again. */
  LAST_SET = 2,
  /** 64 places at once for requests of up to 64 bits. */
  BIT_PARALLEL = 3,
  /** 128-bit OR per aligned group for alignments of 128 bits and more. */
  SIMD_GROUP = 4,
  /** The kernel's walk over a two-level summary: which words have a set bit, which are full. */
  SUMMARY = 5,
  /** "Any bit set" in each aligned 2^k bits, for every k from 6 up. */
  PYRAMID = 6,
  /** Tree of clear runs: prefix, suffix, longest run per alignment. */
  RUN_TREE = 7,
  /** Picks by request and state; the default. */
  COMPOSITE = 8,
}

/** cma/search: which of the places that fit is taken. */
export enum Placement {
  /** The lowest at or after `start`: what the kernel does. */
  FIRST_FIT = 0,
  /** From `start` to the end, then from the beginning. */
  NEXT_FIT = 1,
  /** In the shortest run of clear bits that has room; the lowest of equals. */
  BEST_FIT = 2,
  /** In the longest run; the lowest of equals. */
  WORST_FIT = 3,
  /** The lowest without a bit of a second map (pinned pages), else the lowest with the fewest of them. */
  PIN_AVOIDING = 4,
  /** Exactly at `start`, or nowhere (cma_alloc_at). */
  AT = 5,
}

/** cma/search: what an index of a map holds; bits. */
export enum IndexPart {
  RUN_TREE = 1,
  SUMMARY = 2,
  PYRAMID = 4,
}

/** Fixed loops of workload/generators/pattern, the rows of the benchmark; the C twin has the same. */
export enum Pattern {
  PCP_PAIR = 0,
  PCP_BATCH = 1,
  BUDDY_PAIR = 2,
  BUDDY_BATCH = 3,
  THP_PAIR = 4,
  THP_BATCH = 5,
  RANDOM_MIX = 6,
  FILL = 7,
  FREE_RANDOM = 8,
}

/** What audit/ reports. */
export enum AuditWord {
  FAULT,
  FAULT_PFN,
  FAULT_EXPECTED,
  FAULT_GOT,
  DIGEST_LOW,
  DIGEST_HIGH,
  COUNT = 8,
}
