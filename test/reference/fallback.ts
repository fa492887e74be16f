// Knows: how a request takes from another migratetype when its own lists are empty.
// Must not know: watermarks (except that a fallback raises them), per-CPU lists.
// Kernel: find_suitable_fallback, can_steal_fallback; __rmqueue_claim, try_to_steal_block, __rmqueue_steal (6.12.y);
//   __rmqueue_fallback, steal_suitable_fallback (6.1).

import { AllocFlag, ListTypeRule, Migratetype, ReserveRule } from "../../assembly/abi/vocabulary.js";
import {
  countPages,
  moveFreeBlocks,
  pageblockInsideZone,
  pageblockStart,
  retypePageblock,
  splitBlock,
  type Taken,
  takeAndSplit,
  takeSmallest,
} from "./buddy.js";
import type { Machine } from "./machine.js";
import { boostWatermark } from "./watermark.js";
import { account, setBlockTypes, setPageblockType, type Zone } from "./zone.js";

const DONORS: Readonly<Record<number, readonly Migratetype[]>> = {
  [Migratetype.UNMOVABLE]: [Migratetype.RECLAIMABLE, Migratetype.MOVABLE],
  [Migratetype.MOVABLE]: [Migratetype.RECLAIMABLE, Migratetype.UNMOVABLE],
  [Migratetype.RECLAIMABLE]: [Migratetype.UNMOVABLE, Migratetype.MOVABLE],
};

interface Donor {
  readonly pfn: number;
  readonly order: number;
  readonly type: number;
}

/** The first donor type with a free block of exactly this order, and its head block. */
function donorAt(zone: Zone, order: number, startType: number): Donor | undefined {
  for (const type of DONORS[startType] ?? []) {
    const pfn = zone.lists[order]![type]!.first();
    if (pfn !== undefined) return { pfn, order, type };
  }
  return undefined;
}

/** May the whole pageblock change hands for a block of this order? */
function mayTakePageblock(machine: Machine, order: number, startType: number): boolean {
  const largeEnough = order >= Math.floor(machine.geometry.pageblockOrder / 2);
  return largeEnough || startType !== Migratetype.MOVABLE || machine.settings.mobilityDisabled;
}

/** With NOFRAGMENT only blocks of at least a pageblock may be taken from another type. */
function lowestOrder(machine: Machine, order: number, flags: number): number {
  const { pageblockOrder } = machine.geometry;
  return flags & AllocFlag.NOFRAGMENT ? Math.max(order, pageblockOrder) : order;
}

/** Pages of the pageblock, beside the free ones, that suit the requester. */
function alikePages(
  machine: Machine,
  startType: number,
  blockType: number,
  free: number,
  movable: number,
): number {
  if (startType === Migratetype.MOVABLE) return movable;
  return blockType === Migratetype.MOVABLE ? machine.geometry.pageblockPages - free - movable : 0;
}

function enoughToTake(machine: Machine, free: number, alike: number): boolean {
  return free + alike >= machine.geometry.pageblockPages / 2 || machine.settings.mobilityDisabled;
}

/** Whoever replays a trace may know better than the model which pages were on an LRU at that moment. */
function hintedMovable(machine: Machine, counted: number): number {
  return machine.movableHints.shift() ?? counted;
}

// ---- 6.12: claim, then steal -----------------------------------------------------------------------------

/** From the largest order down: try to turn a whole pageblock over to the requester. */
export function claim(
  machine: Machine,
  zone: Zone,
  order: number,
  startType: number,
  flags: number,
): Taken | undefined {
  const lowest = lowestOrder(machine, order, flags);
  for (let current = machine.geometry.maxOrder; current >= lowest; current--) {
    const donor = donorAt(zone, current, startType);
    if (donor === undefined) continue;
    if (!mayTakePageblock(machine, current, startType)) return undefined;
    const taken = claimFrom(machine, zone, donor, order, startType, flags);
    if (taken !== undefined) return taken;
  }
  return undefined;
}

function claimFrom(
  machine: Machine,
  zone: Zone,
  donor: Donor,
  order: number,
  startType: number,
  flags: number,
): Taken | undefined {
  const blockType = zone.typeAt(donor.pfn);
  if (blockType === Migratetype.HIGHATOMIC) return undefined;
  if (donor.order >= machine.geometry.pageblockOrder) {
    return claimWholeBlock(machine, zone, donor, order, startType);
  }
  boostWatermark(machine, zone, flags);
  if (!pageblockInsideZone(machine, zone, donor.pfn)) return undefined;
  const start = pageblockStart(machine, donor.pfn);
  const counted = countPages(zone, start, start + machine.geometry.pageblockPages);
  const movable = hintedMovable(machine, counted.movable);
  const alike = alikePages(machine, startType, blockType, counted.free, movable);
  if (!enoughToTake(machine, counted.free, alike)) return undefined;
  retypePageblock(machine, zone, donor.pfn, blockType, startType);
  return takeSmallest(machine, zone, order, startType);
}

/** A block of one or more pageblocks: re-typed as a whole; counted out with the old type, the rest in with the new. */
function claimWholeBlock(
  machine: Machine,
  zone: Zone,
  donor: Donor,
  order: number,
  startType: number,
): Taken {
  account(machine, zone, -(2 ** donor.order), zone.typeAt(donor.pfn));
  zone.takeFree(donor.pfn);
  setBlockTypes(machine, zone, donor.pfn, donor.order, startType);
  const putBack = splitBlock(zone, donor.pfn, donor.order, order, startType);
  account(machine, zone, putBack, startType);
  return { pfn: donor.pfn, type: startType };
}

/** From the request's order up: take one block and leave its pageblock and the rest to the donor. */
export function steal(machine: Machine, zone: Zone, order: number, startType: number): Taken | undefined {
  for (let current = order; current <= machine.geometry.maxOrder; current++) {
    const donor = donorAt(zone, current, startType);
    if (donor !== undefined) return takeAndSplit(machine, zone, donor.pfn, order, donor.type);
  }
  return undefined;
}

// ---- 6.1: move free blocks to the requester's lists first --------------------------------------------------

/** Moves at least one sufficient block to the requester's lists; false when no donor has any. */
export function moveFromDonor(
  machine: Machine,
  zone: Zone,
  order: number,
  startType: number,
  flags: number,
): boolean {
  const donor = chooseDonor(machine, zone, order, startType, flags);
  if (donor === undefined) return false;
  if (!moveWholePageblock(machine, zone, donor, startType, flags)) zone.moveToTail(donor.pfn, startType);
  return true;
}

/** The largest donor block; a small one for a MOVABLE request is replaced by the SMALLEST sufficient one. */
function chooseDonor(
  machine: Machine,
  zone: Zone,
  order: number,
  startType: number,
  flags: number,
): Donor | undefined {
  const lowest = lowestOrder(machine, order, flags);
  let largest: Donor | undefined;
  for (let current = machine.geometry.maxOrder; current >= lowest && largest === undefined; current--) {
    largest = donorAt(zone, current, startType);
  }
  if (largest === undefined || mayTakePageblock(machine, largest.order, startType)) return largest;
  if (startType !== Migratetype.MOVABLE) return largest;
  for (let current = order; current < largest.order; current++) {
    const smallest = donorAt(zone, current, startType);
    if (smallest !== undefined) return smallest;
  }
  return largest;
}

/** False when only the block itself is to be moved. */
function moveWholePageblock(
  machine: Machine,
  zone: Zone,
  donor: Donor,
  startType: number,
  flags: number,
): boolean {
  const blockType = zone.typeAt(donor.pfn);
  if (blockType === Migratetype.HIGHATOMIC) return false;
  if (donor.order >= machine.geometry.pageblockOrder) {
    setBlockTypes(machine, zone, donor.pfn, donor.order, startType);
    return false;
  }
  boostWatermark(machine, zone, flags);
  if (!mayTakePageblock(machine, donor.order, startType)) return false;
  const { moved, movable } = moveFreeBlocks(machine, zone, donor.pfn, startType);
  if (moved === 0) return false;
  const alike = alikePages(machine, startType, blockType, moved, hintedMovable(machine, movable));
  if (enoughToTake(machine, moved, alike)) setPageblockType(machine, zone, donor.pfn, startType);
  return true;
}

// ---- HIGHATOMIC reserve -------------------------------------------------------------------------------------

/** How many pages the zone may reserve; 0 = none at all. */
function reserveLimit(machine: Machine, zone: Zone): number {
  const { pageblockPages } = machine.geometry;
  const onePercent = Math.floor(zone.managed / 100);
  if (machine.rules.reserve === ReserveRule.WHOLE_RESERVE) return onePercent + pageblockPages;
  return onePercent < pageblockPages ? 0 : Math.ceil(onePercent / pageblockPages) * pageblockPages;
}

/** After a successful high-order atomic allocation its pageblock is kept for such requests. */
export function reserveHighatomic(machine: Machine, zone: Zone, pfn: number, order: number): void {
  if (zone.nrReservedHighatomic >= reserveLimit(machine, zone)) return;
  const { pageblockOrder, pageblockPages } = machine.geometry;
  const type = zone.typeAt(pfn);
  if (type > Migratetype.RECLAIMABLE) return;
  if (machine.rules.listType === ListTypeRule.CALLER) {
    zone.nrReservedHighatomic += pageblockPages;
    setPageblockType(machine, zone, pfn, Migratetype.HIGHATOMIC);
    moveFreeBlocks(machine, zone, pfn, Migratetype.HIGHATOMIC);
  } else if (order >= pageblockOrder) {
    setBlockTypes(machine, zone, pfn, order, Migratetype.HIGHATOMIC);
    zone.nrReservedHighatomic += 2 ** order;
  } else if (retypePageblock(machine, zone, pfn, type, Migratetype.HIGHATOMIC) !== undefined) {
    zone.nrReservedHighatomic += pageblockPages;
  }
}
