// Knows: taking a range of memory out of service: isolate all of it, move all of it, take it from its zone.
// Must not know: who asks, what is unplugged. Models offline_pages, do_migrate_range, __offline_isolated_pages
// (mm/memory_hotplug.c), Linux 6.12.
// DEVIATION: after offlining, watermarks and per-CPU limits stay as they were; the kernel computes them again.

import { BlockReason } from "../abi/findings";
import { hasPageFlag, kindOf, mobilityOf, orderOf, pack, pinsOf } from "../abi/frame_word";
import { FRAME_SHIFT } from "../abi/layout";
import { FrameKind, Migratetype, Mobility, PageFlag } from "../abi/vocabulary";
import { ConfigWord, ZoneWord } from "../abi/words";
import { drainAll } from "../buddy/drain_all";
import { removeFree } from "../buddy/freelist";
import { setWord, wordOf } from "../frames/frame";
import { blockFrames, typeOf } from "../frames/pageblock";
import { lastZone, zoneAt } from "../frames/zone";
import { NONE } from "../memory/list";
import { config, FRAME_BYTES } from "../memory/regions";
import { isUnmovable, mayGoOffline } from "../policy/offline";
import { CMA_ZONE } from "../rules";
import { firstInUse, isolateRange, unisolateRange } from "./isolate";
import { collectPages, dropFromBatch, migrateBatch, migrateOne, putBack, sourceOf } from "./migrate";

/** The first frame of [start, end) that refuses, or NONE. */
function firstRefusing(zone: i32, start: u32, end: u32): u32 {
  const movable = config(ConfigWord.MOVABLE_ZONE);
  for (let at = start; at < end; ) {
    if (!mayGoOffline(CMA_ZONE, typeOf(at), zone, lastZone())) return at;
    const behind = at + (blockFrames() << FRAME_SHIFT);
    while (at < behind) {
      const word = wordOf(at);
      const kind = kindOf(word);
      if (isUnmovable(kind, mobilityOf(word), zone == movable)) return at;
      at += kind == FrameKind.BODY || kind == FrameKind.HOLE ? FRAME_BYTES : FRAME_BYTES << orderOf(word);
    }
  }
  return NONE;
}

/** do_migrate_range() over all of it: what stays busy goes back to its list. Answers the page that found no target, or NONE. */
function moveOnce(cpu: i32, request: i32, start: u32, end: u32, count: usize, moved: usize): u32 {
  let stuck: u32 = NONE;
  for (let at = start; at < end; ) {
    at = collectPages(request, at, end, count);
    if (load<i32>(count) == 0) continue;
    const without = migrateBatch(cpu, request, count, moved);
    if (without >= 0) stuck = sourceOf(request, without);
    for (let i = load<i32>(count) - 1; i >= 0 && without < 0; i--)
      if (migrateOne(cpu, request, i, true, moved) == 0) dropFromBatch(request, i, count);
    putBack(request, count);
  }
  return stuck;
}

/** Why the range is not free after all passes. */
function reasonOf(link: u32, stuck: u32): i32 {
  const word = wordOf(link);
  if (kindOf(word) != FrameKind.ALLOCATED) return BlockReason.IN_TRANSIT;
  if (mobilityOf(word) == Mobility.FIXED) return BlockReason.UNMOVABLE;
  if (pinsOf(word) != 0 || hasPageFlag(word, PageFlag.ISOLATED)) return BlockReason.PINNED;
  return stuck != NONE ? BlockReason.NO_TARGET : BlockReason.NOT_REACHED;
}

/** __offline_isolated_pages(): the free blocks leave their lists, the frames their zone. */
function takeOff(zone: i32, start: u32, end: u32): void {
  for (let at = start; at < end; ) {
    const order = orderOf(wordOf(at));
    removeFree(zone, at, order);
    const behind = at + (FRAME_BYTES << order);
    for (; at < behind; at += FRAME_BYTES) setWord(at, pack(FrameKind.RESERVED, 0, zone));
  }
  const pages = <i32>((end - start) >> FRAME_SHIFT);
  const row = zoneAt(zone);
  store<i32>(row, load<i32>(row, ZoneWord.MANAGED << 2) - pages, ZoneWord.MANAGED << 2);
  store<i32>(row, load<i32>(row, ZoneWord.PRESENT << 2) - pages, ZoneWord.PRESENT << 2);
}

/**
 * Takes [start, end) (links, whole pageblocks of one zone) offline within `most` passes over it; the kernel goes on until a
 * signal. `request`: whose batch may be used; `count`, `moved`: words for the pages in hand and those moved. Answers
 * BlockReason.NONE, or why not: then nothing is offline, but what could be moved has, all pageblocks are MOVABLE (as undo_isolate_page_range() of
 * the kernel leaves them), and `blocker` has the link of the frame.
 */
export function takeOffline(
  cpu: i32,
  request: i32,
  zone: i32,
  start: u32,
  end: u32,
  most: i32,
  count: usize,
  moved: usize,
  blocker: usize,
): i32 {
  const refusing = firstRefusing(zone, start, end);
  store<u32>(blocker, refusing);
  if (refusing != NONE) return BlockReason.UNMOVABLE;
  let reason = isolateRange(cpu, zone, start, end, Migratetype.MOVABLE, blocker);
  if (reason) return reason;
  drainAll(cpu, zone + 1);
  for (let pass = 0; pass < most; pass++) {
    const stuck = moveOnce(cpu, request, start, end, count, moved);
    drainAll(cpu, zone + 1);
    const used = firstInUse(start, end);
    store<u32>(blocker, used);
    reason = used == NONE ? BlockReason.NONE : reasonOf(used, stuck);
    if (reason == BlockReason.NONE) break;
  }
  if (reason == BlockReason.NONE) takeOff(zone, start, end);
  unisolateRange(cpu, zone, start, end, Migratetype.MOVABLE);
  return reason;
}
