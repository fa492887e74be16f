// Knows: the classes into which every frame falls when all of memory is drawn or counted, and how one byte holds a class.
// Must not know: how a class is found (audit/classes), colours.
// A leaf: valid AssemblyScript and valid TypeScript, imports nothing.
//
//     7      6      5      4    3    0
//   +------+-----+------+------+------+
//   |moved | CMA | iso. |pinned|class |
//   +------+-----+------+------+------+

/** What a frame is to somebody who looks at all of them: the low four bits of its byte in a class map. */
export enum PageClass {
  /** On a buddy list, or taken off it for an instant by compaction or isolation. */
  FREE = 0,
  /** On a per-CPU list. */
  PCP = 1,
  ANON = 2,
  /** Page cache, clean. */
  FILE = 3,
  /** Page cache, dirty or under writeback. */
  DIRTY = 4,
  ZRAM = 5,
  /** Slab, page tables, drivers, balloon: all that the kernel itself holds. */
  KERNEL = 6,
  /** Given out by cma_alloc. */
  CMA = 7,
  /** Never given to the allocator. */
  RESERVED = 8,
  /** No memory map. */
  HOLE = 9,
  COUNT = 10,
}

/** The high four bits. */
export enum ClassFlag {
  /** The block has at least one pin that no page table knows. */
  PINNED = 0x10,
  /** The page is in the hands of a request that wants to move it, or its pageblock is isolated. */
  ISOLATED = 0x20,
  /** The frame lies in a CMA area. */
  IN_AREA = 0x40,
  /** Content arrived by migration since the last look: the reader of events sets it, the core never does. */
  MOVED = 0x80,
}

/** Low five bits of a class byte: what classes are counted by. */
export const CLASS_BINS = 32;

/** Frames that one call classifies, and cells that it counts. */
export const CLASS_CHUNK = 65_536;
export const CLASS_CELLS = 128;
