// Knows: references that no page table knows: who holds which page, of what kind, since when.
// Must not know: what time is (the caller sets the clock), what a holder does with the page.
// Models try_grab_folio, gup_put_folio, check_and_migrate_movable_folios (mm/gup.c, Linux 6.12).
// A page that is freed while pinned stays, without owner, until its last pin is gone, as a refcount would have it.
// DEVIATION: at most 63 pins on one page (kernel: about 2^21 for large folios).

import {
  isOrphan,
  kindOf,
  MAX_PINS,
  mobilityOf,
  orderOf,
  orphaned,
  pinsOf,
  withPins,
} from "../abi/frame_word";
import { PIN_CAPACITY } from "../abi/limits";
import { PinRule, PolicyWord } from "../abi/proposals";
import { FrameKind, Gfp, Migratetype, PageFlag, PinKind, Status } from "../abi/vocabulary";
import { LevelWord, PinWord } from "../abi/words";
import { headOf } from "../buddy/free_pages";
import { putPages } from "../buddy/traced";
import { isFrame, isZram, linkOf, pfnOf, setWord, wordOf } from "../frames/frame";
import { addToLru, isOnLru, removeFromLru } from "../frames/lru";
import { vacate } from "../frames/owner";
import { typeOf } from "../frames/pageblock";
import { NONE } from "../memory/list";
import { policy } from "../memory/policies";
import { LEVELS, PINS } from "../memory/regions";
import { level, SLOW, setLevel } from "../memory/stats";
import { movePage } from "./migrate";
import { allocateUnderPressure } from "./pressure";
import { shrinkZram } from "./swap";

/** Pages pinned for long may not stay in CMA: GFP_USER, not movable, so that they land elsewhere. */
const LONGTERM_GFP: i32 =
  Gfp.IO | Gfp.FS | Gfp.HARDWALL | Gfp.DIRECT_RECLAIM | Gfp.KSWAPD_RECLAIM | Gfp.NOWARN;

export function pinAt(handle: u32): usize {
  return PINS + <usize>(handle * (PinWord.COUNT << 2));
}

/** A free record, or NONE: the last one given back, else the next never used. */
function takeHandle(): u32 {
  const free = level(LevelWord.PIN_FREE);
  if (free) {
    setLevel(LevelWord.PIN_FREE, load<u32>(pinAt(free - 1), PinWord.NEXT << 2));
    return free - 1;
  }
  const used = level(LevelWord.PINS_USED);
  if (used == PIN_CAPACITY) return NONE;
  setLevel(LevelWord.PINS_USED, used + 1);
  return used;
}

/** The page of a long pin, moved out of CMA (or out of a request's way) where it is there; NONE: no target. */
function outOfCma(cpu: i32, head: u32): u32 {
  const type = typeOf(head);
  if (type != Migratetype.CMA && type != Migratetype.ISOLATE) return head;
  if (mobilityOf(wordOf(head)) == 0 || pinsOf(wordOf(head)) != 0) return head;
  const before = wordOf(head);
  const listed = isOnLru(before);
  // In hand before a target is looked for: reclaim could drop the very page.
  if (listed) removeFromLru(head);
  setWord(head, before | PageFlag.ISOLATED);
  const target = allocateUnderPressure(cpu, orderOf(before), LONGTERM_GFP, SLOW);
  if (target != NONE) {
    movePage(cpu, head, target);
  } else {
    setWord(head, before);
    if (listed) addToLru(head, false);
  }
  return target;
}

/** Writes handle and, for a pin that moves its page, the frame that the page is in now. A free frame, or one too many, is refused. */
export function pin(cpu: i32, pfn: u32, kind: u32, owner: u32, handle: usize, at: usize): i32 {
  if (!isFrame(pfn)) return Status.BAD_PFN;
  if (kind > <u32>PinKind.GATHER) return Status.BAD_TYPE;
  let head = headOf(linkOf(pfn));
  if (head == NONE || kindOf(wordOf(head)) != FrameKind.ALLOCATED) return Status.NOT_ALLOCATED;
  if (pinsOf(wordOf(head)) == MAX_PINS) return Status.BAD_PIN;
  const rule = kind == PinKind.SHORT ? policy(PolicyWord.PIN_RULE) : <i32>PinRule.ALLOW;
  if (rule == PinRule.WAIT && typeOf(head) == Migratetype.ISOLATE) return Status.MUST_WAIT;
  if (kind == PinKind.LONGTERM || rule == PinRule.MIGRATE) {
    head = outOfCma(cpu, head);
    if (head == NONE) return Status.NO_PAGE;
  }
  const record = takeHandle();
  if (record == NONE) return Status.BAD_PIN;
  const row = pinAt(record);
  store<u32>(row, pfnOf(head) + 1, PinWord.PFN << 2);
  store<u32>(row, kind, PinWord.KIND << 2);
  store<u32>(row, owner, PinWord.OWNER << 2);
  store<u64>(row, load<u64>(LEVELS, LevelWord.CLOCK_LOW << 2), PinWord.SINCE_LOW << 2);
  setWord(head, withPins(wordOf(head), pinsOf(wordOf(head)) + 1));
  store<u32>(handle, record);
  store<u32>(at, pfnOf(head));
  return Status.OK;
}

/** The oldest record of this page, or NONE. */
export function findPin(pfn: u32): u32 {
  const head = isFrame(pfn) ? headOf(linkOf(pfn)) : NONE;
  if (head == NONE) return NONE;
  const wanted = pfnOf(head) + 1;
  for (let record: u32 = 0; record < <u32>level(LevelWord.PINS_USED); record++) {
    if (load<u32>(pinAt(record), PinWord.PFN << 2) == wanted) return record;
  }
  return NONE;
}

/** Lets go; the last pin of a page that was freed meanwhile frees it. */
export function unpin(cpu: i32, record: u32): i32 {
  if (record >= <u32>level(LevelWord.PINS_USED)) return Status.BAD_PIN;
  const row = pinAt(record);
  const held = load<u32>(row, PinWord.PFN << 2);
  if (held == 0) return Status.BAD_PIN;
  store<u32>(row, 0, PinWord.PFN << 2);
  store<u32>(row, level(LevelWord.PIN_FREE), PinWord.NEXT << 2);
  setLevel(LevelWord.PIN_FREE, record + 1);
  const link = linkOf(held - 1);
  const left = pinsOf(wordOf(link)) - 1;
  setWord(link, withPins(wordOf(link), left));
  if (left == 0 && isOrphan(wordOf(link))) {
    putPages(cpu, link, orderOf(wordOf(link)));
  }
  if (left == 0 && isZram(wordOf(link))) shrinkZram(cpu);
  return Status.OK;
}

/** Is this frame's block, or any other of the 2^order frames, pinned? Such blocks are neither split nor joined. */
export function isPinned(link: u32, order: i32): bool {
  const head = headOf(link);
  if (head != NONE && pinsOf(wordOf(head)) != 0) return true;
  const end = link + ((<u32>4) << order);
  for (let at = link; at < end; at += 4) {
    if (pinsOf(wordOf(at)) != 0) return true;
  }
  return false;
}

/** Frees a block, or, while it is pinned, leaves it to its last pin. */
export function freeOrOrphan(cpu: i32, link: u32): void {
  const word = wordOf(link);
  if (pinsOf(word) == 0) return inline.always(putPages(cpu, link, orderOf(word)));
  vacate(link);
  setWord(link, orphaned(word));
}
