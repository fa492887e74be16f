// Knows: CMA areas: ranges, bitmaps, counters; which pages an area has and which of them are given out.
// Must not know: how a window is emptied. Models struct cma, cma_init_reserved_mem, cma_clear_bitmap,
// cma_release (mm/cma.c, Linux 6.12; several ranges as in 6.15).

import { kindOf } from "../abi/frame_word";
import { FRAME_SHIFT } from "../abi/layout";
import { MAX_AREAS, MAX_RANGES } from "../abi/limits";
import { FrameKind, Migratetype, Status } from "../abi/vocabulary";
import { AreaWord, ConfigWord, LevelWord, RangeWord } from "../abi/words";
import { isLeftOut, settle } from "../buddy/frontier";
import { isFrame, linkOf, wordOf } from "../frames/frame";
import { PAGEBLOCK_ORDER, typeOf } from "../frames/pageblock";
import { zoneOfPfn } from "../frames/zone";
import { clearRun, countRun, setRun } from "../memory/bits";
import { AREAS, CMA_BITMAPS, config, FRAME_BYTES, LEVELS, RANGES, SEARCH_INDEXES } from "../memory/regions";
import { addKeptRange } from "../movement/guests";
import { AREAS_KEEP_PAGES } from "../rules";
import { buildWindowIndex, noteWindow, windowIndexWords } from "./search/of_area";

export function areaAt(area: i32): usize {
  return AREAS + <usize>(area * (AreaWord.COUNT << 2));
}

export function rangeAt(area: i32, nth: i32): usize {
  return RANGES + <usize>((area * MAX_RANGES + nth) * (RangeWord.COUNT << 2));
}

export function areaWord(area: i32, word: i32): i32 {
  return load<i32>(areaAt(area) + ((<usize>word) << 2));
}

export function addToArea(area: i32, word: i32, delta: i32): void {
  const at = areaAt(area) + ((<usize>word) << 2);
  store<i32>(at, load<i32>(at) + delta);
}

export function rangeWord(area: i32, nth: i32, word: i32): u32 {
  return load<u32>(rangeAt(area, nth) + ((<usize>word) << 2));
}

export function bitmapOf(area: i32, nth: i32): usize {
  return CMA_BITMAPS + <usize>(rangeWord(area, nth, RangeWord.BITMAP) << 2);
}

/** Words of one range's search index. */
function indexSize(bits: u32): u32 {
  return windowIndexWords(config(ConfigWord.SEARCH_STRATEGY), bits);
}

/** 0: the strategy keeps nothing beside the bitmap. */
export function indexOf(area: i32, nth: i32): usize {
  return indexSize(1) ? SEARCH_INDEXES + ((<usize>rangeWord(area, nth, RangeWord.INDEX)) << 2) : 0;
}

/** Room for all indexes of the machine: the largest that the ranges can need together. */
export function searchWords(): u32 {
  const bits = (<u32>config(ConfigWord.CMA_BITMAP_WORDS)) << 5;
  return bits == 0 ? 0 : indexSize(bits) + config(ConfigWord.CMA_RANGES) * indexSize(1) * 2;
}

export function isArea(area: u32): bool {
  return area < <u32>MAX_AREAS && areaWord(area, AreaWord.NR_RANGES) > 0;
}

/** Pages to bits, rounded up (cma_bitmap_pages_to_bits). */
export function bitsOf(area: i32, pages: u32): u32 {
  const shift = areaWord(area, AreaWord.ORDER_PER_BIT);
  return (pages + ((<u32>1) << shift) - 1) >> shift;
}

/** Does the range share a frame with any range of any area? */
function overlaps(base: u32, pages: u32): bool {
  for (let area = 0; area < MAX_AREAS; area++) {
    for (let nth = 0; nth < areaWord(area, AreaWord.NR_RANGES); nth++) {
      const start = rangeWord(area, nth, RangeWord.BASE_PFN);
      if (base < start + rangeWord(area, nth, RangeWord.PAGES) && start < base + pages) return true;
    }
  }
  return false;
}

/** Are they all frames that no allocator was given, in pageblocks of an area? */
function isReserved(base: u32, pages: u32): bool {
  const end = linkOf(base) + (pages << FRAME_SHIFT);
  for (let link = linkOf(base); link < end; link += FRAME_BYTES) {
    if (kindOf(wordOf(link)) != FrameKind.RESERVED || typeOf(link) != Migratetype.CMA) return false;
  }
  return true;
}

/** Appends a range of whole pageblocks of one zone to an area; all its bits are clear. */
export function addRange(area: u32, orderPerBit: u32, base: u32, pages: u32): i32 {
  if (area >= <u32>MAX_AREAS) return Status.BAD_AREA;
  if (pages == 0 || !isFrame(base) || pages > <u32>config(ConfigWord.END_PFN) - base) return Status.BAD_COUNT;
  if (((base | pages) & ((1 << max(PAGEBLOCK_ORDER, orderPerBit)) - 1)) != 0) return Status.MISALIGNED;
  const zone = zoneOfPfn(base);
  if (zone < 0 || zoneOfPfn(base + pages - 1) != zone) return Status.CROSSES_ZONE;
  if (overlaps(base, pages)) return Status.ALREADY_USED;
  if (AREAS_KEEP_PAGES && !isReserved(base, pages)) return Status.NOT_FREE;
  if (isLeftOut(linkOf(base), linkOf(base) + (pages << FRAME_SHIFT))) settle();
  const nth = areaWord(area, AreaWord.NR_RANGES);
  if (nth >= MAX_RANGES) return Status.BAD_AREA;
  if (nth > 0 && <u32>areaWord(area, AreaWord.ORDER_PER_BIT) != orderPerBit) return Status.BAD_AREA;
  const bits = pages >> orderPerBit;
  const used = load<u32>(LEVELS, LevelWord.BITMAP_WORDS_USED << 2);
  const words = (bits + 31) >> 5;
  if (used + words > <u32>config(ConfigWord.CMA_BITMAP_WORDS)) return Status.BAD_COUNT;
  const index = load<u32>(LEVELS, LevelWord.INDEX_WORDS_USED << 2);
  if (index + indexSize(bits) > searchWords()) return Status.BAD_COUNT;
  store<u32>(LEVELS, used + words, LevelWord.BITMAP_WORDS_USED << 2);
  store<u32>(LEVELS, index + indexSize(bits), LevelWord.INDEX_WORDS_USED << 2);
  const at = rangeAt(area, nth);
  store<u32>(at, base, RangeWord.BASE_PFN << 2);
  store<u32>(at, pages, RangeWord.PAGES << 2);
  store<u32>(at, bits, RangeWord.BITS << 2);
  store<u32>(at, used, RangeWord.BITMAP << 2);
  store<u32>(at, index, RangeWord.INDEX << 2);
  store<i32>(areaAt(area), nth + 1, AreaWord.NR_RANGES << 2);
  store<u32>(areaAt(area), orderPerBit, AreaWord.ORDER_PER_BIT << 2);
  if (indexSize(bits)) buildWindowIndex(indexOf(area, nth), bitmapOf(area, nth), bits);
  addToArea(area, AreaWord.PAGES, pages);
  addToArea(area, AreaWord.AVAILABLE, pages);
  if (AREAS_KEEP_PAGES) addKeptRange(linkOf(base), pages);
  return Status.OK;
}

/** The range that holds all of [pfn, pfn + pages), or -1. */
export function rangeOf(area: i32, pfn: u32, pages: u32): i32 {
  for (let nth = 0; nth < areaWord(area, AreaWord.NR_RANGES); nth++) {
    const base = rangeWord(area, nth, RangeWord.BASE_PFN);
    const size = rangeWord(area, nth, RangeWord.PAGES);
    if (pfn >= base && pfn - base < size && pages <= size - (pfn - base)) return nth;
  }
  return -1;
}

/** Marks a window given out or free. */
export function markWindow(area: i32, nth: i32, bit: u32, bits: u32, given: bool): void {
  const map = bitmapOf(area, nth);
  const total = rangeWord(area, nth, RangeWord.BITS);
  const index = indexOf(area, nth);
  if (given) setRun(map, bit, bits);
  else clearRun(map, bit, bits);
  if (index != 0) noteWindow(index, map, total, bit, bits, given);
}

/** Are these pages allocated from the area, from the first bit to the last? */
export function isGivenOut(area: i32, nth: i32, pfn: u32, pages: u32): bool {
  const shift = areaWord(area, AreaWord.ORDER_PER_BIT);
  const offset = pfn - rangeWord(area, nth, RangeWord.BASE_PFN);
  if (offset & ((1 << shift) - 1)) return false;
  const bits = bitsOf(area, pages);
  return countRun(bitmapOf(area, nth), offset >> shift, bits) == bits;
}

/** Loading: bits in use, without any change to frames. The bits of all ranges are numbered one behind the other. */
export function loadBits(area: i32, bit: u32, bits: u32): i32 {
  if (!isArea(area)) return Status.BAD_AREA;
  if (AREAS_KEEP_PAGES) return Status.ALREADY_USED;
  let nth = 0;
  while (nth + 1 < areaWord(area, AreaWord.NR_RANGES) && bit >= rangeWord(area, nth, RangeWord.BITS)) {
    bit -= rangeWord(area, nth, RangeWord.BITS);
    nth += 1;
  }
  const size = rangeWord(area, nth, RangeWord.BITS);
  if (bit > size || bits > size - bit) return Status.BAD_COUNT;
  markWindow(area, nth, bit, bits, true);
  addToArea(area, AreaWord.AVAILABLE, -((<i32>bits) << areaWord(area, AreaWord.ORDER_PER_BIT)));
  return Status.OK;
}

export function linkOfBit(area: i32, nth: i32, bit: u32): u32 {
  return linkOf(rangeWord(area, nth, RangeWord.BASE_PFN) + (bit << areaWord(area, AreaWord.ORDER_PER_BIT)));
}
