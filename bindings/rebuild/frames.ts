// Knows: what each frame is, and how the bits of kpageflags and kpagecount say it.
// Must not know: zones, migratetypes, lists.
//
// Models: stable_page_flags() of fs/proc/page.c. The bits of what the kernel calls stable are used; KSM is not: 6.12 sets
// it on every anonymous page. What no bit shows: pins, __PageMovable, and whether a page without any flag is on a per-CPU
// list or in use by the kernel.

import { contentOf } from "../../assembly/abi/frame_word.js";
import { Mobility, PageFlag, PageLife } from "../../assembly/abi/vocabulary.js";
import { KpageFlag } from "../importers/kpage/kpage.js";

export enum FrameUse {
  /** No memory map. */
  HOLE = 0,
  FREE = 1,
  RESERVED = 2,
  /** In use by the kernel, a driver or a CMA caller. */
  USED = 3,
  /** No flag at all: on a per-CPU list, or a page that the kernel uses for something without a name. */
  PLAIN = 4,
  /** User memory: on an LRU list, or on its way there. */
  USER = 5,
}

/** A run of allocated pages of one content (contentOf()). */
export interface ContentRun {
  start: number;
  pages: number;
  /** Order of each block of the run. */
  order: number;
  content: number;
}

export class FrameMap {
  readonly kinds: Uint8Array;
  readonly contents: ContentRun[] = [];

  constructor(
    readonly start: number,
    readonly end: number,
  ) {
    this.kinds = new Uint8Array(end - start);
  }

  kind(pfn: number): FrameUse {
    return this.kinds[pfn - this.start] ?? FrameUse.HOLE;
  }

  fill(from: number, to: number, kind: FrameUse): void {
    this.kinds.fill(kind, from - this.start, to - this.start);
  }

  /** Appends to the last run where it continues it. Ascending calls. */
  content(start: number, pages: number, order: number, content: number): void {
    const last = this.contents.at(-1);
    if (
      last !== undefined &&
      last.start + last.pages === start &&
      last.order === order &&
      last.content === content
    )
      last.pages += pages;
    else this.contents.push({ start, pages, order, content });
  }

  /** Forgets what free frames were: to be called when frames were given free after their content was told. */
  dropFreed(): void {
    const told = this.contents.splice(0);
    for (const { start, pages, order, content } of told) {
      const size = 2 ** order;
      for (let pfn = start; pfn < start + pages; pfn += size) {
        let kept = true;
        for (let at = pfn; at < pfn + size; at++) if (this.kind(at) === FrameUse.FREE) kept = false;
        if (kept) this.content(pfn, size, order, content);
      }
    }
  }
}

const bit = (flag: KpageFlag) => (1 << flag) >>> 0;
const has = (word: number, flag: KpageFlag) => (word & (1 << flag)) !== 0;

function isUser(word: number): boolean {
  if (has(word, KpageFlag.SLAB)) return false;
  return (word & (bit(KpageFlag.LRU) | bit(KpageFlag.ANON) | bit(KpageFlag.SWAPBACKED))) !== 0;
}

function kindOf(word: number, mappings: number): FrameUse {
  if (has(word, KpageFlag.NOPAGE)) return FrameUse.HOLE;
  if (has(word, KpageFlag.BUDDY)) return FrameUse.FREE;
  if (has(word, KpageFlag.RESERVED)) return FrameUse.RESERVED;
  if (isUser(word)) return FrameUse.USER;
  return word === 0 && mappings === 0 ? FrameUse.PLAIN : FrameUse.USED;
}

function userContent(word: number, mappings: number): number {
  const swapBacked = has(word, KpageFlag.ANON) || has(word, KpageFlag.SWAPBACKED);
  const flag = (from: KpageFlag, to: PageFlag) => (has(word, from) ? to : 0);
  const flags =
    flag(KpageFlag.ACTIVE, PageFlag.ACTIVE) |
    // A dirty page that swap backs is nothing that a writer would clean.
    (swapBacked ? 0 : flag(KpageFlag.DIRTY, PageFlag.DIRTY)) |
    flag(KpageFlag.WRITEBACK, PageFlag.WRITEBACK) |
    (mappings > 0 || has(word, KpageFlag.MMAP) ? PageFlag.MAPPED : 0) |
    flag(KpageFlag.UNEVICTABLE, PageFlag.UNEVICTABLE);
  return contentOf(Mobility.LRU, swapBacked ? PageLife.ANON : PageLife.FILE, flags);
}

function usedContent(word: number): number {
  if (has(word, KpageFlag.SLAB)) return contentOf(Mobility.FIXED, PageLife.SLAB, 0);
  if (has(word, KpageFlag.PGTABLE)) return contentOf(Mobility.FIXED, PageLife.PAGE_TABLE, 0);
  return 0;
}

/** Frames of the compound page whose head this is: itself and the tails behind it. */
function compoundPages(flags: Uint32Array, head: number, end: number): number {
  if (!has(flags[head]!, KpageFlag.COMPOUND_HEAD)) return 1;
  let at = head + 1;
  while (at < end && has(flags[at]!, KpageFlag.COMPOUND_TAIL) && !has(flags[at]!, KpageFlag.COMPOUND_HEAD))
    at++;
  return at - head;
}

/** Before 4.7 only the first page of a free block carries BUDDY; the others carry nothing. */
function marksHeadsOnly(flags: Uint32Array): boolean {
  let heads = 0;
  let followed = 0;
  for (let pfn = 1; pfn < flags.length; pfn++) {
    if (!has(flags[pfn - 1]!, KpageFlag.BUDDY)) continue;
    heads += 1;
    followed += has(flags[pfn]!, KpageFlag.BUDDY) ? 1 : 0;
  }
  return heads > 8 && followed * 4 < heads;
}

/** Gives the silent pages of free blocks their flag: the largest aligned block that is silent throughout. */
export function withWholeBlocks(flags: Uint32Array, maxPageOrder: number): Uint32Array {
  if (!marksHeadsOnly(flags)) return flags;
  const whole = flags.slice();
  for (let pfn = 0; pfn < flags.length; pfn++) {
    if (!has(flags[pfn]!, KpageFlag.BUDDY)) continue;
    let order = 0;
    const silent = (from: number, to: number) => {
      for (let at = from; at < to; at++) if (flags[at] !== 0) return false;
      return to <= flags.length;
    };
    while (
      order < maxPageOrder &&
      pfn % 2 ** (order + 1) === 0 &&
      silent(pfn + 2 ** order, pfn + 2 ** (order + 1))
    )
      order++;
    whole.fill(bit(KpageFlag.BUDDY), pfn, pfn + 2 ** order);
  }
  return whole;
}

/** What the tables say of the frames [start, end). */
export function framesOfTables(
  flags: Uint32Array,
  counts: Uint32Array | undefined,
  start: number,
  end: number,
): FrameMap {
  const map = new FrameMap(start, end);
  const last = Math.min(end, flags.length);
  for (let pfn = start; pfn < last; ) {
    const word = flags[pfn]!;
    const mappings = counts?.[pfn] ?? 0;
    const kind = kindOf(word, mappings);
    const pages = kind === FrameUse.USER || kind === FrameUse.USED ? compoundPages(flags, pfn, last) : 1;
    map.fill(pfn, pfn + pages, kind);
    if (kind === FrameUse.USER) {
      const order = Math.log2(pages);
      const whole = Number.isInteger(order) && pfn % pages === 0;
      map.content(pfn, pages, whole ? order : 0, userContent(word, mappings));
    } else if (kind === FrameUse.USED && usedContent(word) !== 0)
      map.content(pfn, pages, 0, usedContent(word));
    pfn += pages;
  }
  return map;
}
