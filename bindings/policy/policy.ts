// Knows: the numbers that a policy is made of, and the words that people use for them.
// Must not know: the named policies (policies.ts), nor what the core does with a number (assembly/policy).

import { CmaFree, CmaUse, PinRule, Quarantine } from "../../assembly/abi/proposals.js";
import { numberOf } from "../engine/enum_words.js";

const CMA_USE_WORDS = {
  HALF: "half",
  LAST: "last",
  GFP_CMA: "gfp-cma",
  STRICT: "strict",
  FIRST: "first",
} as const satisfies Record<keyof typeof CmaUse, string>;

const CMA_FREE_WORDS = {
  MOVABLE_LIST: "movable-list",
  BUDDY: "buddy",
  OWN_LIST: "own-list",
} as const satisfies Record<keyof typeof CmaFree, string>;

const PIN_RULE_WORDS = {
  ALLOW: "allow",
  WAIT: "wait",
  MIGRATE: "migrate",
} as const satisfies Record<keyof typeof PinRule, string>;

const QUARANTINE_WORDS = {
  DIRECT_IO: "direct-io",
  METADATA: "metadata",
} as const satisfies Record<keyof typeof Quarantine, string>;

type WordOf<Words> = Words[keyof Words];

/** Which movable requests take pages of CMA areas, and when. */
export const CMA_USES: readonly WordOf<typeof CMA_USE_WORDS>[] = Object.values(CMA_USE_WORDS);
/** Where a freed page of a CMA area goes. */
export const CMA_FREES: readonly WordOf<typeof CMA_FREE_WORDS>[] = Object.values(CMA_FREE_WORDS);
/** What a short pin does with a page of a CMA area. */
export const PIN_RULES: readonly WordOf<typeof PIN_RULE_WORDS>[] = Object.values(PIN_RULE_WORDS);
/** Uses that are kept out of CMA. */
export const QUARANTINES: readonly WordOf<typeof QUARANTINE_WORDS>[] = Object.values(QUARANTINE_WORDS);

/** Decisions in which the proposals differ, as the core takes them. */
export interface PolicyNumbers {
  /** Which movable requests take CMA pages, and when. */
  readonly cmaUse: CmaUse;
  /** Where a freed page of a CMA area goes. */
  readonly cmaFree: CmaFree;
  /** Bits of Quarantine. */
  readonly quarantine: number;
  /** What a short pin does with a page of a CMA area. */
  readonly pinRule: PinRule;
  /** Sleeps of a cma_alloc whose windows were all busy, before it searches again. */
  readonly cmaRetries: number;
  /** How long it sleeps, nanoseconds. */
  readonly cmaSleepNs: number;
}

/** A proposal by name. */
export interface Policy extends PolicyNumbers {
  /** How results call it. */
  readonly name: string;
}

/** A policy in the words of a scenario: a base, and what differs from it. */
export interface PolicyWords {
  /** Which movable requests take CMA pages, and when. */
  readonly cmaUse?: (typeof CMA_USES)[number];
  /** Where a freed page of a CMA area goes. */
  readonly cmaFree?: (typeof CMA_FREES)[number];
  /** What a short pin does with a page of a CMA area. */
  readonly pinRule?: (typeof PIN_RULES)[number];
  /** Uses that are kept out of CMA. */
  readonly quarantine?: readonly (typeof QUARANTINES)[number][];
  /** Sleeps of a cma_alloc whose windows were all busy, before it searches again. */
  readonly cmaRetries?: number;
  /** How long it sleeps, nanoseconds. */
  readonly cmaSleepNs?: number;
}

/** Words to numbers, over a base. */
export function policyFromWords(name: string, base: PolicyNumbers, words: PolicyWords): Policy {
  const { cmaUse, cmaFree, pinRule, quarantine } = words;
  return {
    name,
    cmaUse: cmaUse === undefined ? base.cmaUse : numberOf(CmaUse, CMA_USE_WORDS, cmaUse),
    cmaFree: cmaFree === undefined ? base.cmaFree : numberOf(CmaFree, CMA_FREE_WORDS, cmaFree),
    quarantine:
      quarantine === undefined
        ? base.quarantine
        : quarantine.reduce((bits, use) => bits | numberOf(Quarantine, QUARANTINE_WORDS, use), 0),
    pinRule: pinRule === undefined ? base.pinRule : numberOf(PinRule, PIN_RULE_WORDS, pinRule),
    cmaRetries: words.cmaRetries ?? base.cmaRetries,
    cmaSleepNs: words.cmaSleepNs ?? base.cmaSleepNs,
  };
}
