// Knows: what areas that keep their pages hold, read out of a machine's memory.
// Must not know: how it came there (assembly/movement/guests).

import { Region } from "../../assembly/abi/layout.js";
import { GuestWord } from "../../assembly/abi/records.js";
import type { Engine } from "../engine/engine.js";

/** Of all areas that keep their pages, in pages: at this moment, and since the start (modulo 2^32). */
export interface GuestView {
  /** Pages of these areas. */
  readonly pages: number;
  /** Of them in nobody's use. */
  readonly spare: number;
  /** Copies of file pages. */
  readonly file: number;
  /** Copies of swapped-out pages. */
  readonly swap: number;
  /** File pages copied in as reclaim dropped them. */
  readonly fileKept: number;
  /** Of them copied back for a reader: reads that needed no storage. */
  readonly fileBack: number;
  /** Swapped-out pages copied in. */
  readonly swapKept: number;
  /** Of them copied back. */
  readonly swapBack: number;
  /** Copies that were not made for want of room. */
  readonly refused: number;
  /** Copies that made room. */
  readonly evicted: number;
  /** Copies that a request dropped. */
  readonly discarded: number;
  /** Of them: written to storage first. */
  readonly written: number;
}

/** Undefined: areas lend their pages to the allocator. */
export function readGuests(engine: Engine): GuestView | undefined {
  const words = engine.unsigned(Region.GUESTS);
  if (words.length === 0) return undefined;
  const of = (word: GuestWord) => words[word] ?? 0;
  return {
    pages: of(GuestWord.PAGES),
    spare: of(GuestWord.SPARE),
    file: of(GuestWord.FILE),
    swap: of(GuestWord.SWAP),
    fileKept: of(GuestWord.FILE_KEPT),
    fileBack: of(GuestWord.FILE_BACK),
    swapKept: of(GuestWord.SWAP_KEPT),
    swapBack: of(GuestWord.SWAP_BACK),
    refused: of(GuestWord.REFUSED),
    evicted: of(GuestWord.EVICTED),
    discarded: of(GuestWord.DISCARDED),
    written: of(GuestWord.WRITTEN),
  };
}
