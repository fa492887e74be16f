// Knows: reserving pageblocks for high-order atomic requests, and giving them back.
// Models reserve_highatomic_pageblock, unreserve_highatomic_pageblock (mm/page_alloc.c, Linux 6.12 and 6.1).

import { EventKind } from "../abi/events";
import { Migratetype } from "../abi/vocabulary";
import { StatWord, ZoneWord } from "../abi/words";
import { pfnOf } from "../frames/frame";
import { blockFrames, isMergeable, PAGEBLOCK_ORDER, setType, setTypes, typeOf } from "../frames/pageblock";
import { accountFree, zoneAt } from "../frames/zone";
import { count } from "../memory/stats";
import { reserveLimit } from "../policy/reserve";
import { record } from "../record/events";
import { LISTS_FOLLOW_PAGEBLOCK, RESERVES_ONE_MORE } from "../rules";
import { isInsideZone, moveBlock, moveUnaccounted } from "./block";
import { moveFree } from "./freelist";

export function reserved(zone: i32): i32 {
  return load<i32>(zoneAt(zone), ZoneWord.NR_RESERVED_HIGHATOMIC << 2);
}

export function addReserved(zone: i32, pages: i32): void {
  store<i32>(zoneAt(zone), reserved(zone) + pages, ZoneWord.NR_RESERVED_HIGHATOMIC << 2);
}

/** After a successful ALLOC_HIGHATOMIC allocation: its pageblock(s) join the reserve, if it may still grow. */
export function reserveHighatomic(cpu: i32, zone: i32, link: u32, order: i32): void {
  const pages = <i32>blockFrames();
  const limit = reserveLimit(RESERVES_ONE_MORE, load<i32>(zoneAt(zone), ZoneWord.MANAGED << 2), pages);
  if (reserved(zone) >= limit) return;
  const type = typeOf(link);
  if (!isMergeable(type)) return;
  if (!LISTS_FOLLOW_PAGEBLOCK) {
    addReserved(zone, pages);
    setType(link, Migratetype.HIGHATOMIC);
    moveUnaccounted(cpu, zone, link, Migratetype.HIGHATOMIC);
  } else if (order >= PAGEBLOCK_ORDER) {
    setTypes(link, order, Migratetype.HIGHATOMIC);
    addReserved(zone, 1 << order);
  } else {
    if (!isInsideZone(zone, link)) return;
    moveBlock(cpu, zone, link, type, Migratetype.HIGHATOMIC);
    addReserved(zone, pages);
  }
  count(StatWord.HIGHATOMIC_RESERVES);
  record(EventKind.RESERVE_HIGHATOMIC, zone, pfnOf(link), order, type, 0);
}

/** Gives the pageblock(s) of one free HIGHATOMIC block back to `type`, 6.1 only the first; the caller found the block. */
export function unreserveHighatomic(cpu: i32, zone: i32, link: u32, order: i32, type: i32): void {
  const old = typeOf(link);
  const oneBlock = !LISTS_FOLLOW_PAGEBLOCK;
  const pages = oneBlock ? <i32>blockFrames() : max(<i32>blockFrames(), 1 << order);
  if (old == Migratetype.HIGHATOMIC) addReserved(zone, -min(pages, reserved(zone)));
  if (oneBlock) {
    setType(link, type);
    moveUnaccounted(cpu, zone, link, type);
  } else if (order < PAGEBLOCK_ORDER) {
    moveBlock(cpu, zone, link, old, type);
  } else {
    moveFree(zone, link, order, type);
    accountFree(cpu, zone, -(1 << order), old);
    accountFree(cpu, zone, 1 << order, type);
    setTypes(link, order, type);
  }
}
