// Knows: the exact text of /proc/pagetypeinfo and /proc/buddyinfo.
// Must not know: where the numbers come from.
//
// Models: pagetypeinfo_show() and frag_show() of mm/vmstat.c, Linux 6.12 and 6.1, one node or several, without the
// "Number of mixed blocks" table, which needs page_owner. Every number is followed by a space, as in the kernel.

import {
  freeBlocksByOrder,
  migratetypeNames,
  migratetypes,
  type Pagetypeinfo,
  type PagetypeinfoZone,
} from "../../analysis/index.js";

/** The kernel stops counting a list here and puts a ">" in front. */
const COUNT_LIMIT = 100_000;

function right(value: string | number, width: number): string {
  return String(value).padStart(width);
}

function columns(values: readonly (string | number)[], width: number): string {
  return values.map((value) => `${right(value, width)} `).join("");
}

function freeCount(count: number): string {
  return count >= COUNT_LIMIT ? `>${COUNT_LIMIT}` : right(count, 6);
}

function freeRows(zone: PagetypeinfoZone): string[] {
  return migratetypes.map((type) => {
    const name = right(migratetypeNames[type], 12);
    const counts = (zone.counts[type] ?? []).map((count) => `${freeCount(count)} `).join("");
    return `Node ${right(zone.node, 4)}, zone ${right(zone.name, 8)}, type ${name} ${counts}`;
  });
}

function blockRow(zone: PagetypeinfoZone): string {
  const counts = migratetypes.map((type) => zone.blocks[type] ?? 0);
  return `Node ${zone.node}, zone ${right(zone.name, 8)} ${columns(counts, 12)}`;
}

/** /proc/pagetypeinfo, to the byte. */
export function renderPagetypeinfo(info: Pagetypeinfo): string {
  const orders = Array.from({ length: info.orders }, (_, order) => order);
  const lines = [
    `Page block order: ${info.pageblockOrder}`,
    `Pages per block:  ${2 ** info.pageblockOrder}`,
    "",
    `${"Free pages count per migrate type at order".padEnd(43)} ${columns(orders, 6)}`,
    ...info.zones.flatMap(freeRows),
    "",
    `${"Number of blocks type ".padEnd(23)}${columns(
      migratetypes.map((type) => migratetypeNames[type]),
      12,
    )}`,
    ...info.zones.map(blockRow),
  ];
  return `${lines.join("\n")}\n`;
}

/** /proc/buddyinfo, to the byte. */
export function renderBuddyinfo(info: Pagetypeinfo): string {
  return info.zones
    .map((zone) => `Node ${zone.node}, zone ${right(zone.name, 8)} ${columns(freeBlocksByOrder(zone), 6)}\n`)
    .join("");
}
