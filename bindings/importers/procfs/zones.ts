// Knows: /proc/buddyinfo and /proc/pagetypeinfo, old and new, and how to tell their rows apart.
// Must not know: what the numbers prove.
//
// A row of buddyinfo (`Node 0, zone Normal  216 55 ...`, one column per order: 10 or more) and a row of pagetypeinfo's
// last table (one column per migratetype: 7 at most) look alike: only the latter stand below its header.

import { type BlockRow, MOST, type PagetypeFact, type Place, type TypeRow } from "../facts.js";
import type { Importer, LineReader, ReaderContext } from "../importer.js";
import { numberAfter, numbersFrom, orderOf } from "../text.js";
import { zoneHead as head, type ZoneHead } from "./head.js";

const LEAST_ORDERS = 8;

const BLOCKS = "Number of blocks type";

class PagetypeReader implements LineReader {
  private current: PagetypeFact | undefined;
  private types: string[] = [];
  private inBlocks = false;

  constructor(private readonly context: ReaderContext) {}

  line(text: string, place: Place): boolean {
    if (text.length > 2000) return false;
    if (text.includes("Page block order:")) {
      this.begin(place).pageblockOrder = orderOf(numberAfter(text, "Page block order:"));
      return true;
    }
    if (text.includes("Pages per block:") || text.includes("Free pages count per migrate type")) return true;
    const blocks = text.indexOf(BLOCKS);
    if (blocks >= 0) {
      this.types = text
        .slice(blocks + BLOCKS.length)
        .trim()
        .split(/\s+/, 12);
      this.inBlocks = true;
      return true;
    }
    const found = head(text);
    if (found === undefined) {
      if (text.trim() !== "") this.inBlocks = false;
      return false;
    }
    return this.row(text, found, place);
  }

  isIdle(): boolean {
    return !this.inBlocks;
  }

  private row(text: string, { node, zone, rest }: ZoneHead, place: Place): boolean {
    const type = /^, type\s{1,16}(\S{1,20})\s/.exec(text.slice(rest, rest + 60));
    if (type !== null) {
      const counts = numbersFrom(text, rest + type[0].length);
      this.inBlocks = false;
      if (counts === undefined) {
        this.context.issue(
          "warning",
          place.line,
          "pagetypeinfo-row",
          "a row of pagetypeinfo holds something that is no number",
        );
        return true;
      }
      this.table(place).rows.push({ node, zone, type: type[1]!, counts } satisfies TypeRow);
      return true;
    }
    const counts = this.inBlocks ? numbersFrom(text, rest) : undefined;
    if (counts === undefined || counts.length > LEAST_ORDERS) return false;
    const table = this.table(place);
    table.blocks.push({ node, zone, types: this.types, counts } satisfies BlockRow);
    return true;
  }

  private begin(place: Place): PagetypeFact {
    const { pagetypes } = this.context.facts;
    this.current = { place, pageblockOrder: null, rows: [], blocks: [] };
    if (pagetypes.length < MOST) pagetypes.push(this.current);
    return this.current;
  }

  private table(place: Place): PagetypeFact {
    const { current } = this;
    if (current === undefined || current.rows.length >= MOST || current.blocks.length >= MOST)
      return this.begin(place);
    return current;
  }
}

export const pagetypeinfoImporter: Importer = {
  id: "pagetypeinfo",
  title: "/proc/pagetypeinfo",
  open: (context) => new PagetypeReader(context),
};

class BuddyReader implements LineReader {
  private inBlocks = false;

  constructor(private readonly context: ReaderContext) {}

  isIdle(): boolean {
    return !this.inBlocks;
  }

  line(text: string, place: Place): boolean {
    if (text.includes(BLOCKS)) this.inBlocks = true;
    const found = head(text);
    if (found === undefined) {
      if (text.trim() !== "" && !text.includes(BLOCKS)) this.inBlocks = false;
      return false;
    }
    const counts = this.inBlocks ? undefined : numbersFrom(text, found.rest);
    if (counts === undefined || counts.length < LEAST_ORDERS) return false;
    const { buddy } = this.context.facts;
    if (buddy.length < MOST) buddy.push({ node: found.node, zone: found.zone, counts, place });
    return true;
  }
}

export const buddyinfoImporter: Importer = {
  id: "buddyinfo",
  title: "/proc/buddyinfo",
  open: (context) => new BuddyReader(context),
};
