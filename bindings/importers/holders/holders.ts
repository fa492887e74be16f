// Knows: the lists in which drivers and exporters count what they hold: dma_buf/bufinfo, dmabuf_dump, BO totals of vc4 and
// v3d, ION heaps, vcsm, totals of GEM objects.
// Must not know: how much of it lies in CMA, whose failure it explains.
//
// Models: dma_buf_debug_show() of drivers/dma-buf/dma-buf.c (`size flags mode count exp_name ino name`), libdmabufinfo's
// dmabuf_dump, vc4_bo_stats_print() and v3d_debugfs_bo_stats(), ion_debug_heap_show() of 3.x to 5.10, vc_sm_cma's state,
// `Total N objects, M bytes` of etnaviv, msm and omap. Adding a list is adding a row to LISTS, or a method with its state.

import { type HolderFact, MOST, type Place } from "../facts.js";
import type { Importer, LineReader, ReaderContext } from "../importer.js";

/** What one line of a list says; `add`: each line is one object more of its holder; else the line is a sum. */
interface Row {
  readonly source: string;
  readonly words: RegExp;
  readonly add: boolean;
  read(match: RegExpExecArray): {
    readonly who: string;
    readonly count: number | null;
    readonly bytes: number | null;
  };
}

const KIB = 1024;
/** A holder's name from a list: printable, short. */
const name = (text: string | undefined) => (text ?? "").trim().slice(0, 60);

/** Stems, one of which every row's line contains: a line without them is not looked at. */
const STEMS = /0008\d{4}|bos? |BOs|BO cache|objects|total |orphaned|SIZE|DMA-BUF|\|/;

const LISTS: readonly Row[] = [
  {
    // bufinfo: `24883200 00000002 00080007 00000002 cma 00000416 [name]`; size is decimal, flags, mode and count are hex.
    source: "dma-buf",
    words:
      /^\s{0,8}(\d{4,13})\s{1,16}[0-9a-f]{8}\s{1,16}000[0-9a-f]{5}\s{1,16}[0-9a-f]{8}\s{1,16}(\S{1,60})(?:\s|$)/,
    add: true,
    read: ([, size, exporter]) => ({ who: name(exporter), count: 1, bytes: Number(size) }),
  },
  {
    // dmabuf_dump -b, exporters: `  system | 45 | 12345678 |`.
    source: "dma-buf",
    words:
      /^\s{0,40}([\w.,:@-]{1,60})\s{0,40}\|\s{0,20}(\d{1,9})\s{0,20}\|\s{0,24}(\d{1,15})\s{0,8}\|?\s{0,4}$/,
    add: false,
    read: ([, exporter, count, size]) => ({ who: name(exporter), count: Number(count), bytes: Number(size) }),
  },
  {
    // vc4: `[drm] num bos allocated: 64` and `[drm] size bos allocated: 62328kb`, in the log of a failure.
    source: "bo",
    words: /\bnum bos allocated:\s{0,8}(\d{1,9})/,
    add: false,
    read: ([, count]) => ({ who: "vc4", count: Number(count), bytes: null }),
  },
  {
    source: "bo",
    words: /\bsize bos allocated:\s{0,8}(\d{1,12})\s?kb/i,
    add: false,
    read: ([, size]) => ({ who: "vc4", count: null, bytes: Number(size) * KIB }),
  },
  {
    // v3d's bo_stats: `allocated bos: 21`, `allocated bo size (kb): 17484`.
    source: "bo",
    words: /^\s{0,8}allocated bos:\s{0,16}(\d{1,9})/,
    add: false,
    read: ([, count]) => ({ who: "v3d", count: Number(count), bytes: null }),
  },
  {
    source: "bo",
    words: /^\s{0,8}allocated bo size \(kb\):\s{0,16}(\d{1,12})/,
    add: false,
    read: ([, size]) => ({ who: "v3d", count: null, bytes: Number(size) * KIB }),
  },
  {
    // vc4's bo_stats: `          V3D:  17484kb BOs (21)`.
    source: "bo",
    words: /(?:^|\]|\s)\s{0,40}([A-Za-z][\w .]{0,30}?):\s{1,12}(\d{1,12})kb BOs \((\d{1,9})\)/,
    add: false,
    read: ([, label, size, count]) => ({
      who: `vc4 ${name(label)}`,
      count: Number(count),
      bytes: Number(size) * KIB,
    }),
  },
  {
    // GEM lists of etnaviv, msm, omap: `Total 5 objects, 41472000 bytes`; the end of bufinfo is the same.
    source: "gem",
    words: /^\s{0,8}Total (\d{1,9}) objects, (\d{1,15}) bytes/,
    add: false,
    read: ([, count, size]) => ({ who: "objects", count: Number(count), bytes: Number(size) }),
  },
];

const ION_ROW = /^\s{0,20}(\S[\w.:@/-]{0,40})\s{1,30}(\d{1,9})\s{1,30}(\d{3,13})\s{0,4}$/;

class HoldersReader implements LineReader {
  private readonly known = new Map<string, HolderFact>();
  private place: Place = { file: "", line: 0 };
  /** Name of the ION heap whose table is open. */
  private ion: string | undefined;
  private inVcsm = false;

  constructor(private readonly context: ReaderContext) {}

  isIdle(): boolean {
    return this.ion === undefined && !this.inVcsm;
  }

  line(text: string, place: Place): boolean {
    if (text.length > 400) return false;
    this.place = place;
    if (this.header(text)) return true;
    if (this.ion !== undefined && this.ionRow(this.ion, text)) return true;
    if (!STEMS.test(text)) return false;
    if (this.inVcsm && this.vcsmRow(text)) return true;
    for (const { source, words, add, read } of LISTS) {
      const match = words.exec(text);
      if (match === null) continue;
      const { who, count, bytes } = read(match);
      if (source === "gem" && this.hasBuffers()) return true;
      if (who !== "") this.hold(source, who, count, bytes, add);
      return true;
    }
    return false;
  }

  /** Titles and column heads open a list, and are taken themselves. */
  private header(text: string): boolean {
    if (/^\s{0,20}client\s{1,30}pid\s{1,30}size\s{0,4}$/.test(text)) {
      this.ion = "ion";
      return true;
    }
    if (/VC-?SM|vcsm|vc_sm_cma|VC-ServiceHandle/i.test(text.slice(0, 80)) && !text.includes("fail")) {
      this.inVcsm = true;
      return false;
    }
    return (
      /^\s{0,4}Dma-buf Objects:|^\s{0,4}size\s{1,20}flags\s{1,20}mode\s{1,20}count\s{1,20}exp_name/.test(
        text,
      ) ||
      /DMA-BUF (?:per-buffer|exporter|total) stats|Exporter Name\s{1,40}\||^\s{0,4}Total \d{1,6} devices attached|^\s{0,8}Attached Devices:/.test(
        text,
      )
    );
  }

  private ionRow(heap: string, text: string): boolean {
    if (/^\s{0,4}-{8,120}\s{0,4}$/.test(text)) return true;
    if (
      /orphaned allocations|total orphaned|^\s{0,20}total\s|deferred free|page pool|^\s{0,20}client\s/.test(
        text,
      )
    ) {
      if (text.includes("page pool") || /^\s{0,20}total\s/.test(text)) this.ion = undefined;
      return true;
    }
    const row = ION_ROW.exec(text);
    if (row === null) return false;
    this.hold("ion", name(row[1]), null, Number(row[3]), true);
    return heap !== "";
  }

  private vcsmRow(text: string): boolean {
    const size = /^\s{0,20}SIZE\s{1,30}(\d{1,13})/.exec(text);
    if (size === null) return false;
    this.hold("vcsm", "vcsm-cma", 1, Number(size[1]), true);
    return true;
  }

  private hasBuffers(): boolean {
    return [...this.known.values()].some(({ source }) => source === "dma-buf");
  }

  private hold(source: string, who: string, count: number | null, bytes: number | null, add: boolean): void {
    const { holders } = this.context.facts;
    const key = `${source}|${who}`;
    const holder = this.known.get(key);
    if (holder === undefined) {
      const fact = { place: this.place, source, who, count, bytes: bytes ?? 0 };
      this.known.set(key, fact);
      if (holders.length < MOST) holders.push(fact);
      return;
    }
    // A sum that is printed again is another moment's: the largest counts.
    if (count !== null) holder.count = add ? (holder.count ?? 0) + count : Math.max(holder.count ?? 0, count);
    if (bytes !== null) holder.bytes = add ? holder.bytes + bytes : Math.max(holder.bytes, bytes);
  }
}

export const holdersImporter: Importer = {
  id: "holders",
  title: "who holds contiguous memory (dma_buf/bufinfo, dmabuf_dump, bo_stats, ION heaps, vcsm, GEM totals)",
  open: (context) => new HoldersReader(context),
};
