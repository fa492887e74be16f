// Knows: the partition of memory into holes, reserved frames and blocks, and the types of pageblocks.
// Must not know: lists, counters of pages, content.

import { Fault } from "../abi/findings";
import { kindOf, orderOf, typeIn, zoneOf } from "../abi/frame_word";
import { FRAME_SHIFT } from "../abi/layout";
import { NO_MEMORY_MAP } from "../abi/limits";
import { CmaZoneRule } from "../abi/proposals";
import { FrameKind, Migratetype } from "../abi/vocabulary";
import { ConfigWord, ZoneWord } from "../abi/words";
import { isFreeBlock, pfnOf, wordOf } from "../frames/frame";
import { blockFrames, isMergeable, MAX_ORDER, PAGEBLOCK_ORDER, typeOf } from "../frames/pageblock";
import { spans, zoneAt, zoneOfPfn } from "../frames/zone";
import { config, FRAME_BYTES, frames } from "../memory/regions";
import { CMA_ZONE, LISTS_FOLLOW_PAGEBLOCK } from "../rules";
import { fault } from "./fault";

/**
 * 6.12: a free block's list type is that of its first pageblock (a drained THP may span blocks of other types).
 * With page_group_by_mobility_disabled a pageblock stores UNMOVABLE for whatever list it was moved to.
 */
function checkFreeType(link: u32): i32 {
  if (!LISTS_FOLLOW_PAGEBLOCK) return 0;
  if (config(ConfigWord.MOBILITY_DISABLED) != 0 && isMergeable(typeIn(wordOf(link)))) return 0;
  const type = typeIn(wordOf(link));
  return typeOf(link) == type ? 0 : fault(Fault.LIST_TYPE, pfnOf(link), typeOf(link), type);
}

/**
 * Two free buddies below a pageblock must have merged. Larger ones need not: their types may have forbidden it, and
 * a type that changes later (a reserve given back) merges nothing.
 */
function checkMerged(link: u32, order: i32, zone: i32): i32 {
  if (order >= PAGEBLOCK_ORDER) return 0;
  const buddy = link ^ (FRAME_BYTES << order);
  if (!isFreeBlock(buddy, order, zone)) return 0;
  return fault(Fault.UNMERGED_BUDDIES, pfnOf(link), order, pfnOf(buddy));
}

function checkHead(link: u32, word: u32): i32 {
  const order = orderOf(word);
  const pfn = pfnOf(link);
  const zone = zoneOf(word);
  const kind = kindOf(word);
  if (kind == FrameKind.RESERVED && order != 0) return fault(Fault.FRAME_KIND, pfn, 0, order);
  if (kind > FrameKind.DETACHED || order > MAX_ORDER) return fault(Fault.FRAME_KIND, pfn, MAX_ORDER, word);
  if (pfn & ((1 << order) - 1)) return fault(Fault.HEAD_MISALIGNED, pfn, order, pfn & ((1 << order) - 1));
  if (!spans(zone, pfn))
    return fault(Fault.ZONE_OF_FRAME, pfn, load<u32>(zoneAt(zone), ZoneWord.START_PFN << 2), zone);
  if (!spans(zone, pfn + (1 << order) - 1)) return fault(Fault.CROSSES_ZONE, pfn, zone, order);
  if (CMA_ZONE != CmaZoneRule.IN_PLACE && zoneOfPfn(pfn) != zone)
    return fault(Fault.ZONE_OF_FRAME, pfn, zoneOfPfn(pfn), zone);
  if (kind != FrameKind.BUDDY) return 0;
  const broken = checkFreeType(link);
  return broken ? broken : checkMerged(link, order, zone);
}

/** The frames are an exact partition into holes, reserved frames and head ranges. */
export function checkFrames(): i32 {
  const end = frames() << FRAME_SHIFT;
  for (let link: u32 = 0; link < end; ) {
    const word = wordOf(link);
    const kind = kindOf(word);
    if (kind == FrameKind.BODY) return fault(Fault.BODY_WITHOUT_HEAD, pfnOf(link), FrameKind.BODY, word);
    if (kind == FrameKind.HOLE) {
      if (word != FrameKind.HOLE) return fault(Fault.FRAME_KIND, pfnOf(link), FrameKind.HOLE, word);
      link += FRAME_BYTES;
      continue;
    }
    const broken = checkHead(link, word);
    if (broken) return broken;
    const behind = link + (FRAME_BYTES << orderOf(word));
    for (let at = link + FRAME_BYTES; at < behind; at += FRAME_BYTES) {
      if (wordOf(at) != FrameKind.BODY) return fault(Fault.BODY_EXPECTED, pfnOf(at), pfnOf(link), wordOf(at));
    }
    link = behind;
  }
  return 0;
}

/** Types are one of six, or "no memory map"; isolated blocks are as many as the zones count. */
export function checkPageblocks(): i32 {
  const step = blockFrames();
  let isolated = 0;
  for (let frame: u32 = 0; frame < frames(); frame += step) {
    const type = typeOf(frame << FRAME_SHIFT);
    if (type > Migratetype.ISOLATE && type != NO_MEMORY_MAP) {
      return fault(Fault.PAGEBLOCK_TYPE, pfnOf(frame << FRAME_SHIFT), Migratetype.ISOLATE, type);
    }
    if (type == Migratetype.ISOLATE) isolated += 1;
  }
  let counted = 0;
  for (let zone = 0; zone < config(ConfigWord.NR_ZONES); zone++) {
    counted += load<i32>(zoneAt(zone), ZoneWord.NR_ISOLATE_PAGEBLOCK << 2);
  }
  return isolated == counted ? 0 : fault(Fault.ISOLATED_BLOCKS, 0, isolated, counted);
}
