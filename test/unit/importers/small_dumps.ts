// Knows: the smallest dumps that have everything, of a 6.12 and of a 6.1 kernel, and how to damage them.
// Must not know: how they are read.

/** Two zones, 2 CPUs, pageblocks of 4 pages, orders 0..3; sound. */
export const DUMP_6_12 = `LABDUMP v1 seq=3 tag=op17 ts_ns=2615573100 release=6.12.117-lab online_cpus=2 this_cpu=1
const page_shift=12 max_page_order=3 pageblock_order=2 migrate_types=6 pcptypes=3 nr_pcp_lists=14 nr_loworder_pcp_lists=12 pcp_batch_scale_max=5 max_nr_zones=4 costly_order=3 cma_min_align_pages=4
sys totalram_pages=40 watermark_boost_factor=15000 page_group_by_mobility_disabled=0 kswapd_order=0
cpu 0
cpu 1
zone 1 DMA32 start=16 spanned=32 present=30 managed=29 cma_pages=8
wmark min=1 low=2 high=3 promo=4 boost=1 percpu_drift_mark=9
lowmem_reserve: 0 0 5 5
flags 0x5 boosted=1 reclaim_active=0 below_high=1
counters nr_reserved_highatomic=4 nr_free_highatomic=2 nr_isolate_pageblock=1 free_pages=14 free_cma=9
compact cached_free=44 considered=0
pageset_defaults high_min=3 high_max=7 batch=1
pcpstat 0 threshold=4 diff_free=2 diff_cma=0
pcp 0 count=4 high=5 high_min=3 high_max=7 batch=1 flags=2 alloc_factor=1 free_count=6
pcplist 0 0: 26 27
pcplist 0 3: 28
pcpstat 1 threshold=4 diff_free=-1 diff_cma=-1
pcp 1 count=1 high=0 high_min=3 high_max=7 batch=1 flags=0 alloc_factor=0 free_count=0
pcplist 1 1: 33
nr_free 0 1
free 0 0: 25
nr_free 1 2
free 1 3: 22
free 1 5: 36
nr_free 2 1
free 2 1: 16
nr_free 3 1
free 3 4: 40
pageblocks 16:13001544
skipbits:01000000
lrurle: R24+1 L32+1 M34+2
zone 2 Normal start=1048576 spanned=8 present=8 managed=8 cma_pages=0
wmark min=1 low=2 high=3 promo=4 boost=0 percpu_drift_mark=0
lowmem_reserve: 0 0 0 0
flags 0x0 boosted=0 reclaim_active=0 below_high=0
counters nr_reserved_highatomic=0 nr_free_highatomic=0 nr_isolate_pageblock=0 free_pages=0 free_cma=0
compact cached_free=0
pageset_defaults high_min=3 high_max=7 batch=1
pcpstat 0 threshold=4 diff_free=0 diff_cma=0
pcp 0 count=0 high=0 high_min=3 high_max=7 batch=1 flags=0 alloc_factor=0 free_count=0
pcpstat 1 threshold=4 diff_free=0 diff_cma=0
pcp 1 count=0 high=0 high_min=3 high_max=7 batch=1 flags=0 alloc_factor=0 free_count=0
nr_free 0 0
nr_free 1 0
nr_free 2 0
nr_free 3 0
pageblocks 1048576:1-
skipbits:00
lrurle:
cma 0 linux,cma base_pfn=40 count=8 order_per_bit=1 bitmap_bits=4
cmabits set: 0+1 2+2
ENDDUMP ovf=0
`;

/** One zone, 1 CPU, cached types, a list that differs from its pageblock; sound. */
export const DUMP_6_1 = `LABDUMP v1 seq=0 tag=before ts_ns=5 release=6.1.192-lab online_cpus=1 this_cpu=0
const page_shift=12 max_page_order=3 pageblock_order=3 migrate_types=6 pcptypes=3 nr_pcp_lists=14 nr_loworder_pcp_lists=12 pcp_batch_scale_max=5 max_nr_zones=4 costly_order=3
sys watermark_boost_factor=15000 page_group_by_mobility_disabled=0
cpu 0
zone 0 DMA start=1 spanned=31 present=31 managed=31 cma_pages=0
wmark min=1 low=2 high=3 promo=4 boost=0 percpu_drift_mark=0
lowmem_reserve: 0 0 0 0
flags 0x0 boosted=0 reclaim_active=0
counters nr_reserved_highatomic=0 nr_isolate_pageblock=0 free_pages=2 free_cma=0
compact cached_free=0
pageset_defaults high=3 batch=1
pcpstat 0 threshold=4 diff_free=0 diff_cma=0
pcp 0 count=10 high=12 batch=1 free_factor=2
pcplist 0 0: 9 10
pcpmt 0 0: 02
pcplist 0 13: 16
pcpmt 0 13: 1
nr_free 0 0
nr_free 1 1
free 1 2: 4
nr_free 2 0
nr_free 3 0
pageblocks 0:0011
skipbits:0000
lrurle: R1+3
ENDDUMP ovf=0
`;

/** The dump with one piece replaced; the piece must be there. */
export function damage(dump: string, piece: string | RegExp, replacement: string): string {
  const damaged = dump.replace(piece, replacement);
  if (damaged === dump) {
    throw new Error(`the dump does not contain ${String(piece)}`);
  }
  return damaged;
}

/** The number of the first line that begins with `start`, counted from 1. */
export function lineOf(dump: string, start: string): number {
  return dump.split("\n").findIndex((line) => line.startsWith(start)) + 1;
}
