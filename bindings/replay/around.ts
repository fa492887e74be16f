// Knows: which lists and counters help to understand one allocation that went another way.
// Must not know: how the replay got there.

import { FrameKind } from "../../assembly/abi/vocabulary.js";
import { ConfigWord } from "../../assembly/abi/words.js";
import { excerpt } from "../machine/compare.js";
import type { MachineViews } from "../machine/views.js";

const SHORT = ["U", "M", "R", "H", "C", "I"];
const KINDS: Readonly<Record<FrameKind, string>> = {
  [FrameKind.BODY]: "body",
  [FrameKind.HOLE]: "hole",
  [FrameKind.RESERVED]: "reserved",
  [FrameKind.BUDDY]: "free",
  [FrameKind.PCP]: "on a per-CPU list",
  [FrameKind.ALLOCATED]: "allocated",
  [FrameKind.DETACHED]: "detached",
};

export function describeFrame(views: MachineViews, pfn: number): string {
  const { kind, order, zone } = views.frame(pfn);
  if (kind !== FrameKind.BODY) return `pfn ${pfn}: ${KINDS[kind]}, order ${order}, zone ${zone}`;
  for (let up = 1; up <= views.config(ConfigWord.MAX_PAGE_ORDER); up++) {
    const head = Math.floor(pfn / 2 ** up) * 2 ** up;
    const frame = views.frame(head);
    if (frame.kind !== FrameKind.BODY)
      return `pfn ${pfn}: inside pfn ${head}, ${KINDS[frame.kind]}, order ${frame.order}`;
  }
  return `pfn ${pfn}: body`;
}

/** The state of each zone before an operation: counters, marks, the heads of the lists from its order up. */
export function describeZones(views: MachineViews, order: number, cpu: number): string[] {
  return views.populatedZones().flatMap((index) => {
    const zone = views.zone(index);
    const { min, low, high } = zone.watermark;
    const lines = [
      `zone ${index}: free ${zone.freePages}, cma ${zone.freeCma}, min ${min}, low ${low}, high ${high}, boost ${zone.boost}, ` +
        `below_high ${Number(zone.belowHigh)}`,
    ];
    for (let o = order; o <= views.config(ConfigWord.MAX_PAGE_ORDER); o++) {
      for (let type = 0; type < SHORT.length; type++) {
        const list = views.freeList(index, o, type);
        if (list.length > 0)
          lines.push(`  free order ${o} ${SHORT[type]} (${list.length}): ${excerpt(list, 0, 4)}`);
      }
    }
    const pcp = views.pcp(cpu, index);
    lines.push(
      `  pcp cpu ${cpu}: count ${pcp.count}, high ${pcp.high}, free_count ${pcp.freeCount}, alloc_factor ${pcp.allocFactor}`,
    );
    for (let pindex = 0; pindex < views.config(ConfigWord.NR_PCP_LISTS); pindex++) {
      const list = views.pcpList(cpu, index, pindex);
      if (list.length > 0) lines.push(`  pcp list ${pindex} (${list.length}): ${excerpt(list, 0, 4)}`);
    }
    return lines;
  });
}
