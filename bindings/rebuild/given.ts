// Knows: which of the facts describe the machine's memory, and what the tables of pagetypeinfo say by our migratetypes.
// Must not know: frames, how a gap is filled.

import { MIGRATE_TYPES } from "../../assembly/abi/limits.js";
import { Migratetype } from "../../assembly/abi/vocabulary.js";
import { CaptureError } from "../importers/errors.js";
import type { AreaFiles, Facts, PagetypeFact, Place, ZoneDetail, ZoneFact } from "../importers/facts.js";
import { KpageFlag } from "../importers/kpage/kpage.js";
import type { Notes } from "./notes.js";

/** A zone as /proc/zoneinfo has it. */
export interface Zoneinfo {
  readonly name: string;
  readonly fact: ZoneFact;
  readonly detail: ZoneDetail;
}

/** What pagetypeinfo and buddyinfo count in one zone. */
export interface ZoneTable {
  readonly name: string;
  readonly place: Place;
  /** Free blocks, [migratetype][order]; undefined: only buddyinfo is there. */
  readonly free: number[][] | undefined;
  /** Free blocks by order, all types. */
  readonly total: number[];
  /** Pageblocks by migratetype. */
  readonly blocks: number[] | undefined;
}

export interface Given {
  /** What messages call the files: the name of the only one, or "state". */
  readonly file: string;
  readonly kernel: string | null;
  /** Bytes, where a manifest says it. */
  readonly pageSize: number | null;
  readonly zoneinfo: readonly Zoneinfo[];
  readonly tables: readonly ZoneTable[];
  readonly pageblockOrder: number | null;
  readonly areas: readonly AreaFiles[];
  readonly flags: Uint32Array | undefined;
  readonly counts: Uint32Array | undefined;
  /** MemTotal, kB. */
  readonly memTotal: number | undefined;
  /** Does vmstat have counters of THP? undefined: there is no vmstat. */
  readonly hasThp: boolean | undefined;
  /** FOLL_PIN references that nobody has given back, of vmstat. */
  readonly pins: number;
}

/** The files cannot become a state. */
export function unusable({ file }: Pick<Given, "file">, problem: string, expected: string): CaptureError {
  return new CaptureError({ file, problem, expected });
}

const TYPE_NAMES: ReadonlyMap<string, Migratetype> = new Map(
  Object.entries({
    unmovable: Migratetype.UNMOVABLE,
    movable: Migratetype.MOVABLE,
    reclaimable: Migratetype.RECLAIMABLE,
    highatomic: Migratetype.HIGHATOMIC,
    cma: Migratetype.CMA,
    isolate: Migratetype.ISOLATE,
  }),
);

/** pagetypeinfo stops counting a list here: the number is a lower bound. */
export const COUNT_LIMIT = 100_000;

/** The first that fits; a second of the same kind is of another moment. */
function first<T extends { readonly place: Place }>(
  kind: string,
  all: readonly T[],
  notes: Notes,
): T | undefined {
  const [chosen, other] = all;
  if (other !== undefined) {
    const where = `${chosen?.place.file}:${chosen?.place.line}`;
    notes.add(
      "warning",
      "two-moments",
      `a second ${kind} is left aside; that of ${where} is used`,
      other.place,
    );
  }
  return chosen;
}

function onlyNodeZero<T>(items: readonly T[], nodeOf: (item: T) => number, what: string, notes: Notes): T[] {
  const kept = items.filter((item) => nodeOf(item) === 0);
  if (kept.length < items.length)
    notes.add("error", "several-nodes", `NUMA is not modelled: ${what} of nodes behind 0 are left aside`);
  return kept;
}

/** The zones of the first /proc/zoneinfo: up to where a name comes again. */
function zoneinfoOf(facts: Facts, notes: Notes): Zoneinfo[] {
  const all = facts.zones.flatMap((fact) => {
    const { detail } = fact;
    return detail === null ? [] : [{ name: fact.zone, fact, detail }];
  });
  const own = onlyNodeZero(all, ({ detail }) => detail.node, "zones", notes);
  const again = own.findIndex(({ name }, i) => own.findIndex((other) => other.name === name) < i);
  if (again >= 0) {
    const { place } = own[again]!.fact;
    notes.add("warning", "two-moments", "a second zoneinfo is left aside; the first is used", place);
  }
  const zones = again < 0 ? own : own.slice(0, again);
  return zones.filter(({ name, detail }) => name !== "Device" || (detail.spanned ?? 0) > 0);
}

function typeOf(name: string, place: Place, notes: Notes): Migratetype | undefined {
  const type = TYPE_NAMES.get(name.toLowerCase());
  if (type === undefined)
    notes.add(
      "warning",
      "unknown-migratetype",
      `${JSON.stringify(name)} is no migratetype that is modelled`,
      place,
    );
  return type;
}

function emptyCounts(orders: number): number[][] {
  return Array.from({ length: MIGRATE_TYPES }, () => new Array<number>(orders).fill(0));
}

function addInto(sum: number[], counts: readonly number[]): void {
  counts.forEach((count, i) => {
    sum[i] = (sum[i] ?? 0) + count;
  });
}

/** One zone of pagetypeinfo. */
function tableOf(fact: PagetypeFact, name: string, notes: Notes): ZoneTable {
  const rows = fact.rows.filter((row) => row.zone === name && row.node === 0);
  const orders = rows.reduce((most, { counts }) => Math.max(most, counts.length), 0);
  const free = emptyCounts(orders);
  const total = new Array<number>(orders).fill(0);
  for (const row of rows) {
    const type = typeOf(row.type, fact.place, notes);
    if (type === undefined) continue;
    addInto(free[type]!, row.counts);
    addInto(total, row.counts);
  }
  const own = fact.blocks.find((row) => row.zone === name && row.node === 0);
  let blocks: number[] | undefined;
  if (own !== undefined) {
    blocks = new Array<number>(MIGRATE_TYPES).fill(0);
    own.types.forEach((typeName, i) => {
      const type = TYPE_NAMES.get(typeName.toLowerCase());
      if (type !== undefined) blocks![type] = (blocks![type] ?? 0) + (own.counts[i] ?? 0);
    });
  }
  return { name, place: fact.place, free: rows.length > 0 ? free : undefined, total, blocks };
}

/** buddyinfo fills what pagetypeinfo lacks; where both speak, they must agree. */
function tablesOf(facts: Facts, fact: PagetypeFact | undefined, notes: Notes): ZoneTable[] {
  const buddy = onlyNodeZero(facts.buddy, ({ node }) => node, "rows of buddyinfo", notes);
  const rowOf = new Map<string, (typeof buddy)[number]>();
  for (const row of buddy) if (!rowOf.has(row.zone)) rowOf.set(row.zone, row);
  if (fact === undefined) {
    return [...rowOf.values()].map(({ zone, counts, place }) => {
      return { name: zone, place, free: undefined, total: [...counts], blocks: undefined };
    });
  }
  const names = new Set(
    [...fact.blocks, ...fact.rows].filter(({ node }) => node === 0).map(({ zone }) => zone),
  );
  return [...names].map((name) => {
    const table = tableOf(fact, name, notes);
    const row = rowOf.get(name);
    const differs =
      row !== undefined &&
      table.free !== undefined &&
      !table.free.some((counts) => counts.some((count) => count >= COUNT_LIMIT)) &&
      row.counts.some((count, order) => count !== (table.total[order] ?? 0));
    if (differs) {
      const message = `zone ${name}: buddyinfo and pagetypeinfo count free blocks differently: they are not of one moment, pagetypeinfo is used`;
      notes.add("warning", "tables-differ", message, row.place);
    }
    return row !== undefined && table.free === undefined ? { ...table, total: [...row.counts] } : table;
  });
}

/** Areas with files of their own; the same area may have been found in debugfs and in sysfs. */
function areasOf(facts: Facts): AreaFiles[] {
  return facts.areas.filter(({ ranges }) =>
    ranges.some(({ bitmap, basePfn }) => bitmap !== null || basePfn !== null),
  );
}

/** Pages that a table of frames shows free in [start, end). */
function buddyPages(words: Uint32Array, start: number, end: number): number {
  let count = 0;
  const stop = Math.min(end, words.length);
  for (let pfn = start; pfn < stop; pfn++) count += (words[pfn]! >>> KpageFlag.BUDDY) & 1;
  return count;
}

function freePages({ total }: ZoneTable): number {
  return total.reduce((sum, count, order) => sum + count * 2 ** order, 0);
}

/** Pages by which a reading of kpageflags differs from the tables, zone by zone where zoneinfo says where zones lie. */
function distance(words: Uint32Array, zones: readonly Zoneinfo[], tables: readonly ZoneTable[]): number {
  const spans = tables.flatMap((table) => {
    const detail = zones.find(({ name }) => name === table.name)?.detail;
    if (detail === undefined || detail.startPfn === null || detail.spanned === null) return [];
    return [{ table, start: detail.startPfn, end: detail.startPfn + detail.spanned }];
  });
  if (spans.length > 0 && spans.length === tables.length)
    return spans.reduce(
      (sum, { table, start, end }) => sum + Math.abs(buddyPages(words, start, end) - freePages(table)),
      0,
    );
  const free = tables.reduce((sum, table) => sum + freePages(table), 0);
  return Math.abs(buddyPages(words, 0, words.length) - free);
}

interface Frames {
  readonly flags: Uint32Array | undefined;
  readonly counts: Uint32Array | undefined;
}

function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf("/") + 1);
}

/** Of several readings of kpageflags the one nearest to the tables; kpagecount from the same folder, if one is there. */
function framesOf(
  facts: Facts,
  zones: readonly Zoneinfo[],
  tables: readonly ZoneTable[],
  notes: Notes,
): Frames {
  const flags = facts.tables.filter(({ kind }) => kind === "flags");
  const counts = facts.tables.filter(({ kind }) => kind === "count");
  const ranked = flags
    .map((table) => ({ table, pages: flags.length > 1 ? distance(table.words, zones, tables) : 0 }))
    .sort((a, b) => a.pages - b.pages);
  const [nearest, second] = ranked;
  if (nearest !== undefined && second !== undefined) {
    const message = `of ${flags.length} readings of kpageflags this is the nearest to the tables: ${nearest.pages} pages away, the next ${second.pages}`;
    notes.add("info", "two-readings", message, { file: nearest.table.file, line: 1 });
  }
  const folder = folderOf(nearest?.table.file ?? "");
  const count = counts.find(({ file }) => folderOf(file) === folder) ?? counts[0];
  if (counts.length > 1) {
    const message = `of ${counts.length} readings of kpagecount this is used`;
    notes.add("info", "two-readings", message, { file: count!.file, line: 1 });
  }
  return { flags: nearest?.table.words, counts: count?.words };
}

export function selectGiven(facts: Facts, notes: Notes): Given {
  const tables = facts.pagetypes.filter(({ rows, blocks }) => rows.length + blocks.length > 0);
  const table = first("pagetypeinfo", tables, notes);
  const vmstat = facts.vmstat[0]?.values;
  const pinned = (vmstat?.get("nr_foll_pin_acquired") ?? 0) - (vmstat?.get("nr_foll_pin_released") ?? 0);
  const zoneinfo = zoneinfoOf(facts, notes);
  const zoneTables = tablesOf(facts, table, notes);
  const names = [...facts.formats.keys()];
  return {
    file: names.length === 1 ? (names[0] as string) : "state",
    kernel: facts.kernel,
    pageSize: facts.pageSize,
    zoneinfo,
    tables: zoneTables,
    pageblockOrder: table?.pageblockOrder ?? null,
    areas: areasOf(facts),
    ...framesOf(facts, zoneinfo, zoneTables, notes),
    memTotal: facts.meminfo[0]?.values.get("MemTotal"),
    hasThp: vmstat === undefined || vmstat.size < 4 ? undefined : vmstat.has("thp_fault_alloc"),
    pins: Math.max(0, pinned),
  };
}
