// Knows: that every small input of test/golden/faults is answered as it should be.
// Must not know: how it is answered.

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { hold } from "./expected.js";
import { FAULTS } from "./faults.js";

const HERE = new URL("../../golden/faults/", import.meta.url);
const names = readdirSync(HERE)
  .filter((file) => file.endsWith(".txt"))
  .map((file) => file.slice(0, -4));

/** Wrong answers that are known: each must still be wrong, or its name leaves the list. */
const KNOWN: ReadonlySet<string> = new Set<string>([
  "area-total-from-memory-line",
  "area-total-from-show_mem",
  "bitmap-wrapped",
  "busy-3x-wording",
  "busy-then-driver-error",
  "busy-windows-old-kernel",
  "cmafree-below-request",
  "cmafree-plenty",
  "driver-line-first",
  "dump-count-and-owner",
  "dump-without-head",
  "empty-list-is-no-era",
  "errno-lost-7x",
  "fallback-negated",
  "harmless-small",
  "holders-bufinfo",
  "holders-vc4-bo",
  "list-without-positions",
  "meminfo-only",
  "one-page",
  "qp-soft-break",
  "reserve-line-taken-by-meminfo",
  "reserve-logcat",
  "reserve-no-blank",
  "reserve-no-size",
  "reserve-second-area",
  "reserve-slots",
  "reserve-two-cma-zero",
  "siblings",
  "size-without-area",
  "total-without-opening",
  "words-dma-heap",
  "words-drivers",
  "words-libcamera",
]);

describe("inputs that once got a wrong answer", () => {
  it("have an expectation each", () => {
    expect(names.sort()).toEqual(Object.keys(FAULTS).sort());
  });

  for (const name of names) {
    const test = KNOWN.has(name) ? it.fails : it;
    test(name, () => hold({ "input.txt": readFileSync(new URL(`${name}.txt`, HERE)) }, FAULTS[name]!));
  }
});
