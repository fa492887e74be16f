// Knows: which facts a verdict is drawn from: what the logs and files of one moment say, whoever read them.
// Must not know: formats, files, importers. The importers' Facts satisfy this shape; the compiler checks it where they meet.

/** Where a fact was read. */
export interface Where {
  /** Name of the file. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/** Free runs as the kernel prints them at a failure. */
export interface PrintedRuns {
  /** Where they were read. */
  readonly place: Where;
  /** `size@at`: size in pages (bits before 2019), at in bits, of which range. */
  readonly entries: readonly { readonly size: number; readonly at: number; readonly range: number }[];
  /** Free pages that the line sums up; null: it is cut before. */
  readonly free: number | null;
  /** Pages of the area that the line names; null: it is cut before. */
  readonly total: number | null;
  /** Something of the list is missing. */
  readonly cut: boolean;
  /** The list names ranges (6.15+). */
  readonly hasRanges: boolean;
  /** Sizes alone were printed: where the runs begin is not known. */
  readonly unplaced: boolean;
}

/** Frames that alloc_contig_range found busy. */
export interface Window {
  /** First frame. */
  readonly start: number;
  /** One past the last frame. */
  readonly end: number;
  /** Seconds since boot; null: not told. */
  readonly time: number | null;
  /** Where it was read. */
  readonly place: Where;
  /** The wording of 3.5 to 4.0, when no line said that a request had failed. */
  readonly isOld?: boolean;
}

/** A request that failed, as a log or a trace tells it. null: it does not say. */
export interface FailedRequest {
  /** Where it was read. */
  readonly place: Where;
  /** Seconds since boot. */
  readonly time: number | null;
  /** Who says so: the allocator, a driver, a program, a trace. */
  readonly form: "cma" | "driver" | "user" | "trace";
  /** "cma_alloc", "__cma_alloc", or what a driver said. */
  readonly source: string;
  /** The driver or program that speaks; null: the allocator does. */
  readonly who: string | null;
  /** Bytes asked for, where no pages are told; null: not told. */
  readonly bytes: number | null;
  /** Name of the area. */
  readonly area: string | null;
  /** Pages asked for. */
  readonly pages: number | null;
  /** Negative errno. */
  readonly errno: number | null;
  /** Order of the alignment. */
  readonly align: number | null;
  /** Free runs that the kernel printed with it. */
  readonly list: PrintedRuns | null;
  /** Windows that alloc_contig_range found busy for it. */
  readonly busy: readonly Window[];
  /** What a later line says of going on without CMA. */
  readonly fallback: string | null;
  /** Frames that blocked, with the number of windows that each blocked. */
  readonly culprits: ReadonlyMap<number, number>;
  /** Windows tried, where a trace tells. */
  readonly tries: number | null;
  /** Other requests in flight in the same area at the same time. */
  readonly rivals: number;
  /** Pages whose migration failed, where a trace tells. */
  readonly migrateFailed: number;
}

/** An area as debugfs and sysfs show it. null: no file says. */
export interface AreaFacts {
  /** Name of the area. */
  readonly name: string;
  /** Where it was read. */
  readonly place: Where;
  /** Pages. */
  readonly count: number | null;
  /** Pages given out. */
  readonly used: number | null;
  /** Pages of the longest free run. */
  readonly maxchunk: number | null;
  /** Pages per bit as a power of two. */
  readonly orderPerBit: number | null;
  /** First frame and bitmap of each range; bitmaps as 32-bit words, 1 = given out. */
  readonly ranges: readonly { readonly basePfn: number | null; readonly bitmap: Uint32Array | null }[];
  /** alloc_pages_success of sysfs. */
  readonly succeeded: number | null;
  /** alloc_pages_fail of sysfs. */
  readonly failed: number | null;
}

/** Counters of one moment. */
export interface CounterSnapshot {
  /** Where they were read. */
  readonly place: Where;
  /** By the kernel's names; kB or pages as the kernel prints them. */
  readonly values: ReadonlyMap<string, number>;
}

/** A node below reserved-memory of a device tree's source; cells as written. */
export interface ReservedArea {
  /** Where it was read. */
  readonly place: Where;
  /** Name of the node. */
  readonly name: string;
  /** Its `compatible`; null: absent. */
  readonly compatible: string | null;
  /** Its `status`; null: absent. */
  readonly status: string | null;
  /** It has `reusable`. */
  readonly reusable: boolean;
  /** It has `no-map`. */
  readonly noMap: boolean;
  /** It has `linux,cma-default`. */
  readonly cmaDefault: boolean;
  /** Cells of `size`; null: absent, null inside: no number. */
  readonly size: readonly (number | null)[] | null;
  /** Cells of `alignment`, likewise. */
  readonly alignment: readonly (number | null)[] | null;
  /** Cells of `reg`, likewise. */
  readonly reg: readonly (number | null)[] | null;
  /** Cells of `alloc-ranges`, likewise. */
  readonly allocRanges: readonly (number | null)[] | null;
  /** #address-cells of reserved-memory; null: the source does not show it. */
  readonly addressCells: number | null;
  /** #size-cells of reserved-memory. */
  readonly sizeCells: number | null;
  /** #address-cells of the root. */
  readonly rootAddressCells: number | null;
  /** #size-cells of the root. */
  readonly rootSizeCells: number | null;
  /** Has reserved-memory a `ranges`? null: it is not shown whole. */
  readonly hasRanges: boolean | null;
}

/** Everything known of one moment (or of before and after one failure). */
export interface Picture {
  /** Version of the kernel; null: no file says. */
  readonly kernel: string | null;
  /** Bytes, where a file says it. */
  readonly pageSize?: number | null;
  /** order_per_bit that a line of the log names; null: none does. */
  readonly orderPerBitHint: number | null;
  /** Requests that failed. */
  readonly failures: readonly FailedRequest[];
  /** Requests that were seen, whatever became of them. */
  readonly requests: readonly {
    readonly place: Where;
    readonly area: string | null;
    readonly pages: number;
    readonly align: number;
    readonly available: number | null;
    readonly total: number | null;
  }[];
  /** Every list of free runs that was printed. */
  readonly lists: readonly PrintedRuns[];
  /** Windows found busy, the first of them. */
  readonly busy: readonly Window[];
  /** How many windows were found busy. */
  readonly busyCount: number;
  /** Requests that a trace shows to have succeeded. */
  readonly succeeded: number;
  /** Those of them that met busy windows. */
  readonly delayed: number;
  /** Pages whose migration failed. */
  readonly migrations: readonly {
    readonly place: Where;
    readonly pfn: number;
    readonly ret: number | null;
    readonly order: number;
    readonly refcount: number | null;
    readonly mapcount: number | null;
    readonly operations: string | null;
    readonly flags: string;
    readonly owner: string | null;
    readonly stack: string;
  }[];
  /** Areas asked for and made at boot. */
  readonly reservations: readonly {
    readonly place: Where;
    readonly kind: "reserved" | "failed" | "cmdline" | "bypassed";
    readonly bytes: number | null;
    readonly address: number | null;
    readonly name: string | null;
    readonly reason: string | null;
  }[];
  /** Sums of all areas that the kernel printed. */
  readonly cmaTotals: readonly {
    readonly place: Where;
    readonly bytes: number | null;
    readonly pages: number | null;
  }[];
  /** Allocations that failed outside CMA. */
  readonly others: readonly {
    readonly place: Where;
    readonly time: number | null;
    readonly kind: "buddy" | "vmalloc" | "slab" | "swiotlb" | "kernel-limit";
    readonly order: number | null;
    readonly gfp: string;
    readonly text: string;
  }[];
  /** Who holds contiguous memory, by lists of exporters and drivers. */
  readonly holders: readonly {
    readonly place: Where;
    readonly source: string;
    readonly who: string;
    readonly count: number | null;
    readonly bytes: number;
  }[];
  /** Lines that name CMA and that no row understands. */
  readonly mentions: readonly { readonly place: Where; readonly text: string }[];
  /** The platform that the files come from, where one says so; null: none does. */
  readonly platform: string | null;
  /** Nodes below reserved-memory. */
  readonly trees?: readonly ReservedArea[];
  /** What a configuration file asks for. */
  readonly wishes?: readonly {
    readonly place: Where;
    readonly bytes: number;
    readonly text: string;
    readonly section: string;
  }[];
  /** Zones of zoneinfo or of an out-of-memory report. */
  readonly zones: readonly {
    readonly zone: string;
    readonly unit: "pages" | "kB";
    readonly free: number | null;
    readonly min: number | null;
    readonly low: number | null;
    readonly freeCma: number | null;
    readonly managed: number | null;
  }[];
  /** Areas as debugfs and sysfs show them. */
  readonly areas: readonly AreaFacts[];
  /** /proc/meminfo, each time that it was found. */
  readonly meminfo: readonly CounterSnapshot[];
  /** /proc/vmstat, each time that it was found. */
  readonly vmstat: readonly CounterSnapshot[];
  /** /proc/pagetypeinfo, each time that it was found. */
  readonly pagetypes: readonly {
    readonly place: Where;
    readonly pageblockOrder: number | null;
    readonly rows: readonly {
      readonly zone: string;
      readonly type: string;
      readonly counts: readonly number[];
    }[];
    readonly blocks: readonly {
      readonly zone: string;
      readonly types: readonly string[];
      readonly counts: readonly number[];
    }[];
  }[];
  /** Pages that page_owner shows inside CMA pageblocks. */
  readonly owned: readonly {
    readonly place: Where;
    readonly pfn: number;
    readonly order: number;
    readonly type: string;
    readonly flags: string;
    readonly onLru: boolean;
    readonly owner: string;
    readonly stack: string;
  }[];
  /** Pins that page_pinner recorded. */
  readonly pins?: readonly {
    readonly place: Where;
    readonly microseconds: number;
    readonly pfn: number | null;
    readonly stack: string;
  }[];
  /** /proc/kpageflags and kpagecount. */
  readonly tables: readonly {
    readonly file: string;
    readonly kind: "flags" | "count";
    readonly words: Uint32Array;
  }[];
  /** Largest block that an out-of-memory report counts, kB. */
  readonly largestBuddyKb: number;
  /** Processes that the kernel killed for memory. */
  readonly oomKills: number;
  /** Bit searches that a debug line tells of: bits of the area, alignment mask, place found. */
  readonly searches: readonly { readonly bits: number; readonly alignMask: number; readonly found: number }[];
  /** What could not be taken as it stood. */
  readonly issues: readonly ExplainIssue[];
}

/** Something that could not be taken as it stood. */
export interface ExplainIssue extends Where {
  /** info: understood and set aside; warning: may matter; error: something needed was not understood. */
  readonly severity: "info" | "warning" | "error";
  /** For programs; stable. */
  readonly code: string;
  /** One sentence. */
  readonly message: string;
}
