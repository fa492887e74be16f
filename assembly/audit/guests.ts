// Knows: whose each frame of an area that keeps its pages is: spare, the copy of a page that left memory, or a client's.
// Must not know: why a copy was made.
//
//   spare = list SPARE;   copies = lists FILE and SWAP, each named by COPIES of its slot;   given out <=> its bit is set
//   spare + copies = AVAILABLE of all areas;   COPIES[s] != 0 => SLOTS[s] says that the page is not in memory

import { Fault } from "../abi/findings";
import { kindOf, mobilityOf, orderOf, pinsOf, typeIn } from "../abi/frame_word";
import { MAX_AREAS } from "../abi/limits";
import { GuestWord } from "../abi/records";
import { isShadow, isSwappedOut } from "../abi/slot";
import { FrameKind, Mobility } from "../abi/vocabulary";
import { AreaWord, ConfigWord, RangeWord } from "../abi/words";
import { areaWord, bitmapOf, rangeWord } from "../cma/area";
import { linkOf, pfnOf, wordOf } from "../frames/frame";
import { ownerOf, SLOT_COUNT, slotContent } from "../frames/owner";
import { countRun } from "../memory/bits";
import { nextOf } from "../memory/list";
import { COPIES, config, frames } from "../memory/regions";
import { guestHead, guestWord, isKept, listOfGuest } from "../movement/guests";
import { AREAS_KEEP_PAGES } from "../rules";
import { fault } from "./fault";
import { checkEnd, checkLink } from "./lists";

/** Is it the copy of a page? Its owner is the slot of that page, which does not name it. */
export function isCopy(link: u32, word: u32): bool {
  if (!isKept(link, 0) || kindOf(word) != FrameKind.ALLOCATED) return false;
  const list = listOfGuest(word);
  return list == GuestWord.FILE || list == GuestWord.SWAP;
}

/** A copy and its slot name each other, and the page itself is not in memory. */
function checkCopy(link: u32, list: i32): i32 {
  const owner = ownerOf(link);
  if (owner == 0 || owner > SLOT_COUNT) return fault(Fault.GUEST, pfnOf(link), SLOT_COUNT, owner);
  const held = load<u32>(COPIES + ((<usize>(owner - 1)) << 2));
  if (held != pfnOf(link) + 1) return fault(Fault.GUEST, pfnOf(link), pfnOf(link) + 1, held);
  const content = slotContent(owner - 1);
  const isAway = list == GuestWord.FILE ? isShadow(content) : isSwappedOut(content);
  return isAway ? 0 : fault(Fault.GUEST, pfnOf(link), list, content);
}

/** Walks one list both ways: its members and their number. */
function checkList(list: i32): i32 {
  const head = guestHead(list);
  const isSpare = list == GuestWord.SPARE;
  let members = 0;
  let before = head;
  for (let link = nextOf(head); link != head; link = nextOf(link)) {
    const broken = checkLink(before, link);
    if (broken) return broken;
    before = link;
    const word = wordOf(link);
    const kind: i32 = isSpare ? FrameKind.RESERVED : FrameKind.ALLOCATED;
    if (!isKept(link, 0) || kindOf(word) != kind || listOfGuest(word) != list)
      return fault(Fault.GUEST, pfnOf(link), list, word);
    const copy = isSpare ? 0 : checkCopy(link, list);
    if (copy) return copy;
    members += 1;
    if (members > <i32>frames()) return fault(Fault.LIST_LENGTH, pfnOf(link), frames(), members);
  }
  const broken = checkEnd(head, before);
  if (broken) return broken;
  return members == guestWord(list) ? 0 : fault(Fault.GUEST, list, members, guestWord(list));
}

/** Each page of a range: a client's where its bit is set. With several pages a bit the last of them may be the area's still. */
function checkRange(area: i32, nth: i32): i32 {
  const shift = areaWord(area, AreaWord.ORDER_PER_BIT);
  const base = rangeWord(area, nth, RangeWord.BASE_PFN);
  for (let i: u32 = 0; i < rangeWord(area, nth, RangeWord.PAGES); i++) {
    const link = linkOf(base + i);
    const word = wordOf(link);
    const isSet = countRun(bitmapOf(area, nth), i >> shift, 1) != 0;
    const isGiven = listOfGuest(word) == 0;
    if (isGiven ? !isSet : isSet && shift == 0) return fault(Fault.GUEST, base + i, isSet ? 1 : 0, word);
    const isSound = orderOf(word) == 0 && mobilityOf(word) == Mobility.FIXED && pinsOf(word) == 0;
    if (!isSound || typeIn(word) != 0) return fault(Fault.GUEST, base + i, 0, word);
  }
  return 0;
}

/** As many slots have a copy as there are copies; every page of every area is somebody's. */
export function checkGuests(): i32 {
  if (!AREAS_KEEP_PAGES) return 0;
  for (let list: i32 = GuestWord.SPARE; list <= GuestWord.SWAP; list++) {
    const broken = checkList(list);
    if (broken) return broken;
  }
  let available = 0;
  for (let area = 0; area < MAX_AREAS; area++) {
    available += areaWord(area, AreaWord.AVAILABLE);
    for (let nth = 0; nth < areaWord(area, AreaWord.NR_RANGES); nth++) {
      const broken = checkRange(area, nth);
      if (broken) return broken;
    }
  }
  const copies = guestWord(GuestWord.FILE) + guestWord(GuestWord.SWAP);
  const kept = guestWord(GuestWord.SPARE) + copies;
  if (kept != available) return fault(Fault.GUEST, 0, available, kept);
  let named = 0;
  for (let slot = 0; slot < config(ConfigWord.SLOTS); slot++) {
    if (load<u32>(COPIES + ((<usize>slot) << 2)) != 0) named += 1;
  }
  return named == copies ? 0 : fault(Fault.GUEST, 0, copies, named);
}
