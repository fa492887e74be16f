// Knows: every event that captures contain, standard tracepoints and LAB lines, and the fields of each.
// Must not know: how the fields are scanned or stored.

import { CallError } from "../../../engine/errors.js";

/** What happened. Standard tracepoints first; LAB lines (what tracepoints do not show) from LAB_OP on. */
export enum TraceKind {
  /** A standard event without a layout here: its fields are taken as they come. */
  OTHER,
  MM_PAGE_ALLOC,
  MM_PAGE_FREE,
  MM_PAGE_FREE_BATCHED,
  MM_PAGE_ALLOC_ZONE_LOCKED,
  MM_PAGE_PCPU_DRAIN,
  MM_PAGE_ALLOC_EXTFRAG,
  CMA_ALLOC_START,
  CMA_ALLOC_FINISH,
  CMA_ALLOC_BUSY_RETRY,
  CMA_RELEASE,
  MM_ALLOC_CONTIG_MIGRATE_RANGE_INFO,
  TEST_PAGES_ISOLATED,
  MM_MIGRATE_PAGES_START,
  MM_MIGRATE_PAGES,
  MM_COMPACTION_ISOLATE_MIGRATEPAGES,
  MM_COMPACTION_ISOLATE_FREEPAGES,
  MM_COMPACTION_FAST_ISOLATE_FREEPAGES,
  MM_COMPACTION_MIGRATEPAGES,
  MM_COMPACTION_BEGIN,
  MM_COMPACTION_END,
  MM_VMSCAN_KSWAPD_SLEEP,
  MM_VMSCAN_KSWAPD_WAKE,
  MM_VMSCAN_WAKEUP_KSWAPD,
  MM_VMSCAN_DIRECT_RECLAIM_BEGIN,
  MM_VMSCAN_DIRECT_RECLAIM_END,
  MM_VMSCAN_LRU_SHRINK_INACTIVE,
  MM_VMSCAN_LRU_SHRINK_ACTIVE,
  MARK_VICTIM,
  /** A row of ops.csv begins. */
  LAB_OP = 64,
  /** A per-CPU list is refilled; free and cma are the counters seen. */
  LAB_REFILL,
  /** free_pcppages_bulk starts. */
  LAB_DRAIN,
  /** decay_pcp_high. */
  LAB_DECAY,
  /** A per-CPU counter differential is folded; item is `free` or `cma`. */
  LAB_VMFOLD,
  LAB_BELOW_HIGH,
  LAB_BOOST,
  LAB_UNBOOST,
  LAB_RECLAIM_ACTIVE,
  /** 6.12: a pageblock claim is weighed. */
  LAB_CLAIMCHECK,
  /** 6.1: the same, after the blocks were moved. */
  LAB_STEALCHECK,
  LAB_MOVEBLOCK,
  LAB_CHGBLOCK,
  LAB_RESERVE_HA,
  LAB_UNRESERVE_HA,
  /** A page of alloc_pages_bulk, which has no mm_page_alloc. */
  LAB_BULK_ALLOC,
  LAB_TRYLOCK_FAIL,
  LAB_ISOLATE_FREE,
  LAB_PUTBACK_ISOLATED,
  /** A pageblock becomes ISOLATE, or is given back as mt. */
  LAB_ISOLATE,
  LAB_UNISOLATE,
  LAB_ISOLBLOCK_STRADDLE,
  LAB_ISOLBLOCK_HEAD,
  /** 6.1: a free block that crosses the border of an isolated range is split. */
  LAB_SPLIT_FREE,
  LAB_ACR_BEGIN,
  LAB_ACR_ISOLATED,
  LAB_ACR_MIGRATED,
  LAB_ACR_OUTER,
  LAB_ACR_END,
  /** A driver's movable page of a script is migrated, or refuses because it is pinned. */
  LAB_MIG,
  LAB_MIG_PINNED,
  LAB_COMPACTION_ALLOC,
  LAB_COMPACTION_FREE,
  LAB_COMPACTION_RELEASE,
  /** The pfn is that of a list head when the rotated list was empty but for it: any value. */
  LAB_FREELIST_ROT_HEAD,
  LAB_FREELIST_ROT_TAIL,
  LAB_CAPTURE,
  /** A LAB line of an unknown kind: its fields are taken as they come. */
  LAB_OTHER,
}

/** Everything from here on is a LAB line. */
export const FIRST_LAB_KIND = TraceKind.LAB_OP;

/**
 * number: decimal or hexadecimal, 64-bit values with the top bit set are negative. text: index into
 * CaptureTrace.strings. gfp: the mask. pointer: 0 for NULL, else 1 (kernels print hashed pointers). skip: not stored.
 */
export type FieldType = "number" | "text" | "gfp" | "pointer" | "skip";

/** A field of an event. */
export interface TraceField {
  /** As the kernel prints it. */
  name: string;
  /** How its value is stored. */
  type: FieldType;
  /** Not written by every kernel: NaN where it is absent. */
  optional: boolean;
  /** Position among the stored fields of the event; -1 for skipped ones. */
  slot: number;
}

/** The fields of one kind of event, in the order in which kernels print them. */
export interface TraceLayout {
  /** What happened. */
  kind: TraceKind;
  /** As in the trace: `mm_page_alloc`, or the first word of a LAB text. */
  event: string;
  /** Fields in the order of the line. */
  fields: readonly TraceField[];
  /** Number of stored fields. */
  slots: number;
}

/** `name`, `name?` (optional), `name:type`, separated by blanks. */
const STANDARD: readonly (readonly [TraceKind, string, string])[] = [
  [TraceKind.MM_PAGE_ALLOC, "mm_page_alloc", "page:skip pfn order migratetype gfp_flags:gfp"],
  [TraceKind.MM_PAGE_FREE, "mm_page_free", "page:skip pfn order"],
  [TraceKind.MM_PAGE_FREE_BATCHED, "mm_page_free_batched", "page:skip pfn order?"],
  [
    TraceKind.MM_PAGE_ALLOC_ZONE_LOCKED,
    "mm_page_alloc_zone_locked",
    "page:skip pfn order migratetype percpu_refill?",
  ],
  [TraceKind.MM_PAGE_PCPU_DRAIN, "mm_page_pcpu_drain", "page:skip pfn order migratetype"],
  [
    TraceKind.MM_PAGE_ALLOC_EXTFRAG,
    "mm_page_alloc_extfrag",
    "page:skip pfn alloc_order fallback_order pageblock_order alloc_migratetype fallback_migratetype fragmenting change_ownership",
  ],
  [
    TraceKind.CMA_ALLOC_START,
    "cma_alloc_start",
    "name:text count? align request_count? available_count? total_count?",
  ],
  [TraceKind.CMA_ALLOC_FINISH, "cma_alloc_finish", "name:text pfn page:pointer count align errorno?"],
  [TraceKind.CMA_ALLOC_BUSY_RETRY, "cma_alloc_busy_retry", "name:text pfn page:pointer count align"],
  [TraceKind.CMA_RELEASE, "cma_release", "name:text pfn page:pointer count"],
  [
    TraceKind.MM_ALLOC_CONTIG_MIGRATE_RANGE_INFO,
    "mm_alloc_contig_migrate_range_info",
    "start end migratetype nr_migrated nr_reclaimed nr_mapped",
  ],
  [TraceKind.TEST_PAGES_ISOLATED, "test_pages_isolated", "start_pfn end_pfn fin_pfn ret:text"],
  [TraceKind.MM_MIGRATE_PAGES_START, "mm_migrate_pages_start", "mode:text reason:text"],
  [
    TraceKind.MM_MIGRATE_PAGES,
    "mm_migrate_pages",
    "nr_succeeded nr_failed nr_thp_succeeded? nr_thp_failed? nr_thp_split? nr_split? mode:text reason:text",
  ],
  // Printed as range=(0xSTART ~ 0xEND).
  ...(
    [
      [TraceKind.MM_COMPACTION_ISOLATE_MIGRATEPAGES, "mm_compaction_isolate_migratepages"],
      [TraceKind.MM_COMPACTION_ISOLATE_FREEPAGES, "mm_compaction_isolate_freepages"],
      [TraceKind.MM_COMPACTION_FAST_ISOLATE_FREEPAGES, "mm_compaction_fast_isolate_freepages"],
    ] as const
  ).map(([kind, event]) => [kind, event, "range range_end nr_scanned nr_taken"] as const),
  [TraceKind.MM_COMPACTION_MIGRATEPAGES, "mm_compaction_migratepages", "nr_migrated nr_failed"],
  [
    TraceKind.MM_COMPACTION_BEGIN,
    "mm_compaction_begin",
    "zone_start migrate_pfn free_pfn zone_end mode:text",
  ],
  [
    TraceKind.MM_COMPACTION_END,
    "mm_compaction_end",
    "zone_start migrate_pfn free_pfn zone_end mode:text status:text",
  ],
  [TraceKind.MM_VMSCAN_KSWAPD_SLEEP, "mm_vmscan_kswapd_sleep", "nid"],
  [TraceKind.MM_VMSCAN_KSWAPD_WAKE, "mm_vmscan_kswapd_wake", "nid order"],
  [TraceKind.MM_VMSCAN_WAKEUP_KSWAPD, "mm_vmscan_wakeup_kswapd", "nid order gfp_flags:gfp"],
  [TraceKind.MM_VMSCAN_DIRECT_RECLAIM_BEGIN, "mm_vmscan_direct_reclaim_begin", "order gfp_flags:gfp"],
  [TraceKind.MM_VMSCAN_DIRECT_RECLAIM_END, "mm_vmscan_direct_reclaim_end", "nr_reclaimed"],
  [
    TraceKind.MM_VMSCAN_LRU_SHRINK_INACTIVE,
    "mm_vmscan_lru_shrink_inactive",
    "nid nr_scanned nr_reclaimed nr_dirty nr_writeback nr_congested nr_immediate nr_activate_anon nr_activate_file nr_ref_keep nr_unmap_fail priority flags:text",
  ],
  [
    TraceKind.MM_VMSCAN_LRU_SHRINK_ACTIVE,
    "mm_vmscan_lru_shrink_active",
    "nid nr_taken nr_active nr_deactivated nr_referenced priority flags:text",
  ],
  [
    TraceKind.MARK_VICTIM,
    "mark_victim",
    "pid comm?:text total-vm?:text anon-rss?:text uid? pgtables?:text oom_score_adj?",
  ],
];

/** LAB texts: a token without `=` fills the next field, so that `op 5` and `below_high zone=DMA 0` work. */
const LAB: readonly (readonly [TraceKind, string, string])[] = [
  [TraceKind.LAB_OP, "op", "row"],
  [TraceKind.LAB_REFILL, "refill", "zone:text order mt want aflags free? cma?"],
  [
    TraceKind.LAB_DRAIN,
    "drain",
    "zone:text pcpcpu want pindex pcp_count high? free_count? free_factor? isol?",
  ],
  [TraceKind.LAB_DECAY, "decay", "zone:text high count"],
  [TraceKind.LAB_VMFOLD, "vmfold", "zone:text item:text cpu diff"],
  [TraceKind.LAB_BELOW_HIGH, "below_high", "zone:text value"],
  [TraceKind.LAB_BOOST, "boost", "zone:text boost"],
  [TraceKind.LAB_UNBOOST, "unboost", "zone:text boost"],
  [TraceKind.LAB_RECLAIM_ACTIVE, "reclaim_active", "hzi value"],
  [TraceKind.LAB_CLAIMCHECK, "claimcheck", "zone:text page block corder btype stype free movable alike"],
  [TraceKind.LAB_STEALCHECK, "stealcheck", "zone?:text page block? corder btype stype moved movable alike"],
  [TraceKind.LAB_MOVEBLOCK, "moveblock", "zone:text start old new moved"],
  [TraceKind.LAB_CHGBLOCK, "chgblock", "pfn order mt"],
  [TraceKind.LAB_RESERVE_HA, "reserve_ha", "zone:text pfn order? from? nr?"],
  [TraceKind.LAB_UNRESERVE_HA, "unreserve_ha", "zone:text pfn order? from? to? ret? nr?"],
  [TraceKind.LAB_BULK_ALLOC, "bulk_alloc", "zone:text pfn mt"],
  [TraceKind.LAB_TRYLOCK_FAIL, "trylock_fail", "side:text pfn? order? zone?:text mt? pindex?"],
  [TraceKind.LAB_ISOLATE_FREE, "isolate_free", "zone:text pfn order mt"],
  [TraceKind.LAB_PUTBACK_ISOLATED, "putback_isolated", "zone:text pfn order mt"],
  [TraceKind.LAB_ISOLATE, "isolate", "pfn"],
  [TraceKind.LAB_UNISOLATE, "unisolate", "pfn mt"],
  [TraceKind.LAB_ISOLBLOCK_STRADDLE, "isolblock_straddle", "pfn order block mt"],
  [TraceKind.LAB_ISOLBLOCK_HEAD, "isolblock_head", "pfn order mt"],
  [TraceKind.LAB_SPLIT_FREE, "split_free", "pfn order offset"],
  [TraceKind.LAB_ACR_BEGIN, "acr_begin", "start end mt"],
  [TraceKind.LAB_ACR_ISOLATED, "acr_isolated", "ret"],
  [TraceKind.LAB_ACR_MIGRATED, "acr_migrated", "ret"],
  [TraceKind.LAB_ACR_OUTER, "acr_outer", "start end"],
  [TraceKind.LAB_ACR_END, "acr_end", "ret"],
  [TraceKind.LAB_MIG, "mig", "src dst? slot?"],
  [TraceKind.LAB_MIG_PINNED, "mig_pinned", "src dst? slot?"],
  [TraceKind.LAB_COMPACTION_ALLOC, "compaction_alloc", "pfn order?"],
  [TraceKind.LAB_COMPACTION_FREE, "compaction_free", "pfn order?"],
  [TraceKind.LAB_COMPACTION_RELEASE, "compaction_release", "pfn order?"],
  [TraceKind.LAB_FREELIST_ROT_HEAD, "freelist_rot_head", "pfn order"],
  [TraceKind.LAB_FREELIST_ROT_TAIL, "freelist_rot_tail", "pfn order"],
  [TraceKind.LAB_CAPTURE, "capture", "zone?:text pfn? order? mt?"],
];

function parseSpecification(specification: string): TraceField[] {
  let slots = 0;
  return specification.split(" ").map((word) => {
    const [label = "", type = "number"] = word.split(":");
    const optional = label.endsWith("?");
    return {
      name: optional ? label.slice(0, -1) : label,
      type: type as FieldType,
      optional,
      slot: type === "skip" ? -1 : slots++,
    };
  });
}

/** A layout from its fields; slots are counted here. */
export function makeLayout(kind: TraceKind, event: string, fields: readonly TraceField[]): TraceLayout {
  return { kind, event, fields, slots: fields.filter((field) => field.slot >= 0).length };
}

function table(rows: typeof STANDARD): ReadonlyMap<string, TraceLayout> {
  return new Map(
    rows.map(([kind, event, specification]) => [
      event,
      makeLayout(kind, event, parseSpecification(specification)),
    ]),
  );
}

export const STANDARD_LAYOUTS: ReadonlyMap<string, TraceLayout> = table(STANDARD);
export const LAB_LAYOUTS: ReadonlyMap<string, TraceLayout> = table(LAB);

const BY_KIND: ReadonlyMap<TraceKind, TraceLayout> = new Map(
  [...STANDARD_LAYOUTS.values(), ...LAB_LAYOUTS.values()].map((layout) => [layout.kind, layout]),
);

/**
 * Where a field of a known kind is stored: `trace.args[trace.argStart[i] + slot]`. Ask once, outside of the loop.
 * Throws RangeError for a name that the kind has not: a mistake in the caller.
 */
export function fieldSlot(kind: TraceKind, name: string): number {
  const slot = BY_KIND.get(kind)?.fields.find((field) => field.name === name)?.slot ?? -1;
  if (slot < 0) {
    throw new CallError(`${TraceKind[kind]} has no stored field "${name}"`);
  }
  return slot;
}

/** Is it a LAB line, no standard tracepoint? */
export function isLab(kind: TraceKind): boolean {
  return kind >= FIRST_LAB_KIND;
}
