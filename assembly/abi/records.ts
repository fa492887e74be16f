// Knows: the index of every word in records that are kept aside: what boot left out, windows tried, pins held for too long.
// Must not know: addresses (see layout and memory/regions).
// A leaf: valid AssemblyScript and valid TypeScript, imports nothing. All words are 32 bit.

/** Region.FRONTIERS: what boot has left out (buddy/frontier): a head, and a record for each run. */
export enum FrontierHead {
  /** Runs that are left. */
  LEFT,
  /** 1: none may be added any more. */
  SEALED,
  COUNT = 4,
}

/** One run of blocks; links. */
export enum FrontierWord {
  /** First block that is left out. */
  START,
  /** The block behind the last one; it is written. */
  END,
  /** What the word of each block's head is. */
  WORD,
  COUNT = 4,
}

/** One pin that was held for longer than PolicyWord.PIN_WARN_US. */
export enum ExcessWord {
  OWNER,
  /** PinKind. */
  KIND,
  /** Where its page was at the end; 1: in a CMA area. */
  PFN,
  IN_AREA,
  /** Virtual time at which it was taken, 64 bit. */
  SINCE_LOW = 4,
  SINCE_HIGH,
  HELD_US,
  COUNT = 8,
}

/** One window that a request tried: ERROR an Errno, REASON a BlockReason. */
export enum WindowWord {
  REQUEST,
  START,
  ERROR,
  BLOCKER,
  REASON,
  /** Of a PINNED blocker: owner and kind of its oldest pin, and the microseconds that it had been held. */
  OWNER,
  PIN_KIND,
  HELD,
  COUNT = 8,
}

/** What areas that keep their pages hold (CmaOwnerRule.AREA): levels in pages, then running totals. */
export enum GuestWord {
  /** Pages of all such areas; of them in nobody's use, copies of file pages, copies of swapped-out pages. */
  PAGES,
  SPARE,
  FILE,
  SWAP,
  /** File pages copied in as reclaim dropped them, and copied back for a reader; the same of swapped-out pages. */
  FILE_KEPT,
  FILE_BACK,
  SWAP_KEPT,
  SWAP_BACK,
  /** Copies that were not made for want of room; that made room; that a cma_alloc dropped; of them, that it had to write. */
  REFUSED,
  EVICTED,
  DISCARDED,
  WRITTEN,
  COUNT = 16,
}

/** One pin: KIND a PinKind. */
export enum PinWord {
  /** Pfn + 1; 0: the record is free. */
  PFN,
  KIND,
  /** Whatever number the caller gave its holder. */
  OWNER,
  /** Record + 1 of the next free record. */
  NEXT,
  /** Virtual time at which it was taken; 64 bit. */
  SINCE_LOW,
  SINCE_HIGH,
  COUNT = 6,
}
