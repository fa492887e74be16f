// Knows: every enumeration that crosses the boundary, in the kernel's words.
// Must not know: where anything is stored.
// A leaf: valid AssemblyScript and valid TypeScript, imports nothing.

/** `enum migratetype`, Linux 6.12 with CONFIG_CMA and CONFIG_MEMORY_ISOLATION. */
export enum Migratetype {
  UNMOVABLE = 0,
  MOVABLE = 1,
  RECLAIMABLE = 2,
  HIGHATOMIC = 3,
  CMA = 4,
  ISOLATE = 5,
}

/** What a frame is. BUDDY, PCP, ALLOCATED and DETACHED are heads of 2^order frames; the others of that range are BODY. */
export enum FrameKind {
  /** Not a head: covered by the head before it. Zero, so that fresh memory is the body of whatever is freed into it. */
  BODY = 0,
  /** No memory map: never handed out, `-` in a dump's pageblocks. */
  HOLE = 1,
  /** Present, never given to the allocator (PageReserved). */
  RESERVED = 2,
  /** Head of a free block on a buddy list (PageBuddy). */
  BUDDY = 3,
  /** Head of a page on a per-CPU list. */
  PCP = 4,
  /** Head of an allocated block. */
  ALLOCATED = 5,
  /** Head of a free block that compaction or isolation took off the lists. */
  DETACHED = 6,
}

/** How Op.FREE_BOOT frees memory without giving it a migratetype. */
export enum BootFree {
  /** free_reserved_area(): page by page, what boot itself used. */
  LATE = 254,
  /** memblock_free_all(): the largest aligned blocks. */
  EARLY = 255,
}

/** How an allocated page answers "could it be migrated?" (what a pageblock claim counts as movable). */
export enum Mobility {
  FIXED = 0,
  /** PageLRU: user memory on an LRU list. */
  LRU = 1,
  /** __PageMovable: a driver's movable page (balloon, zsmalloc, z3fold). */
  DRIVER = 2,
}

/** `__GFP_*` bits that decide where a page comes from; equal in Linux 6.1 and 6.12 except ATOMIC (6.1 only). */
export enum Gfp {
  DMA = 0x1,
  HIGHMEM = 0x2,
  DMA32 = 0x4,
  MOVABLE = 0x8,
  RECLAIMABLE = 0x10,
  HIGH = 0x20,
  IO = 0x40,
  FS = 0x80,
  ZERO = 0x100,
  ATOMIC = 0x200,
  DIRECT_RECLAIM = 0x400,
  KSWAPD_RECLAIM = 0x800,
  WRITE = 0x1000,
  NOWARN = 0x2000,
  RETRY_MAYFAIL = 0x4000,
  NOFAIL = 0x8000,
  NORETRY = 0x1_0000,
  MEMALLOC = 0x2_0000,
  COMP = 0x4_0000,
  NOMEMALLOC = 0x8_0000,
  HARDWALL = 0x10_0000,
  THISNODE = 0x20_0000,
  ACCOUNT = 0x40_0000,
  /** Not of mainline: Android's __GFP_CMA (user memory and zram), and two uses that a policy may keep out of CMA. */
  CMA = 0x1000_0000,
  USE_DIRECT_IO = 0x2000_0000,
  USE_METADATA = 0x4000_0000,
}

/** `ALLOC_*` of mm/internal.h, Linux 6.12; WMARK_* are the low two bits. */
export enum AllocFlag {
  WMARK_MIN = 0x0,
  WMARK_LOW = 0x1,
  WMARK_HIGH = 0x2,
  NO_WATERMARKS = 0x4,
  WMARK_MASK = 0x3,
  OOM = 0x8,
  NON_BLOCK = 0x10,
  MIN_RESERVE = 0x20,
  CPUSET = 0x40,
  CMA = 0x80,
  NOFRAGMENT = 0x100,
  HIGHATOMIC = 0x200,
  KSWAPD = 0x800,
  /** Any of the flags that give access to a reserve below the min watermark. */
  RESERVES = 0x238,
}

/** Bits of ZoneWord.FLAGS. */
export enum ZoneFlag {
  /** ZONE_BOOSTED_WATERMARK: kswapd is to be woken by the next allocation. */
  BOOSTED = 1,
  /** ZONE_RECLAIM_ACTIVE: kswapd is reclaiming; per-CPU lists are kept short. */
  RECLAIM_ACTIVE = 2,
  /** ZONE_BELOW_HIGH: free pages fell below the high watermark. */
  BELOW_HIGH = 4,
}

/** Bits of PcpWord.FLAGS. */
export enum PcpFlag {
  /** PCPF_PREV_FREE_HIGH_ORDER */
  PREV_FREE_HIGH_ORDER = 1,
  /** PCPF_FREE_HIGH_BATCH: a property of the CPU's cache size. */
  FREE_HIGH_BATCH = 2,
}

/**
 * The decisions in which kernel versions differ, one enumeration each. A kernel profile is one row of these numbers, written
 * into ConfigWord.RULE_* before init; assembly/rules has the table.
 *
 * Does a free block's list always follow its pageblock's type?
 */
export enum ListTypeRule {
  /** 6.12: "hygienic" lists; merging re-types the buddy's pageblocks, drains read the pageblock. */
  PAGEBLOCK = 0,
  /** 6.1: the caller's type decides; per-CPU pages carry a cached type. */
  CALLER = 1,
}

/** Limits and refill size of the per-CPU lists. */
export enum PcpRule {
  /** 6.7+: high between high_min and high_max, alloc_factor, free_count, decay; ZONE_BELOW_HIGH. */
  AUTO_TUNED = 0,
  /** 6.1: fixed high, free_factor. */
  FIXED_HIGH = 1,
}

/** How a request of one migratetype takes from another. */
export enum FallbackRule {
  /** 6.12.y and 6.15+: claim a whole pageblock or steal one block. */
  CLAIM_STEAL = 0,
  /** 6.1: move blocks to the requester's list, then allocate from there. */
  MOVE_FIRST = 1,
}

/** Which part of the HIGHATOMIC reserve watermarks take as unusable. */
export enum ReserveRule {
  /** 6.12: its free pages, which are counted. */
  FREE_PAGES = 0,
  /** 6.1: the whole of it. */
  WHOLE_RESERVE = 1,
}

/** How large the HIGHATOMIC reserve may grow. */
export enum ReserveSizeRule {
  /** 6.12: 1 % rounded up to pageblocks, nothing where that is below one. */
  ROUNDED_UP = 0,
  /** 6.1: 1 % plus one pageblock. */
  ONE_MORE = 1,
}

/** Who ignores a watermark boost at the min mark (order 0). */
export enum BoostRule {
  /** 6.12: __GFP_HIGH. */
  HIGH = 0,
  /** 6.1: __GFP_ATOMIC, which the slow path takes from those that may reclaim. */
  ATOMIC = 1,
}

/** Whose allocation wakes kswapd for a boosted zone. */
export enum WakeRule {
  /** 6.12: one that may wake it (ALLOC_KSWAPD). */
  WITH_FLAG = 0,
  /** 6.1: anyone's. */
  ANYONE = 1,
}

/** May a movable request without ALLOC_CMA use the per-CPU lists, where pages of CMA may lie? */
export enum PcpCmaRule {
  /** 6.12: it may. */
  ANYONE = 0,
  /** 6.1: it goes to the buddy lists. */
  ONLY_WITH_CMA = 1,
}

/** movement/isolate: how free blocks that cross a pageblock or the range are split. */
export enum IsolationRule {
  /** 6.12: each pageblock splits the block that it is part of. */
  PAGEBLOCK = 0,
  /** 6.1: blocks move whole; only those that cross the range's outer borders are split. */
  BORDER = 1,
}

/** movement/migrate: how the pages of a batch are moved. */
export enum MigrationRule {
  /** 6.3+: all targets first, then the moves; what stays busy again one by one. */
  BATCHED = 0,
  /** 6.1: target and move page by page, ten passes. */
  SINGLE = 1,
}

/** cma/request: the error of a request that fits nowhere. */
export enum CmaErrorRule {
  /** Up to 6.14: -ENOMEM unless a window was tried. */
  STARTS_ENOMEM = 0,
  /** 6.15+, several ranges: -EBUSY, and -ENOMEM only for want of a migration target. */
  STARTS_EBUSY = 1,
}

/** cma/request: what a cma_alloc holds while it tries one window. */
export enum CmaLockRule {
  /** cma_mutex: one window at a time in the whole system. 6.1 and 6.12. */
  GLOBAL = 0,
  /** alloc_mutex of the area: one window at a time in each. 6.15. */
  AREA = 1,
  /** Nothing: callers meet at their pageblocks, as they do with alloc_contig_range() outside of CMA. 5.18. */
  NONE = 2,
}

/** Bits of ConfigWord.RECLAIM. */
export enum ReclaimMode {
  /** Requests that may, reclaim and compact by themselves. */
  DIRECT = 1,
  /** kswapd runs right after the allocation that woke it; without this bit when the caller says so (Op.RUN_KSWAPD). */
  KSWAPD = 2,
  /** Wake-ups of kswapd are remembered. */
  WAKES = 4,
}

/** What a pin is for. */
export enum PinKind {
  /** get_user_pages, O_DIRECT: for the length of an I/O. */
  SHORT = 0,
  /** FOLL_LONGTERM (RDMA, VFIO, io_uring buffers): moved out of CMA first. */
  LONGTERM = 1,
  /**
   * A reference on a page cache page: superblocks, journals, buffer heads in use. Buffer heads that nobody uses change
   * nothing: reclaim lets go of them, and migration takes them along.
   */
  PAGE_CACHE = 2,
  /** An exiting task's reference: unmapped, not yet freed (mmu_gather). */
  GATHER = 3,
}

/** errno values that cma_alloc answers, negative. */
export enum Errno {
  NONE = 0,
  EINTR = -4,
  EAGAIN = -11,
  ENOMEM = -12,
  EBUSY = -16,
}

/** `enum lru_list`: ZoneWord.NR_LRU has one count for each. */
export enum LruList {
  INACTIVE_ANON = 0,
  ACTIVE_ANON = 1,
  INACTIVE_FILE = 2,
  ACTIVE_FILE = 3,
  UNEVICTABLE = 4,
  /** Not an LRU list: where zsmalloc's pages are found again. */
  ZRAM = 5,
}

/** Bits of an allocated frame's word. */
export enum PageFlag {
  /** Taken off its LRU list, or out of its driver's hands, by a request that wants to move it. */
  ISOLATED = 0x4_0000,
  ACTIVE = 0x8_0000,
  DIRTY = 0x10_0000,
  /** Under I/O of its file: written back, or locked until it is read in. Neither reclaimed nor moved; no reference. */
  WRITEBACK = 0x20_0000,
  /** In a page table: mapcount > 0. */
  MAPPED = 0x40_0000,
  UNEVICTABLE = 0x80_0000,
  /** Allocated with __GFP_COMP, order > 0. */
  COMPOUND = 0x100_0000,
}

/** What an allocated page is used for (bits of its frame word). */
export enum PageLife {
  KERNEL = 0,
  ANON = 1,
  FILE = 2,
  SLAB = 3,
  PAGE_TABLE = 4,
  ZRAM = 5,
  BALLOON = 6,
  CMA = 7,
}

/** Commands of the buffer. Arguments: the table in command/execute. */
export enum Op {
  NOP = 0,
  ALLOCATE = 1,
  RELEASE = 2,
  RELEASE_SLOT = 3,
  SPLIT_RELEASE = 4,
  BULK_ALLOCATE = 5,
  DRAIN_ALL = 6,
  DRAIN_PCP = 7,
  DECAY = 8,
  FOLD = 9,
  TICK = 10,
  SET_BOOST = 11,
  SET_ZONE_FLAG = 12,
  ISOLATE_FREE = 13,
  PUTBACK_FREE = 14,
  ROTATE_FREE = 15,
  UNRESERVE_HIGHATOMIC = 16,
  SET_CONTENT = 17,
  HINT_MOVABLE = 18,
  RELEASE_DIRECT = 19,
  TAKE_FREE = 21,
  FREE_BOOT = 22,
  UNTAKE = 23,
  DRAIN_PAGE = 24,
  HINT_REFILL = 25,
  RETYPE = 26,
  ADD_RANGE = 27,
  CMA_ALLOCATE = 28,
  CMA_BEGIN = 29,
  CMA_STEP = 30,
  CMA_RELEASE = 31,
  CMA_CLEAR = 38,
  RUN_KSWAPD = 39,
  COMPACT = 40,
  LOAD_FRAMES = 32,
  LOAD_FREE = 33,
  LOAD_PCP = 34,
  LOAD_BITMAP = 35,
  PIN = 36,
  UNPIN = 37,
  SET_POLICY = 41,
  APPLY_POLICY = 42,
  OFFLINE = 43,
}

/** How a command ended. Everything from BAD_COMMAND on left the machine unchanged. */
export enum Status {
  OK = 0,
  /** No page, and the caller may not reclaim: the kernel returns NULL (-ENOMEM). */
  NO_PAGE = 1,
  /** No page yet: the kernel would enter direct reclaim or compaction here. */
  WOULD_RECLAIM = 2,
  /** Reclaim and compaction found nothing: the kernel would call the OOM killer (Android: lmkd acts before). */
  OUT_OF_MEMORY = 3,
  /** A pin that must wait until its page's pageblock is no longer isolated (PinRule.WAIT). */
  MUST_WAIT = 4,
  /** First refusal; smaller values are results, these are misuse. */
  BAD_COMMAND = 16,
  BAD_ORDER = 17,
  BAD_CPU = 18,
  BAD_PFN = 19,
  BAD_SLOT = 20,
  BAD_ZONE = 21,
  BAD_TYPE = 22,
  /** The frame is not (the head of) an allocated block of that order. */
  NOT_ALLOCATED = 23,
  /** The frame is not the head of a free block of that order. */
  NOT_FREE = 24,
  /** Loading: the frame is already on a list or inside a block. */
  ALREADY_USED = 25,
  MISALIGNED = 26,
  CROSSES_ZONE = 27,
  HINTS_FULL = 28,
  BAD_AREA = 29,
  BAD_COUNT = 30,
  BAD_ALIGN = 31,
  BAD_REQUEST = 32,
  NO_REQUEST_FREE = 33,
  /** Release of pages that are not, or not all, allocated from the area. */
  NOT_IN_AREA = 34,
  /** The pin count of a page is at its limit, or already zero. */
  BAD_PIN = 35,
  /** A cma_alloc at once would sleep: a request under way holds cma_mutex (CmaLockRule). */
  LOCKED = 36,
  /** No such word of a policy, or no value of it. */
  BAD_POLICY = 37,
}

/** Why the last zone tried could not serve an allocation (CommandWord.DETAIL of a failed ALLOCATE). */
export enum Refusal {
  NONE = 0,
  /** No zone at or below the highest zone index has memory. */
  NO_ZONE = 1,
  /** The watermark (plus boost and lowmem_reserve) was not met. */
  WATERMARK = 2,
  /** The watermark was met, but no free block of a sufficient order exists on a usable list. */
  NO_BLOCK = 3,
  /** The checks passed and the lists still had nothing for this migratetype. */
  LISTS_EMPTY = 4,
}
