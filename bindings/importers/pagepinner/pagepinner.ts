// Knows: the text of Android's page_pinner: how long a page was pinned, which page, and by which stack.
// Must not know: which lengths are long.
//
// Models: read_longterm_page_pinner() and its successors of mm/page_pinner.c (Android common kernels 5.10 to 6.6):
// `Page pinned for 1500023 us`, `PFN 0x9bb65 Block 1245 type CMA count 2 mapcount 1 mapping .. Flags ..`, then the stack.

import { IMPORT } from "../../engine/limits.js";
import type { PinFact, Place } from "../facts.js";
import type { Importer, LineReader, ReaderContext } from "../importer.js";

const PINNED = /\bpinned for (\d{1,15}) us\b/i;
const PFN = /^\s{0,8}PFN (0x[0-9a-fA-F]{1,13}|\d{1,15}) /;
const STACK = /^\s{0,8}(?:\[<[0-9a-f]{8,16}>\] )?([A-Za-z_][\w.]{1,80})\+0x[0-9a-f]{1,8}\/0x/;
/** The recorder's own functions and the common doors say nothing of who pins. */
const OWN =
  /^(?:__page_pinner|page_pinner|__?put_page|put_page|get_page|save_stack|stack_|try_grab|unpin_user|pin_user|internal_get_user|__gup|gup_|follow_page|__get_user_pages|get_user_pages|dump_stack|__migration)/;
/** Functions of a stack that are kept. */
const DEPTH = 4;

class PagePinnerReader implements LineReader {
  private pin: PinFact | undefined;
  private frames = 0;

  constructor(private readonly context: ReaderContext) {}

  isIdle(): boolean {
    return this.pin === undefined;
  }

  line(text: string, place: Place): boolean {
    if (text.length > 400) return false;
    const length = PINNED.exec(text);
    if (length !== null) {
      this.take({ place, microseconds: Number(length[1]), pfn: null, stack: "" });
      return true;
    }
    const { pin } = this;
    if (pin === undefined) return false;
    const pfn = pin.pfn === null ? PFN.exec(text) : null;
    if (pfn !== null) {
      pin.pfn = Number(pfn[1]);
      return true;
    }
    const frame = STACK.exec(text)?.[1];
    if (frame === undefined) {
      if (this.frames > 0) this.pin = undefined;
      return false;
    }
    this.frames += 1;
    if (!OWN.test(frame) && pin.stack.split(" < ").length < DEPTH)
      pin.stack += pin.stack === "" ? frame : ` < ${frame}`;
    return true;
  }

  private take(pin: PinFact): void {
    const { pins } = this.context.facts;
    this.pin = pin;
    this.frames = 0;
    if (pins.length < IMPORT.pins) pins.push(pin);
    else
      this.context.issue(
        "info",
        pin.place.line,
        "more-pins",
        `pins beyond the first ${IMPORT.pins} are left aside`,
      );
  }
}

export const pagePinnerImporter: Importer = {
  id: "page_pinner",
  title: "Android's page_pinner",
  open: (context) => new PagePinnerReader(context),
};
