// Knows: collect, explain and size as a program uses them, from the package's one entry, with the types that it sees.
// Must not know: files, the command line.

import { describe, expect, expectTypeOf, it } from "vitest";
import {
  type Buffer,
  collect,
  type Explained,
  type Explanation,
  explain,
  type Facts,
  type SizeAnswer,
  size,
  sizeForPicture,
  VERDICTS,
} from "../../../bindings/doors/explain.js";
import { UnitError } from "../../../bindings/doors/pageblock.js";

const LOG = [
  "cma: cma_alloc: linux,cma: alloc failed, req-size: 456 pages, ret: -12",
  "cma: number of available pages: 255@1+511@512=> 766 free of 4096 total pages",
].join("\n");

describe("the public functions", () => {
  it("collect takes texts and bytes by name; explain answers one entry a failed request", () => {
    const facts = collect({ "dmesg.txt": LOG, "empty.bin": new Uint8Array(0) });
    expectTypeOf(facts).toEqualTypeOf<Facts>();
    const explanation = explain(facts, { kernel: "6.6" });
    expectTypeOf(explanation).toEqualTypeOf<Explanation>();
    expectTypeOf(explanation.failures).toEqualTypeOf<readonly Explained[]>();
    expect(explanation.failures).toMatchObject([
      { area: "linux,cma", pages: 456, errno: -12, largestRun: 511 },
    ]);
    expect(VERDICTS).toContain(explanation.failures[0]?.verdict);
    expect(explanation.issues.map(({ code }) => code)).toContain("empty");
  });

  it("size takes what the command line takes, or the requests of a log", () => {
    const answer = size(["2x456pages@8"]);
    expectTypeOf(answer).toEqualTypeOf<SizeAnswer>();
    expectTypeOf(answer.buffers).toEqualTypeOf<readonly Buffer[]>();
    expect(answer).toMatchObject({ pages: 912, guaranteed: 2 * (456 + 255) });
    expect(size(["1M"], 16384).pages).toBe(64);
    expect(() => size(["much", "4x4"])).toThrow(UnitError);
    expect(() => size([])).toThrow("no buffer was given");
    expect(sizeForPicture(collect({ LOG }), 4096)?.pages).toBe(456);
  });
});
