// Knows: what a new reference does with a page of a CMA area: it takes it where it is, waits, or moves it out first; and what
// else moves a page out. Pure numbers. Sources: check_and_migrate_movable_folios (mm/gup.c, 6.12); Hildenbrand,
// cd013218-7735-4bc1-b6b6-80d1129e2b76@redhat.com (get_user_pages waits); Suk, 20250306074056.246582-1 (O_DIRECT as long-term);
// Gorman, LSFMM 2015 (migrate when a page comes to a state that blocks migration).

import { MoveOn, PinRule } from "../abi/proposals";
import { Migratetype, PinKind } from "../abi/vocabulary";

export enum PinVerdict {
  ALLOW,
  WAIT,
  MOVE,
}

/** Is it a page of an area, or of a pageblock that a request has isolated? */
function isInArea(type: i32): bool {
  if (type == Migratetype.CMA) return true;
  return type == Migratetype.ISOLATE;
}

/** get_user_pages waits for the end of the migration; with `again` not where others hold the page already. */
function waits(again: bool, type: i32, pins: i32): bool {
  if (type != Migratetype.ISOLATE) return false;
  return !(again && pins != 0);
}

/** Which references move their page out of CMA first. */
function moves(rule: i32, moveOn: i32, kind: i32): bool {
  if (kind == PinKind.LONGTERM) return true;
  if (kind == PinKind.GATHER) return false;
  if (kind == PinKind.SHORT && rule == PinRule.MIGRATE) return true;
  if (kind == PinKind.PAGE_CACHE && (moveOn & MoveOn.BUFFER_HEAD) != 0) return true;
  return rule == PinRule.MIGRATE_ALL;
}

/** `type`: that of the page's pageblock; `pins`: its references so far. */
export function onPin(rule: i32, again: bool, moveOn: i32, kind: i32, type: i32, pins: i32): i32 {
  if (!isInArea(type)) return PinVerdict.ALLOW;
  if (moves(rule, moveOn, kind)) return PinVerdict.MOVE;
  if (kind == PinKind.SHORT && rule == PinRule.WAIT && waits(again, type, pins)) return PinVerdict.WAIT;
  return PinVerdict.ALLOW;
}

/** A page of a pageblock of this type becomes `event` (one MoveOn bit): does it leave CMA first? */
export function leavesArea(moveOn: i32, event: i32, type: i32): bool {
  if (!isInArea(type)) return false;
  return (moveOn & event) != 0;
}
