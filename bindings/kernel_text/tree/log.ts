// Knows: what a kernel writes to its log when cma_alloc() fails, from the bitmaps as they are at that moment.
// Must not know: time, who asked, where the log goes.
//
// Models: cma_alloc() and cma_debug_show_areas() of mm/cma.c. 6.1 lists the free pages with CONFIG_CMA_DEBUG only, so not
// here; the 6.12 of the captures has that option, and 6.15 needs none. With several ranges each has a line of its own.

import { type FreeRun, freeRunsOfBits } from "../../analysis/index.js";
import type { AreaView } from "../../machine/cma.js";
import type { Machine } from "../../machine/machine.js";
import { renderAllocFailed, renderAvailablePages, renderAvailableRanges } from "../proc/cma.js";
import { kernelOfMachine } from "./kernel.js";

/** Clear bits of one range. */
export function freeRunsOf(machine: Machine, area: AreaView, nth: number): FreeRun[] {
  const words = machine.cma.bitmap(area.index, nth);
  const bits = area.ranges[nth]?.bits ?? 0;
  return freeRunsOfBits(bits, (bit) => (((words[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 1);
}

/** The lines of one failure, each with its line end. @param errno negative */
export function failureLines(machine: Machine, area: AreaView, pages: number, errno: number): string[] {
  const kernel = kernelOfMachine(machine.views);
  const { orderPerBit, pages: total, ranges } = area;
  const name = area.name.replace(/\p{Cc}+/gu, "");
  const caller = kernel === "6.1" ? "cma_alloc" : "__cma_alloc";
  const failed = renderAllocFailed({ caller, area: name, pages, errno });
  if (kernel === "6.1") return [failed];
  const runs = ranges.map((_, nth) => freeRunsOf(machine, area, nth));
  const [only] = runs;
  if (runs.length === 1 && only !== undefined)
    return [failed, renderAvailablePages(only, orderPerBit, total)];
  return [failed, ...renderAvailableRanges(runs, orderPerBit, total)];
}
