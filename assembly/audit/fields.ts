// Knows: which words of each record the digest covers, by name. A field's number is its place in these lists, not its place in
// the record: words may be moved, added and dropped, and digests stay. New fields go to the end of their list.
// Must not know: how a digest is made (digest), what a word means (abi).
//
// No part of the state, and left out: kernel rules and the search strategy (how a machine works, not where it stands), room
// (SLOTS, QUEUE_SLOTS, CELLS, EVENT_SLOTS), which events are recorded, totals, unread log records, scratch.

import { PolicyWord } from "../abi/proposals";
import { CellWord, SimulationWord } from "../abi/run";
import { ActorWord, Counter } from "../abi/simulation";
import { AreaWord, ConfigWord, LevelWord, PcpWord, RangeWord, RequestWord, ZoneWord } from "../abi/words";

/** Behind the last field of a list. */
export const END_OF_FIELDS: i32 = -1;

export const CONFIG_FIELDS: usize = memory.data<i32>([
  ConfigWord.PAGE_SHIFT,
  ConfigWord.MAX_PAGE_ORDER,
  ConfigWord.PAGEBLOCK_ORDER,
  ConfigWord.PCP_THP_ORDER,
  ConfigWord.NR_PCP_LISTS,
  ConfigWord.PCP_BATCH_SCALE_MAX,
  ConfigWord.COSTLY_ORDER,
  ConfigWord.NR_CPUS,
  ConfigWord.NR_ZONES,
  ConfigWord.START_PFN,
  ConfigWord.END_PFN,
  ConfigWord.NORMAL_ZONE,
  ConfigWord.HAS_DMA32,
  ConfigWord.MOVABLE_ZONE,
  ConfigWord.WATERMARK_BOOST_FACTOR,
  ConfigWord.MOBILITY_DISABLED,
  ConfigWord.RECLAIM,
  ConfigWord.SWAP_PAGES,
  ConfigWord.ZRAM_PERCENT,
  ConfigWord.SWAPPINESS,
  ConfigWord.GFP_ZONE,
  ConfigWord.GFP_ZONE + 1,
  ConfigWord.GFP_ZONE + 2,
  ConfigWord.GFP_ZONE + 3,
  ConfigWord.GFP_ZONE + 4,
  ConfigWord.GFP_ZONE + 5,
  ConfigWord.GFP_ZONE + 6,
  ConfigWord.GFP_ZONE + 7,
  ConfigWord.GFP_ZONE + 8,
  ConfigWord.GFP_ZONE + 9,
  ConfigWord.GFP_ZONE + 10,
  ConfigWord.GFP_ZONE + 11,
  ConfigWord.GFP_ZONE + 12,
  ConfigWord.GFP_ZONE + 13,
  ConfigWord.GFP_ZONE + 14,
  ConfigWord.GFP_ZONE + 15,
  ConfigWord.ACTORS,
  END_OF_FIELDS,
]);

export const POLICY_FIELDS: usize = memory.data<i32>([
  PolicyWord.CMA_USE,
  PolicyWord.CMA_FREE,
  PolicyWord.QUARANTINE,
  PolicyWord.PIN_RULE,
  PolicyWord.CMA_RETRIES,
  PolicyWord.CMA_SLEEP_US,
  END_OF_FIELDS,
]);

export const ZONE_FIELDS: usize = memory.data<i32>([
  ZoneWord.START_PFN,
  ZoneWord.SPANNED,
  ZoneWord.PRESENT,
  ZoneWord.MANAGED,
  ZoneWord.CMA_PAGES,
  ZoneWord.WMARK_MIN,
  ZoneWord.WMARK_LOW,
  ZoneWord.WMARK_HIGH,
  ZoneWord.WMARK_PROMO,
  ZoneWord.WATERMARK_BOOST,
  ZoneWord.FLAGS,
  ZoneWord.NR_RESERVED_HIGHATOMIC,
  ZoneWord.NR_FREE_HIGHATOMIC,
  ZoneWord.NR_ISOLATE_PAGEBLOCK,
  ZoneWord.FREE_PAGES,
  ZoneWord.FREE_CMA,
  ZoneWord.LOWMEM_RESERVE,
  ZoneWord.LOWMEM_RESERVE + 1,
  ZoneWord.LOWMEM_RESERVE + 2,
  ZoneWord.LOWMEM_RESERVE + 3,
  ZoneWord.NR_FREE,
  ZoneWord.NR_FREE + 1,
  ZoneWord.NR_FREE + 2,
  ZoneWord.NR_FREE + 3,
  ZoneWord.NR_FREE + 4,
  ZoneWord.NR_FREE + 5,
  ZoneWord.NR_FREE + 6,
  ZoneWord.NR_FREE + 7,
  ZoneWord.NR_FREE + 8,
  ZoneWord.NR_FREE + 9,
  ZoneWord.NR_FREE + 10,
  ZoneWord.NR_FREE + 11,
  ZoneWord.NR_FREE + 12,
  ZoneWord.NR_FREE + 13,
  ZoneWord.NR_LRU,
  ZoneWord.NR_LRU + 1,
  ZoneWord.NR_LRU + 2,
  ZoneWord.NR_LRU + 3,
  ZoneWord.NR_LRU + 4,
  ZoneWord.NR_LRU + 5,
  ZoneWord.COMPACT_MIGRATE,
  ZoneWord.COMPACT_FREE,
  END_OF_FIELDS,
]);

export const PCP_FIELDS: usize = memory.data<i32>([
  PcpWord.COUNT_PAGES,
  PcpWord.HIGH,
  PcpWord.HIGH_MIN,
  PcpWord.HIGH_MAX,
  PcpWord.BATCH,
  PcpWord.FLAGS,
  PcpWord.ALLOC_FACTOR,
  PcpWord.FREE_COUNT,
  PcpWord.FREE_FACTOR,
  PcpWord.STAT_THRESHOLD,
  PcpWord.DIFF_FREE,
  PcpWord.DIFF_CMA,
  END_OF_FIELDS,
]);

export const AREA_FIELDS: usize = memory.data<i32>([
  AreaWord.NR_RANGES,
  AreaWord.PAGES,
  AreaWord.AVAILABLE,
  AreaWord.ORDER_PER_BIT,
  AreaWord.ALLOC_PAGES_SUCCESS,
  AreaWord.ALLOC_PAGES_FAIL,
  AreaWord.RELEASE_PAGES_SUCCESS,
  END_OF_FIELDS,
]);

export const RANGE_FIELDS: usize = memory.data<i32>([
  RangeWord.BASE_PFN,
  RangeWord.PAGES,
  RangeWord.BITS,
  END_OF_FIELDS,
]);

export const REQUEST_FIELDS: usize = memory.data<i32>([
  RequestWord.STATE,
  RequestWord.CPU,
  RequestWord.AREA,
  RequestWord.PAGES,
  RequestWord.ALIGN,
  RequestWord.RANGE,
  RequestWord.FROM_BIT,
  RequestWord.BIT,
  RequestWord.ERROR,
  RequestWord.START,
  RequestWord.END,
  RequestWord.CURSOR,
  RequestWord.BATCH,
  RequestWord.TRIES,
  RequestWord.NEXT,
  RequestWord.MIGRATED,
  RequestWord.WINDOWS,
  RequestWord.BUSY_RETRIES,
  RequestWord.PAGES_MIGRATED,
  RequestWord.PAGES_RECLAIMED,
  RequestWord.PFN,
  RequestWord.KILLED,
  RequestWord.STUCK,
  RequestWord.SLEEPS,
  RequestWord.BEGUN_LOW,
  RequestWord.BEGUN_LOW + 1,
  RequestWord.FIRST_WINDOW,
  RequestWord.WINDOW_MIGRATED,
  RequestWord.WINDOW_RECLAIMED,
  RequestWord.CALL_MIGRATED,
  RequestWord.MAPPED,
  RequestWord.ORDINAL,
  RequestWord.CLIENT,
  RequestWord.PAYLOAD,
  RequestWord.WAITS_FOR,
  RequestWord.WAITS_SINCE_LOW,
  RequestWord.WAITS_SINCE_HIGH,
  END_OF_FIELDS,
]);

/** What is pending and in flight stands in the queue and the cells. */
export const SIMULATION_FIELDS: usize = memory.data<i32>([
  SimulationWord.ACTORS,
  SimulationWord.PENDING,
  SimulationWord.SEQUENCE,
  SimulationWord.KSWAPD,
  SimulationWord.EVENTS_LOW,
  SimulationWord.EVENTS_HIGH,
  SimulationWord.CELL_FREE,
  SimulationWord.CELLS_USED,
  SimulationWord.SHORT_OF_MEMORY,
  SimulationWord.LOST,
  SimulationWord.WAITING,
  SimulationWord.KILLS,
  SimulationWord.DYING,
  END_OF_FIELDS,
]);

/** Of all levels the clock alone, and of a simulation only. */
export const CLOCK_FIELDS: usize = memory.data<i32>([
  LevelWord.CLOCK_LOW,
  LevelWord.CLOCK_HIGH,
  END_OF_FIELDS,
]);

export const ACTOR_FIELDS: usize = memory.data<i32>([
  ActorWord.KIND,
  ActorWord.CPU,
  ActorWord.FIRST_SLOT,
  ActorWord.SLOT_COUNT,
  ActorWord.LIVE,
  ActorWord.AREA,
  ActorWord.ACTIVE,
  ActorWord.A,
  ActorWord.B,
  ActorWord.C,
  ActorWord.SEED_LOW,
  ActorWord.SEED_HIGH,
  ActorWord.SIDE_LOW,
  ActorWord.SIDE_HIGH,
  ActorWord.D,
  ActorWord.SERVICE_LOW,
  ActorWord.SERVICE_HIGH,
  END_OF_FIELDS,
]);

export const CELL_FIELDS: usize = memory.data<i32>([
  CellWord.ACTOR,
  CellWord.FIRST,
  CellWord.PAGES,
  CellWord.A,
  CellWord.NEXT,
  CellWord.B,
  CellWord.SINCE_LOW,
  CellWord.SINCE_HIGH,
  END_OF_FIELDS,
]);

/** f64: two words each. */
export const COUNTER_FIELDS: usize = memory.data<i32>([
  Counter.ALLOCATED,
  Counter.FREED,
  Counter.FAILED,
  Counter.PINNED,
  Counter.PINS,
  Counter.PIN_TIME,
  Counter.LONGEST_PIN,
  Counter.OPERATIONS,
  Counter.DROPPED,
  Counter.KILLED,
  Counter.REFAULTS,
  Counter.BUSY_TIME,
  Counter.RECLAIM_TIME,
  Counter.PIN_WAIT_TIME,
  Counter.PLANNED,
  Counter.SKIPPED,
  Counter.LACKING,
  Counter.MOVED,
  Counter.IO_WAIT_TIME,
  END_OF_FIELDS,
]);
