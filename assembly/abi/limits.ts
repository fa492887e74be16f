// Knows: the compile-time bounds that both sides of the boundary must agree on, and where they put the list heads.
// Must not know: any device, any kernel version, any address.
// A leaf: valid AssemblyScript and valid TypeScript, imports nothing.

/** Zones of one node: at most DMA, DMA32, Normal, Movable (`enum zone_type` without ZONE_DEVICE). */
export const MAX_ZONES = 4;

/** Orders 0..13: MAX_PAGE_ORDER is 10 on x86-64 with 4 KiB pages, 11 on arm64 with 16 KiB, 13 with 64 KiB. */
export const MAX_ORDERS = 14;

/** UNMOVABLE, MOVABLE, RECLAIMABLE, HIGHATOMIC, CMA, ISOLATE. */
export const MIGRATE_TYPES = 6;

/** CPUs that own per-CPU page lists. */
export const MAX_CPUS = 64;

/** Lists of pages in use: inactive and active, anonymous and file, unevictable, and the pages of zram. */
export const LRU_LISTS = 6;

/** Lists of areas that keep their pages, behind those: in nobody's use, copies of file pages, copies of swapped-out pages. */
export const AREA_LISTS = 3;

/** Pins that may exist at the same time, all pages together. */
export const PIN_CAPACITY = 65_536;

/**
 * Room for the per-CPU lists of one zone: mainline has 14 (4 orders x 3 types + 2 THP); those that only some policies use
 * (CMA pages of each order, and of THP size) lie behind them. A power of two, so that a list is found by a shift.
 */
export const MAX_PCP_LISTS = 32;

/**
 * Frames that 4 GiB of WebAssembly memory can hold: 992 GiB of 4 KiB pages, 16 bytes a frame, 128 MiB kept for the tables.
 * Links are stored pre-scaled (index * 16), so an index must stay below 2^28 as well.
 */
export const MAX_FRAMES = 260_046_848;

/** Records in the command buffer: one crossing of the boundary runs up to this many operations. */
export const COMMAND_CAPACITY = 16_384;

/** Records in the event ring (see record/events) unless more are asked for, and the most; powers of two. */
export const EVENT_CAPACITY = 4_096;
export const MAX_EVENT_CAPACITY = 4_194_304;

/** Pending answers for pageblock claims whose movable count only a trace knows (see Op.HINT_MOVABLE). */
export const HINT_CAPACITY = 256;

/** CMA areas (CONFIG_CMA_AREAS is 7 by default; phones use 32) and contiguous ranges in one (CMA_MAX_RANGES, 6.15). */
export const MAX_AREAS = 64;
export const MAX_RANGES = 8;

/** Rows of Region.POLICIES that are in force: the machine's own, and one for each area. */
export const POLICY_ROWS = 65;

/** cma_alloc requests that may be under way at the same time. */
export const MAX_REQUESTS = 64;

/** Pages that a request has isolated for migration at once: COMPACT_CLUSTER_MAX is 32, plus the last large page. */
export const BATCH_CAPACITY = 64;

/** Records in the ring of windows that requests have tried. A power of two. */
export const WINDOW_CAPACITY = 8_192;

/** Slots of a machine whose creator does not say: allocations that a caller may name by a number instead of a pfn. */
export const DEFAULT_SLOTS = 131_072;

/** Most slots: one for each frame of the largest device, as a simulation may need. */
export const SLOT_CAPACITY = MAX_FRAMES;

/** Actors of a simulation, kswapd and the vmstat worker among them. */
export const MAX_ACTORS = 128;

/** Words of one pending event (time/queue): time in two, sequence number, actor and tag, payload, one unused. */
export const QUEUE_WORDS = 6;

/** Killed applications and processes that are kept until they are read: a ring. */
export const KILL_CAPACITY = 256;

/** Finished requests that wait to be read; run() stops before it is full. */
export const LOG_CAPACITY = 1_024;

/** Holders whose pin lengths are counted apart, and places of each histogram; pins held for too long that are kept: a ring. */
export const PIN_HOLDERS = 128;
export const LENGTH_BUCKETS = 32;
export const EXCESS_CAPACITY = 256;

/** Runs of free blocks that are left out at boot (buddy/frontier); more are simply written. */
export const MAX_FRONTIERS = 15;

/** What PAGEBLOCKS holds where no memory map exists; everywhere else a Migratetype. */
export const NO_MEMORY_MAP = 255;

// List heads are records behind the frames; these count from the first of them.
//
//   free [zone][order][type] | per CPU [cpu][zone][pindex] | LRU [list]

export function freeHeadIndex(zone: i32, order: i32, type: i32): i32 {
  return (zone * MAX_ORDERS + order) * MIGRATE_TYPES + type;
}

export function pcpHeadIndex(cpu: i32, zone: i32, pindex: i32): i32 {
  return freeHeadIndex(MAX_ZONES, 0, 0) + (cpu * MAX_ZONES + zone) * MAX_PCP_LISTS + pindex;
}

/** On a machine with so many CPUs; the heads in all are those before list LRU_LISTS + AREA_LISTS. */
export function lruHeadIndex(cpus: i32, list: i32): i32 {
  return pcpHeadIndex(cpus, 0, 0) + list;
}
