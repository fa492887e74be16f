// Knows: the true causes of the captures of real kernels, and that explain names them from before/, after/ and dmesg alone.
// Must not know: how (the states and traces of the captures stay unread). Skipped where the captures are not at hand.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { explain, guestsOf } from "../../../bindings/explain/index.js";
import { collectFiles } from "../../../bindings/importers/node.js";

const ROOT = fileURLToPath(new URL("../../../../shared/data/kernel", import.meta.url));

/** Verdicts of the failures in order, equal neighbours once; without failures those of the first finding. */
const CAUSES: Readonly<Record<string, readonly string[]>> = {
  c01_cma_nxp: ["ALIGNMENT", "FRAGMENTED"],
  d1_cma80_idle: ["BENIGN"],
  d2_cma80_anon: ["BENIGN"],
  d3_cma80_dio4_pinned: ["PINNED-ROLLING"],
  d4_cma80_dio8_remap: ["PINNED-ROLLING"],
  d5_cma80_memtight_enomem: ["NO-MIGRATION-TARGET"],
  // 6.1 does not count the pins of direct I/O: which kind they are is not to be told.
  k61_d4_cma80_dio8_remap: ["PINNED"],
  // 6.1 prints no list, and the area was used between the two bitmaps.
  k61_c01_cma_nxp: ["UNDECIDED"],
};

function files(set: string): string[] {
  const folder = (name: string) =>
    readdirSync(join(ROOT, set, name)).map((file) => join(ROOT, set, name, file));
  return [...folder("before"), ...folder("after"), join(ROOT, set, "dmesg.txt.gz")];
}

describe.skipIf(!existsSync(ROOT))("captures of real kernels", () => {
  for (const [set, causes] of Object.entries(CAUSES)) {
    it(set, async () => {
      const facts = await collectFiles(files(set));
      const { failures, findings, issues } = explain(facts);
      const named = (failures.length > 0 ? failures : findings.slice(0, 1)).map(({ verdict }) => verdict);
      expect(named.filter((verdict, i) => verdict !== named[i - 1])).toEqual(causes);
      expect(issues.filter(({ severity }) => severity === "error")).toEqual([]);
      expect(facts.tables.map(({ kind }) => kind).sort()).toEqual(["count", "count", "flags", "flags"]);
      expect(guestsOf(facts)).toHaveLength(1);
    });
  }

  it("with the trace: the alignment is given, and the frame that blocked is named", async () => {
    const set = "d3_cma80_dio4_pinned";
    const { failures } = explain(
      await collectFiles([join(ROOT, set, "dmesg.txt.gz"), join(ROOT, set, "trace.txt.gz")]),
    );
    expect(failures).toHaveLength(12);
    for (const failure of failures) {
      expect(failure).toMatchObject({
        verdict: "PINNED-ROLLING",
        align: 8,
        alignInferred: false,
        errno: -16,
      });
      expect(failure.evidence.join("\n")).toMatch(/stopped at pfn 0x1a(?:832|8c9)/);
    }
  });
});
