// Knows: how a machine's complete state is compared with a captured one.
// Must not know: what happened in between.

import { ListTypeRule, PcpRule } from "../../assembly/abi/vocabulary.js";
import { ConfigWord } from "../../assembly/abi/words.js";
import type { CmaAreaState, MachineState, PcpState, ZoneState } from "../state/types.js";
import type { Cma } from "./cma.js";
import type { Machine } from "./machine.js";
import type { MachineViews } from "./views.js";

/** One thing that differs: where, what the capture says, what the machine has. */
export interface StateDifference {
  /** Zone, list or counter, in words. */
  readonly where: string;
  /** What the capture says. */
  readonly expected: string;
  /** What the machine has. */
  readonly got: string;
}

const TYPE_NAMES = ["UNMOVABLE", "MOVABLE", "RECLAIMABLE", "HIGHATOMIC", "CMA", "ISOLATE"];

class Differences {
  readonly found: StateDifference[] = [];
  constructor(readonly limit: number) {}

  get isFull(): boolean {
    return this.found.length >= this.limit;
  }

  number(where: string, expected: number, got: number): void {
    if (expected !== got && !this.isFull)
      this.found.push({ where, expected: String(expected), got: String(got) });
  }

  /** Lists are compared element by element; the excerpt shows the first place where they part. */
  list(where: string, expected: ArrayLike<number>, got: ArrayLike<number>): void {
    const length = Math.max(expected.length, got.length);
    for (let i = 0; i < length; i++) {
      if (expected[i] === got[i]) continue;
      if (!this.isFull) {
        this.found.push({
          where: `${where}, place ${i} (lengths ${expected.length} and ${got.length})`,
          expected: excerpt(expected, i),
          got: excerpt(got, i),
        });
      }
      return;
    }
  }
}

/** The elements around a place, the place itself in brackets. */
export function excerpt(list: ArrayLike<number>, place: number, around = 3): string {
  const from = Math.max(0, place - around);
  const to = Math.min(list.length, place + around + 1);
  const parts: string[] = from > 0 ? ["..."] : [];
  for (let i = from; i < to; i++) parts.push(i === place ? `[${list[i]}]` : String(list[i]));
  if (place >= list.length) parts.push("[end]");
  else if (to < list.length) parts.push("...");
  return parts.join(" ");
}

function compareCounters(views: MachineViews, zone: ZoneState, out: Differences): void {
  const got = views.zone(zone.index);
  const where = `zone ${zone.name}`;
  out.number(`${where}: free_pages`, zone.counters.freePages, got.freePages);
  out.number(`${where}: free_cma`, zone.counters.freeCma, got.freeCma);
  out.number(
    `${where}: nr_reserved_highatomic`,
    zone.counters.nrReservedHighatomic,
    got.nrReservedHighatomic,
  );
  out.number(`${where}: nr_free_highatomic`, zone.counters.nrFreeHighatomic, got.nrFreeHighatomic);
  out.number(`${where}: nr_isolate_pageblock`, zone.counters.nrIsolatePageblock, got.nrIsolatePageblock);
  out.number(`${where}: watermark boost`, zone.watermark.boost, got.boost);
  out.number(`${where}: watermark min`, zone.watermark.min, got.watermark.min);
  out.number(`${where}: flag boosted`, Number(zone.flags.boosted), Number(got.boosted));
  out.number(`${where}: flag reclaim_active`, Number(zone.flags.reclaimActive), Number(got.reclaimActive));
  if (zone.flags.belowHigh !== undefined) {
    out.number(`${where}: flag below_high`, Number(zone.flags.belowHigh), Number(got.belowHigh));
  }
  zone.nrFree.forEach((n, order) => {
    out.number(`${where}: nr_free of order ${order}`, n, got.nrFree[order] ?? 0);
  });
}

function compareFree(views: MachineViews, zone: ZoneState, out: Differences): void {
  const captured = new Map(zone.free.map((list) => [list.order * 8 + list.migratetype, list.pfns]));
  for (let order = 0; order <= views.config(ConfigWord.MAX_PAGE_ORDER); order++) {
    for (let type = 0; type < TYPE_NAMES.length; type++) {
      const where = `zone ${zone.name}: free list order ${order} ${TYPE_NAMES[type]}`;
      out.list(where, captured.get(order * 8 + type) ?? [], views.freeList(zone.index, order, type));
    }
  }
}

function comparePcp(views: MachineViews, zone: ZoneState, pcp: PcpState, out: Differences): void {
  const where = `zone ${zone.name}: pcp of cpu ${pcp.cpu}`;
  const got = views.pcp(pcp.cpu, zone.index);
  const auto = views.config(ConfigWord.RULE_PCP) === PcpRule.AUTO_TUNED;
  out.number(`${where}: diff_free`, pcp.diffFree, got.diffFree);
  out.number(`${where}: diff_cma`, pcp.diffCma, got.diffCma);
  out.number(`${where}: count`, pcp.count, got.count);
  out.number(`${where}: high`, pcp.high, got.high);
  out.number(`${where}: batch`, pcp.batch, got.batch);
  if (auto) {
    out.number(`${where}: flags`, pcp.flags, got.flags);
    out.number(`${where}: alloc_factor`, pcp.allocFactor, got.allocFactor);
    out.number(`${where}: free_count`, pcp.freeCount, got.freeCount);
  } else {
    out.number(`${where}: free_factor`, pcp.freeFactor, got.freeFactor);
  }
  const cached = views.config(ConfigWord.RULE_LIST_TYPE) === ListTypeRule.CALLER;
  const captured = new Map(pcp.lists.map((list) => [list.pindex, list]));
  for (let pindex = 0; pindex < views.pcpLists; pindex++) {
    const list = captured.get(pindex);
    const pfns = views.pcpList(pcp.cpu, zone.index, pindex);
    out.list(`${where}: list ${pindex}`, list?.pfns ?? [], pfns);
    if (!cached) continue;
    const types = Uint8Array.from(pfns, (pfn) => views.frame(pfn).type);
    out.list(`${where}: cached types of list ${pindex}`, list?.cachedTypes ?? [], types);
  }
}

function comparePageblocks(views: MachineViews, zone: ZoneState, out: Differences): void {
  const pages = 2 ** views.config(ConfigWord.PAGEBLOCK_ORDER);
  const first = (zone.pageblocks.start - views.startPfn) / pages;
  const got = views.pageblocks.subarray(first, first + zone.pageblocks.types.length);
  out.list(
    `zone ${zone.name}: types of the pageblocks from pfn ${zone.pageblocks.start}`,
    zone.pageblocks.types,
    got,
  );
}

/** Compares every list in order, every counter, flag and pageblock type. Empty: the states are identical. */
export function compareState({ views, cma }: Machine, state: MachineState, limit = 10): StateDifference[] {
  const out = new Differences(limit);
  for (const zone of state.zones) {
    compareCounters(views, zone, out);
    comparePageblocks(views, zone, out);
    compareFree(views, zone, out);
    for (const pcp of zone.pcps) comparePcp(views, zone, pcp, out);
  }
  for (const [index, area] of state.areas.entries()) compareArea(cma, area, index, out);
  return out.found;
}

/** Bits in use, as runs. */
function compareArea(cma: Cma, area: CmaAreaState, index: number, out: Differences): void {
  const words = cma.bitmap(index);
  const expected = new Uint32Array(words.length);
  for (const { start, length } of area.set) {
    for (let bit = start; bit < start + length; bit++)
      expected[bit >>> 5] = (expected[bit >>> 5] ?? 0) | (1 << (bit & 31));
  }
  out.list(`area ${area.name}: words of the bitmap`, expected, words);
}
