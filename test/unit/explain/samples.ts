// Knows: one pure sample of each text format, after files of real kernels.
// Must not know: the importers.

export const SAMPLES: Readonly<Record<string, string>> = {
  dmesg:
    "[   13.250961] cma: cma_alloc: alloc failed, req-size: 256 pages, ret: -12\n[   13.251052] cma: number of available pages: 4@572+7@585=> 11 free of 2048 total pages\n[   14.000000] alloc_contig_range: [2f100, 2f20a) PFNs busy\n",
  ftrace:
    "# tracer: nop\n     dio-117     [000] .....     5.207199: cma_alloc_start: name=reserved count=13107 align=8\n     dio-117     [000] .....     5.290476: test_pages_isolated: start_pfn=0x19800 end_pfn=0x1cb33 fin_pfn=0x1a832 ret=fail\n",
  page_owner:
    "Page allocated via order 0, mask 0x1100cca(GFP_HIGHUSER_MOVABLE), pid 62760, ts 119274296592 ns, free_ts 118989764823 ns\nPFN 1273412 type Movable Block 2487 type Movable Flags 0x17ffffc00c001c(uptodate|dirty|lru)\n post_alloc_hook+0x77/0xf0\n",
  pagetypeinfo:
    "Page block order: 9\nPages per block:  512\n\nFree pages count per migrate type at order       0      1      2      3      4      5      6      7      8      9     10\nNode    0, zone    DMA32, type          CMA      0      0      0      0      0      0      0      0      0      0     16\n\nNumber of blocks type     Unmovable      Movable  Reclaimable   HighAtomic          CMA      Isolate\nNode 0, zone    DMA32           48          422            2            0           32            0\n",
  buddyinfo:
    "Node 0, zone      DMA      0      0      0      0      0      0      0      0      1      1      3\nNode 0, zone    DMA32      1      3      2      3      2      3      0      1      2      2    207\n",
  zoneinfo:
    "Node 0, zone    DMA32\n  per-node stats\n      nr_inactive_anon 735\n      nr_foll_pin_acquired 0\n  pages free     82295\n        boost    0\n        min      653\n        low      816\n        managed  111572\n      nr_free_pages 82295\n      nr_free_cma  16384\n  pagesets\n    cpu: 0\n              count: 1987\n              high:  13836\n",
  vmstat:
    "nr_free_pages 86135\nnr_zone_inactive_anon 735\nnr_free_cma 16384\nnr_foll_pin_acquired 0\npgmigrate_success 0\ncma_alloc_fail 8\n",
  meminfo:
    "MemTotal:         461648 kB\nMemFree:          349384 kB\nHugePages_Total:       0\nCmaTotal:          65536 kB\nCmaFree:           65532 kB\n",
  holders:
    "Dma-buf Objects:\nsize    \tflags   \tmode    \tcount   \texp_name\tino     \n24883200\t00000002\t00080007\t00000002\tcma\t00000416\t\n[drm] num bos allocated: 64\n[drm] size bos allocated: 62328kb\n",
  cma: "/sys/kernel/debug/cma/linux,cma/count:256\n/sys/kernel/debug/cma/linux,cma/bitmap:4294967295 0 0 65535 0 1 2 3\n/sys/kernel/mm/cma/linux,cma/alloc_pages_fail:12\n",
  devicetree:
    'reserved-memory {\n  #size-cells = <1>;\n  linux,cma {\n    compatible = "shared-dma-pool";\n    size = <0x4000000>;\n  };\n};\n',
  firmware:
    "[all]\ndtoverlay=vc4-kms-v3d,cma-256\nconsole=serial0,115200 root=PARTUUID=1-02 rootwait cma=256M\n",
  page_pinner:
    "Page pinned for 310023 us\nPFN 0x9bb65 Block 1245 type CMA count 3 mapcount 1 mapping 00000000a1b2c3d4 Flags 0x14(uptodate|lru)\n unpin_user_pages+0x40/0x80\n",
  pbcap: "pbcap 1\npage_size 4096\nuid 0\nskipped /proc/kpageflags\n",
};
