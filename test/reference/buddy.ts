// Knows: when free blocks merge and split, and at which end of a list they arrive.
// Must not know: watermarks, per-CPU lists, who asks.
// Kernel: __free_one_page, buddy_merge_likely, split_large_buddy, __free_pages_ok, expand, __rmqueue_smallest,
//   __move_freepages_block (6.12) / move_freepages (6.1), __free_pages_memory (mm/memblock.c); 6.12 and 6.1.

import { ListTypeRule } from "../../assembly/abi/vocabulary.js";
import { isOrdinary, type Machine } from "./machine.js";
import { account, setBlockTypes, setPageblockType, type Zone } from "./zone.js";

/** A block off the lists, with the type of the list it was taken from. */
export interface Taken {
  readonly pfn: number;
  readonly type: number;
}

/**
 * Would the block that this one is half of find ITS buddy free? Then it probably merges soon and goes to
 * the tail, where it is used last. Blocks of the two highest orders always go to the head.
 */
function mergeLikely(machine: Machine, zone: Zone, pfn: number, order: number): boolean {
  if (order >= machine.geometry.maxOrder - 1) return false;
  const parent = pfn - (pfn % 2 ** (order + 1));
  return zone.hasFreeBlock(parent ^ (2 ** (order + 1)), order + 1);
}

/** Frees one block as the given type and merges it upwards as far as that goes. */
export function freeBlock(
  machine: Machine,
  zone: Zone,
  pfn: number,
  order: number,
  type: number,
  toTail = false,
): void {
  const { maxOrder, pageblockOrder } = machine.geometry;
  account(machine, zone, 2 ** order, type);
  let head = pfn;
  let size = order;
  while (size < maxOrder) {
    const buddy = head ^ (2 ** size);
    if (!zone.hasFreeBlock(buddy, size)) break;
    if (size >= pageblockOrder) {
      const buddyType = zone.typeAt(buddy);
      if (buddyType !== type) {
        if (!isOrdinary(type) || !isOrdinary(buddyType)) break;
        const retypes = machine.rules.listType === ListTypeRule.PAGEBLOCK;
        if (retypes) setBlockTypes(machine, zone, buddy, size, type);
      }
    }
    zone.takeFree(buddy);
    head = Math.min(head, buddy);
    size += 1;
  }
  zone.putFree(head, size, type, toTail || mergeLikely(machine, zone, head, size));
}

/** 6.12: a block of several pageblocks is freed pageblock by pageblock, each as its own type. */
export function freeByPageblocks(
  machine: Machine,
  zone: Zone,
  pfn: number,
  order: number,
  toTail = false,
): void {
  const piece = Math.min(order, machine.geometry.pageblockOrder);
  for (let each = pfn; each < pfn + 2 ** order; each += 2 ** piece) {
    freeBlock(machine, zone, each, piece, zone.typeAt(each), toTail);
  }
}

/** Frees a block straight to the buddy lists (6.1: in one piece, as the type of its first pageblock). */
export function freeToBuddy(machine: Machine, zone: Zone, pfn: number, order: number, toTail = false): void {
  if (machine.rules.listType === ListTypeRule.PAGEBLOCK) freeByPageblocks(machine, zone, pfn, order, toTail);
  else freeBlock(machine, zone, pfn, order, zone.typeAt(pfn), toTail);
}

/** Keeps the low half again and again; every upper half goes to the head of its list. Returns the pages put back. */
export function splitBlock(zone: Zone, pfn: number, from: number, to: number, type: number): number {
  let putBack = 0;
  for (let order = from - 1; order >= to; order--) {
    zone.putFree(pfn + 2 ** order, order, type, false);
    putBack += 2 ** order;
  }
  return putBack;
}

/** Takes a given free block, splits it, and (6.12) accounts the net change once. */
export function takeAndSplit(
  machine: Machine,
  zone: Zone,
  pfn: number,
  wantedOrder: number,
  type: number,
): Taken {
  const { order } = zone.takeFree(pfn);
  const putBack = splitBlock(zone, pfn, order, wantedOrder, type);
  if (machine.rules.listType === ListTypeRule.PAGEBLOCK) account(machine, zone, putBack - 2 ** order, type);
  return { pfn, type };
}

/** The smallest sufficient block of a type, from the head of its list. In 6.1 the CALLER accounts. */
export function takeSmallest(machine: Machine, zone: Zone, order: number, type: number): Taken | undefined {
  for (let current = order; current <= machine.geometry.maxOrder; current++) {
    const pfn = zone.lists[current]![type]!.first();
    if (pfn !== undefined) return takeAndSplit(machine, zone, pfn, order, type);
  }
  return undefined;
}

export function pageblockStart(machine: Machine, pfn: number): number {
  return pfn - (pfn % machine.geometry.pageblockPages);
}

export function pageblockInsideZone(machine: Machine, zone: Zone, pfn: number): boolean {
  const start = pageblockStart(machine, pfn);
  return zone.spans(start) && zone.spans(start + machine.geometry.pageblockPages - 1);
}

/** The heads of the free blocks that start inside [start, end), ascending. */
export function freeHeads(zone: Zone, start: number, end: number): number[] {
  const heads: number[] = [];
  for (let pfn = start; pfn < end; ) {
    const block = zone.blocks.get(pfn);
    if (block !== undefined) heads.push(pfn);
    pfn += block === undefined ? 1 : 2 ** block.order;
  }
  return heads;
}

/**
 * 6.12: every free block of the pageblock goes to the tail of the new type's list, counters follow block by
 * block, then the pageblock gets the type. Returns the pages moved, undefined when it leaves the zone.
 */
export function retypePageblock(
  machine: Machine,
  zone: Zone,
  pfn: number,
  oldType: number,
  newType: number,
): number | undefined {
  if (!pageblockInsideZone(machine, zone, pfn)) return undefined;
  const start = pageblockStart(machine, pfn);
  let moved = 0;
  for (const head of freeHeads(zone, start, start + machine.geometry.pageblockPages)) {
    const pages = 2 ** zone.blocks.get(head)!.order;
    zone.moveToTail(head, newType);
    account(machine, zone, -pages, oldType);
    account(machine, zone, pages, newType);
    moved += pages;
  }
  setPageblockType(machine, zone, start, newType);
  return moved;
}

/**
 * 6.1: moves the free blocks of the pageblock to the tail of a type's lists, wherever they were. Neither counters
 * nor the pageblock's type change. A pageblock that starts below the zone is entered at the page itself; one
 * that ends outside moves nothing.
 */
export function moveFreeBlocks(
  machine: Machine,
  zone: Zone,
  pfn: number,
  type: number,
): { moved: number; movable: number } {
  const blockStart = pageblockStart(machine, pfn);
  const start = zone.spans(blockStart) ? blockStart : pfn;
  const end = blockStart + machine.geometry.pageblockPages;
  if (!zone.spans(end - 1)) return { moved: 0, movable: 0 };
  const { free, movable } = countPages(zone, start, end);
  for (const head of freeHeads(zone, start, end)) zone.moveToTail(head, type);
  return { moved: free, movable };
}

/** Free pages (by the heads inside the range) and pages that could be migrated. */
export function countPages(zone: Zone, start: number, end: number): { free: number; movable: number } {
  let free = 0;
  let movable = 0;
  for (let pfn = start; pfn < end; ) {
    const block = zone.blocks.get(pfn);
    const pages = block === undefined ? 1 : 2 ** block.order;
    if (block !== undefined) free += pages;
    else if (zone.isMovable(pfn)) movable += 1;
    pfn += pages;
  }
  return { free, movable };
}

/** Boot: a range of pages becomes free, ascending, in the largest aligned blocks that fit, to the tail. */
export function freeRangeAtBoot(machine: Machine, zone: Zone, start: number, end: number): void {
  for (let pfn = start; pfn < end; ) {
    let order = machine.geometry.maxOrder;
    while (pfn % 2 ** order !== 0 || pfn + 2 ** order > end) order -= 1;
    freeToBuddy(machine, zone, pfn, order, true);
    pfn += 2 ** order;
  }
}
