// Knows: the dump of a page that would not migrate: `migrating pfn b12f25 failed ret:7`, dump_page(), page_owner's lines.
// Must not know: why it would not move.
//
// Models: alloc_contig_dump_pages() and dump_page() of mm/page_alloc.c and mm/debug.c, 5.13 and later.

import { type MigrationFact, MOST, type Place } from "../facts.js";
import type { ReaderContext } from "../importer.js";
import { numberAfter, wordAfter } from "../text.js";

/** Lines after the first in which the rest of the dump is looked for. */
const REACH = 40;

export class MigrationReader {
  private open: MigrationFact | undefined;
  private left = 0;

  constructor(private readonly context: ReaderContext) {}

  line(text: string, place: Place): boolean {
    const head = /migrating pfn (?:0x)?([0-9a-fA-F]{1,13}) failed(?: with)? ret:\s{0,3}(-?\d{1,10})/.exec(
      text,
    );
    if (head !== null) {
      const { migrations } = this.context.facts;
      this.open = {
        place,
        pfn: Number.parseInt(head[1]!, 16),
        ret: Number(head[2]),
        refcount: null,
        mapcount: null,
        operations: null,
        flags: "",
        owner: null,
      };
      this.left = REACH;
      if (migrations.length < MOST) migrations.push(this.open);
      return true;
    }
    if (this.open === undefined) return false;
    this.left -= 1;
    if (this.left < 0) this.open = undefined;
    return this.open !== undefined && this.rest(this.open, text);
  }

  private rest(open: MigrationFact, text: string): boolean {
    if (text.includes("refcount:") && text.includes("mapcount:")) {
      open.refcount ??= numberAfter(text, "refcount:");
      open.mapcount ??= numberAfter(text, "mapcount:");
      return true;
    }
    const operations = wordAfter(text, "aops:");
    if (operations !== null) {
      open.operations ??= operations;
      return true;
    }
    const flags = /flags: 0x[0-9a-f]{1,16}\(([\w|=]{0,400})/.exec(text);
    if (flags !== null) {
      open.flags ||= flags[1]!;
      return true;
    }
    const owner = text.indexOf("page last allocated via order");
    if (owner >= 0) {
      open.owner ??= text.slice(owner, owner + 200);
      return true;
    }
    return false;
  }
}
