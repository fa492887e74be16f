// Knows: reading a command's arguments and checking them before anything is changed.
// Must not know: what the command does.

import { Gfp, Status } from "../abi/vocabulary";
import { CommandWord } from "../abi/words";
import { highestZoneOf } from "../buddy/allocate";
import { isFrame, pfnOf } from "../frames/frame";
import { MAX_ORDER } from "../frames/pageblock";

export function argument(at: usize, index: i32): u32 {
  return load<u32>(at + ((<usize>index) << 2));
}

export function answerPfn(at: usize, link: u32): void {
  store<u32>(at, pfnOf(link), CommandWord.PFN << 2);
}

/** Is `a` a frame that is aligned to the order and lies in one zone with all of its block? */
export function checkBlock(pfn: u32, order: i32): i32 {
  if (order > MAX_ORDER) return Status.BAD_ORDER;
  if (!isFrame(pfn)) return Status.BAD_PFN;
  return pfn & ((1 << order) - 1) ? Status.MISALIGNED : Status.OK;
}

export function checkGfp(gfp: i32): i32 {
  const both = Gfp.MOVABLE | Gfp.RECLAIMABLE;
  if ((gfp & both) == both) return Status.BAD_TYPE;
  return highestZoneOf(gfp) < 0 ? Status.BAD_ZONE : Status.OK;
}
