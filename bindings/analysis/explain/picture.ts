// Knows: which facts a verdict is drawn from: what the logs and files of one moment say, whoever read them.
// Must not know: formats, files, importers. The importers' Facts satisfy this shape; the compiler checks it where they meet.

export interface Where {
  readonly file: string;
  readonly line: number;
}

export interface PrintedRuns {
  readonly place: Where;
  readonly entries: readonly { readonly size: number; readonly at: number; readonly range: number }[];
  readonly free: number | null;
  readonly total: number | null;
  readonly cut: boolean;
  readonly hasRanges: boolean;
  readonly unplaced: boolean;
}

export interface Window {
  readonly start: number;
  readonly end: number;
  readonly time: number | null;
  readonly place: Where;
}

export interface FailedRequest {
  readonly place: Where;
  readonly time: number | null;
  readonly form: "cma" | "driver" | "user" | "trace";
  readonly source: string;
  readonly who: string | null;
  readonly bytes: number | null;
  readonly area: string | null;
  readonly pages: number | null;
  readonly errno: number | null;
  readonly align: number | null;
  readonly list: PrintedRuns | null;
  readonly busy: readonly Window[];
  readonly fallback: string | null;
  readonly culprits: ReadonlyMap<number, number>;
  readonly tries: number | null;
  readonly rivals: number;
  readonly migrateFailed: number;
}

export interface AreaFacts {
  readonly name: string;
  readonly place: Where;
  readonly count: number | null;
  readonly used: number | null;
  readonly maxchunk: number | null;
  readonly orderPerBit: number | null;
  readonly ranges: readonly { readonly basePfn: number | null; readonly bitmap: Uint32Array | null }[];
  readonly succeeded: number | null;
  readonly failed: number | null;
}

export interface CounterSnapshot {
  readonly place: Where;
  readonly values: ReadonlyMap<string, number>;
}

/** Everything known of one moment (or of before and after one failure). */
export interface Picture {
  readonly kernel: string | null;
  /** Bytes, where a file says it. */
  readonly pageSize?: number | null;
  readonly orderPerBitHint: number | null;
  readonly failures: readonly FailedRequest[];
  readonly requests: readonly {
    readonly place: Where;
    readonly area: string | null;
    readonly pages: number;
    readonly align: number;
    readonly available: number | null;
    readonly total: number | null;
  }[];
  readonly lists: readonly PrintedRuns[];
  readonly busy: readonly Window[];
  readonly busyCount: number;
  readonly succeeded: number;
  readonly delayed: number;
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
  readonly reservations: readonly {
    readonly place: Where;
    readonly kind: "reserved" | "failed" | "cmdline" | "bypassed";
    readonly bytes: number | null;
    readonly address: number | null;
    readonly name: string | null;
    readonly reason: string | null;
  }[];
  readonly cmaTotals: readonly {
    readonly place: Where;
    readonly bytes: number | null;
    readonly pages: number | null;
  }[];
  readonly others: readonly {
    readonly place: Where;
    readonly time: number | null;
    readonly kind: "buddy" | "vmalloc" | "slab" | "swiotlb" | "kernel-limit";
    readonly order: number | null;
    readonly gfp: string;
    readonly text: string;
  }[];
  readonly holders: readonly {
    readonly place: Where;
    readonly source: string;
    readonly who: string;
    readonly count: number | null;
    readonly bytes: number;
  }[];
  readonly mentions: readonly { readonly place: Where; readonly text: string }[];
  readonly platform: string | null;
  readonly zones: readonly {
    readonly zone: string;
    readonly unit: "pages" | "kB";
    readonly free: number | null;
    readonly min: number | null;
    readonly low: number | null;
    readonly freeCma: number | null;
    readonly managed: number | null;
  }[];
  readonly areas: readonly AreaFacts[];
  readonly meminfo: readonly CounterSnapshot[];
  readonly vmstat: readonly CounterSnapshot[];
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
  readonly tables: readonly {
    readonly file: string;
    readonly kind: "flags" | "count";
    readonly words: Uint32Array;
  }[];
  readonly largestBuddyKb: number;
  readonly oomKills: number;
  readonly searches: readonly { readonly bits: number; readonly alignMask: number; readonly found: number }[];
  readonly issues: readonly ExplainIssue[];
}

export interface ExplainIssue extends Where {
  readonly severity: "info" | "warning" | "error";
  readonly code: string;
  readonly message: string;
}
