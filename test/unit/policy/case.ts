// Knows: the shape of a case, (function, arguments, answer), and cases that several proposals share.
// Must not know: how a case is tried (rules.test).

import { CmaUse, Effort, PinRule, Quarantine } from "../../../assembly/abi/proposals.js";
import { Errno, Gfp, Migratetype, PinKind } from "../../../assembly/abi/vocabulary.js";
import { ZoneWord } from "../../../assembly/abi/words.js";
import type { Rules } from "../../support/verdicts.js";

export type Case = readonly [rule: string, args: readonly (number | boolean)[], answer: number | boolean];

export interface Preset {
  readonly file: string;
  /** Functions all of whose lines are the preset's rule, and lines of others that are. */
  readonly functions: readonly string[];
  readonly lines?: readonly RegExp[];
  readonly cases: readonly Case[];
  /** Cases that a table of single calls cannot tell: true where all is well. */
  readonly also?: (rules: Rules) => boolean;
}

export const MIB = 256;
/** use, limit, free, free CMA, managed, managed CMA, low mark */
export const first = (use: CmaUse, limit: number, free: number, cma: number, answer: boolean): Case => [
  "takesCmaFirst",
  [use, limit, free, cma, 4000, 1000, 100],
  answer,
];
export const may = (
  use: CmaUse,
  gfp: number,
  answer: boolean,
  quarantine = 0,
  missed = false,
  thp = 0,
): Case => ["mayUseCma", [use, quarantine, missed, thp, gfp], answer];
export const MOVABLE = Gfp.MOVABLE;
/** Zhaoyang Huang's table, MiB: free CMA and free, of 1,900 managed, LOW 25. */
export const GOLDEN = [
  [12, 30],
  [12, 25],
  [12, 20],
] as const;
export const golden = (use: CmaUse, answers: readonly boolean[]): Case[] =>
  GOLDEN.map(([cma, free], i) => [
    "takesCmaFirst",
    [use, 0, free * MIB, cma * MIB, 1900 * MIB, 200 * MIB, 25 * MIB],
    answers[i] ?? false,
  ]);

export const half = [
  first(CmaUse.HALF, 0, 100, 50, false),
  first(CmaUse.HALF, 0, 100, 51, true),
  first(CmaUse.HALF, 0, 101, 51, true),
  ...golden(CmaUse.HALF, [false, false, true]),
];
export const { EBUSY, ENOMEM } = Errno;
export const sleep = (
  error: number,
  slept: number,
  retries: number,
  range: number,
  effort: number,
  killed: boolean,
) => ["sleepsAfterSweep", [error, slept, retries, range, effort, killed]] as const;
export const retryCases: Case[] = [
  [...sleep(EBUSY, 0, 5, 0, 0, false), true],
  [...sleep(EBUSY, 4, 5, 0, 0, false), true],
  [...sleep(EBUSY, 5, 5, 0, 0, false), false],
  [...sleep(EBUSY, 5, 5, 1, 0, false), true],
  [...sleep(ENOMEM, 0, 5, 0, 0, false), false],
  [...sleep(EBUSY, 0, 5, 0, Effort.NORETRY, false), false],
  [...sleep(EBUSY, 0, 5, 0, 0, true), false],
  ["errorAfterSleep", [], ENOMEM],
];
export const retry: Preset = {
  file: "busy",
  functions: ["sleepsAfterSweep", "errorAfterSleep"],
  cases: retryCases,
};
export const pin = (
  rule: PinRule,
  kind: PinKind,
  type: Migratetype,
  pins: number,
  answer: number,
  again = false,
  on = 0,
): Case => ["onPin", [rule, again, on, kind, type, pins], answer];
export const [ALLOW, WAIT, MOVE] = [0, 1, 2];
export const { CMA, ISOLATE } = Migratetype;
export const { SHORT, LONGTERM, PAGE_CACHE, GATHER } = PinKind;
export const waiting = [
  pin(PinRule.WAIT, SHORT, ISOLATE, 0, WAIT),
  pin(PinRule.WAIT, SHORT, CMA, 0, ALLOW),
  pin(PinRule.WAIT, PAGE_CACHE, ISOLATE, 0, ALLOW),
  pin(PinRule.WAIT, LONGTERM, ISOLATE, 0, MOVE),
  pin(PinRule.WAIT, SHORT, Migratetype.MOVABLE, 0, ALLOW),
  pin(PinRule.ALLOW, SHORT, ISOLATE, 0, ALLOW),
  pin(PinRule.ALLOW, LONGTERM, Migratetype.MOVABLE, 0, ALLOW),
];
export const refs = (
  time: number,
  effort: number,
  killed: boolean,
  again: boolean,
  window: boolean,
  over: boolean,
) => ["waitsForReferences", [time, effort, killed, again, window, over]] as const;
export const refCases: Case[] = [
  [...refs(1000, 0, false, false, false, false), true],
  [...refs(0, 0, false, false, false, false), false],
  [...refs(1000, Effort.NORETRY, false, false, false, false), false],
  [...refs(1000, 0, true, false, false, false), false],
  [...refs(1000, 0, false, true, false, false), false],
  [...refs(1000, 0, false, true, true, false), true],
  [...refs(1000, 0, false, true, true, true), false],
];
export const waitRefs: Preset = { file: "busy", functions: ["waitsForReferences"], cases: refCases };
export const gfpCma: Preset = {
  file: "cma_use",
  functions: [],
  lines: [/CmaUse\.GFP_CMA && \(gfp/, /^ {2}return true;/],
  cases: [may(CmaUse.GFP_CMA, MOVABLE, false), may(CmaUse.GFP_CMA, MOVABLE | Gfp.CMA, true)],
};
export const quarantine: Preset = {
  file: "cma_use",
  functions: ["isQuarantined", "isMissed"],
  lines: [/Quarantine\.DIRECT_IO/, /Quarantine\.METADATA/, /return quarantine != 0/],
  cases: [
    may(CmaUse.HALF, MOVABLE | Gfp.USE_DIRECT_IO, false, Quarantine.DIRECT_IO),
    may(CmaUse.HALF, MOVABLE | Gfp.USE_DIRECT_IO, true, Quarantine.METADATA),
    may(CmaUse.HALF, MOVABLE | Gfp.USE_METADATA, false, Quarantine.METADATA),
    may(CmaUse.HALF, MOVABLE | Gfp.USE_METADATA, true, Quarantine.DIRECT_IO),
    may(CmaUse.HALF, MOVABLE | Gfp.USE_DIRECT_IO, true, 3, true),
    ["isQuarantined", [Gfp.USE_DIRECT_IO], true],
    ["isQuarantined", [MOVABLE], false],
    ["isMissed", [0, 0], false],
    ["isMissed", [0, 30], true],
    ["mixesLists", [CmaUse.HALF, 3, 0], true],
    ["mixesLists", [CmaUse.HALF, 0, 0], false],
  ],
  // Of any hundred in a row thirty.
  also: ({ rules }) =>
    [0, 17, 250].every(
      (from) =>
        Array.from({ length: 100 }, (_, i) => rules["isMissed"]?.(from + i, 30)).filter(Boolean).length ===
        30,
    ),
};
export const turns = (counted: boolean): Preset => ({
  file: "turns",
  functions: counted
    ? ["turnOf", "takesTurn", "givesUpTurn", "usesTurn"]
    : ["turnOf", "takesTurn", "givesUpTurn"],
  cases: [],
  also: ({ rules, memory }) => {
    const letter = (turn: unknown) => (turn === true ? "c" : turn === false ? "o" : "?");
    const take = () => letter(rules["takesTurn"]?.(0, 3000, 1000, 512, 1));
    const runs = Array.from({ length: 1536 + 512 + 1536 + 1 }, take).join("");
    if (!/^o{1536}c{512}o{1536}c$/.test(runs)) return false;
    rules["givesUpTurn"]?.(0);
    if (take() !== "o" || Number(memory[ZoneWord.TURN_OWN]) !== 1535) return false;
    if (counted) rules["usesTurn"]?.(0, 8);
    if (counted && Number(memory[ZoneWord.TURN_OWN]) !== 1527) return false;
    memory.fill(0);
    // More CMA than other memory: the turns are the other way round.
    const back = Array.from({ length: 512 + 1024 + 1 }, () =>
      letter(rules["takesTurn"]?.(0, 1000, 2000, 512, 1)),
    );
    return /^o{512}c{1024}o$/.test(back.join(""));
  },
});
export const limited = (
  _: CmaUse,
  functions: readonly string[],
  word: RegExp,
  cases: readonly Case[],
): Preset => ({
  file: "cma_first",
  functions,
  lines: [word],
  cases,
});
