// Knows: the plain data that goes into and comes out of the reference model: a machine's state as a
// kernel capture gives it, the rules that select a kernel, and what a dump looks like.
// Must not know: how the model stores or computes any of it.
// Kernel: the state is what the capture's dumper prints (../../../shared/data/kernel/README.md).

import {
  CmaLockRule,
  FallbackRule,
  ListTypeRule,
  type Mobility,
  PcpRule,
  ReserveRule,
  type Status,
} from "../../assembly/abi/vocabulary.js";

/** One per-CPU list, head first. `cachedTypes` exists in 6.1 only: the type each page carries. */
export interface ReferenceListState {
  readonly pindex: number;
  readonly pfns: Uint32Array;
  readonly cachedTypes?: Uint8Array | undefined;
}

export interface ReferencePcpState {
  readonly cpu: number;
  readonly count: number;
  readonly high: number;
  readonly highMin: number;
  readonly highMax: number;
  readonly batch: number;
  readonly flags: number;
  readonly allocFactor: number;
  readonly freeCount: number;
  readonly freeFactor: number;
  readonly statThreshold: number;
  readonly diffFree: number;
  readonly diffCma: number;
  readonly lists: readonly ReferenceListState[];
}

export interface ReferenceZoneState {
  readonly index: number;
  readonly name: string;
  readonly start: number;
  readonly spanned: number;
  readonly present: number;
  readonly managed: number;
  readonly cmaPages: number;
  readonly watermark: {
    readonly min: number;
    readonly low: number;
    readonly high: number;
    readonly promo: number;
    readonly boost: number;
  };
  readonly lowmemReserve: readonly number[];
  readonly flags: {
    readonly boosted: boolean;
    readonly reclaimActive: boolean;
    readonly belowHigh: boolean | undefined;
  };
  readonly counters: {
    readonly nrReservedHighatomic: number;
    readonly nrFreeHighatomic: number;
    readonly nrIsolatePageblock: number;
    readonly freePages: number;
    readonly freeCma: number;
  };
  readonly pcps: readonly ReferencePcpState[];
  readonly nrFree: readonly number[];
  readonly free: readonly {
    readonly order: number;
    readonly migratetype: number;
    readonly pfns: Uint32Array;
  }[];
  /** One type per pageblock from pfn `start` on; 255 where there is no memory map. */
  readonly pageblocks: { readonly start: number; readonly types: Uint8Array };
  /** Non-free pages that are on an LRU (L), driver-movable (M) or reserved (R). */
  readonly runs: readonly {
    readonly kind: "L" | "M" | "R";
    readonly start: number;
    readonly length: number;
  }[];
}

/** What a capture says about a machine at one moment (structurally the importer's MachineState). */
export interface ReferenceState {
  readonly release: string;
  readonly constants: Readonly<Record<string, number>>;
  readonly sys: Readonly<Record<string, number>>;
  readonly cpus: readonly number[];
  readonly zones: readonly ReferenceZoneState[];
}

/** The decisions in which kernels differ. */
export interface ReferenceRules {
  readonly listType: ListTypeRule;
  readonly pcp: PcpRule;
  readonly fallback: FallbackRule;
  readonly reserve: ReserveRule;
  /** What a cma_alloc waits for; GLOBAL in both. */
  readonly cmaLock: CmaLockRule;
}

/** Linux 6.12.y. */
export const RULES_6_12: ReferenceRules = {
  listType: ListTypeRule.PAGEBLOCK,
  pcp: PcpRule.AUTO_TUNED,
  fallback: FallbackRule.CLAIM_STEAL,
  reserve: ReserveRule.FREE_PAGES,
  cmaLock: CmaLockRule.GLOBAL,
};

/** Linux 6.1.y. */
export const RULES_6_1: ReferenceRules = {
  listType: ListTypeRule.CALLER,
  pcp: PcpRule.FIXED_HIGH,
  fallback: FallbackRule.MOVE_FIRST,
  reserve: ReserveRule.WHOLE_RESERVE,
  cmaLock: CmaLockRule.GLOBAL,
};

/** The rules that belong to a dump's release string. */
export function rulesOfRelease(release: string): ReferenceRules {
  return /^6\.1\./.test(release) ? RULES_6_1 : RULES_6_12;
}

export interface AllocateRequest {
  readonly gfp: number;
  readonly order: number;
  readonly cpu?: number;
  /** What the pages become; FIXED when left out. */
  readonly mobility?: Mobility;
}

export interface AllocateResult {
  readonly status: Status;
  /** 0 when there is no page. */
  readonly pfn: number;
  /** The slow path was entered. */
  readonly slow: boolean;
}

export interface PcpDump {
  cpu: number;
  count: number;
  high: number;
  highMin: number;
  highMax: number;
  batch: number;
  flags: number;
  allocFactor: number;
  freeCount: number;
  freeFactor: number;
  statThreshold: number;
  diffFree: number;
  diffCma: number;
  /** By pindex, head first; empty lists too. */
  lists: number[][];
  /** 6.1 only, parallel to `lists`; empty otherwise. */
  cachedTypes: number[][];
}

export interface ZoneDump {
  index: number;
  name: string;
  boost: number;
  boosted: boolean;
  reclaimActive: boolean;
  belowHigh: boolean;
  nrReservedHighatomic: number;
  nrFreeHighatomic: number;
  nrIsolatePageblock: number;
  freePages: number;
  freeCma: number;
  nrFree: number[];
  /** free[order][migratetype], head first. */
  free: number[][][];
  pageblocks: number[];
  pcps: PcpDump[];
  /** Runs of pages that could be migrated, `L100+2` (LRU) or `M200+1` (driver). Compared where both sides know. */
  movable?: string[];
}

export interface MachineDump {
  zones: ZoneDump[];
  /** Runs of set bits of each CMA area, `5+16`. Compared where both sides know. */
  areas?: string[][];
}
