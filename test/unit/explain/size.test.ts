// Knows: what a list of buffers needs: the spans against every order tried one by one, and the words on the command line.
// Must not know: files.

import { describe, expect, it } from "vitest";
import { collect } from "../../../bindings/importers/collect.js";
import {
  type Buffer,
  parseBuffer,
  sizeForBuffers,
  sizeForPicture,
  spanOfOrder,
  spansOf,
} from "../../../bindings/size/index.js";

function buffer(text: string): Buffer {
  const parsed = parseBuffer(text, 4096);
  if (typeof parsed === "string") throw new Error(parsed);
  expect(parsed).toHaveLength(1);
  return parsed[0]!;
}

/** All different orders, one by one. */
function orders(counts: readonly number[]): number[][] {
  if (counts.every((count) => count === 0)) return [[]];
  return counts.flatMap((count, i) =>
    count === 0
      ? []
      : orders(counts.map((other, j) => (j === i ? other - 1 : other))).map((rest) => [i, ...rest]),
  );
}

describe("buffers", () => {
  it("pictures, pages and bytes", () => {
    expect(buffer("4x1920x1080xNV12")).toMatchObject({ count: 4, pages: 760, align: 8, alignInferred: true });
    expect(buffer("1920x1080xXRGB8888")).toMatchObject({ count: 1, pages: 2025 });
    expect(buffer("6x3934pages@8")).toMatchObject({ count: 6, pages: 3934, align: 8, alignInferred: false });
    expect(buffer("3x8M")).toMatchObject({ count: 3, pages: 2048 });
    expect(buffer("512K@0")).toMatchObject({ count: 1, pages: 128, align: 0 });
    expect(buffer("4097")).toMatchObject({ pages: 2, align: 1 });
    expect(parseBuffer("2x1920x1080xNV12", 16384)).toMatchObject([{ pages: 190 }]);
  });

  it("says what is wrong", () => {
    for (const text of [
      "",
      "x",
      "0pages",
      "0x8M",
      "8M@",
      "8M@x",
      "8M@99",
      "1920x1080xFOO",
      "1@2@3",
      "99999999x1M",
      "-1pages",
    ]) {
      expect(parseBuffer(text, 4096), text).toBeTypeOf("string");
    }
  });
});

describe("spans", () => {
  const lists = [
    ["3x178pages"],
    ["2x5pages@2", "2x3pages@0", "1x9pages@3"],
    ["2x148pages", "2x17pages@0", "1x385pages@8", "1x100pages@6"],
    ["3x3pages@2", "2x1pages@0", "2x6pages@1"],
    ["1x7pages@3", "1x1pages@0", "1x2pages@1", "1x4pages@2", "1x9pages@4", "1x3pages@0"],
  ];
  for (const list of lists) {
    it(`are those of every order tried: ${list.join(" ")}`, () => {
      const buffers = list.map(buffer);
      const all = orders(buffers.map(({ count }) => count)).map((order) => spanOfOrder(buffers, order).pages);
      const { best, worst, exact } = spansOf(buffers);
      expect(exact).toBe(true);
      expect([best.pages, worst.pages]).toEqual([Math.min(...all), Math.max(...all)]);
      const { guaranteed } = sizeForBuffers(buffers, 4096);
      expect(guaranteed).toBeGreaterThanOrEqual(worst.pages);
    });
  }

  it("1080p frames: each takes a slot of 2048 pages", () => {
    const { best, worst } = spansOf([buffer("4x1920x1080xXRGB8888")]);
    expect(best.pages).toBe(3 * 2048 + 2025);
    expect(worst).toEqual(best);
  });

  it("many buffers: an answer after a bounded number of steps, which says that it is not exact", () => {
    const list = ["300x148pages", "55x17pages@0", "900x385pages", "3x2M", "1x3pages@8"].map(buffer);
    const work = { placed: 0 };
    const { best, worst, exact } = spansOf(list, work);
    expect(exact).toBe(false);
    expect(best.pages).toBeLessThanOrEqual(worst.pages);
    // 38 orders of 1,259 buffers.
    expect(work.placed).toBe(38 * 1259);
  });
});

describe("what to write", () => {
  it("an area on a pageblock that holds the guarantee", () => {
    const { recommended, guaranteed, cmdline, deviceTree } = sizeForBuffers(
      [buffer("2032pages@8"), buffer("456pages@8")],
      4096,
    );
    expect(guaranteed).toBe(2287 + 711);
    expect(recommended.pages).toBe(3072);
    expect(cmdline).toBe("cma=12M");
    expect(deviceTree).toContain("size = <0x0 0xc00000>;");
  });

  it("sizes above 4 GiB in two cells", () => {
    expect(sizeForBuffers([buffer("5G")], 4096).deviceTree).toContain("size = <0x1 0x40400000>;");
  });

  it("from a log: where the failed request would have fitted", () => {
    const log =
      "cma: cma_alloc: alloc failed, req-size: 256 pages, ret: -12\ncma: number of available pages: 4@572+166@1114+127@1921=> 297 free of 2048 total pages\n";
    const answer = sizeForPicture(collect({ log }), 4096)!;
    // The last 127 pages are free: the request begins at page 2048, the first aligned one behind 1921.
    expect(answer.recommended.pages).toBe(3072);
    expect(answer.recommended.reason).toContain("has 2304");
  });

  it("from a log without any request: nothing", () => {
    expect(sizeForPicture(collect({ log: "hello\n" }), 4096)).toBeUndefined();
  });
});
