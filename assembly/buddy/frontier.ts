// Knows: runs of free blocks of the largest order that nobody has reached since boot: their words and links are implied.
// Must not know: who frees them at boot, who takes them.
//
// At boot free memory is one long list of blocks of the largest order, ascending, and one block has its words in pages of
// memory that nothing else touches. The run [START, END) of such blocks is left out; its neighbours on the list are written:
//
//   ... <-> START - size <-> [START ... END - size] <-> END <-> ...        NEXT, PREV of the neighbours name START, END - size
//
// Whoever takes the block before START off its list has the next one written first (reach); whatever looks at frames
// otherwise, or from outside, has all of them written (settle), and none is left out from then on.

import { FRAME_SHIFT } from "../abi/layout";
import { MAX_FRONTIERS } from "../abi/limits";
import { FrontierHead, FrontierWord } from "../abi/records";
import { setWord } from "../frames/frame";
import { MAX_ORDER } from "../frames/pageblock";
import { linkBetween } from "../memory/list";
import { FRAME_BYTES, FRONTIERS } from "../memory/regions";

/** Blocks that are worth a run. */
export const SHORTEST_RUN: u32 = 8;

function recordAt(nth: i32): usize {
  return FRONTIERS + <usize>(FrontierHead.COUNT + nth * FrontierWord.COUNT) * 4;
}

function left(): i32 {
  return load<i32>(FRONTIERS, FrontierHead.LEFT << 2);
}

export function mayLeaveOut(): bool {
  return left() < MAX_FRONTIERS && load<i32>(FRONTIERS, FrontierHead.SEALED << 2) == 0;
}

/** [start, end) is on its list between its neighbours, and counted; `word` is what each block's head says. */
export function leaveOut(start: u32, end: u32, word: u32): void {
  const at = recordAt(left());
  store<u32>(at, start, FrontierWord.START << 2);
  store<u32>(at, end, FrontierWord.END << 2);
  store<u32>(at, word, FrontierWord.WORD << 2);
  store<i32>(FRONTIERS, left() + 1, FrontierHead.LEFT << 2);
}

/** The last record takes the place of one that has come to its end. */
function drop(at: usize): void {
  const last = recordAt(left() - 1);
  memory.copy(at, last, FrontierWord.COUNT << 2);
  store<i32>(FRONTIERS, left() - 1, FrontierHead.LEFT << 2);
}

/** Writes the first `blocks` of a run. */
function write(at: usize, blocks: u32): void {
  const size = FRAME_BYTES << MAX_ORDER;
  const word = load<u32>(at, FrontierWord.WORD << 2);
  let link = load<u32>(at, FrontierWord.START << 2);
  for (let i: u32 = 0; i < blocks; i++) {
    setWord(link, word);
    linkBetween(link - size, link, link + size);
    link += size;
  }
  if (link == load<u32>(at, FrontierWord.END << 2)) drop(at);
  else store<u32>(at, link, FrontierWord.START << 2);
}

/** A block of the largest order is about to leave its list: is what follows it written? */
export function reach(link: u32): void {
  const size = FRAME_BYTES << MAX_ORDER;
  for (let nth = left() - 1; nth >= 0; nth--) {
    const at = recordAt(nth);
    assert(link != load<u32>(at, FrontierWord.END << 2));
    if (link + size == load<u32>(at, FrontierWord.START << 2)) return write(at, 1);
  }
}

/** Does [start, end) have frames whose words are not written? */
export function isLeftOut(start: u32, end: u32): bool {
  for (let nth = 0; nth < left(); nth++) {
    const at = recordAt(nth);
    if (start < load<u32>(at, FrontierWord.END << 2) && end > load<u32>(at, FrontierWord.START << 2))
      return true;
  }
  return false;
}

/** Writes all that was left out; from now on every frame is what its word says. */
export function settle(): void {
  store<i32>(FRONTIERS, 1, FrontierHead.SEALED << 2);
  while (left() > 0) {
    const at = recordAt(0);
    const frames = load<u32>(at, FrontierWord.END << 2) - load<u32>(at, FrontierWord.START << 2);
    write(at, frames >> (MAX_ORDER + FRAME_SHIFT));
  }
}
