// Knows: what pages in use are to others: members of LRU lists, contents of slots, pinned, in the hands of a request.
// Must not know: free memory.
//
//   on a list          <=>  isOnLru(frame);   NR_LRU[zone][list] = pages of the zone on the list
//   OWNER[frame] = s   <=>  SLOTS[s - 1] = pfn + 1
//   sum of pins        =    live pin records
//   frames ISOLATED    =    members of the batches of all requests
//   SWAP_USED         >=    pages of all slots whose blocks are swapped out;   = ZRAM_STORED where swap is zram

import { Fault } from "../abi/findings";
import { hasPageFlag, isOrphan, kindOf, orderOf, pinsOf, zoneOf } from "../abi/frame_word";
import { FRAME_SHIFT } from "../abi/layout";
import { LRU_LISTS } from "../abi/limits";
import { PinWord } from "../abi/records";
import { isSwappedOut, NO_PAGE, swappedOrder } from "../abi/slot";
import { FrameKind, PageFlag } from "../abi/vocabulary";
import { ConfigWord, LevelWord } from "../abi/words";
import { linkOf, pfnOf, wordOf } from "../frames/frame";
import { isOnLru, lruHead, lruListOf, lruPages } from "../frames/lru";
import { ownerOf, SLOT_COUNT, slotContent } from "../frames/owner";
import { nextOf } from "../memory/list";
import { config, FRAME_BYTES, frames, LEVELS, PINS, SLOTS } from "../memory/regions";
import { level } from "../memory/stats";
import { pagesInHand } from "./areas";
import { fault } from "./fault";
import { isCopy } from "./guests";
import { checkEnd, checkLink } from "./lists";

/** Bits of a frame's word that only a page in use may have: mobility, life, flags, pins. */
const CONTENT_SHIFT: u32 = 12;

/** Walks one LRU list both ways; answers its members, or minus the fault. */
function walkLru(list: i32): i32 {
  const head = lruHead(list);
  const most = <i32>frames();
  let members = 0;
  let before = head;
  for (let link = nextOf(head); link != head; link = nextOf(link)) {
    const broken = checkLink(before, link);
    if (broken) return -broken;
    const word = wordOf(link);
    before = link;
    if (!isOnLru(word) || lruListOf(word) != list) return -fault(Fault.LRU_MEMBER, pfnOf(link), list, word);
    members += 1;
    if (members > most) return -fault(Fault.LIST_LENGTH, list, most, members);
  }
  const broken = checkEnd(head, before);
  return broken ? -broken : members;
}

function pagesOfZone(list: i32, zone: i32): i32 {
  const head = lruHead(list);
  let pages = 0;
  for (let link = nextOf(head); link != head; link = nextOf(link)) {
    if (zoneOf(wordOf(link)) == zone) pages += 1 << orderOf(wordOf(link));
  }
  return pages;
}

/** The lists, their counts by zone, and that nobody who should be on one is missing. */
export function checkLru(): i32 {
  let listed = 0;
  for (let list = 0; list < LRU_LISTS; list++) {
    const members = walkLru(list);
    if (members < 0) return -members;
    listed += members;
    for (let zone = 0; zone < config(ConfigWord.NR_ZONES); zone++) {
      const pages = members ? pagesOfZone(list, zone) : 0;
      if (pages != lruPages(zone, list)) return fault(Fault.NR_LRU, list, pages, lruPages(zone, list));
    }
  }
  const end = frames() << FRAME_SHIFT;
  for (let link: u32 = 0; link < end; link += FRAME_BYTES) listed -= isOnLru(wordOf(link)) ? 1 : 0;
  return listed ? fault(Fault.NOT_ON_A_LIST, 0, 0, listed) : 0;
}

/** Each record names a pinned page, and there are as many as the pages have pins. */
export function checkPins(): i32 {
  let records = 0;
  for (let record: u32 = 0; record < load<u32>(LEVELS, LevelWord.PINS_USED << 2); record++) {
    const held = load<u32>(PINS + <usize>(record * (PinWord.COUNT << 2)), PinWord.PFN << 2);
    if (held == 0) continue;
    const word = wordOf(linkOf(held - 1));
    if (kindOf(word) != FrameKind.ALLOCATED || pinsOf(word) == 0)
      return fault(Fault.PIN, held - 1, record, word);
    records += 1;
  }
  const end = frames() << FRAME_SHIFT;
  let pins = 0;
  for (let link: u32 = 0; link < end; link += FRAME_BYTES) {
    const word = wordOf(link);
    pins += <i32>pinsOf(word);
    if (isOrphan(word) && pinsOf(word) == 0) return fault(Fault.PIN, pfnOf(link), 1, 0);
  }
  return pins == records ? 0 : fault(Fault.PIN, 0, records, pins);
}

/** Slots hold as many blocks as have owners, and no more swapped-out pages than swap. Most are empty: groups of 16 are skipped. */
function checkSlots(owned: i32): i32 {
  const groups = SLOT_COUNT & ~15;
  let held = 0;
  let swappedOut: i64 = 0;
  for (let slot: u32 = 0; slot < SLOT_COUNT; slot++) {
    if ((slot & 15) == 0 && slot < groups) {
      const at = SLOTS + <usize>(slot << 2);
      const low = v128.or(v128.load(at), v128.load(at, 16));
      if (!v128.any_true(v128.or(low, v128.or(v128.load(at, 32), v128.load(at, 48))))) {
        slot += 15;
        continue;
      }
    }
    const content = slotContent(slot);
    if (content != 0 && content < NO_PAGE) held += 1;
    if (isSwappedOut(content)) swappedOut += (<i64>1) << swappedOrder(content);
  }
  if (owned != held) return fault(Fault.OWNER, 0, owned, held);
  const used = level(LevelWord.SWAP_USED);
  if (swappedOut > used) return fault(Fault.SWAP, 0, used, <i32>swappedOut);
  const stored = level(LevelWord.ZRAM_STORED);
  return config(ConfigWord.ZRAM_PERCENT) && stored != used ? fault(Fault.SWAP, 0, used, stored) : 0;
}

/** Only pages in use have content; owners and slots name each other; isolated pages are in a request's hands. */
export function checkContent(): i32 {
  const end = frames() << FRAME_SHIFT;
  let isolated = 0;
  let owned = 0;
  for (let link: u32 = 0; link < end; link += FRAME_BYTES) {
    const word = wordOf(link);
    const isUsed = kindOf(word) == FrameKind.ALLOCATED;
    if (!isUsed && word >> CONTENT_SHIFT != 0) return fault(Fault.CONTENT, pfnOf(link), 0, word);
    if (isUsed && hasPageFlag(word, PageFlag.ISOLATED)) isolated += 1;
    const owner = ownerOf(link);
    if (owner == 0 || isCopy(link, word)) continue;
    const names = owner <= SLOT_COUNT ? slotContent(owner - 1) : 0;
    if (!isUsed || names != pfnOf(link) + 1) return fault(Fault.OWNER, pfnOf(link), owner, names);
    owned += 1;
  }
  const broken = checkSlots(owned);
  if (broken) return broken;
  const inHand = pagesInHand();
  return isolated == inHand ? 0 : fault(Fault.ISOLATED_PAGE, 0, inHand, isolated);
}
