// Knows: every map of 12 bits, and every map of 12 groups of bits over several leaves of the tree, against the rule:
// all requests, alignments, offsets and starts, all strategies.

import { describe, expect, it } from "vitest";
import { Placement, SearchStrategy } from "../../../assembly/abi/findings.js";
import { type BitmapCore, STRATEGIES } from "../../../bindings/bitmap/core.js";
import { BUILDS, bitmapOf, Digest } from "./cores.js";
import { NaiveBitmap, NONE } from "./naive.js";

const MAPS = 1 << 12;

/** Answers for every start at once: a place, or NONE; index `bits` is "no start". */
function expected(
  lengths: Uint32Array,
  bits: number,
  count: number,
  mask: number,
  offset: number,
): Uint32Array {
  const answers = new Uint32Array(bits + 2).fill(NONE);
  for (let at = bits - 1; at >= 0; at--) {
    const fits = count > 0 && offset <= mask && ((at + offset) & mask) === 0 && (lengths[at] ?? 0) >= count;
    answers[at] = fits ? at : (answers[at + 1] ?? NONE);
  }
  return answers;
}

function search(
  core: BitmapCore,
  strategy: SearchStrategy,
  start: number,
  count: number,
  mask: number,
  offset: number,
) {
  return core.place(Placement.FIRST_FIT, strategy, { start, count, mask, offset });
}

function wrong(what: Record<string, number>): string {
  return Object.entries(what)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}

describe.each(BUILDS)("all maps of 12 bits (%s)", (build) => {
  it("all requests, alignments, offsets and starts", { timeout: 600_000 }, async () => {
    const core = await bitmapOf(build, 12);
    const naive = new NaiveBitmap(12);
    const starts = build === "release" ? [...Array(14).keys()] : [0, 1, 3, 4, 7, 11, 12, 13];
    for (let map = 0; map < MAPS; map++) {
      core.words[0] = map;
      core.build();
      for (let bit = 0; bit < 12; bit++) naive.taken[bit] = (map >>> bit) & 1;
      const lengths = naive.clearFrom();
      for (const mask of [0, 1, 3, 7, 15]) {
        for (let offset = 0; offset <= Math.min(mask + 1, 8); offset++) {
          for (let count = 0; count <= 13; count++) {
            const answers = expected(lengths, 12, count, mask, offset);
            for (const strategy of STRATEGIES) {
              for (const start of starts) {
                const got = search(core, strategy, start, count, mask, offset);
                if (got === answers[Math.min(start, 12)]) continue;
                expect.fail(wrong({ map, strategy, start, count, mask, offset, got }));
              }
            }
          }
        }
      }
    }
  });
});

describe("all maps of 12 groups", () => {
  const ALIGNED = [0, 6, 7, 8, 9, 10, 11];

  /** Group size, bits cut off the end, bits cut off each group's end (taken groups are shorter, free ones longer). */
  it.each([
    [256, 0, 0],
    [256, 5, 3],
    [512, 0, 1],
    [512, 37, 0],
    [700, 0, 100],
  ])(
    "groups of %i bits, the map %i bits shorter, %i bits of a taken group clear",
    { timeout: 600_000 },
    async (group, cut, gap) => {
      const bits = 12 * group - cut;
      const digests = new Set<string>();
      for (const build of BUILDS) {
        const core = await bitmapOf(build, bits);
        const naive = new NaiveBitmap(bits);
        const digest = new Digest();
        const step = build === "release" ? 1 : 16;
        for (let map = 0; map < MAPS; map += step) {
          naive.fill(0, bits, 0);
          core.clear(0, bits);
          for (let i = 0; i < 12; i++) {
            const size = Math.min(group, bits - i * group) - gap;
            if (((map >>> i) & 1) === 0 || size <= 0) continue;
            naive.fill(i * group, size, 1);
            core.set(i * group, size);
          }
          const answered = compare(core, naive, map, group, ALIGNED);
          if (map % 16 === 0) digest.add(answered);
        }
        digests.add(digest.value);
      }
      expect(digests.size).toBe(1);
    },
  );

  /** A few requests of each map, chosen by its number, so that all maps together see them all. */
  function compare(
    core: BitmapCore,
    naive: NaiveBitmap,
    map: number,
    group: number,
    aligns: readonly number[],
  ): number {
    const lengths = naive.clearFrom();
    const counts = [
      1,
      63,
      64,
      65,
      group - 1,
      group,
      group + 1,
      2 * group - 40,
      2 * group,
      3 * group + 7,
      7 * group,
    ];
    let sum = 0;
    for (let i = 0; i < 6; i++) {
      const pick = map * 7 + i * 13;
      const mask = 2 ** (aligns[pick % aligns.length] ?? 0) - 1;
      const count = counts[pick % counts.length] ?? 1;
      const offset = i % 3 === 0 ? (pick * 64) & mask : i % 3 === 1 ? 0 : (pick * 37) & mask;
      const start = i < 3 ? 0 : (pick * 101) % naive.bits;
      const want = naive.first({ start, count, mask, offset }, lengths);
      for (const strategy of STRATEGIES) {
        const got = search(core, strategy, start, count, mask, offset);
        if (got !== want) expect.fail(wrong({ map, strategy, start, count, mask, offset, got, want }));
      }
      sum = (sum * 31 + want) >>> 0;
    }
    return sum;
  }
});

describe("the strategies", () => {
  it("are all here", () => {
    expect(STRATEGIES.map((strategy) => SearchStrategy[strategy])).toContain("COMPOSITE");
    expect(STRATEGIES.length).toBe(9);
  });
});
