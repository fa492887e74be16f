// Knows: the named combinations of allocation flags that kernel code asks with, as masks of Gfp bits.
// Must not know: what the allocator does with a bit, how masks are written in a trace (importers/capture/trace/gfp_names).
// Facts from include/linux/gfp_types.h, Linux 6.12. Where 6.1 differs the entry says so; the SKIP_KASAN bits that
// GFP_HIGHUSER_MOVABLE carries on kernels with hardware tags decide nothing here and are left out.

import { Gfp } from "../../assembly/abi/vocabulary.js";

/** May reclaim directly, and may wake kswapd. */
export const __GFP_RECLAIM: number = Gfp.DIRECT_RECLAIM | Gfp.KSWAPD_RECLAIM;

/** Kernel memory of a caller that may sleep: slabs, page tables. UNMOVABLE. */
export const GFP_KERNEL: number = __GFP_RECLAIM | Gfp.IO | Gfp.FS;

/** GFP_KERNEL charged to a memory cgroup; the same to the page allocator. */
export const GFP_KERNEL_ACCOUNT: number = GFP_KERNEL | Gfp.ACCOUNT;

/** A caller that cannot sleep: interrupts, network receive. Reaches below the min watermark. 6.1 adds Gfp.ATOMIC. */
export const GFP_ATOMIC: number = Gfp.HIGH | Gfp.KSWAPD_RECLAIM;

/** A caller that will not sleep and has a fallback. No reserve. 6.1 is without NOWARN. */
export const GFP_NOWAIT: number = Gfp.KSWAPD_RECLAIM | Gfp.NOWARN;

/** Reclaim without starting I/O: the block layer. */
export const GFP_NOIO: number = __GFP_RECLAIM;

/** Reclaim without entering a file system: file systems themselves. */
export const GFP_NOFS: number = __GFP_RECLAIM | Gfp.IO;

/** Memory for user space that the kernel or a device reaches directly. UNMOVABLE. */
export const GFP_USER: number = GFP_KERNEL | Gfp.HARDWALL;

/** User memory that the kernel need not address all the time, but that cannot move. */
export const GFP_HIGHUSER: number = GFP_USER | Gfp.HIGHMEM;

/** Anonymous and page-cache memory: the common user page. MOVABLE, may come from CMA and ZONE_MOVABLE. */
export const GFP_HIGHUSER_MOVABLE: number = GFP_HIGHUSER | Gfp.MOVABLE;

/** A transparent huge page at a page fault: compound, no reclaim at all, fails at once. */
export const GFP_TRANSHUGE_LIGHT: number =
  (GFP_HIGHUSER_MOVABLE | Gfp.COMP | Gfp.NOMEMALLOC | Gfp.NOWARN) & ~__GFP_RECLAIM;

/** A transparent huge page of khugepaged, or with defrag=always: may reclaim and compact. */
export const GFP_TRANSHUGE: number = GFP_TRANSHUGE_LIGHT | Gfp.DIRECT_RECLAIM;

/** Only from the lowest zone; the kernel wants GFP_KERNEL | GFP_DMA. */
export const GFP_DMA: number = Gfp.DMA;

/** Only from below 4 GiB. */
export const GFP_DMA32: number = Gfp.DMA32;

/** The table by name, for loops and command lines. */
export const gfpMasks = {
  GFP_KERNEL,
  GFP_KERNEL_ACCOUNT,
  GFP_ATOMIC,
  GFP_NOWAIT,
  GFP_NOIO,
  GFP_NOFS,
  GFP_USER,
  GFP_HIGHUSER,
  GFP_HIGHUSER_MOVABLE,
  GFP_TRANSHUGE_LIGHT,
  GFP_TRANSHUGE,
  GFP_DMA,
  GFP_DMA32,
} as const satisfies Readonly<Record<string, number>>;

/** A name of gfpMasks. */
export type GfpName = keyof typeof gfpMasks;
