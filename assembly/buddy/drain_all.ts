// Knows: emptying the per-CPU lists of all CPUs at once, and reading their pages ahead.
// Must not know: who wants it. Models drain_all_pages (mm/page_alloc.c, Linux 6.12 and 6.1), done by one CPU.
//
// Each page of a list names its neighbour, so that a walk waits for memory at every page. Therefore the lists of all CPUs
// are walked side by side first, each from both ends, while nothing changes, and their pages are noted in the order in
// which they will go:
//
//   READ_AHEAD:   a Walk for each of many pages   |   pages of the first walk, NONE, pages of the second, NONE ...
//
//   a walk:  START | noted from the tail ... PLACE | not noted yet | BACK ... noted from the head | END
//   a list whose ends have met: what was noted from its head moves to PLACE, and the next list begins

import { MAX_ZONES } from "../abi/limits";
import { ConfigWord, PcpWord } from "../abi/words";
import { isPopulated, pcpAt } from "../frames/zone";
import { NONE, nextOf, prevOf } from "../memory/list";
import { config, drainPlaces, FREE_HEADS, frames, READ_AHEAD } from "../memory/regions";
import { endNotes, WALKS } from "./noted";
import { drainZone } from "./pcp";
import { ALL_LISTS, listBehind, pcpHead } from "./pcp_lists";

/** Words of a walk. */
enum Walk {
  /** The pages it is at: coming from the tail, or NONE where it has ended; coming from the head. */
  LINK,
  OTHER,
  /** Where it notes the one and the other. */
  PLACE,
  BACK,
  START,
  END,
  /** cpu * MAX_ZONES + zone. */
  SET,
  /** Lists begun << 8 | the next one. */
  LISTS,
  COUNT = 8,
}

/** Fewer pages are in the cache anyway; and fewer lists at once are walked no faster than one. */
const FEW: i32 = 1024;
const SIDES: i32 = 4;

function walkAt(nth: i32): usize {
  return READ_AHEAD + <usize>(nth * (Walk.COUNT << 2));
}

/** Goes to both ends of the next list that has a page. */
function nextList(at: usize): void {
  const set = load<i32>(at, Walk.SET << 2);
  let link: u32 = NONE;
  let begun = load<i32>(at, Walk.LISTS << 2) >> 8;
  let pindex = load<i32>(at, Walk.LISTS << 2) & 0xff;
  for (; begun < ALL_LISTS && link == NONE; begun++) {
    const head = pcpHead(set / MAX_ZONES, set % MAX_ZONES, pindex);
    if (prevOf(head) < FREE_HEADS) {
      link = prevOf(head);
      store<u32>(at, nextOf(head), Walk.OTHER << 2);
    }
    pindex = listBehind(pindex);
  }
  store<u32>(at, link, Walk.LINK << 2);
  store<i32>(at, (begun << 8) | pindex, Walk.LISTS << 2);
}

/** Begins the walks of the sets that are worth it, as far as there is room; answers how many. */
function beginWalks(sets: i32, zone: i32): i32 {
  let begun = 0;
  let place = <u32>READ_AHEAD + WALKS;
  const end = place + (drainPlaces(frames()) << 2);
  for (let set = 0; set < sets; set++) {
    const held = load<i32>(pcpAt(set / MAX_ZONES, set % MAX_ZONES), PcpWord.COUNT_PAGES << 2);
    const behind = place + ((<u32>held) << 2);
    if (held < FEW || behind >= end || (zone != 0 && zone - 1 != set % MAX_ZONES)) continue;
    const at = walkAt(begun);
    store<u32>(at, place, Walk.START << 2);
    store<u32>(at, place, Walk.PLACE << 2);
    store<u32>(at, behind, Walk.BACK << 2);
    store<u32>(at, behind, Walk.END << 2);
    store<i32>(at, set, Walk.SET << 2);
    store<i32>(at, 0, Walk.LISTS << 2);
    nextList(at);
    place = behind + 4;
    begun += 1;
  }
  return begun;
}

/** The ends of a list have met: its pages lie together, and the next list begins. */
function joinList(at: usize): void {
  const place = load<u32>(at, Walk.PLACE << 2);
  const back = load<u32>(at, Walk.BACK << 2);
  const end = load<u32>(at, Walk.END << 2);
  memory.copy(<usize>place, <usize>back, end - back);
  store<u32>(at, place + (end - back), Walk.PLACE << 2);
  store<u32>(at, end, Walk.BACK << 2);
  nextList(at);
}

/** Notes a page from each end of the list that the walk is in. */
function walkStep(at: usize): void {
  const link = load<u32>(at, Walk.LINK << 2);
  const other = load<u32>(at, Walk.OTHER << 2);
  const place = load<u32>(at, Walk.PLACE << 2);
  const back = load<u32>(at, Walk.BACK << 2) - 4;
  if (place > back) return store<u32>(at, NONE, Walk.LINK << 2);
  store<u32>(<usize>place, link);
  store<u32>(at, place + 4, Walk.PLACE << 2);
  if (link == other) return joinList(at);
  store<u32>(<usize>back, other);
  store<u32>(at, back, Walk.BACK << 2);
  const next = prevOf(link);
  store<u32>(at, next, Walk.LINK << 2);
  store<u32>(at, nextOf(other), Walk.OTHER << 2);
  if (next == other) joinList(at);
}

/** Notes all pages, two of each walk in turn: the reads of one round do not wait for each other. */
function walkOn(walks: i32): void {
  for (let going = true; going; ) {
    going = false;
    for (let nth = 0; nth < walks; nth++) {
      const at = walkAt(nth);
      if (load<u32>(at, Walk.LINK << 2) == NONE) continue;
      going = true;
      inline.always(walkStep(at));
    }
  }
}

/** Higher orders leave room behind what a walk has noted: all notes come to lie together, NONE behind each walk's. */
function pack(walks: i32): void {
  let place = <u32>READ_AHEAD + WALKS;
  for (let nth = 0; nth < walks; nth++) {
    const at = walkAt(nth);
    const start = load<u32>(at, Walk.START << 2);
    const bytes = load<u32>(at, Walk.PLACE << 2) - start;
    if (place != start) memory.copy(<usize>place, <usize>start, bytes);
    store<u32>(<usize>(place + bytes), NONE);
    store<u32>(at, place, Walk.START << 2);
    store<u32>(at, place + bytes, Walk.PLACE << 2);
    place += bytes + 4;
  }
}

/** The lists of one zone (zone + 1) or of all (0); the calling CPU's differentials take the change. */
export function drainAll(cpu: i32, zone: i32): void {
  const sets = config(ConfigWord.NR_CPUS) * MAX_ZONES;
  let walks = beginWalks(sets, zone);
  if (walks < SIDES) walks = 0;
  walkOn(walks);
  pack(walks);
  let nth = 0;
  for (let set = 0; set < sets; set++) {
    const its = set % MAX_ZONES;
    if (!isPopulated(its) || (zone != 0 && zone - 1 != its)) continue;
    let noted: usize = 0;
    const at = walkAt(nth);
    if (nth < walks && load<i32>(at, Walk.SET << 2) == set) {
      noted = load<u32>(at, Walk.START << 2);
      nth += 1;
    }
    drainZone(cpu, set / MAX_ZONES, its, noted);
  }
  endNotes(walks ? load<u32>(walkAt(walks - 1), Walk.PLACE << 2) - 4 : 0);
}
