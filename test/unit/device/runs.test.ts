import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  clipRuns,
  coversRun,
  intersectRuns,
  normalizeRuns,
  placeRun,
  type Run,
  splitRuns,
  subtractRuns,
  totalLength,
} from "../../../bindings/device/runs.js";

const SIZE = 48;
const run = fc
  .tuple(fc.nat(SIZE), fc.nat(SIZE))
  .map(([a, b]): Run => ({ start: Math.min(a, b), end: Math.max(a, b) }));
const runs = fc.array(run, { maxLength: 8 });

/** The naive model: one boolean per frame. */
function paint(list: readonly Run[]): boolean[] {
  const frames = new Array<boolean>(SIZE + 1).fill(false);
  for (const { start, end } of list) frames.fill(true, start, end);
  return frames;
}

function isNormal(list: readonly Run[]): boolean {
  return list.every((item, i) => item.end > item.start && (i === 0 || (list[i - 1]?.end ?? 0) < item.start));
}

describe("runs", () => {
  it("agree with one boolean per frame", () => {
    fc.assert(
      fc.property(runs, runs, run, (a, b, window) => {
        const [left, right] = [normalizeRuns(a), normalizeRuns(b)];
        const [paintedA, paintedB, paintedWindow] = [paint(a), paint(b), paint([window])];
        expect(isNormal(left)).toBe(true);
        expect(paint(left)).toEqual(paintedA);
        expect(totalLength(left)).toBe(paintedA.filter(Boolean).length);
        expect(paint(subtractRuns(left, right))).toEqual(paintedA.map((set, i) => set && !paintedB[i]));
        expect(paint(intersectRuns(left, right))).toEqual(paintedA.map((set, i) => set && paintedB[i]));
        expect(paint(clipRuns(left, window.start, window.end))).toEqual(
          paintedA.map((set, i) => set && paintedWindow[i]),
        );
        if (window.end > window.start) {
          const inside = paintedWindow.every((set, i) => !set || paintedA[i]);
          expect(coversRun(left, window)).toBe(inside);
        }
      }),
    );
  });

  it("split at borders and nowhere else", () => {
    expect(splitRuns([{ start: 0, end: 10 }], [0, 4, 10, 12])).toEqual([
      { start: 0, end: 4 },
      { start: 4, end: 10 },
    ]);
  });

  it("place at the first fit from either end", () => {
    const request = fc.record({
      length: fc.integer({ min: 1, max: 12 }),
      alignment: fc.constantFrom(1, 2, 4, 8),
      within: run,
      from: fc.constantFrom("top" as const, "bottom" as const),
    });
    fc.assert(
      fc.property(runs, request, (list, wanted) => {
        const free = normalizeRuns(list);
        const allowed = paint(clipRuns(free, wanted.within.start, wanted.within.end));
        const fits: number[] = [];
        for (let start = 0; start + wanted.length <= SIZE; start += wanted.alignment) {
          const frames = allowed.slice(start, start + wanted.length);
          if (frames.length === wanted.length && frames.every(Boolean)) fits.push(start);
        }
        expect(placeRun(free, wanted)).toBe(wanted.from === "top" ? fits.at(-1) : fits[0]);
      }),
    );
  });
});
