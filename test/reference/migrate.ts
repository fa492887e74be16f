// Knows: how pages in use leave a range: which are taken, in which order they move, how often it is tried.
// Must not know: why the range must become free.
// Kernel: __alloc_contig_migrate_range (mm/page_alloc.c), isolate_migratepages_range (mm/compaction.c), migrate_pages,
//   migrate_pages_batch, alloc_migration_target (mm/migrate.c); 6.12 and 6.1.
// DEVIATION: single pages only (no THP), page cache is clean, and where the kernel would reclaim to get a destination
//   the model has none (-ENOMEM).

import { RequestState } from "../../assembly/abi/findings.js";
import { Gfp, ListTypeRule, Mobility } from "../../assembly/abi/vocabulary.js";
import { allocatePages, type Found, prepare } from "./allocate.js";
import { type Machine, zoneOf } from "./machine.js";
import { releaseBlock } from "./release.js";
import { Origin, type Zone } from "./zone.js";

export const EINTR = -4;
export const ENOMEM = -12;
export const EBUSY = -16;

/** COMPACT_CLUSTER_MAX */
const PAGES_AT_ONCE = 32;
/** Calls of migrate_pages for one lot before the range counts as busy. */
const CALLS_PER_LOT = 5;
const PASSES_TOGETHER = 3;
const PASSES_ALONE = 7;
const PASSES_6_1 = 10;

const DESTINATION_GFP =
  Gfp.IO |
  Gfp.FS |
  Gfp.DIRECT_RECLAIM |
  Gfp.KSWAPD_RECLAIM |
  Gfp.HARDWALL |
  Gfp.MOVABLE |
  Gfp.RETRY_MAYFAIL |
  Gfp.COMP;

export interface Move {
  readonly from: number;
  readonly to: number;
}

/** What the migration of one call needs beside the machine. */
export interface MigrationContext {
  readonly machine: Machine;
  readonly pinned: ReadonlySet<number>;
  /** Clean pages of files. */
  readonly files: Set<number>;
  /** A fatal signal is pending: it ends the migration before pages are collected or tried again. */
  isKilled(): boolean;
  /** Every page that moved, in order. */
  readonly moves: Move[];
  /** Pages of files that were dropped. */
  readonly drops: number[];
}

interface Attempt {
  /** Sources that are still where they were. */
  readonly left: readonly number[];
  readonly outOfMemory: boolean;
}

/**
 * Moves what can be moved out of [start, end): 0, -EBUSY when a lot stays busy, -ENOMEM without a destination, -EINTR.
 * Between two steps anything may happen to the machine. Each step names the state that the request is in after it.
 */
export function* migrateRange(
  context: MigrationContext,
  zone: Zone,
  start: number,
  end: number,
): Generator<RequestState, number> {
  let next = start;
  let pending: readonly number[] = [];
  let calls = 0;
  while (next < end || pending.length > 0) {
    if (context.isKilled()) return EINTR;
    if (pending.length === 0) {
      [pending, next] = collect(context, zone, next, end);
      calls = 0;
    } else if (calls === CALLS_PER_LOT) return EBUSY;
    calls += 1;
    const still = pending.filter((pfn) => isInUse(zone, pfn));
    pending = dropClean(context, still);
    if (pending.length > 0) {
      const { left, outOfMemory } = yield* migratePages(context, zone, pending);
      if (outOfMemory) return ENOMEM;
      pending = left;
    }
    yield RequestState.SCAN;
  }
  return 0;
}

/** A page of the lot may have been freed since it was taken: "freed from under us". */
function isInUse(zone: Zone, pfn: number): boolean {
  return zone.allocated.get(pfn) === 0 || zone.rangeIs(Origin.LOOSE, pfn, 1);
}

/**
 * reclaim_clean_pages_from_list: clean pages of files that nobody holds are freed, in the order of the list (6.1: the
 * other way round); those that are held come to the front, in reverse.
 */
function dropClean(context: MigrationContext, lot: readonly number[]): number[] {
  const { machine, files, pinned, drops } = context;
  const clean = lot.filter((pfn) => files.has(pfn));
  const free = clean.filter((pfn) => !pinned.has(pfn));
  if (machine.rules.listType === ListTypeRule.CALLER) free.reverse();
  for (const pfn of free) {
    files.delete(pfn);
    drops.push(pfn);
    freeSingle(machine, pfn);
  }
  const held = clean.filter((pfn) => pinned.has(pfn)).reverse();
  return [...held, ...lot.filter((pfn) => !clean.includes(pfn))];
}

/** The next lot: ascending scan, each page found goes to the FRONT. A pinned anonymous page is not even taken. */
function collect(context: MigrationContext, zone: Zone, start: number, end: number): [number[], number] {
  const lot: number[] = [];
  let pfn = start;
  while (pfn < end && lot.length < PAGES_AT_ONCE) {
    const free = zone.blocks.get(pfn);
    if (free === undefined && isCandidate(context, zone, pfn)) lot.unshift(pfn);
    pfn += free === undefined ? 1 : 2 ** free.order;
  }
  return [lot, Math.min(pfn, end)];
}

function isCandidate(context: MigrationContext, zone: Zone, pfn: number): boolean {
  const single = zone.allocated.get(pfn) === 0 || zone.rangeIs(Origin.LOOSE, pfn, 1);
  if (!single || !zone.isMovable(pfn)) return false;
  return mobilityOf(zone, pfn) === Mobility.DRIVER || context.files.has(pfn) || !context.pinned.has(pfn);
}

function mobilityOf(zone: Zone, pfn: number): Mobility {
  return zone.mobility[pfn - zone.start]!;
}

function migratePages(
  context: MigrationContext,
  zone: Zone,
  sources: readonly number[],
): Generator<RequestState, Attempt> {
  return context.machine.rules.listType === ListTypeRule.CALLER
    ? migrateOneByOne(context, zone, sources)
    : migrateTogether(context, zone, sources);
}

/** 6.12: all at once, then those that stayed, each alone. */
function* migrateTogether(
  context: MigrationContext,
  zone: Zone,
  sources: readonly number[],
): Generator<RequestState, Attempt> {
  yield RequestState.MIGRATE_BATCH;
  const still = sources.filter((pfn) => isInUse(zone, pfn));
  const together = migrateBatch(context, zone, still, PASSES_TOGETHER);
  if (together.outOfMemory) return together;
  yield RequestState.MIGRATE_ONE;
  const left: number[] = [];
  for (const source of together.left) {
    if (isInUse(zone, source)) {
      const alone = migrateBatch(context, zone, [source], PASSES_ALONE);
      if (alone.outOfMemory) return { left, outOfMemory: true };
      left.push(...alone.left);
    }
    yield RequestState.MIGRATE_ONE;
  }
  return { left, outOfMemory: false };
}

/** 6.12: all destinations first, then the moves; destinations that were not used are freed at the end. */
function migrateBatch(
  context: MigrationContext,
  zone: Zone,
  sources: readonly number[],
  passes: number,
): Attempt {
  const pairs: { source: number; destination: Found }[] = [];
  for (const source of sources) {
    const destination = allocateDestination(context.machine);
    if (destination === undefined) break;
    pairs.push({ source, destination });
  }
  const outOfMemory = pairs.length < sources.length;
  let waiting = pairs;
  for (let pass = 0; pass < passes && waiting.length > 0; pass++) {
    waiting = waiting.filter((pair) => !move(context, zone, pair.source, pair.destination));
  }
  for (const { destination } of waiting) giveBack(context.machine, destination);
  return { left: [...waiting.map((pair) => pair.source), ...sources.slice(pairs.length)], outOfMemory };
}

/** 6.1: destination, move, next page; busy pages again in every pass, each time with a new destination. */
function* migrateOneByOne(
  context: MigrationContext,
  zone: Zone,
  sources: readonly number[],
): Generator<RequestState, Attempt> {
  let waiting = sources;
  for (let pass = 0; pass < PASSES_6_1; pass++) {
    yield RequestState.MIGRATE_ONE;
    const busy: number[] = [];
    for (const source of waiting) {
      if (isInUse(zone, source)) {
        const destination = allocateDestination(context.machine);
        if (destination === undefined) return { left: busy, outOfMemory: true };
        if (!move(context, zone, source, destination)) {
          giveBack(context.machine, destination);
          busy.push(source);
        }
      }
      yield RequestState.MIGRATE_ONE;
    }
    waiting = busy;
    if (busy.length === 0) break;
  }
  return { left: waiting, outOfMemory: false };
}

function allocateDestination(machine: Machine): Found | undefined {
  const request = prepare(machine, DESTINATION_GFP, 0);
  return typeof request === "number" ? undefined : allocatePages(machine, request).found;
}

function giveBack(machine: Machine, { zone, pfn }: Found): void {
  releaseBlock(machine, zone, pfn, 0);
}

/** The content goes over and the source is freed; false while a pin holds the source. */
function move(context: MigrationContext, zone: Zone, source: number, destination: Found): boolean {
  if (context.pinned.has(source)) return false;
  const to = destination.zone;
  to.allocated.set(destination.pfn, 0);
  to.setMobility(mobilityOf(zone, source), destination.pfn, 1);
  context.moves.push({ from: source, to: destination.pfn });
  if (context.files.delete(source)) context.files.add(destination.pfn);
  freeSingle(context.machine, source);
  return true;
}

/** Ends the use of one page, and frees it. */
export function freeSingle(machine: Machine, pfn: number): void {
  const zone = zoneOf(machine, pfn)!;
  zone.allocated.delete(pfn);
  zone.setOrigin(Origin.TRACKED, pfn, 1);
  zone.setMobility(Mobility.FIXED, pfn, 1);
  releaseBlock(machine, zone, pfn, 0);
}
