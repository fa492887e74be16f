// Knows: what every page of a CMA area is at this moment, counted for the whole area or pageblock by pageblock.
// Must not know: time, requests, what the counts are for.

import { CLASS_BINS, ClassFlag } from "../../assembly/abi/classes.js";
import { ConfigWord } from "../../assembly/abi/words.js";
import type { Machine } from "../machine/machine.js";
import { type CellMap, PAGE_KINDS, type PageKind } from "../scenario/result.js";

/** By PageClass; pages with a pin are "pinned", unless a CMA client holds them. */
const KIND_OF_CLASS: readonly PageKind[] = [
  ...(["free", "pcp", "anon", "file", "dirty", "zram", "other", "cma", "other", "other"] as const),
];
const KIND_OF_BIN = Array.from({ length: CLASS_BINS }, (_, bin) => {
  const kind = KIND_OF_CLASS[bin & ~ClassFlag.PINNED] ?? "other";
  return PAGE_KINDS.indexOf((bin & ClassFlag.PINNED) !== 0 && kind !== "cma" ? "pinned" : kind);
});

/** Pages of [startPfn, startPfn + pages) by kind; counts[kind * cells + cell], `perCell` pages a cell. */
export function countKinds(machine: Machine, startPfn: number, pages: number, perCell: number): Uint32Array {
  const bins = machine.views.classCounts(startPfn, pages, perCell);
  const cells = bins.length / CLASS_BINS;
  const counts = new Uint32Array(PAGE_KINDS.length * cells);
  for (let cell = 0; cell < cells; cell++) {
    for (let bin = 0; bin < CLASS_BINS; bin++) {
      const at = (KIND_OF_BIN[bin] ?? 0) * cells + cell;
      counts[at] = (counts[at] ?? 0) + (bins[cell * CLASS_BINS + bin] ?? 0);
    }
  }
  return counts;
}

/** One cell per pageblock of a contiguous range. */
export function mapRange(machine: Machine, startPfn: number, pages: number): CellMap {
  const pagesPerCell = 2 ** machine.views.config(ConfigWord.PAGEBLOCK_ORDER);
  const cells = Math.ceil(pages / pagesPerCell);
  const counts = countKinds(machine, startPfn, pages, pagesPerCell);
  return {
    startPfn,
    pagesPerCell,
    kinds: PAGE_KINDS,
    counts: PAGE_KINDS.map((_, kind) => Array.from(counts.subarray(kind * cells, (kind + 1) * cells))),
  };
}
