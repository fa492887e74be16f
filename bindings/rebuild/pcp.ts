// Knows: which frames are likeliest to be on per-CPU lists.
// Must not know: how the lists are written down.
//
// A page on a per-CPU list shows no flag, like a page that the kernel uses for something without a name; only how many
// there are is known (zoneinfo). What tells them apart, likeliest first:
//   1. A page without flag in a pageblock of MOVABLE or CMA: user memory would have flags.
//   2. The same in a pageblock of RECLAIMABLE: a slab would have its flag.
//   3. In one of UNMOVABLE, the pages right below free memory: a block is split from its lower end up, so that what a
//      refill took last ends where the rest of the block begins.

import { Migratetype } from "../../assembly/abi/vocabulary.js";
import type { BlockMap } from "./blocks.js";
import { type FrameMap, FrameUse } from "./frames.js";

/** Behind this many frames without a free one, how far it is tells nothing. */
const FAR = 1 << 20;

function rankOf(type: number): number {
  if (type === Migratetype.MOVABLE || type === Migratetype.CMA) return 0;
  if (type === Migratetype.RECLAIMABLE) return 1;
  return 2;
}

/** Frames of the zone for its per-CPU lists, ascending; fewer than wanted when no more could be. */
export function choosePcpFrames(
  frames: FrameMap,
  blocks: BlockMap,
  zone: { readonly start: number; readonly spanned: number },
  wanted: number,
): number[] {
  const found: { pfn: number; rank: number; below: number }[] = [];
  let below = FAR;
  for (let pfn = zone.start + zone.spanned - 1; pfn >= zone.start; pfn--) {
    const kind = frames.kind(pfn);
    if (kind === FrameUse.FREE) below = 0;
    else if (kind !== FrameUse.PLAIN) below = FAR;
    else {
      below = Math.min(FAR, below + 1);
      const type = blocks.typeOf(pfn);
      if (type <= Migratetype.RECLAIMABLE || type === Migratetype.CMA)
        found.push({ pfn, rank: rankOf(type), below });
    }
  }
  found.sort((a, b) => a.rank - b.rank || a.below - b.below || b.pfn - a.pfn);
  return found
    .slice(0, wanted)
    .map(({ pfn }) => pfn)
    .sort((a, b) => a - b);
}
