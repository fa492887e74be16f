// Knows: the constants and the rules in which the modelled kernel versions differ, one row each.
// Must not know: any device. The enumerations and what reads them: assembly/abi/vocabulary.
//
// Models: Linux 6.12 (6.12.y with the claim/steal split) and Linux 6.1 (late 6.1.y), mm/page_alloc.c.
// "6.15" is 6.12 with three things of mm/cma.c that came with 6.15: the first error of cma_alloc, a lock for each area,
// and areas of several ranges. Nothing else of 6.13 to 6.15 is in it.

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
/** A name of ZONE_NAMES. */
export type ZoneName = (typeof ZONE_NAMES)[number];

/**
 * "6.12" and "6.1" are checked against captures. "6.15" takes only CmaErrorRule.STARTS_EBUSY, CmaLockRule.AREA and areas
 * of several ranges from 6.15 (c009da4258f9, `mm, cma: support multiple contiguous ranges`); every other rule is that of 6.12.
 */
export type KernelId = "6.15" | "6.12" | "6.1";
/** Every kernel that is modelled, newest first. */
export const KERNEL_IDS: readonly KernelId[] = ["6.15", "6.12", "6.1"];

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
}

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
  },
  thpListOrder: "pmd",
  movableHasOwnMin: true,
  autoTunesPcp: true,
  hasAreaRanges: false,
};

/** Each kernel's rules and constants. */
export const kernelProfiles: Readonly<Record<KernelId, KernelProfile>> = {
  "6.15": {
    ...linux612,
    id: "6.15",
    rules: { ...linux612.rules, cmaError: CmaErrorRule.STARTS_EBUSY, cmaLock: CmaLockRule.AREA },
    hasAreaRanges: true,
  },
  "6.12": linux612,
  "6.1": {
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
    },
    thpListOrder: "pageblock",
    movableHasOwnMin: false,
    autoTunesPcp: false,
    hasAreaRanges: false,
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
};
