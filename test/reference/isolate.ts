// Knows: how pageblocks become ISOLATE and come back, and how a free isolated range is taken off the lists.
// Must not know: who wants the range, how pages in use leave it.
// Kernel: start_isolate_page_range, undo_isolate_page_range, test_pages_isolated (mm/page_isolation.c),
//   move_freepages_block_isolate, find_large_buddy (6.12), split_free_page (6.1), isolate_freepages_range; 6.12 and 6.1.
// DEVIATION: no movability check (CMA ranges have none) and no compound page across the border of the range.

import { ListTypeRule, Migratetype } from "../../assembly/abi/vocabulary.js";
import {
  freeBlock,
  freeByPageblocks,
  moveFreeBlocks,
  pageblockInsideZone,
  pageblockStart,
  retypePageblock,
} from "./buddy.js";
import { detachFree } from "./detach.js";
import type { Machine } from "./machine.js";
import { account, setPageblockType, type Zone } from "./zone.js";

function pageblocksOf(machine: Machine, start: number, end: number): number[] {
  const blocks: number[] = [];
  for (let block = pageblockStart(machine, start); block < end; block += machine.geometry.pageblockPages) {
    blocks.push(block);
  }
  return blocks;
}

/** The head of the free block that contains a page; undefined when the page is not free. */
export function freeBlockAround(machine: Machine, zone: Zone, pfn: number): number | undefined {
  for (let order = 0; order <= machine.geometry.maxOrder; order++) {
    const head = pfn - (pfn % 2 ** order);
    const block = zone.blocks.get(head);
    if (block !== undefined) return head + 2 ** block.order > pfn ? head : undefined;
  }
  return undefined;
}

/**
 * The first pageblock, the last one, then those between. False when one refuses: what was done is undone, the last
 * pageblock last.
 */
export function isolateRange(
  machine: Machine,
  zone: Zone,
  start: number,
  end: number,
  type: number,
): boolean {
  const blocks = pageblocksOf(machine, start, end);
  const first = blocks[0]!;
  const last = blocks[blocks.length - 1]!;
  const inOrder = blocks.length > 1 ? [first, last, ...blocks.slice(1, -1)] : [first];
  for (const [position, block] of inOrder.entries()) {
    if (!isolateBlock(machine, zone, block)) {
      const [one, other, ...between] = inOrder.slice(0, position);
      for (const done of [one, ...between, other]) {
        if (done !== undefined) unisolateBlock(machine, zone, done, type);
      }
      return false;
    }
    if (machine.rules.listType !== ListTypeRule.CALLER) continue;
    if (block === first) splitAcross(machine, zone, first);
    if (block === last) splitAcross(machine, zone, last + machine.geometry.pageblockPages);
  }
  return true;
}

export function unisolateRange(machine: Machine, zone: Zone, start: number, end: number, type: number): void {
  for (const block of pageblocksOf(machine, start, end)) unisolateBlock(machine, zone, block, type);
}

function isolateBlock(machine: Machine, zone: Zone, block: number): boolean {
  const oldType = zone.typeAt(block);
  if (oldType === Migratetype.ISOLATE) return false;
  if (machine.rules.listType === ListTypeRule.CALLER) {
    setPageblockType(machine, zone, block, Migratetype.ISOLATE);
    const { moved } = moveFreeBlocks(machine, zone, block, Migratetype.ISOLATE);
    account(machine, zone, -moved, oldType);
  } else if (!retypeExactly(machine, zone, block, Migratetype.ISOLATE)) return false;
  zone.nrIsolatePageblock += 1;
  return true;
}

/** A free block whose buddy is free and not isolated is freed again, to the tail, so that the two merge. */
function unisolateBlock(machine: Machine, zone: Zone, block: number, type: number): void {
  if (zone.typeAt(block) !== Migratetype.ISOLATE) return;
  const { maxOrder, pageblockOrder } = machine.geometry;
  const order = zone.blocks.get(block)?.order ?? -1;
  const buddy = block ^ (2 ** Math.max(order, 0));
  const merges = order >= pageblockOrder && order < maxOrder && zone.hasFreeBlock(buddy, order);
  if (merges && zone.typeAt(buddy) !== Migratetype.ISOLATE) {
    detachFree(machine, zone, block, order);
    setPageblockType(machine, zone, block, type);
    freeBlock(machine, zone, block, order, type, true);
  } else if (machine.rules.listType === ListTypeRule.CALLER) {
    const { moved } = moveFreeBlocks(machine, zone, block, type);
    account(machine, zone, moved, type);
    setPageblockType(machine, zone, block, type);
  } else retypeExactly(machine, zone, block, type);
  zone.nrIsolatePageblock -= 1;
}

/** 6.12: re-types one pageblock; a free block that reaches beyond it is first freed again pageblock by pageblock. */
function retypeExactly(machine: Machine, zone: Zone, block: number, type: number): boolean {
  if (!pageblockInsideZone(machine, zone, block)) return false;
  const head = freeBlockAround(machine, zone, block);
  const order = head === undefined ? 0 : zone.blocks.get(head)!.order;
  if (head === undefined || order <= machine.geometry.pageblockOrder) {
    retypePageblock(machine, zone, block, zone.typeAt(block), type);
    return true;
  }
  account(machine, zone, -(2 ** order), zone.typeAt(head));
  zone.takeFree(head);
  setPageblockType(machine, zone, block, type);
  freeByPageblocks(machine, zone, head, order);
  return true;
}

/** 6.1: a free block across the border is freed again in pieces that end at the border, each as its own type. */
function splitAcross(machine: Machine, zone: Zone, border: number): void {
  if (!zone.spans(border)) return;
  const head = freeBlockAround(machine, zone, border);
  if (head === undefined || head === border) return;
  const { order } = zone.takeFree(head);
  account(machine, zone, -(2 ** order), zone.typeAt(head));
  const end = head + 2 ** order;
  for (let pfn = head; pfn < end; ) {
    const room = (pfn < border ? border : end) - pfn;
    let piece = order;
    while (2 ** piece > room || pfn % 2 ** piece !== 0) piece -= 1;
    freeBlock(machine, zone, pfn, piece, zone.typeAt(pfn));
    pfn += 2 ** piece;
  }
}

/** Is every page of the range in an isolated pageblock and free? `start` is a page or the head of a free block. */
export function isIsolatedAndFree(machine: Machine, zone: Zone, start: number, end: number): boolean {
  for (let pfn = start; pfn < end; pfn += machine.geometry.pageblockPages) {
    if (zone.typeAt(pfn) !== Migratetype.ISOLATE) return false;
  }
  let pfn = start;
  while (pfn < end) {
    const block = zone.blocks.get(pfn);
    if (block === undefined) return false;
    pfn += 2 ** block.order;
  }
  return true;
}

/** Takes the free blocks of the range off the lists; returns where the last one ends. */
export function takeIsolated(machine: Machine, zone: Zone, start: number, end: number): number {
  let pfn = start;
  while (pfn < end) {
    const { order } = zone.blocks.get(pfn)!;
    detachFree(machine, zone, pfn, order);
    pfn += 2 ** order;
  }
  return pfn;
}
