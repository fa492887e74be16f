// Knows: what every page of a CMA area is at this moment, counted for the whole area or pageblock by pageblock.
// Must not know: time, requests, what the counts are for.

import { Region } from "../../assembly/abi/layout.js";
import { FrameKind, PageFlag, PageLife } from "../../assembly/abi/vocabulary.js";
import { ConfigWord } from "../../assembly/abi/words.js";
import type { Machine } from "../machine/machine.js";
import { type AreaMap, PAGE_KINDS, type PageKind } from "../scenario/result.js";

const KIND = Object.fromEntries(PAGE_KINDS.map((kind, i) => [kind, i])) as Readonly<Record<PageKind, number>>;
const DIRTY = PageFlag.DIRTY | PageFlag.WRITEBACK;

/** Index in PAGE_KINDS of a page by its frame word; fields as in frames/frame. */
function kindOf(word: number): number {
  switch (word & 7) {
    case FrameKind.BUDDY:
    case FrameKind.DETACHED:
      return KIND.free;
    case FrameKind.PCP:
      return KIND.pcp;
    case FrameKind.ALLOCATED:
      break;
    default:
      return KIND.other;
  }
  const life = (word >>> 14) & 15;
  if (life === PageLife.CMA) return KIND.cma;
  if (((word >>> 25) & 63) !== 0) return KIND.pinned;
  if (life === PageLife.ANON) return KIND.anon;
  if (life === PageLife.FILE) return (word & DIRTY) === 0 ? KIND.file : KIND.dirty;
  return life === PageLife.ZRAM ? KIND.zram : KIND.other;
}

/** Pages of [startPfn, startPfn + pages) by kind; counts[kind * cells + cell], `perCell` pages a cell. */
export function countKinds(machine: Machine, startPfn: number, pages: number, perCell: number): Uint32Array {
  const words = machine.engine.unsigned(Region.FRAME_WORD);
  const first = startPfn - machine.views.startPfn;
  const cells = Math.ceil(pages / perCell);
  const counts = new Uint32Array(PAGE_KINDS.length * cells);
  // A block of a higher order has its word at its first frame only; the others are zero.
  for (let at = 0; at < pages; ) {
    const word = words[first + at] ?? 0;
    const kind = kindOf(word) * cells;
    const end = Math.min(pages, at + 2 ** ((word >>> 3) & 15));
    while (at < end) {
      const cell = Math.floor(at / perCell);
      const stop = Math.min(end, (cell + 1) * perCell);
      counts[kind + cell] = (counts[kind + cell] ?? 0) + stop - at;
      at = stop;
    }
  }
  return counts;
}

/** One cell per pageblock of a contiguous range. */
export function mapRange(machine: Machine, startPfn: number, pages: number): AreaMap {
  const pagesPerCell = 2 ** machine.views.config(ConfigWord.PAGEBLOCK_ORDER);
  const cells = Math.ceil(pages / pagesPerCell);
  const counts = countKinds(machine, startPfn, pages, pagesPerCell);
  return {
    startPfn,
    pagesPerCell,
    kinds: PAGE_KINDS,
    counts: PAGE_KINDS.map((_, kind) => Array.from(counts.subarray(kind * cells, (kind + 1) * cells))),
  };
}
