// Knows: the choices of every proposal that a machine can follow, as numbers; the first of each is mainline.
// Must not know: what a named proposal is made of (bindings/policy), where a choice is made (policy/).
// A leaf: valid AssemblyScript and valid TypeScript, imports nothing.

/** frames/zone: in which zone the pages of CMA areas lie. No mainline kernel but an early 4.17 has anything but IN_PLACE. */
export enum CmaZoneRule {
  /** Where their addresses are, as pageblocks of type CMA. */
  IN_PLACE = 0,
  /** ZONE_CMA: a zone of several spans, behind all others (Kim, 2014 to 2017). */
  OWN = 1,
  /** In ZONE_MOVABLE, with whatever else lies there (4.17-rc; taken back before its release). */
  MOVABLE = 2,
}

/** policy/cma_use: which movable requests take pages of CMA areas, and when (PolicyWord.CMA_USE). */
export enum CmaUse {
  /** Linux 5.7+: first while more than half of the free memory is CMA, else before the fallback to other types. */
  HALF = 0,
  /** Linux 3.5 to 5.6: only once the MOVABLE lists are empty. */
  LAST = 1,
  /** Android: requests with __GFP_CMA, from CMA first; all others never. */
  GFP_CMA = 2,
  /** Never (MIGRATE_CMA_STRICT). */
  STRICT = 3,
  /** Every movable request, from CMA first. */
  FIRST = 4,
  /** First while more than CMA_LIMIT per cent of the free memory is CMA; 0: always, 100: never (vm.cma_first_limit). */
  PERCENT = 5,
  /** First while free CMA is more than CMA_LIMIT sixteenths of the free memory, divided first (alloc_in_cma_threshold). */
  SIXTEENTHS = 6,
  /** First where the zone without CMA is below its low mark; else the half rule (use_cma_first, 2023). */
  WATERMARK = 7,
  /** First while CMA's share of the free memory is above its share of the zone (use_cma_first, second version). */
  SHARE = 8,
  /** In turns, by the sizes of the two kinds of memory (2014); CMA_LIMIT 1: requests of other types use up turns too. */
  RATIO = 9,
  /** First while more than CMA_LIMIT pages of CMA are free, else last (CMA_AGGRESSIVE, 2014). */
  AGGRESSIVE = 10,
}

/** buddy/pcp: where a freed page of a CMA area goes (PolicyWord.CMA_FREE). */
export enum CmaFree {
  /** Mainline: the per-CPU lists of MOVABLE. */
  MOVABLE_LIST = 0,
  /** "mm: cma: free cma page to buddy instead of being cpu hot page" (2013). */
  BUDDY = 1,
  /** Android: per-CPU lists of their own. */
  OWN_LIST = 2,
}

/** Bits of PolicyWord.QUARANTINE: uses whose pages are kept out of CMA. */
export enum Quarantine {
  DIRECT_IO = 1,
  METADATA = 2,
}

/** May a THP-sized request take CMA blocks? (PolicyWord.THP_CMA) */
export enum ThpCma {
  /** As any other movable request. */
  MAY = 0,
  NEVER = 1,
}

/** The per-CPU lists of THP size (PolicyWord.THP_LISTS). */
export enum ThpLists {
  /** 6.10+: one for movable, one for other requests. */
  SPLIT = 0,
  /** Before: one for all, so that CMA blocks reached unmovable requests. */
  SHARED = 1,
  /** A third one, for CMA blocks (2025); with CmaFree.OWN_LIST. */
  OWN_LIST = 2,
}

/** movement/pins: what a short pin does with a page of a CMA area (PolicyWord.PIN_RULE). */
export enum PinRule {
  ALLOW = 0,
  /** It waits while the page's pageblock is isolated: get_user_pages waits for the end of a migration. */
  WAIT = 1,
  /** The page is moved out first: direct I/O as FOLL_LONGTERM. */
  MIGRATE = 2,
  /** So is the page of any reference that keeps it in place (2015). */
  MIGRATE_ALL = 3,
}

/** Bits of PolicyWord.MOVE_ON: what a page of a CMA area becomes when it is moved out first. */
export enum MoveOn {
  DIRTY = 1,
  WRITEBACK = 2,
  BUFFER_HEAD = 4,
}

/** cma/placement: which free window a request tries (PolicyWord.WINDOW, and of one request). */
export enum WindowRule {
  /** The first one: mainline. */
  FIRST = 0,
  /** The first one behind the last success, then those before it. */
  NEXT = 1,
  /** In the smallest hole that is large enough. */
  BEST = 2,
  /** The first one without a page that cannot be moved at this moment; without such, as FIRST. */
  PIN_AVOIDING = 3,
}

/** cma/request: how hard a request tries (PolicyWord.EFFORT, and of one request). */
export enum Effort {
  NORMAL = 0,
  /** __GFP_NORETRY: it neither sleeps nor waits for a page, and tries a batch of pages once. */
  NORETRY = 1,
}

/** What moves pages into CMA in the background (PolicyWord.BALANCE). */
export enum Balance {
  NONE = 0,
  /** A worker, until free CMA is down to CMA_LIMIT per cent of the free memory (2025). */
  WORKER = 1,
  /** kswapd, after a round that freed pages of CMA for a request that cannot use them (2025). */
  KSWAPD = 2,
}

/** movement/guests: whose the pages of a CMA area are while no client has them. */
export enum CmaOwnerRule {
  /** The allocator's: they are on the buddy lists, and movable requests borrow them. */
  BUDDY = 0,
  /** The area's: reserved at boot, no allocator knows them; they hold what PolicyWord.GUESTS lets in. */
  AREA = 1,
}

/** movement/guests: which clean file pages that reclaim drops are copied into areas that keep their pages (PolicyWord.GUESTS). */
export enum Guests {
  NONE = 0,
  /** Those of the working set: pages that have been active. */
  WORKINGSET = 1,
  EVERY = 2,
}

/**
 * One row of Region.POLICIES: what the machine, or one of its areas, follows. All zeros is mainline. The words that say
 * which lists movable requests see are the machine's alone; an area's row has those that a request or a pin of it asks for.
 */
export enum PolicyWord {
  /** CmaUse. The machine's. */
  CMA_USE,
  /** CmaFree. The machine's. */
  CMA_FREE,
  /** Quarantine bits. The machine's. */
  QUARANTINE,
  /** PinRule. */
  PIN_RULE,
  /** Sleeps of a cma_alloc whose windows were all busy (Android, Raspberry Pi: 5). */
  CMA_RETRIES,
  /** How long one of them is, microseconds; 0: as long as Cost.CMA_SLEEP says. */
  CMA_SLEEP_US,
  /** The number of PERCENT, SIXTEENTHS, RATIO, AGGRESSIVE and Balance.WORKER. The machine's. */
  CMA_LIMIT,
  /** Of 100 requests that QUARANTINE is meant for so many are not recognised. The machine's. */
  QUARANTINE_MISS,
  /** ThpCma, ThpLists. The machine's. */
  THP_CMA,
  THP_LISTS,
  /** PinRule.WAIT: 1: a page that is pinned already may be pinned again at once. */
  PIN_AGAIN,
  /** MoveOn bits. */
  MOVE_ON,
  /** A pin that was held for longer is told, microseconds; 0: nobody measures. The machine's. */
  PIN_WARN_US,
  /** So long a request waits for the last references of a page, microseconds; 0: not at all. */
  WAIT_REFS_US,
  /** That time is for a window as a whole (1), or for each page (0). */
  WAIT_WINDOW,
  /** Busy windows after which a request gives up; 0: never. */
  GIVE_UP,
  /** Effort, WindowRule. */
  EFFORT,
  WINDOW,
  /** 1: a released range goes to the buddy lists in the largest blocks (2026). */
  FREE_RANGE,
  /** Balance. The machine's. */
  BALANCE,
  /** Guests. The machine's, as are the next three. */
  GUESTS,
  /** Copies that a worker drops where none finds room; 0: the oldest one makes room for the new one. */
  GUEST_EVICT,
  /** Per cent of the pages of areas that copies of swapped-out pages may have; file pages have the rest. */
  FRONTSWAP_SHARE,
  /** 1: such a page is written to storage as it is copied in; 0: when a cma_alloc takes its frame. */
  WRITE_THROUGH,
  COUNT = 32,
}

/** The largest value that a word may have; -1: there is no such word. */
export function mostOfPolicy(word: i32): i32 {
  switch (word) {
    case PolicyWord.CMA_USE:
      return CmaUse.AGGRESSIVE;
    case PolicyWord.CMA_FREE:
      return CmaFree.OWN_LIST;
    case PolicyWord.QUARANTINE:
      return Quarantine.DIRECT_IO | Quarantine.METADATA;
    case PolicyWord.PIN_RULE:
      return PinRule.MIGRATE_ALL;
    case PolicyWord.CMA_RETRIES:
      return 1_000;
    case PolicyWord.CMA_LIMIT:
    case PolicyWord.GIVE_UP:
    case PolicyWord.GUEST_EVICT:
    case PolicyWord.CMA_SLEEP_US:
    case PolicyWord.PIN_WARN_US:
    case PolicyWord.WAIT_REFS_US:
      return 1_000_000_000;
    case PolicyWord.QUARANTINE_MISS:
    case PolicyWord.FRONTSWAP_SHARE:
      return 100;
    case PolicyWord.THP_CMA:
      return ThpCma.NEVER;
    case PolicyWord.THP_LISTS:
      return ThpLists.OWN_LIST;
    case PolicyWord.MOVE_ON:
      return MoveOn.DIRTY | MoveOn.WRITEBACK | MoveOn.BUFFER_HEAD;
    case PolicyWord.PIN_AGAIN:
    case PolicyWord.WAIT_WINDOW:
    case PolicyWord.FREE_RANGE:
    case PolicyWord.WRITE_THROUGH:
      return 1;
    case PolicyWord.EFFORT:
      return Effort.NORETRY;
    case PolicyWord.WINDOW:
      return WindowRule.PIN_AVOIDING;
    case PolicyWord.BALANCE:
      return Balance.KSWAPD;
    case PolicyWord.GUESTS:
      return Guests.EVERY;
    default:
      return -1;
  }
}
