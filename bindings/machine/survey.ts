// Knows: a machine's memory counted by pageblock, and its free blocks by order and migratetype.
// Must not know: how the figures are shown.

import { kindOf, mobilityOf, orderOf } from "../../assembly/abi/frame_word.js";
import { MIGRATE_TYPES, NO_MEMORY_MAP } from "../../assembly/abi/limits.js";
import { FrameKind, Mobility } from "../../assembly/abi/vocabulary.js";
import { ConfigWord } from "../../assembly/abi/words.js";
import type { Machine } from "./machine.js";

/** One entry per pageblock of the frame array; counts in frames, each frame in exactly one column but movable. */
export interface PageblockSurvey {
  /** First frame of each pageblock. */
  readonly pfn: Float64Array;
  /** Migratetype; NO_MEMORY_MAP where there is none. */
  readonly type: Uint8Array;
  /** On buddy lists, or detached by an isolation. */
  readonly freePages: Uint32Array;
  /** On per-CPU lists. */
  readonly pcpPages: Uint32Array;
  /** Given out. */
  readonly allocatedPages: Uint32Array;
  /** The movable part of allocatedPages. */
  readonly movablePages: Uint32Array;
  /** Never reached the allocator. */
  readonly reservedPages: Uint32Array;
  /** Without a memory map. */
  readonly holePages: Uint32Array;
}

/** Walks all frames once. */
export function surveyPageblocks(machine: Machine): PageblockSurvey {
  const { views } = machine;
  const { frames } = machine.engine;
  const shift = views.config(ConfigWord.PAGEBLOCK_ORDER);
  const blocks = frames.length >>> shift;
  const column = () => new Uint32Array(blocks);
  const kinds = new Map<number, Uint32Array>();
  const survey: PageblockSurvey = {
    pfn: Float64Array.from({ length: blocks }, (_, i) => views.startPfn + i * 2 ** shift),
    type: views.pageblocks.slice(),
    freePages: column(),
    pcpPages: column(),
    allocatedPages: column(),
    movablePages: column(),
    reservedPages: column(),
    holePages: column(),
  };
  kinds.set(FrameKind.BUDDY, survey.freePages);
  kinds.set(FrameKind.DETACHED, survey.freePages);
  kinds.set(FrameKind.PCP, survey.pcpPages);
  kinds.set(FrameKind.ALLOCATED, survey.allocatedPages);
  kinds.set(FrameKind.RESERVED, survey.reservedPages);
  kinds.set(FrameKind.HOLE, survey.holePages);
  for (let at = 0; at < frames.length; ) {
    const word = frames.word(at) ?? 0;
    const kind: FrameKind = kindOf(word);
    const pages = kind === FrameKind.HOLE ? 1 : 2 ** orderOf(word);
    const target = kinds.get(kind);
    if (target !== undefined) addFrames(target, at, pages, shift);
    if (kind === FrameKind.ALLOCATED && mobilityOf(word) !== Mobility.FIXED) {
      addFrames(survey.movablePages, at, pages, shift);
    }
    at += pages;
  }
  return survey;
}

function addFrames(counts: Uint32Array, first: number, frames: number, shift: number): void {
  const end = first + frames;
  for (let at = first; at < end; ) {
    const block = at >>> shift;
    const stop = Math.min(end, (block + 1) << shift);
    counts[block] = (counts[block] ?? 0) + stop - at;
    at = stop;
  }
}

/** Free blocks of one zone: counts[migratetype][order]. */
export function freeBlocks(machine: Machine, zone: number): number[][] {
  const orders = machine.views.config(ConfigWord.MAX_PAGE_ORDER) + 1;
  return Array.from({ length: MIGRATE_TYPES }, (_, type) =>
    Array.from({ length: orders }, (_, order) => machine.views.freeList(zone, order, type).length),
  );
}

/** Pageblocks of each migratetype whose first frame lies in the zone and has a memory map. */
export function pageblockCounts(machine: Machine, zone: number): number[] {
  const { views } = machine;
  const { startPfn, spanned } = views.zone(zone);
  const size = 2 ** views.config(ConfigWord.PAGEBLOCK_ORDER);
  const counts = new Array<number>(MIGRATE_TYPES).fill(0);
  const first = Math.floor((startPfn - views.startPfn) / size);
  const last = Math.ceil((startPfn + spanned - views.startPfn) / size);
  for (let block = first; block < last; block++) {
    const type = views.pageblocks[block] ?? NO_MEMORY_MAP;
    if (type < MIGRATE_TYPES) counts[type] = (counts[type] ?? 0) + 1;
  }
  return counts;
}
