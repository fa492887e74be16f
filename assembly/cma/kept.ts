// Knows: taking a window of an area that keeps its pages: no page is isolated or moved, and nothing can fail.
// Must not know: what the copies in it are of. Models gcma_alloc_range (2025): page by page, each copy dropped where it lies.

import { FRAME_SHIFT } from "../abi/layout";
import { RequestWord } from "../abi/words";
import { linkOf } from "../frames/frame";
import { add, word } from "../memory/record";
import { FRAME_BYTES } from "../memory/regions";
import { Kept, takeKept } from "../movement/guests";

/** Each page of the window is spare, or a copy that goes; the request counts those, and what must be written of them. */
export function takeKeptWindow(at: usize): void {
  const first = linkOf(word(at, RequestWord.START));
  const end = first + ((<u32>word(at, RequestWord.PAGES)) << FRAME_SHIFT);
  for (let link = first; link < end; link += FRAME_BYTES) {
    const kept = takeKept(link);
    if (kept != Kept.SPARE) add(at, RequestWord.PAGES_RECLAIMED, 1);
    if (kept == Kept.UNWRITTEN) add(at, RequestWord.PAGES_WRITTEN, 1);
  }
}
