// Knows: the tracepoints mm_page_alloc and mm_page_free, at the places above the allocator's hot paths.
// Must not know: who listens. Models trace_mm_page_alloc, trace_mm_page_free (include/trace/events/kmem.h, 6.1, 6.12).

import { EventKind, RecordGroup } from "../abi/events";
import { zoneOf } from "../abi/frame_word";
import { pfnOf, wordOf } from "../frames/frame";
import { NONE } from "../memory/list";
import { records, tell } from "../record/events";
import { freePages } from "./free_pages";

function tellAllocated(cpu: i32, link: u32, order: i32, gfp: i32): void {
  const pfn: u32 = link == NONE ? 0xffff_ffff : pfnOf(link);
  const zone = link == NONE ? -1 : zoneOf(wordOf(link));
  tell(RecordGroup.PAGES, EventKind.PAGE_ALLOC, cpu, zone, pfn, order, gfp, 0, 0);
}

/** Answers `link`, which an allocation gave: NONE when it failed. */
export function allocated(cpu: i32, link: u32, order: i32, gfp: i32): u32 {
  if (records(RecordGroup.PAGES)) tellAllocated(cpu, link, order, gfp);
  return link;
}

/** To be called before the block is freed. */
export function noteFree(cpu: i32, link: u32, order: i32): void {
  tell(RecordGroup.PAGES, EventKind.PAGE_FREE, cpu, zoneOf(wordOf(link)), pfnOf(link), order, 0, 0, 0);
}

/** freePages(), told. */
export function putPages(cpu: i32, link: u32, order: i32): void {
  if (records(RecordGroup.PAGES)) noteFree(cpu, link, order);
  freePages(cpu, link, order);
}
