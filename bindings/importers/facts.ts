// Knows: the facts that a log or a file can state about CMA, in one shape for all formats and eras.
// Must not know: how any of it is written, what it proves (explain decides that).
//
// pages, pfns and orders as the kernel prints them; kB where the kernel prints kB. null: the input does not say.

import { IMPORT } from "../engine/limits.js";
import type { Severity } from "./errors.js";
import type {
  AreaFiles,
  BuddyRow,
  Counters,
  OwnedPage,
  PageTable,
  PagetypeFact,
  PinFact,
  ZoneFact,
} from "./file_facts.js";
import type { Place } from "./place.js";

export type * from "./file_facts.js";
export type { Place } from "./place.js";

/** What an importer could not take as it stood. */
export interface ImportIssue extends Place {
  /** How bad it is. */
  readonly severity: Severity;
  /** For programs; stable. */
  readonly code: string;
  /** What was found, in a sentence. */
  readonly message: string;
}

/** One `size@at` of a list of free runs, as printed: size in pages (bits before 2019), at in bits. */
export interface RunEntry {
  /** Pages (bits before 2019). */
  readonly size: number;
  /** First bit. */
  readonly at: number;
  /** Range of a multi-range area (6.15+). */
  readonly range: number;
}

/** Free runs as the kernel prints them at a failure. */
export interface RunList {
  /** Where they were read. */
  readonly place: Place;
  /** The runs, in the order of the line. */
  readonly entries: RunEntry[];
  /** `=> free of total`. */
  free: number | null;
  /** Pages of the area that the line names. */
  total: number | null;
  /** Something of the list is missing. */
  cut: boolean;
  /** The list names ranges (6.15+). */
  hasRanges: boolean;
  /** Sizes alone: where the runs lie is not printed. */
  unplaced: boolean;
}

/** [start, end) that alloc_contig_range found busy. */
export interface BusyWindow {
  /** First frame. */
  readonly start: number;
  /** One past the last frame. */
  readonly end: number;
  /** Seconds since boot. */
  readonly time: number | null;
  /** Where it was read. */
  readonly place: Place;
  /** The wording of 3.5 to 4.0, when no line said that a request had failed. */
  readonly isOld?: boolean;
}

/** Who tells of a failure: the allocator, a driver, a program, a trace. */
export type FailureForm = "cma" | "driver" | "user" | "trace";

/** A request that failed, as a log or a trace tells it. null: it does not say. */
export interface FailureFact {
  /** Where it was read. */
  readonly place: Place;
  /** Seconds since boot. */
  readonly time: number | null;
  /** Who says so. */
  readonly form: FailureForm;
  /** "cma_alloc", "__cma_alloc", "__cma_alloc_frozen", or what a driver said. */
  readonly source: string;
  /** Driver or program that asked, in its own words; null: nothing names it. */
  who: string | null;
  /** Size in bytes, where a driver says it: its pages depend on the size of a page. */
  bytes: number | null;
  /** Name of the area. */
  area: string | null;
  /** Pages asked for. */
  pages: number | null;
  /** Negative errno. */
  errno: number | null;
  /** Order of the alignment. */
  align: number | null;
  /** Free runs that the kernel printed with it. */
  list: RunList | null;
  /** Windows that alloc_contig_range found busy for it. */
  busy: BusyWindow[];
  /** A later line says that the caller went on without CMA. */
  fallback: string | null;
  /** Frames that test_pages_isolated named, with the number of windows that each blocked. */
  culprits: Map<number, number>;
  /** Windows tried, where a trace tells. */
  tries: number | null;
  /** Other requests in flight in the same area at the same time. */
  rivals: number;
  /** Pages whose migration failed, where a trace tells. */
  migrateFailed: number;
}

/** A request that was seen, whatever became of it. */
export interface RequestFact {
  /** Where it was read. */
  readonly place: Place;
  /** Name of the area. */
  readonly area: string | null;
  /** Pages asked for. */
  readonly pages: number;
  /** Order of the alignment. */
  readonly align: number;
  /** Seconds since boot. */
  readonly time: number | null;
  /** Pages that were free in the area. */
  readonly available: number | null;
  /** Pages of the area. */
  readonly total: number | null;
}

/** A page whose migration failed, as dump_page() prints it. */
export interface MigrationFact {
  /** Where it was read. */
  readonly place: Place;
  /** Its frame. */
  readonly pfn: number;
  /** null: the dump is of a page that was not free after its migration (test_pages_isolated), or its head is missing. */
  readonly ret: number | null;
  /** Order of the compound page that it heads. */
  order: number;
  /** References of the page. */
  refcount: number | null;
  /** Page tables that map it. */
  mapcount: number | null;
  /** Address space operations of its file. */
  operations: string | null;
  /** Flags of the page as printed. */
  flags: string;
  /** Task that allocated it, where page_owner tells. */
  owner: string | null;
  /** Functions through which page_owner saw it allocated, the innermost first. */
  stack: string;
}

/** An area asked for or made at boot. */
export interface ReservationFact {
  /** Where it was read. */
  readonly place: Place;
  /** bypassed: the device tree's node gave way to cma= on the command line. */
  kind: "reserved" | "failed" | "cmdline" | "bypassed";
  /** null: the kernel prints no size (before 6.0). */
  readonly bytes: number | null;
  /** Its physical address. */
  readonly address: number | null;
  /** Its name. */
  readonly name: string | null;
  /** Why it failed, where the kernel says so. */
  reason: string | null;
}

/** Pages or bytes of all areas together, as the kernel sums them up. */
export interface CmaTotalFact {
  /** Where it was read. */
  readonly place: Place;
  /** Bytes; null: pages are told. */
  readonly bytes: number | null;
  /** Pages; null: bytes are told. */
  readonly pages: number | null;
}

/** An allocation that failed outside CMA: the buddy allocator, vmalloc, slab, swiotlb. */
export interface OtherFailureFact {
  /** Where it was read. */
  readonly place: Place;
  /** Seconds since boot; null: not told. */
  readonly time: number | null;
  /** Which allocator failed. */
  readonly kind: "buddy" | "vmalloc" | "slab" | "swiotlb" | "kernel-limit";
  /** Order asked for; null: not told. */
  readonly order: number | null;
  /** As printed: `GFP_KERNEL|GFP_DMA32`, or the bare mask. */
  readonly gfp: string;
  /** The line. */
  readonly text: string;
}

/** Who holds contiguous memory, by a driver's or an exporter's own count. */
export interface HolderFact {
  /** Where it was read. */
  readonly place: Place;
  /** Kind of the list: "dma-buf", "bo", "ion", "vcsm", "gem". */
  readonly source: string;
  /** Exporter, driver, client or stack. */
  readonly who: string;
  /** Buffers; null: the list does not say. */
  count: number | null;
  /** Bytes that it holds. */
  bytes: number;
}

/** A node below reserved-memory of a device tree's source. Cells as written: null where one is no number. */
export interface ReservedNode {
  /** Where it was read. */
  readonly place: Place;
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
  /** Of reserved-memory, and of the root; null: the source does not show them. */
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

/** What a configuration file asks for: `dtoverlay=vc4-kms-v3d,cma-256`. */
export interface WishFact {
  /** Where it was read. */
  readonly place: Place;
  /** Size that it asks for. */
  readonly bytes: number;
  /** As it was written. */
  readonly text: string;
  /** Section of config.txt; "all" counts always. */
  readonly section: string;
}

/** Everything that the files of one moment say. null: no file says it. */
export interface Facts {
  /** Version of the kernel. */
  kernel: string | null;
  /** Bytes, where a file says it. */
  pageSize: number | null;
  /** order_per_bit that a line of the log names. */
  orderPerBitHint: number | null;
  /** Requests that failed. */
  readonly failures: FailureFact[];
  /** Requests that were seen, whatever became of them. */
  readonly requests: RequestFact[];
  /** Every list of free runs that was printed. */
  readonly lists: RunList[];
  /** Windows found busy, the first of them. */
  readonly busy: BusyWindow[];
  /** How many windows were found busy. */
  busyCount: number;
  /** Requests that a trace shows to have succeeded, and those of them that met busy windows. */
  succeeded: number;
  /** Those of them that met busy windows. */
  delayed: number;
  /** Pages whose migration failed. */
  readonly migrations: MigrationFact[];
  /** Areas asked for and made at boot. */
  readonly reservations: ReservationFact[];
  /** Sums of all areas that the kernel printed. */
  readonly cmaTotals: CmaTotalFact[];
  /** Allocations that failed outside CMA. */
  readonly others: OtherFailureFact[];
  /** Who holds contiguous memory, by lists of exporters and drivers. */
  readonly holders: HolderFact[];
  /** Lines that speak of CMA and fit no format, the first few. */
  readonly mentions: { readonly place: Place; readonly text: string }[];
  /** Platform that a line names: "raspberrypi", "android", "imx" ... */
  platform: string | null;
  /** Nodes below reserved-memory. */
  readonly trees: ReservedNode[];
  /** What configuration files ask for. */
  readonly wishes: WishFact[];
  /** Zones of zoneinfo or of an out-of-memory report. */
  readonly zones: ZoneFact[];
  /** Areas as debugfs and sysfs show them. */
  readonly areas: AreaFiles[];
  /** /proc/meminfo, each time that it was found. */
  readonly meminfo: Counters[];
  /** /proc/vmstat, each time that it was found. */
  readonly vmstat: Counters[];
  /** /proc/pagetypeinfo, each time that it was found. */
  readonly pagetypes: PagetypeFact[];
  /** Rows of /proc/buddyinfo. */
  readonly buddy: BuddyRow[];
  /** Pages that page_owner shows inside CMA pageblocks, the first of them. */
  readonly owned: OwnedPage[];
  /** How many pages page_owner shows there. */
  ownedPages: number;
  /** Pins that page_pinner recorded. */
  readonly pins: PinFact[];
  /** /proc/kpageflags and kpagecount. */
  readonly tables: PageTable[];
  /** Largest block that a show_mem line counts, in kB. */
  largestBuddyKb: number;
  /** Processes that the kernel killed for memory. */
  oomKills: number;
  /** Bit-search debug line: size of the area in bits and the alignment mask. */
  searches: { place: Place; bits: number; alignMask: number; found: number }[];
  /** Formats that were found, by file. */
  readonly formats: Map<string, Set<string>>;
  /** What could not be taken as it stood. */
  readonly issues: ImportIssue[];
  /** What may still be kept of lists and bitmaps, over all files. */
  readonly budget: { entries: number; words: number };
}

export function emptyFacts(): Facts {
  return {
    kernel: null,
    pageSize: null,
    orderPerBitHint: null,
    failures: [],
    requests: [],
    lists: [],
    busy: [],
    busyCount: 0,
    succeeded: 0,
    delayed: 0,
    migrations: [],
    reservations: [],
    trees: [],
    wishes: [],
    cmaTotals: [],
    others: [],
    holders: [],
    mentions: [],
    platform: null,
    zones: [],
    areas: [],
    meminfo: [],
    vmstat: [],
    pagetypes: [],
    buddy: [],
    owned: [],
    ownedPages: 0,
    pins: [],
    tables: [],
    largestBuddyKb: 0,
    oomKills: 0,
    searches: [],
    formats: new Map(),
    issues: [],
    budget: { entries: IMPORT.listEntries, words: IMPORT.bitmapWords },
  };
}

/** Lists longer than this keep their first part: memory stays bounded whatever comes in. */
export const MOST = IMPORT.items;
