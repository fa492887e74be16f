// Knows: the tracepoints of one request: trace/events/cma.h, migrate.h, page_isolation.h and mm_alloc_contig_migrate_range_info.
// Must not know: what a step does, how an event is written as text.
// Models where cma_alloc (mm/cma.c), alloc_contig_range (mm/page_alloc.c) and migrate_pages (mm/migrate.c) tell them, 6.12, 6.1.

import { EventKind, RecordGroup } from "../abi/events";
import { orderOf } from "../abi/frame_word";
import { AreaWord, RequestWord } from "../abi/words";
import { pfnOf, wordOf } from "../frames/frame";
import { zoneOfPfn } from "../frames/zone";
import { word } from "../memory/record";
import { FRAME_BYTES } from "../memory/regions";
import { freeBlockAround } from "../movement/isolate";
import { sourceOf } from "../movement/migrate";
import { records, tell } from "../record/events";
import { areaWord } from "./area";

const NO_PFN: u32 = 0xffff_ffff;

function note(kind: i32, at: usize, a: u32, b: u32, c: u32, d: u32, e: u32): void {
  tell(RecordGroup.CMA, kind, word(at, RequestWord.CPU), word(at, RequestWord.AREA), a, b, c, d, e);
}

function noteInZone(kind: i32, at: usize, a: u32, b: u32, c: u32, d: u32, e: u32): void {
  const zone = zoneOfPfn(word(at, RequestWord.START));
  tell(RecordGroup.CMA, kind, word(at, RequestWord.CPU), zone, a, b, c, d, e);
}

export function noteStart(request: i32, at: usize): void {
  const area = word(at, RequestWord.AREA);
  const free = areaWord(area, AreaWord.AVAILABLE);
  const pages = word(at, RequestWord.PAGES);
  note(
    EventKind.CMA_START,
    at,
    pages,
    word(at, RequestWord.ALIGN),
    free,
    areaWord(area, AreaWord.PAGES),
    request,
  );
}

export function noteBusy(request: i32, at: usize): void {
  const pages = word(at, RequestWord.PAGES);
  note(EventKind.CMA_BUSY, at, word(at, RequestWord.START), pages, word(at, RequestWord.ALIGN), 0, request);
}

export function noteFinish(request: i32, at: usize, error: i32): void {
  const pfn: u32 = word(at, RequestWord.WINDOWS) == 0 ? NO_PFN : word(at, RequestWord.START);
  const pages = word(at, RequestWord.PAGES);
  note(EventKind.CMA_FINISH, at, pfn, pages, word(at, RequestWord.ALIGN), error, request);
}

export function noteRelease(cpu: i32, area: i32, pfn: u32, pages: u32): void {
  tell(RecordGroup.CMA, EventKind.CMA_RELEASE, cpu, area, pfn, pages, 0, 0, 0);
}

/** test_pages_isolated() from the free block around the window's start on; links. It stops at `blocker`, or behind the last block. */
export function noteTest(request: i32, at: usize, first: u32, end: u32, blocker: u32, failed: bool): void {
  if (!records(RecordGroup.CMA)) return;
  const last = freeBlockAround(end - FRAME_BYTES);
  const behind = failed ? blocker : last + (FRAME_BYTES << orderOf(wordOf(last)));
  const fin = pfnOf(behind);
  noteInZone(EventKind.TEST_ISOLATED, at, pfnOf(first), pfnOf(end), fin, failed ? 1 : 0, request);
}

export function noteMigrateStart(request: i32, at: usize): void {
  noteInZone(EventKind.MIGRATE_START, at, 0, 0, 0, 0, request);
}

/** The end of one migrate_pages(): what is still in the batch did not move. */
export function noteMigrateEnd(request: i32, at: usize): void {
  if (!records(RecordGroup.CMA)) return;
  const moved = word(at, RequestWord.PAGES_MIGRATED) - word(at, RequestWord.CALL_MIGRATED);
  let left = 0;
  for (let i = 0; i < word(at, RequestWord.BATCH); i++) left += 1 << orderOf(wordOf(sourceOf(request, i)));
  noteInZone(EventKind.MIGRATE_END, at, moved, left, 0, 0, request);
}

/** The end of __alloc_contig_migrate_range(). */
export function noteRange(request: i32, at: usize): void {
  const moved = word(at, RequestWord.PAGES_MIGRATED) - word(at, RequestWord.WINDOW_MIGRATED);
  const reclaimed = word(at, RequestWord.PAGES_RECLAIMED) - word(at, RequestWord.WINDOW_RECLAIMED);
  const start = word(at, RequestWord.START);
  const pages = word(at, RequestWord.PAGES);
  noteInZone(
    EventKind.MIGRATE_RANGE,
    at,
    start,
    pages,
    moved,
    reclaimed,
    request | (word(at, RequestWord.MAPPED) << 8),
  );
}
