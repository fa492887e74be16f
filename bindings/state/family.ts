// Knows: which kernel family a dump is of, judged by what the dump contains, and the geometry that follows.
// Must not know: the rules of the families (those are numbers of the engine's kernel profiles), any text format.

import type { MachineState } from "./types.js";

/**
 * Kernels whose allocator states look alike. `6.12`: per-CPU limits that tune themselves, ZONE_BELOW_HIGH, lists
 * that follow the pageblock type. `6.1`: one fixed per-CPU high, a cached type per per-CPU page, lists that may differ.
 */
export type KernelFamily = "6.12" | "6.1";

/** What one capture's kernel and machine look like. */
export interface CaptureFamily {
  /** Which kernels' states look like it. */
  kernel: KernelFamily;
  /** Binary logarithm of the page size. */
  pageShift: number;
  /** Order of the largest block, inclusive. */
  maxPageOrder: number;
  /** Order of a pageblock. */
  pageblockOrder: number;
  /** Per-CPU lists of a zone on one CPU. */
  pcpLists: number;
  /** Order of the pages on the per-CPU lists above the low orders; 0 when there are no such lists. */
  pcpThpOrder: number;
  /** How many CPUs. */
  cpus: number;
  /** Zones that have memory, low to high. */
  zoneNames: string[];
}

/** By what the state contains: ZONE_BELOW_HIGH came with 6.7. */
export function kernelFamily(state: MachineState): KernelFamily {
  return state.zones.some((zone) => zone.flags.belowHigh !== undefined) ? "6.12" : "6.1";
}

/** What the kernel and the machine of a state look like. */
export function captureFamily(state: MachineState): CaptureFamily {
  const { constants } = state;
  return {
    kernel: kernelFamily(state),
    pageShift: constants["page_shift"] as number,
    maxPageOrder: constants["max_page_order"] as number,
    pageblockOrder: constants["pageblock_order"] as number,
    pcpLists: constants["nr_pcp_lists"] as number,
    pcpThpOrder: pcpThpOrder(state),
    cpus: state.cpus.length,
    zoneNames: state.zones.map((zone) => zone.name),
  };
}

/**
 * 6.12 keeps HPAGE_PMD_ORDER on its two THP lists: a page of 8-byte entries maps 2^(page_shift - 3) pages
 * (4 KiB: 9, 16 KiB: 11, 64 KiB: 13). 6.1 keeps pageblock_order there.
 */
export function pcpThpOrder(state: MachineState): number {
  const { constants } = state;
  if (constants["nr_pcp_lists"] === constants["nr_loworder_pcp_lists"]) {
    return 0;
  }
  const pmdOrder = (constants["page_shift"] as number) - 3;
  return kernelFamily(state) === "6.12" ? pmdOrder : (constants["pageblock_order"] as number);
}

/** Order of the pages on per-CPU list `pindex`. */
export function pcpOrder(state: MachineState, pindex: number): number {
  const lowOrderLists = state.constants["nr_loworder_pcp_lists"] as number;
  const types = state.constants["pcptypes"] as number;
  return pindex < lowOrderLists ? Math.floor(pindex / types) : pcpThpOrder(state);
}
