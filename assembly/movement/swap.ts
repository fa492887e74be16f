// Knows: what becomes of an anonymous page that is swapped out: a slot marked so, and room on a disk or in zram.
// Must not know: which pages are chosen. zram stores pages compressed, in frames that it allocates itself.
// Models add_to_swap, swap_writepage, zram_write_page (mm/swap_state.c, drivers/block/zram), Linux 6.12, by counts.
// DEVIATION: zsmalloc's classes are not modelled: zram holds as many frames as its average compression needs.

import { orderOf, pinsOf, withLife, withMobility } from "../abi/frame_word";
import { SWAPPED, swappedOrder } from "../abi/slot";
import { Gfp, LruList, Mobility, PageLife } from "../abi/vocabulary";
import { ConfigWord, LevelWord, StatWord } from "../abi/words";
import { allocatePages } from "../buddy/allocate";
import { allocated, putPages } from "../buddy/traced";
import { wordOf } from "../frames/frame";
import { changeContent, lruHead } from "../frames/lru";
import { ownerOf, slotContent } from "../frames/owner";
import { NONE, prevOf } from "../memory/list";
import { config, SLOTS } from "../memory/regions";
import { addLevel, addTotal, level, SLOW } from "../memory/stats";
import { AREAS_KEEP_PAGES } from "../rules";
import { forgetCopy, keepSwappedPage } from "./guests";
import { evict } from "./workingset";

/**
 * GFP of zs_malloc for zram: movable, no I/O; reclaim's own right to the reserves (PF_MEMALLOC); with __GFP_CMA, which
 * Android's zram_drv.c asks with (mainline knows no such flag: there it changes nothing).
 */
const ZRAM_GFP: i32 = Gfp.HIGHMEM | Gfp.MOVABLE | Gfp.KSWAPD_RECLAIM | Gfp.NOWARN | Gfp.MEMALLOC | Gfp.CMA;

/** Is there room for so many more pages? */
export function hasSwapRoom(pages: i32): bool {
  return level(LevelWord.SWAP_USED) + pages <= config(ConfigWord.SWAP_PAGES);
}

/** Frames that zram needs for what it stores. */
function zramFrames(stored: i32): i32 {
  return <i32>((<i64>stored * config(ConfigWord.ZRAM_PERCENT) + 99) / 100);
}

/** Takes one more frame for zram; false when none is to be had. */
function growZram(cpu: i32): bool {
  const link = allocated(cpu, allocatePages(cpu, 0, ZRAM_GFP, SLOW), 0, ZRAM_GFP);
  if (link == NONE) return false;
  changeContent(link, withLife(withMobility(wordOf(link), Mobility.DRIVER), PageLife.ZRAM));
  addLevel(LevelWord.ZRAM_FRAMES, 1);
  return true;
}

/** The oldest frame of zram that nobody else holds. */
function oldestUnpinned(): u32 {
  const head = lruHead(LruList.ZRAM);
  for (let link = prevOf(head); link != head; link = prevOf(link)) {
    if (pinsOf(wordOf(link)) == 0) return link;
  }
  return NONE;
}

/** Gives back the frames that zram no longer needs, the oldest first. One that is pinned stays until its last pin is gone. */
export function shrinkZram(cpu: i32): void {
  while (level(LevelWord.ZRAM_FRAMES) > zramFrames(level(LevelWord.ZRAM_STORED))) {
    const link = oldestUnpinned();
    if (link == NONE) return;
    putPages(cpu, link, 0);
    addLevel(LevelWord.ZRAM_FRAMES, -1);
  }
}

/**
 * A simulation keeps as many slots for a large page as it has pages: each of them is read back by itself. Elsewhere the one
 * slot says how large the block was: all of its room goes with it.
 */
function markSwapped(slot: u32, order: i32, content: u32): void {
  const whole = config(ConfigWord.ACTORS) == 0;
  const count = whole ? 1 : 1 << order;
  for (let i = 0; i < count; i++) store<u32>(SLOTS + <usize>((slot + i) << 2), content);
}

/**
 * Writes an anonymous block out and frees it; its slot, if any, says so. False: no room, or zram got no frame for
 * it (zram that itself takes pages is why reclaim can fail while memory is anonymous).
 */
export function swapOut(cpu: i32, link: u32): bool {
  const order = orderOf(wordOf(link));
  const pages = 1 << order;
  if (!hasSwapRoom(pages)) return false;
  if (config(ConfigWord.ZRAM_PERCENT)) {
    const needed = zramFrames(level(LevelWord.ZRAM_STORED) + pages);
    while (level(LevelWord.ZRAM_FRAMES) < needed) {
      if (growZram(cpu)) continue;
      shrinkZram(cpu);
      return false;
    }
    addLevel(LevelWord.ZRAM_STORED, pages);
  }
  const owner = ownerOf(link);
  const content = evict(wordOf(link), true, <u32>SWAPPED - <u32>order);
  putPages(cpu, link, order);
  if (owner) markSwapped(owner - 1, order, content);
  addLevel(LevelWord.SWAP_USED, pages);
  const isKept = AREAS_KEEP_PAGES && owner != 0 && keepSwappedPage(owner - 1, order);
  if (!isKept) addTotal(StatWord.PAGES_SWAPPED_OUT, pages);
  return true;
}

/** A slot's block is read back from storage, or its owner is gone, or an area had it: the room is free again. */
export function releaseSwap(cpu: i32, slot: u32, readBack: bool): void {
  const order = swappedOrder(slotContent(slot));
  const pages = 1 << order;
  store<u32>(SLOTS + <usize>(slot << 2), 0);
  addLevel(LevelWord.SWAP_USED, -pages);
  if (AREAS_KEEP_PAGES) forgetCopy(slot);
  if (readBack) addTotal(StatWord.PAGES_SWAPPED_IN, pages);
  if (!config(ConfigWord.ZRAM_PERCENT)) return;
  addLevel(LevelWord.ZRAM_STORED, -pages);
  shrinkZram(cpu);
}
