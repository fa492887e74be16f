// Knows: the lines that a state dump writes for one zone, their order and which of them are needed.
// Must not know: the lines around the zones (see dump.ts), whether the numbers agree (see state/check).

import { NO_MEMORY_MAP } from "../../../../assembly/abi/limits.js";
import type { PageRun, PcpState, ZoneState } from "../../../state/types.js";
import type { LineCursor } from "../lines.js";
import { LineFields, scanDigits, scanPfns, scanRuns } from "./fields.js";

/** A zone while its lines are read. */
export interface ZoneBuilder {
  zone: ZoneState;
  /** Line of each part that was read. */
  places: Map<object, number>;
  seen: Set<string>;
  /** The rank of the last line: lines come in ascending rank. */
  rank: number;
}

interface ZoneLine {
  /** Position in the zone; lines of equal rank may alternate. */
  rank: number;
  /** May occur more than once. */
  many?: boolean;
  /** A dump without it cannot be replayed. */
  needed?: boolean;
  read(lines: LineCursor, builder: ZoneBuilder): void;
}

/** Every line kind of a zone, in the order of the dump. */
const ZONE_LINES: ReadonlyMap<string, ZoneLine> = new Map<string, ZoneLine>([
  ["wmark", { rank: 1, needed: true, read: readWatermark }],
  ["lowmem_reserve", { rank: 2, needed: true, read: readLowmemReserve }],
  ["flags", { rank: 3, needed: true, read: readFlags }],
  ["counters", { rank: 4, needed: true, read: readCounters }],
  ["compact", { rank: 5, read: (lines, builder) => (builder.zone.compact = readRecord(lines)) }],
  [
    "pageset_defaults",
    { rank: 6, read: (lines, builder) => (builder.zone.pagesetDefaults = readRecord(lines)) },
  ],
  ["pcpstat", { rank: 7, many: true, needed: true, read: readPcpStat }],
  ["pcp", { rank: 7, many: true, needed: true, read: readPcp }],
  ["pcplist", { rank: 7, many: true, read: readPcpList }],
  ["pcpmt", { rank: 7, many: true, read: readCachedTypes }],
  ["nr_free", { rank: 8, many: true, needed: true, read: readNrFree }],
  ["free", { rank: 8, many: true, read: readFreeList }],
  ["pageblocks", { rank: 9, needed: true, read: readPageblocks }],
  ["skipbits", { rank: 10, read: readSkipbits }],
  ["lrurle", { rank: 11, needed: true, read: readRuns }],
]);

export function isZoneLine(word: string): boolean {
  return ZONE_LINES.has(word);
}

/** Reads a `zone INDEX NAME start= ...` line. */
export function beginZone(lines: LineCursor, places: Map<object, number>): ZoneBuilder {
  const tokens = lines.tokens();
  const fields = new LineFields(lines, tokens, 3);
  const name = tokens[2];
  if (name === undefined || name.includes("=")) {
    throw lines.error(`"zone" line has no name`, `"zone INDEX NAME start= spanned= ..."`);
  }
  const zone: ZoneState = {
    index: fields.position(1, "zone index"),
    name,
    start: fields.count("start"),
    spanned: fields.count("spanned"),
    present: fields.count("present"),
    managed: fields.count("managed"),
    cmaPages: fields.count("cma_pages"),
    watermark: { min: 0, low: 0, high: 0, promo: 0, boost: 0, percpuDriftMark: 0 },
    lowmemReserve: [],
    flags: { raw: 0, boosted: false, reclaimActive: false, belowHigh: undefined },
    counters: {
      nrReservedHighatomic: 0,
      nrFreeHighatomic: 0,
      nrIsolatePageblock: 0,
      freePages: 0,
      freeCma: 0,
    },
    compact: {},
    pagesetDefaults: {},
    pcps: [],
    nrFree: [],
    free: [],
    pageblocks: { start: 0, types: new Uint8Array(0) },
    skipbits: "",
    runs: [],
  };
  fields.finish();
  places.set(zone, lines.line);
  return { zone, places, seen: new Set(), rank: 0 };
}

/** Reads one line of the zone that `builder` holds. */
export function readZoneLine(word: string, lines: LineCursor, builder: ZoneBuilder): void {
  const kind = ZONE_LINES.get(word) as ZoneLine;
  if (kind.rank < builder.rank) {
    throw lines.error(`"${word}" line out of order`, `the order ${[...ZONE_LINES.keys()].join(", ")}`);
  }
  if (builder.seen.has(word) && kind.many !== true) {
    throw lines.error(`second "${word}" line in zone ${builder.zone.name}`, "one");
  }
  builder.rank = kind.rank;
  builder.seen.add(word);
  kind.read(lines, builder);
}

/** All lines of the zone were read: are the needed ones there? The error names the line where they are missed. */
export function finishZone(
  lines: LineCursor,
  builder: ZoneBuilder,
  cpus: readonly number[],
  maxPageOrder: number,
): ZoneState {
  const { zone, places, seen } = builder;
  const of = `zone ${zone.index} ${zone.name} (line ${places.get(zone)})`;
  for (const [word, kind] of ZONE_LINES) {
    if (!seen.has(word)) {
      if (kind.needed === true) {
        throw lines.error(`${of} ends without a "${word}" line`, `"${word}" before this line`);
      }
      if (kind.many !== true) {
        lines.info(`a zone has no "${word}" line`);
      }
    }
  }
  if (zone.nrFree.length !== maxPageOrder + 1) {
    throw lines.error(
      `${of} has nr_free lines for ${zone.nrFree.length} orders`,
      `orders 0..${maxPageOrder} (max_page_order)`,
    );
  }
  for (const cpu of cpus) {
    const pcp = zone.pcps.find((candidate) => candidate.cpu === cpu);
    if (pcp === undefined || pcp.batch < 0) {
      throw lines.error(`${of} lacks the "pcpstat" or "pcp" line of cpu ${cpu}`, "both for each cpu line");
    }
  }
  return zone;
}

function readRecord(lines: LineCursor): Record<string, number> {
  return new LineFields(lines, lines.tokens(), 1).record([]);
}

function readWatermark(lines: LineCursor, { zone }: ZoneBuilder): void {
  const fields = new LineFields(lines, lines.tokens(), 1);
  zone.watermark = {
    min: fields.count("min"),
    low: fields.count("low"),
    high: fields.count("high"),
    promo: fields.countOrZero("promo"),
    boost: fields.count("boost"),
    percpuDriftMark: fields.countOrZero("percpu_drift_mark"),
  };
  fields.finish();
}

function readLowmemReserve(lines: LineCursor, { zone }: ZoneBuilder): void {
  zone.lowmemReserve = Array.from(scanPfns(lines, lines.colon() + 1));
}

function readFlags(lines: LineCursor, { zone, places }: ZoneBuilder): void {
  const fields = new LineFields(lines, lines.tokens(), 2);
  zone.flags = {
    raw: fields.position(1, "flag word"),
    boosted: fields.flag("boosted"),
    reclaimActive: fields.flag("reclaim_active"),
    belowHigh: fields.has("below_high") ? fields.flag("below_high") : undefined,
  };
  places.set(zone.flags, lines.line);
  fields.finish();
}

function readCounters(lines: LineCursor, { zone, places }: ZoneBuilder): void {
  const fields = new LineFields(lines, lines.tokens(), 1);
  const counted = zone.flags.belowHigh !== undefined;
  zone.counters = {
    nrReservedHighatomic: fields.count("nr_reserved_highatomic"),
    nrFreeHighatomic: counted
      ? fields.number("nr_free_highatomic")
      : fields.countOrZero("nr_free_highatomic"),
    nrIsolatePageblock: fields.count("nr_isolate_pageblock"),
    freePages: fields.number("free_pages"),
    freeCma: fields.number("free_cma"),
  };
  places.set(zone.counters, lines.line);
  fields.finish();
}

function readPcpStat(lines: LineCursor, { zone }: ZoneBuilder): void {
  const fields = new LineFields(lines, lines.tokens(), 2);
  const cpu = fields.position(1, "cpu");
  if (zone.pcps.some((pcp) => pcp.cpu === cpu)) {
    throw lines.error(`second "pcpstat" line of cpu ${cpu} in zone ${zone.name}`, "one per cpu");
  }
  zone.pcps.push({
    cpu,
    count: 0,
    high: 0,
    highMin: 0,
    highMax: 0,
    batch: -1,
    flags: 0,
    allocFactor: 0,
    freeCount: 0,
    freeFactor: 0,
    statThreshold: fields.count("threshold"),
    diffFree: fields.number("diff_free"),
    diffCma: fields.number("diff_cma"),
    lists: [],
  });
  fields.finish();
}

/** `pcp` follows the `pcpstat` of its cpu. 6.7+ tunes high between two limits; 6.1 has one high and a free_factor. */
function readPcp(lines: LineCursor, { zone, places }: ZoneBuilder): void {
  const fields = new LineFields(lines, lines.tokens(), 2);
  const pcp = lastPcp(lines, zone, fields.position(1, "cpu"));
  if (pcp.batch >= 0) {
    throw lines.error(`second "pcp" line of cpu ${pcp.cpu} in zone ${zone.name}`, "one per cpu");
  }
  const fixedHigh = fields.has("free_factor");
  places.set(pcp, lines.line);
  pcp.count = fields.count("count");
  pcp.high = fields.count("high");
  pcp.highMin = fixedHigh ? pcp.high : fields.count("high_min");
  pcp.highMax = fixedHigh ? pcp.high : fields.count("high_max");
  pcp.batch = fields.count("batch");
  pcp.flags = fixedHigh ? fields.countOrZero("flags") : fields.count("flags");
  pcp.allocFactor = fixedHigh ? fields.countOrZero("alloc_factor") : fields.count("alloc_factor");
  pcp.freeCount = fixedHigh ? fields.countOrZero("free_count") : fields.count("free_count");
  pcp.freeFactor = fields.countOrZero("free_factor");
  fields.finish();
}

function readPcpList(lines: LineCursor, { zone, places }: ZoneBuilder): void {
  const colon = lines.colon();
  const { pcp, pindex } = pcpListHead(lines, zone);
  const previous = pcp.lists.at(-1);
  if (previous !== undefined && previous.pindex >= pindex) {
    throw lines.error(
      `"pcplist" of pindex ${pindex} after that of pindex ${previous.pindex}`,
      "ascending pindexes, each once",
    );
  }
  const list = { pindex, pfns: scanPfns(lines, colon + 1) };
  pcp.lists.push(list);
  places.set(list, lines.line);
}

function readCachedTypes(lines: LineCursor, { zone }: ZoneBuilder): void {
  const colon = lines.colon();
  const { pcp, pindex } = pcpListHead(lines, zone);
  const list = pcp.lists.at(-1);
  if (list === undefined || list.pindex !== pindex || list.cachedTypes !== undefined) {
    throw lines.error(
      `"pcpmt" without its "pcplist"`,
      `it right after the pcplist of cpu ${pcp.cpu}, ${pindex}`,
    );
  }
  const types = scanDigits(lines, colon + 1);
  if (types.length !== list.pfns.length) {
    throw lines.error(`"pcpmt" has ${types.length} digits`, `one for each of the ${list.pfns.length} pages`);
  }
  list.cachedTypes = types;
}

/** `pcplist CPU PINDEX:` and `pcpmt CPU PINDEX:`. */
function pcpListHead(lines: LineCursor, zone: ZoneState): { pcp: PcpState; pindex: number } {
  const [cpu, pindex] = headNumbers(lines, ["cpu", "pindex"]);
  const pcp = lastPcp(lines, zone, cpu as number);
  if (pcp.batch < 0) {
    throw lines.error(`"${lines.word()}" of cpu ${cpu} before its "pcp" line`, "pcpstat, pcp, pcplist");
  }
  return { pcp, pindex: pindex as number };
}

function lastPcp(lines: LineCursor, zone: ZoneState, cpu: number): PcpState {
  const pcp = zone.pcps.at(-1);
  if (pcp === undefined || pcp.cpu !== cpu) {
    const last = pcp === undefined ? "no pcpstat line" : `the pcpstat line of cpu ${pcp.cpu}`;
    throw lines.error(`"${lines.word()}" of cpu ${cpu} after ${last}`, "the lines of one cpu together");
  }
  return pcp;
}

function readNrFree(lines: LineCursor, { zone }: ZoneBuilder): void {
  const fields = new LineFields(lines, lines.tokens(), 3);
  const order = fields.position(1, "order");
  if (order !== zone.nrFree.length) {
    throw lines.error(`nr_free of order ${order}`, `order ${zone.nrFree.length} next`);
  }
  zone.nrFree.push(fields.position(2, "number of free blocks"));
  fields.finish();
}

function readFreeList(lines: LineCursor, { zone, places }: ZoneBuilder): void {
  const colon = lines.colon();
  const [order, migratetype] = headNumbers(lines, ["order", "migratetype"]) as [number, number];
  if (order !== zone.nrFree.length - 1) {
    throw lines.error(
      `free list of order ${order} after nr_free of order ${zone.nrFree.length - 1}`,
      "each list after the nr_free of its order",
    );
  }
  if (zone.free.some((list) => list.order === order && list.migratetype === migratetype)) {
    throw lines.error(`second free list of order ${order}, type ${migratetype}`, "one");
  }
  const list = { order, migratetype, pfns: scanPfns(lines, colon + 1) };
  zone.free.push(list);
  places.set(list, lines.line);
}

/** The numbers between the first word and the colon. */
function headNumbers(lines: LineCursor, meanings: readonly string[]): number[] {
  const head = lines.text.slice(lines.start, lines.colon());
  const tokens = head.split(" ").filter((token) => token !== "");
  const fields = new LineFields(lines, tokens, tokens.length);
  if (tokens.length !== meanings.length + 1) {
    throw lines.error(`"${head}:"`, `"${lines.word()} ${meanings.join(" ")}:"`);
  }
  return meanings.map((meaning, index) => fields.position(index + 1, meaning));
}

function readPageblocks(lines: LineCursor, { zone, places }: ZoneBuilder): void {
  const colon = lines.colon();
  const [start] = headNumbers(lines, ["first pfn"]);
  zone.pageblocks = {
    start: start as number,
    types: scanDigits(lines, colon + 1, NO_MEMORY_MAP),
  };
  places.set(zone.pageblocks, lines.line);
}

function readSkipbits(lines: LineCursor, { zone }: ZoneBuilder): void {
  zone.skipbits = lines.text.slice(lines.colon() + 1, lines.end).trim();
}

function readRuns(lines: LineCursor, { zone, places }: ZoneBuilder): void {
  zone.runs = scanRuns(lines, lines.colon() + 1, "LMR").map(({ label, start, length }) => ({
    kind: label as PageRun["kind"],
    start,
    length,
  }));
  places.set(zone.runs, lines.line);
}
