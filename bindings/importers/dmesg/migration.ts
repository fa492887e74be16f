// Knows: the dump of a page that would not migrate: `migrating pfn b12f25 failed ret:7`, dump_page(), page_owner's lines;
// and a dump whose first line is missing, which its own lines name.
// Must not know: why it would not move.
//
// Models: alloc_contig_dump_pages() and dump_page() of mm/page_alloc.c and mm/debug.c: `count:` to 5.1, `refcount:` after;
// `page dumped because: migration failure`, or the reason that a vendor's kernel gives.

import { type MigrationFact, MOST, type Place } from "../facts.js";
import type { ReaderContext } from "../importer.js";
import { numberAfter, wordAfter } from "../text.js";

/** Lines after the first in which the rest of the dump is looked for. */
const REACH = 40;
/** Frames of a stack that are kept. */
const FRAMES = 8;

/** The line of a dump that every version prints; 5.1 and older say count, later ones refcount. */
const PAGE = /(?:^|[\s:])page:?\s{0,2}\S{0,20} (?:ref)?count:/;
/** A dump for these reasons is about moving pages; another (a bad page) is not ours. */
const REASON = /migration failure|test_pages_isolated|isolat|alloc_contig|unmovable/i;
const FRAME =
  /^(?:\[[\s\d.]{3,20}\])?\s{0,12}(?:\[<[0-9a-f]{8,16}>\] )?([A-Za-z_][\w.]{1,80})\+0x[0-9a-f]{1,8}\/0x/;
/** The allocator's own entry points say nothing of the owner. */
const OWN =
  /^(?:__?alloc|post_alloc|prep_|get_page_from|__set_page_owner|save_stack|__get_free_page|folio_alloc|vma_alloc)/;

export class MigrationReader {
  private open: MigrationFact | undefined;
  /** The dump began with its page line: it counts once its reason says so. */
  private headless = false;
  private left = 0;

  constructor(private readonly context: ReaderContext) {}

  isIdle(): boolean {
    return this.open === undefined;
  }

  line(text: string, place: Place): boolean {
    const head = text.includes("migrating pfn")
      ? /migrating pfn (?:0x)?([0-9a-fA-F]{1,13}) failed(?: with)? ret:\s{0,3}(-?\d{1,10})/.exec(text)
      : null;
    if (head !== null) {
      this.begin(place, Number.parseInt(head[1]!, 16), Number(head[2]));
      this.keep();
      return true;
    }
    if (text.includes("mapcount:") && PAGE.test(text.slice(0, 200)) && !this.awaits()) {
      const pfn = /\bpfn:(?:0x)?([0-9a-fA-F]{1,13})/.exec(text);
      if (pfn === null) return this.open !== undefined;
      this.begin(place, Number.parseInt(pfn[1]!, 16), null);
      this.headless = true;
    }
    if (this.open === undefined) return false;
    this.left -= 1;
    if (this.left < 0) this.open = undefined;
    return this.open !== undefined && this.rest(this.open, text);
  }

  /** A dump with a first line is open, and its page line has not come. */
  private awaits(): boolean {
    return this.open !== undefined && this.open.refcount === null;
  }

  private begin(place: Place, pfn: number, ret: number | null): void {
    const none = { refcount: null, mapcount: null, operations: null, flags: "", owner: null, stack: "" };
    this.open = { place, pfn, ret, order: 0, ...none };
    this.headless = false;
    this.left = REACH;
  }

  private keep(): void {
    const { migrations } = this.context.facts;
    if (this.open !== undefined && migrations.length < MOST) migrations.push(this.open);
    this.headless = false;
  }

  private rest(open: MigrationFact, text: string): boolean {
    if (text.includes("mapcount:") && /\b(?:ref)?count:/.test(text)) {
      open.refcount ??= numberAfter(text, "refcount:") ?? numberAfter(text, " count:");
      open.mapcount ??= numberAfter(text, " mapcount:");
      return true;
    }
    if (text.includes("head:") && text.includes("order:")) {
      open.order = Math.min(20, Math.max(0, numberAfter(text, " order:") ?? 0));
      return true;
    }
    return this.nature(open, text) || this.ownership(open, text);
  }

  private nature(open: MigrationFact, text: string): boolean {
    const because = text.indexOf("page dumped because:");
    if (because >= 0) {
      const reason = text.slice(because + 20, because + 120);
      if (this.headless && REASON.test(reason)) this.keep();
      else if (this.headless) this.open = undefined;
      return true;
    }
    const operations = wordAfter(text, "aops:");
    if (operations !== null) {
      open.operations ??= operations;
      return true;
    }
    const flags = /flags: 0x[0-9a-f]{1,16}\(([\w|=]{0,400})/.exec(text);
    if (flags === null) return /^(?:\[[\s\d.]{3,20}\])?\s{0,4}(?:anon|ksm)\s{0,4}$/.test(text);
    open.flags ||= flags[1]!;
    return true;
  }

  private ownership(open: MigrationFact, text: string): boolean {
    const owner = text.search(/page (?:last )?allocated via order/);
    if (owner >= 0) {
      open.owner ??= text.slice(owner, owner + 200);
      return true;
    }
    if (open.owner === null) return false;
    const frame = FRAME.exec(text.slice(0, 160))?.[1];
    if (frame === undefined) return false;
    const frames = open.stack === "" ? 0 : open.stack.split(" < ").length;
    if (!OWN.test(frame) && frames < FRAMES) open.stack += frames === 0 ? frame : ` < ${frame}`;
    return true;
  }
}
