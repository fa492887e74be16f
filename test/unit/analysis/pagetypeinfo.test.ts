import { describe, expect, it } from "vitest";
import { Migratetype } from "../../../assembly/abi/vocabulary.js";
import {
  buildPagetypeinfo,
  freeBlocksByOrder,
  migratetypeNames,
  migratetypes,
  summarizePagetypeinfo,
} from "../../../bindings/analysis/index.js";
import { CallError } from "../../../bindings/engine/errors.js";

describe("buildPagetypeinfo", () => {
  const info = buildPagetypeinfo({
    pageblockOrder: 2,
    maxPageOrder: 3,
    zones: [
      { name: "Normal", counts: [new Uint32Array([1, 0, 2]), [0, 3]], blocks: new Uint32Array([4, 5]) },
      { name: "Movable", node: 1, counts: [], blocks: [] },
    ],
  });

  it("fills up what is missing and copies what is given", () => {
    expect(info.orders).toBe(4);
    expect(info.zones[0]?.counts[Migratetype.UNMOVABLE]).toEqual([1, 0, 2, 0]);
    expect(info.zones[0]?.counts).toHaveLength(6);
    expect(info.zones[0]?.blocks).toEqual([4, 5, 0, 0, 0, 0]);
    expect(info.zones[1]).toMatchObject({ node: 1, blocks: [0, 0, 0, 0, 0, 0] });
  });

  it("adds up to buddyinfo and to the usual figures", () => {
    expect(info.zones.map(freeBlocksByOrder)).toEqual([
      [1, 3, 2, 0],
      [0, 0, 0, 0],
    ]);
    expect(summarizePagetypeinfo(info)).toEqual([
      {
        name: "Normal",
        freePages: 15,
        freeByType: [9, 6, 0, 0, 0, 0],
        largestOrder: 2,
        unusable: [0, 66, 466, 1000],
        fragmentation: [-1000, -1000, -1000, 521],
      },
      {
        name: "Movable",
        freePages: 0,
        freeByType: [0, 0, 0, 0, 0, 0],
        largestOrder: -1,
        unusable: [1000, 1000, 1000, 1000],
        fragmentation: [0, 0, 0, 0],
      },
    ]);
  });

  it("refuses more than it could print", () => {
    const zone = (counts: number[][]) => [{ name: "Normal", counts, blocks: [] }];
    expect(() => buildPagetypeinfo({ pageblockOrder: 9, maxPageOrder: 14, zones: [] })).toThrow(CallError);
    expect(() => buildPagetypeinfo({ pageblockOrder: 9, maxPageOrder: 1, zones: zone([[1, 2, 3]]) })).toThrow(
      "zone Normal: more than 6 types or 2 orders",
    );
  });

  it("names every migratetype", () => {
    expect(migratetypes.map((type) => migratetypeNames[type])).toEqual([
      "Unmovable",
      "Movable",
      "Reclaimable",
      "HighAtomic",
      "CMA",
      "Isolate",
    ]);
  });
});
