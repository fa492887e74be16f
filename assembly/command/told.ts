// Knows: commands by which a trace or a dump tells what happened: states, drains, takings, flags; each is checked.
// Must not know: who tells. Arguments: the table in command/execute.

import { CommandFlag } from "../abi/command_word";
import { kindOf, orderOf, typeIn, zoneOf } from "../abi/frame_word";
import { FRAME_SHIFT } from "../abi/layout";
import { HINT_CAPACITY } from "../abi/limits";
import { FrameKind, Op, Status } from "../abi/vocabulary";
import { CommandWord, LevelWord, ZoneWord } from "../abi/words";
import { failureStatus, takeBulkPage } from "../buddy/allocate";
import { dropContent, gather } from "../buddy/free_pages";
import { freeHead } from "../buddy/freelist";
import { settle } from "../buddy/frontier";
import { unreserveHighatomic } from "../buddy/highatomic";
import { isolateFree } from "../buddy/isolate_free";
import { decayPcp } from "../buddy/pcp";
import { freeOne } from "../buddy/release";
import { linkOf, wordOf } from "../frames/frame";
import { blockFrames, typeOf } from "../frames/pageblock";
import { clearFlag, setFlag, zoneAt } from "../frames/zone";
import { addHead, NONE, prevOf, unlink } from "../memory/list";
import { FRAME_BYTES, HINTS, LEVELS } from "../memory/regions";
import { isKept } from "../movement/guests";
import { LISTS_FOLLOW_PAGEBLOCK } from "../rules";
import { answerPfn, argument, checkBlock, checkGfp } from "./arguments";
import { freeBoot, loadFrames, loadFree, loadPcp } from "./load";
import { drainPage, retype, takeFree, untake } from "./take";
import { checkZone, drainPart } from "./upkeep";

function bulkAllocate(at: usize, cpu: i32): i32 {
  const gfp = <i32>argument(at, CommandWord.A);
  const zone = argument(at, CommandWord.B);
  const refused = max(checkGfp(gfp), checkZone(zone));
  if (refused) return refused;
  const link = takeBulkPage(cpu, zone, gfp);
  if (link == NONE) return failureStatus(gfp);
  answerPfn(at, link);
  return Status.OK;
}

/** drain_all_pages(): one CPU empties the lists of all. */
function setZone(at: usize, op: i32, cpu: i32): i32 {
  const zone = argument(at, CommandWord.A);
  const refused = checkZone(zone);
  if (refused) return refused;
  const value = argument(at, CommandWord.B);
  if (op == Op.DECAY) decayPcp(cpu, zone);
  else if (op == Op.SET_BOOST) store<u32>(zoneAt(zone), value, ZoneWord.WATERMARK_BOOST << 2);
  else if (value > 7) return Status.BAD_COMMAND;
  else if (argument(at, CommandWord.C)) setFlag(zone, value);
  else clearFlag(zone, value);
  return Status.OK;
}

/** In 6.12 a free block is on the list of its pageblocks' type; 6.1 believes the caller. */
function mayJoin(link: u32, order: i32, type: i32): bool {
  if (!LISTS_FOLLOW_PAGEBLOCK) return true;
  const end = link + (FRAME_BYTES << order);
  for (let at = link; at < end; at += blockFrames() << FRAME_SHIFT) {
    if (typeOf(at) != type) return false;
  }
  return true;
}

/** Commands on one free block: taking it off the lists, putting it back, turning its list. */
function freeBlock(at: usize, op: i32, cpu: i32, order: i32): i32 {
  const pfn = argument(at, CommandWord.A);
  const b = argument(at, CommandWord.B);
  const refused = checkBlock(pfn, order);
  if (refused) return refused;
  if (b > 5) return Status.BAD_TYPE;
  settle();
  const link = linkOf(pfn);
  const head = wordOf(link);
  const zone = zoneOf(head);
  if (isKept(link, order)) return Status.NOT_FREE;
  if (op == Op.PUTBACK_FREE) {
    if (!mayJoin(link, order, b)) return Status.BAD_TYPE;
    if (!gather(link, order, true)) return Status.NOT_ALLOCATED;
    dropContent(link);
    freeOne(cpu, zone, link, order, b, true);
    answerPfn(at, link);
    return Status.OK;
  }
  if (kindOf(head) != FrameKind.BUDDY || orderOf(head) != order) return Status.NOT_FREE;
  const type = typeIn(head);
  answerPfn(at, link);
  if (op == Op.ISOLATE_FREE) {
    isolateFree(cpu, zone, link, order, type);
  } else if (op == Op.ROTATE_FREE) {
    rotate(freeHead(zone, order, type), link, b != 0);
  } else {
    unreserveHighatomic(cpu, zone, link, order, b);
  }
  return Status.OK;
}

/** move_freelist_head/_tail (mm/compaction.c): the list is turned until the block is its first (or last) member. */
function rotate(head: u32, link: u32, toHead: bool): void {
  unlink(head);
  addHead(toHead ? prevOf(link) : link, head);
}

function hint(pages: u32): i32 {
  const tail = load<u32>(LEVELS, LevelWord.HINT_TAIL << 2);
  if (tail - load<u32>(LEVELS, LevelWord.HINT_HEAD << 2) >= <u32>HINT_CAPACITY) return Status.HINTS_FULL;
  store<u32>(HINTS + ((<usize>(tail % HINT_CAPACITY)) << 2), pages);
  store<u32>(LEVELS, tail + 1, LevelWord.HINT_TAIL << 2);
  return Status.OK;
}

/** What a trace or a dump tells: states, and effects of what is not modelled or not asked to decide. */
export function performTold(at: usize, op: i32, cpu: i32, order: i32, flags: i32): i32 {
  const a = argument(at, CommandWord.A);
  const b = argument(at, CommandWord.B);
  const c = argument(at, CommandWord.C);
  switch (op) {
    case Op.BULK_ALLOCATE:
      return bulkAllocate(at, cpu);
    case Op.DECAY:
    case Op.SET_BOOST:
    case Op.SET_ZONE_FLAG:
      return setZone(at, op, cpu);
    case Op.DRAIN_PCP:
      return drainPart(cpu, flags ? flags - 1 : cpu, a, b, c);
    case Op.ISOLATE_FREE:
    case Op.PUTBACK_FREE:
    case Op.ROTATE_FREE:
    case Op.UNRESERVE_HIGHATOMIC:
      return freeBlock(at, op, cpu, order);
    case Op.HINT_MOVABLE:
      return hint(a);
    case Op.HINT_REFILL:
      store<u32>(LEVELS, a, LevelWord.REFILL_HINT << 2);
      return Status.OK;
    case Op.RETYPE:
      return retype(cpu, a, b);
    case Op.TAKE_FREE:
      return takeFree(cpu, a, order, (flags & CommandFlag.FORCE) != 0);
    case Op.UNTAKE:
      return untake(cpu, a, order);
    case Op.DRAIN_PAGE:
      return drainPage(cpu, a);
    case Op.FREE_BOOT:
      return freeBoot(cpu, a, b, c);
    case Op.LOAD_FRAMES:
      return loadFrames(a, b, c);
    case Op.LOAD_FREE:
      return loadFree(a, order, b, c);
    case Op.LOAD_PCP:
      return loadPcp(cpu, a, b, c);
    default:
      return Status.BAD_COMMAND;
  }
}
