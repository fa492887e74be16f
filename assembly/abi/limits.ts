// Knows: the compile-time bounds that both sides of the boundary must agree on.
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

/** Room for the per-CPU lists of one zone: mainline has 14 (4 orders x 3 types + 2 THP); a CMA type needs 18. */
export const MAX_PCP_LISTS = 20;

/**
 * Frames that 4 GiB of WebAssembly memory can hold: 2^28 frames x 12 bytes = 3 GiB, plus tables.
 * Links are stored pre-scaled (index * 4), so an index must stay below 2^30 as well.
 */
export const MAX_FRAMES = 268_435_456;

/** Records in the command buffer: one crossing of the boundary runs up to this many operations. */
export const COMMAND_CAPACITY = 16_384;

/** Records in the event ring (see record/events). A power of two. */
export const EVENT_CAPACITY = 4_096;

/** Pending answers for pageblock claims whose movable count only a trace knows (see Op.HINT_MOVABLE). */
export const HINT_CAPACITY = 256;

/** Allocations that a caller may name by a slot number instead of a pfn. */
export const SLOT_CAPACITY = 131_072;
