import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type FreeRun,
  fitRequest,
  freeRunsOfBits,
  guaranteedRun,
  runStatistics,
} from "../../../bindings/analysis/index.js";

describe("run statistics", () => {
  it("of nothing", () => {
    expect(runStatistics([])).toEqual({ runs: 0, pages: 0, longest: 0, weightedMedian: 0, histogram: [] });
  });

  it("weigh a run by its pages", () => {
    const lengths = [1, 1, 1, 1, 2, 3, 8, 100];
    const runs = lengths.map((length, i) => ({ start: i * 200, length }));
    expect(runStatistics(runs)).toEqual({
      runs: 8,
      pages: 117,
      longest: 100,
      weightedMedian: 100,
      histogram: [4, 2, 0, 1, 0, 0, 1],
    });
  });

  it("come from a bitmap, in pages", () => {
    const set = new Set([0, 3, 4]);
    expect(freeRunsOfBits(7, (bit) => set.has(bit), 2)).toEqual([
      { start: 4, length: 8 },
      { start: 20, length: 8 },
    ]);
    expect(freeRunsOfBits(0, () => false)).toEqual([]);
  });
});

describe("fitRequest", () => {
  it("agrees with the slide of 2022: 456 pages in a run of 511 at 58881", () => {
    const run = [{ start: 58_881, length: 511 }];
    const at = (align: number) => fitRequest(run, { count: 456, align, basePfn: 0 });
    for (let align = 0; align <= 5; align++) expect(at(align).fits).toBe(true);
    expect(at(6)).toEqual({
      fits: false,
      first: -1,
      windows: 0,
      pagesShort: 8,
      largestAlign: 5,
      fitsUnaligned: true,
    });
    expect(at(8)).toMatchObject({ fits: false, pagesShort: 200, largestAlign: 5, fitsUnaligned: true });
    expect([guaranteedRun(456, 8), guaranteedRun(2032, 8)]).toEqual([711, 2287]);
  });

  it("counts alignment from pfn 0 and whole bits", () => {
    expect(fitRequest([{ start: 0, length: 64 }], { count: 32, align: 5, basePfn: 16 })).toMatchObject({
      first: 16,
      windows: 1,
    });
    const bits = [{ start: 8, length: 8 }];
    expect(fitRequest(bits, { count: 5, align: 0, basePfn: 0, orderPerBit: 3 })).toMatchObject({
      fits: true,
      windows: 1,
    });
    expect(fitRequest(bits, { count: 9, align: 0, basePfn: 0, orderPerBit: 3 })).toMatchObject({
      fits: false,
      pagesShort: 8,
      fitsUnaligned: false,
    });
    expect(fitRequest([], { count: 4, align: 0, basePfn: 0 })).toMatchObject({
      pagesShort: 4,
      largestAlign: -1,
    });
  });

  it("agrees with trying every start", () => {
    const bitmap = fc.array(fc.boolean(), { minLength: 1, maxLength: 64 });
    const request = fc.record({
      count: fc.integer({ min: 1, max: 20 }),
      align: fc.integer({ min: 0, max: 4 }),
      basePfn: fc.nat(40),
    });
    fc.assert(
      fc.property(bitmap, request, (taken, wanted) => {
        const runs: FreeRun[] = freeRunsOfBits(taken.length, (bit) => taken[bit] ?? true);
        const starts = (align: number) =>
          taken.flatMap((_, start) => {
            const window = taken.slice(start, start + wanted.count);
            const free = window.length === wanted.count && !window.includes(true);
            return free && (wanted.basePfn + start) % 2 ** align === 0 ? [start] : [];
          });
        const answer = fitRequest(runs, wanted);
        const found = starts(wanted.align);
        expect(answer.windows).toBe(found.length);
        expect(answer.first).toBe(found[0] ?? -1);
        expect(answer.fits).toBe(answer.pagesShort === 0);
        const aligns = [0, 1, 2, 3, 4].filter((align) => align <= wanted.align && starts(align).length > 0);
        expect(answer.largestAlign).toBe(aligns.at(-1) ?? -1);
        expect(answer.fitsUnaligned).toBe(starts(0).length > 0);
      }),
    );
  });
});
