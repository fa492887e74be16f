// Knows: page_owner's text for the pages in use inside CMA pageblocks, where explain looks for those that cannot move.
// Must not know: who allocated a page: the machine does not keep it, so every page names the same task and no stack.
//
// Models: print_page_owner() of mm/page_owner.c, 6.12. Pages that cma_alloc gave out are left aside, as explain would take
// them for guests.

import { FrameKind, Migratetype, Mobility, PageLife } from "../../../assembly/abi/vocabulary.js";
import { ConfigWord } from "../../../assembly/abi/words.js";
import { GFP_HIGHUSER_MOVABLE, GFP_KERNEL } from "../../engine/gfp.js";
import type { Machine } from "../../machine/machine.js";
import { gfpText } from "./gfp.js";

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

/** All of them, ascending. */
export function toPageOwner(machine: Machine): string {
  const { views } = machine;
  const { startPfn, frameCount, pageblocks } = views;
  const blockOrder = views.config(ConfigWord.PAGEBLOCK_ORDER);
  const parts: string[] = [];
  for (let i = 0; i < frameCount; i++) {
    if (pageblocks[i >>> blockOrder] !== Migratetype.CMA) continue;
    const { kind, order, mobility, life, zone } = views.frame(startPfn + i);
    if (kind !== FrameKind.ALLOCATED || life === PageLife.CMA) continue;
    const moves = mobility !== Mobility.FIXED;
    const gfp = moves ? GFP_HIGHUSER_MOVABLE : GFP_KERNEL;
    const names = [...(mobility === Mobility.LRU ? ["lru"] : []), `node=0`, `zone=${zone}`].join("|");
    const pfn = startPfn + i;
    parts.push(
      `Page allocated via order ${order}, mask ${hex(gfp)}(${gfpText(gfp, "6.12")}), pid 1, tgid 1 (pageblock), ts 0 ns\n` +
        `PFN ${hex(pfn)} type ${moves ? "Movable" : "Unmovable"} Block ${pfn >>> blockOrder} type CMA Flags 0x0(${names})\n\n`,
    );
  }
  return parts.join("");
}
