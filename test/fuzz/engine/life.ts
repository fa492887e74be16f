// Knows: one life of a machine under fuzz, from a random device to "everything given back", and how a life that fails becomes
// a short script. Must not know: how long lives are wanted, where findings are kept.

import { StatWord } from "../../../assembly/abi/words.js";
import { Random } from "../../support/random.js";
import { shrink } from "../../support/shrink.js";
import { Book } from "./book.js";
import { type Choice, chooseMachine } from "./device.js";
import { giveEverythingBack } from "./ending.js";
import { Generator } from "./generator.js";
import { Finding, Pair } from "./pair.js";
import { pushSwitch } from "./switches.js";
import { Script, WORDS } from "./words.js";

/** Both builds are validated and their digests compared at least as often as this. */
const CHECK_EVERY = 50_000;
const MOST_AT_ONCE = 8_192;

export interface Life {
  readonly operations: number;
  /** What happened, roughly: which totals of the machine came to which power of two. Lives with new ones are kept. */
  readonly features: readonly string[];
}

/** A life that ended badly, as the shortest script found that ends as badly. */
export interface BadLife {
  readonly seed: number;
  readonly kind: string;
  readonly what: string;
  readonly script: Int32Array;
}

function featuresOf(pair: Pair): string[] {
  const { views } = pair.machine;
  const names = Object.keys(StatWord).filter((name) => Number.isNaN(Number(name)) && name !== "COUNT");
  return names.map((name) => {
    const value = views.stat(StatWord[name as keyof typeof StatWord]) >>> 0;
    return `${name}:${Math.ceil(Math.log2(value + 1) / 3)}`;
  });
}

/** `operations` commands at least, unless it fails or `until` (performance.now()) comes first. */
export async function live(
  seed: number,
  operations: number,
  until = Number.POSITIVE_INFINITY,
): Promise<Life | BadLife> {
  const random = new Random(seed);
  const choice = chooseMachine(random);
  const all = new Script();
  try {
    using pair = await Pair.create(choice);
    const book = new Book();
    const generator = new Generator(random, pair.machine);
    // A stream of its own: what else a life does stays the same.
    const switches = new Random(seed ^ 0x5317c4);
    const script = new Script();
    let unchecked = 0;
    while (all.length < operations && performance.now() < until) {
      script.clear();
      if (switches.oneIn(12)) {
        pushSwitch(script, switches);
        keep(all, script.words);
        pair.run(script.words);
        book.note(script.words, pair);
        script.clear();
      }
      generator.batch(script, pair.machine, book, random.pick([4, 64, 1_024, MOST_AT_ONCE - 64]));
      keep(all, script.words);
      pair.run(script.words);
      book.note(script.words, pair);
      unchecked += script.length;
      if (unchecked < CHECK_EVERY) continue;
      unchecked = 0;
      pair.check();
      if (random.oneIn(4)) await pair.copy(random.oneIn(2) ? "fork" : "snapshot");
    }
    const features = featuresOf(pair);
    giveEverythingBack(pair, book);
    return { operations: all.length, features };
  } catch (error) {
    if (!(error instanceof Finding)) throw error;
    return { seed, kind: error.kind, what: error.message, script: all.words };
  }
}

function keep(all: Script, words: Int32Array): void {
  for (let at = 0; at < words.length; at += WORDS) {
    const first = words[at] as number;
    all.push(
      first & 0xff,
      (first >> 8) & 0xff,
      (first >> 16) & 0xff,
      first >>> 24,
      words[at + 1],
      words[at + 2],
      words[at + 3],
    );
  }
}

/** Plays a script on a new machine, checking at the end, or after each command. @returns what is wrong */
export async function replay(
  choice: Choice,
  script: Int32Array,
  checkEach = false,
): Promise<Finding | undefined> {
  try {
    using pair = await Pair.create(choice);
    const book = new Book();
    const step = checkEach ? WORDS : 1_024 * WORDS;
    for (let at = 0; at < script.length; at += step) {
      const part = script.subarray(at, at + step);
      pair.run(part);
      book.note(part, pair);
      if (checkEach) pair.check();
    }
    giveEverythingBack(pair, book);
    return undefined;
  } catch (error) {
    if (error instanceof Finding) return error;
    throw error;
  }
}

/** The device of a seed, without its life. */
export function choiceOf(seed: number, withoutSwap?: boolean): Choice {
  return chooseMachine(new Random(seed), withoutSwap);
}

/** Leaves out of a bad life what is not needed for it, in about `milliseconds`. */
export async function shorten(bad: BadLife, milliseconds: number): Promise<BadLife> {
  const choice = choiceOf(bad.seed);
  const commands = Array.from({ length: bad.script.length / WORDS }, (_, i) =>
    bad.script.slice(i * WORDS, (i + 1) * WORDS),
  );
  const join = (some: readonly Int32Array[]) => {
    const words = new Int32Array(some.length * WORDS);
    some.forEach((command, i) => {
      words.set(command, i * WORDS);
    });
    return words;
  };
  const fails = async (some: readonly Int32Array[]) => {
    const found = await replay(choice, join(some));
    return found?.kind === bad.kind;
  };
  if (!(await fails(commands))) return bad;
  const short = join(await shrink(commands, fails, milliseconds));
  const found = await replay(choice, short);
  return { ...bad, what: found?.message ?? bad.what, script: short };
}
