// Knows: commands that put random policies in force while a machine lives: the whole row of the machine, or of one area.
// Must not know: what comes of it.

import { mostOfPolicy, PolicyWord } from "../../../assembly/abi/proposals.js";
import { Op } from "../../../assembly/abi/vocabulary.js";
import type { Random } from "../../support/random.js";
import type { Script } from "./words.js";

const WORDS = Object.values(PolicyWord).filter(
  (word): word is PolicyWord => typeof word === "number" && word !== PolicyWord.COUNT,
);
/** Areas whose rows are written: random devices have no more. */
const AREAS = 4;

/** Most values that mean something: small numbers, and now and then any that is allowed. */
export function policyValue(random: Random, word: PolicyWord): number {
  if (random.oneIn(3)) return 0;
  const most = mostOfPolicy(word);
  return random.below(Math.min(most, random.oneIn(6) ? 2_000 : 120) + 1);
}

export function pushSwitch(script: Script, random: Random): void {
  const rows = random.oneIn(3) ? AREAS + 1 : 1;
  for (const word of WORDS) {
    const value = policyValue(random, word);
    for (let row = 0; row <= AREAS; row++) {
      const own = row > 0 && rows > 1 ? policyValue(random, word) : value;
      script.push(Op.SET_POLICY, 0, 0, 0, row, word, own);
    }
  }
  script.push(Op.APPLY_POLICY);
}
