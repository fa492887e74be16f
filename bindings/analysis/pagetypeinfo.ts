// Knows: the numbers behind /proc/pagetypeinfo and /proc/buddyinfo, as data.
// Must not know: how they are printed (kernel_text/proc), or where a machine keeps them.
//
// Models: pagetypeinfo_showfree(), pagetypeinfo_showblockcount() and frag_show() of mm/vmstat.c, Linux 6.12.

import { MAX_ORDERS, MIGRATE_TYPES } from "../../assembly/abi/limits.js";
import { CallError } from "../engine/errors.js";
import { fragmentationIndex, indexByOrder, unusableFreeIndex } from "./fragmentation.js";

/** One zone of /proc/pagetypeinfo. */
export interface PagetypeinfoZone {
  /** NUMA node. */
  readonly node: number;
  /** Name of the zone. */
  readonly name: string;
  /** Free blocks: counts[migratetype][order]. */
  readonly counts: readonly (readonly number[])[];
  /** Pageblocks of each migratetype. */
  readonly blocks: readonly number[];
}

/** The numbers of /proc/pagetypeinfo. */
export interface Pagetypeinfo {
  /** Order of a pageblock. */
  readonly pageblockOrder: number;
  /** Orders 0 to MAX_PAGE_ORDER: the number of columns. */
  readonly orders: number;
  /** One for each row, in the order of the file. */
  readonly zones: readonly PagetypeinfoZone[];
}

/** What buildPagetypeinfo() takes. */
export interface PagetypeinfoInput {
  /** Order of a pageblock. */
  readonly pageblockOrder: number;
  /** Order of the largest block, inclusive. */
  readonly maxPageOrder: number;
  /** One for each row. */
  readonly zones: readonly {
    readonly name: string;
    /** 0 when absent. */
    readonly node?: number;
    /** counts[migratetype][order], blocks not pages; rows and columns that are missing are 0. */
    readonly counts: readonly ArrayLike<number>[];
    readonly blocks: ArrayLike<number>;
  }[];
}

function column(values: ArrayLike<number> | undefined, length: number): number[] {
  return Array.from({ length }, (_, i) => values?.[i] ?? 0);
}

/**
 * Copies numbers into the shape of the file; views of a machine's memory may be passed.
 * @throws CallError when there are more orders or migratetypes than the package knows
 */
export function buildPagetypeinfo(input: PagetypeinfoInput): Pagetypeinfo {
  const orders = input.maxPageOrder + 1;
  if (!(orders >= 1 && orders <= MAX_ORDERS)) throw new CallError(`maxPageOrder ${input.maxPageOrder}`);
  const zones = input.zones.map((zone): PagetypeinfoZone => {
    const tooMany = zone.counts.length > MIGRATE_TYPES || zone.counts.some((row) => row.length > orders);
    if (tooMany)
      throw new CallError(`zone ${zone.name}: more than ${MIGRATE_TYPES} types or ${orders} orders`);
    return {
      node: zone.node ?? 0,
      name: zone.name,
      counts: Array.from({ length: MIGRATE_TYPES }, (_, type) => column(zone.counts[type], orders)),
      blocks: column(zone.blocks, MIGRATE_TYPES),
    };
  });
  return { pageblockOrder: input.pageblockOrder, orders, zones };
}

/** nr_free of each order: all migratetypes together, which is a row of /proc/buddyinfo. */
export function freeBlocksByOrder(zone: PagetypeinfoZone): number[] {
  const orders = zone.counts[0]?.length ?? 0;
  return Array.from({ length: orders }, (_, order) =>
    zone.counts.reduce((sum, row) => sum + (row[order] ?? 0), 0),
  );
}

/** How fragmented one zone is. */
export interface ZoneSummary {
  /** Name of the zone. */
  readonly name: string;
  /** Pages on its free lists. */
  readonly freePages: number;
  /** Free pages of each migratetype. */
  readonly freeByType: readonly number[];
  /** Largest order that has a free block; -1 when nothing is free. */
  readonly largestOrder: number;
  /** Thousandths, by order. */
  readonly unusable: readonly number[];
  /** fragmentation_index of each order, thousandths; -1000 where a block of that order is free. */
  readonly fragmentation: readonly number[];
}

/** The figures that one usually derives from the file, for each zone. */
export function summarizePagetypeinfo(info: Pagetypeinfo): ZoneSummary[] {
  return info.zones.map((zone) => {
    const blocks = freeBlocksByOrder(zone);
    const pagesOf = (row: readonly number[]) =>
      row.reduce((sum, count, order) => sum + count * 2 ** order, 0);
    return {
      name: zone.name,
      freePages: pagesOf(blocks),
      freeByType: zone.counts.map(pagesOf),
      largestOrder: blocks.findLastIndex((count) => count > 0),
      unusable: indexByOrder(unusableFreeIndex, blocks),
      fragmentation: indexByOrder(fragmentationIndex, blocks),
    };
  });
}
