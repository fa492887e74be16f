// Knows: one number for the whole allocator state: equal states, equal digests, in every build and engine.
// Covers frames, list order, zones, per-CPU sets, pageblock types, CMA areas and the requests under way, and of a
// simulation the clock, actors, pending events and what is in flight; not statistics, events, slots, pin records, commands, nor
// how much of a log has been read.

import { RequestState } from "../abi/findings";
import { EVENT_WORDS, MAX_AREAS, MAX_REQUESTS, MAX_ZONES } from "../abi/limits";
import { CellWord, SimulationWord } from "../abi/run";
import { ActorWord, Counter, Parameter } from "../abi/simulation";
import { FrameKind } from "../abi/vocabulary";
import {
  AreaWord,
  AuditWord,
  ConfigWord,
  PcpWord,
  RangeWord,
  RequestWord,
  StatWord,
  ZoneWord,
} from "../abi/words";
import { areaAt, areaWord, bitmapOf, rangeAt, rangeWord } from "../cma/area";
import { requestAt } from "../cma/request";
import { kindOf, wordOf } from "../frames/frame";
import { isOnLru } from "../frames/lru";
import { blockFrames } from "../frames/pageblock";
import { nextOf } from "../memory/list";
import {
  ACTORS,
  AUDIT,
  CELLS,
  CONFIG,
  COUNTERS,
  config,
  frames,
  PAGEBLOCKS,
  PARAMETERS,
  PCPS,
  QUEUE,
  SIMULATION,
  STATS,
  ZONES,
} from "../memory/regions";
import { sourceOf } from "../movement/migrate";

function mix(hash: u64, value: u32): u64 {
  const h = (hash ^ <u64>value) * 0xff51_afd7_ed55_8ccd;
  return h ^ (h >> 32);
}

function words(hash: u64, from: usize, count: i32): u64 {
  for (let i = 0; i < count; i++) hash = mix(hash, load<u32>(from + ((<usize>i) << 2)));
  return hash;
}

function areas(hash: u64): u64 {
  for (let area = 0; area < MAX_AREAS; area++) {
    const ranges = areaWord(area, AreaWord.NR_RANGES);
    if (ranges == 0) continue;
    hash = words(hash, areaAt(area), AreaWord.COUNT);
    for (let nth = 0; nth < ranges; nth++) {
      hash = words(hash, rangeAt(area, nth), RangeWord.COUNT);
      hash = words(hash, bitmapOf(area, nth), (rangeWord(area, nth, RangeWord.BITS) + 31) >> 5);
    }
  }
  return hash;
}

function requests(hash: u64): u64 {
  for (let request = 0; request < MAX_REQUESTS; request++) {
    const at = requestAt(request);
    if (load<i32>(at, RequestWord.STATE << 2) == RequestState.FREE) continue;
    hash = words(mix(hash, request), at, RequestWord.COUNT);
    for (let i = 0; i < load<i32>(at, RequestWord.BATCH << 2); i++) hash = mix(hash, sourceOf(request, i));
  }
  return hash;
}

/** A machine with time: what it is about to do follows from these, and its counters tell what it has done. */
function simulation(hash: u64): u64 {
  const actors = config(ConfigWord.ACTORS);
  if (actors == 0) return hash;
  hash = words(hash, CONFIG + (ConfigWord.CMA_USE << 2), ConfigWord.COUNT - ConfigWord.CMA_USE);
  hash = words(hash, STATS + (StatWord.CLOCK_LOW << 2), 2);
  hash = words(hash, SIMULATION, SimulationWord.LOGGED);
  const flight = SIMULATION + (SimulationWord.CELL_FREE << 2);
  hash = words(hash, flight, SimulationWord.SPENT_LOW - SimulationWord.CELL_FREE);
  hash = words(hash, ACTORS, actors * ActorWord.COUNT);
  hash = words(hash, PARAMETERS, actors * Parameter.COUNT * 2);
  hash = words(hash, COUNTERS, actors * Counter.COUNT * 2);
  const pending = load<i32>(SIMULATION, SimulationWord.PENDING << 2);
  hash = words(hash, QUEUE + EVENT_WORDS * 4, pending * EVENT_WORDS);
  const cells = load<i32>(SIMULATION, SimulationWord.CELLS_USED << 2);
  return words(hash, CELLS, cells * CellWord.COUNT);
}

/** Writes the 64-bit digest into the AUDIT region. */
export function digest(): void {
  let hash: u64 = 0x9e37_79b9_7f4a_7c15;
  hash = words(hash, CONFIG, ConfigWord.RECORD);
  hash = words(hash, ZONES, MAX_ZONES * ZoneWord.COUNT);
  hash = words(hash, PCPS, config(ConfigWord.NR_CPUS) * MAX_ZONES * PcpWord.COUNT);
  const end = frames() << 2;
  for (let link: u32 = 0; link < end; link += 4) {
    const word = wordOf(link);
    if (word == FrameKind.BODY) continue;
    hash = mix(mix(hash, link), word);
    const kind = kindOf(word);
    if (kind == FrameKind.BUDDY || kind == FrameKind.PCP || isOnLru(word)) hash = mix(hash, nextOf(link));
  }
  const blocks = frames() / blockFrames();
  for (let i: u32 = 0; i < blocks; i++) hash = mix(hash, load<u8>(PAGEBLOCKS + <usize>i));
  hash = simulation(requests(areas(hash)));
  store<u64>(AUDIT, hash, AuditWord.DIGEST_LOW << 2);
}
