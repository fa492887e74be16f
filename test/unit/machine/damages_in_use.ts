// Knows: damage to pages in use, CMA areas and requests, one row for each kind that validate() can name.

import { Fault } from "../../../assembly/abi/findings.js";
import { Region } from "../../../assembly/abi/layout.js";
import { PinWord } from "../../../assembly/abi/records.js";
import { SWAPPED } from "../../../assembly/abi/slot.js";
import { FrameKind, PageFlag } from "../../../assembly/abi/vocabulary.js";
import { AreaWord, RangeWord, RequestWord, ZoneWord } from "../../../assembly/abi/words.js";
import { setOwner } from "../../support/owners.js";
import type { Damage } from "./damages.js";
import type { Patient } from "./patient.js";

const SPARE_BIT = 1 << 20;

/** A bit of the content of a page in use, in a frame that is not in use. */
function spoil(kind: FrameKind): Damage {
  return (p) => {
    const pfn = p.first(kind, 0);
    p.words[pfn]! |= SPARE_BIT;
    return pfn;
  };
}

function change(p: Patient, region: Region, word: number, by: number): number {
  p.machine.engine.words(region)[word]! += by;
  return 0;
}

export const DAMAGES_IN_USE: [Fault, string, Damage][] = [
  [Fault.CONTENT, "a reserved page with content", spoil(FrameKind.RESERVED)],
  [Fault.CONTENT, "a free page with content", spoil(FrameKind.BUDDY)],
  [
    Fault.LRU_MEMBER,
    "a page on the list of another kind of page",
    (p) => {
      p.words[p.user]! ^= PageFlag.ACTIVE;
      return p.user;
    },
  ],
  [
    Fault.NR_LRU,
    "an LRU list that counts wrong",
    (p) => change(p, Region.ZONES, ZoneWord.COUNT + ZoneWord.NR_LRU, 1),
  ],
  [
    Fault.OWNER,
    "a page that does not know its slot",
    (p) => {
      const pfn = (p.machine.engine.unsigned(Region.SLOTS)[0] ?? 0) - 1;
      setOwner(p.machine, pfn, 9);
      return pfn;
    },
  ],
  [
    Fault.PIN,
    "a pin of a page that is not pinned",
    (p) => {
      const records = p.machine.engine.unsigned(Region.PINS);
      records[PinWord.PFN] = p.user + 1;
      return p.user;
    },
  ],
  [Fault.AREA_AVAILABLE, "an area that counts wrong", (p) => change(p, Region.AREAS, AreaWord.AVAILABLE, -1)],
  [
    Fault.BITMAP_TAIL,
    "a bit behind the last",
    (p) => {
      change(p, Region.RANGES, RangeWord.BITS, -1);
      p.machine.engine.unsigned(Region.CMA_BITMAPS)[4096 / 32 - 1] = 1 << 31;
      return 0;
    },
  ],
  [
    Fault.REQUEST,
    "a request in a state that does not exist",
    (p) => {
      p.machine.engine.unsigned(Region.REQUESTS)[RequestWord.COUNT + RequestWord.STATE] = 99;
      return 1;
    },
  ],
  [
    Fault.ISOLATED_PAGE,
    "a page that nobody has in hand",
    (p) => {
      p.words[p.first(FrameKind.ALLOCATED, 3)]! |= PageFlag.ISOLATED;
      return 0;
    },
  ],
  [
    Fault.SWAP,
    "a slot whose block is swapped out, and in no swap",
    (p) => {
      const slots = p.machine.engine.unsigned(Region.SLOTS);
      slots[slots.indexOf(0)] = SWAPPED - 3;
      return 0;
    },
  ],
];
