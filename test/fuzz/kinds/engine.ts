// Knows: fuzzing of the core: whole lives of random machines, in the release and the checked build in lockstep.
// Must not know: what a life consists of (test/fuzz/engine).

import { Random } from "../../support/random.js";
import { type BadLife, choiceOf, type Life, live, replay, shorten } from "../engine/life.js";
import { rowsOf, WORDS, wordsOf } from "../engine/words.js";
import { type Entry, type Failure, type Kind, type Round, shrinkTime } from "../kind.js";

/** A corpus is in the repository. */
const MOST_KEPT_BYTES = 40_000;
const LENGTHS = [2_000, 20_000, 100_000, 1_000_000];

interface Written {
  readonly seed: number;
  /** Found while lives did without swap: its machine has none. */
  readonly withoutSwap?: boolean;
  readonly commands: readonly (readonly number[])[];
  /** Commands of a life that is lived again from its seed, where it is worth keeping for what happened in it. */
  readonly operations?: number;
}

const encode = (written: Written) => new TextEncoder().encode(`${JSON.stringify(written)}\n`);

const seen = new Set<string>();

function isLife(life: Life | BadLife): life is Life {
  return "operations" in life;
}

async function failureOf(bad: BadLife): Promise<Failure> {
  const { seed, what, script } = await shorten(bad, shrinkTime());
  const bytes = encode({ seed, commands: rowsOf(script) });
  // What could not be shortened in its time is lived again from its seed.
  const operations = bad.script.length / WORDS;
  const kept = bytes.length <= MOST_KEPT_BYTES ? bytes : encode({ seed, commands: [], operations });
  return { what: `seed ${seed}: ${what}`, entry: { label: bad.kind, bytes: kept } };
}

export const engine: Kind = {
  name: "engine",
  async round(seed, _entries, until): Promise<Round | Failure> {
    const operations = new Random(seed ^ 0x5bd1).pick(LENGTHS);
    const life = await live(seed, operations, until);
    if (!isLife(life)) return await failureOf(life);
    const fresh = life.features.filter((feature) => !seen.has(feature));
    for (const feature of fresh) seen.add(feature);
    const kept: Entry[] =
      fresh.length > 0 && life.operations >= operations && operations <= 20_000
        ? [{ label: "life", bytes: encode({ seed, commands: [], operations }) }]
        : [];
    return { operations: life.operations, inputs: 1, kept };
  },
  async retry(bytes) {
    const { seed, commands, operations, withoutSwap } = JSON.parse(
      new TextDecoder().decode(bytes),
    ) as Written;
    if (operations === undefined)
      return (await replay(choiceOf(seed, withoutSwap), wordsOf(commands), true))?.message;
    const life = await live(seed, operations);
    return isLife(life) ? undefined : life.what;
  },
};
