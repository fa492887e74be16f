// Knows: the numbers that a policy is made of, and the words that people use for them.
// Must not know: the named policies (policies.ts), nor what the core does with a number (assembly/policy).

/** Which movable requests take pages of CMA areas, and when. The index is the number that the core knows. */
export const CMA_USES = ["half", "last", "gfp-cma", "strict"] as const;
/** Where a freed page of a CMA area goes. */
export const CMA_FREES = ["movable-list", "buddy", "own-list"] as const;
/** What a short pin does with a page of a CMA area. */
export const PIN_RULES = ["allow", "wait", "migrate"] as const;
/** Uses that are kept out of CMA; the n-th is bit n. */
export const QUARANTINES = ["direct-io", "metadata"] as const;

/** Decisions in which the proposals differ, as the core takes them. */
export interface PolicyNumbers {
  /** Index in CMA_USES. */
  readonly cmaUse: number;
  /** Index in CMA_FREES. */
  readonly cmaFree: number;
  /** Bits: 1 direct I/O, 2 file system metadata. */
  readonly quarantine: number;
  /** Index in PIN_RULES. */
  readonly pinRule: number;
  /** Sleeps of a cma_alloc whose windows were all busy, before it searches again. */
  readonly cmaRetries: number;
  /** How long it sleeps, nanoseconds. */
  readonly cmaSleepNs: number;
}

export interface Policy extends PolicyNumbers {
  readonly name: string;
}

/** A policy in the words of a scenario: a base, and what differs from it. */
export interface PolicyWords {
  readonly cmaUse?: (typeof CMA_USES)[number];
  readonly cmaFree?: (typeof CMA_FREES)[number];
  readonly pinRule?: (typeof PIN_RULES)[number];
  readonly quarantine?: readonly (typeof QUARANTINES)[number][];
  readonly cmaRetries?: number;
  readonly cmaSleepNs?: number;
}

/** Words to numbers, over a base. */
export function policyFromWords(name: string, base: PolicyNumbers, words: PolicyWords): Policy {
  const { cmaUse, cmaFree, pinRule, quarantine } = words;
  return {
    name,
    cmaUse: cmaUse === undefined ? base.cmaUse : CMA_USES.indexOf(cmaUse),
    cmaFree: cmaFree === undefined ? base.cmaFree : CMA_FREES.indexOf(cmaFree),
    quarantine:
      quarantine === undefined
        ? base.quarantine
        : quarantine.reduce((bits, use) => bits | (1 << QUARANTINES.indexOf(use)), 0),
    pinRule: pinRule === undefined ? base.pinRule : PIN_RULES.indexOf(pinRule),
    cmaRetries: words.cmaRetries ?? base.cmaRetries,
    cmaSleepNs: words.cmaSleepNs ?? base.cmaSleepNs,
  };
}
