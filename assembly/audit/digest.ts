// Knows: one number for the whole allocator state: equal states, equal digests, in every build and engine.
// Covers frames, policies in force, list order, zones, per-CPU sets, pageblock types, CMA areas and the requests under way, and of a
// simulation the clock, actors, pending events and what is in flight; not statistics, events, slots, pin records, commands, nor
// how much of a log has been read. Must not know: which words those are (fields).
//
//   record: its number, then (number of the field, value) for each field that is not 0, in the order of audit/fields
//
// So the digest does not depend on where a word stands, and a field added later changes nothing where it is 0.

import { AuditWord, RequestState } from "../abi/findings";
import { kindOf } from "../abi/frame_word";
import { FRAME_SHIFT } from "../abi/layout";
import { MAX_AREAS, MAX_REQUESTS, MAX_ZONES } from "../abi/limits";
import { GuestWord } from "../abi/records";
import { CellWord, SimulationWord } from "../abi/run";
import { ActorWord, Counter, Parameter } from "../abi/simulation";
import { FrameKind } from "../abi/vocabulary";
import { AreaWord, ConfigWord, LevelWord, PcpWord, RangeWord, RequestWord, ZoneWord } from "../abi/words";
import { settle } from "../buddy/frontier";
import { areaAt, areaWord, bitmapOf, rangeAt, rangeWord } from "../cma/area";
import { requestAt } from "../cma/request";
import { wordOf } from "../frames/frame";
import { isOnLru } from "../frames/lru";
import { blockFrames } from "../frames/pageblock";
import { nextOf } from "../memory/list";
import { policy, policyAt, policyOfArea } from "../memory/policies";
import {
  ACTORS,
  AUDIT,
  CELLS,
  CONFIG,
  COUNTERS,
  config,
  FRAME_BYTES,
  frames,
  LEVELS,
  PAGEBLOCKS,
  PARAMETERS,
  PCPS,
  SIMULATION,
  ZONES,
} from "../memory/regions";
import { level } from "../memory/stats";
import { guestHead } from "../movement/guests";
import { sourceOf } from "../movement/migrate";
import { AREAS_KEEP_PAGES } from "../rules";
import { eventAt, eventOwner, eventPayload, eventSequence, eventTime, pendingEvents } from "../time/queue";
import {
  ACTOR_FIELDS,
  AREA_FIELDS,
  CELL_FIELDS,
  CLOCK_FIELDS,
  CONFIG_FIELDS,
  COUNTER_FIELDS,
  CPU_FIELDS,
  END_OF_FIELDS,
  LINK,
  PCP_FIELDS,
  POLICY_FIELDS,
  RANGE_FIELDS,
  REQUEST_FIELDS,
  SIMULATION_FIELDS,
  ZONE_FIELDS,
} from "./fields";

function mix(hash: u64, value: u32): u64 {
  const h = (hash ^ <u64>value) * 0xff51_afd7_ed55_8ccd;
  return h ^ (h >> 32);
}

/** What a digest says of a link, however long records are: its record's number times four, and the two bits below. */
function placeOf(link: u32): u32 {
  return <u32>((<i32>link >> FRAME_SHIFT) << 2) | (link & 3);
}

function mixLink(hash: u64, link: u32): u64 {
  return mix(hash, placeOf(link));
}

function mixLong(hash: u64, value: u64): u64 {
  return mix(mix(hash, <u32>value), <u32>(value >> 32));
}

function field(fields: usize, i: u32): i32 {
  return load<i32>(fields + ((<usize>i) << 2));
}

/** One record of 32-bit words, field by field. */
function record(hash: u64, nth: u32, at: usize, fields: usize): u64 {
  hash = mix(hash, nth);
  for (let i: u32 = 0; field(fields, i) != END_OF_FIELDS; i++) {
    const word = field(fields, i);
    let value = load<u32>(at + ((<usize>(word & ~LINK)) << 2));
    if (word & LINK) value = placeOf(value);
    if (value) hash = mix(mix(hash, i), value);
  }
  return hash;
}

/** One record of f64. */
function counters(hash: u64, nth: u32, at: usize): u64 {
  hash = mix(hash, nth);
  for (let i: u32 = 0; field(COUNTER_FIELDS, i) != END_OF_FIELDS; i++) {
    const value = load<u64>(at + ((<usize>field(COUNTER_FIELDS, i)) << 3));
    if (value) hash = mixLong(mix(hash, i), value);
  }
  return hash;
}

/** What an actor was given. The numbers of its parameters are its kind's own, which scenarios name one by one. */
function parameters(hash: u64, at: usize): u64 {
  for (let i: u32 = 0; i < <u32>Parameter.COUNT; i++) {
    const value = load<u64>(at + ((<usize>i) << 3));
    if (value) hash = mixLong(mix(hash, i), value);
  }
  return hash;
}

/** What an area's row has other than the machine's. */
function ownPolicy(hash: u64, area: i32): u64 {
  for (let i: u32 = 0; field(POLICY_FIELDS, i) != END_OF_FIELDS; i++) {
    const value = policyOfArea(area, field(POLICY_FIELDS, i));
    if (value != policy(field(POLICY_FIELDS, i))) hash = mix(mix(hash, i), value);
  }
  return hash;
}

function areas(hash: u64): u64 {
  for (let area = 0; area < MAX_AREAS; area++) {
    const ranges = areaWord(area, AreaWord.NR_RANGES);
    if (ranges == 0) continue;
    hash = ownPolicy(record(hash, area, areaAt(area), AREA_FIELDS), area);
    for (let nth = 0; nth < ranges; nth++) {
      hash = record(hash, nth, rangeAt(area, nth), RANGE_FIELDS);
      const words = (rangeWord(area, nth, RangeWord.BITS) + 31) >> 5;
      const map = bitmapOf(area, nth);
      for (let i: u32 = 0; i < words; i++) hash = mix(hash, load<u32>(map + ((<usize>i) << 2)));
    }
  }
  return hash;
}

function requests(hash: u64): u64 {
  for (let request = 0; request < MAX_REQUESTS; request++) {
    const at = requestAt(request);
    if (load<i32>(at, RequestWord.STATE << 2) == RequestState.FREE) continue;
    hash = record(hash, request, at, REQUEST_FIELDS);
    for (let i = 0; i < load<i32>(at, RequestWord.BATCH << 2); i++)
      hash = mixLink(hash, sourceOf(request, i));
  }
  return hash;
}

/** Areas that keep their pages: the order of their lists. What is on them the frames say. */
function guests(hash: u64): u64 {
  if (!AREAS_KEEP_PAGES) return hash;
  for (let list: i32 = GuestWord.SPARE; list <= GuestWord.SWAP; list++) {
    const head = guestHead(list);
    for (let link = nextOf(head); link != head; link = nextOf(link)) hash = mixLink(hash, link);
    hash = mix(hash, list);
  }
  return hash;
}

function events(hash: u64): u64 {
  for (let nth: u32 = 1; nth <= pendingEvents(); nth++) {
    const at = eventAt(nth);
    hash = mix(mixLong(hash, eventTime(at)), eventSequence(at));
    hash = mix(mix(hash, eventOwner(at)), eventPayload(at));
  }
  return hash;
}

/** A machine with time: what it is about to do follows from these, and its counters tell what it has done. */
function simulation(hash: u64): u64 {
  const actors = config(ConfigWord.ACTORS);
  if (actors == 0) return hash;
  hash = record(hash, 0, LEVELS, CLOCK_FIELDS);
  hash = record(hash, 0, SIMULATION, SIMULATION_FIELDS);
  for (let cpu = 0; cpu < config(ConfigWord.NR_CPUS); cpu++) {
    hash = record(hash, cpu, SIMULATION + ((<usize>cpu) << 3), CPU_FIELDS);
  }
  for (let actor = 0; actor < actors; actor++) {
    hash = record(hash, actor, ACTORS + <usize>(actor * (ActorWord.COUNT << 2)), ACTOR_FIELDS);
    hash = parameters(hash, PARAMETERS + <usize>(actor * (Parameter.COUNT << 3)));
    hash = counters(hash, actor, COUNTERS + <usize>(actor * (Counter.COUNT << 3)));
  }
  hash = events(hash);
  const cells = load<i32>(SIMULATION, SimulationWord.CELLS_USED << 2);
  for (let cell = 0; cell < cells; cell++) {
    hash = record(hash, cell, CELLS + <usize>(cell * (CellWord.COUNT << 2)), CELL_FIELDS);
  }
  return hash;
}

/** Writes the 64-bit digest into the AUDIT region. */
export function digest(): void {
  settle();
  let hash: u64 = record(0x9e37_79b9_7f4a_7c15, 0, CONFIG, CONFIG_FIELDS);
  hash = record(hash, 0, policyAt(0), POLICY_FIELDS);
  if (level(LevelWord.QUARANTINE_NTH)) hash = mix(hash, level(LevelWord.QUARANTINE_NTH));
  for (let zone = 0; zone < MAX_ZONES; zone++) {
    hash = record(hash, zone, ZONES + <usize>(zone * (ZoneWord.COUNT << 2)), ZONE_FIELDS);
  }
  const sets = config(ConfigWord.NR_CPUS) * MAX_ZONES;
  for (let set = 0; set < sets; set++) {
    hash = record(hash, set, PCPS + <usize>(set * (PcpWord.COUNT << 2)), PCP_FIELDS);
  }
  const end = frames() << FRAME_SHIFT;
  for (let link: u32 = 0; link < end; link += FRAME_BYTES) {
    const word = wordOf(link);
    if (word == FrameKind.BODY) continue;
    hash = mix(mixLink(hash, link), word);
    const kind = kindOf(word);
    if (kind == FrameKind.BUDDY || kind == FrameKind.PCP || isOnLru(word)) hash = mixLink(hash, nextOf(link));
  }
  const blocks = frames() / blockFrames();
  for (let i: u32 = 0; i < blocks; i++) hash = mix(hash, load<u8>(PAGEBLOCKS + <usize>i));
  hash = simulation(requests(guests(areas(hash))));
  store<u64>(AUDIT, hash, AuditWord.DIGEST_LOW << 2);
}
