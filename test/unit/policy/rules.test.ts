// Knows: the rule of every proposal as a table of cases, and that no line of it can be left out unseen.
// Must not know: how the core carries a decision out (the tests of each mechanism).
//
// A case is (function, arguments, answer). For each preset every line of its rule is left out in turn: a case must fail.

import { describe, expect, it } from "vitest";
import {
  CmaFree,
  CmaUse,
  Effort,
  MoveOn,
  PinRule,
  Quarantine,
  ThpCma,
  ThpLists,
} from "../../../assembly/abi/proposals.js";
import { Errno, Gfp, Migratetype, PinKind } from "../../../assembly/abi/vocabulary.js";
import { ZoneWord } from "../../../assembly/abi/words.js";
import { policyNames } from "../../../bindings/policy/index.js";
import { type Rules, rulesOf, textOf, withoutOneLine } from "../../support/verdicts.js";

type Case = readonly [rule: string, args: readonly (number | boolean)[], answer: number | boolean];

interface Preset {
  readonly file: string;
  /** Functions all of whose lines are the preset's rule, and lines of others that are. */
  readonly functions: readonly string[];
  readonly lines?: readonly RegExp[];
  readonly cases: readonly Case[];
  /** Cases that a table of single calls cannot tell: true where all is well. */
  readonly also?: (rules: Rules) => boolean;
}

const MIB = 256;
/** use, limit, free, free CMA, managed, managed CMA, low mark */
const first = (use: CmaUse, limit: number, free: number, cma: number, answer: boolean): Case => [
  "takesCmaFirst",
  [use, limit, free, cma, 4000, 1000, 100],
  answer,
];
const may = (use: CmaUse, gfp: number, answer: boolean, quarantine = 0, missed = false, thp = 0): Case => [
  "mayUseCma",
  [use, quarantine, missed, thp, gfp],
  answer,
];
const MOVABLE = Gfp.MOVABLE;
/** Zhaoyang Huang's table, MiB: free CMA and free, of 1,900 managed, LOW 25. */
const GOLDEN = [
  [12, 30],
  [12, 25],
  [12, 20],
] as const;
const golden = (use: CmaUse, answers: readonly boolean[]): Case[] =>
  GOLDEN.map(([cma, free], i) => [
    "takesCmaFirst",
    [use, 0, free * MIB, cma * MIB, 1900 * MIB, 200 * MIB, 25 * MIB],
    answers[i] ?? false,
  ]);

const half = [
  first(CmaUse.HALF, 0, 100, 50, false),
  first(CmaUse.HALF, 0, 100, 51, true),
  first(CmaUse.HALF, 0, 101, 51, true),
  ...golden(CmaUse.HALF, [false, false, true]),
];
const { EBUSY, ENOMEM } = Errno;
const sleep = (
  error: number,
  slept: number,
  retries: number,
  range: number,
  effort: number,
  killed: boolean,
) => ["sleepsAfterSweep", [error, slept, retries, range, effort, killed]] as const;
const retryCases: Case[] = [
  [...sleep(EBUSY, 0, 5, 0, 0, false), true],
  [...sleep(EBUSY, 4, 5, 0, 0, false), true],
  [...sleep(EBUSY, 5, 5, 0, 0, false), false],
  [...sleep(EBUSY, 5, 5, 1, 0, false), true],
  [...sleep(ENOMEM, 0, 5, 0, 0, false), false],
  [...sleep(EBUSY, 0, 5, 0, Effort.NORETRY, false), false],
  [...sleep(EBUSY, 0, 5, 0, 0, true), false],
  ["errorAfterSleep", [], ENOMEM],
];
const retry: Preset = { file: "busy", functions: ["sleepsAfterSweep", "errorAfterSleep"], cases: retryCases };
const pin = (
  rule: PinRule,
  kind: PinKind,
  type: Migratetype,
  pins: number,
  answer: number,
  again = false,
  on = 0,
): Case => ["onPin", [rule, again, on, kind, type, pins], answer];
const [ALLOW, WAIT, MOVE] = [0, 1, 2];
const { CMA, ISOLATE } = Migratetype;
const { SHORT, LONGTERM, PAGE_CACHE, GATHER } = PinKind;
const waiting = [
  pin(PinRule.WAIT, SHORT, ISOLATE, 0, WAIT),
  pin(PinRule.WAIT, SHORT, CMA, 0, ALLOW),
  pin(PinRule.WAIT, PAGE_CACHE, ISOLATE, 0, ALLOW),
  pin(PinRule.WAIT, LONGTERM, ISOLATE, 0, MOVE),
  pin(PinRule.WAIT, SHORT, Migratetype.MOVABLE, 0, ALLOW),
  pin(PinRule.ALLOW, SHORT, ISOLATE, 0, ALLOW),
  pin(PinRule.ALLOW, LONGTERM, Migratetype.MOVABLE, 0, ALLOW),
];
const refs = (
  time: number,
  effort: number,
  killed: boolean,
  again: boolean,
  window: boolean,
  over: boolean,
) => ["waitsForReferences", [time, effort, killed, again, window, over]] as const;
const refCases: Case[] = [
  [...refs(1000, 0, false, false, false, false), true],
  [...refs(0, 0, false, false, false, false), false],
  [...refs(1000, Effort.NORETRY, false, false, false, false), false],
  [...refs(1000, 0, true, false, false, false), false],
  [...refs(1000, 0, false, true, false, false), false],
  [...refs(1000, 0, false, true, true, false), true],
  [...refs(1000, 0, false, true, true, true), false],
];
const waitRefs: Preset = { file: "busy", functions: ["waitsForReferences"], cases: refCases };
const gfpCma: Preset = {
  file: "cma_use",
  functions: [],
  lines: [/CmaUse\.GFP_CMA && \(gfp/, /^ {2}return true;/],
  cases: [may(CmaUse.GFP_CMA, MOVABLE, false), may(CmaUse.GFP_CMA, MOVABLE | Gfp.CMA, true)],
};
const quarantine: Preset = {
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
const turns = (counted: boolean): Preset => ({
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
const limited = (_: CmaUse, functions: readonly string[], word: RegExp, cases: readonly Case[]): Preset => ({
  file: "cma_first",
  functions,
  lines: [word],
  cases,
});

const PRESETS: Readonly<Record<string, Preset | readonly Preset[]>> = {
  mainline: [
    limited(CmaUse.HALF, ["isAboveHalf"], /CmaUse\.HALF\)/, half),
    {
      file: "busy",
      functions: ["triesOf", "triesOneByOne", "triesNextRange", "givesUp"],
      cases: [
        ["triesOf", [Effort.NORMAL], 5],
        ["triesOf", [Effort.NORETRY], 1],
        ["triesOneByOne", [Effort.NORMAL], true],
        ["triesNextRange", [ENOMEM, false], true],
        ["triesNextRange", [EBUSY, true], true],
        ["triesNextRange", [ENOMEM, true], false],
        ["givesUp", [0, 1000], false],
        ["givesUp", [1, 1], true],
      ],
    },
  ],
  original: limited(CmaUse.LAST, [], /^ {2}return false;/, [first(CmaUse.LAST, 0, 100, 99, false)]),
  "cma-first": limited(CmaUse.FIRST, [], /CmaUse\.FIRST\)/, [first(CmaUse.FIRST, 0, 100, 0, true)]),
  "cma-limit-25": limited(CmaUse.PERCENT, ["isAbovePercent"], /CmaUse\.PERCENT\)/, [
    first(CmaUse.PERCENT, 25, 100, 25, false),
    first(CmaUse.PERCENT, 25, 100, 26, true),
    first(CmaUse.PERCENT, 0, 100, 0, true),
    first(CmaUse.PERCENT, 100, 100, 200, false),
    // 50 is the half rule, as whole numbers have it.
    ...[0, 1, 2, 99, 100, 101].flatMap((free) =>
      [0, 1, 49, 50, 51].map((cma) => first(CmaUse.PERCENT, 50, free, cma, cma > free >> 1)),
    ),
  ]),
  "raspberry-pi": [
    limited(CmaUse.SIXTEENTHS, ["isAboveSixteenths"], /CmaUse\.SIXTEENTHS\)/, [
      first(CmaUse.SIXTEENTHS, 12, 1600, 1200, false),
      first(CmaUse.SIXTEENTHS, 12, 1600, 1201, true),
      // Divided first: of 1615 pages a sixteenth is 100.
      first(CmaUse.SIXTEENTHS, 12, 1615, 1201, true),
      first(CmaUse.SIXTEENTHS, 16, 1600, 1600, false),
      first(CmaUse.SIXTEENTHS, 0, 1600, 1, true),
    ]),
    retry,
  ],
  watermark: limited(CmaUse.WATERMARK, ["isForcedByMark", "isAboveHalf"], /CmaUse\.WATERMARK\)/, [
    ...golden(CmaUse.WATERMARK, [true, true, true]),
    first(CmaUse.WATERMARK, 0, 1000, 400, false),
    first(CmaUse.WATERMARK, 0, 1000, 501, true),
    first(CmaUse.WATERMARK, 0, 150, 50, true),
    first(CmaUse.WATERMARK, 0, 151, 50, false),
  ]),
  "watermark-share": limited(CmaUse.SHARE, ["isAboveShare"], /CmaUse\.SHARE\)/, [
    first(CmaUse.SHARE, 0, 1000, 250, false),
    first(CmaUse.SHARE, 0, 1000, 251, true),
  ]),
  ratio: turns(false),
  "ratio-all": turns(true),
  aggressive: limited(CmaUse.AGGRESSIVE, ["isAbovePages"], /CmaUse\.AGGRESSIVE\)/, [
    first(CmaUse.AGGRESSIVE, 500, 5000, 500, false),
    first(CmaUse.AGGRESSIVE, 500, 5000, 501, true),
  ]),
  strict: {
    file: "cma_use",
    functions: [],
    lines: [/CmaUse\.STRICT\) return false;/],
    cases: [may(CmaUse.STRICT, MOVABLE | Gfp.CMA, false), ["mixesLists", [CmaUse.STRICT, 3, 0], false]],
  },
  quarantine,
  "quarantine-oracle": quarantine,
  android: [
    gfpCma,
    limited(CmaUse.GFP_CMA, [], /CmaUse\.GFP_CMA\)/, [first(CmaUse.GFP_CMA, 0, 100, 1, true)]),
    {
      file: "free_target",
      functions: ["hasOwnLists"],
      cases: [
        ["hasOwnLists", [CmaFree.OWN_LIST], true],
        ["hasOwnLists", [CmaFree.MOVABLE_LIST], false],
      ],
    },
    retry,
  ],
  "android-no-retry": gfpCma,
  "android-unrestricted": [limited(CmaUse.HALF, ["isAboveHalf"], /CmaUse\.HALF\)/, half), retry],
  "thp-no-cma": {
    file: "cma_use",
    functions: [],
    lines: [/ThpCma\.NEVER\) return false;/, /return quarantine != 0/],
    cases: [
      may(CmaUse.HALF, MOVABLE, false, 0, false, ThpCma.NEVER),
      may(CmaUse.HALF, MOVABLE, true, 0, false, ThpCma.MAY),
      ["mixesLists", [CmaUse.HALF, 0, ThpCma.NEVER], true],
    ],
  },
  "thp-one-list": {
    file: "free_target",
    functions: ["splitsThpLists"],
    cases: [
      ["splitsThpLists", [ThpLists.SHARED], false],
      ["splitsThpLists", [ThpLists.SPLIT], true],
    ],
  },
  "thp-cma-list": {
    file: "free_target",
    functions: ["hasOwnThpList", "hasOwnLists", "splitsThpLists"],
    cases: [
      ["hasOwnThpList", [CmaFree.OWN_LIST, ThpLists.OWN_LIST], true],
      ["hasOwnThpList", [CmaFree.OWN_LIST, ThpLists.SPLIT], false],
      ["hasOwnThpList", [CmaFree.MOVABLE_LIST, ThpLists.OWN_LIST], false],
      ["splitsThpLists", [ThpLists.OWN_LIST], true],
    ],
  },
  "free-to-buddy": {
    file: "free_target",
    functions: ["goesToBuddy"],
    cases: [
      ["goesToBuddy", [CmaFree.BUDDY, CMA], true],
      ["goesToBuddy", [CmaFree.BUDDY, Migratetype.MOVABLE], false],
      ["goesToBuddy", [CmaFree.MOVABLE_LIST, CMA], false],
      ["goesToBuddy", [CmaFree.MOVABLE_LIST, ISOLATE], true],
    ],
  },
  "free-range": {
    file: "free_target",
    functions: ["rangeOrder"],
    cases: [
      ["rangeOrder", [512, 512, 10], 9],
      ["rangeOrder", [512, 511, 10], 8],
      ["rangeOrder", [3, 100, 10], 0],
      ["rangeOrder", [4, 100, 10], 2],
      ["rangeOrder", [0, 4096, 10], 10],
    ],
  },
  "mainline-retry": retry,
  "retry-multi-range": [
    retry,
    {
      file: "busy",
      functions: ["triesNextRange"],
      cases: [
        ["triesNextRange", [ENOMEM, true], false],
        ["triesNextRange", [EBUSY, true], true],
        ["triesNextRange", [ENOMEM, false], true],
      ],
    },
  ],
  "wait-refs": waitRefs,
  "wait-refs-window": waitRefs,
  "gup-wait": {
    file: "on_pin",
    functions: ["onPin", "waits", "isInArea"],
    cases: [
      ...waiting,
      pin(PinRule.WAIT, SHORT, ISOLATE, 1, WAIT),
      pin(PinRule.MIGRATE, SHORT, CMA, 0, MOVE),
    ],
  },
  "gup-wait-new": {
    file: "on_pin",
    functions: ["onPin", "waits", "isInArea"],
    cases: [
      ...waiting,
      pin(PinRule.MIGRATE, SHORT, CMA, 0, MOVE),
      pin(PinRule.WAIT, SHORT, ISOLATE, 1, ALLOW, true),
      pin(PinRule.WAIT, SHORT, ISOLATE, 0, WAIT, true),
    ],
  },
  "gup-wait-refs": [waitRefs, { file: "on_pin", functions: ["waits"], cases: waiting }],
  "no-retry": {
    file: "busy",
    functions: ["triesOf", "triesOneByOne"],
    lines: [/Effort\.NORETRY\) return false;/],
    cases: [
      ["triesOf", [Effort.NORETRY], 1],
      ["triesOf", [Effort.NORMAL], 5],
      ["triesOneByOne", [Effort.NORETRY], false],
      ["triesOneByOne", [Effort.NORMAL], true],
      ...retryCases,
      ...refCases,
    ],
  },
  "give-up-4": {
    file: "busy",
    functions: ["givesUp"],
    cases: [
      ["givesUp", [4, 3], false],
      ["givesUp", [4, 4], true],
      ["givesUp", [0, 4], false],
    ],
  },
  "next-fit": {
    file: "holes",
    functions: ["sweepFrom", "isBeforeSweep"],
    cases: [
      ["sweepFrom", [100, 200], 100],
      ["sweepFrom", [200, 200], 0],
      ["isBeforeSweep", [99, 100], true],
      ["isBeforeSweep", [100, 100], false],
    ],
  },
  "best-fit": {
    file: "holes",
    functions: ["alignedFrom", "isBetterHole"],
    cases: [
      ["alignedFrom", [5, 3, 0], 8],
      ["alignedFrom", [5, 3, 1], 7],
      // length, start, tried, tried start, best
      ["isBetterHole", [10, 0, 0, 0, 0], true],
      ["isBetterHole", [10, 0, 0, 0, 10], false],
      ["isBetterHole", [9, 50, 0, 0, 10], true],
      ["isBetterHole", [9, 50, 10, 0, 0], false],
      ["isBetterHole", [10, 50, 10, 50, 0], false],
      ["isBetterHole", [10, 51, 10, 50, 0], true],
    ],
  },
  "pin-avoiding": {
    file: "holes",
    functions: ["keepsWindow"],
    cases: [
      ["keepsWindow", [false, 0], true],
      ["keepsWindow", [true, 1], true],
      ["keepsWindow", [true, 0], false],
    ],
  },
  "dio-longterm": {
    file: "on_pin",
    functions: ["isInArea"],
    lines: [/PinRule\.MIGRATE\)/, /PinVerdict\.MOVE;/, /PinKind\.LONGTERM/],
    cases: [
      pin(PinRule.MIGRATE, SHORT, CMA, 0, MOVE),
      pin(PinRule.MIGRATE, SHORT, ISOLATE, 0, MOVE),
      pin(PinRule.MIGRATE, PAGE_CACHE, CMA, 0, ALLOW),
      pin(PinRule.ALLOW, SHORT, CMA, 0, ALLOW),
      pin(PinRule.ALLOW, LONGTERM, CMA, 0, MOVE),
      pin(PinRule.MIGRATE, SHORT, Migratetype.MOVABLE, 0, ALLOW),
    ],
  },
  "migrate-on-pin": {
    file: "on_pin",
    functions: ["isInArea"],
    lines: [/PinKind\.GATHER/, /return rule == PinRule\.MIGRATE_ALL/, /PinVerdict\.MOVE;/],
    cases: [
      pin(PinRule.MIGRATE_ALL, SHORT, CMA, 0, MOVE),
      pin(PinRule.MIGRATE_ALL, SHORT, ISOLATE, 0, MOVE),
      pin(PinRule.MIGRATE_ALL, PAGE_CACHE, CMA, 0, MOVE),
      pin(PinRule.MIGRATE_ALL, GATHER, CMA, 0, ALLOW),
      pin(PinRule.MIGRATE_ALL, SHORT, Migratetype.UNMOVABLE, 0, ALLOW),
    ],
  },
  "migrate-on-dirty": {
    file: "on_pin",
    functions: ["leavesArea"],
    lines: [/MoveOn\.BUFFER_HEAD/],
    cases: [
      ["leavesArea", [7, MoveOn.DIRTY, CMA], true],
      ["leavesArea", [MoveOn.WRITEBACK, MoveOn.DIRTY, CMA], false],
      ["leavesArea", [7, MoveOn.DIRTY, Migratetype.MOVABLE], false],
      pin(PinRule.ALLOW, PAGE_CACHE, CMA, 0, MOVE, false, MoveOn.BUFFER_HEAD),
      pin(PinRule.ALLOW, PAGE_CACHE, CMA, 0, ALLOW, false, MoveOn.DIRTY),
    ],
  },
  "pin-lengths": {
    file: "pin_length",
    functions: ["lengthBucket", "isExcess"],
    cases: [
      ["lengthBucket", [0], 0],
      ["lengthBucket", [1], 1],
      ["lengthBucket", [1023], 10],
      ["lengthBucket", [1024], 11],
      ["lengthBucket", [0xffffffff], 31],
      ["isExcess", [10_000, 10_000], false],
      ["isExcess", [10_001, 10_000], true],
    ],
  },
  "cma-balance": [
    {
      file: "balance",
      functions: ["pagesToBalance"],
      cases: [
        ["pagesToBalance", [50, 1000, 700, 700, 5000], 200],
        ["pagesToBalance", [50, 1000, 500, 500, 5000], 0],
        ["pagesToBalance", [50, 1000, 300, 300, 5000], 0],
        ["pagesToBalance", [50, 1000, 700, 50, 5000], 50],
        ["pagesToBalance", [50, 1000, 700, 700, 7], 7],
      ],
    },
    limited(CmaUse.PERCENT, ["isAbovePercent"], /CmaUse\.PERCENT\)/, [
      first(CmaUse.PERCENT, 50, 100, 50, false),
      first(CmaUse.PERCENT, 50, 100, 51, true),
      first(CmaUse.PERCENT, 0, 100, 0, true),
      first(CmaUse.PERCENT, 100, 100, 200, false),
    ]),
  ],
  "cma-balance-kswapd": {
    file: "balance",
    functions: ["kswapdBalances", "reclaimBalances"],
    cases: [
      ["kswapdBalances", [0], false],
      ["kswapdBalances", [1], true],
      ["reclaimBalances", [30, 32], true],
      ["reclaimBalances", [29, 32], false],
      ["reclaimBalances", [0, 1], false],
    ],
  },
};

function holds(rules: Rules | undefined, { cases, also }: Preset): boolean {
  if (rules === undefined) return false;
  try {
    const right = cases.every(([rule, args, answer]) => rules.rules[rule]?.(...args) === answer);
    return right && (also?.(rules) ?? true);
  } catch {
    return false;
  }
}

describe("the rule of every proposal", () => {
  it("has its cases", () => {
    expect(Object.keys(PRESETS).sort()).toEqual([...policyNames].sort());
  });

  describe.each(Object.entries(PRESETS))("%s", (_, preset) => {
    const parts = Array.isArray(preset) ? (preset as readonly Preset[]) : [preset as Preset];

    it("answers as its source says", () => {
      for (const part of parts) {
        const rules = rulesOf(part.file);
        for (const [rule, args, answer] of part.cases)
          expect([rule, args, rules?.rules[rule]?.(...args)]).toEqual([rule, args, answer]);
        expect(holds(rulesOf(part.file), part)).toBe(true);
      }
    });

    it("has no line whose loss goes unseen", () => {
      for (const part of parts) {
        const mutants = withoutOneLine(part.file, part.functions, part.lines);
        expect(mutants.length).toBeGreaterThan(0);
        const unseen = mutants.filter(({ text }) => holds(rulesOf(part.file, text), part));
        expect(unseen.map(({ line }) => line)).toEqual([]);
      }
    });
  });

  it("is a program without the line that is left out, or the check would show nothing", () => {
    const { text = "" } = withoutOneLine("busy", ["triesOf"])[0] ?? {};
    expect(text.length).toBeLessThan(textOf("busy").length);
    expect(rulesOf("busy", text)?.rules["triesOf"]?.(Effort.NORETRY)).toBe(5);
  });
});
