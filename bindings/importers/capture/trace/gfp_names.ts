// Knows: the names that kernels print for allocation flags, and their bits, for 6.1 and 6.12.
// Must not know: what a flag does.
//
// Facts from include/linux/gfp_types.h and include/trace/events/mmflags.h of Debian's linux-source-6.1 (6.1.192)
// and linux-source-6.12 (6.12.117). The kernel prints the largest names first, joined by "|", and bits without a
// name in hexadecimal; no flag at all is "none".

import { Gfp } from "../../../../assembly/abi/vocabulary.js";
import { parseInteger } from "../numbers.js";

/**
 * Kernels that share one meaning of the names. Between them __GFP_ATOMIC (0x200) went away, taking its bit
 * out of GFP_ATOMIC, and GFP_NOWAIT gained __GFP_NOWARN.
 */
export type GfpEra = "6.1" | "6.12";

/** Masks by symbolic name, in this package's bits. */
export type GfpNames = ReadonlyMap<string, number>;

const RECLAIM = Gfp.DIRECT_RECLAIM | Gfp.KSWAPD_RECLAIM;
const KERNEL = RECLAIM | Gfp.IO | Gfp.FS;
const USER = KERNEL | Gfp.HARDWALL;
const HIGHUSER = USER | Gfp.HIGHMEM;
const HIGHUSER_MOVABLE = HIGHUSER | Gfp.MOVABLE;
const TRANSHUGE_LIGHT = (HIGHUSER_MOVABLE | Gfp.COMP | Gfp.NOMEMALLOC | Gfp.NOWARN) & ~RECLAIM;

/** Equal in both eras. */
const COMMON: readonly (readonly [string, number])[] = [
  ["none", 0],
  ["__GFP_DMA", Gfp.DMA],
  ["__GFP_HIGHMEM", Gfp.HIGHMEM],
  ["__GFP_DMA32", Gfp.DMA32],
  ["__GFP_MOVABLE", Gfp.MOVABLE],
  ["__GFP_RECLAIMABLE", Gfp.RECLAIMABLE],
  ["__GFP_HIGH", Gfp.HIGH],
  ["__GFP_IO", Gfp.IO],
  ["__GFP_FS", Gfp.FS],
  ["__GFP_ZERO", Gfp.ZERO],
  ["__GFP_DIRECT_RECLAIM", Gfp.DIRECT_RECLAIM],
  ["__GFP_KSWAPD_RECLAIM", Gfp.KSWAPD_RECLAIM],
  ["__GFP_RECLAIM", RECLAIM],
  ["__GFP_WRITE", Gfp.WRITE],
  ["__GFP_NOWARN", Gfp.NOWARN],
  ["__GFP_RETRY_MAYFAIL", Gfp.RETRY_MAYFAIL],
  ["__GFP_NOFAIL", Gfp.NOFAIL],
  ["__GFP_NORETRY", Gfp.NORETRY],
  ["__GFP_MEMALLOC", Gfp.MEMALLOC],
  ["__GFP_COMP", Gfp.COMP],
  ["__GFP_NOMEMALLOC", Gfp.NOMEMALLOC],
  ["__GFP_HARDWALL", Gfp.HARDWALL],
  ["__GFP_THISNODE", Gfp.THISNODE],
  ["__GFP_ACCOUNT", Gfp.ACCOUNT],
  ["__GFP_ZEROTAGS", 0x80_0000],
  // Only with CONFIG_KASAN_HW_TAGS, which also adds the SKIP_KASAN bits to GFP_HIGHUSER_MOVABLE unseen.
  ["__GFP_SKIP_ZERO", 0x100_0000],
  ["GFP_KERNEL", KERNEL],
  ["GFP_KERNEL_ACCOUNT", KERNEL | Gfp.ACCOUNT],
  ["GFP_NOIO", RECLAIM],
  ["GFP_NOFS", RECLAIM | Gfp.IO],
  ["GFP_USER", USER],
  ["GFP_DMA", Gfp.DMA],
  ["GFP_DMA32", Gfp.DMA32],
  ["GFP_HIGHUSER", HIGHUSER],
  ["GFP_HIGHUSER_MOVABLE", HIGHUSER_MOVABLE],
  ["GFP_TRANSHUGE_LIGHT", TRANSHUGE_LIGHT],
  ["GFP_TRANSHUGE", TRANSHUGE_LIGHT | Gfp.DIRECT_RECLAIM],
];

/** Symbolic names and the masks they stand for, by era. */
export const GFP_NAMES: Readonly<Record<GfpEra, GfpNames>> = {
  "6.1": new Map([
    ...COMMON,
    ["__GFP_ATOMIC", Gfp.ATOMIC],
    ["__GFP_SKIP_KASAN_UNPOISON", 0x200_0000],
    ["__GFP_SKIP_KASAN_POISON", 0x400_0000],
    ["GFP_ATOMIC", Gfp.HIGH | Gfp.ATOMIC | Gfp.KSWAPD_RECLAIM],
    ["GFP_NOWAIT", Gfp.KSWAPD_RECLAIM],
  ]),
  "6.12": new Map([
    ...COMMON,
    ["__GFP_SKIP_KASAN", 0x200_0000],
    ["GFP_ATOMIC", Gfp.HIGH | Gfp.KSWAPD_RECLAIM],
    ["GFP_NOWAIT", Gfp.KSWAPD_RECLAIM | Gfp.NOWARN],
  ]),
};

/** `GFP_KERNEL|__GFP_ZERO`, `0xdc0`, `GFP_KERNEL|0x1000000`: the mask; NaN when a name is unknown. */
export function parseGfp(text: string, names: GfpNames): number {
  let mask = 0;
  for (const part of text.split("|")) {
    const bits = names.get(part) ?? parseInteger(part);
    if (Number.isNaN(bits)) {
      return Number.NaN;
    }
    mask |= bits;
  }
  return mask >>> 0;
}
