// Knows: the operations that both models are asked for, as plain data that can be printed and replayed.
// Must not know: how a model performs them, how they are chosen.
//
// A release names the operation that allocated (`of`), not a frame: a sequence stays meaningful when others are
// removed from it. Where that allocation is missing, has failed or is freed already, the release does nothing.

import type { Mobility, ZoneFlag } from "../../assembly/abi/vocabulary.js";

export type Operation =
  | {
      readonly op: "allocate";
      /** Names the block for later operations. */
      readonly id: number;
      readonly cpu: number;
      readonly order: number;
      readonly gfp: number;
      readonly mobility: Mobility;
    }
  | { readonly op: "release"; readonly of: number; readonly cpu: number; readonly how: ReleaseHow }
  /** Pages in use since before the beginning. */
  | { readonly op: "release_loose"; readonly pfn: number; readonly order: number; readonly cpu: number }
  /** One page of alloc_pages_bulk() from one zone. */
  | {
      readonly op: "bulk";
      readonly id: number;
      readonly cpu: number;
      readonly zone: number;
      readonly gfp: number;
    }
  | { readonly op: "drain_all"; readonly cpu: number; readonly zone: number | null }
  | {
      readonly op: "drain_pcp";
      readonly cpu: number;
      readonly zone: number;
      readonly pages: number;
      readonly pindex: number;
    }
  | { readonly op: "decay"; readonly cpu: number; readonly zone: number }
  | { readonly op: "fold"; readonly cpu: number; readonly all: boolean; readonly zone: number | null }
  | { readonly op: "tick"; readonly cpu: number }
  | { readonly op: "set_boost"; readonly zone: number; readonly pages: number }
  | { readonly op: "set_flag"; readonly zone: number; readonly flag: ZoneFlag; readonly on: boolean }
  /** The nth free block of a list, modulo its length. */
  | (NthFree & { readonly op: "rotate"; readonly toHead: boolean })
  | (NthFree & { readonly op: "detach"; readonly id: number; readonly cpu: number })
  | { readonly op: "attach"; readonly of: number; readonly cpu: number }
  /** Direct reclaim gives one HIGHATOMIC pageblock back. */
  | { readonly op: "unreserve"; readonly cpu: number; readonly gfp: number }
  | { readonly op: "set_mobility"; readonly of: number; readonly mobility: Mobility }
  | { readonly op: "hint_movable"; readonly pages: number }
  | {
      readonly op: "cma_allocate";
      readonly id: number;
      readonly cpu: number;
      readonly area: number;
      readonly pages: number;
      readonly align: number;
    }
  | { readonly op: "cma_release"; readonly of: number; readonly cpu: number }
  /** A cma_alloc that the next two drive. */
  | {
      readonly op: "cma_begin";
      readonly id: number;
      readonly cpu: number;
      readonly area: number;
      readonly pages: number;
      readonly align: number;
    }
  | { readonly op: "cma_step"; readonly of: number }
  | { readonly op: "cma_kill"; readonly of: number }
  /** The page becomes clean page cache. */
  | { readonly op: "set_file"; readonly of: number }
  /** A copy, which lives and dies by itself. */
  | { readonly op: "fork" }
  | { readonly op: "pin"; readonly of: number; readonly on: boolean };

export type ReleaseHow = "pages" | "split" | "direct";

export interface NthFree {
  readonly zone: number;
  readonly order: number;
  readonly type: number;
  readonly nth: number;
}

/** One line per operation: what a failing test prints, and what a regression test contains. */
export function printOperations(operations: readonly Operation[]): string {
  return operations.map((operation) => JSON.stringify(operation)).join("\n");
}

export function parseOperations(text: string): Operation[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as Operation);
}
