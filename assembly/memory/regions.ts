// Knows: where each region of a machine's memory starts. One plan per machine; no growth after init.
// Must not know: what the words mean.
//
//   0x10000 | table | CONFIG | ZONES | STATS | LEVELS | SCRATCH | WORKLOAD | AUDIT | PCPS | ... | COMMANDS | CLASSES
//           | CLASS_COUNTS | FRONTIERS | POLICIES | PIN_LENGTHS | PIN_EXCESSES | FRAMES | READ_AHEAD | SLOTS | PAGEBLOCKS
//           | GUESTS | COPIES | CMA_BITMAPS | a simulation's
//
// Up to FRAMES no address depends on the device: they are constants, so that reading or writing one of those
// words is one instruction. The others are globals, written by bind() only: a snapshot is a copy of memory, and a
// fork binds the same addresses from the table it finds there.

import { CLASS_BINS, CLASS_CELLS, CLASS_CHUNK } from "../abi/classes";
import { AuditWord } from "../abi/findings";
import {
  ABI_MAGIC,
  ABI_VERSION,
  EntryWord,
  FRAME_SHIFT,
  FrameField,
  InitStatus,
  Region,
  TableWord,
} from "../abi/layout";
import {
  AREA_LISTS,
  BATCH_CAPACITY,
  COMMAND_CAPACITY,
  EXCESS_CAPACITY,
  HINT_CAPACITY,
  KILL_CAPACITY,
  LENGTH_BUCKETS,
  LOG_CAPACITY,
  LRU_LISTS,
  lruHeadIndex,
  MAX_ACTORS,
  MAX_AREAS,
  MAX_CPUS,
  MAX_EVENT_CAPACITY,
  MAX_FRAMES,
  MAX_FRONTIERS,
  MAX_RANGES,
  MAX_REQUESTS,
  MAX_ZONES,
  PIN_CAPACITY,
  PIN_HOLDERS,
  POLICY_ROWS,
  pcpHeadIndex,
  QUEUE_WORDS,
  SLOT_CAPACITY,
  WINDOW_CAPACITY,
} from "../abi/limits";
import { PolicyWord } from "../abi/proposals";
import { ExcessWord, FrontierHead, FrontierWord, GuestWord, PinWord, WindowWord } from "../abi/records";
import { CellWord, KillWord, LogWord, SimulationWord, WorkloadWord } from "../abi/run";
import { ActorWord, Cost, Counter, Parameter } from "../abi/simulation";
import {
  AreaWord,
  CommandWord,
  ConfigWord,
  EventWord,
  LevelWord,
  PcpWord,
  RangeWord,
  RequestWord,
  ScratchWord,
  StatWord,
  ZoneWord,
} from "../abi/words";

/** A frame's record, and so the step from a link to that of the next frame. */
export const FRAME_BYTES: u32 = 1 << FRAME_SHIFT;

const ALIGN: usize = 64;
const WASM_PAGE: usize = 65536;

export const TABLE: usize = 0x1_0000;
export const CONFIG: usize =
  TABLE + (((TableWord.FIRST_ENTRY + Region.COUNT * EntryWord.COUNT) * 4 + 63) & ~63);
export const ZONES: usize = CONFIG + ((ConfigWord.COUNT * 4 + 63) & ~63);
export const STATS: usize = ZONES + ((MAX_ZONES * ZoneWord.COUNT * 4 + 63) & ~63);
export const LEVELS: usize = STATS + ((StatWord.COUNT * 4 + 63) & ~63);
export const SCRATCH: usize = LEVELS + ((LevelWord.COUNT * 4 + 63) & ~63);
export const WORKLOAD: usize = SCRATCH + ((ScratchWord.COUNT * 4 + 63) & ~63);
export const AUDIT: usize = WORKLOAD + ((WorkloadWord.COUNT * 4 + 63) & ~63);
export const PCPS: usize = AUDIT + ((AuditWord.COUNT * 4 + 63) & ~63);
export const AREAS: usize = PCPS + ((MAX_CPUS * MAX_ZONES * PcpWord.COUNT * 4 + 63) & ~63);
export const RANGES: usize = AREAS + ((MAX_AREAS * AreaWord.COUNT * 4 + 63) & ~63);
export const REQUESTS: usize = RANGES + ((MAX_AREAS * MAX_RANGES * RangeWord.COUNT * 4 + 63) & ~63);
export const BATCHES: usize = REQUESTS + ((MAX_REQUESTS * RequestWord.COUNT * 4 + 63) & ~63);
export const WINDOWS: usize = BATCHES + MAX_REQUESTS * BATCH_CAPACITY * 2 * 4;
export const PINS: usize = WINDOWS + WINDOW_CAPACITY * WindowWord.COUNT * 4;
export const HINTS: usize = PINS + PIN_CAPACITY * PinWord.COUNT * 4;
export const COMMANDS: usize = HINTS + HINT_CAPACITY * 4;
export const CLASSES: usize = COMMANDS + COMMAND_CAPACITY * CommandWord.COUNT * 4;
export const CLASS_COUNTS: usize = CLASSES + CLASS_CHUNK;
export const FRONTIERS: usize = CLASS_COUNTS + CLASS_CELLS * CLASS_BINS * 4;
const FRONTIER_WORDS: u32 = FrontierHead.COUNT + MAX_FRONTIERS * FrontierWord.COUNT;
export const POLICIES: usize = FRONTIERS + FRONTIER_WORDS * 4;
export const PIN_LENGTHS: usize = POLICIES + 2 * POLICY_ROWS * PolicyWord.COUNT * 4;
export const PIN_EXCESSES: usize = PIN_LENGTHS + PIN_HOLDERS * LENGTH_BUCKETS * 4;
export const FRAMES: usize = (PIN_EXCESSES + EXCESS_CAPACITY * ExcessWord.COUNT * 4 + 63) & ~63;
export let SLOTS: usize = 0;
export let PAGEBLOCKS: usize = 0;
export let READ_AHEAD: usize = 0;
export let GUESTS: usize = 0;
export let COPIES: usize = 0;
export let CMA_BITMAPS: usize = 0;
export let SEARCH_INDEXES: usize = 0;
export let SIMULATION: usize = 0;
export let ACTORS: usize = 0;
export let PARAMETERS: usize = 0;
export let COUNTERS: usize = 0;
export let COSTS: usize = 0;
export let QUEUE: usize = 0;
export let CELLS: usize = 0;
export let LOG: usize = 0;
export let KILLS: usize = 0;
export let EVENTS: usize = 0;

/** List heads are extra records behind the frames: link of the first. */
export let FREE_HEADS: u32 = 0;
export let PCP_HEADS: u32 = 0;
export let LRU_HEADS: u32 = 0;

export function config(word: i32): i32 {
  return load<i32>((<usize>word) << 2, CONFIG);
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
  assert(__heap_base <= TABLE);
  store<u32>(TABLE, ABI_MAGIC, TableWord.MAGIC << 2);
  store<u32>(TABLE, ABI_VERSION, TableWord.VERSION << 2);
  store<u32>(TABLE, Region.COUNT, TableWord.REGIONS << 2);
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
  if (<u32>config(ConfigWord.ACTORS) > <u32>MAX_ACTORS) return InitStatus.BAD_GEOMETRY;
  if (count == 0) return InitStatus.BAD_GEOMETRY;
  if (count > <u32>MAX_FRAMES) return InitStatus.TOO_MANY_FRAMES;
  const events = config(ConfigWord.EVENT_SLOTS);
  if (events < 1 || events > MAX_EVENT_CAPACITY || (events & (events - 1)) != 0)
    return InitStatus.BAD_GEOMETRY;
  const links = count + lruHeadIndex(cpus, LRU_LISTS + AREA_LISTS);
  place(Region.ZONES, ZONES, MAX_ZONES * ZoneWord.COUNT, 4);
  place(Region.STATS, STATS, StatWord.COUNT, 4);
  place(Region.LEVELS, LEVELS, LevelWord.COUNT, 4);
  place(Region.SCRATCH, SCRATCH, ScratchWord.COUNT, 4);
  place(Region.WORKLOAD, WORKLOAD, WorkloadWord.COUNT, 4);
  place(Region.AUDIT, AUDIT, AuditWord.COUNT, 4);
  place(Region.PCPS, PCPS, cpus * MAX_ZONES * PcpWord.COUNT, 4);
  place(Region.AREAS, AREAS, MAX_AREAS * AreaWord.COUNT, 4);
  place(Region.RANGES, RANGES, MAX_AREAS * MAX_RANGES * RangeWord.COUNT, 4);
  place(Region.REQUESTS, REQUESTS, MAX_REQUESTS * RequestWord.COUNT, 4);
  place(Region.BATCHES, BATCHES, MAX_REQUESTS * BATCH_CAPACITY * 2, 4);
  place(Region.WINDOWS, WINDOWS, WINDOW_CAPACITY * WindowWord.COUNT, 4);
  place(Region.PINS, PINS, PIN_CAPACITY * PinWord.COUNT, 4);
  place(Region.HINTS, HINTS, HINT_CAPACITY, 4);
  place(Region.COMMANDS, COMMANDS, COMMAND_CAPACITY * CommandWord.COUNT, 4);
  place(Region.CLASSES, CLASSES, CLASS_CHUNK, 1);
  place(Region.CLASS_COUNTS, CLASS_COUNTS, CLASS_CELLS * CLASS_BINS, 4);
  place(Region.FRONTIERS, FRONTIERS, FRONTIER_WORDS, 4);
  place(Region.POLICIES, POLICIES, 2 * POLICY_ROWS * PolicyWord.COUNT, 4);
  place(Region.PIN_LENGTHS, PIN_LENGTHS, PIN_HOLDERS * LENGTH_BUCKETS, 4);
  place(Region.PIN_EXCESSES, PIN_EXCESSES, EXCESS_CAPACITY * ExcessWord.COUNT, 4);
  let at = place(Region.FRAMES, FRAMES, links * FrameField.COUNT, 4);
  at = place(Region.READ_AHEAD, at, MAX_CPUS * MAX_ZONES * 8 + drainPlaces(count), 4);
  at = place(Region.SLOTS, at, config(ConfigWord.SLOTS), 4);
  at = place(Region.PAGEBLOCKS, at, count >> config(ConfigWord.PAGEBLOCK_ORDER), 1);
  const kept = config(ConfigWord.RULE_CMA_OWNER) ? 1 : 0;
  at = place(Region.GUESTS, at, GuestWord.COUNT * kept, 4);
  at = place(Region.COPIES, at, config(ConfigWord.SLOTS) * kept, 4);
  at = place(Region.CMA_BITMAPS, at, config(ConfigWord.CMA_BITMAP_WORDS), 4);
  at = place(Region.SEARCH_INDEXES, at, indexWords, 4);
  at = placeSimulation(at);
  at = place(Region.EVENTS, at, config(ConfigWord.EVENT_SLOTS) * EventWord.COUNT, 4);
  if (at > <u64>0xffff_0000) return InitStatus.TOO_MANY_FRAMES;
  store<u32>(TABLE, <u32>at, TableWord.BYTES << 2);
  const pages = <i32>((at + WASM_PAGE - 1) / WASM_PAGE);
  const missing = pages - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) return InitStatus.NO_MEMORY;
  return bind();
}

/** What a machine without time does not have: every region is empty then. */
function placeSimulation(first: u64): u64 {
  const actors = <u32>config(ConfigWord.ACTORS);
  const some = actors ? 1 : 0;
  let at = place(Region.SIMULATION, first, SimulationWord.COUNT * some, 4);
  at = place(Region.ACTORS, at, actors * ActorWord.COUNT, 4);
  at = place(Region.ACTOR_PARAMETERS, at, actors * Parameter.COUNT, 8);
  at = place(Region.ACTOR_COUNTERS, at, actors * Counter.COUNT, 8);
  at = place(Region.COSTS, at, Cost.COUNT * some, 8);
  at = place(Region.QUEUE, at, (config(ConfigWord.QUEUE_SLOTS) + 1) * QUEUE_WORDS * some, 4);
  at = place(Region.CELLS, at, config(ConfigWord.CELLS) * CellWord.COUNT * some, 4);
  at = place(Region.LOG, at, LOG_CAPACITY * LogWord.COUNT * some, 4);
  return place(Region.KILLS, at, KILL_CAPACITY * KillWord.COUNT * some, 4);
}

/** Pages that draining all CPUs notes at most: a sixteenth of memory. */
export function drainPlaces(count: u32): u32 {
  return count >> 4;
}

/** Takes the addresses that depend on the device from the table in memory: after plan(), or in a fork or restored snapshot. */
export function bind(): i32 {
  if (load<u32>(TABLE, TableWord.MAGIC << 2) != ABI_MAGIC) return InitStatus.BAD_LAYOUT;
  if (load<u32>(TABLE, TableWord.VERSION << 2) != ABI_VERSION) return InitStatus.BAD_LAYOUT;
  if (load<u32>(entry(Region.FRAMES)) != <u32>FRAMES) return InitStatus.BAD_LAYOUT;
  PAGEBLOCKS = load<u32>(entry(Region.PAGEBLOCKS));
  READ_AHEAD = load<u32>(entry(Region.READ_AHEAD));
  GUESTS = load<u32>(entry(Region.GUESTS));
  COPIES = load<u32>(entry(Region.COPIES));
  SLOTS = load<u32>(entry(Region.SLOTS));
  CMA_BITMAPS = load<u32>(entry(Region.CMA_BITMAPS));
  SEARCH_INDEXES = load<u32>(entry(Region.SEARCH_INDEXES));
  SIMULATION = load<u32>(entry(Region.SIMULATION));
  ACTORS = load<u32>(entry(Region.ACTORS));
  PARAMETERS = load<u32>(entry(Region.ACTOR_PARAMETERS));
  COUNTERS = load<u32>(entry(Region.ACTOR_COUNTERS));
  COSTS = load<u32>(entry(Region.COSTS));
  QUEUE = load<u32>(entry(Region.QUEUE));
  CELLS = load<u32>(entry(Region.CELLS));
  LOG = load<u32>(entry(Region.LOG));
  KILLS = load<u32>(entry(Region.KILLS));
  EVENTS = load<u32>(entry(Region.EVENTS));
  FREE_HEADS = frames() << FRAME_SHIFT;
  PCP_HEADS = FREE_HEADS + ((<u32>pcpHeadIndex(0, 0, 0)) << FRAME_SHIFT);
  LRU_HEADS = FREE_HEADS + ((<u32>lruHeadIndex(config(ConfigWord.NR_CPUS), 0)) << FRAME_SHIFT);
  return InitStatus.OK;
}
