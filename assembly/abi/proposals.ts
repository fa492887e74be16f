// Knows: the choices of every proposal that a machine can follow, as numbers; the first of each is mainline.
// Must not know: what a named proposal is made of (bindings/policy), where a choice is made (policy/).
// A leaf: valid AssemblyScript and valid TypeScript, imports nothing.

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

/** movement/pins: what a short pin does with a page of a CMA area (PolicyWord.PIN_RULE). */
export enum PinRule {
  ALLOW = 0,
  /** It waits while the page's pageblock is isolated: get_user_pages waits for the end of a migration. */
  WAIT = 1,
  /** The page is moved out first: direct I/O as FOLL_LONGTERM. */
  MIGRATE = 2,
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
  COUNT = 32,
}

/** The largest value that a word may have; -1: there is no such word. */
export function mostOfPolicy(word: i32): i32 {
  switch (word) {
    case PolicyWord.CMA_USE:
      return CmaUse.FIRST;
    case PolicyWord.CMA_FREE:
      return CmaFree.OWN_LIST;
    case PolicyWord.QUARANTINE:
      return Quarantine.DIRECT_IO | Quarantine.METADATA;
    case PolicyWord.PIN_RULE:
      return PinRule.MIGRATE;
    case PolicyWord.CMA_RETRIES:
      return 1_000;
    case PolicyWord.CMA_SLEEP_US:
      return 1_000_000_000;
    default:
      return -1;
  }
}
