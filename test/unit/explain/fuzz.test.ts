// Knows: that no input, however damaged, makes an importer or a verdict throw, hang or grow without bound.
// Must not know: what the inputs mean.

import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { areaMaps, explain, guestsOf, VERDICTS } from "../../../bindings/explain/index.js";
import { Collector, collect } from "../../../bindings/importers/collect.js";
import { answerOfExplanation, fillAnswer } from "../../../bindings/report/answer/index.js";
import { renderExplanation, renderIssues } from "../../../bindings/report/explain.js";
import { growthOf } from "../../support/work.js";
import { SAMPLES } from "./samples.js";

const GOLDEN = new URL("../../golden/explain/", import.meta.url);
const corpus: Uint8Array[] = [
  ...Object.values(SAMPLES).map((text) => new TextEncoder().encode(text)),
  ...readdirSync(GOLDEN, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("capture-"))
    .flatMap(({ name }) => readdirSync(new URL(`${name}/`, GOLDEN)).map((file) => ({ name, file })))
    .filter(({ file }) => !file.endsWith(".golden"))
    .map(({ name, file }) => new Uint8Array(readFileSync(new URL(`${name}/${file}`, GOLDEN)))),
];

for (const folder of ["faults/", "posts/"]) {
  const path = new URL(`../../golden/${folder}`, import.meta.url);
  for (const file of readdirSync(path))
    if (file.endsWith(".txt")) corpus.push(new Uint8Array(readFileSync(new URL(file, path))));
}

const SLOT = '<script type="application/json" id="document">';

/** Everything that can be asked of an input; what is shown must be clean. */
function run(files: Record<string, Uint8Array | string>): void {
  const facts = collect(files);
  const explanation = explain(facts);
  const picture = { maps: areaMaps(facts), guests: guestsOf(facts) };
  const text =
    renderExplanation(explanation, picture, { color: false, pageShift: 12 }) + renderIssues(explanation);
  const page = fillAnswer(`${SLOT}</script>`, answerOfExplanation(explanation, picture, 12, ""));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  expect(page.slice(SLOT.length, page.lastIndexOf("</script>"))).not.toMatch(/[<>]/);
  for (const { verdict, alsoPossible } of explanation.failures) {
    expect(VERDICTS).toContain(verdict);
    expect(alsoPossible).not.toContain(verdict);
  }
  JSON.stringify(explanation);
}

/** A small generator of its own, so that a failing seed can be run again. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe("damaged input", () => {
  it("bytes flipped, dropped and repeated in real files", () => {
    for (let seed = 1; seed <= 400; seed++) {
      const next = random(seed);
      const bytes = Array.from(corpus[Math.floor(next() * corpus.length)]!);
      for (let i = 0; i < 1 + next() * 12; i++) {
        const at = Math.floor(next() * bytes.length);
        const way = next();
        if (way < 0.5) bytes[at] = Math.floor(next() * 256);
        else if (way < 0.7) bytes.splice(at, 1 + Math.floor(next() * 20));
        else if (way < 0.9) bytes.splice(at, 0, ...bytes.slice(at, at + 40));
        else bytes.splice(at, 0, ...new TextEncoder().encode("99999999999999999999"));
      }
      expect(() => run({ [`seed ${seed}`]: Uint8Array.from(bytes) })).not.toThrow();
    }
  });

  it("lines of all formats in any order", () => {
    const lines = corpus.flatMap((bytes) => new TextDecoder().decode(bytes).split("\n")).slice(0, 600);
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...lines), { maxLength: 60 }), (some) =>
        run({ mixed: some.join("\n") }),
      ),
      { numRuns: 150, seed: 6 },
    );
  });

  it("anything at all", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.string({ unit: "binary", maxLength: 200 }),
        (bytes, text) => run({ bytes, text }),
      ),
      { numRuns: 200, seed: 6 },
    );
  });

  it("escapes and markup from a log do not reach the screen or the report", () => {
    const evil = "\u001b]0;title\u0007<script>alert(1)</script>\u009b31m";
    const log = [
      `cma: cma_alloc: ${evil.replaceAll(" ", "")}: alloc failed, req-size: 8 pages, ret: -12`,
      `vc4: ${evil}: failed to allocate buffer with size 40960`,
      `Page allocated via order 0, mask 0x0(${evil}), pid 1`,
      "PFN 0x10 type Unmovable Block 0 type CMA Flags 0x0()",
      `Linux version 6.12.0${evil} (x)`,
      `OF: reserved mem: failed to allocate memory for node '${evil}': size 256 MiB`,
    ].join("\n");
    run({ [`${evil}.txt`]: log });
    expect(collect({ log }).failures).toHaveLength(2);
  });
});

/** Lines that are as bad as they can be for a reader that looks twice. */
const HOSTILE: Readonly<Record<string, string>> = {
  digits: "1".repeat(400_000),
  blanks: `${" ".repeat(400_000)}x`,
  runs: `cma: number of available pages: ${"1@1+".repeat(100_000)}`,
  "open list": `cma: number of available pages: ${"9".repeat(400_000)}`,
  brackets: "[".repeat(400_000),
  cma_alloc: "cma_alloc: ".repeat(36_000),
  equals: `x 1.0: cma_alloc_start: ${"a=b ".repeat(100_000)}`,
  node: "Node 0, zone Normal ".repeat(20_000),
  bitmap: `${"0 ".repeat(200_000)}`,
  "no line end": "PFNs busy ".repeat(40_000),
};

describe("time and memory", () => {
  for (const [name, line] of Object.entries(HOSTILE)) {
    it(`${name}: a hostile line twice as long is about twice the work`, () => {
      const twice = line + line;
      expect(growthOf((length) => run({ text: twice.slice(0, length) }), twice.length)).toBeLessThan(3.5);
    });
  }

  it("a long log costs no memory for what it repeats", () => {
    const collector = new Collector();
    const failure =
      "[1.0] cma: cma_alloc: alloc failed, req-size: 148 pages, ret: -16\n[1.0] alloc_contig_range: [2f100, 2f20a) PFNs busy\n[1.0] something else\n";
    const piece = failure.repeat(1000);
    collector.begin("log");
    for (let i = 0; i < 60; i++) collector.push(piece);
    collector.end();
    expect(collector.facts.failures).toHaveLength(2000);
    expect(collector.facts.busyCount).toBe(60_000);
    expect(collector.facts.issues.length).toBeLessThan(10);
  });
});
