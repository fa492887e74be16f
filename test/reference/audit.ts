// Knows: what must be true of the reference machine between any two operations.
// Must not know: how it is achieved.
// Kernel: the invariants behind struct free_area, per_cpu_pages and account_freepages; 6.12 and 6.1.

import { ListTypeRule, Migratetype, ReserveRule } from "../../assembly/abi/vocabulary.js";
import type { Machine } from "./machine.js";
import { orderOfList } from "./pcp.js";
import type { Zone } from "./zone.js";

/** Everything that is wrong, readable; empty = sound. */
export function auditMachine(machine: Machine): string[] {
  return machine.zones.flatMap((zone) => {
    const faults = [
      ...auditLists(machine, zone),
      ...auditCover(machine, zone),
      ...auditCounters(machine, zone),
    ];
    return faults.map((fault) => `${zone.name}: ${fault}`);
  });
}

function auditLists(machine: Machine, zone: Zone): string[] {
  const faults: string[] = [];
  const { pageblockOrder } = machine.geometry;
  let listed = 0;
  for (const [order, types] of zone.lists.entries()) {
    const pfns = types.flatMap((list, type) => list.toArray().map((pfn) => ({ pfn, type })));
    if (pfns.length !== zone.nrFree[order]) faults.push(`nr_free of order ${order} is not the lists' length`);
    listed += pfns.length;
    for (const { pfn, type } of pfns) {
      const block = zone.blocks.get(pfn);
      if (block?.order !== order || block.type !== type)
        faults.push(`${pfn}: on a list that it does not know`);
      if (pfn % 2 ** order !== 0) faults.push(`${pfn}: not aligned to its order ${order}`);
      const hygienic = machine.rules.listType === ListTypeRule.PAGEBLOCK;
      if (hygienic && type !== zone.typeAt(pfn)) faults.push(`${pfn}: list type ${type}, pageblock differs`);
      const unmerged = order < pageblockOrder && zone.hasFreeBlock(pfn ^ (2 ** order), order);
      if (unmerged) faults.push(`${pfn}: its buddy of order ${order} is free too`);
    }
  }
  if (listed !== zone.blocks.size) faults.push("blocks that are on no list");
  return faults;
}

/** No page belongs to two blocks. */
function auditCover(machine: Machine, zone: Zone): string[] {
  const owners = new Uint8Array(zone.end - zone.start);
  const faults: string[] = [];
  const cover = (pfn: number, order: number, what: string): void => {
    const pages = owners.subarray(pfn - zone.start, pfn - zone.start + 2 ** order);
    const inside = zone.spans(pfn) && zone.spans(pfn + 2 ** order - 1);
    if (!inside || pages.includes(1))
      faults.push(`${what} ${pfn} of order ${order} overlaps or leaves the zone`);
    pages.fill(1);
  };
  for (const [pfn, { order }] of zone.blocks) cover(pfn, order, "free block");
  for (const [pfn, order] of zone.allocated) cover(pfn, order, "allocated block");
  for (const pcp of zone.pcps.values()) {
    let pages = 0;
    for (const [index, list] of pcp.lists.entries()) {
      const order = orderOfList(machine.geometry, index);
      for (const pfn of list.toArray()) cover(pfn, order, "per-CPU page");
      pages += list.length * 2 ** order;
    }
    if (pages !== pcp.count) faults.push(`CPU ${pcp.cpu}: count ${pcp.count}, but ${pages} pages on lists`);
  }
  return faults;
}

/** Counter + differentials = pages on the lists; ISOLATE pages are not counted. */
function auditCounters(machine: Machine, zone: Zone): string[] {
  const faults: string[] = [];
  const sum = (counts: (type: number) => boolean): number => {
    const orders = zone.lists.map((types, order) => {
      const lengths = types.filter((_, type) => counts(type)).map((list) => list.length);
      return 2 ** order * lengths.reduce((a, b) => a + b, 0);
    });
    return orders.reduce((a, b) => a + b, 0);
  };
  const pcps = [...zone.pcps.values()];
  const free = pcps.reduce((total, pcp) => total + pcp.diffFree, zone.freePages);
  const cma = pcps.reduce((total, pcp) => total + pcp.diffCma, zone.freeCma);
  const listedFree = sum((type) => type !== Migratetype.ISOLATE);
  const listedCma = sum((type) => type === Migratetype.CMA);
  if (free !== listedFree) faults.push(`free pages ${free}, on lists ${listedFree}`);
  if (cma !== listedCma) faults.push(`free CMA pages ${cma}, on lists ${listedCma}`);
  const highatomic = sum((type) => type === Migratetype.HIGHATOMIC);
  const counted = machine.rules.reserve === ReserveRule.FREE_PAGES;
  if (counted && highatomic !== zone.nrFreeHighatomic) {
    faults.push(`free HIGHATOMIC pages ${zone.nrFreeHighatomic}, on lists ${highatomic}`);
  }
  for (const { cpu, diffFree, diffCma, statThreshold } of pcps) {
    if (Math.max(Math.abs(diffFree), Math.abs(diffCma)) > statThreshold) faults.push(`CPU ${cpu}: threshold`);
  }
  return faults;
}
