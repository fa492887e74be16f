// Knows: the words of a run that both sides read: the simulation's own, finished requests, what is in flight; the churn's.
// Must not know: actors and their parameters (simulation). A leaf: valid AssemblyScript and valid TypeScript, imports nothing.

/** Words of the simulation itself. */
export enum SimulationWord {
  ACTORS,
  /** Events waiting, most ever, next sequence number, performed (64 bit). */
  PENDING,
  MOST_PENDING,
  SEQUENCE,
  /** Actor + 1 of kswapd, so that a wake-up finds it. */
  KSWAPD,
  /** Requests that clients have begun. */
  BEGUN,
  EVENTS_LOW,
  EVENTS_HIGH,
  /** Log records that wait to be read. */
  LOGGED,
  /** Records of buffers and pins in flight: first free + 1, ever used. */
  CELL_FREE,
  CELLS_USED,
  /** 1: an allocation failed for good since the last event; somebody is to be killed. */
  SHORT_OF_MEMORY,
  /** What could not be scheduled for want of room; run() stops. */
  LOST,
  /** Time that the event under way has cost; f64 in two words. */
  SPENT_LOW = 14,
  SPENT_HIGH,
  /** Time that reclaim, swap and compaction have taken so far, as far as somebody has paid for it; f64 in two words. */
  PAID_LOW = 16,
  PAID_HIGH,
  /** Requests that wait for a page under I/O. */
  WAITING = 19,
  /** Applications and processes ever killed: the last KILL_CAPACITY are in KILLS. */
  KILLS,
  /** With SHORT_OF_MEMORY: whose allocation failed, its order and gfp flags. */
  SHORT_ACTOR,
  SHORT_ORDER,
  SHORT_GFP,
  /** Victims whose memory is not all free yet: until it is, nobody else is killed. */
  DYING,
  /** Until when each CPU has work; f64, two words each of MAX_CPUS. */
  CPU_BUSY = 32,
  COUNT = 160,
}

/** What run() answers. */
export enum RunStatus {
  /** The time asked for is reached. */
  REACHED = 0,
  /** So many events were performed. */
  EVENTS = 1,
  /** A request has ended and is in the log. */
  LOGGED = 2,
  /** More events, buffers or I/O were in flight than there is room for (SimulationCapacity). */
  OVERFLOW = 3,
  /** A client has begun a request and nothing of it is done yet. */
  BEGUN = 4,
}

/** What run() stops behind, beside its time and its number of events: bits. */
export enum RunStop {
  /** An event that logged a request. */
  LOG = 1,
  /** An event that began one. */
  BEGIN = 2,
}

/** One finished cma_alloc of a client. 64-bit times in two words. */
export enum LogWord {
  ACTOR,
  AREA,
  PAGES,
  ALIGN,
  /** Errno; 0: it got PFN. */
  ERROR,
  PFN,
  BEGIN_LOW,
  BEGIN_HIGH,
  END_LOW,
  END_HIGH,
  WINDOWS,
  BUSY_RETRIES,
  PAGES_MIGRATED,
  PAGES_RECLAIMED,
  /** Times it slept before it searched again (PolicyWord.CMA_RETRIES). */
  SLEEPS,
  /** Number of its request, as in WindowWord.REQUEST, and StatWord.WINDOWS before it began. */
  REQUEST,
  FIRST_WINDOW,
  /** Which of its actor's units of work it was, from 1 (Counter.PLANNED). */
  ORDINAL,
  /** RequestWord.PAGES_WRITTEN. */
  PAGES_WRITTEN,
  COUNT = 20,
}

/** One application or process that was killed for want of memory. 64-bit time in two words. */
export enum KillWord {
  /** Whose it was, and how many pages it had, in memory and in swap. */
  ACTOR,
  PAGES,
  /** Whose allocation had failed, its order and gfp flags. */
  CAUSE,
  ORDER,
  GFP,
  /** Actor + 1 of the client whose request was under way, begun first of several; 0: none was. Which of its openings. */
  CLIENT,
  TIME_LOW,
  TIME_HIGH,
  ORDINAL,
  COUNT = 12,
}

/** An I/O or a buffer in flight. */
export enum CellWord {
  ACTOR,
  /** First pfn or slot; pages. */
  FIRST,
  PAGES,
  A,
  /** Next cell of the same I/O + 1, or of the free list + 1. */
  NEXT,
  B,
  SINCE_LOW,
  SINCE_HIGH,
  COUNT = 8,
}

/** Parameters of workload/generators/churn. Weights are relative. */
export enum WorkloadWord {
  SEED_LOW,
  SEED_HIGH,
  /** Free pages, all zones together, around which the churn moves. */
  TARGET_FREE,
  WEIGHT_MOVABLE,
  WEIGHT_THP,
  WEIGHT_UNMOVABLE,
  WEIGHT_RECLAIMABLE,
  /** Order of a THP on this device. */
  THP_ORDER,
  ALLOCATED,
  RELEASED,
  FAILED,
  /** Scratch: did the last allocation take the slow path? */
  SLOW,
  COUNT = 12,
}
