// Knows: building a state frame by frame: from a dump, or by freeing memory as the boot does.
// Must not know: formats. Every call checks that it contradicts nothing that was loaded before.
// Models memblock_free_all, init_cma_reserved_pageblock, free_reserved_area (mm/memblock.c, mm/mm_init.c, Linux 6.12).

import { loadedKind, loadedMobility, loadedZone, pcpType, pcpZone } from "../abi/command_word";
import { kindOf, orderOf, pack, pinsOf, withLife, withMobility, withType } from "../abi/frame_word";
import { FRAME_SHIFT } from "../abi/layout";
import { AREA_LISTS, LRU_LISTS } from "../abi/limits";
import { BootFree, FrameKind, Migratetype, Mobility, PageLife, Status } from "../abi/vocabulary";
import { ConfigWord, LevelWord } from "../abi/words";
import { coveringHead, freePages } from "../buddy/free_pages";
import { freeHead, insertFree } from "../buddy/freelist";
import { isLeftOut, mayLeaveOut, SHORTEST_RUN } from "../buddy/frontier";
import { ALL_LISTS, isList, orderOfPindex, pcpHead } from "../buddy/pcp_lists";
import { freeDirect, freeRun } from "../buddy/release";
import { isFrame, isZram, linkOf, setWord, wordOf } from "../frames/frame";
import { addToLru, isOnLru, lruHead, removeFromLru } from "../frames/lru";
import { ownerOf } from "../frames/owner";
import { blockFrames, isMergeable, MAX_ORDER, PAGEBLOCK_ORDER, setType, typeOf } from "../frames/pageblock";
import { spans, zoneOfPfn } from "../frames/zone";
import { addTail, initHead, NONE } from "../memory/list";
import { config, FRAME_BYTES, LEVELS } from "../memory/regions";
import { isKept } from "../movement/guests";

function isRange(pfn: u32, count: u32): bool {
  return count > 0 && isFrame(pfn) && count <= <u32>config(ConfigWord.END_PFN) - pfn;
}

/** Does nothing cover the frame but what loadFrames() put there, one by one: no list, slot, pin or other frame? */
function isSingle(link: u32): bool {
  const word = wordOf(link);
  const kind = kindOf(word);
  if (isKept(link, 0)) return kind == FrameKind.BODY;
  if (isZram(word)) return false;
  if (kind == FrameKind.ALLOCATED) return orderOf(word) == 0 && pinsOf(word) == 0 && ownerOf(link) == 0;
  return kind <= FrameKind.RESERVED;
}

/** May what these frames are be said again? */
function isLoadable(first: u32, count: u32): bool {
  if (isLeftOut(first, first + (count << FRAME_SHIFT))) return false;
  if (kindOf(wordOf(first)) == FrameKind.BODY && coveringHead(first) != NONE) return false;
  for (let i: u32 = 0; i < count; i++) {
    if (!isSingle(first + (i << FRAME_SHIFT))) return false;
  }
  return true;
}

/** Has nothing been said of these frames yet? Those behind all that was are not even read: boot is long enough. */
function isUntouched(first: u32, count: u32): bool {
  const touched = load<u32>(LEVELS, LevelWord.TOUCHED_END << 2);
  if (first >= touched) return true;
  if (isLeftOut(first, first + (count << FRAME_SHIFT))) return false;
  if (coveringHead(first) != NONE) return false;
  const end = min(first + (count << FRAME_SHIFT), touched);
  for (let at = first; at < end; at += FRAME_BYTES) {
    if (wordOf(at) != <u32>FrameKind.BODY) return false;
  }
  return true;
}

function noteTouched(end: u32): void {
  store<u32>(LEVELS, max(load<u32>(LEVELS, LevelWord.TOUCHED_END << 2), end), LevelWord.TOUCHED_END << 2);
}

/** Gives `count` frames a kind (HOLE, RESERVED, ALLOCATED order 0, or BODY: undone), a mobility and a zone. */
export function loadFrames(pfn: u32, count: u32, what: u32): i32 {
  const kind = loadedKind(what);
  const zone = loadedZone(what);
  if (!isRange(pfn, count)) return Status.BAD_PFN;
  if (kind == FrameKind.BUDDY || kind == FrameKind.PCP || kind > FrameKind.ALLOCATED) return Status.BAD_TYPE;
  const listless = kind == FrameKind.BODY || kind == FrameKind.HOLE;
  if (!listless && (!spans(zone, pfn) || !spans(zone, pfn + count - 1))) return Status.CROSSES_ZONE;
  if (!isLoadable(linkOf(pfn), count)) return Status.ALREADY_USED;
  const mobility = kind == FrameKind.ALLOCATED ? loadedMobility(what) : 0;
  const life = mobility == Mobility.LRU ? PageLife.ANON : PageLife.KERNEL;
  const frame = listless ? kind : withLife(withMobility(pack(kind, 0, zone), mobility), life);
  const first = linkOf(pfn);
  noteTouched(first + (count << FRAME_SHIFT));
  for (let i: u32 = 0; i < count; i++) {
    const link = first + (i << FRAME_SHIFT);
    if (isOnLru(wordOf(link))) removeFromLru(link);
    setWord(link, frame);
    if (isOnLru(frame)) addToLru(link, true);
  }
  return Status.OK;
}

/** Can these frames become one block? They must be single allocated frames of this zone (see loadFrames). */
function checkLoad(pfn: u32, order: i32, zone: i32): i32 {
  if (order > MAX_ORDER) return Status.BAD_ORDER;
  if (pfn & ((1 << order) - 1)) return Status.MISALIGNED;
  if (!isRange(pfn, 1 << order)) return Status.BAD_PFN;
  if (!spans(zone, pfn) || !spans(zone, pfn + (1 << order) - 1)) return Status.CROSSES_ZONE;
  const first = linkOf(pfn);
  if (isKept(first, order)) return Status.ALREADY_USED;
  for (let i: u32 = 0; i < (<u32>1) << order; i++) {
    const word = wordOf(first + (i << FRAME_SHIFT));
    if (kindOf(word) != FrameKind.ALLOCATED || isOnLru(word)) return Status.ALREADY_USED;
  }
  for (let i: u32 = 1; i < (<u32>1) << order; i++) setWord(first + (i << FRAME_SHIFT), FrameKind.BODY);
  return Status.OK;
}

/** Appends a free block to the tail of a list; counters are written by the caller, nr_free is kept here. */
export function loadFree(pfn: u32, order: i32, type: u32, zone: u32): i32 {
  if (zone >= <u32>config(ConfigWord.NR_ZONES)) return Status.BAD_ZONE;
  if (type > <u32>Migratetype.ISOLATE) return Status.BAD_TYPE;
  const refused = checkLoad(pfn, order, zone);
  if (refused) return refused;
  insertFree(zone, linkOf(pfn), order, type, true);
  return Status.OK;
}

/** Appends a page to the tail of a per-CPU list; its order follows from the list. */
export function loadPcp(cpu: i32, pfn: u32, pindex: u32, what: u32): i32 {
  const zone = pcpZone(what);
  const type = pcpType(what);
  if (zone >= config(ConfigWord.NR_ZONES)) return Status.BAD_ZONE;
  if (!isList(pindex)) return Status.BAD_COMMAND;
  if (type > Migratetype.ISOLATE) return Status.BAD_TYPE;
  const order = orderOfPindex(pindex);
  const refused = checkLoad(pfn, order, zone);
  if (refused) return refused;
  const link = linkOf(pfn);
  setWord(link, withType(pack(FrameKind.PCP, order, zone), type));
  addTail(pcpHead(cpu, zone, pindex), link);
  return Status.OK;
}

/** free_reserved_area(): what boot itself used, page by page, by the way that every page goes. */
function freeLate(cpu: i32, zone: i32, first: u32, count: u32): void {
  const end = first + (count << FRAME_SHIFT);
  for (let link = first; link < end; link += FRAME_BYTES) {
    setWord(link, pack(FrameKind.ALLOCATED, 0, zone));
    freePages(cpu, link, 0);
  }
}

/**
 * The blocks of the largest order from `at` on, behind one that was freed, if there are many and of one type: to the same
 * lists, but without writing them. Answers the first frame that is still to be freed.
 */
function freeAlike(cpu: i32, zone: i32, at: u32, end: u32): u32 {
  const blocks = (end - at) >> MAX_ORDER;
  if (blocks < SHORTEST_RUN || PAGEBLOCK_ORDER > MAX_ORDER || !mayLeaveOut()) return at;
  const first = linkOf(at);
  const behind = first + (blocks << (MAX_ORDER + FRAME_SHIFT));
  const type = typeOf(first - FRAME_BYTES);
  if (!isMergeable(type)) return at;
  for (let link = first; link < behind; link += blockFrames() << FRAME_SHIFT)
    if (typeOf(link) != type) return at;
  freeRun(cpu, zone, first, behind - (FRAME_BYTES << MAX_ORDER), type);
  return at + (blocks << MAX_ORDER);
}

/** memblock_free_all(): ascending, the largest aligned blocks, to the tail. */
function freeEarly(cpu: i32, zone: i32, pfn: u32, count: u32): void {
  const end = pfn + count;
  for (let at = pfn; at < end; ) {
    let order = at == 0 ? MAX_ORDER : min(MAX_ORDER, <i32>ctz(at));
    while (order > 0 && (at + ((<u32>1) << order) > end || at + ((<u32>1) << order) < at)) order -= 1;
    freeDirect(cpu, zone, linkOf(at), order, true);
    at += (<u32>1) << order;
    if (order == MAX_ORDER) at = freeAlike(cpu, zone, at, end);
  }
}

/** init_cma_reserved_pageblock(): pageblock by pageblock, typed, to the head. */
function freeTyped(cpu: i32, zone: i32, first: u32, count: u32, type: u32): void {
  const end = first + (count << FRAME_SHIFT);
  for (let link = first; link < end; link += blockFrames() << FRAME_SHIFT) {
    setType(link, type);
    freeDirect(cpu, zone, link, PAGEBLOCK_ORDER, false);
  }
}

/** Frees a range of never used memory as boot does; `type` is a Migratetype or a BootFree. */
export function freeBoot(cpu: i32, pfn: u32, count: u32, type: u32): i32 {
  if (!isRange(pfn, count)) return Status.BAD_PFN;
  const zone = zoneOfPfn(pfn);
  if (zone < 0 || !spans(zone, pfn + count - 1)) return Status.CROSSES_ZONE;
  const typed = type <= <u32>Migratetype.ISOLATE;
  if (!typed && type < <u32>BootFree.LATE) return Status.BAD_TYPE;
  if (typed && ((pfn | (pfn + count)) & (blockFrames() - 1)) != 0) return Status.MISALIGNED;
  const first = linkOf(pfn);
  if (!isUntouched(first, count)) return Status.ALREADY_USED;
  noteTouched(first + (count << FRAME_SHIFT));
  if (typed) freeTyped(cpu, zone, first, count, type);
  else if (type == <u32>BootFree.LATE) freeLate(cpu, zone, first, count);
  else freeEarly(cpu, zone, pfn, count);
  return Status.OK;
}

/** Every list head points to itself: a machine without any free page. */
export function emptyLists(): void {
  for (let zone = 0; zone < config(ConfigWord.NR_ZONES); zone++) {
    for (let order = 0; order <= MAX_ORDER; order++) {
      for (let type = 0; type <= Migratetype.ISOLATE; type++) initHead(freeHead(zone, order, type));
    }
    for (let cpu = 0; cpu < config(ConfigWord.NR_CPUS); cpu++) {
      for (let pindex = 0; pindex < ALL_LISTS; pindex++) initHead(pcpHead(cpu, zone, pindex));
    }
  }
  for (let list = 0; list < LRU_LISTS + AREA_LISTS; list++) initHead(lruHead(list));
}
