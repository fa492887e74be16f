// Knows: how a large page becomes single ones where it lies, each in a slot of its own.
// Must not know: why. Models try_split_folio() of migrate_pages_batch() (mm/migrate.c) and split_huge_page_to_list_to_order()
// (mm/huge_memory.c), Linux 6.12: a page with references beside its mappings is not split.
// DEVIATION: splitting takes no time; what it leads to, single pages that are moved one by one, does.

import { hasPageFlag, kindOf, mobilityOf, orderOf, pack, pinsOf, zoneOf } from "../abi/frame_word";
import { FRAME_SHIFT } from "../abi/layout";
import { FrameKind, Mobility, PageFlag } from "../abi/vocabulary";
import { ConfigWord } from "../abi/words";
import { setWord, withContentOf, wordOf } from "../frames/frame";
import { addToLru } from "../frames/lru";
import { occupySlot, ownerOf } from "../frames/owner";
import { config } from "../memory/regions";

/**
 * A page in somebody's hand (off its list) goes back as single pages, and is nobody's any more. False: it cannot be split.
 * A simulation keeps a slot for each page of a large one (swap.ts); elsewhere its one owner could not hold the pieces.
 */
export function splitInHand(link: u32): bool {
  const word = wordOf(link);
  const order = orderOf(word);
  if (order == 0 || kindOf(word) != FrameKind.ALLOCATED || config(ConfigWord.ACTORS) == 0) return false;
  if (mobilityOf(word) != Mobility.LRU || pinsOf(word) != 0 || hasPageFlag(word, PageFlag.WRITEBACK))
    return false;
  const owner = ownerOf(link);
  const single = withContentOf(pack(FrameKind.ALLOCATED, 0, zoneOf(word)), word);
  for (let i: u32 = 0; i < (<u32>1) << order; i++) {
    const piece = link + (i << FRAME_SHIFT);
    setWord(piece, single);
    if (owner) occupySlot(owner - 1 + i, piece);
    addToLru(piece, false);
  }
  return true;
}
