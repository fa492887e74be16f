// Knows: the names of the verdicts, what each advises and which command decides between those that are left.
// Must not know: how a verdict is reached.
//
// LATENCY is not a name of its own: a request that met busy windows and succeeded is BENIGN, its delay is in the evidence.

/** Every cause that explain can name. */
export const VERDICTS = [
  "BENIGN",
  "IMPOSSIBLE",
  "RESERVATION-SHRANK",
  "EXHAUSTED",
  "FRAGMENTED",
  "ALIGNMENT",
  "ISOLATION-COLLISION",
  "PINNED-LONG",
  "PINNED-ROLLING",
  "PINNED",
  "UNMOVABLE-IN-CMA",
  "NO-MIGRATION-TARGET",
  "KILLED",
  "UNDECIDED",
] as const;

/** A word of VERDICTS. */
export type Verdict = (typeof VERDICTS)[number];

/** Prints every file of every area, sizes and bitmaps, in a form that explain reads. */
export const AREA_COMMAND = "sudo grep -r . /sys/kernel/debug/cma/";
export const TRACE_COMMAND =
  "sudo trace-cmd record -e cma -e page_isolation -e migrate:mm_migrate_pages -e kmem:mm_alloc_contig_migrate_range_info; trace-cmd report";
export const LOG_COMMAND = "sudo dmesg | grep -iE 'cma|PFNs busy|migrating pfn|Linux version|alloc failed'";
export const OWNER_COMMAND = "sudo grep -B1 -A8 'type CMA' /sys/kernel/debug/page_owner";
export const ZONE_COMMAND = "cat /proc/zoneinfo /proc/meminfo /proc/buddyinfo";
export const RESERVATION_COMMAND =
  "dmesg | grep -iE 'cma|reserved mem'; grep Cma /proc/meminfo; cat /proc/cmdline";
export const COUNTER_COMMAND =
  "grep -E 'cma_alloc|foll_pin|pgmigrate' /proc/vmstat; grep -r . /sys/kernel/mm/cma/";

const MORE_ROOM = "enlarge the area (`pageblock size --from-log` tells by how much)";

export const REMEDIES: Readonly<Record<Verdict, readonly string[]>> = {
  BENIGN: ["nothing: the request was served in the end; only its delay may matter"],
  IMPOSSIBLE: [
    `${MORE_ROOM}: no state of memory can serve this request`,
    "ask for less, or for scattered pages through an IOMMU: then no contiguous area is needed",
  ],
  "RESERVATION-SHRANK": [
    "move the reservation to an address range with room (`alloc-ranges`, `size`, or `cma=SIZE@START-END`): the kernel could not place what was asked",
    "check that no other reserved-memory node overlaps it, and that the size is below half of the first memory bank",
  ],
  EXHAUSTED: [
    "find who holds the area (`/sys/kernel/debug/dma_buf/bufinfo`, the driver's own list): a leak needs a fix, not room",
    `${MORE_ROOM}: the buffers in use and this one do not fit together`,
  ],
  FRAGMENTED: [
    "allocate large buffers first (at boot or at the start of the pipeline): small ones then fill the rest",
    "give small and large users areas of their own (`memory-region` in the device tree): they no longer cut each other's space",
    `${MORE_ROOM}: a run of count + 2^align - 1 pages must stay free`,
  ],
  ALIGNMENT: [
    "lower CONFIG_CMA_ALIGNMENT to the largest alignment that fits (see fits): the request is not aligned above it",
    "round buffer sizes to the alignment, or pack several into one request: the gaps between them become usable",
    `${MORE_ROOM}: count + 2^align - 1 free pages in one run hold an aligned window wherever it begins`,
  ],
  "ISOLATION-COLLISION": [
    "retry after a few milliseconds in the driver: the other caller is gone by then",
    "serialize callers of the same area (kernels with a mutex per area, or 5.10's cma_mutex): two of them cannot isolate one pageblock",
    "give the callers areas of their own: they no longer share pageblocks",
  ],
  "PINNED-LONG": [
    "unpin or move the page: its owner holds it across all attempts; pin with FOLL_LONGTERM, which moves pages out of CMA first",
    "keep such users out of CMA (allocate without __GFP_MOVABLE, or with memalloc_pin_save)",
  ],
  "PINNED-ROLLING": [
    "keep the pages of direct I/O out of CMA (do not let movable fallback into CMA serve them): each pin is short, but the next one is there at once",
    "shorten the I/O in flight (fewer readers, smaller vectors) while the large request runs",
    "retry over a longer time: this helps small windows, hardly large ones (chance exp(-pins * window / area))",
  ],
  PINNED: [
    "find who pins: a trace of the next failure names the frame (see the next command)",
    "keep direct I/O and pinning drivers out of CMA: a pinned page cannot be moved",
  ],
  "UNMOVABLE-IN-CMA": [
    "fix the owner of the page: it must not allocate with __GFP_MOVABLE (or __GFP_CMA) what cannot be moved",
    "free it from user space, if it is a cache or a mapping of your own",
  ],
  "NO-MIGRATION-TARGET": [
    "leave more free memory outside CMA (raise vm.min_free_kbytes, shrink the area, add swap or zram): guests of the area must have somewhere to go",
    "allocate earlier, before memory is full, or free page cache first (echo 1 > /proc/sys/vm/drop_caches shows whether that is it)",
  ],
  KILLED: [
    "nothing in CMA: the calling process received a fatal signal while it waited; look for who sent it",
  ],
  UNDECIDED: ["run the next command and explain its output together with this log"],
};

export function commandFor(verdict: Verdict): string {
  switch (verdict) {
    case "BENIGN":
      return COUNTER_COMMAND;
    case "RESERVATION-SHRANK":
      return RESERVATION_COMMAND;
    case "EXHAUSTED":
      return "sudo cat /sys/kernel/debug/dma_buf/bufinfo";
    case "PINNED-LONG":
    case "UNMOVABLE-IN-CMA":
      return OWNER_COMMAND;
    case "PINNED":
    case "PINNED-ROLLING":
    case "ISOLATION-COLLISION":
      return TRACE_COMMAND;
    case "NO-MIGRATION-TARGET":
      return ZONE_COMMAND;
    case "KILLED":
      return "sudo dmesg | grep -iE 'killed process|oom|signal'";
    default:
      return AREA_COMMAND;
  }
}
