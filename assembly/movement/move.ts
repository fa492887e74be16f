// Knows: what moving a page to another frame is: content, owner, place on its list; the source is freed.
// Must not know: where the target comes from. Models migrate_folio_move (mm/migrate.c, Linux 6.12).

import { EventKind } from "../abi/events";
import { orderOf, zoneOf } from "../abi/frame_word";
import { StatWord } from "../abi/words";
import { putPages } from "../buddy/traced";
import { movedWord, pfnOf, setWord, wordOf } from "../frames/frame";
import { addToLru, isOnLru } from "../frames/lru";
import { moveOwner } from "../frames/owner";
import { addTotal } from "../memory/stats";
import { record } from "../record/events";

/** The content moves; the source, which is ISOLATED and so on no list, is freed. */
export function movePage(cpu: i32, source: u32, target: u32): void {
  const from = wordOf(source);
  const order = orderOf(from);
  setWord(target, movedWord(wordOf(target), from));
  moveOwner(source, target);
  record(EventKind.MIGRATE, zoneOf(from), pfnOf(source), pfnOf(target), order, 0);
  addTotal(StatWord.PAGES_MIGRATED, 1 << order);
  putPages(cpu, source, order);
  if (isOnLru(wordOf(target))) addToLru(target, false);
}
