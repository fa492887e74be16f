// Knows: damage to frames, lists and the counters of free memory, one row for each kind that validate() can name.

import { Fault } from "../../../assembly/abi/findings.js";
import { pack, retyped, withZone } from "../../../assembly/abi/frame_word.js";
import { FrameKind, Migratetype } from "../../../assembly/abi/vocabulary.js";
import { PcpWord, ZoneWord } from "../../../assembly/abi/words.js";
import { linkTo } from "../../support/fields.js";
import { type Patient, ZONE } from "./patient.js";

/** Does the damage; answers the pfn (or zone, or CPU) that validate() must name. */
export type Damage = (patient: Patient) => number;

export const DAMAGES: [Fault, string, Damage][] = [
  [
    Fault.FRAME_KIND,
    "a kind that does not exist",
    (p) => {
      const pfn = p.first(FrameKind.ALLOCATED, 0);
      p.setKind(pfn, 7 as FrameKind);
      return pfn;
    },
  ],
  [
    Fault.FRAME_KIND,
    "a reserved block of two frames",
    (p) => {
      const pfn = p.first(FrameKind.RESERVED, 0);
      p.setOrder(pfn, 1);
      return pfn;
    },
  ],
  [
    Fault.HEAD_MISALIGNED,
    "an odd frame as the head of a pair",
    (p) => {
      const pfn = p.pair() + 1;
      p.setOrder(pfn, 1);
      return pfn;
    },
  ],
  [
    Fault.BODY_WITHOUT_HEAD,
    "a page whose word was lost",
    (p) => {
      const pfn = p.first(FrameKind.ALLOCATED, 0);
      p.words[pfn] = 0;
      return pfn;
    },
  ],
  [
    Fault.BODY_EXPECTED,
    "a page inside a block",
    (p) => {
      const pfn = p.first(FrameKind.ALLOCATED, 3) + 5;
      p.words[pfn] = pack(FrameKind.ALLOCATED, 0, ZONE);
      return pfn;
    },
  ],
  [
    Fault.ZONE_OF_FRAME,
    "a page of another zone",
    (p) => {
      const pfn = p.first(FrameKind.ALLOCATED, 0);
      p.words[pfn] = withZone(p.words[pfn]!, 0);
      return pfn;
    },
  ],
  [
    Fault.CROSSES_ZONE,
    "a zone that ends inside a block",
    (p) => {
      const pfn = p.first(FrameKind.ALLOCATED, 3);
      p.zones[ZONE * ZoneWord.COUNT + ZoneWord.SPANNED] = pfn + 7 - 4096;
      return pfn;
    },
  ],
  [
    Fault.LIST_LINK,
    "a link back to the wrong frame",
    (p) => {
      const { pfns } = p.list();
      p.prev[pfns[1] ?? 0] = linkTo(pfns[2] ?? 0);
      return pfns[0] ?? 0;
    },
  ],
  [
    Fault.LIST_LINK,
    "a link that leaves a member out",
    (p) => {
      const { pfns } = p.list();
      p.next[pfns[0] ?? 0] = linkTo(pfns[2] ?? 0);
      return pfns[0] ?? 0;
    },
  ],
  [
    Fault.LIST_LINK,
    "a first member that does not name its head",
    (p) => {
      const { pfns } = p.list();
      p.prev[pfns[0] ?? 0] = 0;
      return pfns[0] ?? 0;
    },
  ],
  [
    Fault.LIST_LINK,
    "a link that leaves the memory",
    (p) => {
      const { pfns } = p.list();
      p.next[pfns[1] ?? 0] = 0x7fff_fff0;
      return pfns[1] ?? 0;
    },
  ],
  [
    Fault.LIST_LINK,
    "a head that does not name its last member",
    (p) => {
      const { head, pfns } = p.list();
      p.prev[head] = 0;
      return pfns.at(-1) ?? 0;
    },
  ],
  [
    Fault.LIST_MEMBER,
    "an allocated block on a free list",
    (p) => {
      const pfn = p.list().pfns[1] ?? 0;
      p.words[pfn] = retyped(p.words[pfn] ?? 0, Migratetype.UNMOVABLE);
      p.setKind(pfn, FrameKind.ALLOCATED);
      return pfn;
    },
  ],
  [
    Fault.LIST_TYPE,
    "a free block of another type than its pageblock",
    (p) => {
      const pfn = p.list().pfns[1] ?? 0;
      p.words[pfn] = retyped(p.words[pfn]!, Migratetype.RECLAIMABLE);
      return pfn;
    },
  ],
  [
    Fault.UNMERGED_BUDDIES,
    "two free pages side by side",
    (p) => {
      const pfn = p.pair();
      p.pretendFree(pfn);
      p.pretendFree(pfn + 1);
      return pfn;
    },
  ],
  [
    Fault.NOT_ON_A_LIST,
    "a free page on no list",
    (p) => {
      p.pretendFree(p.pair());
      return ZONE;
    },
  ],
  [
    Fault.PCP_MEMBER,
    "an allocated page on a per-CPU list",
    (p) => {
      const pfn = p.first(FrameKind.PCP, 0);
      p.setKind(pfn, FrameKind.ALLOCATED);
      return pfn;
    },
  ],
  [
    Fault.PCP_COUNT,
    "a per-CPU set that counts wrong",
    (p) => {
      p.pcps[ZONE * PcpWord.COUNT + PcpWord.COUNT_PAGES]! += 1;
      return 0;
    },
  ],
  [
    Fault.NR_FREE,
    "nr_free one too high",
    (p) => {
      p.addZone(ZoneWord.NR_FREE, 1);
      return ZONE;
    },
  ],
  [
    Fault.FREE_PAGES,
    "free pages one too many",
    (p) => {
      p.addZone(ZoneWord.FREE_PAGES, 1);
      return ZONE;
    },
  ],
  [
    Fault.FREE_PAGES,
    "a differential that was not accounted",
    (p) => {
      p.pcps[ZONE * PcpWord.COUNT + PcpWord.DIFF_FREE]! -= 1;
      return ZONE;
    },
  ],
  [
    Fault.FREE_CMA,
    "free CMA pages one too few",
    (p) => {
      p.addZone(ZoneWord.FREE_CMA, -1);
      return ZONE;
    },
  ],
  [
    Fault.FREE_HIGHATOMIC,
    "a reserve that does not exist",
    (p) => {
      p.addZone(ZoneWord.NR_FREE_HIGHATOMIC, 1);
      return ZONE;
    },
  ],
  [
    Fault.PAGEBLOCK_TYPE,
    "a migratetype that does not exist",
    (p) => {
      const pfn = p.first(FrameKind.RESERVED, 0);
      p.machine.views.pageblocks[pfn >> 9] = 6;
      return pfn & ~511;
    },
  ],
  [
    Fault.ISOLATED_BLOCKS,
    "an isolated pageblock that no zone counts",
    (p) => {
      const pfn = p.first(FrameKind.RESERVED, 0);
      p.machine.views.pageblocks[pfn >> 9] = Migratetype.ISOLATE;
      return 0;
    },
  ],
];
