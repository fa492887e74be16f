// Knows: where each region of a machine's memory starts. One plan per machine; no growth after init.
// Must not know: what the words mean.
//
//   __heap_base | table | CONFIG | ZONES | PCPS | FRAME_NEXT | FRAME_PREV | FRAME_WORD | PAGEBLOCKS | ...
//
// The base addresses are globals, written by plan() and bind() only: a snapshot is a copy of memory, and a
// fork binds the same addresses from the table it finds there.

import { ABI_MAGIC, ABI_VERSION, EntryWord, Region, TableWord } from "../abi/layout";
import {
  BATCH_CAPACITY,
  COMMAND_CAPACITY,
  EVENT_CAPACITY,
  HINT_CAPACITY,
  LRU_LISTS,
  MAX_AREAS,
  MAX_CPUS,
  MAX_FRAMES,
  MAX_ORDERS,
  MAX_PCP_LISTS,
  MAX_RANGES,
  MAX_REQUESTS,
  MAX_ZONES,
  MIGRATE_TYPES,
  PIN_CAPACITY,
  SLOT_CAPACITY,
  WINDOW_CAPACITY,
} from "../abi/limits";
import { InitStatus } from "../abi/vocabulary";
import {
  AreaWord,
  AuditWord,
  CommandWord,
  ConfigWord,
  EventWord,
  PcpWord,
  PinWord,
  RangeWord,
  RequestWord,
  StatWord,
  WindowWord,
  WorkloadWord,
  ZoneWord,
} from "../abi/words";

const ALIGN: usize = 64;
const WASM_PAGE: usize = 65536;

export let TABLE: usize = 0;
export let CONFIG: usize = 0;
export let ZONES: usize = 0;
export let PCPS: usize = 0;
export let NEXT: usize = 0;
export let PREV: usize = 0;
export let WORD: usize = 0;
export let PAGEBLOCKS: usize = 0;
export let OWNER: usize = 0;
export let AREAS: usize = 0;
export let RANGES: usize = 0;
export let CMA_BITMAPS: usize = 0;
export let SEARCH_INDEXES: usize = 0;
export let REQUESTS: usize = 0;
export let BATCHES: usize = 0;
export let WINDOWS: usize = 0;
export let PINS: usize = 0;
export let SLOTS: usize = 0;
export let COMMANDS: usize = 0;
export let EVENTS: usize = 0;
export let HINTS: usize = 0;
export let STATS: usize = 0;
export let WORKLOAD: usize = 0;
export let AUDIT: usize = 0;

/** List heads are extra elements of the link arrays, behind the frames: pre-scaled index of the first. */
export let FREE_HEADS: u32 = 0;
export let PCP_HEADS: u32 = 0;
export let LRU_HEADS: u32 = 0;

export function config(word: i32): i32 {
  return load<i32>(CONFIG + ((<usize>word) << 2));
}

function up(bytes: usize): usize {
  return (bytes + ALIGN - 1) & ~(ALIGN - 1);
}

function entry(region: i32): usize {
  return TABLE + ((<usize>(TableWord.FIRST_ENTRY + region * EntryWord.COUNT)) << 2);
}

/** Writes one row of the table and answers the first byte behind the region. 64 bit: the sum may pass 4 GiB. */
function place(region: i32, at: u64, length: u32, elementBytes: u32): u64 {
  const row = entry(region);
  store<u32>(row, <u32>at, EntryWord.POINTER << 2);
  store<u32>(row, length, EntryWord.LENGTH << 2);
  store<u32>(row, elementBytes, EntryWord.ELEMENT_BYTES << 2);
  return (at + <u64>length * elementBytes + (ALIGN - 1)) & ~(<u64>ALIGN - 1);
}

/** Before init: the table and CONFIG exist, so that the bindings can write the device into it. */
export function table(): usize {
  TABLE = up(__heap_base);
  store<u32>(TABLE, ABI_MAGIC, TableWord.MAGIC << 2);
  store<u32>(TABLE, ABI_VERSION, TableWord.VERSION << 2);
  store<u32>(TABLE, Region.COUNT, TableWord.REGIONS << 2);
  CONFIG = up(TABLE + ((<usize>(TableWord.FIRST_ENTRY + Region.COUNT * EntryWord.COUNT)) << 2));
  place(Region.CONFIG, CONFIG, ConfigWord.COUNT, 4);
  return TABLE;
}

export function frames(): u32 {
  return <u32>(config(ConfigWord.END_PFN) - config(ConfigWord.START_PFN));
}

/** Lays the regions out for the device in CONFIG, with `indexWords` for searches, and grows memory once. */
export function plan(indexWords: u32): i32 {
  const count = frames();
  const cpus = config(ConfigWord.NR_CPUS);
  if (cpus < 1 || cpus > MAX_CPUS) return InitStatus.BAD_GEOMETRY;
  if (<u32>config(ConfigWord.SLOTS) > <u32>SLOT_CAPACITY) return InitStatus.BAD_GEOMETRY;
  if (count == 0) return InitStatus.BAD_GEOMETRY;
  if (count > <u32>MAX_FRAMES) return InitStatus.TOO_MANY_FRAMES;
  const links = count + headCount(cpus);
  let at: u64 = <u64>up(CONFIG + ((<usize>ConfigWord.COUNT) << 2));
  at = place(Region.ZONES, at, MAX_ZONES * ZoneWord.COUNT, 4);
  at = place(Region.PCPS, at, cpus * MAX_ZONES * PcpWord.COUNT, 4);
  at = place(Region.STATS, at, StatWord.COUNT, 4);
  at = place(Region.WORKLOAD, at, WorkloadWord.COUNT, 4);
  at = place(Region.AUDIT, at, AuditWord.COUNT, 4);
  at = place(Region.HINTS, at, HINT_CAPACITY, 4);
  at = place(Region.EVENTS, at, EVENT_CAPACITY * EventWord.COUNT, 4);
  at = place(Region.COMMANDS, at, COMMAND_CAPACITY * CommandWord.COUNT, 4);
  at = place(Region.SLOTS, at, config(ConfigWord.SLOTS), 4);
  at = place(Region.AREAS, at, MAX_AREAS * AreaWord.COUNT, 4);
  at = place(Region.RANGES, at, MAX_AREAS * MAX_RANGES * RangeWord.COUNT, 4);
  at = place(Region.CMA_BITMAPS, at, config(ConfigWord.CMA_BITMAP_WORDS), 4);
  at = place(Region.SEARCH_INDEXES, at, indexWords, 4);
  at = place(Region.REQUESTS, at, MAX_REQUESTS * RequestWord.COUNT, 4);
  at = place(Region.BATCHES, at, MAX_REQUESTS * BATCH_CAPACITY * 2, 4);
  at = place(Region.WINDOWS, at, WINDOW_CAPACITY * WindowWord.COUNT, 4);
  at = place(Region.PINS, at, PIN_CAPACITY * PinWord.COUNT, 4);
  at = place(Region.PAGEBLOCKS, at, count >> config(ConfigWord.PAGEBLOCK_ORDER), 1);
  at = place(Region.FRAME_NEXT, at, links, 4);
  at = place(Region.FRAME_PREV, at, links, 4);
  at = place(Region.FRAME_WORD, at, count, 4);
  at = place(Region.FRAME_OWNER, at, config(ConfigWord.SLOTS) ? count : 0, 4);
  if (at > <u64>0xffff_0000) return InitStatus.TOO_MANY_FRAMES;
  store<u32>(TABLE, <u32>at, TableWord.BYTES << 2);
  const pages = <i32>((at + WASM_PAGE - 1) / WASM_PAGE);
  const missing = pages - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) return InitStatus.NO_MEMORY;
  return bind();
}

function headCount(cpus: i32): u32 {
  return MAX_ZONES * (MAX_ORDERS * MIGRATE_TYPES + cpus * MAX_PCP_LISTS) + LRU_LISTS;
}

/** Takes every base address from the table in memory: after plan(), or in a fork or restored snapshot. */
export function bind(): i32 {
  if (load<u32>(TABLE, TableWord.MAGIC << 2) != ABI_MAGIC) return InitStatus.BAD_LAYOUT;
  if (load<u32>(TABLE, TableWord.VERSION << 2) != ABI_VERSION) return InitStatus.BAD_LAYOUT;
  ZONES = load<u32>(entry(Region.ZONES));
  PCPS = load<u32>(entry(Region.PCPS));
  STATS = load<u32>(entry(Region.STATS));
  WORKLOAD = load<u32>(entry(Region.WORKLOAD));
  AUDIT = load<u32>(entry(Region.AUDIT));
  HINTS = load<u32>(entry(Region.HINTS));
  EVENTS = load<u32>(entry(Region.EVENTS));
  COMMANDS = load<u32>(entry(Region.COMMANDS));
  SLOTS = load<u32>(entry(Region.SLOTS));
  PAGEBLOCKS = load<u32>(entry(Region.PAGEBLOCKS));
  OWNER = load<u32>(entry(Region.FRAME_OWNER));
  AREAS = load<u32>(entry(Region.AREAS));
  RANGES = load<u32>(entry(Region.RANGES));
  CMA_BITMAPS = load<u32>(entry(Region.CMA_BITMAPS));
  SEARCH_INDEXES = load<u32>(entry(Region.SEARCH_INDEXES));
  REQUESTS = load<u32>(entry(Region.REQUESTS));
  BATCHES = load<u32>(entry(Region.BATCHES));
  PINS = load<u32>(entry(Region.PINS));
  WINDOWS = load<u32>(entry(Region.WINDOWS));
  NEXT = load<u32>(entry(Region.FRAME_NEXT));
  PREV = load<u32>(entry(Region.FRAME_PREV));
  WORD = load<u32>(entry(Region.FRAME_WORD));
  FREE_HEADS = frames() << 2;
  PCP_HEADS = FREE_HEADS + ((MAX_ZONES * MAX_ORDERS * MIGRATE_TYPES) << 2);
  LRU_HEADS = PCP_HEADS + ((config(ConfigWord.NR_CPUS) * MAX_ZONES * MAX_PCP_LISTS) << 2);
  return InitStatus.OK;
}
