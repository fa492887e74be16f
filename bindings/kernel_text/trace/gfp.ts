// Knows: how a kernel prints a mask of allocation flags: names in its own order, each that is wholly in what is left of
// the mask, joined by "|"; the rest in hexadecimal. Must not know: what a flag does. The bits are those that the importer reads.

import { GFP_NAMES, type GfpEra } from "../../importers/capture/trace/gfp_names.js";

/** The kernel's order: whole masks from the largest on, then single flags. Equal in 6.1 and 6.12 but for their own names. */
const ORDER = [
  ...["GFP_TRANSHUGE", "GFP_TRANSHUGE_LIGHT", "GFP_HIGHUSER_MOVABLE", "GFP_HIGHUSER", "GFP_USER"],
  ...["GFP_KERNEL_ACCOUNT", "GFP_KERNEL", "GFP_NOFS", "GFP_ATOMIC", "GFP_NOIO", "GFP_NOWAIT"],
  ...["GFP_DMA", "__GFP_HIGHMEM", "GFP_DMA32", "__GFP_HIGH", "__GFP_ATOMIC", "__GFP_IO", "__GFP_FS"],
  ...["__GFP_NOWARN", "__GFP_RETRY_MAYFAIL", "__GFP_NOFAIL", "__GFP_NORETRY", "__GFP_COMP", "__GFP_ZERO"],
  ...["__GFP_NOMEMALLOC", "__GFP_MEMALLOC", "__GFP_HARDWALL", "__GFP_THISNODE", "__GFP_RECLAIMABLE"],
  ...["__GFP_MOVABLE", "__GFP_ACCOUNT", "__GFP_WRITE", "__GFP_RECLAIM", "__GFP_DIRECT_RECLAIM"],
  ...["__GFP_KSWAPD_RECLAIM", "__GFP_ZEROTAGS"],
];

/** `GFP_KERNEL|__GFP_ZERO` */
export function gfpText(mask: number, era: GfpEra): string {
  if (mask === 0) return "none";
  let left = mask;
  const parts: string[] = [];
  for (const name of ORDER) {
    const bits = GFP_NAMES[era].get(name);
    if (bits === undefined || (left & bits) !== bits) continue;
    parts.push(name);
    left &= ~bits;
  }
  if (left !== 0) parts.push(`0x${(left >>> 0).toString(16)}`);
  return parts.join("|");
}
