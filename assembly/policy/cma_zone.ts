// Knows: what changes where CMA areas are a zone of their own: whose it is, as which type it is lent, who passes it by.
// Must not know: lists, frames. Pure numbers. Sources: Kim, ZONE_CMA (2014; v2 of May 2016, lkml 1605.0/00266; until 2017), and
// `mm/cma: manage the memory of the CMA area by using the ZONE_MOVABLE` (bad8c6c0b114, 4.17-rc; reverted by d883c6cf3b39);
// isolate_lru_folios, SWAP_CLUSTER_MAX_SKIPPED (mm/vmscan.c, 6.12.y); alloc_migration_target (mm/migrate.c, 6.12).
//
// Who may use the zone follows from GFP_ZONE_TABLE: __GFP_HIGHMEM with __GFP_MOVABLE, as for ZONE_MOVABLE, and nobody else.
// DEVIATION: in ZONE_MOVABLE of 4.17-rc the pageblocks kept the type CMA, which decided there which list is looked at first.

import { CmaZoneRule } from "../abi/proposals";
import { Migratetype } from "../abi/vocabulary";

/** The zone of a frame that `zone` spans: areas lie in the `last` one. */
export function zoneOfFrame(rule: i32, zone: i32, last: i32, inArea: bool): i32 {
  if (rule != CmaZoneRule.IN_PLACE && inArea) return last;
  return zone;
}

/** The type of an area's pageblocks: nobody but movable requests comes to the zone, so that it needs no type of its own. */
export function typeOfAreas(rule: i32): i32 {
  return rule == CmaZoneRule.IN_PLACE ? Migratetype.CMA : Migratetype.MOVABLE;
}

/** As what a page of an area counts for those who must not hold it there: as CMA, whatever its pageblock says. */
export function lentAs(rule: i32, type: i32, zone: i32, last: i32): i32 {
  if (rule == CmaZoneRule.IN_PLACE || zone != last) return type;
  return type == Migratetype.MOVABLE ? <i32>Migratetype.CMA : type;
}

/** May what is moved out of a zone go to the zones of movable pages again (__GFP_HIGHMEM)? */
export function staysAmongMovable(rule: i32, zone: i32, movable: i32, last: i32): bool {
  if (zone == movable) return true;
  return rule == CmaZoneRule.OWN && zone == last;
}

/** SWAP_CLUSTER_MAX_SKIPPED: one batch of reclaim turns over so many pages of other zones, and no more. */
export function skipsMore(skipped: i32): bool {
  return skipped < 32_768;
}
