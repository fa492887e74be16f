// Knows: the directory of a zone: its sizes, marks, flags and per-CPU lists.
// Must not know: the free lists (free_lists), the text of /proc.
//
// Models the names of struct zone and struct per_cpu_pages (include/linux/mmzone.h), Linux 6.12 and 6.1; the kernel
// shows them in /proc/zoneinfo, or to a debugger.

import { PcpFlag, PcpRule } from "../../../assembly/abi/vocabulary.js";
import { ConfigWord } from "../../../assembly/abi/words.js";
import type { Machine } from "../../machine/machine.js";
import type { MachineViews, PcpView, ZoneView } from "../../machine/views.js";
import { type DirectoryNode, directory, file, numberFile, type TreeNode } from "./entries.js";
import { orderDirectories, renderPfns } from "./free_lists.js";
import { zoneNames } from "./kernel.js";

const PCP_TYPES = ["Unmovable", "Movable", "Reclaimable"];

/** Names of flags that are set. */
function flagFile(read: () => readonly (readonly [string, boolean])[]): TreeNode {
  const names = () => read().flatMap(([name, isSet]) => (isSet ? [name] : []));
  return file(() => `${names().join(" ")}\n`);
}

function zoneFiles(machine: Machine, zone: number, isAuto: boolean): (readonly [string, TreeNode])[] {
  const number = (of: (view: ZoneView) => number) => numberFile(() => of(machine.views.zone(zone)));
  const zones = machine.views.config(ConfigWord.NR_ZONES);
  const reserves = () => machine.views.zone(zone).lowmemReserve.slice(0, zones);
  const files: (readonly [string, TreeNode])[] = [
    ["cma_pages", number((view) => view.cmaPages)],
    ["free_cma", number((view) => view.freeCma)],
    ["free_pages", number((view) => view.freePages)],
    ["lowmem_reserve", file(() => `${reserves().join(" ")}\n`)],
    ["managed", number((view) => view.managed)],
    ["nr_isolate_pageblock", number((view) => view.nrIsolatePageblock)],
    ["nr_reserved_highatomic", number((view) => view.nrReservedHighatomic)],
    ["present", number((view) => view.present)],
    ["spanned", number((view) => view.spanned)],
    ["start_pfn", number((view) => view.startPfn)],
    ["watermark_boost", number((view) => view.boost)],
    // With the boost: the marks that allocations meet.
    ["wmark_high", number((view) => view.watermark.high + view.boost)],
    ["wmark_low", number((view) => view.watermark.low + view.boost)],
    ["wmark_min", number((view) => view.watermark.min + view.boost)],
    ["wmark_promo", number((view) => view.watermark.promo + view.boost)],
    [
      "flags",
      flagFile(() => {
        const { boosted, reclaimActive, belowHigh } = machine.views.zone(zone);
        return [
          ["boosted", boosted],
          ["reclaim_active", reclaimActive],
          ["below_high", belowHigh],
        ];
      }),
    ],
  ];
  return isAuto ? [...files, ["nr_free_highatomic", number((view) => view.nrFreeHighatomic)]] : files;
}

/** Name of a per-CPU list: pindex = order * 3 + type, then the two of the large order, then those of CMA pages. */
function pcpListName(views: MachineViews, pindex: number): string {
  const kernel = views.config(ConfigWord.NR_PCP_LISTS);
  const [costlyOrder, thpOrder] = [
    views.config(ConfigWord.COSTLY_ORDER),
    views.config(ConfigWord.PCP_THP_ORDER),
  ];
  if (pindex >= kernel) return `list-${pindex - kernel > costlyOrder ? thpOrder : pindex - kernel}-CMA`;
  const low = PCP_TYPES.length * (costlyOrder + 1);
  if (pindex >= low) return `list-${thpOrder}-${pindex === low ? "NonMovable" : "Movable"}`;
  return `list-${Math.floor(pindex / PCP_TYPES.length)}-${PCP_TYPES[pindex % PCP_TYPES.length]}`;
}

function pcpDirectory(machine: Machine, zone: number, cpu: number, isAuto: boolean): DirectoryNode {
  const { views } = machine;
  const number = (of: (view: PcpView) => number) => numberFile(() => of(views.pcp(cpu, zone)));
  const lists = Array.from({ length: views.pcpLists }, (_, pindex) => {
    const name = pcpListName(views, pindex);
    return [name, file(() => renderPfns(views.pcpList(cpu, zone, pindex)))] as const;
  });
  const tuned: readonly (readonly [string, TreeNode])[] = [
    ["alloc_factor", number((view) => view.allocFactor)],
    [
      "flags",
      flagFile(() => [
        ["prev_free_high_order", (views.pcp(cpu, zone).flags & PcpFlag.PREV_FREE_HIGH_ORDER) !== 0],
        ["free_high_batch", (views.pcp(cpu, zone).flags & PcpFlag.FREE_HIGH_BATCH) !== 0],
      ]),
    ],
    ["free_count", number((view) => view.freeCount)],
    ["high_max", number((view) => view.highMax)],
    ["high_min", number((view) => view.highMin)],
  ];
  return directory([
    ["batch", number((view) => view.batch)],
    ["count", number((view) => view.count)],
    ["diff_free_cma", number((view) => view.diffCma)],
    ["diff_free_pages", number((view) => view.diffFree)],
    ["high", number((view) => view.high)],
    ["stat_threshold", number((view) => view.statThreshold)],
    ...(isAuto ? tuned : [["free_factor", number((view) => view.freeFactor)] as const]),
    ...lists,
  ]);
}

function zoneDirectory(machine: Machine, zone: number): DirectoryNode {
  const { views } = machine;
  const isAuto = views.config(ConfigWord.RULE_PCP) === PcpRule.AUTO_TUNED;
  const cpus = Array.from({ length: views.config(ConfigWord.NR_CPUS) }, (_, cpu) => cpu);
  return directory([
    ...zoneFiles(machine, zone, isAuto),
    ...orderDirectories(machine, zone),
    ["pcp", directory(cpus.map((cpu) => [`cpu-${cpu}`, pcpDirectory(machine, zone, cpu, isAuto)]))],
  ]);
}

/** `node-0`: a directory for each zone that has memory. */
export function nodeDirectory(machine: Machine): DirectoryNode {
  const names = zoneNames(machine.views);
  const zones = machine.views.populatedZones();
  return directory(zones.map((zone) => [`zone-${names[zone]}`, zoneDirectory(machine, zone)]));
}
