// Knows: taking a free block off the lists for compaction, page reporting or a caller that wants these very frames.
// Models __isolate_free_page (mm/page_alloc.c, Linux 6.12 and 6.1); its watermark test is the caller's.

import { pack } from "../abi/frame_word";
import { FRAME_SHIFT } from "../abi/layout";
import { FrameKind, Migratetype } from "../abi/vocabulary";
import { setWord } from "../frames/frame";
import { isMergeable, PAGEBLOCK_ORDER, setType, typeOf } from "../frames/pageblock";
import { accountFree } from "../frames/zone";
import { LISTS_FOLLOW_PAGEBLOCK } from "../rules";
import { isInsideZone, moveBlock } from "./block";
import { removeFree } from "./freelist";

/** 6.12 moves the block's other free pages along, even within the MOVABLE lists; 6.1 only sets the type. */
function makeMovable(cpu: i32, zone: i32, start: u32): void {
  const type = typeOf(start);
  if (!isMergeable(type)) return;
  if (!LISTS_FOLLOW_PAGEBLOCK) setType(start, Migratetype.MOVABLE);
  else if (isInsideZone(zone, start)) moveBlock(cpu, zone, start, type, Migratetype.MOVABLE);
}

/** Takes the block off its list (`type`); half a pageblock or more makes its U, M or R pageblocks MOVABLE. */
export function isolateFree(cpu: i32, zone: i32, link: u32, order: i32, type: i32): void {
  removeFree(zone, link, order);
  accountFree(cpu, zone, -(1 << order), type);
  setWord(link, pack(FrameKind.DETACHED, order, zone));
  if (order < PAGEBLOCK_ORDER - 1) return;
  const blocks = order > PAGEBLOCK_ORDER ? 1 << (order - PAGEBLOCK_ORDER) : 1;
  for (let i = 0; i < blocks; i++)
    makeMovable(cpu, zone, link + ((<u32>i) << (PAGEBLOCK_ORDER + FRAME_SHIFT)));
}
