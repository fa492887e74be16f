// Knows: the memory report that the kernel prints on an OOM or a failed allocation (show_mem), as far as CMA needs it.
// Must not know: what the numbers prove.
//
// Models: show_free_areas() of mm/show_mem.c (mm/page_alloc.c before 6.5): `Node 0 Normal free:351096kB min:30000kB ...
// free_cma:1352kB` and `Normal: 78*4kB (UECI) ... = 489288kB`; both may be wrapped over several lines.

import { MOST, type Place, type ZoneFact } from "../facts.js";
import type { ReaderContext } from "../importer.js";
import { numberAfter } from "../text.js";

const REACH = 6;

export class ShowMemReader {
  private zone: ZoneFact | undefined;
  private left = 0;
  private inLists = false;

  constructor(private readonly context: ReaderContext) {}

  isIdle(): boolean {
    return this.left < 0 && !this.inLists;
  }

  line(text: string, place: Place): boolean {
    const { facts } = this.context;
    const short = text.length > 1200 ? text.slice(0, 1200) : text;
    if (/Out of memory: Kill|oom-kill:|invoked oom-killer/.test(short)) {
      facts.oomKills += 1;
      return true;
    }
    const head =
      /(?:^|[\s\]])(\w{1,16}) free:(\d{1,12})kB (?:boost:\d{1,12}kB )?min:(\d{1,12})kB low:(\d{1,12})kB/.exec(
        short,
      );
    if (head !== null) {
      const [, zone = "", free, min, low] = head;
      this.zone = {
        place,
        zone,
        unit: "kB",
        free: Number(free),
        min: Number(min),
        low: Number(low),
        freeCma: null,
        managed: null,
        detail: null,
      };
      if (facts.zones.length < MOST) facts.zones.push(this.zone);
      this.left = REACH;
    }
    this.left -= 1;
    if (this.zone !== undefined && this.left >= 0) {
      this.zone.freeCma ??= numberAfter(short, "free_cma:");
      this.zone.managed ??= numberAfter(short, "managed:");
    }
    return (
      this.lists(short) ||
      head !== null ||
      (this.left >= 0 && /\b(?:free_cma|managed|unevictable|active_anon):\d/.test(short))
    );
  }

  /** The largest block of the free lists tells how far the buddy allocator's orders go. */
  private lists(text: string): boolean {
    const starts = /(?:^|[\s\]])\w{1,16}: \d{1,9}\*\d{1,9}kB/.test(text);
    if (!starts && !(this.inLists && /^\s{0,40}\d{1,9}\*\d{1,9}kB/.test(text))) {
      this.inLists = false;
      return false;
    }
    for (const [, size] of text.matchAll(/\b\d{1,9}\*(\d{1,9})kB/g)) {
      this.context.facts.largestBuddyKb = Math.max(this.context.facts.largestBuddyKb, Number(size));
    }
    this.inLists = !text.includes("=");
    return true;
  }
}
