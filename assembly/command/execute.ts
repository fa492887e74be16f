// Knows: the operations that a caller writes into the command buffer, and checks each before it acts.
// Must not know: who wrote them. A refused command changes nothing (Status >= BAD_COMMAND).
//
//   op               order  a                 b                c                 flags
//   ALLOCATE         yes    gfp               slot + 1 or 0    content           DIRECT
//   RELEASE          yes    pfn               -                -                 LOOSE (split or join blocks first), NO_DRAIN
//   RELEASE_DIRECT   yes    pfn               -                -                 LOOSE
//   RELEASE_SLOT     -      slot              -                -
//   SPLIT_RELEASE    yes    pfn               -                -                 LOOSE
//   BULK_ALLOCATE    -      gfp               zone             -
//   DRAIN_ALL        -      zone + 1 or 0     -                -                 the lists of all CPUs
//   DRAIN_PCP        -      zone              pages            pindex            lists of CPU flags - 1; 0: own
//   DECAY            -      zone              -                -
//   FOLD             -      zone + 1 or 0     all CPUs: 1      -                 FREE_ONLY, CMA_ONLY
//   TICK             -      -                 -                -                 fold all zones, then decay each
//   SET_BOOST        -      zone              pages            -
//   SET_ZONE_FLAG    -      zone              ZoneFlag         0 or 1
//   ISOLATE_FREE     yes    pfn               -                -                 __isolate_free_page
//   PUTBACK_FREE     yes    pfn               type             -                 __putback_isolated_page
//   ROTATE_FREE      yes    pfn               1 head, 0 tail   -                 compaction's fast scanners
//   UNRESERVE_HIGHATOMIC yes pfn              type             -
//   SET_CONTENT      -      pfn               content          -                 contentOf() of abi/frame_word
//   RUN_KSWAPD       -      -                 -                -                 if it was woken
//   COMPACT          yes    zone              type             -                 OK: a block of the order is free
//   HINT_MOVABLE     -      pages             -                -
//   HINT_REFILL      -      blocks            -                -                 size of the next refill
//   RETYPE           -      pfn               type             -                 the whole pageblock
//   TAKE_FREE        yes    pfn               -                -                 to ALLOCATED, wherever it is free; FORCE
//   UNTAKE           yes    pfn               -                -                 back to the head of its per-CPU list
//   DRAIN_PAGE       -      pfn               -                -                 this page, from its per-CPU list
//   FREE_BOOT        -      pfn               frames           type or BootFree  frees at boot
//   ADD_RANGE        order per bit  area       base pfn          pages
//   LOAD_BITMAP      -      area              bit               bits             in use, frames unchanged
//   CMA_ALLOCATE     align  area              pages             askedOf()         to its end
//   CMA_BEGIN        align  area              pages             askedOf()         PFN: the request
//   CMA_STEP         -      request           state or 0        -                until that state; KILL
//   CMA_RELEASE      -      area              pfn               pages
//   CMA_CLEAR        -      area              pfn               pages            the bits only: the frees were told
//   PIN              -      pfn               PinKind           owner            DETAIL: the record; PFN: where the page is
//   UNPIN            -      pfn               record + 1, or 0: the oldest of the page
//   SET_POLICY       -      row               PolicyWord        value             row 0 the machine's, area + 1 the area's
//   APPLY_POLICY     -      -                 -                 -                 drains all lists; then the rows that were set are in force
//   OFFLINE          -      pfn               pages             passes at most    DETAIL: BlockReason; PFN: what is in the way; SLOW: pages moved
//   LOAD_FRAMES      -      pfn               frames           loadedFrames() of abi/command_word
//   LOAD_FREE        yes    pfn               type             zone              to the tail
//   LOAD_PCP         -      pfn               pindex           loadedPcp()       to the tail

import { CommandFlag, cpuIn, flagsIn, opIn, orderIn } from "../abi/command_word";
import { isOrphan, kindOf, orderOf, pack, zoneOf } from "../abi/frame_word";
import { FRAME_SHIFT } from "../abi/layout";
import { isSwappedOut } from "../abi/slot";
import { FrameKind, Op, Status } from "../abi/vocabulary";
import { CommandWord, ConfigWord, ScratchWord } from "../abi/words";
import { fastFlags, highestZoneOf, refusalOf, takeFromBuddy, typeOfGfp } from "../buddy/allocate";
import { freePagesDirect, gather, headOf, splitPages } from "../buddy/free_pages";
import { allocated, noteFree, putPages } from "../buddy/traced";
import { addRange, loadBits } from "../cma/area";
import { isContent, isFrame, isZram, linkOf, setWord, withContent, wordOf } from "../frames/frame";
import { changeContent } from "../frames/lru";
import { occupySlot, SLOT_COUNT, slotContent } from "../frames/owner";
import { MAX_ORDER } from "../frames/pageblock";
import { isPopulated } from "../frames/zone";
import { NONE } from "../memory/list";
import { COMMANDS, config, FRAME_BYTES, SCRATCH } from "../memory/regions";
import { compactZone } from "../movement/compact";
import { isKept } from "../movement/guests";
import { runKswapd } from "../movement/kswapd";
import { findPin, freeOrOrphan, isPinned, pin, unpin } from "../movement/pins";
import { allocateUnderPressure, failureUnderPressure } from "../movement/pressure";
import { releaseSwap } from "../movement/swap";
import { answerPfn, argument, checkBlock, checkGfp } from "./arguments";
import { cmaAllocate, cmaBegin, cmaClear, cmaRelease, cmaStep } from "./cma";
import { offline } from "./offline";
import { applyPolicy, setPolicy } from "./policy";
import { performTold } from "./told";
import { checkZone, drainAll, fold, tick } from "./upkeep";

function allocate(at: usize, cpu: i32, order: i32, flags: i32): i32 {
  const gfp = <i32>argument(at, CommandWord.A);
  const slot = argument(at, CommandWord.B);
  const content = argument(at, CommandWord.C);
  if (order > MAX_ORDER) return Status.BAD_ORDER;
  const refused = checkGfp(gfp);
  if (refused) return refused;
  if (slot > SLOT_COUNT) return Status.BAD_SLOT;
  if (!isContent(content)) return Status.BAD_TYPE;
  const held = slot ? slotContent(slot - 1) : 0;
  if (held && !isSwappedOut(held)) return Status.BAD_SLOT;
  const link =
    flags & CommandFlag.DIRECT
      ? allocateDirect(cpu, order, gfp)
      : allocateUnderPressure(cpu, order, gfp, at + (CommandWord.SLOW << 2));
  if (link == NONE) {
    store<u32>(at, refusalOf(order, gfp), CommandWord.DETAIL << 2);
    return failureUnderPressure(order, gfp);
  }
  const head = wordOf(link);
  if (content) changeContent(link, withContent(wordOf(link), content));
  store<u32>(at, zoneOf(head), CommandWord.DETAIL << 2);
  answerPfn(at, link);
  if (held) releaseSwap(cpu, slot - 1, true);
  if (slot) occupySlot(slot - 1, link);
  return Status.OK;
}

/** The per-CPU lock was taken (an interrupt hit its owner): buddy lists of the preferred zone only. */
function allocateDirect(cpu: i32, order: i32, gfp: i32): u32 {
  let zone = highestZoneOf(gfp);
  while (zone >= 0 && !isPopulated(zone)) zone -= 1;
  if (zone < 0) return NONE;
  const type = typeOfGfp(gfp);
  const link = takeFromBuddy(cpu, zone, order, type, fastFlags(gfp, order, zone, type));
  if (link != NONE) setWord(link, pack(FrameKind.ALLOCATED, order, zone));
  return allocated(cpu, link, order, gfp);
}

/** Is any of the 2^order frames the machine's own? */
function holdsZram(link: u32, order: i32): bool {
  const end = link + (FRAME_BYTES << order);
  for (let at = link; at < end; at += FRAME_BYTES) if (isZram(wordOf(at))) return true;
  return false;
}

function release(at: usize, cpu: i32, order: i32, flags: i32, op: i32): i32 {
  const pfn = argument(at, CommandWord.A);
  const refused = checkBlock(pfn, order);
  if (refused) return refused;
  const link = linkOf(pfn);
  if (isKept(link, order)) return Status.NOT_ALLOCATED;
  const held = wordOf(link);
  const whole = op == Op.RELEASE && kindOf(held) == FrameKind.ALLOCATED && orderOf(held) == order;
  if (isOrphan(held) || (whole ? isZram(held) : holdsZram(link, order))) return Status.NOT_ALLOCATED;
  if (!whole && isPinned(link, order)) return Status.BAD_PIN;
  if (!gather(link, order, (flags & CommandFlag.LOOSE) != 0)) return Status.NOT_ALLOCATED;
  answerPfn(at, link);
  if (op == Op.RELEASE) {
    store<i32>(SCRATCH, flags & CommandFlag.NO_DRAIN, ScratchWord.NO_DRAIN << 2);
    freeOrOrphan(cpu, link);
    store<i32>(SCRATCH, 0, ScratchWord.NO_DRAIN << 2);
  } else if (op == Op.RELEASE_DIRECT) {
    noteFree(cpu, link, order);
    freePagesDirect(cpu, link, order);
  } else {
    splitPages(link, order);
    for (let i: u32 = 0; i < (<u32>1) << order; i++) putPages(cpu, link + (i << FRAME_SHIFT), 0);
  }
  return Status.OK;
}

function releaseSlot(at: usize, cpu: i32): i32 {
  const slot = argument(at, CommandWord.A);
  if (slot >= SLOT_COUNT) return Status.BAD_SLOT;
  const held = slotContent(slot);
  if (held == 0) return Status.BAD_SLOT;
  if (isSwappedOut(held)) {
    releaseSwap(cpu, slot, false);
    return Status.OK;
  }
  const link = linkOf(held - 1);
  if (kindOf(wordOf(link)) != FrameKind.ALLOCATED) return Status.NOT_ALLOCATED;
  answerPfn(at, link);
  freeOrOrphan(cpu, link);
  return Status.OK;
}

function setContent(pfn: u32, content: u32): i32 {
  if (!isFrame(pfn)) return Status.BAD_PFN;
  if (!isContent(content)) return Status.BAD_TYPE;
  const head = headOf(linkOf(pfn));
  if (head == NONE || kindOf(wordOf(head)) != FrameKind.ALLOCATED) return Status.NOT_ALLOCATED;
  if (isZram(wordOf(head)) || isKept(head, 0)) return Status.NOT_ALLOCATED;
  changeContent(head, withContent(wordOf(head), content));
  return Status.OK;
}

function compact(cpu: i32, order: i32, zone: u32, type: u32): i32 {
  const refused = checkZone(zone);
  if (refused) return refused;
  if (order > MAX_ORDER) return Status.BAD_ORDER;
  if (type > 2) return Status.BAD_TYPE;
  return compactZone(cpu, zone, order, type) ? Status.OK : Status.NO_PAGE;
}

/** What a machine is asked to do. */
function perform(at: usize, op: i32, cpu: i32, order: i32, flags: i32): i32 {
  const a = argument(at, CommandWord.A);
  const b = argument(at, CommandWord.B);
  const c = argument(at, CommandWord.C);
  switch (op) {
    case Op.NOP:
      return Status.OK;
    case Op.ALLOCATE:
      return allocate(at, cpu, order, flags);
    case Op.RELEASE:
    case Op.RELEASE_DIRECT:
    case Op.SPLIT_RELEASE:
      return release(at, cpu, order, flags, op);
    case Op.RELEASE_SLOT:
      return releaseSlot(at, cpu);
    case Op.DRAIN_ALL:
      return drainAll(cpu, a);
    case Op.FOLD:
      return fold(cpu, a, b != 0, flags);
    case Op.TICK:
      return tick(cpu);
    case Op.RUN_KSWAPD:
      runKswapd(cpu);
      return Status.OK;
    case Op.COMPACT:
      return compact(cpu, order, a, b);
    case Op.SET_CONTENT:
      return setContent(a, b);
    case Op.PIN:
      return pin(cpu, a, b, c, at + (CommandWord.DETAIL << 2), at + (CommandWord.PFN << 2));
    case Op.UNPIN:
      return unpin(cpu, b ? b - 1 : findPin(a));
    case Op.SET_POLICY:
      return setPolicy(a, b, c);
    case Op.APPLY_POLICY:
      return applyPolicy(cpu);
    case Op.OFFLINE:
      return offline(at, cpu, a, b, c);
    default:
      return performCma(at, op, cpu, order, flags);
  }
}

/** CMA areas. */
function performCma(at: usize, op: i32, cpu: i32, order: i32, flags: i32): i32 {
  const a = argument(at, CommandWord.A);
  const b = argument(at, CommandWord.B);
  const c = argument(at, CommandWord.C);
  switch (op) {
    case Op.ADD_RANGE:
      return addRange(a, order, b, c);
    case Op.LOAD_BITMAP:
      return loadBits(a, b, c);
    case Op.CMA_ALLOCATE:
      return cmaAllocate(at, cpu, a, b, order, c);
    case Op.CMA_BEGIN:
      return cmaBegin(at, cpu, a, b, order, c);
    case Op.CMA_STEP:
      return cmaStep(at, a, b, (flags & CommandFlag.KILL) != 0);
    case Op.CMA_RELEASE:
      return cmaRelease(cpu, a, b, c);
    case Op.CMA_CLEAR:
      return cmaClear(a, b, c);
    default:
      return performTold(at, op, cpu, order, flags);
  }
}

/** Performs `count` commands; stops behind the first that was refused if `strict`. Answers how many were performed. */
export function execute(count: i32, strict: bool): i32 {
  for (let i = 0; i < count; i++) {
    const at = COMMANDS + <usize>(i * (CommandWord.COUNT << 2));
    const first = argument(at, CommandWord.OP);
    const cpu = cpuIn(first);
    store<u64>(at, 0, CommandWord.STATUS << 2);
    store<u64>(at, 0, CommandWord.DETAIL << 2);
    const status =
      cpu < config(ConfigWord.NR_CPUS)
        ? perform(at, opIn(first), cpu, orderIn(first), flagsIn(first))
        : Status.BAD_CPU;
    store<u32>(at, status, CommandWord.STATUS << 2);
    if (strict && status >= Status.BAD_COMMAND) return i + 1;
  }
  return count;
}
