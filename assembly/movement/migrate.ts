// Knows: finding pages that can be moved, and moving a batch of them to new frames.
// Must not know: why they must go. Models isolate_migratepages_block (mm/compaction.c), migrate_pages,
// migrate_pages_batch (mm/migrate.c), alloc_migration_target, reclaim_clean_pages_from_list; Linux 6.12.117, 6.1.192.
// A batch is BATCH_CAPACITY sources in the order of the kernel's list, then as many targets.
// DEVIATION: during a migration references come and go between steps of a request, never within one.
// DEVIATION: on a machine without actors a large page that no target is to be had for fails the request (-ENOMEM); the
// kernel splits it first (split.ts): there its one owner could not hold the pieces.
// DEVIATION: on a machine without time the wait for a page's I/O is over when the synchronous pass meets the page.

import { hasPageFlag, kindOf, lifeOf, mobilityOf, orderOf, pinsOf, zoneOf } from "../abi/frame_word";
import { BATCH_CAPACITY } from "../abi/limits";
import { Errno, FrameKind, Gfp, Mobility, PageFlag, PageLife } from "../abi/vocabulary";
import { ConfigWord } from "../abi/words";
import { putPages } from "../buddy/traced";
import { readMovable } from "../frames/ahead";
import { setWord, wordOf } from "../frames/frame";
import { addToLru, isOnLru, removeFromLru } from "../frames/lru";
import { lastZone } from "../frames/zone";
import { NONE } from "../memory/list";
import { BATCHES, config, FRAME_BYTES } from "../memory/regions";
import { SLOW } from "../memory/stats";
import { staysAmongMovable } from "../policy/cma_zone";
import { CMA_ZONE, MIGRATES_IN_BATCHES } from "../rules";
import { movePage } from "./move";
import { allocateUnderPressure } from "./pressure";
import { dropFilePage } from "./workingset";

/** COMPACT_CLUSTER_MAX: isolation stops once so many pages are in hand. */
const CLUSTER: i32 = 32;

/** GFP of alloc_migration_target() for a page of a zone below ZONE_MOVABLE. */
const TARGET_GFP: i32 =
  Gfp.IO |
  Gfp.FS |
  Gfp.HARDWALL |
  Gfp.MOVABLE |
  Gfp.DIRECT_RECLAIM |
  Gfp.KSWAPD_RECLAIM |
  Gfp.RETRY_MAYFAIL |
  Gfp.COMP;

function sourceAt(request: i32, index: i32): usize {
  return BATCHES + <usize>((request * BATCH_CAPACITY * 2 + index) << 2);
}

function targetAt(request: i32, index: i32): usize {
  return sourceAt(request, index + BATCH_CAPACITY);
}

export function sourceOf(request: i32, index: i32): u32 {
  return load<u32>(sourceAt(request, index));
}

/** Can this head be taken off its list for moving? An anonymous page with extra references is skipped, silently. */
function isIsolatable(word: u32): bool {
  if (kindOf(word) != FrameKind.ALLOCATED || hasPageFlag(word, PageFlag.ISOLATED)) return false;
  const mobility = mobilityOf(word);
  if (mobility == Mobility.FIXED) return false;
  return mobility == Mobility.DRIVER || lifeOf(word) == PageLife.FILE || pinsOf(word) == 0;
}

/** Takes a page off its list and puts it to the FRONT of the batch. */
function collect(request: i32, link: u32, count: i32): void {
  const word = wordOf(link);
  if (isOnLru(word)) removeFromLru(link);
  setWord(link, word | PageFlag.ISOLATED);
  for (let i = count; i > 0; i--) store<u32>(sourceAt(request, i), sourceOf(request, i - 1));
  store<u32>(sourceAt(request, 0), link);
}

/**
 * Scans [from, end) ascending and collects movable pages, until 32 are in hand. Answers where the next scan goes on;
 * the number of blocks collected is in the word at `count`.
 */
export function collectPages(request: i32, from: u32, end: u32, count: usize): u32 {
  let pages = 0;
  let blocks = 0;
  let at = from;
  readMovable(from, min(end, from + CLUSTER * FRAME_BYTES));
  while (at < end && pages < CLUSTER) {
    const word = wordOf(at);
    const kind = kindOf(word);
    const order = kind == FrameKind.BODY || kind == FrameKind.HOLE ? 0 : orderOf(word);
    if (isIsolatable(word)) {
      collect(request, at, blocks);
      blocks += 1;
      pages += 1 << order;
    }
    at += FRAME_BYTES << order;
  }
  store<i32>(count, blocks);
  return min(at, end);
}

/** Pages of the batch that are in a page table. */
export function mappedPages(request: i32, blocks: i32): i32 {
  let pages = 0;
  for (let i = 0; i < blocks; i++) {
    const word = wordOf(sourceOf(request, i));
    if (hasPageFlag(word, PageFlag.MAPPED)) pages += 1 << orderOf(word);
  }
  return pages;
}

/** Is the frame still the page that was collected? Its owner may have freed it meanwhile, a long pin moved it. */
function isInHand(link: u32): bool {
  const word = wordOf(link);
  return kindOf(word) == FrameKind.ALLOCATED && hasPageFlag(word, PageFlag.ISOLATED);
}

/** "Freed from under us": such pages leave the batch without a target. */
function forgetFreed(request: i32, count: usize): i32 {
  const blocks = load<i32>(count);
  let kept = 0;
  for (let i = 0; i < blocks; i++) {
    const link = sourceOf(request, i);
    if (!isInHand(link)) continue;
    store<u32>(sourceAt(request, kept), link);
    kept += 1;
  }
  store<i32>(count, kept);
  return kept;
}

/** A clean page of a file, mapped or not (sc.may_unmap): what reclaim is tried on. */
function isClean(word: u32): bool {
  if (mobilityOf(word) != Mobility.LRU || lifeOf(word) != PageLife.FILE) return false;
  return !hasPageFlag(word, PageFlag.DIRTY | PageFlag.UNEVICTABLE);
}

/**
 * reclaim_clean_pages_from_list(): clean pages that nobody holds are dropped. Those that are held come to the front of
 * the batch, in reverse, active; a page under writeback keeps its mappings, a pinned one has lost them. Answers pages freed.
 */
export function dropCleanPages(cpu: i32, request: i32, count: usize): i32 {
  const blocks = forgetFreed(request, count);
  let held = 0;
  let clean = 0;
  for (let i = 0; i < blocks; i++) {
    const link = sourceOf(request, i);
    const word = wordOf(link);
    if (!isClean(word)) continue;
    clean += 1;
    if (!isBusy(word)) continue;
    const unmapped = hasPageFlag(word, PageFlag.WRITEBACK) ? word : word & ~(<u32>PageFlag.MAPPED);
    setWord(link, unmapped | PageFlag.ACTIVE);
    store<u32>(targetAt(request, held), link);
    held += 1;
  }
  if (clean == 0) return 0;
  let freed = 0;
  let others = 0;
  for (let i = 0; i < blocks; i++) {
    // 6.12 frees them in the order of the list, 6.1 collects and frees them in reverse.
    const link = sourceOf(request, MIGRATES_IN_BATCHES ? i : blocks - 1 - i);
    const word = wordOf(link);
    if (!isClean(word) || isBusy(word)) continue;
    freed += 1 << orderOf(word);
    dropFilePage(cpu, link);
  }
  for (let i = 0; i < blocks; i++) {
    const link = sourceOf(request, i);
    if (!isInHand(link) || isClean(wordOf(link))) continue;
    store<u32>(targetAt(request, held + others), link);
    others += 1;
  }
  for (let i = 0; i < held; i++) store<u32>(sourceAt(request, i), load<u32>(targetAt(request, held - 1 - i)));
  for (let i = held; i < held + others; i++)
    store<u32>(sourceAt(request, i), load<u32>(targetAt(request, i)));
  store<i32>(count, held + others);
  return freed;
}

/** What answers -EAGAIN, or -EBUSY while it must not wait: extra references, or a page under writeback. */
function isBusy(word: u32): bool {
  return pinsOf(word) != 0 || hasPageFlag(word, PageFlag.WRITEBACK);
}

/** alloc_migration_target(): for a large page as for a THP (GFP_TRANSHUGE), for one of ZONE_MOVABLE or ZONE_CMA from there too. */
function allocateTarget(cpu: i32, source: u32): u32 {
  const word = wordOf(source);
  const order = orderOf(word);
  let gfp = TARGET_GFP;
  if (order > 0) gfp = (gfp & ~Gfp.KSWAPD_RECLAIM) | Gfp.HIGHMEM | Gfp.NOMEMALLOC | Gfp.NOWARN;
  if (staysAmongMovable(CMA_ZONE, zoneOf(word), config(ConfigWord.MOVABLE_ZONE), lastZone()))
    gfp |= Gfp.HIGHMEM;
  return allocateUnderPressure(cpu, order, gfp, SLOW);
}

/** Adds the pages moved to the word at `moved`. */
function moveCounted(cpu: i32, source: u32, target: u32, moved: usize): void {
  store<i32>(moved, load<i32>(moved) + (1 << orderOf(wordOf(source))));
  movePage(cpu, source, target);
}

function freeTarget(cpu: i32, target: u32): void {
  putPages(cpu, target, orderOf(wordOf(target)));
}

/** The batch becomes: pages under writeback (kept behind the targets), the busy ones that are at its start, the rest. */
function reorder(request: i32, writeback: i32, busy: i32, seen: i32, count: usize): void {
  const blocks = load<i32>(count);
  for (let i = busy - 1; i >= 0; i--) store<u32>(sourceAt(request, i + writeback), sourceOf(request, i));
  for (let i = 0; i < writeback; i++) {
    store<u32>(sourceAt(request, i), load<u32>(targetAt(request, BATCH_CAPACITY - 1 - i)));
  }
  let kept = writeback + busy;
  for (let i = seen; i < blocks; i++) {
    store<u32>(sourceAt(request, kept), sourceOf(request, i));
    kept += 1;
  }
  store<i32>(count, kept);
}

/**
 * migrate_pages_batch() with MIGRATE_ASYNC: all targets first, in list order, then the moves; what is pinned stays and
 * gives its target back at the end, a page under writeback at once. Answers -1, or where in the batch then is the page that
 * no target was to be had for (the pages before it are moved). Pages moved are added to the word at `moved`.
 */
export function migrateBatch(cpu: i32, request: i32, count: usize, moved: usize): i32 {
  const blocks = forgetFreed(request, count);
  let seen = 0;
  let targets = 0;
  let writeback = 0;
  for (; seen < blocks; seen++) {
    const source = sourceOf(request, seen);
    const target = allocateTarget(cpu, source);
    if (target == NONE) break;
    if (hasPageFlag(wordOf(source), PageFlag.WRITEBACK)) {
      freeTarget(cpu, target);
      store<u32>(targetAt(request, BATCH_CAPACITY - 1 - writeback), source);
      writeback += 1;
      continue;
    }
    store<u32>(sourceAt(request, targets), source);
    store<u32>(targetAt(request, targets), target);
    targets += 1;
  }
  let busy = 0;
  for (let i = 0; i < targets; i++) {
    const source = sourceOf(request, i);
    const target = load<u32>(targetAt(request, i));
    if (!isBusy(wordOf(source))) {
      moveCounted(cpu, source, target, moved);
      continue;
    }
    store<u32>(sourceAt(request, busy), source);
    store<u32>(targetAt(request, busy), target);
    busy += 1;
  }
  for (let i = 0; i < busy; i++) freeTarget(cpu, load<u32>(targetAt(request, i)));
  reorder(request, writeback, busy, seen, count);
  return seen < blocks ? writeback + busy : -1;
}

/** Is the page of a batch under I/O (writeback, or being read in), which a synchronous pass waits for? */
export function isUnderIo(request: i32, index: i32): bool {
  const source = sourceOf(request, index);
  return isInHand(source) && hasPageFlag(wordOf(source), PageFlag.WRITEBACK);
}

/**
 * One page with MIGRATE_SYNC, or one of 6.1: a target, then the move. EAGAIN: still busy, the target is given back.
 * With `waits` its I/O is over when the step ends: where time passes the caller has waited for it (isUnderIo). Pages
 * moved are added to the word at `moved`.
 */
export function migrateOne(cpu: i32, request: i32, index: i32, waits: bool, moved: usize): i32 {
  const source = sourceOf(request, index);
  if (!isInHand(source)) return Errno.NONE;
  const target = allocateTarget(cpu, source);
  if (target == NONE) return Errno.ENOMEM;
  if (waits) setWord(source, wordOf(source) & ~(<u32>PageFlag.WRITEBACK));
  if (isBusy(wordOf(source))) {
    freeTarget(cpu, target);
    return Errno.EAGAIN;
  }
  moveCounted(cpu, source, target, moved);
  return Errno.NONE;
}

/** Takes one page out of the batch; the others keep their order. */
export function dropFromBatch(request: i32, index: i32, count: usize): void {
  const blocks = load<i32>(count) - 1;
  for (let i = index; i < blocks; i++) store<u32>(sourceAt(request, i), sourceOf(request, i + 1));
  store<i32>(count, blocks);
}

/** putback_movable_pages(): what could not be moved goes back to its list. */
export function putBack(request: i32, count: usize): void {
  const blocks = forgetFreed(request, count);
  for (let i = 0; i < blocks; i++) {
    const link = sourceOf(request, i);
    const word = wordOf(link) & ~(<u32>PageFlag.ISOLATED);
    setWord(link, word);
    if (isOnLru(word)) addToLru(link, false);
  }
  store<i32>(count, 0);
}
