// Knows: fuzzing guided by coverage: an input in which a branch runs that never ran, or as often as never, is one that later
// inputs are made of; words and numbers that the code compares with are tried in it. Must not know: what takes the bytes.

import { Random } from "../support/random.js";
import { failureOf, said, sort, type Target, tried } from "./bytes_kind.js";
import { Coverage, type Pair } from "./coverage.js";
import type { Entry, Failure, Kind, Round } from "./kind.js";
import { matched, replaced } from "./match.js";
import { mutate } from "./mutate.js";

/** Inputs with something new that are remembered, and bytes of one that is written to the corpus. */
const MOST_KNOWN = 20_000;
const MOST_KEPT_BYTES = 2_048;
/** Inputs of a run that are worth a place in the corpus: those with the most branches that none before them reached. */
const MOST_KEPT = 12;

/** Changes of an input that reached a new branch, before others come. */
const FRESH_TRIES = 100;

interface Known {
  readonly bytes: Uint8Array;
  /** Branches that it reached first. */
  readonly edges: number;
  readonly isOurs: boolean;
  /** What is compared in it; absent: not looked yet. */
  pairs?: readonly Pair[];
}

const encoder = new TextEncoder();

class Loop {
  readonly coverage = new Coverage();
  private readonly known: Known[] = [];
  private readonly failures = new Set<string>();
  /** How often what a comparison wants was tried, by comparison. */
  private readonly tries = new Map<number, number>();
  /** Those that reached a new branch, and how often each is still to be changed before others. */
  private readonly fresh: { readonly input: Known; left: number }[] = [];
  private words: readonly Uint8Array[] = [];

  constructor(private readonly target: Target) {}

  /** Samples and the corpus are known from the beginning. */
  async learn(entries: readonly Entry[]): Promise<void> {
    if (this.known.length > 0) return;
    for (const bytes of [...(await this.target.samples()), ...entries.map((entry) => entry.bytes)]) {
      this.coverage.forget();
      await this.target.judge(bytes).catch(() => undefined);
      this.coverage.take();
      this.known.push({ bytes, edges: 0, isOurs: false });
    }
    this.words = this.coverage.words.map((word) => encoder.encode(word));
  }

  /** One that reached a new branch comes first for a while; then those found last are tried most. */
  private base(random: Random): Known {
    const { known } = this;
    const fresh = this.fresh.at(-1);
    if (fresh !== undefined && !random.oneIn(4)) {
      fresh.left -= 1;
      if (fresh.left === 0) this.fresh.pop();
      return fresh.input;
    }
    const recent = random.oneIn(2) ? known.length : Math.min(known.length, 1 << random.below(10));
    return known[known.length - 1 - random.below(recent)] as Known;
  }

  /** The comparison that was tried least comes first. */
  private matchedIn(bytes: Uint8Array, pairs: readonly Pair[], random: Random): Uint8Array | undefined {
    for (let tries = 0; tries < 8 && pairs.length > 0; tries++) {
      const pair = [random.pick(pairs), random.pick(pairs), random.pick(pairs), random.pick(pairs)].reduce(
        (least, each) => (this.triesOf(each) < this.triesOf(least) ? each : least),
      );
      this.tries.set(pair.site, this.triesOf(pair) + 1);
      const out = matched(bytes, pair, random);
      if (out !== undefined) return out;
    }
    return undefined;
  }

  private triesOf({ site }: Pair): number {
    return this.tries.get(site) ?? 0;
  }

  private async changed(random: Random): Promise<Uint8Array> {
    const { known, target, words } = this;
    const base = this.base(random);
    const way = random.weighted({ match: 5, word: 1, damage: 4 });
    if (way === "match") {
      base.pairs ??= await this.coverage.pairsOf(() => target.judge(base.bytes));
      const out = this.matchedIn(base.bytes, base.pairs, random);
      if (out !== undefined) return out;
    }
    if (way === "word" && words.length > 0) {
      const word = random.pick(words);
      const at = random.below(base.bytes.length + 1);
      return replaced(
        base.bytes,
        at,
        random.oneIn(2) ? 0 : Math.min(word.length, base.bytes.length - at),
        word,
      );
    }
    const others = [random.pick(known).bytes, random.pick(known).bytes];
    const damaged = target.damage?.(base.bytes, random) ?? mutate(base.bytes, random, others);
    return target.finish?.(damaged, random) ?? damaged;
  }

  async round(seed: number, entries: readonly Entry[], until: number): Promise<Round | Failure> {
    await this.learn(entries);
    const random = new Random(seed);
    let inputs = 0;
    for (; inputs < 2_000 && performance.now() < until; inputs++) {
      const bytes = await this.changed(random);
      this.coverage.forget();
      try {
        await tried(this.target, bytes);
      } catch (error) {
        const what = said(error);
        // The same again says nothing: the search goes on behind it.
        if (this.failures.has(sort(what))) continue;
        this.failures.add(sort(what));
        return await failureOf(this.target, bytes, what);
      }
      const { edges, counts } = this.coverage.take();
      if (counts === 0 || this.known.length >= MOST_KNOWN) continue;
      const input = { bytes, edges, isOurs: true };
      this.known.push(input);
      if (edges > 0) this.fresh.push({ input, left: FRESH_TRIES });
    }
    return { operations: 0, inputs, kept: [] };
  }

  best(): Entry[] {
    return this.known
      .filter(({ isOurs, edges, bytes }) => isOurs && edges > 0 && bytes.length <= MOST_KEPT_BYTES)
      .sort((a, b) => b.edges - a.edges)
      .slice(0, MOST_KEPT)
      .map(({ bytes }) => ({ label: "edge", bytes }));
  }

  report(): string {
    const { edges, of } = this.coverage.reached;
    return `${this.target.name}: ${edges} of ${of} branches reached, ${this.known.length} inputs known`;
  }
}

/** A kind whose inputs follow the branches of the code; what goes wrong with an entry is found by the kind itself. */
export function coveredKind(target: Target, { retry }: Kind): Kind {
  const loop = new Loop(target);
  return {
    name: target.name,
    round: (seed, entries, until) => loop.round(seed, entries, until),
    retry,
    finish: () => ({ kept: loop.best(), said: loop.report() }),
  };
}
