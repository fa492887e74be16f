// Knows: finding pages that can be moved, and moving a batch of them to new frames.
// Must not know: why they must go. Models isolate_migratepages_block (mm/compaction.c), migrate_pages,
// migrate_pages_batch (mm/migrate.c), alloc_migration_target, reclaim_clean_pages_from_list; Linux 6.12.117, 6.1.192.
// A batch is BATCH_CAPACITY sources in the order of the kernel's list, then as many targets.
// DEVIATION: during a migration references come and go between steps of a request, never within one.

import { BATCH_CAPACITY } from "../abi/limits";
import {
  Errno,
  EventKind,
  FrameKind,
  Gfp,
  MigrationRule,
  Mobility,
  PageFlag,
  PageLife,
} from "../abi/vocabulary";
import { ConfigWord, StatWord } from "../abi/words";
import { freePages } from "../buddy/free_pages";
import {
  hasPageFlag,
  kindOf,
  lifeOf,
  mobilityOf,
  movedWord,
  orderOf,
  pfnOf,
  pinsOf,
  setWord,
  wordOf,
  zoneOf,
} from "../frames/frame";
import { addToLru, isOnLru, removeFromLru } from "../frames/lru";
import { moveOwner } from "../frames/owner";
import { NONE } from "../memory/list";
import { BATCHES, config, STATS } from "../memory/regions";
import { record } from "../record/events";
import { allocateUnderPressure } from "./pressure";

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

/** Written by bindMigrate only. */
export let BATCHED: bool = false;

export function bindMigrate(): void {
  BATCHED = config(ConfigWord.RULE_MIGRATION) == MigrationRule.BATCHED;
}

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
  while (at < end && pages < CLUSTER) {
    const word = wordOf(at);
    const kind = kindOf(word);
    const order = kind == FrameKind.BODY || kind == FrameKind.HOLE ? 0 : orderOf(word);
    if (isIsolatable(word)) {
      collect(request, at, blocks);
      blocks += 1;
      pages += 1 << order;
    }
    at += (<u32>4) << order;
  }
  store<i32>(count, blocks);
  return min(at, end);
}

/** A clean page of a file that nobody maps or holds can simply be dropped. */
function isDroppable(word: u32): bool {
  if (lifeOf(word) != PageLife.FILE || pinsOf(word) != 0) return false;
  const keeps = PageFlag.DIRTY | PageFlag.WRITEBACK | PageFlag.MAPPED | PageFlag.UNEVICTABLE;
  return mobilityOf(word) == Mobility.LRU && !hasPageFlag(word, keeps);
}

/** reclaim_clean_pages_from_list(): answers the pages freed; the batch shrinks. */
export function dropCleanPages(cpu: i32, request: i32, count: usize): i32 {
  const blocks = load<i32>(count);
  let kept = 0;
  let freed = 0;
  for (let i = 0; i < blocks; i++) {
    const link = sourceOf(request, i);
    const word = wordOf(link);
    if (isDroppable(word)) {
      freed += 1 << orderOf(word);
      freePages(cpu, link, orderOf(word));
    } else {
      store<u32>(sourceAt(request, kept), link);
      kept += 1;
    }
  }
  store<i32>(count, kept);
  return freed;
}

/** A migration callback that answers -EAGAIN: extra references, or a page under writeback. */
function isBusy(word: u32): bool {
  return pinsOf(word) != 0 || hasPageFlag(word, PageFlag.WRITEBACK);
}

/** alloc_migration_target(): a large page asks without reclaim, as a THP fault does. */
function allocateTarget(cpu: i32, order: i32): u32 {
  const large = order > 0 ? Gfp.DIRECT_RECLAIM | Gfp.KSWAPD_RECLAIM : 0;
  const extra = order > 0 ? Gfp.NOMEMALLOC | Gfp.NOWARN : 0;
  return allocateUnderPressure(
    cpu,
    order,
    (TARGET_GFP & ~large) | extra,
    STATS + ((<usize>StatWord.SLOW) << 2),
  );
}

/** The content moves; the source, which is on no list, is freed. */
export function movePage(cpu: i32, source: u32, target: u32): void {
  const from = wordOf(source);
  const order = orderOf(from);
  setWord(target, movedWord(wordOf(target), from));
  moveOwner(source, target);
  record(EventKind.MIGRATE, zoneOf(from), pfnOf(source), pfnOf(target), order, 0);
  store<u32>(
    STATS,
    load<u32>(STATS, StatWord.PAGES_MIGRATED << 2) + (1 << order),
    StatWord.PAGES_MIGRATED << 2,
  );
  freePages(cpu, source, order);
  if (isOnLru(wordOf(target))) addToLru(target, false);
}

/**
 * migrate_pages_batch() with MIGRATE_ASYNC: all targets first, in list order, then the moves; what stays busy keeps
 * its order, its targets are freed. Answers ENOMEM when a target was not to be had (the pages before it are moved).
 */
export function migrateBatch(cpu: i32, request: i32, count: usize): i32 {
  const blocks = load<i32>(count);
  let targets = 0;
  while (targets < blocks) {
    const target = allocateTarget(cpu, orderOf(wordOf(sourceOf(request, targets))));
    if (target == NONE) break;
    store<u32>(targetAt(request, targets), target);
    targets += 1;
  }
  let kept = 0;
  for (let i = 0; i < targets; i++) {
    const source = sourceOf(request, i);
    if (!isBusy(wordOf(source))) {
      movePage(cpu, source, load<u32>(targetAt(request, i)));
      continue;
    }
    store<u32>(sourceAt(request, kept), source);
    store<u32>(targetAt(request, kept), load<u32>(targetAt(request, i)));
    kept += 1;
  }
  for (let i = 0; i < kept; i++) {
    const target = load<u32>(targetAt(request, i));
    freePages(cpu, target, orderOf(wordOf(target)));
  }
  for (let i = targets; i < blocks; i++) {
    store<u32>(sourceAt(request, kept), sourceOf(request, i));
    kept += 1;
  }
  store<i32>(count, kept);
  return targets < blocks ? Errno.ENOMEM : Errno.NONE;
}

/** One page with MIGRATE_SYNC, or one of 6.1: a target, then the move. EAGAIN: still busy, the target is given back. */
export function migrateOne(cpu: i32, request: i32, index: i32): i32 {
  const source = sourceOf(request, index);
  const order = orderOf(wordOf(source));
  const target = allocateTarget(cpu, order);
  if (target == NONE) return Errno.ENOMEM;
  if (isBusy(wordOf(source))) {
    freePages(cpu, target, order);
    return Errno.EAGAIN;
  }
  movePage(cpu, source, target);
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
  const blocks = load<i32>(count);
  for (let i = 0; i < blocks; i++) {
    const link = sourceOf(request, i);
    const word = wordOf(link) & ~(<u32>PageFlag.ISOLATED);
    setWord(link, word);
    if (isOnLru(word)) addToLru(link, false);
  }
  store<i32>(count, 0);
}
