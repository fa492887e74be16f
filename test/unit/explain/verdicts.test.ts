// Knows: which cause follows from which facts, kernel by kernel, and the shape of the answer.
// Must not know: formats (the texts here are the plainest ones).

import { describe, expect, it } from "vitest";
import { explain, inferAlign, versionNumber } from "../../../bindings/explain/index.js";
import { collect } from "../../../bindings/importers/collect.js";

function verdicts(log: string, kernel?: string) {
  return explain(collect({ log }), { kernel }).failures.map(({ verdict, alsoPossible }) => ({
    verdict,
    alsoPossible,
  }));
}

const failed = (pages: number, ret: number) =>
  `cma: cma_alloc: linux,cma: alloc failed, req-size: ${pages} pages, ret: ${ret}\n`;
const list = (text: string) => `cma: number of available pages: ${text} total pages\n`;

describe("what an error means depends on the kernel", () => {
  const open = list("4096@0=> 4096 free of 4096");
  it("-12 with a window: no target for the pages that must move", () => {
    for (const kernel of ["5.10", "6.1", "6.12", "6.18"]) {
      expect(verdicts(failed(512, -12) + open, kernel)).toEqual([
        { verdict: "NO-MIGRATION-TARGET", alsoPossible: [] },
      ]);
    }
  });

  it("-12 alone decides since 6.15 only", () => {
    expect(verdicts(failed(512, -12), "6.18")[0]?.verdict).toBe("NO-MIGRATION-TARGET");
    expect(verdicts(failed(512, -12), "6.12")[0]).toEqual({
      verdict: "UNDECIDED",
      alsoPossible: ["IMPOSSIBLE", "EXHAUSTED", "FRAGMENTED", "ALIGNMENT", "NO-MIGRATION-TARGET", "BENIGN"],
    });
  });

  it("-16 alone may mean that there was no window since 6.15", () => {
    expect(verdicts(failed(512, -16), "6.18")[0]?.alsoPossible).toContain("FRAGMENTED");
    expect(verdicts(failed(512, -16), "6.12")[0]?.alsoPossible).not.toContain("FRAGMENTED");
  });

  it("-16 without a window at the inferred alignment: the caller asked for less alignment, before 6.15", () => {
    const runs = list("511@1+511@513=> 1022 free of 4096");
    expect(verdicts(failed(456, -16) + runs, "5.4")[0]?.verdict).toBe("PINNED");
    expect(verdicts(failed(456, -16) + runs, "6.18")[0]?.verdict).toBe("ALIGNMENT");
    expect(verdicts(failed(456, -12) + runs, "6.1")[0]?.verdict).toBe("ALIGNMENT");
  });

  it("a collision of callers needs a kernel without the mutex", () => {
    const runs = list("600@0+600@1024+600@2048+600@3072=> 2400 free of 4096");
    expect(verdicts(failed(148, -16) + runs, "6.1")[0]?.verdict).toBe("ISOLATION-COLLISION");
    expect(verdicts(failed(148, -16) + runs, "5.4")[0]).toEqual({
      verdict: "PINNED",
      alsoPossible: ["PINNED-LONG", "PINNED-ROLLING", "UNMOVABLE-IN-CMA"],
    });
  });
});

describe("the order of the causes", () => {
  it("served after all comes first, then the impossible, then space", () => {
    expect(verdicts(failed(512, -4) + list("=> 0 free of 64"))[0]?.verdict).toBe("KILLED");
    expect(verdicts(failed(512, -12) + list("=> 0 free of 64"))[0]?.verdict).toBe("IMPOSSIBLE");
    expect(verdicts(failed(512, -12) + list("10@0=> 10 free of 4096"))[0]?.verdict).toBe("EXHAUSTED");
    expect(verdicts(failed(512, -12) + list("400@0+400@1000=> 800 free of 4096"))[0]?.verdict).toBe(
      "FRAGMENTED",
    );
  });

  it("an area that begins off its alignment", () => {
    const files = `/sys/kernel/debug/cma/linux,cma/base_pfn:1000\n/sys/kernel/debug/cma/linux,cma/count:512\n`;
    expect(verdicts(files + failed(512, -12) + list("512@0=> 512 free of 512"))[0]?.verdict).toBe(
      "IMPOSSIBLE",
    );
  });

  it("an alignment given by the log is not inferred", () => {
    const request = "cma: cma_alloc(cma 00000000a1, name: linux,cma, count 300, align 4)\n";
    const [failure] = explain(
      collect({ log: request + failed(300, -12) + list("310@8=> 310 free of 4096") }),
    ).failures;
    expect(failure).toMatchObject({ align: 4, alignInferred: false, verdict: "NO-MIGRATION-TARGET" });
    expect(failure?.fits).toEqual({ "0": 1, "1": 1, "2": 1, "3": 1, "4": 1, "5": 0, "6": 0, "7": 0, "8": 0 });
  });
});

describe("the answer", () => {
  it("has the keys that are promised, and no others", () => {
    const explanation = explain(collect({ log: failed(512, -12) }));
    expect(Object.keys(explanation)).toEqual(["sentence", "failures", "findings", "holders", "issues"]);
    const keys =
      "sentence area pages errno kernel align alignInferred verdict certainty alsoPossible ranking runs largestRun fits evidence remedies nextCommand";
    expect(Object.keys(explanation.failures[0]!)).toEqual(keys.split(" "));
  });

  it("infers the alignment as the DMA layer asks for it", () => {
    expect([1, 2, 3, 4, 5, 148, 256, 257, 100_000].map(inferAlign)).toEqual([0, 1, 2, 2, 3, 8, 8, 8, 8]);
    expect(["6.12", "v6.1", "6.12.117-lab", "5.4.217", "abc", "6"].map(versionNumber)).toEqual([
      612,
      601,
      612,
      504,
      undefined,
      undefined,
    ]);
  });

  it("files that contradict each other are reported", () => {
    const area = (used: number, count: number) =>
      `/sys/kernel/debug/cma/a/count:${count}\n/sys/kernel/debug/cma/a/used:${used}\n/sys/kernel/debug/cma/a/bitmap:255 0 0 0\n`;
    const codes = (files: Record<string, string>) => explain(collect(files)).issues.map(({ code }) => code);
    expect(codes({ x: area(8, 128) })).toEqual([]);
    expect(codes({ x: area(9, 128) })).toEqual(["used-against-bitmap"]);
    expect(codes({ x: area(8, 128), y: area(8, 100) })).toContain("area-changed");
    expect(codes({ x: area(8, 128), y: "CmaTotal:  256 kB\n" })).toEqual(["cma-total"]);
    expect(codes({ x: "Linux version 6.1.0-a (b)\n", y: "Linux version 6.12.0-a (b)\n" })).toEqual([
      "two-kernels",
    ]);
  });
});
