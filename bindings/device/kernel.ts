// Knows: the constants and the rules in which the modelled kernel versions differ, one row each.
// Must not know: any device. The enumerations and what reads them: assembly/abi/vocabulary.
//
// Models: Linux 6.12 (6.12.y with the claim/steal split) and Linux 6.1 (late 6.1.y), mm/page_alloc.c.
// Only these two are proved, by captures; every other row says what it changes, by what source, and what it shares with its
// neighbour for want of a capture (docs/kernels.md).

import { CmaOwnerRule, CmaZoneRule } from "../../assembly/abi/proposals.js";
import {
  BoostRule,
  CmaErrorRule,
  CmaLockRule,
  FallbackRule,
  IsolationRule,
  ListTypeRule,
  MigrationRule,
  PcpCmaRule,
  PcpRule,
  ReserveRule,
  ReserveSizeRule,
  WakeRule,
} from "../../assembly/abi/vocabulary.js";

/** The zones of one node that the package models, in the order of `enum zone_type`. */
export const ZONE_NAMES = ["DMA", "DMA32", "Normal", "Movable"] as const;
/** A zone of a kernel: one of ZONE_NAMES, or the one that CMA areas have for themselves (CmaZoneRule.OWN). */
export type ZoneName = (typeof ZONE_NAMES)[number] | "CMA";

/** "6.12" and "6.1" are checked against captures; the others say in `evidence` what is known of them. */
export type KernelId = "7.x" | "6.18" | "6.15" | "6.12" | "6.6-android" | "6.6-rpi" | "6.1" | "5.4";
/** Every kernel that is modelled, newest first. */
export const KERNEL_IDS: readonly KernelId[] = [
  ...(["7.x", "6.18", "6.15", "6.12", "6.6-android", "6.6-rpi", "6.1", "5.4"] as const),
];

/** How well a kernel's row is known. */
export interface KernelEvidence {
  /** What captures of that kernel prove; "" where there is none. */
  readonly proved: string;
  /** What was taken from its source, patches or threads, each with its source. */
  readonly read: string;
  /** What it shares with a neighbour for want of a capture, and how it is known to differ there. */
  readonly shared: string;
  /** The policy of the package that this kernel ships with. */
  readonly ships: string;
}

/** Ready for ConfigWord.RULE_*. */
export interface KernelRules {
  /** Which free list a freed block goes to: its pageblock's type, or the type that the caller found. */
  readonly listType: ListTypeRule;
  /** How the high mark of the per-CPU lists comes about: fixed, or tuned between two limits (6.7+). */
  readonly pcp: PcpRule;
  /** How a request takes pages of another migratetype: claims pageblocks, steals blocks. */
  readonly fallback: FallbackRule;
  /** Which part of the HIGHATOMIC reserve is unusable. */
  readonly reserve: ReserveRule;
  /** How large the HIGHATOMIC reserve may grow. */
  readonly reserveSize: ReserveSizeRule;
  /** Who ignores a watermark boost at the min mark. */
  readonly boost: BoostRule;
  /** Whose allocation wakes kswapd for a boosted zone. */
  readonly wake: WakeRule;
  /** Which movable requests may use the per-CPU lists. */
  readonly pcpCma: PcpCmaRule;
  /** How pageblocks at the borders of a window are isolated. */
  readonly isolation: IsolationRule;
  /** Whether the pages of a window are migrated one batch at a time or singly. */
  readonly migration: MigrationRule;
  /** Which errno a cma_alloc that finds no window returns. */
  readonly cmaError: CmaErrorRule;
  /** What a cma_alloc under way keeps others from: all of CMA (cma_mutex), or its own area (6.15). */
  readonly cmaLock: CmaLockRule;
  /** Whose the pages of an area are while no client has them: the allocator's in every kernel. */
  readonly cmaOwner: CmaOwnerRule;
  /** In which zone CMA areas lie: that of their addresses, but in two proposals. */
  readonly cmaZone: CmaZoneRule;
}

/** Everything in which the modelled kernels differ: rules and the constants that formulas take. */
export interface KernelProfile {
  /** Which kernel. */
  readonly id: KernelId;
  /** Its decisions, as a machine takes them. */
  readonly rules: KernelRules;
  /** The two THP pcp lists hold HPAGE_PMD_ORDER ("pmd") or pageblock_order ("pageblock"). */
  readonly thpListOrder: "pmd" | "pageblock";
  /** 6.7+: ZONE_MOVABLE takes no share of min_free_kbytes and has a small min of its own. */
  readonly movableHasOwnMin: boolean;
  /** 6.7+: high_max of a pcp is a fraction of the zone; before, one fixed high. */
  readonly autoTunesPcp: boolean;
  /** 6.15+: an area may have several ranges. */
  readonly hasAreaRanges: boolean;
  /** How well the row is known. */
  readonly evidence: KernelEvidence;
}

/** Of a kernel that captures were made of. */
const CAPTURED: KernelProfile["evidence"] = {
  proved: "every frame, free list, per-CPU list, watermark and cma_alloc of its captures (docs/exactness.md)",
  read: "",
  shared: "",
  ships: "mainline",
};

const linux612: KernelProfile = {
  id: "6.12",
  rules: {
    listType: ListTypeRule.PAGEBLOCK,
    pcp: PcpRule.AUTO_TUNED,
    fallback: FallbackRule.CLAIM_STEAL,
    reserve: ReserveRule.FREE_PAGES,
    reserveSize: ReserveSizeRule.ROUNDED_UP,
    boost: BoostRule.HIGH,
    wake: WakeRule.WITH_FLAG,
    pcpCma: PcpCmaRule.ANYONE,
    isolation: IsolationRule.PAGEBLOCK,
    migration: MigrationRule.BATCHED,
    cmaError: CmaErrorRule.STARTS_ENOMEM,
    cmaLock: CmaLockRule.GLOBAL,
    cmaOwner: CmaOwnerRule.BUDDY,
    cmaZone: CmaZoneRule.IN_PLACE,
  },
  thpListOrder: "pmd",
  movableHasOwnMin: true,
  autoTunesPcp: true,
  hasAreaRanges: false,
  evidence: CAPTURED,
};

const linux61: KernelProfile = {
  id: "6.1",
  rules: {
    listType: ListTypeRule.CALLER,
    pcp: PcpRule.FIXED_HIGH,
    fallback: FallbackRule.MOVE_FIRST,
    reserve: ReserveRule.WHOLE_RESERVE,
    reserveSize: ReserveSizeRule.ONE_MORE,
    boost: BoostRule.ATOMIC,
    wake: WakeRule.ANYONE,
    pcpCma: PcpCmaRule.ONLY_WITH_CMA,
    isolation: IsolationRule.BORDER,
    migration: MigrationRule.SINGLE,
    cmaError: CmaErrorRule.STARTS_ENOMEM,
    cmaLock: CmaLockRule.GLOBAL,
    cmaOwner: CmaOwnerRule.BUDDY,
    cmaZone: CmaZoneRule.IN_PLACE,
  },
  thpListOrder: "pageblock",
  movableHasOwnMin: false,
  autoTunesPcp: false,
  hasAreaRanges: false,
  evidence: CAPTURED,
};

const linux615: KernelProfile = {
  ...linux612,
  id: "6.15",
  rules: { ...linux612.rules, cmaError: CmaErrorRule.STARTS_EBUSY, cmaLock: CmaLockRule.AREA },
  hasAreaRanges: true,
  evidence: {
    proved: "",
    read: "cma_alloc: -EBUSY until something else is known, areas of several ranges (c009da4258f9, `mm, cma: support multiple contiguous ranges`), a lock for each area",
    shared: "everything else is 6.12: nothing of 6.13 to 6.15 outside of mm/cma.c is in it",
    ships: "mainline",
  },
};

/** Between 6.1 and 6.12: without __GFP_ATOMIC and with batches, but neither the new free lists nor tuned per-CPU lists. */
const linux66: KernelProfile = {
  ...linux61,
  rules: {
    ...linux61.rules,
    boost: BoostRule.HIGH,
    wake: WakeRule.WITH_FLAG,
    migration: MigrationRule.BATCHED,
  },
};

const READ_66 =
  "__GFP_HIGH alone ignores a watermark boost (6.3 removed __GFP_ATOMIC), only who has ALLOC_KSWAPD wakes kswapd (6.4), migration in batches (6.3), per-CPU lists of movable pages only with ALLOC_CMA (a tree of mid 2023)";
const SHARED_66 =
  "free lists by the caller's type, fallback, isolation, fixed per-CPU limits and the HIGHATOMIC reserve are those of 6.1: 6.7 (per-CPU tuning) and 6.10 (free lists that follow the pageblock) came later, and what stable releases took back is not known";

/** Each kernel's rules and constants. */
export const kernelProfiles: Readonly<Record<KernelId, KernelProfile>> = {
  "7.x": {
    ...linux615,
    id: "7.x",
    evidence: {
      proved: "",
      read: "nothing beyond 6.15",
      shared:
        "all rules are those of 6.15; that a freed contiguous range goes to the buddy in its largest aligned chunks and never through per-CPU lists (Anjum, v3, March 2026; Wang, frozen contiguous allocation, January 2026) is its policy",
      ships: "free-range",
    },
  },
  "6.18": {
    ...linux615,
    id: "6.18",
    evidence: {
      proved: "",
      read: "nothing beyond 6.15",
      shared: "all rules are those of 6.15, whose own share with 6.12 nearly everything",
      ships: "mainline",
    },
  },
  "6.15": linux615,
  "6.12": linux612,
  "6.6-android": {
    ...linux66,
    id: "6.6-android",
    evidence: {
      proved: "",
      read: `${READ_66}; __GFP_CMA, restrict_cma_redirect, own per-CPU lists for CMA and 5 x 100 ms are its policy`,
      shared: `${SHARED_66}; its migratetypes are numbered otherwise (MIGRATE_CMA before MIGRATE_PCPTYPES), which no decision depends on`,
      ships: "android",
    },
  },
  "6.6-rpi": {
    ...linux66,
    id: "6.6-rpi",
    evidence: {
      proved: "",
      read: `${READ_66}; CMA first from 12 sixteenths of the free memory on (PR 4964) is its policy`,
      shared: SHARED_66,
      ships: "raspberry-pi",
    },
  },
  "6.1": linux61,
  "5.4": {
    ...linux61,
    id: "5.4",
    evidence: {
      proved: "",
      read: "CMA is the last fallback of movable requests (until 16867664936e, 5.7): that is its policy",
      shared:
        "all rules are those of 6.1; known to differ: per-CPU lists of order 0 only (5.13 added orders 1 to 3 and THP), isolation of whole largest blocks around a window, no lru_cache_disable() (5.13), long-term pins",
      ships: "original",
    },
  },
};

/** CONFIG_PCP_BATCH_SCALE_MAX (6.12) and the hard-coded 5 of 6.1. */
export const PCP_BATCH_SCALE_MAX = 5;
/** PAGE_ALLOC_COSTLY_ORDER */
export const COSTLY_ORDER = 3;
/** MIGRATE_PCPTYPES: UNMOVABLE, MOVABLE, RECLAIMABLE. */
export const PCP_TYPES = 3;
/** MIN_PERCPU_PAGELIST_HIGH_FRACTION: the smallest fraction that may be set, and high_max's own (6.7+). */
export const MIN_HIGH_FRACTION = 8;
export const DEFAULT_WATERMARK_SCALE_FACTOR = 10;
export const DEFAULT_WATERMARK_BOOST_FACTOR = 15_000;
/** `sysctl_lowmem_reserve_ratio` */
export const DEFAULT_LOWMEM_RESERVE_RATIO: Readonly<Record<ZoneName, number>> = {
  DMA: 256,
  DMA32: 256,
  Normal: 32,
  Movable: 0,
  CMA: 0,
};

/** Zones for movable user pages alone, which the formulas leave out of the memory of the kernel. */
export function isMovableOnly(zone: ZoneName): boolean {
  return zone === "Movable" || zone === "CMA";
}
