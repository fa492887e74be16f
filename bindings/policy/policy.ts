// Knows: the numbers that a policy is made of, and the words that people use for them.
// Must not know: the named policies (policies.ts), nor what the core does with a number (assembly/policy).

import {
  Balance,
  CmaFree,
  type CmaOwnerRule,
  CmaUse,
  type CmaZoneRule,
  Effort,
  Guests,
  MoveOn,
  PinRule,
  Quarantine,
  ThpCma,
  ThpLists,
  WindowRule,
} from "../../assembly/abi/proposals.js";
import type { CmaErrorRule } from "../../assembly/abi/vocabulary.js";
import { numberOf } from "../engine/enum_words.js";

const CMA_USE_WORDS = {
  HALF: "half",
  LAST: "last",
  GFP_CMA: "gfp-cma",
  STRICT: "strict",
  FIRST: "first",
  PERCENT: "percent",
  SIXTEENTHS: "sixteenths",
  WATERMARK: "watermark",
  SHARE: "share",
  RATIO: "ratio",
  AGGRESSIVE: "aggressive",
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
  MIGRATE_ALL: "migrate-all",
} as const satisfies Record<keyof typeof PinRule, string>;

const QUARANTINE_WORDS = {
  DIRECT_IO: "direct-io",
  METADATA: "metadata",
} as const satisfies Record<keyof typeof Quarantine, string>;

const MOVE_ON_WORDS = {
  DIRTY: "dirty",
  WRITEBACK: "writeback",
  BUFFER_HEAD: "buffer-head",
} as const satisfies Record<keyof typeof MoveOn, string>;

const THP_CMA_WORDS = { MAY: "may", NEVER: "never" } as const satisfies Record<keyof typeof ThpCma, string>;

const THP_LIST_WORDS = {
  SPLIT: "split",
  SHARED: "shared",
  OWN_LIST: "own-list",
} as const satisfies Record<keyof typeof ThpLists, string>;

const WINDOW_WORDS = {
  FIRST: "first",
  NEXT: "next",
  BEST: "best",
  PIN_AVOIDING: "pin-avoiding",
} as const satisfies Record<keyof typeof WindowRule, string>;

const EFFORT_WORDS = {
  NORMAL: "normal",
  NORETRY: "noretry",
} as const satisfies Record<keyof typeof Effort, string>;

const BALANCE_WORDS = {
  NONE: "none",
  WORKER: "worker",
  KSWAPD: "kswapd",
} as const satisfies Record<keyof typeof Balance, string>;

const GUEST_WORDS = {
  NONE: "none",
  WORKINGSET: "workingset",
  EVERY: "every",
} as const satisfies Record<keyof typeof Guests, string>;

type WordOf<Words> = Words[keyof Words];

/** Which movable requests take pages of CMA areas, and when. */
export const CMA_USES: readonly WordOf<typeof CMA_USE_WORDS>[] = Object.values(CMA_USE_WORDS);
/** Where a freed page of a CMA area goes. */
export const CMA_FREES: readonly WordOf<typeof CMA_FREE_WORDS>[] = Object.values(CMA_FREE_WORDS);
/** What a short pin does with a page of a CMA area. */
export const PIN_RULES: readonly WordOf<typeof PIN_RULE_WORDS>[] = Object.values(PIN_RULE_WORDS);
/** Uses that are kept out of CMA. */
export const QUARANTINES: readonly WordOf<typeof QUARANTINE_WORDS>[] = Object.values(QUARANTINE_WORDS);
/** What a page of a CMA area becomes when it is moved out first. */
export const MOVE_ONS: readonly WordOf<typeof MOVE_ON_WORDS>[] = Object.values(MOVE_ON_WORDS);
/** May THP-sized requests take CMA blocks? */
export const THP_CMAS: readonly WordOf<typeof THP_CMA_WORDS>[] = Object.values(THP_CMA_WORDS);
/** The per-CPU lists of THP size. */
export const THP_LISTS: readonly WordOf<typeof THP_LIST_WORDS>[] = Object.values(THP_LIST_WORDS);
/** Which free window a request tries. */
export const WINDOW_RULES: readonly WordOf<typeof WINDOW_WORDS>[] = Object.values(WINDOW_WORDS);
/** How hard a request tries. */
export const EFFORTS: readonly WordOf<typeof EFFORT_WORDS>[] = Object.values(EFFORT_WORDS);
/** What moves pages into CMA in the background. */
export const BALANCES: readonly WordOf<typeof BALANCE_WORDS>[] = Object.values(BALANCE_WORDS);
/** Which clean file pages are copied into areas that keep their pages. */
export const GUESTS: readonly WordOf<typeof GUEST_WORDS>[] = Object.values(GUEST_WORDS);

/** The number of a word, for keys that have words; an unknown word throws. */
export function effortOf(word: string): Effort {
  return numberOf(Effort, EFFORT_WORDS, word as WordOf<typeof EFFORT_WORDS>);
}

/** The same for windows. */
export function windowRuleOf(word: string): WindowRule {
  return numberOf(WindowRule, WINDOW_WORDS, word as WordOf<typeof WINDOW_WORDS>);
}

/** Decisions in which the proposals differ, as the core takes them. */
export interface PolicyNumbers {
  /** Which movable requests take CMA pages, and when. */
  readonly cmaUse: CmaUse;
  /** The number of percent, sixteenths, ratio, aggressive and of the balancing worker. */
  readonly cmaLimit: number;
  /** Where a freed page of a CMA area goes. */
  readonly cmaFree: CmaFree;
  /** Bits of Quarantine. */
  readonly quarantine: number;
  /** Of 100 requests that the quarantine is meant for so many are not recognised. */
  readonly quarantineMiss: number;
  /** May THP-sized requests take CMA blocks? */
  readonly thpCma: ThpCma;
  /** The per-CPU lists of THP size. */
  readonly thpLists: ThpLists;
  /** What a short pin does with a page of a CMA area. */
  readonly pinRule: PinRule;
  /** 1: under `wait` a page that is pinned already is pinned again at once. */
  readonly pinAgain: number;
  /** Bits of MoveOn: what a page of a CMA area becomes when it is moved out first. */
  readonly moveOn: number;
  /** A pin that is held for longer is told, nanoseconds; 0: nobody measures. */
  readonly pinWarnNs: number;
  /** Sleeps of a cma_alloc whose windows were all busy, before it searches again. */
  readonly cmaRetries: number;
  /** How long it sleeps, nanoseconds. */
  readonly cmaSleepNs: number;
  /** So long a request waits for the last references of a page, nanoseconds; 0: not at all. */
  readonly waitRefsNs: number;
  /** 1: that time is for a window as a whole, not for each page. */
  readonly waitWindow: number;
  /** Busy windows after which a request gives up; 0: never. */
  readonly giveUp: number;
  /** How hard a request tries. */
  readonly effort: Effort;
  /** Which free window a request tries. */
  readonly window: WindowRule;
  /** 1: a released range goes to the buddy lists in the largest blocks. */
  readonly freeRange: number;
  /** What moves pages into CMA in the background. */
  readonly balance: Balance;
  /** Which clean file pages that reclaim drops are copied into areas that keep their pages (rules.cmaOwner). */
  readonly guests: Guests;
  /** Copies that a worker drops where none finds room; 0: the oldest makes room. */
  readonly guestEvict: number;
  /** Per cent of such areas that swapped-out pages may have. */
  readonly frontswapShare: number;
  /** 1: these are written to storage as they come in; 0: when a request takes their frames. */
  readonly writeThrough: number;
  /** Rules of the kernel that it changes: it can be had from boot only. */
  readonly rules?: {
    readonly cmaError?: CmaErrorRule;
    readonly cmaOwner?: CmaOwnerRule;
    readonly cmaZone?: CmaZoneRule;
  };
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
  /** The number of percent, sixteenths, ratio, aggressive and of the balancing worker. */
  readonly cmaLimit?: number;
  /** Where a freed page of a CMA area goes. */
  readonly cmaFree?: (typeof CMA_FREES)[number];
  /** What a short pin does with a page of a CMA area. */
  readonly pinRule?: (typeof PIN_RULES)[number];
  /** Under `wait` a page that is pinned already is pinned again at once. */
  readonly pinAgain?: boolean;
  /** What a page of a CMA area becomes when it is moved out first. */
  readonly moveOn?: readonly (typeof MOVE_ONS)[number][];
  /** A pin that is held for longer is told, nanoseconds. */
  readonly pinWarnNs?: number;
  /** Uses that are kept out of CMA. */
  readonly quarantine?: readonly (typeof QUARANTINES)[number][];
  /** Of 100 such requests so many are not recognised. */
  readonly quarantineMiss?: number;
  /** May THP-sized requests take CMA blocks? */
  readonly thpCma?: (typeof THP_CMAS)[number];
  /** The per-CPU lists of THP size. */
  readonly thpLists?: (typeof THP_LISTS)[number];
  /** Sleeps of a cma_alloc whose windows were all busy, before it searches again. */
  readonly cmaRetries?: number;
  /** How long it sleeps, nanoseconds. */
  readonly cmaSleepNs?: number;
  /** So long a request waits for the last references of a page, nanoseconds. */
  readonly waitRefsNs?: number;
  /** That time is for a window as a whole. */
  readonly waitWindow?: boolean;
  /** Busy windows after which a request gives up. */
  readonly giveUp?: number;
  /** How hard a request tries. */
  readonly effort?: (typeof EFFORTS)[number];
  /** Which free window a request tries. */
  readonly window?: (typeof WINDOW_RULES)[number];
  /** A released range goes to the buddy lists in the largest blocks. */
  readonly freeRange?: boolean;
  /** What moves pages into CMA in the background. */
  readonly balance?: (typeof BALANCES)[number];
  /** Which clean file pages that reclaim drops are copied into areas that keep their pages. */
  readonly guests?: (typeof GUESTS)[number];
  /** Copies that a worker drops where none finds room; 0: the oldest makes room. */
  readonly guestEvict?: number;
  /** Per cent of such areas that swapped-out pages may have. */
  readonly frontswapShare?: number;
  /** These are written to storage as they come in. */
  readonly writeThrough?: boolean;
}

/** Linux 6.12: what a number is where nobody says otherwise. */
export const MAINLINE: PolicyNumbers = {
  cmaUse: CmaUse.HALF,
  cmaLimit: 0,
  cmaFree: CmaFree.MOVABLE_LIST,
  quarantine: 0,
  quarantineMiss: 0,
  thpCma: ThpCma.MAY,
  thpLists: ThpLists.SPLIT,
  pinRule: PinRule.ALLOW,
  pinAgain: 0,
  moveOn: 0,
  pinWarnNs: 0,
  cmaRetries: 0,
  cmaSleepNs: 100_000_000,
  waitRefsNs: 0,
  waitWindow: 0,
  giveUp: 0,
  effort: Effort.NORMAL,
  window: WindowRule.FIRST,
  freeRange: 0,
  balance: Balance.NONE,
  guests: Guests.NONE,
  guestEvict: 0,
  frontswapShare: 0,
  writeThrough: 0,
};

type Reading = (written: unknown) => number;

function ofWords<Row extends string>(
  rows: Readonly<Record<Row, number>>,
  words: Readonly<Record<Row, string>>,
): Reading {
  return (written) => numberOf(rows, words, written as string);
}

function ofBits<Row extends string>(
  rows: Readonly<Record<Row, number>>,
  words: Readonly<Record<Row, string>>,
): Reading {
  return (written) =>
    (written as readonly string[]).reduce((bits, word) => bits | numberOf(rows, words, word), 0);
}

/** How what is written becomes a number; the others are numbers or true and false. */
const READINGS: Readonly<Partial<Record<keyof PolicyWords, Reading>>> = {
  cmaUse: ofWords(CmaUse, CMA_USE_WORDS),
  cmaFree: ofWords(CmaFree, CMA_FREE_WORDS),
  pinRule: ofWords(PinRule, PIN_RULE_WORDS),
  quarantine: ofBits(Quarantine, QUARANTINE_WORDS),
  moveOn: ofBits(MoveOn, MOVE_ON_WORDS),
  thpCma: ofWords(ThpCma, THP_CMA_WORDS),
  thpLists: ofWords(ThpLists, THP_LIST_WORDS),
  effort: ofWords(Effort, EFFORT_WORDS),
  window: ofWords(WindowRule, WINDOW_WORDS),
  balance: ofWords(Balance, BALANCE_WORDS),
  guests: ofWords(Guests, GUEST_WORDS),
};

/** Words to numbers, over a base. */
export function policyFromWords(name: string, base: PolicyNumbers, words: PolicyWords): Policy {
  const own = Object.entries(words).flatMap(([key, written]) => {
    if (written === undefined || !Object.hasOwn(MAINLINE, key)) return [];
    const read = READINGS[key as keyof PolicyWords] ?? Number;
    return [[key, read(written)] as const];
  });
  return { ...numbersOf(base), ...Object.fromEntries(own), name };
}

/** The numbers of a policy without its name and what is said of it. */
export function numbersOf(policy: PolicyNumbers): PolicyNumbers {
  const numbers = Object.keys(MAINLINE).map((key) => [key, policy[key as keyof PolicyNumbers]] as const);
  const { rules } = policy;
  return {
    ...(Object.fromEntries(numbers) as unknown as PolicyNumbers),
    ...(rules === undefined ? {} : { rules }),
  };
}
