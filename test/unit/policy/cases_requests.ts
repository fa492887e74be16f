// Knows: the rule of every proposal of requests and pages as a table of cases, and which lines are its rule.
// Must not know: how a case is tried (rules.test).

import { CmaUse, Effort, MoveOn, PinRule } from "../../../assembly/abi/proposals.js";
import { Migratetype } from "../../../assembly/abi/vocabulary.js";
import {
  ALLOW,
  CMA,
  EBUSY,
  ENOMEM,
  first,
  GATHER,
  ISOLATE,
  LONGTERM,
  limited,
  MOVE,
  PAGE_CACHE,
  type Preset,
  pin,
  refCases,
  retry,
  retryCases,
  SHORT,
  WAIT,
  waiting,
  waitRefs,
} from "./case.js";

export const REQUESTS: Readonly<Record<string, Preset | readonly Preset[]>> = {
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
