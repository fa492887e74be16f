// Knows: the rule of every proposal of allocation as a table of cases, and which lines are its rule.
// Must not know: how a case is tried (rules.test).

import { CmaFree, CmaUse, CmaZoneRule, Effort, ThpCma, ThpLists } from "../../../assembly/abi/proposals.js";
import { FrameKind, Gfp, Migratetype, Mobility } from "../../../assembly/abi/vocabulary.js";
import {
  CMA,
  EBUSY,
  ENOMEM,
  first,
  gfpCma,
  golden,
  half,
  ISOLATE,
  limited,
  MOVABLE,
  may,
  type Preset,
  quarantine,
  retry,
  turns,
} from "./case.js";

const { OWN: ZONE, MOVABLE: JOINED, IN_PLACE } = CmaZoneRule;
/** Zones 0 DMA32, 1 Normal, 2 Movable, 3 the last one. */
const zones = (own: CmaZoneRule): Preset => ({
  file: "cma_zone",
  functions: ["zoneOfFrame", "typeOfAreas", "lentAs", "staysAmongMovable", "skipsMore"],
  cases: [
    ["zoneOfFrame", [own, 1, 3, true], 3],
    ["zoneOfFrame", [own, 1, 3, false], 1],
    ["zoneOfFrame", [IN_PLACE, 1, 3, true], 1],
    ["typeOfAreas", [own], Migratetype.MOVABLE],
    ["typeOfAreas", [IN_PLACE], CMA],
    ["lentAs", [own, Migratetype.MOVABLE, 3, 3], CMA],
    ["lentAs", [own, ISOLATE, 3, 3], ISOLATE],
    ["lentAs", [own, Migratetype.MOVABLE, 1, 3], Migratetype.MOVABLE],
    ["lentAs", [IN_PLACE, Migratetype.MOVABLE, 3, 3], Migratetype.MOVABLE],
    ["lentAs", [IN_PLACE, CMA, 1, 3], CMA],
    ["staysAmongMovable", [own, 2, 2, 3], true],
    ["staysAmongMovable", [own, 1, 2, 3], false],
    ["staysAmongMovable", [ZONE, 3, 2, 3], true],
    ["staysAmongMovable", [JOINED, 3, 2, 3], false],
    ["skipsMore", [32_767], true],
    ["skipsMore", [32_768], false],
  ],
});

const offline = (own: CmaZoneRule): Preset => ({
  file: "offline",
  functions: ["mayGoOffline", "isUnmovable"],
  cases: [
    ["mayGoOffline", [IN_PLACE, CMA, 1, 3], false],
    ["mayGoOffline", [IN_PLACE, Migratetype.MOVABLE, 3, 3], true],
    ["mayGoOffline", [own, Migratetype.MOVABLE, 1, 3], true],
    ["mayGoOffline", [ZONE, Migratetype.MOVABLE, 3, 3], false],
    ["mayGoOffline", [JOINED, Migratetype.MOVABLE, 3, 3], true],
    ["isUnmovable", [FrameKind.RESERVED, 0, true], true],
    ["isUnmovable", [FrameKind.ALLOCATED, Mobility.FIXED, true], false],
    ["isUnmovable", [FrameKind.ALLOCATED, Mobility.FIXED, false], true],
    ["isUnmovable", [FrameKind.ALLOCATED, Mobility.LRU, false], false],
    ["isUnmovable", [FrameKind.BUDDY, 0, false], false],
  ],
});

export const ALLOCATION: Readonly<Record<string, Preset | readonly Preset[]>> = {
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
  "zone-cma": [zones(ZONE), offline(ZONE)],
  "zone-cma-movable": [zones(JOINED), offline(JOINED)],
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
};
