// Knows: what a caller owns after the commands so far, from their results alone: pages without a slot, windows, requests,
// blocks taken off the lists. Slots are the machine's own book.
// Must not know: why a command was given.

import { Op, Status } from "../../../assembly/abi/vocabulary.js";
import { CommandWord } from "../../../assembly/abi/words.js";
import type { Pair } from "./pair.js";
import { WORDS } from "./words.js";

export interface Window {
  readonly area: number;
  readonly pfn: number;
  readonly pages: number;
}

export class Book {
  /** Blocks without a slot, which stay where they are: first frame to order. */
  readonly loose = new Map<number, number>();
  /** Free blocks taken off the lists: first frame to order. */
  readonly detached = new Map<number, number>();
  readonly windows: Window[] = [];
  /** Requests under way: number to what was asked for. */
  readonly requests = new Map<number, { readonly area: number; readonly pages: number }>();
  /** A command changed a block without a slot in a way that lets it move or split: it is not known where it is now. */
  isExact = true;

  /** Reads what the last run answered to a script. */
  note(script: Int32Array, pair: Pair): void {
    for (let i = 0; i < script.length / WORDS; i++) {
      const status = pair.result(i, CommandWord.STATUS);
      const first = script[i * WORDS] as number;
      const a = (script[i * WORDS + 1] as number) >>> 0;
      this.#one(
        first & 0xff,
        (first >> 16) & 0xff,
        a,
        script[i * WORDS + 2] as number,
        script[i * WORDS + 3] as number,
        {
          status,
          pfn: pair.result(i, CommandWord.PFN),
          detail: pair.result(i, CommandWord.DETAIL) | 0,
        },
      );
    }
  }

  #one(
    op: Op,
    order: number,
    a: number,
    b: number,
    c: number,
    { status, pfn, detail }: { readonly status: Status; readonly pfn: number; readonly detail: number },
  ): void {
    if (status >= Status.BAD_COMMAND) return;
    switch (op) {
      case Op.ALLOCATE:
        if (status === Status.OK && b === 0) this.loose.set(pfn, order);
        return;
      case Op.BULK_ALLOCATE:
        if (status === Status.OK) this.loose.set(pfn, 0);
        return;
      case Op.RELEASE:
      case Op.RELEASE_DIRECT:
      case Op.SPLIT_RELEASE:
        if (this.loose.get(a) === order) this.loose.delete(a);
        else this.isExact = false;
        return;
      case Op.SET_CONTENT:
        if (this.loose.has(a)) this.isExact = false;
        return;
      case Op.ISOLATE_FREE:
        if (status === Status.OK) this.detached.set(a, order);
        return;
      case Op.PUTBACK_FREE:
        this.detached.delete(a);
        return;
      default:
        this.#cma(op, a, b, c, status, pfn, detail);
    }
  }

  #cma(op: Op, a: number, b: number, c: number, status: Status, pfn: number, detail: number): void {
    if (op === Op.CMA_ALLOCATE && status === Status.OK) this.windows.push({ area: a, pfn, pages: b });
    if (op === Op.CMA_BEGIN && status === Status.OK) this.requests.set(pfn, { area: a, pages: b });
    if (op === Op.CMA_STEP && (status === Status.NO_PAGE || detail <= 0)) {
      const asked = this.requests.get(a);
      this.requests.delete(a);
      if (asked !== undefined && status === Status.OK) this.windows.push({ ...asked, pfn });
    }
    if (op === Op.CMA_RELEASE) this.#released(a, b >>> 0, c);
  }

  /** The whole of a window, its front or its back. */
  #released(area: number, pfn: number, pages: number): void {
    const at = this.windows.findIndex(
      (window) => window.area === area && window.pfn <= pfn && pfn + pages <= window.pfn + window.pages,
    );
    const window = this.windows[at];
    if (window === undefined) {
      this.isExact = false;
      return;
    }
    this.windows[at] = this.windows.at(-1) as Window;
    this.windows.pop();
    const end = window.pfn + window.pages;
    if (pfn > window.pfn) this.windows.push({ area, pfn: window.pfn, pages: pfn - window.pfn });
    if (pfn + pages < end) this.windows.push({ area, pfn: pfn + pages, pages: end - pfn - pages });
  }
}
