// Knows: the four generations of page_owner's text, and which of its pages should not be inside a CMA pageblock.
// Must not know: whose request such a page blocks.
//
// Models: print_page_owner() of mm/page_owner.c: `PFN 674308` (decimal) to 6.x, `PFN 0x2c3db` after. The second line has
// all that counts: `PFN n type <of the page> Block n type <of its pageblock> Flags ...`.

import { MOST, type OwnedPage, type Place } from "../facts.js";
import type { Importer, LineReader, ReaderContext } from "../importer.js";
import { orderOf } from "../text.js";

const PFN =
  /(?:^|\s)PFN (0x[0-9a-fA-F]{1,13}|\d{1,15}) type (\w{1,20}) Block \d{1,12} type (\w{1,20}) Flags (0x[0-9a-fA-F]{1,16})(?:\(([^)]{0,400}))?/;
const STACK = /^\s{0,8}(?:\[<[0-9a-f]{8,16}>\] )?([A-Za-z_][\w.]{1,80})\+0x[0-9a-f]{1,8}\/0x/;
/** The allocator's own entry points say nothing of the owner. */
const OWN =
  /^(?:__?alloc|post_alloc|prep_|get_page|__set_page_owner|save_stack|__get_free_page|folio_alloc|vma_alloc|register_early)/;

class PageOwnerReader implements LineReader {
  private order = 0;
  private owner = "";
  private page: OwnedPage | undefined;

  constructor(private readonly context: ReaderContext) {}

  isIdle(): boolean {
    return this.page === undefined;
  }

  line(text: string, place: Place): boolean {
    const at = text.indexOf("Page allocated via order ");
    if (at >= 0) {
      this.order = orderOf(Number.parseInt(text.slice(at + 25, at + 28), 10)) ?? 0;
      this.owner = text.slice(at + 25, at + 225).replace(/^\d{1,2}, /, "");
      this.page = undefined;
      return true;
    }
    if (text.includes("PFN ")) {
      const match = PFN.exec(text.slice(0, 600));
      if (match !== null) {
        this.take(match, place);
        return true;
      }
    }
    const { page } = this;
    if (page === undefined) return false;
    const frame = STACK.exec(text.slice(0, 160))?.[1];
    if (frame === undefined || OWN.test(frame)) return frame !== undefined;
    if (page.stack.length < 200) page.stack += page.stack === "" ? frame : ` < ${frame}`;
    return true;
  }

  private take([, pfn, type, block, flags, names = ""]: RegExpExecArray, place: Place): void {
    const { facts } = this.context;
    facts.ownedPages += 2 ** this.order;
    const onLru = names.split("|").includes("lru");
    if (block !== "CMA" || (type === "Movable" && onLru)) {
      this.page = undefined;
      return;
    }
    const page: OwnedPage = {
      place,
      pfn: Number(pfn),
      order: this.order,
      type: type!,
      flags: names === "" ? flags! : names,
      onLru,
      owner: this.owner,
      stack: "",
    };
    this.page = page;
    if (facts.owned.length < MOST) facts.owned.push(page);
    else
      this.context.issue(
        "info",
        place.line,
        "more-owned-pages",
        "pages beyond the first 2000 are counted only",
      );
  }
}

export const pageOwnerImporter: Importer = {
  id: "page_owner",
  title: "debugfs page_owner",
  open: (context) => new PageOwnerReader(context),
};
