import { describe, expect, it } from "vitest";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatPages,
  formatShare,
  formatThousandths,
} from "../../../bindings/report/sizes.js";
import { renderSparkline } from "../../../bindings/report/sparkline.js";
import { displayWidth, renderTable, singleLine } from "../../../bindings/report/table.js";

describe("renderTable", () => {
  it("aligns numbers right and words left, without trailing spaces", () => {
    const text = renderTable(
      [{ header: "area" }, { header: "pages" }, { header: "verdict" }],
      [
        ["linux,cma", 81920, "fits"],
        ["vframe", 7, ""],
      ],
    );
    expect(text).toBe(
      "area       pages  verdict\n" +
        "---------  -----  -------\n" +
        "linux,cma  81920  fits\n" +
        "vframe         7\n",
    );
  });

  it("counts what a terminal shows, not code units", () => {
    expect(["abc", "日本", "é", "e\u0301", "👩‍👩‍👧", "🇯🇵", "▁█", "한글", ""].map(displayWidth)).toEqual([
      3, 4, 1, 1, 2, 2, 2, 4, 0,
    ]);
    const lines = renderTable(
      [{ header: "名" }, { header: "n" }],
      [
        ["カメラ", 1],
        ["gpu", 22],
      ],
    ).split("\n");
    expect(lines).toEqual(["名       n", "------  --", "カメラ   1", "gpu     22", ""]);
  });

  it("keeps a row on one line: kernels name areas with a line break", () => {
    expect(singleLine("cma0\n")).toBe("cma0");
    expect(renderTable([{ header: "a" }, { header: "b", align: "right" }], [["x\ny", "z"]])).toBe(
      "a    b\n---  -\nx y  z\n",
    );
    expect(renderTable([{ header: "only" }], [])).toBe("only\n----\n");
  });
});

describe("renderSparkline", () => {
  it("spans the series, or the given range", () => {
    expect(renderSparkline([0, 1, 2, 3, 4, 5, 6, 7])).toBe("▁▂▃▄▅▆▇█");
    expect(renderSparkline([5, 5, 5])).toBe("▁▁▁");
    expect(renderSparkline([0, 50, 100, 200], { min: 0, max: 100 })).toBe("▁▅██");
    expect(renderSparkline([1, Number.NaN, 2])).toBe("▁ █");
    expect(renderSparkline([])).toBe("");
  });

  it("never loses a peak when it shrinks", () => {
    const values = Array.from({ length: 1000 }, (_, i) => (i === 617 ? 9 : 0));
    const line = renderSparkline(values, { width: 40 });
    expect([...line]).toHaveLength(40);
    expect([...line].filter((bar) => bar === "█")).toHaveLength(1);
  });
});

describe("numbers for people", () => {
  it("sizes", () => {
    expect([0, 1023, 1024, 1536 * 2 ** 20, 254 * 2 ** 20, 2 ** 60].map(formatBytes)).toEqual([
      "0 bytes",
      "1023 bytes",
      "1 KiB",
      "1.5 GiB",
      "254 MiB",
      "1024 PiB",
    ]);
    expect(formatPages(16256, 14)).toBe("254 MiB");
  });

  it("counts, times, shares, thousandths", () => {
    expect([0, 999, 1000, 1234567, -4096, 1234.5].map(formatCount)).toEqual([
      "0",
      "999",
      "1,000",
      "1,234,567",
      "-4,096",
      "1,234.5",
    ]);
    expect([0, 26_000, 684_000, 298_640_000, 4.13e9, 999_900].map(formatDuration)).toEqual([
      "0 ns",
      "26 us",
      "684 us",
      "299 ms",
      "4.13 s",
      "1 ms",
    ]);
    expect([
      formatShare(0, 7),
      formatShare(1, 3),
      formatShare(7, 7),
      formatShare(1, 1e6),
      formatShare(999_999, 1e6),
      formatShare(0, 0),
    ]).toEqual(["0 %", "33.3 %", "100 %", "<0.1 %", ">99.9 %", "-"]);
    expect([42, 1000, -1000].map(formatThousandths)).toEqual(["0.042", "1.000", "-1.000"]);
  });
});
