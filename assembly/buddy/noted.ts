// Knows: the pages that draining all CPUs has noted (buddy/drain_all), and reading them before they are freed or taken again.
// Must not know: lists' heads. Nothing depends on what is noted: it says where a page lies that will be read soon, no more.
//
// What was freed last is taken first, so that refills behind a drain take the noted pages from the end. A free list cannot
// be read ahead: each page of it names the next.

import { MAX_CPUS, MAX_ZONES } from "../abi/limits";
import { ScratchWord } from "../abi/words";
import { wordOf } from "../frames/frame";
import { NONE } from "../memory/list";
import { FREE_HEADS, READ_AHEAD, SCRATCH } from "../memory/regions";

/** Words of a walk over one set of lists (enum Walk), and bytes of all of them: pages are noted behind. */
const WALK_WORDS: i32 = 8;
export const WALKS: u32 = MAX_CPUS * MAX_ZONES * WALK_WORDS * 4;

/** Pages that are read at once, a power of two. */
const AT_ONCE: u32 = 64;
/** Pages that a refill reads at once, a power of two. */
export const READ_FREED: u32 = 64;
/** Notes that are looked through for a page that merged or went to another list. */
const NEAR: u32 = 256;

/** Reads what freeing these noted pages will need: nothing else is between one read and the next, so that they overlap. */
export function readNoted(place: usize): void {
  for (let at = place; at < place + AT_ONCE * 4; at += 4) {
    const link = load<u32>(at);
    if (link == NONE) return;
    wordOf(link);
  }
}

/** Where the page that is freed next is noted: at the first of every AT_ONCE all of them are read. Answers the next place. */
export function readAhead(place: usize): usize {
  if ((place & (AT_ONCE * 4 - 1)) == 0) readNoted(place);
  return place + 4;
}

/** All noted pages have been freed, the last of them at this place; 0: none. */
export function endNotes(last: u32): void {
  store<u32>(SCRATCH, last, ScratchWord.NOTED << 2);
}

/** Where this page is noted, at or before the page that was asked for before; 0: not near it. */
function placeOf(link: u32): u32 {
  const first = max(<u32>READ_AHEAD + WALKS, load<u32>(SCRATCH, ScratchWord.NOTED << 2) - NEAR * 4);
  for (let at = load<u32>(SCRATCH, ScratchWord.NOTED << 2); at >= first; at -= 4)
    if (load<u32>(<usize>at) == link) return at;
  return 0;
}

/** Is there something noted that a refill may take? */
export function hasNotes(): bool {
  return load<u32>(SCRATCH, ScratchWord.NOTED << 2) != 0;
}

/** Pages are about to be taken off a free list, from this one on: reads as many as READ_FREED that are noted beside it. */
export function readFreed(first: u32): void {
  const last = placeOf(first);
  const end = max(<u32>READ_AHEAD + WALKS, last - min(last, READ_FREED * 4));
  for (let at = last; at > end; at -= 4) {
    const link = load<u32>(<usize>at);
    if (link < FREE_HEADS) wordOf(link);
  }
  endNotes(last);
}
