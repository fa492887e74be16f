// Knows: deciding a zone whose frames are known: types of its pageblocks, lists of its free blocks, per-CPU pages.
// Must not know: files, how a state is written down.

import { MIGRATE_TYPES } from "../../assembly/abi/limits.js";
import { Migratetype } from "../../assembly/abi/vocabulary.js";
import type { AreaPlan } from "./areas.js";
import type { DecidedZone, ListedBlock } from "./assemble.js";
import { assignTypes } from "./assign.js";
import { BlockMap, countByOrder, type FreeBlock, freeBlocksOf } from "./blocks.js";
import type { FrameMap } from "./frames.js";
import type { StateGeometry } from "./geometry.js";
import { COUNT_LIMIT } from "./given.js";
import type { Sums } from "./ledger.js";
import { Mender, unmergedPairs } from "./mend.js";
import type { Notes } from "./notes.js";
import { choosePcpFrames } from "./pcp.js";
import type { Random } from "./random.js";
import { markHoles, UNKNOWN, unitsOf } from "./units.js";
import type { ZonePlan } from "./zones.js";

/** Files that are further apart than this share of a zone are not of one moment: its frames stay as they are. */
const MOST_MENDED = 1 / 64;

export interface ExactContext {
  readonly frames: FrameMap;
  readonly areas: readonly AreaPlan[];
  readonly geometry: StateGeometry;
  readonly random: Random;
  readonly notes: Notes;
}

/** Pageblocks of the zone, with the types that are certain. */
export function knownBlocks({ frames, areas, geometry }: ExactContext, zone: ZonePlan): BlockMap {
  const end = zone.start + zone.spanned;
  const blocks = new BlockMap(zone.start, end, geometry.pageblockOrder);
  blocks.types.fill(UNKNOWN);
  markHoles(frames, blocks, zone.start, end);
  for (const { basePfn, count } of areas.flatMap(({ ranges }) => ranges)) {
    if (basePfn < zone.start || basePfn >= end) continue;
    blocks.types.fill(Migratetype.CMA, blocks.indexOf(basePfn), blocks.indexOf(basePfn + count));
  }
  return blocks;
}

/** What is left of the table for pageblocks whose type is not known yet. */
function sumsFor(zone: ZonePlan, blocks: BlockMap, free: readonly FreeBlock[], followsLists: boolean): Sums {
  const known = blocks.types.reduce((sum, type) => sum + (type === Migratetype.CMA ? 1 : 0), 0);
  const counted = zone.table?.blocks?.map((count, type) =>
    type === Migratetype.CMA ? Math.max(0, count - known) : count,
  );
  const table = zone.table?.free;
  const isCapped = table?.some((row) => row.some((count) => count >= COUNT_LIMIT)) ?? false;
  // Where lists need not follow the pageblocks' types, the free blocks say little of them.
  if (table === undefined || isCapped || !followsLists) return { free: undefined, blocks: counted };
  const inAreas = free.filter(({ pfn }) => blocks.typeOf(pfn) === Migratetype.CMA);
  const own = countByOrder(inAreas, table[0]?.length ?? 0);
  const rest = table.map((row, type) =>
    type === Migratetype.CMA ? row.map((count, order) => Math.max(0, count - own[order]!)) : row,
  );
  return { free: rest, blocks: counted };
}

/** A large free block never reaches into a pageblock of HIGHATOMIC or ISOLATE: without knowing them, it seems to. */
function cutForReserves(zone: ZonePlan, free: FreeBlock[], pageblockOrder: number): FreeBlock[] {
  const reserved =
    (zone.table?.blocks?.[Migratetype.HIGHATOMIC] ?? 0) + (zone.table?.blocks?.[Migratetype.ISOLATE] ?? 0);
  if (reserved === 0 || zone.table === undefined) return free;
  let cut = free;
  for (let order = zone.table.total.length - 1; order > pageblockOrder; order--) {
    const own = cut.filter((block) => block.order === order);
    const surplus = Math.min(reserved, own.length - (zone.table.total[order] ?? 0));
    if (surplus <= 0) continue;
    const chosen = new Set(own.slice(own.length - surplus));
    cut = cut.flatMap((block) => {
      if (!chosen.has(block)) return [block];
      const half = 2 ** (order - 1);
      return [
        { pfn: block.pfn, order: order - 1 },
        { pfn: block.pfn + half, order: order - 1 },
      ];
    });
  }
  return cut;
}

function assign(
  context: ExactContext,
  zone: ZonePlan,
  blocks: BlockMap,
  free: readonly FreeBlock[],
  follows: boolean,
): number {
  const { frames, geometry, random } = context;
  const orders = geometry.maxPageOrder + 1;
  const units = unitsOf(frames, blocks, free, zone, orders);
  const { types, distance } = assignTypes(units, sumsFor(zone, blocks, free, follows), orders, random);
  for (const [i, unit] of units.entries()) blocks.types.fill(types[i]!, unit.first, unit.first + unit.blocks);
  return distance;
}

function differs(counts: readonly number[], table: readonly number[]): boolean {
  return counts.some((count, order) => count !== (table[order] ?? 0));
}

/** Brings the free blocks to the table's counts where the files are a few pages apart. */
function mend(
  context: ExactContext,
  zone: ZonePlan,
  blocks: BlockMap,
  free: readonly FreeBlock[],
  follows: boolean,
): FreeBlock[] {
  const { frames, geometry, notes } = context;
  const table = zone.table?.free;
  if (table === undefined) return [...free];
  const before = frames.kinds.slice(zone.start - frames.start, zone.start + zone.spanned - frames.start);
  // Where lists need not follow the pageblocks' types, only types that never merge are kept apart.
  const all = Array.from({ length: MIGRATE_TYPES }, (_, type) => type);
  const groups = follows
    ? all.map((type) => [type])
    : [all.slice(0, 3), ...all.slice(3).map((type) => [type])];
  let changed = 0;
  let missed = 0;
  const mended = groups.map((types) => {
    const own = free.filter(({ pfn }) => types.includes(blocks.typeOf(pfn)));
    const counts = table[0]!.map((_, order) => types.reduce((sum, type) => sum + table[type]![order]!, 0));
    const result = new Mender(frames, blocks, zone, types, own, counts).run();
    changed += result.changed;
    missed += result.missed;
    return result.blocks;
  });
  const result = mended.flat();
  const tooMuch = changed > zone.managed * MOST_MENDED;
  const place = zone.table!.place;
  if (tooMuch || unmergedPairs(result, geometry.maxPageOrder) > 0) {
    frames.kinds.set(before, zone.start - frames.start);
    const message = `zone ${zone.name}: kpageflags and pagetypeinfo are not of one moment (${changed} frames apart); the frames of kpageflags are kept`;
    notes.add("error", "frames-and-tables-differ", message, place);
    return [...free];
  }
  frames.dropFreed();
  const message = `zone ${zone.name}: ${changed} frames moved between kpageflags and pagetypeinfo; they are put where the tables need them`;
  notes.add("info", "frames-mended", message, place);
  if (missed > 0)
    notes.add(
      "warning",
      "tables-missed",
      `zone ${zone.name}: ${missed} free blocks of the tables have no place`,
      place,
    );
  return result;
}

/** 6.1: a block may be on the list of another type than its pageblock's: the table decides how many are. */
function listed(
  zone: ZonePlan,
  blocks: BlockMap,
  free: readonly FreeBlock[],
  follows: boolean,
): ListedBlock[] {
  const own = free.map((block) => ({ ...block, type: blocks.typeOf(block.pfn) }));
  const table = zone.table?.free;
  if (follows || table === undefined) return own;
  const left = table.map((row) => [...row]);
  const astray: { -readonly [key in keyof ListedBlock]: ListedBlock[key] }[] = [];
  for (const block of own) {
    const row = left[block.type];
    if ((row?.[block.order] ?? 0) > 0) row![block.order]! -= 1;
    else astray.push(block);
  }
  for (const block of astray) {
    const type = left.findIndex((row) => (row[block.order] ?? 0) > 0);
    if (type < 0) continue;
    left[type]![block.order]! -= 1;
    block.type = type;
  }
  return own;
}

/** Everything that is to be known of a zone with known frames. */
export function decideZone(context: ExactContext, zone: ZonePlan): DecidedZone {
  const { frames, geometry, notes } = context;
  const blocks = knownBlocks(context, zone);
  const end = zone.start + zone.spanned;
  const follows = geometry.kernel !== "6.1";
  const found = freeBlocksOf(frames, blocks, zone.start, end, geometry.maxPageOrder);
  let free = cutForReserves(zone, found, geometry.pageblockOrder);
  const distance = assign(context, zone, blocks, free, follows);
  const orders = geometry.maxPageOrder + 1;
  const place = zone.table?.place;
  if (zone.table !== undefined && differs(countByOrder(free, orders), zone.table.total)) {
    free = mend(context, zone, blocks, free, follows);
  } else if (distance > 0 && place !== undefined) {
    const message = `zone ${zone.name}: no types of its pageblocks were found that give all counts of pagetypeinfo (${distance} blocks off)`;
    notes.add("warning", "types-missed", message, place);
  }
  const wanted = zone.pcps.reduce((sum, { count }) => sum + count, 0);
  const pcp = choosePcpFrames(frames, blocks, zone, wanted);
  if (pcp.length < wanted) {
    const message = `zone ${zone.name}: ${wanted} pages are on per-CPU lists, ${pcp.length} frames could be`;
    notes.add("warning", "pcp-short", message, place);
  }
  return { plan: zone, blocks, free: listed(zone, blocks, free, follows), pcp };
}
