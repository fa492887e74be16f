import { describe, expect, it } from "vitest";
import {
  contigInfo,
  fragmentationIndex,
  indexByOrder,
  unusableFreeIndex,
} from "../../../bindings/analysis/index.js";

describe("free space indexes", () => {
  it("count blocks, pages and requests", () => {
    expect(contigInfo([3, 2, 0, 1], 1)).toEqual({ freePages: 15, blocks: 6, suitableBlocks: 6 });
    expect(contigInfo([], 0)).toEqual({ freePages: 0, blocks: 0, suitableBlocks: 0 });
  });

  it("unusable free index: the share that smaller blocks hold, rounded down", () => {
    const blocks = [3, 2, 0, 1];
    // 15 pages free; in blocks of at least order 0, 1, 2, 3: 15, 12, 8, 8
    expect(indexByOrder(unusableFreeIndex, blocks)).toEqual([0, 200, 466, 466]);
    expect(unusableFreeIndex(blocks, 4)).toBe(1000);
    expect(unusableFreeIndex([0, 0], 0)).toBe(1000);
  });

  it("fragmentation index: only where the request would fail", () => {
    expect(fragmentationIndex([8, 4, 0, 0], 1)).toBe(-1000);
    // 16 pages in 12 blocks, 4 wanted: 1000 - (1000 + 4000) / 12
    expect(fragmentationIndex([8, 4, 0, 0], 2)).toBe(584);
    // a single free page and order 3: 1000 - (1000 + 125) / 1, below zero as in the kernel
    expect(fragmentationIndex([1, 0, 0, 0], 3)).toBe(-125);
    expect(fragmentationIndex([0, 0, 0, 0], 3)).toBe(0);
    // many single pages: towards 1000
    expect(fragmentationIndex([100_000], 9)).toBe(999);
  });

  it("accepts the view of a machine's memory", () => {
    expect(unusableFreeIndex(new Uint32Array([1, 1]), 1)).toBe(333);
  });
});
