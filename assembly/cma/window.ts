// Knows: where a window may begin, what keeps it from being taken, and taking it once it is free.
// Must not know: requests. Models cma_bitmap_aligned_mask, cma_bitmap_aligned_offset (mm/cma.c) and
// isolate_freepages_range (mm/compaction.c), Linux 6.12.117 and 6.1.192.

import { BlockReason } from "../abi/findings";
import { kindOf, mobilityOf, orderOf, pack, pinsOf, withLife } from "../abi/frame_word";
import { FrameKind, Mobility, PageLife } from "../abi/vocabulary";
import { AreaWord, RangeWord } from "../abi/words";
import { removeFree } from "../buddy/freelist";
import { putPages } from "../buddy/traced";
import { setWord, wordOf } from "../frames/frame";
import { FRAME_BYTES } from "../memory/regions";
import { freeBlockAround } from "../movement/isolate";
import { areaWord, rangeWord } from "./area";

/** cma_bitmap_aligned_mask(): in bits. */
export function alignMask(area: i32, align: i32): u32 {
  const shift = areaWord(area, AreaWord.ORDER_PER_BIT);
  return align <= shift ? 0 : ((<u32>1) << (align - shift)) - 1;
}

/** cma_bitmap_aligned_offset(): the range's own offset from the alignment, in bits. */
export function alignOffset(area: i32, nth: i32, align: i32): u32 {
  const base = rangeWord(area, nth, RangeWord.BASE_PFN);
  return (base & (((<u32>1) << align) - 1)) >> areaWord(area, AreaWord.ORDER_PER_BIT);
}

/** Why this frame keeps the window from being taken. */
export function reasonOf(link: u32): i32 {
  const frame = wordOf(link);
  const kind = kindOf(frame);
  if (kind == FrameKind.BUDDY || kind == FrameKind.PCP || kind == FrameKind.DETACHED)
    return BlockReason.IN_TRANSIT;
  if (mobilityOf(frame) == Mobility.FIXED) return BlockReason.UNMOVABLE;
  return pinsOf(frame) != 0 ? BlockReason.PINNED : BlockReason.NOT_REACHED;
}

/** isolate_freepages_range(): the free blocks leave their lists; frames outside of the window are freed one by one. */
export function takeWindow(cpu: i32, zone: i32, start: u32, end: u32): void {
  const first = freeBlockAround(start);
  let behind = first;
  while (behind < end) {
    const order = orderOf(wordOf(behind));
    removeFree(zone, behind, order);
    const next = behind + (FRAME_BYTES << order);
    for (; behind < next; behind += FRAME_BYTES)
      setWord(behind, withLife(pack(FrameKind.ALLOCATED, 0, zone), PageLife.CMA));
  }
  for (let at = first; at < start; at += FRAME_BYTES) putPages(cpu, at, 0);
  for (let at = end; at < behind; at += FRAME_BYTES) putPages(cpu, at, 0);
}
