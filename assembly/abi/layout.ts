// Knows: which regions a machine's memory has, and the shape of the region table.
// Must not know: any address; memory/regions computes them, the table publishes them.
// A leaf: valid AssemblyScript and valid TypeScript, imports nothing.

/** Changes whenever a word, a region or an enumeration changes meaning. A snapshot carries it. */
export const ABI_VERSION = 12;

/** First word of the region table ("PGBK"), so that a wrong memory is recognised. */
export const ABI_MAGIC = 0x4b424750;

export enum Region {
  CONFIG,
  ZONES,
  PCPS,
  /** A record per frame (FrameField), the list heads behind the frames. */
  FRAMES,
  /** u8 per pageblock: its Migratetype, 255 where no memory map exists. */
  PAGEBLOCKS,
  /** u32 per slot: pfn + 1 of the block it holds, 0 when empty. */
  SLOTS,
  COMMANDS,
  /** The ring of recorded events (EventWord). */
  EVENTS,
  HINTS,
  /** StatWord, LevelWord, ScratchWord. */
  STATS,
  LEVELS,
  SCRATCH,
  AREAS,
  RANGES,
  /** u32 words, LSB first, 1 = allocated; each range begins at a word. */
  CMA_BITMAPS,
  /** What the search strategy keeps beside each bitmap (cma/search/layout); each begins at 64 bytes. */
  SEARCH_INDEXES,
  REQUESTS,
  /** Per request: BATCH_CAPACITY sources, then as many targets. */
  BATCHES,
  WINDOWS,
  PINS,
  /** Parameters and random state of the generators that run inside (WorkloadWord). */
  WORKLOAD,
  AUDIT,
  /** A simulation's: SimulationWord; ActorWord; f64 Parameters, Counters per actor; f64 Costs. */
  SIMULATION,
  ACTORS,
  ACTOR_PARAMETERS,
  ACTOR_COUNTERS,
  COSTS,
  /** Pending events, a heap (time/queue); I/O and buffers in flight (CellWord); finished requests (LogWord). */
  QUEUE,
  CELLS,
  LOG,
  /** u8 per frame of the chunk that classify() was asked for last; u32 counts, CLASS_BINS for each of its cells. */
  CLASSES,
  CLASS_COUNTS,
  /** Applications and processes killed for want of memory (KillWord). */
  KILLS,
  /** FrontierWord: what boot has left out of the lists so far. */
  FRONTIERS,
  /** PolicyWord: the machine's row, then one for each area; behind them as many that wait for Op.APPLY_POLICY. */
  POLICIES,
  /** u32 counts, LENGTH_BUCKETS for each of PIN_HOLDERS; the pins that were held for too long (ExcessWord). */
  PIN_LENGTHS,
  PIN_EXCESSES,
  /** What is noted to be read ahead (frames/ahead, buddy/drain_all): between two calls it means nothing. */
  READ_AHEAD,
  /** GuestWord; u32 per slot: pfn + 1 of the copy of its page that an area keeps, 0: none. Empty unless areas keep their pages. */
  GUESTS,
  COPIES,
  COUNT,
}

/** The region table: MAGIC, VERSION, region count, bytes in use, then three words per region. */
export enum TableWord {
  MAGIC,
  VERSION,
  REGIONS,
  BYTES,
  FIRST_ENTRY,
}

/** One entry of the table. */
export enum EntryWord {
  POINTER,
  /** Elements, not bytes. */
  LENGTH,
  ELEMENT_BYTES,
  COUNT = 3,
}

/** What init() and attach() answer. */
export enum InitStatus {
  OK = 0,
  TOO_MANY_FRAMES = 1,
  BAD_GEOMETRY = 2,
  NO_MEMORY = 3,
  BAD_LAYOUT = 4,
}

/** Binary logarithm of the bytes of a frame's record, and so of the step from a link to the next frame's. */
export const FRAME_SHIFT = 4;

/** u32 words of a frame's record, one line of memory for four frames. List heads have the first two alone. */
export enum FrameField {
  /** Links: the place of another record, as bytes behind the first. */
  NEXT,
  PREV,
  /** See the drawing in frames/frame. */
  WORD,
  /** Slot + 1 of the allocation that the frame heads, 0 without one. It survives migration. */
  OWNER,
  COUNT,
}
