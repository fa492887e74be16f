// Knows: how reported cases ended, as a weak prior for what is likely when nothing decides.
// Must not know: the request at hand. A ranking is never a proof: it is printed with the number of cases it rests on.
//
// Only cases whose cause was said in the thread, or follows from numbers in it. A contributor adds a row.

import type { Verdict } from "./verdicts.js";

export const CASES: readonly { readonly thread: string; readonly cause: Verdict }[] = [
  { thread: "raspberrypi/linux#2680: one page, -16: a page that compaction could not move", cause: "PINNED" },
  { thread: "anholt/linux#76: every window up to the end of the area busy", cause: "PINNED" },
  { thread: "anholt/linux#135: long-lived small allocations inside the area", cause: "FRAGMENTED" },
  { thread: "Freescale/gstreamer-imx#30: 178 pages at align 8 span 256", cause: "ALIGNMENT" },
  { thread: "linux-mm, March 2022, i.MX6Q: two callers isolate one pageblock", cause: "ISOLATION-COLLISION" },
  { thread: "NV-Kernels#403: the DMA layer fell back", cause: "BENIGN" },
  { thread: "Xilinx/Vitis-AI#1430: the area was too small for the DPU", cause: "EXHAUSTED" },
  { thread: "a board's node linux,cma of 256 MiB was not placed", cause: "RESERVATION-SHRANK" },
  { thread: "NXP CAS 2022: 255-page holes, 456 pages at align 8", cause: "ALIGNMENT" },
];

/** A possible cause and how often it was the one. */
export interface Ranked {
  /** The cause. */
  readonly verdict: Verdict;
  /** Reported cases with this cause. */
  readonly cases: number;
}

/** The possible causes by the number of reported cases, those without any last and in their order. */
export function ranked(possible: readonly Verdict[]): Ranked[] {
  const counted = possible.map((verdict) => ({
    verdict,
    cases: CASES.filter(({ cause }) => cause === verdict).length,
  }));
  return counted.sort((a, b) => b.cases - a.cases);
}

/** One line for people; undefined when no case says anything. */
export function rankingText(possible: readonly Verdict[]): string | undefined {
  const named = ranked(possible).filter(({ cases }) => cases > 0);
  if (named.length === 0 || possible.length < 2) return undefined;
  const all = named.reduce((sum, { cases }) => sum + cases, 0);
  const list = named.map(({ verdict, cases }) => `${verdict} ${cases}`).join(", ");
  return `a ranking, no proof: of ${all} reported cases with one of these causes: ${list}`;
}
