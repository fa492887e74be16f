// Knows: what compaction and reclaim do to the free lists from outside the allocation path.
// Must not know: when they do it.
// Kernel: __isolate_free_page, __putback_isolated_page, unreserve_highatomic_pageblock (mm/page_alloc.c),
//   move_freelist_head, move_freelist_tail (mm/compaction.c); 6.12 and 6.1.

import { AllocFlag, ListTypeRule, Migratetype } from "../../assembly/abi/vocabulary.js";
import { freeBlock, moveFreeBlocks, retypePageblock } from "./buddy.js";
import { isOrdinary, type Machine } from "./machine.js";
import { watermarkOk } from "./watermark.js";
import { account, setBlockTypes, setPageblockType, type Zone } from "./zone.js";

/**
 * Takes a whole free block off its list, as if it were allocated; false when the min mark forbids it. Blocks of at
 * least half a pageblock make their ordinary pageblocks MOVABLE (6.12: with their other free blocks).
 */
export function detachFree(machine: Machine, zone: Zone, pfn: number, order: number): boolean {
  const type = zone.typeAt(pfn);
  if (type !== Migratetype.ISOLATE) {
    const mark = zone.watermark.min + 2 ** order;
    if (!watermarkOk(machine, zone, 0, mark, 0, AllocFlag.CMA)) return false;
  }
  account(machine, zone, -(2 ** order), type);
  zone.takeFree(pfn);
  const { pageblockOrder, pageblockPages } = machine.geometry;
  if (order < pageblockOrder - 1) return true;
  for (let each = pfn; each < pfn + 2 ** order; each += pageblockPages) {
    const blockType = zone.typeAt(each);
    if (!isOrdinary(blockType)) continue;
    if (machine.rules.listType === ListTypeRule.CALLER) {
      setPageblockType(machine, zone, each, Migratetype.MOVABLE);
    } else retypePageblock(machine, zone, each, blockType, Migratetype.MOVABLE);
  }
  return true;
}

/** Gives a detached block back, to the tail. */
export function attachFree(machine: Machine, zone: Zone, pfn: number, order: number, type: number): void {
  freeBlock(machine, zone, pfn, order, type, true);
}

/** Turns a list so that the block becomes its head: all before it go behind the old tail, in order. */
export function rotateToHead(zone: Zone, pfn: number): void {
  const { order, type } = zone.blocks.get(pfn)!;
  const list = zone.lists[order]![type]!;
  while (list.first() !== pfn) list.pushTail(list.takeHead());
}

/** Turns a list so that the block becomes its tail. */
export function rotateToTail(zone: Zone, pfn: number): void {
  const { order, type } = zone.blocks.get(pfn)!;
  const list = zone.lists[order]![type]!;
  while (list.last() !== pfn) list.pushTail(list.takeHead());
}

/**
 * Direct reclaim gives one reserved pageblock to a migratetype: the one of the smallest free HIGHATOMIC block, in
 * the first zone that has more than one pageblock reserved (or any, by force). True when pages were moved.
 */
export function unreserveHighatomic(
  machine: Machine,
  zonelist: readonly Zone[],
  type: Migratetype,
  force: boolean,
): boolean {
  for (const zone of zonelist) {
    if (!force && zone.nrReservedHighatomic <= machine.geometry.pageblockPages) continue;
    for (let order = 0; order <= machine.geometry.maxOrder; order++) {
      const pfn = zone.lists[order]![Migratetype.HIGHATOMIC]!.first();
      if (pfn !== undefined && giveBack(machine, zone, pfn, order, type)) return true;
    }
  }
  return false;
}

function giveBack(machine: Machine, zone: Zone, pfn: number, order: number, type: number): boolean {
  const { pageblockOrder, pageblockPages } = machine.geometry;
  const oldType = zone.typeAt(pfn);
  const callersType = machine.rules.listType === ListTypeRule.CALLER;
  if (oldType === Migratetype.HIGHATOMIC) {
    const size = callersType ? pageblockPages : Math.max(pageblockPages, 2 ** order);
    zone.nrReservedHighatomic -= Math.min(size, zone.nrReservedHighatomic);
  }
  if (callersType) {
    setPageblockType(machine, zone, pfn, type);
    return moveFreeBlocks(machine, zone, pfn, type).moved > 0;
  }
  if (order < pageblockOrder) return (retypePageblock(machine, zone, pfn, oldType, type) ?? 0) > 0;
  zone.moveToTail(pfn, type);
  account(machine, zone, -(2 ** order), oldType);
  account(machine, zone, 2 ** order, type);
  setBlockTypes(machine, zone, pfn, order, type);
  return true;
}
