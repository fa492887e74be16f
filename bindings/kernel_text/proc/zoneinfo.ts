// Knows: the exact text of /proc/zoneinfo and /proc/vmstat.
// Must not know: where the numbers come from, or which of them are modelled.
//
// Models: zoneinfo_show_print() and vmstat_show() of mm/vmstat.c, Linux 6.12 (the marks end with promo) and 6.1 (with
// high), CONFIG_SMP, without CONFIG_NUMA. Later kernels also print high_min and high_max of each pageset.

import { append } from "../../engine/extent.js";

/** One counter under the kernel's name. Captured ones may be too large for a number. */
export interface CounterLine {
  /** As the kernel prints it. */
  readonly name: string;
  /** As the kernel counts it: pages or events. */
  readonly value: number | bigint;
}

/** One CPU's lists. Pages. */
export interface ZoneinfoPageset {
  /** Whose lists. */
  readonly cpu: number;
  /** Pages on them. */
  readonly count: number;
  /** Pages from which on they give back. */
  readonly high: number;
  /** Pages moved at a time. */
  readonly batch: number;
  /** vm stats threshold. */
  readonly threshold: number;
}

/** What only zones with memory print. */
export interface ZoneinfoPopulated {
  /** Counters of the zone, in the kernel's order. */
  readonly counters: readonly CounterLine[];
  /** One for each CPU. */
  readonly pagesets: readonly ZoneinfoPageset[];
  /** node_unreclaimable. */
  readonly unreclaimable: number | bigint;
  /** First frame. */
  readonly startPfn: number;
}

/** One zone, with or without memory. Pages. */
export interface ZoneinfoZone {
  /** NUMA node. */
  readonly node: number;
  /** Name of the zone. */
  readonly name: string;
  /** Counters of the node: with its first zone that has memory, nowhere else. */
  readonly nodeCounters?: readonly CounterLine[] | undefined;
  /** Pages free. */
  readonly free: number;
  /** watermark_boost. */
  readonly boost: number;
  /** The marks that allocations meet: with the boost. */
  readonly min: number;
  /** WMARK_LOW with the boost. */
  readonly low: number;
  /** WMARK_HIGH with the boost. */
  readonly high: number;
  /** 6.12 prints it, 6.1 does not: undefined. */
  readonly promo: number | undefined;
  /** Frames from its first to its last. */
  readonly spanned: number;
  /** Pages that memory is behind. */
  readonly present: number;
  /** Pages that the allocator manages. */
  readonly managed: number;
  /** Pages of CMA areas in it. */
  readonly cma: number;
  /** lowmem_reserve for each zone index. */
  readonly protection: readonly number[];
  /** undefined: the zone has no memory. */
  readonly populated: ZoneinfoPopulated | undefined;
}

/** A name and a value in the columns of a zone's counters. */
function counterLine({ name, value }: CounterLine): string {
  return `      ${name.padEnd(12)} ${value}`;
}

function sizeLines(zone: ZoneinfoZone): string[] {
  const sizes: [string, number][] = [
    ["boost", zone.boost],
    ["min", zone.min],
    ["low", zone.low],
    ["high", zone.high],
  ];
  if (zone.promo !== undefined) sizes.push(["promo", zone.promo]);
  sizes.push(
    ["spanned", zone.spanned],
    ["present", zone.present],
    ["managed", zone.managed],
    ["cma", zone.cma],
  );
  return sizes.map(([name, value]) => `        ${name.padEnd(8)} ${value}`);
}

function pagesetLines({ cpu, count, high, batch, threshold }: ZoneinfoPageset): string[] {
  return [
    `    cpu: ${cpu}`,
    `              count: ${count}`,
    `              high:  ${high}`,
    `              batch: ${batch}`,
    `  vm stats threshold: ${threshold}`,
  ];
}

function zoneLines(zone: ZoneinfoZone): string[] {
  const lines = [`Node ${zone.node}, zone ${zone.name.padStart(8)}`];
  if (zone.nodeCounters !== undefined)
    append(lines, ["  per-node stats", ...zone.nodeCounters.map(counterLine)]);
  append(lines, [
    `  pages free     ${zone.free}`,
    ...sizeLines(zone),
    `        protection: (${zone.protection.join(", ")})`,
  ]);
  if (zone.populated === undefined) return lines;
  const { counters, pagesets, unreclaimable, startPfn } = zone.populated;
  append(lines, [...counters.map(counterLine), "  pagesets", ...pagesets.flatMap(pagesetLines)]);
  lines.push(`  node_unreclaimable:  ${unreclaimable}`, `  start_pfn:           ${startPfn}`);
  return lines;
}

/** /proc/zoneinfo, to the byte. */
export function renderZoneinfo(zones: readonly ZoneinfoZone[]): string {
  return zones
    .flatMap(zoneLines)
    .map((line) => `${line}\n`)
    .join("");
}

/** /proc/vmstat, to the byte. */
export function renderVmstat(counters: readonly CounterLine[]): string {
  return counters.map(({ name, value }) => `${name} ${value}\n`).join("");
}
