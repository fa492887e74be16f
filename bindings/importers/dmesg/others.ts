// Knows: the lines of allocations that fail outside CMA: the buddy allocator, vmalloc, slab, swiotlb, fixed pools.
// Must not know: whether one of them followed a failure of CMA, what they prove.
//
// Models: warn_alloc() of mm/page_alloc.c (`comm: page allocation failure: order:4, mode:0x40cc0(GFP_KERNEL|...)`), vmalloc's
// own lines, slab_out_of_memory() of mm/slub.c, swiotlb_map() of kernel/dma/swiotlb.c, the atomic pool of kernel/dma/pool.c.

import { MOST, type OtherFailureFact, type Place } from "../facts.js";
import type { ReaderContext } from "../importer.js";
import { numberAfter, timeOf } from "../text.js";

type Kind = OtherFailureFact["kind"];

/** What a line of each kind contains; a contributor adds a row. */
const ROWS: readonly { readonly kind: Kind; readonly words: RegExp }[] = [
  { kind: "buddy", words: /page allocation failure[.:]/ },
  // vmap's own numbers are not CMA's.
  {
    kind: "vmalloc",
    words: /vmalloc: allocation failure|vmalloc error: size|vmap allocation for size \d{1,16} failed/,
  },
  { kind: "slab", words: /SLUB: Unable to allocate memory on node|slab: Unable to allocate memory/i },
  { kind: "swiotlb", words: /swiotlb buffer is full|Out of SW-IOMMU space|swiotlb: No low mem/i },
  {
    kind: "kernel-limit",
    words:
      /atomic (?:DMA )?coherent pool is too small|DMA: failed to allocate \d{1,9} KiB .{0,40}pool for atomic/i,
  },
];

const STEMS = /allocation f|able to alloc|swiotlb|SW-IOMMU|oherent pool|vmalloc|for atomic/;

/** True when the line tells of such a failure. */
export function readOther({ facts }: ReaderContext, text: string, place: Place): boolean {
  if (!STEMS.test(text)) return false;
  const short = text.length > 600 ? text.slice(0, 600) : text;
  const row = ROWS.find(({ words }) => words.test(short));
  if (row === undefined) return false;
  const gfp = /mode:\s{0,2}(0x[0-9a-f]{1,12}(?:\([^)]{0,160}\))?)/i.exec(short)?.[1] ?? "";
  if (facts.others.length < MOST) {
    facts.others.push({
      place,
      time: timeOf(text),
      kind: row.kind,
      order: numberAfter(short, "order:"),
      gfp: /\(([^)]{1,160})\)/.exec(gfp)?.[1] ?? gfp,
      text: short.trim().slice(0, 160),
    });
  }
  return true;
}
