// Knows: the rules of areas that keep their pages as tables of cases, and which lines are each preset's rule.
// Must not know: how a case is tried (rules.test). What a carve-out does no decision says: mechanisms of test/unit/movement.

import { Guests } from "../../../assembly/abi/proposals.js";
import type { Case, Preset } from "./case.js";

/** guests, is it of the working set? */
const keeps = (guests: Guests, isWorkingset: boolean, answer: boolean): Case => [
  "keepsFilePage",
  [guests, isWorkingset],
  answer,
];
/** share, is it swapped out?, held, pages of the areas */
const room = (share: number, isSwap: boolean, held: number, answer: boolean): Case => [
  "hasShare",
  [share, isSwap, held, 1001],
  answer,
];
const file = "guests";
const NONE = keeps(Guests.NONE, true, false);
const every = { lines: [/Guests\.EVERY\) return true;/], cases: [keeps(Guests.EVERY, false, true), NONE] };
const write = (isSwap: boolean, through: boolean, answer: boolean): Case => [
  "mustWrite",
  [isSwap, through],
  answer,
];
/** Of 1,001 pages a share of 50 per cent is 500, and file pages have 501. */
const halves: Preset = {
  file,
  functions: ["hasShare"],
  cases: [
    room(50, true, 499, true),
    room(50, true, 500, false),
    room(50, false, 500, true),
    room(50, false, 501, false),
    room(0, true, 0, false),
    room(0, false, 1000, true),
    room(100, false, 0, false),
    room(100, true, 1000, true),
  ],
};
const oldestMakesRoom: Preset = {
  file,
  functions: ["pagesToEvict", "entersBehind"],
  cases: [
    ["pagesToEvict", [0], 1],
    ["entersBehind", [0], true],
  ],
};

export const OWNERS: Readonly<Record<string, Preset | readonly Preset[]>> = {
  carveout: {
    file,
    functions: [],
    lines: [/^ {2}return false;/],
    cases: [NONE, keeps(Guests.NONE, false, false)],
  },
  "carveout-tmem": [{ file, functions: [], ...every }, oldestMakesRoom],
  gcma: [
    {
      file,
      functions: [],
      lines: [/Guests\.WORKINGSET\) return isWorkingset;/],
      cases: [keeps(Guests.WORKINGSET, true, true), keeps(Guests.WORKINGSET, false, false)],
    },
    {
      file,
      functions: ["pagesToEvict", "entersBehind"],
      cases: [
        ["pagesToEvict", [64], 64],
        ["entersBehind", [64], false],
      ],
    },
  ],
  "gcma-frontswap": [
    { file, functions: [], ...every },
    halves,
    oldestMakesRoom,
    {
      file,
      functions: [],
      lines: [/return isSwap;/],
      cases: [write(true, false, true), write(false, false, false)],
    },
  ],
  "gcma-write-through": [
    halves,
    {
      file,
      functions: [],
      lines: [/writesThrough\) return false;/],
      cases: [write(true, true, false), write(false, true, false)],
    },
  ],
};
