// Knows: where in a machine the numbers of /proc/buddyinfo, pagetypeinfo, zoneinfo and vmstat are.
// Must not know: their text (kernel_text/proc).
//
// Models: which numbers mm/vmstat.c, Linux 6.12 and 6.1, shows: the zone-global counters, which per-CPU differentials
// may be ahead of; the marks with the boost; zones without memory in zoneinfo alone.

import { ConfigWord } from "../../../assembly/abi/words.js";
import { buildPagetypeinfo, type Pagetypeinfo, type PagetypeinfoInput } from "../../analysis/index.js";
import type { Machine } from "../../machine/machine.js";
import { freeBlocks, pageblockCounts } from "../../machine/survey.js";
import { renderBuddyinfo, renderPagetypeinfo } from "../proc/pagetypeinfo.js";
import { renderVmstat, renderZoneinfo, type ZoneinfoPopulated, type ZoneinfoZone } from "../proc/zoneinfo.js";
import type { CounterSource } from "./counters.js";
import { file, type TreeNode } from "./entries.js";
import { zoneNames } from "./kernel.js";

type Columns = Pick<PagetypeinfoInput["zones"][number], "counts" | "blocks">;

/** The zones with memory, each with what `columns` answers for it. */
function tableOf(machine: Machine, columns: (zone: number) => Columns): Pagetypeinfo {
  const { views } = machine;
  const names = zoneNames(views);
  return buildPagetypeinfo({
    pageblockOrder: views.config(ConfigWord.PAGEBLOCK_ORDER),
    maxPageOrder: views.config(ConfigWord.MAX_PAGE_ORDER),
    zones: views.populatedZones().map((zone) => ({ name: names[zone] ?? String(zone), ...columns(zone) })),
  });
}

function pagetypeinfo(machine: Machine): Pagetypeinfo {
  return tableOf(machine, (zone) => ({
    counts: freeBlocks(machine, zone),
    blocks: pageblockCounts(machine, zone),
  }));
}

/** nr_free has no types: the whole row stands in the first. */
function buddyinfo(machine: Machine): Pagetypeinfo {
  return tableOf(machine, (zone) => ({ counts: [machine.views.zone(zone).nrFree], blocks: [] }));
}

function populated(machine: Machine, zone: number, counters: CounterSource): ZoneinfoPopulated {
  const { views } = machine;
  const cpus = Array.from({ length: views.config(ConfigWord.NR_CPUS) }, (_, cpu) => cpu);
  return {
    counters: counters.zone(zone),
    pagesets: cpus.map((cpu) => {
      const { count, high, batch, statThreshold } = views.pcp(cpu, zone);
      return { cpu, count, high, batch, threshold: statThreshold };
    }),
    unreclaimable: counters.unreclaimable(zone),
    startPfn: views.zone(zone).startPfn,
  };
}

function zoneinfo(machine: Machine, counters: CounterSource, hasPromo: boolean): ZoneinfoZone[] {
  const { views } = machine;
  const withMemory = views.populatedZones();
  return zoneNames(views).map((name, index, all) => {
    const zone = views.zone(index);
    const { min, low, high, promo } = zone.watermark;
    return {
      node: 0,
      name,
      nodeCounters: index === withMemory[0] ? counters.node() : undefined,
      free: Math.max(0, zone.freePages),
      boost: zone.boost,
      min: min + zone.boost,
      low: low + zone.boost,
      high: high + zone.boost,
      promo: hasPromo ? promo + zone.boost : undefined,
      spanned: zone.spanned,
      present: zone.present,
      managed: zone.managed,
      cma: zone.cmaPages,
      protection: zone.lowmemReserve.slice(0, all.length),
      populated: withMemory.includes(index) ? populated(machine, index, counters) : undefined,
    };
  });
}

/** The files of /proc that a machine can answer. */
export function procFiles(
  machine: Machine,
  counters: CounterSource,
  hasPromo: boolean,
): (readonly [string, TreeNode])[] {
  return [
    ["buddyinfo", file(() => renderBuddyinfo(buddyinfo(machine)))],
    ["pagetypeinfo", file(() => renderPagetypeinfo(pagetypeinfo(machine)))],
    ["vmstat", file(() => renderVmstat(counters.vmstat()))],
    ["zoneinfo", file(() => renderZoneinfo(zoneinfo(machine, counters, hasPromo)))],
  ];
}
