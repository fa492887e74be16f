// Knows: emptying the per-CPU lists of all CPUs at once, and reading their pages ahead.
// Must not know: who wants it. Models drain_all_pages (mm/page_alloc.c, Linux 6.12 and 6.1), done by one CPU.
//
// Each page of a list names the one before it, so that a walk waits for memory at every page. Therefore the lists of all CPUs
// are walked side by side first, while nothing changes, and their pages are noted in the order in which they will go:
//
//   READ_AHEAD:   a Walk for each CPU and zone   |   pages of the first walk, NONE, pages of the second, NONE ...

import { MAX_CPUS, MAX_ZONES } from "../abi/limits";
import { ConfigWord, PcpWord } from "../abi/words";
import { isPopulated, pcpAt } from "../frames/zone";
import { NONE, prevOf } from "../memory/list";
import { config, drainPlaces, FREE_HEADS, frames, READ_AHEAD } from "../memory/regions";
import { drainZone } from "./pcp";
import { ALL_LISTS, listBehind, pcpHead } from "./pcp_lists";

/** Words of a walk. */
enum Walk {
  /** The page it is at, or NONE. */
  LINK,
  /** Where it notes; where that ends; where it began, 0: nothing is noted. */
  PLACE,
  END,
  START,
  /** Lists begun, and the next one. */
  LISTS,
  PINDEX,
  COUNT = 8,
}

/** Fewer pages are in the cache anyway; and fewer lists at once are walked no faster than one. */
const FEW: i32 = 1024;
const SIDES: i32 = 4;
const PLACES: u32 = MAX_CPUS * MAX_ZONES * Walk.COUNT * 4;

function walkAt(set: i32): usize {
  return READ_AHEAD + <usize>(set * (Walk.COUNT << 2));
}

/** Goes to the last page of the next list that has one. */
function nextList(at: usize, set: i32): void {
  let link: u32 = NONE;
  let lists = load<i32>(at, Walk.LISTS << 2);
  let pindex = load<i32>(at, Walk.PINDEX << 2);
  for (; lists < ALL_LISTS && link == NONE; lists++) {
    const last = prevOf(pcpHead(set / MAX_ZONES, set % MAX_ZONES, pindex));
    if (last < FREE_HEADS) link = last;
    pindex = listBehind(pindex);
  }
  store<u32>(at, link, Walk.LINK << 2);
  store<i32>(at, lists, Walk.LISTS << 2);
  store<i32>(at, pindex, Walk.PINDEX << 2);
}

/** Begins the walks of the sets that are worth it, as far as there is room; answers how many. */
function beginWalks(sets: i32, zone: i32): i32 {
  let begun = 0;
  let place = <u32>READ_AHEAD + PLACES;
  const end = place + (drainPlaces(frames()) << 2);
  for (let set = 0; set < sets; set++) {
    const at = walkAt(set);
    const held = load<i32>(pcpAt(set / MAX_ZONES, set % MAX_ZONES), PcpWord.COUNT_PAGES << 2);
    const behind = place + ((<u32>held) << 2);
    store<u32>(at, NONE, Walk.LINK << 2);
    store<u32>(at, 0, Walk.START << 2);
    if (held < FEW || behind >= end || (zone != 0 && zone - 1 != set % MAX_ZONES)) continue;
    store<u32>(at, place, Walk.START << 2);
    store<u32>(at, place, Walk.PLACE << 2);
    store<u32>(at, behind, Walk.END << 2);
    store<i32>(at, 0, Walk.LISTS << 2);
    store<i32>(at, 0, Walk.PINDEX << 2);
    nextList(at, set);
    place = behind + 4;
    begun += 1;
  }
  return begun;
}

/** Notes all pages, one of each walk in turn: the reads of one round do not wait for each other. */
function walkOn(sets: i32): void {
  for (let going = true; going; ) {
    going = false;
    for (let set = 0; set < sets; set++) {
      const at = walkAt(set);
      const link = load<u32>(at, Walk.LINK << 2);
      if (link == NONE) continue;
      going = true;
      const place = load<u32>(at, Walk.PLACE << 2);
      store<u32>(<usize>place, link);
      store<u32>(at, place + 4, Walk.PLACE << 2);
      const next = prevOf(link);
      if (place + 4 == load<u32>(at, Walk.END << 2)) store<u32>(at, NONE, Walk.LINK << 2);
      else if (next < FREE_HEADS) store<u32>(at, next, Walk.LINK << 2);
      else nextList(at, set);
    }
  }
}

/** The lists of one zone (zone + 1) or of all (0); the calling CPU's differentials take the change. */
export function drainAll(cpu: i32, zone: i32): void {
  const sets = config(ConfigWord.NR_CPUS) * MAX_ZONES;
  const isWorth = beginWalks(sets, zone) >= SIDES;
  if (isWorth) walkOn(sets);
  for (let set = 0; set < sets; set++) {
    const its = set % MAX_ZONES;
    if (!isPopulated(its) || (zone != 0 && zone - 1 != its)) continue;
    const start = isWorth ? load<u32>(walkAt(set), Walk.START << 2) : 0;
    if (start) store<u32>(<usize>load<u32>(walkAt(set), Walk.PLACE << 2), NONE);
    drainZone(cpu, set / MAX_ZONES, its, start);
  }
}
