// Knows: that validate() finds damage to areas, and to pages that a request has in its hands, on a machine where one is
// under way; and that the digest sees areas and requests. Without this the word "sound" in the tests beside it is empty.

import { beforeEach, describe, expect, it } from "vitest";
import { Fault, RequestState } from "../../assembly/abi/findings.js";
import { withMobility, withPins } from "../../assembly/abi/frame_word.js";
import { Region } from "../../assembly/abi/layout.js";
import { PinWord } from "../../assembly/abi/records.js";
import { CmaLockRule, LruList, Mobility, Op, PageFlag } from "../../assembly/abi/vocabulary.js";
import { AreaWord, ConfigWord, RequestWord, ZoneWord } from "../../assembly/abi/words.js";
import { GFP_HIGHUSER_MOVABLE } from "../../bindings/engine/gfp.js";
import type { Machine } from "../../bindings/machine/machine.js";
import { type Field, linkTo, liveField } from "../support/fields.js";
import { setOwner } from "../support/owners.js";
import { AREA, BASE, BLOCK, isSound, place, placeAll, START, small, ZONE } from "./small.js";

/** Pages of each kind; a page in slot 3; a pin; 20 pages given out; a request with pages in its hands. */
class Patient {
  readonly words: Field;
  readonly slots: Uint32Array;
  readonly zones: Int32Array;
  readonly areas: Int32Array;
  readonly requests: Int32Array;
  readonly bitmaps: Uint32Array;
  readonly pins: Uint32Array;
  /** The page in slot 3. */
  readonly owned: number;

  constructor(readonly machine: Machine) {
    const { engine, commands } = machine;
    this.words = liveField(machine);
    this.slots = engine.unsigned(Region.SLOTS);
    this.zones = engine.words(Region.ZONES);
    this.areas = engine.words(Region.AREAS);
    this.requests = engine.words(Region.REQUESTS);
    this.bitmaps = engine.unsigned(Region.CMA_BITMAPS);
    this.pins = engine.unsigned(Region.PINS);
    machine.cma.allocate({ area: AREA, pages: 20 });
    placeAll(machine, BASE + 64, BASE + 80, "anon");
    place(machine, BASE + 90, "balloon");
    place(machine, START + 5, "balloon");
    machine.pin(place(machine, START + 9, "dirty"));
    commands.clear();
    commands.append(Op.ALLOCATE, 0, 0, 0, GFP_HIGHUSER_MOVABLE, 3 + 1, 0);
    commands.execute();
    this.owned = commands.pfn(0);
    commands.clear();
    const request = machine.cma.begin({ area: AREA, pages: 100 });
    request.runUntil(RequestState.SCAN);
    request.step();
  }

  or(pfn: number, bits: number): number {
    this.words[pfn - START]! |= bits;
    return pfn;
  }

  at(word: RequestWord): number {
    return this.requests[word] ?? 0;
  }
}

let patient: Patient;

beforeEach(async () => {
  patient = new Patient(await small("6.12", { areas: [{}] }));
  expect(isSound(patient.machine)).toBe("sound");
});

/** Does the damage; answers what validate() must name: a pfn, or the number of a list, area or request. */
type Damage = (patient: Patient) => number;

const DAMAGES: readonly (readonly [Fault, string, Damage])[] = [
  [
    Fault.CONTENT,
    "a free frame that is movable",
    (p) => p.or(p.machine.freeList(ZONE, 6, 1)[0] ?? 0, withMobility(0, Mobility.LRU)),
  ],
  [Fault.LRU_MEMBER, "a page on the list of another kind", (p) => p.or(START + 9, PageFlag.UNEVICTABLE)],
  [
    Fault.LRU_MEMBER,
    "a page on a list that a request has in its hands",
    (p) => p.or(START + 9, PageFlag.ISOLATED),
  ],
  [
    Fault.NR_LRU,
    "a count of pages on a list",
    (p) => {
      p.zones[ZONE * ZoneWord.COUNT + ZoneWord.NR_LRU + LruList.INACTIVE_FILE]! += 1;
      return LruList.INACTIVE_FILE;
    },
  ],
  [
    Fault.NOT_ON_A_LIST,
    "a page that should be on a list",
    (p) => {
      p.or(START + 5, PageFlag.DIRTY);
      p.words[START + 5 - START]! ^= withMobility(0, 3);
      return 0;
    },
  ],
  [
    Fault.OWNER,
    "a slot that names another frame",
    (p) => {
      p.slots[3] = START + 200;
      return p.owned;
    },
  ],
  [
    Fault.OWNER,
    "a slot that nobody owns",
    (p) => {
      p.slots[77_777] = START + 200;
      return 0;
    },
  ],
  [
    Fault.OWNER,
    "a free frame with an owner",
    (p) => {
      const pfn = p.machine.freeList(ZONE, 6, 1)[0] ?? 0;
      setOwner(p.machine, pfn, 5);
      return pfn;
    },
  ],
  [
    Fault.PIN,
    "a pin without a record",
    (p) => {
      p.words[START + 9 - START]! += withPins(0, 1);
      return 0;
    },
  ],
  [
    Fault.PIN,
    "a record of a page without pins",
    (p) => {
      p.pins[PinWord.PFN] = START + 5 + 1;
      return START + 5;
    },
  ],
  [Fault.PIN, "a page that waits for its last pin, and has none", (p) => p.or(START + 5, 1 << 31)],
  [
    Fault.AREA_AVAILABLE,
    "pages available",
    (p) => {
      p.areas[AreaWord.AVAILABLE]! += 1;
      return 0;
    },
  ],
  [
    Fault.AREA_AVAILABLE,
    "a bit that was lost",
    (p) => {
      p.bitmaps[0]! &= ~(1 << 7);
      return 0;
    },
  ],
  [
    Fault.AREA_AVAILABLE,
    "pages of an area",
    (p) => {
      p.areas[AreaWord.PAGES]! += BLOCK;
      return 0;
    },
  ],
  [
    Fault.REQUEST,
    "a state that does not exist",
    (p) => {
      p.requests[RequestWord.STATE] = RequestState.SLEEPING + 1;
      return 0;
    },
  ],
  [
    Fault.REQUEST,
    "a window that is not where its bits are",
    (p) => {
      p.requests[RequestWord.START]! += 1;
      return 0;
    },
  ],
  [
    Fault.REQUEST,
    "a window whose bits are not set",
    (p) => {
      const bit = p.at(RequestWord.BIT);
      p.bitmaps[bit >>> 5]! &= ~(1 << (bit & 31));
      p.areas[AreaWord.AVAILABLE]! += 1;
      return 0;
    },
  ],
  [
    Fault.REQUEST,
    "two requests with one window",
    (p) => {
      p.requests.copyWithin(RequestWord.COUNT, 0, RequestWord.COUNT);
      p.requests[RequestWord.COUNT + RequestWord.BATCH] = 0;
      return 1;
    },
  ],
  [
    Fault.REQUEST,
    "more pages in hand than hands hold",
    (p) => {
      p.requests[RequestWord.BATCH] = 65;
      return 0;
    },
  ],
  [
    Fault.ISOLATED_PAGE,
    "pages that fell out of a request's hands",
    (p) => {
      p.requests[RequestWord.BATCH]! -= 1;
      return 0;
    },
  ],
  [
    Fault.ISOLATED_PAGE,
    "a driver's page that no request has",
    (p) => {
      p.or(START + 5, PageFlag.ISOLATED);
      return 0;
    },
  ],
];

describe("validate() finds", () => {
  it.each(DAMAGES.map(([fault, ...rest]) => [Fault[fault], ...rest] as const))(
    "%s: %s",
    (name, _, damage) => {
      const pfn = damage(patient);
      expect(patient.machine.validate()).toMatchObject({ name, pfn });
    },
  );

  it("REQUEST: two requests that hold one lock", async () => {
    using machine = await small("6.12", { rules: { cmaLock: CmaLockRule.NONE } });
    for (const pages of [16, 32])
      machine.cma.begin({ area: AREA, pages, align: 4 }).runUntil(RequestState.SCAN);
    expect(machine.validate().name).toBe("NONE");
    machine.engine.words(Region.CONFIG)[ConfigWord.RULE_CMA_LOCK] = CmaLockRule.GLOBAL;
    machine.engine.rebind();
    expect(machine.validate()).toMatchObject({ name: "REQUEST", pfn: 0 });
  });

  it("BITMAP_TAIL: a bit behind the end of a map", async () => {
    using machine = await small("6.12", {
      areas: [{ count: BLOCK }, { name: "b", basePfn: BASE + BLOCK, count: BLOCK }],
    });
    machine.engine.unsigned(Region.CMA_BITMAPS)[1]! |= 1 << BLOCK;
    expect(machine.validate()).toMatchObject({ name: "BITMAP_TAIL", pfn: 1 });
  });
});

describe("the digest sees", () => {
  /** One word more or less in a region. */
  const changes: readonly (readonly [string, Region, number])[] = [
    ["a bit", Region.CMA_BITMAPS, 7],
    ["pages available", Region.AREAS, AreaWord.AVAILABLE],
    ["where a request stands", Region.REQUESTS, RequestWord.STATE],
    ["how often it was busy", Region.REQUESTS, RequestWord.BUSY_RETRIES],
    ["what it has in its hands", Region.BATCHES, 0],
  ];

  it.each(changes)("%s", (_, region, word) => {
    const digest = patient.machine.digest();
    patient.machine.engine.words(region)[word]! += linkTo(1);
    expect(patient.machine.digest()).not.toBe(digest);
  });

  it("not what a request left behind that has ended", async () => {
    using a = await small("6.12");
    using b = await small("6.12");
    a.cma.allocate({ area: AREA, pages: 1 });
    a.cma.release(AREA, BASE, 1);
    b.cma.allocate({ area: AREA, pages: 1, align: 2 });
    b.cma.release(AREA, BASE, 1);
    a.engine.words(Region.REQUESTS)[RequestWord.ALIGN] = 3;
    expect(a.digest()).toBe(b.digest());
  });
});
