// Knows: the words of a simulation: kinds of actors, their parameters and counters, costs, the log of requests.
// Must not know: what an actor does (workload/), when (time/), where anything is stored (memory/regions).
// A leaf: valid AssemblyScript and valid TypeScript, imports nothing.

/** What acts in a simulation. One file of workload/actors each. */
export enum ActorKind {
  NONE,
  /** Background reclaim; there is one, it sleeps until an allocation wakes it. */
  KSWAPD,
  /** The vmstat worker of every CPU: counters are folded, per-CPU lists decay. */
  VMSTAT,
  /** Memory that is in use from the start, part of which is replaced all the time. */
  RESIDENT,
  /** Applications that are launched, fill anonymous and file memory, are used and exit or are killed. */
  APPS,
  /** Files that are read: page cache with readahead. */
  FILE_READ,
  /** Files that are written: dirty pages, writeback. */
  FILE_WRITE,
  /** O_DIRECT streams: buffers pinned for the time of an I/O. */
  DIRECT_IO,
  /** Proactive swap-out (Android's app compaction into zram) and pages read back. */
  ZRAM,
  /** Kernel memory that cannot be moved. */
  SLAB,
  /** Movable pages that a file system holds for as long as it is mounted. */
  METADATA,
  /** dma-buf clients: buffers of very different sizes, from an area or from the system heap. */
  GPU,
  /** One large request at each opening, held while open. */
  CAMERA,
  /** A set of equal buffers, all given back and requested again when the channel changes. */
  TV,
  /** Many small requests of one area with very different lifetimes. */
  FRAGMENTER,
  /** FOLL_LONGTERM pins: moved out of CMA first. */
  LONG_PIN,
  /** Short-lived kernel allocations in pairs, some of them in interrupts. */
  NOISE,
  /** Short-lived processes, whose pages are gathered at their exit before they are freed (mmu_gather). */
  EXITS,
  COUNT,
}

/** Fixed words of an actor's record. */
export enum ActorWord {
  KIND,
  /** CPU it runs on; NR_CPUS: another one each time, drawn. */
  CPU,
  /** Its slots: first, how many, how many of them have been used. */
  FIRST_SLOT,
  SLOT_COUNT,
  LIVE,
  /** CMA area, -1: none. */
  AREA,
  /** 1 between its start and its stop. */
  ACTIVE,
  /** Free for the actor's own use. */
  A,
  B,
  C,
  /** Random state, 64 bit, at an even word. */
  SEED_LOW,
  SEED_HIGH,
  /** A second stream, for draws whose number depends on the machine: those of arrivals stay the same. */
  SIDE_LOW,
  SIDE_HIGH,
  /** Free for the actor's own use. */
  D,
  /** A third stream, for the service times of a device: the n-th I/O of the actor takes as long under every policy. */
  SERVICE_LOW = 16,
  SERVICE_HIGH,
  COUNT = 20,
}

/** Parameters that all actors have; those of a kind begin at FIRST. f64; times in nanoseconds. */
export enum Parameter {
  START,
  /** 0: never. */
  STOP,
  FIRST = 2,
  /** Of a client: what its requests follow instead of the policy; 0: that, else one more than the value. Effort, WindowRule. */
  RETRIES = 21,
  EFFORT,
  WINDOW,
  COUNT = 24,
}

/** Distribution of a time or size around its mean. */
export enum Spread {
  FIXED = 0,
  EXPONENTIAL = 1,
  /** Median = mean parameter / e^(1/2), sigma 1. */
  LOGNORMAL = 2,
  /** Half to one and a half times the mean. */
  UNIFORM = 3,
  /** Lognormal with sigma 0.4, a coefficient of variation of 0.42: a sum of some thirty device requests. */
  LOGNORMAL_NARROW = 4,
}

/** All sizes in pages, all shares 0 to 1, intervals and times in nanoseconds, `_SPREAD` a Spread. */
export enum ResidentParameter {
  ANON = 2,
  FILE,
  UNMOVABLE,
  RECLAIMABLE,
  /** One operation (a page freed, another allocated) each so often, in batches of BATCH. 0: none. */
  INTERVAL,
  BATCH,
  /** Part of the file pages that are dirty. */
  DIRTY_SHARE,
  /** So many pages are left free at the start: what lies above is taken by the kernel for good. 0: nothing is taken. */
  LEAVE_FREE,
  /** The memory comes into use within this time, evenly; 0: it is there from the start. */
  FILL_TIME,
  /** Equal processes that the anonymous memory belongs to, one part each. */
  PROCESSES,
  /** oom_score_adj of these: -1000 (never killed) to 1000. */
  OOM_SCORE_ADJ,
  /** Time from the end of one that was killed to its next start; 0: never. */
  RESTART,
  /** So many anonymous pages, drawn among the first TOUCH_SHARE of them, are used ... */
  TOUCH_PAGES,
  /** ... each so often; 0: never. */
  TOUCH_INTERVAL,
  TOUCH_SHARE,
}

export enum AppsParameter {
  /** Applications alive at the start. */
  INITIAL = 2,
  /** Most that may be alive; the oldest is killed for a new one. */
  MOST,
  /** Mean time between launches, exponential. */
  INTERVAL,
  /** Mean lifetime, exponential; 0: until killed. */
  LIFETIME,
  /** Footprint, uniform between the two. */
  PAGES_MIN,
  PAGES_MAX,
  /** Part of the anonymous memory that is asked for as THP first. */
  THP_SHARE,
  /** Part of the footprint that is mapped file pages. */
  FILE_SHARE,
  /** CPU time per page while it starts, beyond the page fault itself. */
  FILL_COST,
  /** The application in use (mostly the newest) touches so many of its pages ... */
  TOUCH_PAGES,
  /** ... each so often; 0: never. */
  TOUCH_INTERVAL,
  /** Order of what is asked for as THP; 0: a huge page of the kernel's own order (HPAGE_PMD_ORDER). */
  THP_ORDER,
}

export enum FileReadParameter {
  /** Mean time between reads of a file, exponential. */
  INTERVAL = 2,
  /** Pages of a file. */
  PAGES,
  PAGES_SPREAD,
  /** Pages read ahead at once. */
  READAHEAD,
  /** Mean time of one readahead on the device; those of one read take equally long. */
  SERVICE,
  /** Most pages cached by this workload; beyond, the oldest are dropped. */
  CACHE,
  /** Part of the reads that go to what was read before: present pages become active, others are read again. */
  ACTIVE_SHARE,
  SERVICE_SPREAD,
  /** 1: pages of a block device's own mapping (GFP_USER: of unmovable type, never in CMA); 0: of files. */
  BLOCK_DEVICE,
  /** Pages of the one file that is read, from its beginning on; 0: each read is of a new file. */
  FILE,
  /** Once it has been read to its end, reads go to places drawn among so many of its first pages; 0: it is read again from the beginning. */
  AGAIN,
}

export enum FileWriteParameter {
  INTERVAL = 2,
  PAGES,
  PAGES_SPREAD,
  /** Age at which dirty pages are written (dirty_expire_centisecs). */
  EXPIRE,
  /** Time that one page is under writeback. */
  SERVICE,
  SERVICE_SPREAD,
  /** Most pages cached by this workload. */
  CACHE,
}

export enum DirectIoParameter {
  /** Mean time between requests, exponential (open loop); 0: closed loop, each completion submits the next. */
  INTERVAL = 2,
  /** Requests in flight: all of a closed loop, the most of an open one (beyond, a request is dropped and counted). */
  QUEUE_DEPTH,
  /** Pages of one request. */
  PAGES,
  PAGES_SPREAD,
  /** Time from submission to completion. */
  SERVICE,
  SERVICE_SPREAD,
  /** Part of the requests that allocate fresh buffers and free them at completion; the others use BUFFERS. */
  FRESH_SHARE,
  /** Pages of the buffers that are used again and again, filled at the start. */
  BUFFERS,
  /** Pause between completion and the next submission of a closed loop. */
  THINK,
  /** 1: which buffer pages are used is drawn; 0: one after the other. */
  RANDOM,
  THINK_SPREAD,
  /** Bios of a request: each pins its part of the pages until its own end. */
  BIOS,
  /** Device requests of a bio, each with a service time of its own: the slowest ends the bio. */
  DEVICE_REQUESTS,
  /** Of the pages faulted in for BUFFERS at the start one in so many is kept, SCATTER_CHUNK at a time. 0 or 1: all. */
  SCATTER,
  SCATTER_CHUNK,
  /** 1: each place of a closed loop uses a part of BUFFERS of its own, again and again. */
  OWN_BUFFERS,
  /** The places of a closed loop begin one after the other within this time, each with a buffer not faulted in before. 0: at once. */
  RAMP,
  /** 1: when within RAMP each of them begins is drawn. */
  RAMP_DRAWN,
  /** Pieces of a request, each anywhere in a part of its buffer, drawn. 0 or 1: its pages lie side by side. */
  IOVECS,
  /** Pages of a fresh buffer, all touched before those of the request are pinned; less than these: as many. */
  FRESH_SIZE,
}

export enum ZramParameter {
  /** Pages swapped out, BATCH each so often. */
  INTERVAL = 2,
  BATCH,
}

export enum SlabParameter {
  INTERVAL = 2,
  /** Mean lifetime, exponential; 0: for ever. */
  LIFETIME,
  /** Most pages held. */
  PAGES,
  /** Largest order; each lower one is twice as frequent. */
  ORDER_MAX,
  RECLAIMABLE_SHARE,
}

export enum MetadataParameter {
  /** Pages that are read and held at the start. */
  PAGES = 2,
  /** Mean time between two more, exponential; 0: none. */
  INTERVAL,
  /** Most pages held. */
  MOST,
  /** Time that a page is held; 0: until the file system is unmounted (STOP). */
  HOLD,
}

export enum LongPinParameter {
  PAGES = 2,
  INTERVAL,
  HOLD,
}

export enum NoiseParameter {
  INTERVAL = 2,
  HOLD,
  ORDER_MAX,
  ATOMIC_SHARE,
}

export enum ExitsParameter {
  INTERVAL = 2,
  PAGES,
  PAGES_SPREAD,
  LIFETIME,
  LIFETIME_SPREAD,
  /** Time that its pages are held at its exit, unmapped and not yet freed; for each MOST pages of it. */
  HOLD,
  HOLD_SPREAD,
  GATHER,
  MOST,
}

/** What every actor counts. f64. */
export enum Counter {
  /** Pages allocated, freed; allocations that failed. */
  ALLOCATED,
  FREED,
  FAILED,
  /** Pages pinned now, ever, and the sum of page * nanoseconds. */
  PINNED,
  PINS,
  PIN_TIME,
  /** Longest time one pin was held. */
  LONGEST_PIN,
  /** What the kind calls one unit of work: launches, files, I/O requests, openings. */
  OPERATIONS,
  /** Work that could not be done: no page, queue full, buffer not to be had. */
  DROPPED,
  /** Applications and processes killed for want of memory. */
  KILLED,
  /** Pages read back from swap, or from their file again. */
  REFAULTS,
  /** Nanoseconds of virtual CPU time, and those of it in direct reclaim and compaction. */
  BUSY_TIME,
  RECLAIM_TIME,
  /** Nanoseconds that pins waited for migrations (PinRule.WAIT). */
  PIN_WAIT_TIME,
  /** Units of work that its plan has come to: the n-th of them follows from seed and n alone. */
  PLANNED,
  /** Of these: not begun, since the one before was not over (an opening while the buffer is still asked for). */
  SKIPPED,
  /** Pages that it wants at this moment and has not got: it goes on asking for them. */
  LACKING,
  /** Pages that its pins have moved out of CMA. */
  MOVED,
  /** Nanoseconds that its requests waited for pages under I/O. */
  IO_WAIT_TIME,
  COUNT = 24,
}

/** Costs in nanoseconds of virtual time; f64. Defaults and their sources: bindings/scenario/costs. */
export enum Cost {
  /** A page fault with its zeroed page; per further page of a large one. */
  FAULT,
  ZERO_PAGE,
  /** An allocation, a release without a fault. */
  ALLOCATE,
  RELEASE,
  /** What the slow path adds. */
  SLOW_PATH,
  /** Reclaim, per page looked at; per page freed. */
  RECLAIM_SCAN,
  RECLAIM_PAGE,
  /** Per round over a node, whatever it finds (slab shrinkers, memory cgroups). */
  RECLAIM_ROUND,
  /** Per page: written to swap on a disk, read from there; compressed into zram, decompressed. */
  SWAP_OUT,
  SWAP_IN,
  ZRAM_STORE,
  ZRAM_LOAD,
  /** One run of compaction over a zone. */
  COMPACTION,
  /** cma_alloc: per search, per pageblock isolated or given back, per CPU drained, per page that was on its lists. */
  CMA_SEARCH,
  ISOLATE_BLOCK,
  DRAIN_CPU,
  DRAIN_PAGE,
  /** Per page scanned, tested, taken. */
  SCAN_PAGE,
  TEST_PAGE,
  TAKE_PAGE,
  /** Migration: per batch (LRU drained on every CPU), per page (unmap, copy, remap, TLB), per try that failed. */
  MIGRATE_BATCH,
  MIGRATE_PAGE,
  MIGRATE_FAILED,
  /** The sleep between two sweeps of a request (100 ms where there is one). */
  CMA_SLEEP,
  /** How often a waiting pin looks again; how often a request looks whether cma_mutex is free. */
  PIN_POLL,
  LOCK_POLL,
  /** From the wake-up to the first round of kswapd. */
  KSWAPD_WAKE,
  /** Period of the vmstat worker (vm.stat_interval). */
  VMSTAT_INTERVAL,
  /** From an allocation that failed for good to its next try; somebody was killed meanwhile. */
  KILL,
  /** A page copied into an area that keeps its own, or back; a copy that is dropped there. */
  COPY_PAGE,
  DISCARD_PAGE,
  /** Reclaim, per page turned over because its zone is not wanted. */
  RECLAIM_SKIP,
  COUNT = 32,
}
