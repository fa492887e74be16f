// Knows: references that no page table knows: who holds which page, of what kind, since when.
// Must not know: what time is (the caller sets the clock), what a holder does with the page.
// Models try_grab_folio, gup_put_folio, check_and_migrate_movable_folios (mm/gup.c, Linux 6.12).
// A page that is freed while pinned stays, without owner, until its last pin is gone, as a refcount would have it.
// DEVIATION: at most 63 pins on one page (kernel: about 2^21 for large folios).

import { isOrphan, kindOf, MAX_PINS, orderOf, orphaned, pinsOf, withPins } from "../abi/frame_word";
import { PIN_CAPACITY } from "../abi/limits";
import { PolicyWord } from "../abi/proposals";
import { PinWord } from "../abi/records";
import { FrameKind, Migratetype, PinKind, Status } from "../abi/vocabulary";
import { LevelWord } from "../abi/words";
import { headOf } from "../buddy/free_pages";
import { putPages } from "../buddy/traced";
import { isFrame, isZram, linkOf, pfnOf, setWord, wordOf } from "../frames/frame";
import { typeLent } from "../frames/lent";
import { vacate } from "../frames/owner";
import { NONE } from "../memory/list";
import { policy } from "../memory/policies";
import { FRAME_BYTES, LEVELS, PINS } from "../memory/regions";
import { level, setLevel } from "../memory/stats";
import { onPin, PinVerdict } from "../policy/on_pin";
import { isExcess, lengthBucket } from "../policy/pin_length";
import { countLength, recordExcess } from "../record/pin_lengths";
import { isKept } from "./guests";
import { outOfCma, ruleAt } from "./leave";
import { shrinkZram } from "./swap";

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

/** What the policy in force at this page says to one more reference. */
function verdictOf(head: u32, kind: i32): i32 {
  const type = typeLent(head);
  if (type <= Migratetype.RECLAIMABLE) return PinVerdict.ALLOW;
  const again = ruleAt(head, PolicyWord.PIN_AGAIN) != 0;
  const moveOn = ruleAt(head, PolicyWord.MOVE_ON);
  return onPin(ruleAt(head, PolicyWord.PIN_RULE), again, moveOn, kind, type, pinsOf(wordOf(head)));
}

/** The end of a pin: how long it was held is told, where somebody measures. */
function measure(row: usize, link: u32, limit: i32): void {
  const owner = load<u32>(row, PinWord.OWNER << 2);
  const since = load<u64>(row, PinWord.SINCE_LOW << 2);
  const us = <u32>min((load<u64>(LEVELS, LevelWord.CLOCK_LOW << 2) - since) / 1000, 0xffff_ffff);
  countLength(owner, lengthBucket(us));
  if (!isExcess(us, limit)) return;
  const type = typeLent(link);
  const inArea = type == Migratetype.CMA || type == Migratetype.ISOLATE;
  recordExcess(owner, load<u32>(row, PinWord.KIND << 2), pfnOf(link), inArea, since, us);
}

/** Writes handle and, for a pin that moves its page, the frame that the page is in now. A free frame, one too many, or one of an area that keeps its pages is refused. */
export function pin(cpu: i32, pfn: u32, kind: u32, owner: u32, handle: usize, at: usize): i32 {
  if (!isFrame(pfn)) return Status.BAD_PFN;
  if (kind > <u32>PinKind.GATHER) return Status.BAD_TYPE;
  let head = headOf(linkOf(pfn));
  if (head == NONE || kindOf(wordOf(head)) != FrameKind.ALLOCATED) return Status.NOT_ALLOCATED;
  if (isKept(head, 0)) return Status.NOT_ALLOCATED;
  if (pinsOf(wordOf(head)) == MAX_PINS) return Status.BAD_PIN;
  const verdict = verdictOf(head, kind);
  if (verdict == PinVerdict.WAIT) return Status.MUST_WAIT;
  if (verdict == PinVerdict.MOVE) {
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
  const limit = policy(PolicyWord.PIN_WARN_US);
  if (limit != 0) measure(row, link, limit);
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
  const end = link + (FRAME_BYTES << order);
  for (let at = link; at < end; at += FRAME_BYTES) {
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
