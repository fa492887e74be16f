// Knows: that each format is found by content, and that no importer takes another's file for its own.
// Must not know: what the importers read.

import { describe, expect, it } from "vitest";
import { collect } from "../../../bindings/importers/collect.js";
import { detect, detects } from "../../../bindings/importers/detect.js";
import { importers } from "../../../bindings/importers/registry.js";
import { SAMPLES } from "./samples.js";

describe("detect", () => {
  it("has a sample of every format", () => {
    expect(Object.keys(SAMPLES).sort()).toEqual(importers.map(({ id }) => id).sort());
  });

  for (const importer of importers) {
    for (const [id, text] of Object.entries(SAMPLES)) {
      it(`${importer.id} ${importer.id === id ? "takes" : "leaves"} ${id}`, () => {
        expect(detects(importer, text)).toBe(importer.id === id);
      });
    }
  }

  it("finds several formats in one paste", () => {
    expect(detect(`${SAMPLES["meminfo"]}${SAMPLES["dmesg"]}`).sort()).toEqual(["dmesg", "meminfo"]);
  });

  it("says so when there is nothing for us", () => {
    const facts = collect({ "diary.txt": "Dear diary,\ntoday I saw 3 pages.\n" });
    expect(facts.issues.map(({ code }) => code)).toEqual(["nothing-for-us"]);
    expect([...facts.formats.get("diary.txt")!]).toEqual([]);
    expect(collect({ "": "" }).issues[0]?.code).toBe("empty");
  });
});

/** A table of 64-bit words, as /proc/kpageflags and /proc/kpagecount are. */
function table(words: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(words.length * 8);
  const view = new DataView(bytes.buffer);
  for (const [i, word] of words.entries()) view.setBigUint64(i * 8, BigInt(word), true);
  return bytes;
}

describe("binary tables", () => {
  const flags = Array.from({ length: 4096 }, (_, i) =>
    i % 8 === 0 ? 2 ** 10 : i % 3 === 0 ? 2 ** 5 + 2 ** 12 : 0,
  );
  const counts = Array.from({ length: 4096 }, (_, i) => (i % 7 === 0 ? 3 : i % 2));

  it("tells flags from counts by content, whatever the pieces", () => {
    expect(collect({ a: table(flags) }).tables[0]?.kind).toBe("flags");
    expect(collect({ b: table(counts) }).tables[0]?.kind).toBe("count");
    expect([...collect({ a: table(flags) }).tables[0]!.words]).toEqual(flags);
  });

  it("reports a table that is cut inside a word", () => {
    const facts = collect({ a: table(flags).subarray(0, 8001) });
    expect(facts.tables).toEqual([]);
    expect(facts.issues[0]?.code).toBe("binary-unknown");
  });
});
