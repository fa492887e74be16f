// Knows: seeded runs of changes and searches on maps of all lengths, with the indexes kept in step, against the rule:
// every strategy, every placement, bad arguments among them; the same digest from the release and the checked build.

import { describe, expect, it } from "vitest";
import { Placement, SearchStrategy } from "../../../assembly/abi/findings.js";
import { type BitmapCore, STRATEGIES } from "../../../bindings/bitmap/core.js";
import { Random } from "../../support/random.js";
import { BUILDS, bitmapOf, Digest } from "./cores.js";
import { NaiveBitmap, type Wanted } from "./naive.js";

const LENGTHS = [
  1, 2, 31, 32, 33, 63, 64, 65, 96, 127, 128, 500, 511, 512, 513, 1000, 1024, 2047, 4096, 4129, 9999,
];

function randomLength(random: Random, bits: number): number {
  const kind = random.below(10);
  if (kind < 5) return random.below(Math.min(bits, 40)) + 1;
  if (kind < 8) return random.below(Math.min(bits, 700)) + 1;
  return random.below(bits) + 1;
}

function randomRequest(random: Random, bits: number): Wanted {
  const mask = 2 ** random.below(random.oneIn(4) ? 14 : 10) - 1;
  const zeros = 2 ** random.below(10) - 1;
  const offset = random.oneIn(2) ? 0 : random.below(mask + 1) & ~(random.oneIn(2) ? zeros : 0);
  return {
    start: random.oneIn(2) ? 0 : random.below(bits + 3),
    count: randomLength(random, bits + 2) - (random.oneIn(20) ? 1 : 0),
    mask,
    offset,
  };
}

/** What no request could mean, and what would pass the end of 32 bits. */
const SENSELESS: readonly Wanted[] = [
  { start: 0, count: 0, mask: 0, offset: 0 },
  { start: 0, count: 1, mask: 3, offset: 4 },
  { start: 0, count: 0xffff_ffff, mask: 0, offset: 0 },
  { start: 0xffff_ffff, count: 1, mask: 0, offset: 0 },
  { start: 0xffff_fff0, count: 0xff, mask: 0x3f, offset: 0x3f },
  { start: 1, count: 1, mask: 0x7fff_ffff, offset: 0 },
  { start: 0, count: 1, mask: 0x7fff_ffff, offset: 0x7fff_ffff },
  { start: 0, count: 1, mask: 0x7fff_ffff, offset: 1 },
];

/** One word changed from outside, and the indexes written anew. */
function rewrite(random: Random, core: BitmapCore, naive: NaiveBitmap): void {
  const word = random.below(core.words.length);
  for (let bit = word * 32; bit < Math.min(naive.bits, word * 32 + 32); bit++) {
    if (!random.oneIn(2)) continue;
    naive.taken[bit] = 1 - (naive.taken[bit] ?? 0);
    core.words[word] = (core.words[word] ?? 0) ^ (1 << (bit & 31));
  }
  core.build();
}

function change(random: Random, core: BitmapCore, naive: NaiveBitmap): void {
  if (random.oneIn(12)) return rewrite(random, core, naive);
  const from = random.below(naive.bits);
  const count = Math.min(randomLength(random, naive.bits), naive.bits - from);
  const set = random.oneIn(2);
  naive.fill(from, count, set ? 1 : 0);
  if (set) core.set(from, count);
  else core.clear(from, count);
  for (let i = random.below(4); i > 0; i--) {
    const bit = random.below(naive.bits);
    naive.avoided[bit] = 1 - (naive.avoided[bit] ?? 0);
    core.second[bit >>> 5] = (core.second[bit >>> 5] ?? 0) ^ (1 << (bit & 31));
  }
}

/** All answers to one request, against the rule; the digest takes each. */
function checkOne(
  core: BitmapCore,
  naive: NaiveBitmap,
  wanted: Wanted,
  strategy: SearchStrategy,
  where: string,
  digest: Digest,
): void {
  const check = (placement: Placement, want: number, by: SearchStrategy) => {
    const got = core.place(placement, by, wanted);
    digest.add(got);
    if (got === want) return;
    expect.fail(
      `${where}: ${SearchStrategy[by]} ${Placement[placement]} of ${JSON.stringify(wanted)}: ${got}, not ${want}`,
    );
  };
  const lengths = naive.clearFrom();
  const first = naive.first(wanted, lengths);
  for (const each of STRATEGIES) check(Placement.FIRST_FIT, first, each);
  check(Placement.NEXT_FIT, naive.next(wanted), strategy);
  check(Placement.AT, naive.at(wanted), strategy);
  check(Placement.BEST_FIT, naive.bySize(wanted, false), strategy);
  check(Placement.WORST_FIT, naive.bySize(wanted, true), strategy);
  if (naive.bits <= 1024) check(Placement.PIN_AVOIDING, naive.avoiding(wanted), strategy);
}

function run(core: BitmapCore, bits: number, seed: number, steps: number): string {
  const random = new Random(seed);
  const naive = new NaiveBitmap(bits);
  const digest = new Digest();
  for (let step = 0; step < steps; step++) {
    change(random, core, naive);
    const where = `${bits} bits, seed ${seed}, step ${step}`;
    const wanted = random.oneIn(40) ? random.pick(SENSELESS) : randomRequest(random, bits);
    checkOne(core, naive, wanted, random.pick(STRATEGIES), where, digest);
    const from = random.below(bits);
    const count = random.below(bits - from + 1);
    const set = naive.taken.subarray(from, from + count).reduce((sum, bit) => sum + bit, 0);
    if (core.count(from, count) !== set) expect.fail(`${where}: count of [${from}, +${count})`);
    for (const value of [true, false]) {
      const next = naive.taken.indexOf(value ? 1 : 0, from);
      if (core.next(value, from) !== (next < 0 ? bits : next))
        expect.fail(`${where}: next ${value} from ${from}`);
    }
  }
  return digest.value;
}

describe("changes and searches", () => {
  it.each(LENGTHS)("%i bits", { timeout: 300_000 }, async (bits) => {
    const digests = new Set<string>();
    for (const build of BUILDS) {
      const digest = [];
      for (let seed = 1; seed <= 3; seed++) {
        digest.push(run(await bitmapOf(build, bits), bits, seed * 1000 + bits, bits > 3000 ? 250 : 700));
      }
      digests.add(digest.join(" "));
    }
    expect(digests.size).toBe(1);
  });

  it("lengths at random, from new seeds of one seed", { timeout: 300_000 }, async () => {
    const random = new Random(20_260_101);
    for (let i = 0; i < 60; i++) {
      const bits = random.below(6000) + 1;
      const seed = random.below(2 ** 31);
      const answers = [];
      for (const build of BUILDS) answers.push(run(await bitmapOf(build, bits), bits, seed, 60));
      expect(answers[0], `${bits} bits, seed ${seed}`).toBe(answers[1]);
    }
  });

  it("an index that is kept equals one that is built", async () => {
    const random = new Random(7);
    for (const bits of [5, 64, 700, 5000, 70_000]) {
      const kept = await bitmapOf("checked", bits);
      const built = await bitmapOf("checked", bits);
      const naive = new NaiveBitmap(bits);
      for (let step = 0; step < 200; step++) change(random, kept, naive);
      built.words.set(kept.words);
      built.build();
      const bytes = (core: BitmapCore) => {
        const { buffer } = core.words;
        return new Uint8Array(buffer, 0, core.words.byteOffset).slice();
      };
      built.second.set(kept.second);
      expect(Buffer.compare(bytes(kept), bytes(built)), `${bits} bits`).toBe(0);
    }
  });

  it("canary: a wrong answer is found", async () => {
    const core = await bitmapOf("release", 100);
    const naive = new NaiveBitmap(100);
    naive.fill(0, 10, 1);
    const wanted = { start: 0, count: 5, mask: 0, offset: 0 };
    expect(() => checkOne(core, naive, wanted, SearchStrategy.KERNEL, "canary", new Digest())).toThrow(
      /canary: KERNEL/,
    );
  });
});
